package equality

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Step is one of the four of active measures (chapter 3, section 2 of the Discrimination Act), or the end of them.
type Step string

const (
	ExamineStep Step = "examine"
	Analyse     Step = "analyse"
	Act         Step = "act"
	FollowUp    Step = "follow_up"
	Closed      Step = "closed"
)

// Steps lists them in the order of the law.
var Steps = [...]Step{ExamineStep, Analyse, Act, FollowUp}

// Next is the step after this one.
func (s Step) Next() Step {
	i := slices.Index(Steps[:], s)
	if i < 0 || i+1 == len(Steps) {
		return Closed
	}
	return Steps[i+1]
}

// Case is a difference that an association has taken on.
type Case struct {
	bun.BaseModel `bun:"table:equality_cases"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	Comparison    string
	Publication   int64 // the number of the publication in which it was seen
	OwnerID       id.ID
	PromiseID     id.ID `bun:",nullzero"`
	Step          Step
	DueOn         period.Date
	TakenBy       id.ID
	TakenOn       period.Date
	ClosedOn      period.Date
	Version       int64
}

// CaseNote is what was written in a step, and stays as it was written.
type CaseNote struct {
	bun.BaseModel `bun:"table:equality_notes"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Step          Step
	Body          string
	URL           string `bun:"url"`
	FileID        id.ID  `bun:",nullzero"`
	Done          bool   // the step is done with this
	WrittenBy     id.ID
	WrittenOn     period.Date
	Writer        string `bun:"-"`
	FileName      string `bun:"-"`
}

// Entry is what somebody writes in a step, with what shows it.
type Entry struct {
	Body     string
	URL      string
	FileName string
	File     io.Reader   // nil when there is none
	Done     bool        // the step is done, and the case goes on
	Due      period.Date // of the next step
}

// MaxFile is how many bytes a file of a case may have, as evidence does.
const MaxFile = 10 << 20

// CaseView is a case with what has been written, the earliest first.
type CaseView struct {
	Case
	Owner  string
	Notes  []CaseNote
	Change *Change // since it was taken on; nil until something later is published
}

// TakeOn makes a difference a case: of a comparison, or of places or initiatives. There is one open case of each at a time.
func (s *Service) TakeOn(ctx context.Context, a actor.Actor, association id.ID, comparison string, owner, promise id.ID, due period.Date) (id.ID, error) {
	if err := access.Check(a, access.EqualityManage, access.Object{Association: association}); err != nil {
		return id.None, err
	}
	about, ok, err := s.question(ctx, s.DB.Read(), association, comparison)
	if err != nil {
		return id.None, err
	}
	if !ok {
		return id.None, errs.E(errs.NotFound, "error.not_found")
	}
	seen, err := s.Figures(ctx, a, association, about.source(), 0)
	if err != nil {
		return id.None, err
	}
	if seen == nil {
		return id.None, errs.E(errs.Refused, "equality.nothing_published")
	}
	var form errs.Form
	people, err := s.People(ctx, association)
	if err != nil {
		return id.None, err
	}
	if !slices.ContainsFunc(people, func(p Colleague) bool { return p.ID == owner }) {
		form.Add("owner", "equality.owner_missing")
	}
	if promise != id.None {
		list, err := s.Promises(ctx, association)
		if err != nil {
			return id.None, err
		}
		if !slices.ContainsFunc(list, func(p Promise) bool { return p.ID == promise }) {
			form.Add("promise", "error.not_a_choice")
		}
	}
	if !due.IsZero() && due.Before(s.today()) {
		form.Add("due", "equality.due_past")
	}
	if err := form.Err(); err != nil {
		return id.None, err
	}
	row := Case{AssociationID: association, ID: id.New(), Comparison: comparison, Publication: seen.Number, OwnerID: owner, PromiseID: promise, Step: ExamineStep, DueOn: due, TakenBy: a.Account, TakenOn: s.today(), Version: 1}
	return row.ID, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		open, err := tx.NewSelect().Model((*Case)(nil)).Where("association_id = ?", association).Where("comparison = ?", comparison).Where("step <> ?", Closed).Exists(ctx)
		if err != nil {
			return err
		}
		if open {
			return errs.E(errs.Refused, "equality.case_open")
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "equality.take_on", "equality_case", row.ID, nil, row)
	})
}

const mostWritten = 4000

// Write adds a note to the step a case is in, with a file as evidence where there is one. With done the case goes on to the next step.
func (s *Service) Write(ctx context.Context, a actor.Actor, association, in id.ID, version int64, e Entry) error {
	e.Body, e.URL = strings.TrimSpace(e.Body), strings.TrimSpace(e.URL)
	may := func(ctx context.Context, q db.IDB) (row Case, err error) {
		if err := access.CheckAny(a, access.EqualityWrite, association); err != nil {
			return row, err
		}
		if err := one(q.NewSelect().Model(&row).Where("association_id = ?", association).Where("id = ?", in).Scan(ctx)); err != nil {
			return row, err
		}
		return row, access.Check(a, access.EqualityWrite, access.Object{Association: association, Owner: row.OwnerID})
	}
	var naming func(context.Context, *db.Tx) (id.ID, error)
	if e.File != nil && e.Body != "" {
		_, err := may(ctx, s.DB.Read())
		if err != nil {
			return err
		}
		if naming, err = s.Store(ctx, association, a, e.FileName, e.File, MaxFile); err != nil {
			return err
		}
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := may(ctx, tx)
		if err != nil {
			return err
		}
		if row.Version != version {
			return errs.E(errs.Conflict, "error.conflict")
		}
		if row.Step == Closed {
			return errs.E(errs.Refused, "equality.case_closed")
		}
		var form errs.Form
		if n := len([]rune(e.Body)); n == 0 {
			form.Add("body", "equality.body_missing")
		} else if n > mostWritten {
			form.Add("body", "error.too_long", "max", mostWritten, "now", n)
		}
		if u, err := url.Parse(e.URL); e.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(e.URL) > 2000) {
			form.Add("url", "equality.link_faulty")
		}
		if e.Done && !e.Due.IsZero() && e.Due.Before(s.today()) {
			form.Add("due", "equality.due_past")
		}
		if err := form.Err(); err != nil {
			return err
		}
		note := CaseNote{AssociationID: association, ID: id.New(), CaseID: in, Step: row.Step, Body: e.Body, URL: e.URL, Done: e.Done, WrittenBy: a.Account, WrittenOn: s.today()}
		if naming != nil {
			if note.FileID, err = naming(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.NewInsert().Model(&note).Exec(ctx); err != nil {
			return err
		}
		before := row
		if e.Done {
			row.Step, row.DueOn = row.Step.Next(), e.Due
			if row.Step == Closed {
				row.ClosedOn, row.DueOn = s.today(), period.Date{}
			}
		}
		row.Version++
		if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "equality.note", "equality_case", in, before, row)
	})
}

// Cases lists the cases of an association, open ones first and then the latest.
func (s *Service) Cases(ctx context.Context, a actor.Actor, association id.ID) ([]CaseView, error) {
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return nil, err
	}
	var rows []Case
	if err := s.DB.Read().NewSelect().Model(&rows).Where("association_id = ?", association).OrderExpr("closed_on IS NOT NULL, taken_on DESC, id").Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]CaseView, len(rows))
	for i, r := range rows {
		name, err := s.NameOf(ctx, r.OwnerID)
		if err != nil {
			return nil, err
		}
		out[i] = CaseView{Case: r, Owner: name}
	}
	return out, nil
}

// Case gives one case with its notes, and how the figures have changed since it was taken on.
func (s *Service) Case(ctx context.Context, a actor.Actor, association, in id.ID) (CaseView, error) {
	var v CaseView
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return v, err
	}
	q := s.DB.Read()
	if err := one(q.NewSelect().Model(&v.Case).Where("association_id = ?", association).Where("id = ?", in).Scan(ctx)); err != nil {
		return v, err
	}
	if err := q.NewSelect().Model(&v.Notes).Where("association_id = ?", association).Where("case_id = ?", in).OrderExpr("id").Scan(ctx); err != nil {
		return v, err
	}
	var err error
	if v.Owner, err = s.NameOf(ctx, v.OwnerID); err != nil {
		return v, err
	}
	for i := range v.Notes {
		if v.Notes[i].Writer, err = s.NameOf(ctx, v.Notes[i].WrittenBy); err != nil {
			return v, err
		}
		if f := v.Notes[i].FileID; f != id.None {
			if v.Notes[i].FileName, err = s.FileName(ctx, association, f); err != nil {
				return v, err
			}
		}
	}
	about, ok, err := s.question(ctx, q, association, v.Comparison)
	if err != nil || !ok {
		return v, err
	}
	then, err := s.Figures(ctx, a, association, about.source(), v.Publication)
	if err != nil || then == nil {
		return v, err
	}
	now, err := s.Figures(ctx, a, association, about.source(), 0)
	if err != nil || now == nil || now.Number <= then.Number {
		return v, err
	}
	x := changed(about, then, now)
	for n := now.Number - 1; n > then.Number; n-- { // what came last may be too little to be told by itself
		if now, err = s.Figures(ctx, a, association, about.source(), n); err != nil {
			return v, err
		}
		if now == nil {
			continue
		}
		if y := changed(about, then, now); y.Told > x.Told {
			x = y
		}
	}
	v.Change = &x
	return v, nil
}

// CaseFile gives the file of a note to who may read the case.
func (s *Service) CaseFile(ctx context.Context, a actor.Actor, association, in, note id.ID) (id.ID, error) {
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return id.None, err
	}
	var n CaseNote
	err := one(s.DB.Read().NewSelect().Model(&n).Where("association_id = ?", association).Where("case_id = ?", in).Where("id = ?", note).Scan(ctx))
	if err == nil && n.FileID == id.None {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	return n.FileID, err
}
