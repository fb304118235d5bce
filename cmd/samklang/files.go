package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
)

// filesMove carries the uploaded files to another place.
type filesMove struct {
	From           string `required:"" help:"Where the files lie: a directory or s3://BUCKET/PREFIX?endpoint=https://…&region=…."`
	To             string `required:"" help:"Where they are carried to, written likewise."`
	FromKey        string `env:"SAMKLANG_FILES_FROM_KEY" help:"Name of the access key for the place the files come from, if that is not files-key."`
	FromSecretFile string `env:"SAMKLANG_FILES_FROM_SECRET_FILE" type:"path" help:"File that holds its secret."`
	Key            string `name:"files-key" env:"SAMKLANG_FILES_KEY" help:"Name of the access key for S3."`
	Secret         string `name:"files-secret" secret:"true" env:"SAMKLANG_FILES_SECRET" help:"Secret of the access key for S3; better given as a file."`
	SecretFile     string `name:"files-secret-file" env:"SAMKLANG_FILES_SECRET_FILE" type:"path" help:"File that holds the secret of the access key for S3."`
}

func (c *filesMove) Run(ctx context.Context, t terminal) error {
	keys := files.Keys{ID: c.Key, Secret: c.Secret}
	if err := secretFrom(c.SecretFile, &keys.Secret); err != nil {
		return err
	}
	fromKeys := keys
	if c.FromKey != "" {
		fromKeys.ID = c.FromKey
	}
	if err := secretFrom(c.FromSecretFile, &fromKeys.Secret); err != nil {
		return err
	}
	open := func(place string, k files.Keys) (files.Store, files.Place, error) {
		p, err := files.ParsePlace(place)
		if err != nil {
			return nil, p, err
		}
		if p.Dir != "" {
			if _, err := os.Stat(p.Dir); err != nil && place == c.From {
				return nil, p, err
			}
		}
		s, err := files.Open(ctx, p, k, clock.System, t.log)
		return s, p, err
	}
	from, fromPlace, err := open(c.From, fromKeys)
	if err != nil {
		return err
	}
	defer from.Close()
	to, toPlace, err := open(c.To, keys)
	if err != nil {
		return err
	}
	defer to.Close()
	if fromPlace == toPlace {
		return fmt.Errorf("the two places are the same")
	}
	m, err := files.Move(ctx, from, to, func(m files.Moved) {
		if n := m.Put + m.There; n%1000 == 0 {
			fmt.Fprintf(t.messages, "%d files\n", n)
		}
	})
	if err != nil {
		return fmt.Errorf("%d files were carried over and the rest was not; nothing is lost, run the same command again: %w", m.Put, inWords(err))
	}
	fmt.Fprintf(t.out, "%d files (%d bytes) were carried over and read back; %d were there already. Nothing was removed from %s.\n", m.Put, m.Bytes, m.There, fromPlace)
	if len(m.Damaged) > 0 {
		return fmt.Errorf("%d files are damaged where they lie and were not carried over: %s", len(m.Damaged), strings.Join(m.Damaged, " "))
	}
	fmt.Fprintf(t.out, "\nNow change the settings of every copy of the program, and start it anew:\n  files = %s\n  files-also = %s\nThen run this command once more for what was uploaded meanwhile, and remove files-also.\n", toPlace, fromPlace)
	return nil
}

// secretFrom reads a secret from a file, if one is named.
func secretFrom(file string, into *string) error {
	if file == "" {
		return nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the file with the secret cannot be read: %w", err)
	}
	*into = strings.TrimSpace(string(b))
	return nil
}
