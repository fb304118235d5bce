package equality

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// State is where a release stands. It never goes back.
type State string

const (
	Prepared  State = "prepared"
	Public    State = "published"
	Withdrawn State = "withdrawn"
)

// Release is what an association publishes to everybody: the tables of one publication of each source, as they were frozen.
type Release struct {
	bun.BaseModel   `bun:"table:equality_releases"`
	AssociationID   id.ID `bun:",pk"`
	ID              id.ID `bun:",pk"`
	Number          int64
	Title           string
	State           State
	ContentJSON     string
	SHA256          string `bun:"sha256"`
	PreparedBy      id.ID
	PreparedOn      period.Date
	ApprovedBy      id.ID `bun:",nullzero"`
	PublishedOn     period.Date
	PublishedAt     time.Time `bun:",nullzero"`
	WithdrawnBy     id.ID     `bun:",nullzero"`
	WithdrawnOn     period.Date
	WithdrawnReason string
	Version         int64
}

// Content is what a release freezes: figures with the family and thresholds they came by, the version of the methods, names and texts. It holds
// nothing about individuals, and of hidden counts not even why they are hidden.
type Content struct {
	Method string            `json:"method"`
	Tables []Table           `json:"tables"`
	Names  Names             `json:"names"`
	Text   map[string]string `json:"text"`               // the association's own words, by language
	Told   map[string][]Told `json:"told"`               // what is told of each comparison, by language
	Own    []Comparison      `json:"declared,omitempty"` // the comparisons that the association declared itself
}

// Table is the publication of a source.
type Table struct {
	Source  Source          `json:"source"`
	Number  int64           `json:"publication"`
	Through string          `json:"through"`
	Family  json.RawMessage `json:"family"`
	Result  json.RawMessage `json:"result"`
	// Coverage is how many cards of each initiative have every answer, in broad words. Left is how many initiatives have counted too few to stand in any
	// figure; they have no names here.
	Coverage map[string]string `json:"coverage,omitempty"`
	Left     int               `json:"left_out,omitempty"`
}

// Told is one comparison in words.
type Told struct {
	Code  string   `json:"code"`
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// Content reads what was frozen.
func (r Release) Content() (Content, error) {
	var c Content
	return c, json.Unmarshal([]byte(r.ContentJSON), &c)
}

// Basis reads the frozen figures.
func (c Content) Basis() (Basis, error) {
	b := Basis{Of: map[Source]*Published{}, Names: c.Names, Own: c.Own}
	for _, t := range c.Tables {
		result, err := disclosure.ReadResult(bytes.NewReader(t.Result), "release")
		if err != nil {
			return b, err
		}
		b.Of[t.Source] = &Published{Source: t.Source, Number: t.Number, Through: t.Through, Family: t.Family, Result: result, Coverage: t.Coverage, Left: t.Left}
	}
	return b, nil
}

// Tell puts every comparison into words.
func Tell(w Words, r Report) []Told {
	var list []Told
	for _, o := range r.Offers {
		list = append(list, Told{"offer-" + o.Variable, w.OfferTitle(o), w.Offered(o)})
	}
	for _, f := range r.Findings {
		list = append(list, Told{f.Code, w.Title(f.Code), append(w.Account(f), w.T("equality.means."+string(f.Verdict)))})
	}
	for _, s := range r.Spreads {
		t := Told{Code: s.Code, Title: w.Title(s.Code)}
		for _, line := range []string{w.Scattered(s) + ".", w.Whole(s), w.CoverageOf(s.Whole), w.Left(s)} {
			if line != "" {
				t.Lines = append(t.Lines, line)
			}
		}
		list = append(list, t)
	}
	return list
}

// Draft is what somebody writes when preparing a release.
type Draft struct {
	Title string
	Text  map[lang.Lang]string
}

// check puts what was written into what is to be frozen, or says what is wrong with it.
func (d Draft) check(content *Content) error {
	var form errs.Form
	if n := len([]rune(strings.TrimSpace(d.Title))); n == 0 {
		form.Add("title", "equality.title_missing")
	} else if n > 200 {
		form.Add("title", "error.too_long", "max", 200, "now", n)
	}
	for l, text := range d.Text {
		text = strings.TrimSpace(text)
		if n := len([]rune(text)); n > mostWritten {
			form.Add("text_"+l.Tag(), "error.too_long", "max", mostWritten, "now", n)
		}
		if text != "" {
			content.Text[l.Tag()] = text
		}
	}
	if content.Text[lang.Swedish.Tag()] == "" {
		form.Add("text_sv", "equality.text_missing")
	}
	return form.Err()
}

// freeze puts in the figures, and what is told of them in every language.
func (c *Content) freeze(b Basis, report Report, words func(lang.Lang) Words) {
	c.Names, c.Own = b.Names, b.Own
	for _, source := range Sources {
		if p := b.Of[source]; p != nil {
			coverage, left := p.shown()
			c.Tables = append(c.Tables, Table{source, p.Number, p.Through, p.Family, p.Result.Public().JSON(), coverage, left})
		}
	}
	for _, l := range lang.All {
		w := words(l)
		w.Names, w.Own = b.Names, b.Own
		c.Told[l.Tag()] = Tell(w, report)
	}
}

// checkReason says what is wrong with the reason to withdraw.
func checkReason(reason string) error {
	var form errs.Form
	if n := len([]rune(reason)); n == 0 {
		form.Add("reason", "equality.reason_missing")
	} else if n > 1000 {
		form.Add("reason", "error.too_long", "max", 1000, "now", n)
	}
	return form.Err()
}

// Prepare freezes the latest figures into a release, which nobody outside sees until somebody else approves it.
func (s *Service) Prepare(ctx context.Context, a actor.Actor, association id.ID, d Draft, words func(lang.Lang) Words) (int64, error) {
	if err := access.Check(a, access.EqualityManage, access.Object{Association: association}); err != nil {
		return 0, err
	}
	content := Content{Method: Method, Text: map[string]string{}, Told: map[string][]Told{}}
	if err := d.check(&content); err != nil {
		return 0, err
	}
	d.Title = strings.TrimSpace(d.Title)
	b, err := s.Basis(ctx, a, association)
	if err != nil {
		return 0, err
	}
	if b.Empty() {
		return 0, errs.E(errs.Refused, "equality.nothing_published")
	}
	content.freeze(b, b.Examine(), words)
	text, err := json.Marshal(content)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(text)
	row := Release{AssociationID: association, ID: id.New(), Title: d.Title, State: Prepared, ContentJSON: string(text), SHA256: hex.EncodeToString(sum[:]), PreparedBy: a.Account, PreparedOn: s.today(), Version: 1}
	return row.Number, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model((*Release)(nil)).ColumnExpr("coalesce(max(number), 0)").Where("association_id = ?", association).Scan(ctx, &row.Number); err != nil {
			return err
		}
		row.Number++
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.IsUnique(err) {
				return errs.E(errs.Conflict, "error.conflict").Because(err)
			}
			return err
		}
		if err := lock(ctx, tx, association, row.Number); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "equality.prepare", "equality_release", row.ID, nil, summary(row))
	})
}

// summary is what the trail keeps of a release.
func summary(r Release) map[string]any {
	return map[string]any{"number": r.Number, "title": r.Title, "state": r.State, "sha256": r.SHA256, "reason": r.WithdrawnReason}
}

// Publish approves what somebody else has prepared, and makes it public.
func (s *Service) Publish(ctx context.Context, a actor.Actor, association id.ID, number, version int64) error {
	return s.move(ctx, a, association, number, version, access.EqualityApprove, "equality.publish", func(r *Release) error {
		switch {
		case r.State != Prepared:
			return errs.E(errs.Refused, "equality.not_prepared")
		case r.PreparedBy == a.Account:
			return errs.E(errs.Refused, "equality.four_eyes")
		}
		sum := sha256.Sum256([]byte(r.ContentJSON))
		if hex.EncodeToString(sum[:]) != r.SHA256 {
			return errs.E(errs.Refused, "equality.changed")
		}
		r.State, r.ApprovedBy, r.PublishedOn, r.PublishedAt = Public, a.Account, s.today(), s.Clock.Now().Truncate(time.Microsecond)
		return nil
	})
}

// Withdraw marks a public release as no longer valid. It stays where it is, and what it told stays known.
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, association id.ID, number, version int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.move(ctx, a, association, number, version, access.EqualityManage, "equality.withdraw", func(r *Release) error {
		if err := checkReason(reason); err != nil {
			return err
		}
		if r.State != Public {
			return errs.E(errs.Refused, "equality.not_public")
		}
		r.State, r.WithdrawnBy, r.WithdrawnOn, r.WithdrawnReason = Withdrawn, a.Account, s.today(), reason
		return nil
	})
}

func (s *Service) move(ctx context.Context, a actor.Actor, association id.ID, number, version int64, act actor.Action, action string, to func(*Release) error) error {
	if err := access.Check(a, act, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := s.release(ctx, tx, association, number)
		if err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "error.conflict")
		}
		after := before
		if err := to(&after); err != nil {
			return err
		}
		after.Version++
		if _, err := tx.NewUpdate().Model(&after).WherePK().Exec(ctx); err != nil {
			return err
		}
		f := after.fact()
		f.At = s.Clock.Now()
		if err := s.Enter(ctx, tx, f); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, action, "equality_release", after.ID, summary(before), summary(after))
	})
}

func (s *Service) release(ctx context.Context, q db.IDB, association id.ID, number int64) (Release, error) {
	var r Release
	return r, one(q.NewSelect().Model(&r).Where("association_id = ?", association).Where("number = ?", number).Scan(ctx))
}

// Release gives one release: to everybody once it is public, and before that to those who may read.
func (s *Service) Release(ctx context.Context, a actor.Actor, association id.ID, number int64) (Release, error) {
	r, err := s.release(ctx, s.DB.Read(), association, number)
	if err == nil && r.State == Prepared && !access.May(a, access.EqualityRead, access.Object{Association: association}) {
		return Release{}, errs.E(errs.NotFound, "error.not_found")
	}
	return r, err
}

// Releases lists the releases of an association that everybody may see, the latest first; with prepared ones for who may read those.
func (s *Service) Releases(ctx context.Context, a actor.Actor, association scope.Association) ([]Release, error) {
	var rows []Release
	sel := s.DB.Read().NewSelect().Model(&rows).Where("association_id = ?", association.ID).OrderExpr("number DESC")
	if !access.May(a, access.EqualityRead, access.Object{Association: association.ID}) {
		sel = sel.Where("state <> ?", Prepared)
	}
	return rows, sel.Scan(ctx)
}
