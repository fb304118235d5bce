package publiclog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"
)

// Witness is another installation that cosigns this one's log.
type Witness struct {
	URL string // its log, such as https://samklang.example.se/log; add-checkpoint is below
	Key Cosigner
}

// ParseWitness reads a setting: the address and the public key, with a space between.
func ParseWitness(s string) (Witness, error) {
	address, key, ok := strings.Cut(strings.TrimSpace(s), " ")
	u, err := url.Parse(address)
	if !ok || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Witness{}, fmt.Errorf("a witness is %q; write the address of its log and its key, such as 'https://samklang.example.se/log samklang.example.se/log/witness+1a2b3c4d+BA…'", s)
	}
	c, err := ParseCosigner(strings.TrimSpace(key))
	return Witness{strings.TrimRight(address, "/"), c}, err
}

// askTimeout is how long a witness may take to answer.
const askTimeout = 20 * time.Second

type witnessRow struct {
	bun.BaseModel `bun:"table:log_witnesses"`
	Verifier      string `bun:",pk"`
	Size          int64  // the latest this witness cosigned, as far as is known
	AskedAt       time.Time
	CosignedAt    time.Time `bun:",nullzero"`
	RefusedSince  time.Time `bun:",nullzero"`
	Fault         string
}

// Ask asks each witness for a cosignature under the last checkpoint, unless it has given one.
func (l *Log) Ask(ctx context.Context) error {
	if len(l.set.Ask) == 0 {
		return nil
	}
	c, err := l.Shown(ctx) // a witness has seen it from now on
	if err != nil {
		return err
	}
	var faults []error
	for _, w := range l.set.Ask {
		faults = append(faults, l.ask(ctx, w, c))
	}
	return errors.Join(faults...)
}

func (l *Log) ask(ctx context.Context, w Witness, c Checkpoint) error {
	key := w.Key.String()
	there, err := l.db.Read().NewSelect().TableExpr("log_cosignatures").Where("epoch = ?", c.Epoch).Where("size = ?", c.Size).Where("verifier = ?", key).Exists(ctx)
	if err != nil || there {
		return err
	}
	var row witnessRow
	err = l.db.Read().NewSelect().Model(&row).Where("verifier = ?", key).Scan(ctx)
	if err != nil && !db.IsNoRows(err) {
		return err
	}
	row.Verifier, row.AskedAt = key, l.clock.Now()
	known := row.Size
	if known > c.Size {
		known = 0 // of a log before this one
	}
	line, fault := l.submit(ctx, w, c, known)
	if r, ok := errors.AsType[*Refusal](fault); ok && r.Status == http.StatusConflict && r.Size != known && r.Size <= c.Size {
		line, fault = l.submit(ctx, w, c, r.Size)
	}
	if fault == nil {
		row.Size, row.CosignedAt, row.RefusedSince, row.Fault = c.Size, row.AskedAt, time.Time{}, ""
	} else {
		row.Fault = shorten(fault.Error(), 300)
		if row.RefusedSince.IsZero() {
			row.RefusedSince = row.AskedAt
		}
		l.log.WarnContext(ctx, "a witness of the public log does not cosign", "witness", w.Key.Name(), "error", fault)
	}
	return l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (verifier) DO UPDATE").Set("size = EXCLUDED.size, asked_at = EXCLUDED.asked_at, cosigned_at = EXCLUDED.cosigned_at, refused_since = EXCLUDED.refused_since, fault = EXCLUDED.fault").Exec(ctx)
		if err != nil || fault != nil {
			return err
		}
		_, err = tx.NewRaw("INSERT INTO log_cosignatures (epoch, size, verifier, line, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (epoch, size, verifier) DO NOTHING", c.Epoch, c.Size, key, line, row.AskedAt).Exec(ctx)
		return err
	})
}

// submit sends a checkpoint to a witness and gives the line it cosigns with.
func (l *Log) submit(ctx context.Context, w Witness, c Checkpoint, old int64) (string, error) {
	s := Submission{Old: old, Checkpoint: c.Note}
	if old > 0 && old < c.Size {
		var err error
		if s.Proof, err = tlog.ProveTree(c.Size, old, stored(ctx, l.db.Read(), c.Epoch)); err != nil {
			return "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", strings.NewReader(s.Text()))
	if err != nil {
		return "", err
	}
	res, err := l.set.Client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxNote))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		r := &Refusal{Status: res.StatusCode, Reason: shorten(strings.ToValidUTF8(strings.TrimSpace(string(answer)), "?"), 200)}
		if res.StatusCode == http.StatusConflict {
			if r.Size, err = strconv.ParseInt(strings.TrimSpace(string(answer)), 10, 64); err != nil {
				r.Size = old
			}
			r.Reason = fmt.Sprintf("it has cosigned %d entries", r.Size)
		}
		return "", r
	}
	found, err := Cosignatures(noteText(c.Note)+"\n"+string(answer), w.Key)
	if err != nil || len(found) == 0 {
		return "", errors.New("its answer is no cosignature by its key")
	}
	return found[0].Line, nil
}

// withCosignatures is the checkpoint's note with what the witnesses of the settings have said under it.
func (l *Log) withCosignatures(ctx context.Context, c Checkpoint) (string, error) {
	if len(l.set.Ask) == 0 {
		return c.Note, nil
	}
	var lines []struct{ Verifier, Line string }
	err := l.db.Read().NewSelect().TableExpr("log_cosignatures").Column("verifier", "line").Where("epoch = ?", c.Epoch).Where("size = ?", c.Size).Order("verifier").Scan(ctx, &lines)
	text := c.Note
	for _, x := range lines {
		if slices.ContainsFunc(l.set.Ask, func(w Witness) bool { return w.Key.String() == x.Verifier }) {
			text += x.Line
		}
	}
	return text, err
}

// WitnessState is where a witness stands.
type WitnessState struct {
	Name, Key, URL string
	Size           int64     // the latest it cosigned
	CosignedAt     time.Time // zero when it never did
	RefusedSince   time.Time // zero when it does not refuse
	Fault          string    // what it said, or why it cannot be reached; for the administrator
}

// Witnesses tells where each witness of the settings stands.
func (l *Log) Witnesses(ctx context.Context) ([]WitnessState, error) {
	var rows []witnessRow
	if err := l.db.Read().NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, err
	}
	var list []WitnessState
	for _, w := range l.set.Ask {
		s := WitnessState{Name: w.Key.Name(), Key: w.Key.String(), URL: w.URL}
		for _, r := range rows {
			if r.Verifier == s.Key {
				s.Size, s.CosignedAt, s.RefusedSince, s.Fault = r.Size, r.CosignedAt, r.RefusedSince, r.Fault
			}
		}
		list = append(list, s)
	}
	return list, nil
}
