package publiclog

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"samklang/internal/core/id"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"
)

// Place is where an entry stands in the log.
type Place struct {
	Entry  id.ID
	Number int64 // in the log, from 0; -1 while it waits, which is less than a second
	At     time.Time
	Later  bool      // entered after the fact
	Since  time.Time // from when on the log proves it: At, or when the log began if that was later
}

// Placed tells whether the entry has its place.
func (p Place) Placed() bool { return p.Number >= 0 }

// Places finds the entry that holds for each of the rows.
func (l *Log) Places(ctx context.Context, kind string, subjects ...id.ID) (map[id.ID]Place, error) {
	by := make(map[id.ID]Place, len(subjects))
	if len(subjects) == 0 {
		return by, nil
	}
	var began []time.Time
	if err := l.db.Read().NewSelect().TableExpr("logs").Column("begun_at").Where("epoch = 1").Scan(ctx, &began); err != nil {
		return by, err
	}
	var list []struct {
		ID        id.ID
		SubjectID id.ID
		At        time.Time
		Later     bool
		Seq       *int64
	}
	err := l.db.Read().NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.subject_id, e.at, e.body LIKE '%\",\"entered_later\":true%' AS later").
		ColumnExpr("(SELECT l.seq FROM log_leaves l WHERE l.entry_id = e.id AND l.epoch = (SELECT max(epoch) FROM logs)) AS seq").
		Where("e.kind = ?", kind).Where("e.subject_id IN (?)", bun.In(subjects)).OrderExpr("e.at, e.id").Scan(ctx, &list)
	for _, e := range list {
		p := Place{Entry: e.ID, At: e.At, Later: e.Later, Since: e.At, Number: -1}
		if len(began) > 0 && began[0].After(e.At) {
			p.Since = began[0]
		}
		if e.Seq != nil {
			p.Number = *e.Seq
		}
		by[e.SubjectID] = p
	}
	return by, err
}

// Opened is a hidden field with what proves it: the SHA-256 of the salt and the text is what the entry holds.
type Opened struct {
	Salt string `json:"salt"` // hexadecimal
	Text string `json:"text"`
}

// Proof shows that one entry is in a log as it was signed (C2SP tlog-proof). Its extra data are the entry itself, and those of its hidden fields
// that are shown to everybody.
type Proof struct {
	Leaf       string
	Open       map[string]Opened
	Index      int64
	Hashes     tlog.RecordProof
	Checkpoint string // the signed note
}

type proofExtra struct {
	Leaf string            `json:"entry"`
	Open map[string]Opened `json:"open,omitempty"`
}

// ErrNotPlaced says that the log holds no entry about the row that has its place already.
var ErrNotPlaced = errors.New("the log has no place for this entry yet")

// Prove makes a proof for the entry about a row. open are hidden texts that whoever asks may read.
func (l *Log) Prove(ctx context.Context, kind string, subject id.ID, open map[string]string) (Proof, error) {
	c, err := l.Shown(ctx)
	if err != nil {
		return Proof{}, err
	}
	q := l.db.Read()
	var list []checkedEntry
	err = q.NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.body, s.salt, s.destroyed_at, x.seq").
		Join("JOIN log_leaves AS x ON x.entry_id = e.id AND x.epoch = ?", c.Epoch).Join("LEFT JOIN log_salts AS s ON s.entry_id = e.id").
		Where("e.kind = ?", kind).Where("e.subject_id = ?", subject).Where("x.seq < ?", c.Size).OrderExpr("e.at DESC, e.id DESC").Limit(1).Scan(ctx, &list)
	if err != nil {
		return Proof{}, err
	}
	if len(list) == 0 {
		return Proof{}, ErrNotPlaced
	}
	e := list[0]
	p := Proof{Leaf: e.Body, Index: *e.Seq}
	if p.Hashes, err = tlog.ProveRecord(c.Size, p.Index, stored(ctx, q, c.Epoch)); err != nil {
		return p, err
	}
	if p.Checkpoint, err = l.withCosignatures(ctx, c); err != nil {
		return p, err
	}
	return p, p.open(e, open)
}

// open adds the hidden texts that the entry holds.
func (p *Proof) open(e checkedEntry, texts map[string]string) error {
	if e.Salt == nil || *e.Salt == "" {
		return nil
	}
	salt, err := hex.DecodeString(*e.Salt)
	if err != nil {
		return err
	}
	leaf, err := ParseLeaf(e.Body)
	if err != nil {
		return err
	}
	for name, text := range texts {
		own := FieldSalt(salt, name)
		if text != "" && leaf.Hidden[name] == HiddenHash(own, text) {
			if p.Open == nil {
				p.Open = map[string]Opened{}
			}
			p.Open[name] = Opened{hex.EncodeToString(own), text}
		}
	}
	return nil
}

const (
	proofHead = "c2sp.org/tlog-proof@v1\n"
	maxProof  = 4 << 20 // a published follow-up may be opened in it
)

// Text writes the proof as a file.
func (p Proof) Text() (string, error) {
	extra, err := compact(proofExtra{p.Leaf, p.Open})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(proofHead + "extra " + base64.StdEncoding.EncodeToString([]byte(extra)) + "\nindex " + strconv.FormatInt(p.Index, 10) + "\n")
	for _, h := range p.Hashes {
		b.WriteString(h.String() + "\n")
	}
	return b.String() + "\n" + p.Checkpoint, nil
}

// ParseProof reads a file.
func ParseProof(text string) (Proof, error) {
	var p Proof
	if len(text) > maxProof {
		return p, errors.New("the proof is too long")
	}
	rest, ok := strings.CutPrefix(text, proofHead)
	if !ok {
		return p, errors.New("this is no proof: its first line should be " + strings.TrimSpace(proofHead))
	}
	head, checkpoint, ok := strings.Cut(rest, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 2 {
		return p, errors.New("the proof ends before its checkpoint")
	}
	p.Checkpoint = checkpoint
	encoded, ok := strings.CutPrefix(lines[0], "extra ")
	if !ok {
		return p, errors.New("the proof does not hold the entry itself")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || base64.StdEncoding.EncodeToString(raw) != encoded {
		return p, errors.New("the proof's extra data cannot be read")
	}
	var x proofExtra
	if err := json.Unmarshal(raw, &x); err != nil {
		return p, errors.New("the proof's extra data are no entry")
	}
	if again, err := compact(x); err != nil || again != string(raw) {
		return p, errors.New("the proof's extra data are not written as the log writes them")
	}
	p.Leaf, p.Open = x.Leaf, x.Open
	index, ok := strings.CutPrefix(lines[1], "index ")
	if p.Index, err = strconv.ParseInt(index, 10, 64); !ok || err != nil || p.Index < 0 || strconv.FormatInt(p.Index, 10) != index {
		return p, errors.New("the proof's second line is no index")
	}
	if len(lines) > 2+63 {
		return p, errors.New("the proof has more hashes than a tree has levels")
	}
	for _, line := range lines[2:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line {
			return p, errors.New("a line of the proof is no hash")
		}
		p.Hashes = append(p.Hashes, h)
	}
	return p, nil
}

// Check tells what the entry says, when the log with the verifier key has signed it.
func (p Proof) Check(verifier string) (Leaf, Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, verifier)
	if err != nil {
		return Leaf{}, c, err
	}
	leaf, err := ParseLeaf(p.Leaf)
	if err != nil {
		return leaf, c, err
	}
	if p.Index >= c.Size {
		return leaf, c, errors.New("the proof is of an entry that the checkpoint does not reach")
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, leafHash(p.Leaf)); err != nil {
		return leaf, c, errors.New("the entry is not in the log that was signed")
	}
	for name, o := range p.Open {
		salt, err := hex.DecodeString(o.Salt)
		if err != nil || leaf.Hidden[name] != HiddenHash(salt, o.Text) {
			return leaf, c, errors.New("the text of " + name + " is not the one whose hash the entry holds")
		}
	}
	return leaf, c, nil
}

// Status tells programs where the log is and who signs it.
type Status struct {
	Origin    string          `json:"origin"`
	Key       string          `json:"key"`
	Log       string          `json:"log"`    // path of the log: checkpoint and tiles are below
	Number    int64           `json:"number"` // 1, and one more each time the log was begun anew
	Previous  string          `json:"previous"`
	Reason    string          `json:"reason"`
	Size      int64           `json:"size"`
	Signed    time.Time       `json:"signed_at"`
	Witnesses []StatusWitness `json:"witnesses"`
	Cosigns   string          `json:"witness_key"` // what others list to have this installation as a witness; "" when it cosigns for nobody
}

// StatusWitness is a witness as everybody may know it.
type StatusWitness struct {
	Name       string     `json:"name"`
	Key        string     `json:"key"`
	Size       int64      `json:"size"`
	CosignedAt *time.Time `json:"cosigned_at"`
	Refuses    *time.Time `json:"refuses_since"`
}

// Status tells where the log stands; ErrNoLog before it has begun.
func (l *Log) Status(ctx context.Context) (Status, error) {
	row, err := current(ctx, l.db.Read())
	if err != nil {
		return Status{}, err
	}
	c, err := l.Shown(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Origin: row.Origin, Key: row.Verifier, Log: Prefix(row.Epoch), Number: row.Epoch, Previous: row.Previous, Reason: row.Reason, Size: c.Size, Signed: c.At, Witnesses: []StatusWitness{}}
	list, err := l.Witnesses(ctx)
	if err != nil {
		return s, err
	}
	for _, w := range list {
		x := StatusWitness{Name: w.Name, Key: w.Key, Size: w.Size}
		if !w.CosignedAt.IsZero() {
			x.CosignedAt = &w.CosignedAt
		}
		if !w.RefusedSince.IsZero() {
			x.Refuses = &w.RefusedSince
		}
		s.Witnesses = append(s.Witnesses, x)
	}
	s.Cosigns, err = l.WitnessKey(ctx)
	return s, err
}

// Count is how many entries of each kind the log holds.
func (l *Log) Count(ctx context.Context) (map[string]int64, error) {
	var list []struct {
		Kind string
		N    int64
	}
	err := l.db.Read().NewSelect().TableExpr("log_entries").ColumnExpr("kind, count(*) AS n").Group("kind").Order("kind").Scan(ctx, &list)
	by := map[string]int64{}
	for _, x := range list {
		by[x.Kind] = x.N
	}
	return by, err
}
