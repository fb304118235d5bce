package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/rows"
)

// copying moves an installation from one database to another.
type copying struct {
	From         string `required:"" env:"SAMKLANG_COPY_FROM" help:"The database that is read: sqlite:FILE or postgres://…. Nothing in it changes."`
	To           string `required:"" env:"SAMKLANG_COPY_TO" help:"The empty database that is filled: sqlite:FILE or postgres://…."`
	WhileRunning bool   `help:"Copy although the source is being served. The copy is as the source stood when it began; what is written afterwards is not in it."`
}

func (c *copying) Run(ctx context.Context, t terminal) error {
	if same(c.From, c.To) {
		return errors.New("the two databases are the same")
	}
	by, err := rows.Served(ctx, c.From)
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	if by != "" && !c.WhileRunning {
		return fmt.Errorf("the source is being served (%s), and what people write after the copy began would be missing in it: stop the program first, or say --while-running for a copy of this moment", by)
	}
	source, err := db.Open(ctx, c.From, db.Options{Source: true, Limit: longest})
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	defer source.Close()
	target, err := db.Open(ctx, c.To, db.Options{Limit: longest})
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	defer target.Close()
	fmt.Fprintf(t.messages, "Copying from %s to %s.\n", named(c.From), named(c.To))
	begun := clock.System.Now()
	var l rows.Loaded
	err = rows.Read(ctx, source, func(ctx context.Context, s rows.Source) error {
		l, err = rows.Load(ctx, target, s, rows.Note{What: "copy", From: named(c.From), Since: begun}, nil)
		return err
	})
	if err != nil {
		return err
	}
	printSums(t.out, l, "source", "target")
	fmt.Fprintf(t.out, "\nEvery row is there (%s). Name %s in the setting database, as you did with --to, and start the program.\n", clock.System.Now().Sub(begun).Round(time.Millisecond), named(c.To))
	if by != "" {
		fmt.Fprintln(t.out, "The source was being served: what was written to it after the copy began is not in the copy.")
	}
	fmt.Fprintln(t.out, "Uploaded files are not in the database: keep the setting data (or files) as it is, or move them with samklang files move.")
	return nil
}

// longest is how long a statement that goes through a whole table may take.
const longest = 24 * time.Hour

// printSums shows each table with its hash on both sides.
func printSums(out io.Writer, l rows.Loaded, left, right string) {
	const columns = "%-24s %10v  %-20s %-20s\n"
	fmt.Fprintf(out, columns, "table", "rows", left, right)
	total := int64(0)
	for _, t := range l.Schema.Tables {
		given, found := l.Given[t.Name], l.Found[t.Name]
		fmt.Fprintf(out, columns, t.Name, found.Rows, given.Hash[:16], found.Hash[:16])
		total += found.Rows
	}
	fmt.Fprintf(out, columns, fmt.Sprint(len(l.Schema.Tables), " tables"), total, rows.Digest(l.Schema, l.Given)[:16], rows.Digest(l.Schema, l.Found)[:16])
}

// named is a database address that may be shown: without user, password and parameters.
func named(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite:") {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://…"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

func same(a, b string) bool {
	x, file := strings.CutPrefix(a, "sqlite:")
	y, both := strings.CutPrefix(b, "sqlite:")
	if file && both {
		p, errP := filepath.Abs(x)
		q, errQ := filepath.Abs(y)
		return errP == nil && errQ == nil && p == q
	}
	return a == b
}
