package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"samklang/internal/app"
	"samklang/internal/platform/backup"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/rows"
)

// restoring puts a backup into an empty installation.
type restoring struct {
	app.Config
	File           string   `arg:"" optional:"" type:"existingfile" help:"The backup. Without it, --new-log begins a new public log in the database as it is."`
	Identity       string   `type:"path" help:"File of the private key of age that opens the backup."`
	PassphraseFile string   `type:"path" help:"File whose first line is the passphrase that opens the backup."`
	CheckOnly      bool     `name:"check" help:"Only read the backup and say whether it is whole."`
	Published      []string `placeholder:"URL" help:"Address of the installation, or file of a checkpoint of its public log, as it was published last. May be given several times."`
	NewLog         string   `placeholder:"REASON" help:"Begin a new public log, for this reason, when the old one cannot go on from the backup. Everybody can read the reason."`
}

func (c *restoring) Run(ctx context.Context, t terminal) error {
	if err := c.Check(); err != nil {
		return err
	}
	var keys backup.Keys
	var err error
	switch {
	case c.File == "" && c.NewLog == "":
		return errors.New("name the backup to restore")
	case c.File == "":
		return c.anew(ctx, t)
	case c.Identity != "" && c.PassphraseFile != "":
		return errors.New("name a private key or a passphrase, not both")
	case c.Identity != "":
		keys, err = backup.With(c.Identity)
	case c.PassphraseFile != "":
		keys, err = backup.Passphrase(c.PassphraseFile)
	}
	if err != nil {
		return err
	}
	h, m, err := backup.CheckFile(ctx, c.File, keys)
	if err != nil {
		return fmt.Errorf("%w; nothing was restored", err)
	}
	fmt.Fprintf(t.messages, "The backup is whole: %d rows and %d files of %s, schema %d, written by %s.\n", m.Rows(), m.Files, h.At.Format(time.RFC3339), h.Schema.Version, h.Program)
	if c.CheckOnly {
		return lacking(m)
	}
	shown, err := c.shown(ctx, t.messages)
	if err != nil {
		return err
	}
	if err := older(m, shown); err != nil && c.NewLog == "" {
		return wayOut(err)
	}
	return c.put(ctx, t, h, m, keys, shown)
}

func (c *restoring) put(ctx context.Context, t terminal, h backup.Head, m backup.Manifest, keys backup.Keys, shown []checkpoint) (err error) {
	path, file := strings.CutPrefix(c.Database, "sqlite:")
	_, before := os.Stat(path)
	d, err := db.Open(ctx, c.Database, db.Options{Limit: longest})
	if err != nil {
		return err
	}
	closed := false
	closing := func() {
		if !closed {
			closed = true
			d.Close()
		}
	}
	defer closing()
	if err := rows.Fillable(ctx, d); err != nil {
		return err
	}
	store, err := c.OpenFiles(ctx, clock.System, t.log)
	if err != nil {
		return err
	}
	defer store.Close()
	note := rows.Note{What: "restore", From: filepath.Base(c.File) + " of " + h.At.Format(time.RFC3339), Since: clock.System.Now()}
	l, err := backup.Restore(ctx, c.File, keys, d, store, note, func(ctx context.Context) error { return c.proof(ctx, d, t, shown) })
	if broken, ok := errors.AsType[*publiclog.Broken](err); ok {
		if file && errors.Is(before, fs.ErrNotExist) { // it was made for this, and nobody has seen it
			closing()
			for _, end := range []string{"", "-wal", "-shm"} {
				os.Remove(path + end)
			}
		}
		return wayOut(broken.Fault)
	}
	if err != nil {
		return fmt.Errorf("the restore has not come to its end, and nothing serves what is there: %w", inWords(err))
	}
	printSums(t.out, l, "backup", "restored")
	fmt.Fprintf(t.out, "\nEvery row and %d files (%d bytes) are there, as of %s. What has happened since is not.\n", m.Files, m.FileBytes, h.At.Format(time.RFC3339))
	fmt.Fprintf(t.out, "Mail that waited then goes out when the program starts, also if it has gone out since: set no mail server if this is a trial.\n")
	return lacking(m)
}

// checkpoint is what was published of the public log, and where that was found.
type checkpoint struct {
	publiclog.Checkpoint
	from string
}

// shown gathers what is known to have been published: by the file beside the database, by what --published names, and by the address people use.
func (c *restoring) shown(ctx context.Context, messages io.Writer) (list []checkpoint, err error) {
	add := func(from, text string) error {
		p, err := publiclog.ParseCheckpoint(text)
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		list = append(list, checkpoint{p, from})
		return nil
	}
	mark := filepath.Join(c.Data, publiclog.MarkFile)
	if text, err := publiclog.ReadMark(mark); err != nil {
		return nil, err
	} else if text != "" {
		if err := add(mark, text); err != nil {
			return nil, err
		}
	}
	for _, place := range c.Published {
		text, err := published(ctx, place)
		if err != nil {
			return nil, fmt.Errorf("what was published cannot be read: %w", err)
		}
		if err := add(place, text); err != nil {
			return nil, err
		}
	}
	if c.External != "" {
		if text, err := published(ctx, c.External); err != nil {
			fmt.Fprintf(messages, "%s was asked for its public log and gave none (%v); what was published is known only as far as other places say.\n", c.External, err)
		} else if err := add(c.External, text); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// published reads the last checkpoint from an installation or from a file.
func published(ctx context.Context, place string) (string, error) {
	u, err := url.Parse(place)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		b, err := os.ReadFile(place)
		return string(b), err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	address := strings.TrimRight(place, "/")
	if !strings.HasSuffix(address, "/checkpoint") {
		address = strings.TrimSuffix(address, "/log") + "/log/checkpoint"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("it answers %s", res.Status)
	}
	return string(b), err
}

// older tells that the backup is from before something that was published, before anything is put anywhere.
func older(m backup.Manifest, shown []checkpoint) error {
	if m.Checkpoint == "" {
		return nil // which proof looks at
	}
	have, err := publiclog.ParseCheckpoint(m.Checkpoint)
	if err != nil {
		return err
	}
	for _, s := range shown {
		if s.Origin == have.Origin && s.Size > have.Size {
			return fmt.Errorf("the public log had %d entries when it was shown last (%s), and in this backup it has %d", s.Size, s.from, have.Size)
		}
	}
	return nil
}

// proof compares the restored log with what was published, and begins a new one if that was asked for.
func (c *restoring) proof(ctx context.Context, d *db.DB, t terminal, shown []checkpoint) error {
	l, err := c.restoredLog(d, t.log)
	if err != nil {
		return err
	}
	var fork error
	var latest checkpoint // of those that the database does not go on from
	for _, s := range shown {
		err := publiclog.Holds(ctx, d.Read(), s.Note)
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[*publiclog.Broken](err); !ok {
			return err
		}
		if fork == nil || s.Size > latest.Size {
			fork, latest = err, s
		}
	}
	if fork == nil {
		silent, err := l.Overtaken(ctx)
		for _, s := range silent {
			fmt.Fprintf(t.messages, "A witness of the public log gave no answer: %s\n", s)
		}
		if _, ok := errors.AsType[*publiclog.Broken](err); err != nil && !ok {
			return err
		}
		fork = err
	}
	if fork == nil {
		if c.NewLog != "" {
			fmt.Fprintln(t.messages, "The public log goes on from what was published, so no new one is begun.")
		}
		return nil
	}
	if c.NewLog == "" {
		return fork
	}
	if err := l.StartAnew(ctx, latest.Note, c.NewLog); err != nil {
		return fmt.Errorf("a new public log cannot be begun: %w", err)
	}
	fmt.Fprintln(t.messages, "A new public log has been begun; its first entry names the last checkpoint of the old one and the reason.")
	return nil
}

// anew begins a new public log in a database that was put back without this command.
func (c *restoring) anew(ctx context.Context, t terminal) error {
	by, err := rows.Served(ctx, c.Database)
	if err != nil {
		return err
	}
	if by != "" {
		return fmt.Errorf("the database is being served (%s): stop the program first", by)
	}
	shown, err := c.shown(ctx, t.messages)
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, c.Database, db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := rows.CheckFinished(ctx, d); err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	return c.proof(ctx, d, t, shown)
}

// restoredLog is the public log of the restored database.
func (c *restoring) restoredLog(d *db.DB, log *slog.Logger) (*publiclog.Log, error) {
	set := publiclog.Settings{KeyFile: c.LogKeyFile}
	for _, s := range c.LogWitness {
		w, err := publiclog.ParseWitness(s)
		if err != nil {
			return nil, err
		}
		set.Ask = append(set.Ask, w)
	}
	return publiclog.New(d, clock.System, log, set), nil
}

// wayOut is the refusal of a restore that would fork the public log.
func wayOut(err error) error {
	return fmt.Errorf(`this restore would fork the public log, and is refused: %w

What was published could then no longer be proven, and others would see two histories. Either
- restore a newer backup, one that was made after the last publication; or
- if there is none, run the same command with --new-log "REASON". It begins a new log whose first entry names the old one's last checkpoint and the reason, for everybody to read`, err)
}
