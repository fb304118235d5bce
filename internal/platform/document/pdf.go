package document

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"samklang/internal/core/errs"
)

// readPDF lets pdftotext, a program of the poppler project that the operator may install, take out the text, and reads that as
// wrapped plain text. The program runs on a private copy, without a shell, with little memory and for a limited time.
func readPDF(ctx context.Context, data []byte, limits Limits) (Document, error) {
	program := limits.PDFToText
	if program == "" {
		found, err := exec.LookPath("pdftotext")
		if err != nil {
			return Document{}, errs.E(errs.Unavailable, "document.pdf_needs_pdftotext").Because(err)
		}
		program = found
	}
	dir, err := os.MkdirTemp("", "samklang-pdf-")
	if err != nil {
		return Document{}, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "in.pdf"), data, 0o600); err != nil {
		return Document{}, err
	}
	// As laid out on paper first: only there do the cells of a table's row stand together. Text without tables, and text in
	// columns, is better read in the order that the program finds.
	text, err := pdfText(ctx, program, dir, limits, "-layout")
	if err != nil {
		return Document{}, err
	}
	tables := false
	if text, tables = untable(text); !tables {
		if text, err = pdfText(ctx, program, dir, limits); err != nil {
			return Document{}, err
		}
	}
	if strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return Document{}, errs.E(errs.Invalid, "document.scanned_pdf")
	}
	d := Document{Format: PDF, Text: text, Blocks: parseText(text, false)}
	return d.checked()
}

// pdfText runs the program on in.pdf in dir.
func pdfText(ctx context.Context, program, dir string, limits Limits, options ...string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(options, "-enc", "UTF-8", "-eol", "unix", filepath.Join(dir, "in.pdf"), "-")...)
	cmd.Dir = dir
	cmd.Env = []string{"LC_ALL=C", "HOME=" + dir}
	var complaint bytes.Buffer
	cmd.Stderr = &capped{w: &complaint, left: 4096}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", errs.E(errs.Unavailable, "document.pdf_needs_pdftotext").Because(err)
	}
	confine(cmd.Process.Pid)
	most := int64(limits.Text)*utf8.UTFMax + 1
	text, readErr := io.ReadAll(io.LimitReader(out, most))
	if int64(len(text)) == most {
		cancel()
	}
	waitErr := cmd.Wait()
	switch {
	case int64(len(text)) == most:
		return "", tooMuchText(limits)
	case strings.Contains(complaint.String(), "Incorrect password"):
		return "", errs.E(errs.Invalid, "document.encrypted")
	case readErr != nil:
		return "", readErr
	case waitErr != nil:
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", errs.E(errs.Invalid, "document.damaged").Because(errors.Join(waitErr, errors.New(complaint.String())))
	}
	s := strings.ToValidUTF8(string(text), "\uFFFD")
	return s, within(s, limits)
}

// capped writes only the first bytes, so that a program cannot fill the memory with complaints.
type capped struct {
	w    io.Writer
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	if _, err := c.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
