package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/db"
)

// filesMark is the row of installation_keys with the text of a file that lies where the uploaded files do. A copy of the program that does not find
// that file keeps its files somewhere else than the others.
const filesMark = "files.mark"

// checkSharedFiles warns when other copies of the program keep uploaded files elsewhere: what is uploaded to one would be missing at the others. On
// SQLite there is one copy.
func (a *App) checkSharedFiles(ctx context.Context) error {
	if a.db.Engine == db.SQLite {
		return nil
	}
	var mark string
	err := a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh := "Samklang keeps the uploaded files of one installation here: " + rand.Text() + "\n"
		res, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", filesMark, fresh, a.clock.Now()).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(res) == 1 { // the file comes before the row that tells of it
			_, err = a.files.Put(ctx, strings.NewReader(fresh), 1<<10)
			mark = ""
			return err
		}
		return tx.NewRaw("SELECT value FROM installation_keys WHERE name = ?", filesMark).Scan(ctx, &mark)
	})
	if err != nil || mark == "" {
		return err
	}
	f, _, err := a.files.Open(ctx, sumOf(mark))
	switch {
	case err == nil:
		return f.Close()
	case !errs.Is(err, errs.NotFound):
		return err
	}
	whole, err := a.filesAreHere(ctx)
	if err != nil {
		return err
	}
	if whole { // they were carried here
		_, err = a.files.Put(ctx, strings.NewReader(mark), 1<<10)
		return err
	}
	a.log.WarnContext(ctx, "the uploaded files of this installation lie somewhere else: let all copies of the program share one directory, or use S3 (setting files); if this is the right place and files are missing, put them back from a backup", "files", a.config.Files)
	return nil
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// filesAreHere tells whether the latest files that the database names are where this copy looks for them, and that there are some.
func (a *App) filesAreHere(ctx context.Context) (bool, error) {
	var sums []string
	if err := a.db.Read().NewRaw("SELECT sha256 FROM files ORDER BY created_at DESC, id LIMIT 20").Scan(ctx, &sums); err != nil {
		return false, err
	}
	for _, sum := range sums {
		f, _, err := a.files.Open(ctx, sum)
		if errs.Is(err, errs.NotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		f.Close()
	}
	return len(sums) > 0, nil
}

// filesMarkSum is the sum of the mark's file, "" when there is none.
func (a *App) filesMarkSum(ctx context.Context) (string, error) {
	var mark string
	err := a.db.Read().NewRaw("SELECT value FROM installation_keys WHERE name = ?", filesMark).Scan(ctx, &mark)
	if db.IsNoRows(err) {
		return "", nil
	}
	return sumOf(mark), err
}
