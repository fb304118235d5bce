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
)

type importing struct {
	Declaration importDeclaration `cmd:"" help:"Print what is read out of a signed document. Writes nothing; adopting is done on the upload page."`
}

type importDeclaration struct {
	File        string `arg:"" type:"existingfile" help:"The document: .txt, .md, .html, .docx, or .pdf where pdftotext is installed."`
	Association string `required:"" help:"Short name in the address of the association it is read in for, such as alvkusten."`
	Year        int    `help:"Year of dates that say none, when the document does not say it either."`
	JSON        bool   `name:"json" help:"Print JSON; otherwise a summary to read."`
}

func (c *importDeclaration) Run(ctx context.Context, out io.Writer) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := commitments.ReadDocument(ctx, filepath.Base(c.File), f, reading.Options{Year: c.Year, Association: c.Association})
	if err != nil {
		return inWords(err)
	}
	if c.JSON {
		return reading.WriteJSON(out, r)
	}
	fmt.Fprintf(out, "%s\n", r.Declaration.Title)
	fmt.Fprintf(out, "Signed by: %s\n\n", strings.Join(r.Declaration.Associations, ", "))
	for _, p := range r.Commitments {
		fmt.Fprintf(out, "%3d. %s\n", p.Number, p.Text)
	}
	fmt.Fprintln(out)
	for _, a := range r.Activities {
		when := a.When.Text
		if !a.When.From.IsZero() {
			when = a.When.From.String()
			if a.When.To != a.When.From {
				when += "/" + a.When.To.String()
			}
		}
		fmt.Fprintf(out, "  - %-23s %-18s %s\n", when, a.Kind, a.Title)
	}
	if n := len(r.Unread); n > 0 {
		fmt.Fprintf(out, "\nNot understood (%d):\n", n)
		for _, u := range r.Unread {
			fmt.Fprintf(out, "  ? %s\n", u.Text)
		}
	}
	return nil
}

// inWords turns an error that people may see into its words, in English as all of the command line.
func inWords(err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	catalog, loadErr := app.Catalog()
	if loadErr != nil {
		return errors.Join(err, loadErr)
	}
	p := catalog.Printer(lang.English)
	lines := []string{p.TMap(e.Key, e.Args)}
	for _, f := range e.Fields {
		lines = append(lines, p.TMap(f.Key, f.Args))
	}
	return errors.New(strings.Join(lines, " "))
}
