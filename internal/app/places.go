package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
)

// checkFiles fills in where the files lie and reads the secret.
func (c *Config) checkFiles() error {
	if c.Files == "" {
		c.Files = filepath.Join(c.Data, "files")
	}
	for _, place := range []string{c.Files, c.FilesAlso} {
		if place == "" {
			continue
		}
		if _, err := files.ParsePlace(place); err != nil {
			return err
		}
	}
	if c.FilesSecretFile != "" {
		b, err := os.ReadFile(c.FilesSecretFile)
		if err != nil {
			return fmt.Errorf("the file with the secret of the access key cannot be read: %w", err)
		}
		c.FilesSecret = strings.TrimSpace(string(b))
	}
	return nil
}

// OpenFiles opens the store of uploaded files. The settings must have been checked.
func (c *Config) OpenFiles(ctx context.Context, cl clock.Clock, log *slog.Logger) (files.Store, error) {
	open := func(place string) (files.Store, error) {
		p, err := files.ParsePlace(place)
		if err != nil {
			return nil, err
		}
		return files.Open(ctx, p, files.Keys{ID: c.FilesKey, Secret: c.FilesSecret}, cl, log)
	}
	first, err := open(c.Files)
	if err != nil || c.FilesAlso == "" {
		return first, err
	}
	second, err := open(c.FilesAlso)
	if err != nil {
		first.Close()
		return nil, err
	}
	return files.Also(first, second), nil
}
