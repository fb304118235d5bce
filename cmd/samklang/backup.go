package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"samklang/internal/app"
	"samklang/internal/platform/backup"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/rows"
)

// backingUp writes a whole installation into one file, while it is being served.
type backingUp struct {
	app.Config
	File           string   `arg:"" type:"path" help:"The file to write, or a directory in which the backup gets a name with its time."`
	Recipient      []string `placeholder:"age1…" help:"Encrypt to this public key of age. May be given several times."`
	RecipientsFile []string `type:"path" help:"Encrypt to the public keys in this file, one a line."`
	PassphraseFile string   `type:"path" help:"Encrypt with the passphrase in the first line of this file."`
	Keep           int      `help:"In a directory: keep this many of the latest backups and remove older ones."`
	Verify         bool     `default:"true" negatable:"" help:"Read the backup back after writing it."`
}

func (c *backingUp) Run(ctx context.Context, t terminal) error {
	if err := c.Check(); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if isDir := err == nil && info.IsDir(); c.Keep < 0 || c.Keep > 0 && !isDir {
		return errors.New("keep counts the backups of a directory: name a directory that is there, and how many to keep")
	}
	keys, err := backup.To(c.Recipient, c.RecipientsFile)
	if err != nil {
		return err
	}
	if c.PassphraseFile != "" {
		if keys.Encrypted() {
			return errors.New("a backup is encrypted to public keys or with a passphrase, not with both")
		}
		if keys, err = backup.Passphrase(c.PassphraseFile); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, c.Database, db.Options{Source: true, Limit: longest})
	if err != nil {
		return err
	}
	defer d.Close()
	store, err := c.openFiles(ctx, t.log)
	if err != nil {
		return err
	}
	defer store.Close()
	begun := clock.System.Now()
	var w backup.Written
	err = rows.Read(ctx, d, func(ctx context.Context, s rows.Source) (err error) {
		w, err = backup.ToFile(ctx, c.File, backup.Head{Program: version(), Engine: d.Engine, At: begun.UTC().Truncate(time.Second)}, s, store, keys, c.Verify)
		return err
	})
	if err != nil {
		return fmt.Errorf("there is no new backup: %w", inWords(err))
	}
	fmt.Fprintf(t.out, "%s\n%d rows of %d tables and %d uploaded files, as of %s, schema %d; %d bytes", w.Path, w.Manifest.Rows(), len(w.Manifest.Tables), w.Manifest.Files, w.Head.At.Format(time.RFC3339),
		w.Head.Schema.Version, w.Size)
	fmt.Fprintln(t.out, map[bool]string{true: ", encrypted", false: ", not encrypted: it holds names and addresses"}[keys.Encrypted()]+map[bool]string{true: ", read back and whole.", false: ", not read back."}[w.Verified])
	fmt.Fprintf(t.out, "SHA-256 %s\n", w.SHA256)
	if c.LogKeyFile != "" {
		fmt.Fprintf(t.messages, "The key of the public log is not in the backup: keep %s by itself.\n", c.LogKeyFile)
	}
	if c.Keep > 0 {
		removed, err := backup.Keep(c.File, c.Keep)
		for _, name := range removed {
			fmt.Fprintln(t.out, "removed", name)
		}
		if err != nil {
			return err
		}
	}
	return lacking(w.Manifest)
}

// lacking is an error when the installation did not have all files that it names.
func lacking(m backup.Manifest) error {
	if len(m.Missing) == 0 {
		return nil
	}
	return fmt.Errorf("the backup is whole but for %d files that the installation itself lacks or has damaged: %v", len(m.Missing), m.Missing)
}

// openFiles opens the store of the settings without making a directory that is not there.
func (c *backingUp) openFiles(ctx context.Context, log *slog.Logger) (files.Store, error) {
	p, err := files.ParsePlace(c.Files)
	if err != nil {
		return nil, err
	}
	if p.Dir != "" {
		if _, err := os.Stat(filepath.Clean(p.Dir)); err != nil {
			return nil, fmt.Errorf("the directory of the uploaded files: %w", err)
		}
	}
	return c.OpenFiles(ctx, clock.System, log)
}
