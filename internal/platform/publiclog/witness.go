package publiclog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Submission is what a log asks a witness to cosign (C2SP tlog-witness).
type Submission struct {
	Old        int64 // the size the witness is thought to know
	Proof      tlog.TreeProof
	Checkpoint string // the signed note
}

// maxSubmission is how long a submission may be: 63 hashes, and a note with some cosignatures.
const maxSubmission = 16 << 10

// ParseSubmission reads the body of a request.
func ParseSubmission(body []byte) (Submission, error) {
	var s Submission
	if len(body) > maxSubmission {
		return s, errors.New("the submission is too long")
	}
	head, checkpoint, ok := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	size, prefixed := strings.CutPrefix(lines[0], "old ")
	if !ok || !prefixed || len(lines) > 64 {
		return s, errors.New("a submission is a line 'old SIZE', at most 63 hashes, an empty line and a checkpoint")
	}
	var err error
	if s.Old, err = strconv.ParseInt(size, 10, 64); err != nil || s.Old < 0 || strconv.FormatInt(s.Old, 10) != size {
		return s, errors.New("the old size is no number")
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line {
			return s, errors.New("a line of the proof is no hash")
		}
		s.Proof = append(s.Proof, h)
	}
	s.Checkpoint = checkpoint
	return s, nil
}

// Text writes the body of a request.
func (s Submission) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", s.Old)
	for _, h := range s.Proof {
		fmt.Fprintln(&b, h)
	}
	return b.String() + "\n" + s.Checkpoint
}

// Refusal is the answer of a witness that does not cosign: an HTTP status and, when it knows another size than it was told, that size.
type Refusal struct {
	Status int
	Size   int64 // with 409: the latest it has cosigned
	Reason string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Reason) }

type witnessedRow struct {
	bun.BaseModel `bun:"table:log_witnessed"`
	Origin        string `bun:",pk"`
	Verifier      string
	Size          int64
	Root          string
	Note          string
	At            time.Time
}

// Cosign checks that another installation's log goes on from what this one has cosigned of it, remembers the new checkpoint and cosigns it.
// Anything else is a *Refusal.
func (l *Log) Cosign(ctx context.Context, s Submission) (line string, err error) {
	c, err := ParseCheckpoint(s.Checkpoint)
	if err != nil {
		return "", &Refusal{Status: http.StatusBadRequest, Reason: err.Error()}
	}
	i := slices.IndexFunc(l.set.For, func(v note.Verifier) bool { return v.Name() == c.Origin })
	if i < 0 {
		return "", &Refusal{Status: http.StatusNotFound, Reason: "this log is not among those cosigned here"}
	}
	trusted := slices.DeleteFunc(slices.Clone(l.set.For), func(v note.Verifier) bool { return v.Name() != c.Origin })
	if _, err := note.Open([]byte(s.Checkpoint), note.VerifierList(trusted...)); err != nil {
		return "", &Refusal{Status: http.StatusForbidden, Reason: "the checkpoint is not signed by the log's key"}
	}
	if s.Old > c.Size {
		return "", &Refusal{Status: http.StatusBadRequest, Reason: "the old size is larger than the checkpoint"}
	}
	name, key, err := l.witnessKey(ctx)
	if err != nil {
		return "", err
	}
	err = l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row := witnessedRow{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Note: s.Checkpoint, At: l.clock.Now()}
		if row.Verifier, err = verifierText(l.set.For[i]); err != nil {
			return err
		}
		// The row of a log that was never cosigned is made first, so that it can be held: two submissions at once are looked at one after the other.
		if _, err := tx.NewRaw("INSERT INTO log_witnessed (origin, verifier, size, root, note, at) VALUES (?, ?, 0, '', '', ?) ON CONFLICT (origin) DO NOTHING", c.Origin, row.Verifier, row.At).Exec(ctx); err != nil {
			return err
		}
		var known witnessedRow
		sel := tx.NewSelect().Model(&known).Where("origin = ?", c.Origin)
		if tx.Engine == db.Postgres {
			sel = sel.For("UPDATE")
		}
		if err := sel.Scan(ctx); err != nil {
			return err
		}
		if err := known.accept(s, c); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model(&row).Column("verifier", "size", "root", "note", "at").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	return CosignatureLine(name, key, l.clock.Now(), s.Checkpoint), nil
}

// accept tells whether the checkpoint goes on from the one that is known.
func (r witnessedRow) accept(s Submission, c Checkpoint) error {
	if s.Old != r.Size {
		return &Refusal{Status: http.StatusConflict, Size: r.Size, Reason: "another size was cosigned last"}
	}
	if r.Size == c.Size {
		if len(s.Proof) > 0 {
			return &Refusal{Status: http.StatusUnprocessableEntity, Reason: "between two checkpoints of one size there is nothing to prove"}
		}
		if r.Root != c.Root.String() && r.Size > 0 {
			return &Refusal{Status: http.StatusConflict, Size: r.Size, Reason: "another checkpoint of this size was cosigned"}
		}
		if r.Size == 0 && c.Root != tlog.Hash(emptyRoot) {
			return &Refusal{Status: http.StatusUnprocessableEntity, Reason: "a log without entries has another hash"}
		}
		return nil
	}
	if r.Size == 0 {
		if len(s.Proof) > 0 {
			return &Refusal{Status: http.StatusUnprocessableEntity, Reason: "from nothing there is nothing to prove"}
		}
		return nil
	}
	before, err := tlog.ParseHash(r.Root)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(s.Proof, c.Size, c.Root, r.Size, before); err != nil {
		return &Refusal{Status: http.StatusUnprocessableEntity, Reason: "the proof does not show that the log only grew"}
	}
	return nil
}

// witnessKeyName is the row of installation_keys with the key this installation cosigns with. It is not the key of its own log: one key makes one
// kind of statement.
const witnessKeyName = "log.witness"

// witnessKey is the name and key this installation cosigns with, made when first asked for.
func (l *Log) witnessKey(ctx context.Context) (string, ed25519.PrivateKey, error) {
	own, err := first(ctx, l.db.Read())
	if err != nil {
		return "", nil, err
	}
	var stored string
	err = l.db.Read().NewRaw("SELECT value FROM installation_keys WHERE name = ?", witnessKeyName).Scan(ctx, &stored)
	if db.IsNoRows(err) {
		seed := make([]byte, ed25519.SeedSize)
		rand.Read(seed) // never fails
		err = l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", witnessKeyName, base64.StdEncoding.EncodeToString(seed), l.clock.Now()).Exec(ctx)
			if err != nil {
				return err
			}
			return tx.NewRaw("SELECT value FROM installation_keys WHERE name = ?", witnessKeyName).Scan(ctx, &stored)
		})
	}
	if err != nil {
		return "", nil, err
	}
	seed, err := base64.StdEncoding.DecodeString(stored)
	if err != nil || len(seed) != ed25519.SeedSize {
		return "", nil, errors.New("the key this installation cosigns with cannot be read")
	}
	return own.Origin + "/witness", ed25519.NewKeyFromSeed(seed), nil
}

// WitnessKey is the public key others list to have this installation as a witness; "" when it cosigns for nobody.
func (l *Log) WitnessKey(ctx context.Context) (string, error) {
	if len(l.set.For) == 0 {
		return "", nil
	}
	name, key, err := l.witnessKey(ctx)
	if err != nil {
		return "", err
	}
	return NewCosigner(name, key.Public().(ed25519.PublicKey)).String(), nil
}

func first(ctx context.Context, q db.IDB) (logRow, error) {
	var l logRow
	err := q.NewSelect().Model(&l).Where("epoch = 1").Scan(ctx)
	if db.IsNoRows(err) {
		err = ErrNoLog
	}
	return l, err
}

// Verifier is the public key of a log, as settings hold it.
type Verifier struct {
	note.Verifier
	text string
}

// ParseVerifier reads the public key of a log: name+hash+key.
func ParseVerifier(s string) (Verifier, error) {
	v, err := note.NewVerifier(s)
	if err != nil {
		return Verifier{}, errors.New("the key of a log is written name+hash+key, as the page /log of its installation shows it")
	}
	return Verifier{v, s}, nil
}

func (v Verifier) String() string { return v.text }

func verifierText(v note.Verifier) (string, error) {
	if s, ok := v.(fmt.Stringer); ok {
		return s.String(), nil
	}
	return "", errors.New("the key of a log is not known as text")
}

// checkCosignatures checks what the database holds of witnesses, in both directions.
func checkCosignatures(ctx context.Context, q db.IDB) error {
	var lines []struct {
		Size           int64
		Verifier, Line string
		Note           *string
	}
	err := q.NewSelect().TableExpr("log_cosignatures AS s").ColumnExpr("s.size, s.verifier, s.line, c.note").Join("LEFT JOIN log_checkpoints AS c ON c.epoch = s.epoch AND c.size = s.size").
		OrderExpr("s.epoch DESC, s.size DESC, s.verifier").Limit(cosignaturesChecked).Scan(ctx, &lines)
	if err != nil {
		return err
	}
	for _, x := range lines {
		by, err := ParseCosigner(x.Verifier)
		if err == nil && x.Note == nil {
			err = errors.New("its checkpoint is gone")
		}
		if err == nil {
			var found []Cosignature
			if found, err = Cosignatures(noteText(*x.Note)+"\n"+x.Line, by); err == nil && len(found) != 1 {
				err = errors.New("its signature is not by that witness")
			}
		}
		if err != nil {
			return broken("the cosignature of %s under the checkpoint of %d entries: %w", x.Verifier, x.Size, err)
		}
	}
	var others []witnessedRow
	if err := q.NewSelect().Model(&others).Where("size > 0").Order("origin").Scan(ctx, &others); err != nil {
		return err
	}
	for _, r := range others {
		c, err := OpenCheckpoint(r.Note, r.Verifier)
		if err != nil || c.Size != r.Size || c.Root.String() != r.Root || c.Origin != r.Origin {
			return broken("what this installation has cosigned of the log %s is not as that log signed it", r.Origin)
		}
	}
	return nil
}

// cosignaturesChecked is how many cosignatures a check looks at, the newest.
const cosignaturesChecked = 1000

// serveAddCheckpoint is the one thing others may write here.
func (l *Log) serveAddCheckpoint(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, maxSubmission)); err != nil {
		http.Error(w, "the submission is too long, or was cut off", http.StatusBadRequest)
		return
	}
	s, err := ParseSubmission(buf.Bytes())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if l.set.Allow != nil {
		origin, _, _ := strings.Cut(s.Checkpoint, "\n")
		wait, err := l.set.Allow(r.Context(), r, origin)
		if err != nil {
			l.fail(w, r, err)
			return
		}
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			http.Error(w, "too many submissions", http.StatusTooManyRequests)
			return
		}
	}
	line, err := l.Cosign(r.Context(), s)
	if refused, ok := errors.AsType[*Refusal](err); ok {
		if refused.Status == http.StatusConflict {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(http.StatusConflict)
			fmt.Fprintf(w, "%d\n", refused.Size)
			return
		}
		http.Error(w, refused.Reason, refused.Status)
		return
	}
	if err != nil {
		l.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, line)
}
