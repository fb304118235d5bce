package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/disclosure"
)

type protecting struct {
	Cells   string `type:"path" required:"" placeholder:"FILE" help:"CSV with one column per variable and the column n: how many people."`
	Family  string `type:"path" required:"" placeholder:"FILE" help:"JSON that declares the tables, groups and threshold."`
	History string `type:"path" placeholder:"DIR" help:"Directory with what was published earlier of the same people: every .json file in it, as --json writes them."`
	JSON    bool   `name:"json" help:"Print JSON instead of CSV."`
}

// Statuses of the program when nothing is to be published.
const (
	exitUnsafe     = 3 // what was published earlier gives a protected count away
	exitUnfinished = 4 // whether the tables are safe could not be found out within the limits
)

// stopped is an error with a status of its own.
type stopped struct {
	error
	code int
}

func (s *stopped) ExitCode() int { return s.code }
func (s *stopped) Unwrap() error { return s.error }

// Run prints what may be published. The cells themselves are read and never printed.
func (p *protecting) Run(ctx context.Context, t terminal) error {
	type outcome struct {
		result *disclosure.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() { // which knows nothing of the context
		r, err := p.protect(t.messages)
		done <- outcome{r, err}
	}()
	select {
	case <-ctx.Done():
		return errors.New("stopped before the end; nothing may be published")
	case o := <-done:
		if o.err != nil {
			return o.err
		}
		for _, w := range o.result.Warnings {
			fmt.Fprintln(t.messages, "samklang: warning:", w)
		}
		if p.JSON {
			_, err := t.out.Write(o.result.JSON())
			return err
		}
		return writeCells(t.out, o.result)
	}
}

func (p *protecting) protect(messages io.Writer) (*disclosure.Result, error) {
	cells, err := readFile(p.Cells, disclosure.ReadCells)
	if err != nil {
		return nil, err
	}
	family, err := readFile(p.Family, func(r io.Reader) (disclosure.Family, error) { return disclosure.ReadFamily(r, cells) })
	if err != nil {
		return nil, err
	}
	history, err := readHistory(p.History, messages)
	if err != nil {
		return nil, err
	}
	result, err := disclosure.Protect(cells, family, history, disclosure.Limits{})
	return result, ending(err)
}

// ending gives an error the status the program ends with.
func ending(err error) error {
	if unsafe, ok := errors.AsType[*disclosure.UnsafeError](err); ok {
		return &stopped{unsafe, exitUnsafe}
	}
	if errors.Is(err, disclosure.ErrUnfinished) {
		return &stopped{err, exitUnfinished}
	}
	return err
}

// readFile reads a file whole.
func readFile[T any](path string, read func(io.Reader) (T, error)) (none T, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return none, err
	}
	if info.IsDir() {
		return none, fmt.Errorf("%s is a directory; name a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return none, err
	}
	defer f.Close()
	return read(f)
}

// readHistory reads every earlier publication, in the order of the names. One that cannot be read is an error: what it showed would not be reckoned with.
func readHistory(dir string, messages io.Writer) ([]*disclosure.Result, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the history cannot be read: %w", err)
	}
	var all []*disclosure.Result
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !strings.EqualFold(filepath.Ext(e.Name()), ".json") {
			fmt.Fprintf(messages, "samklang: %s is no .json file and was not read as history\n", path)
			continue
		}
		r, err := readFile(path, func(r io.Reader) (*disclosure.Result, error) { return disclosure.ReadResult(r, path) })
		if err != nil {
			return nil, fmt.Errorf("the history cannot be read: %w", err)
		}
		all = append(all, r)
	}
	return all, nil
}

// writeCells writes one row per cell: its table, a column for every variable of any table, empty where the table lacks it, and what is told of the cell.
func writeCells(w io.Writer, r *disclosure.Result) error {
	var variables []string
	for _, t := range r.Tables {
		for _, v := range t {
			if !slices.Contains(variables, v) {
				variables = append(variables, v)
			}
		}
	}
	out := csv.NewWriter(w)
	rows := [][]string{slices.Concat([]string{"table"}, variables, []string{"value", "status", "low", "high"})}
	for _, c := range r.Cells {
		table := r.Tables[c.Table]
		row := []string{strings.Join(table, " × ")}
		for _, v := range variables {
			value := ""
			if i := slices.Index(table, v); i >= 0 {
				value = c.Values[i]
			}
			row = append(row, value)
		}
		value := ""
		if n, shown := c.Figure.Count(); shown {
			value = strconv.Itoa(n)
		}
		rows = append(rows, append(row, value, string(c.Status), strconv.Itoa(c.Low), strconv.Itoa(c.High)))
	}
	return out.WriteAll(rows)
}
