package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"samklang/internal/app"
	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
)

type importDeclaration struct {
	File        string `arg:"" type:"path" help:"The document: .txt, .md, .html, .docx, or .pdf where pdftotext is installed."`
	Association string `required:"" help:"Short name in the address of the association it is read in for, such as alvkusten."`
	Year        int    `help:"Year of dates that say none, when the document does not say it either."`
	JSON        bool   `name:"json" help:"Print JSON; otherwise a summary to read."`
}

// Run prints the reading. What a person has to know besides – why a file cannot be read, that it holds no promises – goes to the
// standard error, in Swedish as the documents are.
func (c *importDeclaration) Run(ctx context.Context, t terminal) error {
	catalog, err := app.Catalog()
	if err != nil {
		return err
	}
	p := catalog.Printer(lang.Swedish)
	if c.Year != 0 && (c.Year < 2000 || c.Year > 2100) {
		return errors.New(p.T("reading.year", "year", c.Year))
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("%s (%w)", p.T("reading.no_file", "file", c.File), err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return errors.New(p.T("reading.no_file", "file", c.File))
	}
	r, err := commitments.ReadDocument(ctx, filepath.Base(c.File), f, reading.Options{Year: c.Year, Association: c.Association})
	if err != nil {
		return said(p, err)
	}
	if len(r.Commitments) == 0 {
		fmt.Fprintln(t.messages, "samklang:", p.T("reading.no_promises", "file", filepath.Base(c.File)))
	}
	if c.JSON {
		return reading.WriteJSON(t.out, r)
	}
	_, err = io.WriteString(t.out, summary(p, r))
	return err
}

// summary is a reading for a person at a terminal.
func summary(p i18n.Printer, r reading.Reading) string {
	var b strings.Builder
	d := r.Declaration
	fmt.Fprintf(&b, "%s\n%s\n", d.Title, p.T("reading.signed_by", "names", p.List(d.Associations)))
	if d.Decision.Reference != "" {
		fmt.Fprintf(&b, "%s\n", p.T("reading.decision", "reference", d.Decision.Reference))
	}
	fmt.Fprintf(&b, "\n%s\n", p.T("reading.promises", "n", len(r.Commitments)))
	for _, c := range r.Commitments {
		fmt.Fprintf(&b, "%3d. %s\n", c.Number, c.Text)
	}
	fmt.Fprintf(&b, "\n%s\n", p.T("reading.activities", "n", len(r.Activities)))
	for _, a := range r.Activities {
		fmt.Fprintf(&b, "  - %-28s %-24s %s\n", p.When(a.When), p.T("kind."+string(a.Kind)), a.Title)
	}
	if n := len(r.Unread); n > 0 {
		fmt.Fprintf(&b, "\n%s\n", p.T("reading.not_understood", "n", n))
		for _, u := range r.Unread {
			fmt.Fprintf(&b, "  ? %s\n", u.Text)
		}
	}
	return b.String()
}

// inWords turns an error that people may see into its words, in English as what the program says to whoever runs it.
func inWords(err error) error {
	if _, ok := errors.AsType[*errs.Error](err); !ok {
		return err
	}
	catalog, loadErr := app.Catalog()
	if loadErr != nil {
		return errors.Join(err, loadErr)
	}
	return said(catalog.Printer(lang.English), err)
}

// said is an error in the printer's language, or itself when it is not one that people may see.
func said(p i18n.Printer, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	lines := []string{p.TMap(e.Key, e.Args)}
	for _, f := range e.Fields {
		lines = append(lines, p.TMap(f.Key, f.Args))
	}
	return errors.New(strings.Join(lines, " "))
}
