package commitments

import (
	"context"
	"io"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

// MaxEvidenceFile is the largest file that evidence may hold, in bytes.
const MaxEvidenceFile = 25 << 20

// Report is what a colleague tells after an activity.
type Report struct {
	Account    string // what was done, in a few sentences; becomes evidence that waits for review
	HappenedOn period.Date
	Reached    *int64
	ReachedHow ReachedHow
	Completes  bool
	Public     bool
}

// ReportActivity says that an activity was done; errs.Refused before its first day. Its account is filed as evidence; the state of the promises follows when somebody else has
// accepted it.
func (s *Service) ReportActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, r Report) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityReport, activity, version, "report", func(ctx context.Context, tx *db.Tx, row *Activity) error {
		if row.FromOn.After(s.Today()) {
			return errs.E(errs.Refused, "report.before_day")
		}
		var f errs.Form
		required(&f, "account", r.Account, "report.account_missing")
		if r.Reached != nil && !knownHow(r.ReachedHow) {
			f.Add("reached_how", "report.how_missing")
		}
		if !r.HappenedOn.IsZero() && r.HappenedOn.After(s.Today()) {
			f.Add("happened_on", "evidence.in_future")
		}
		if err := f.Err(); err != nil {
			return err
		}
		row.Status, row.StatusReason = Done, ""
		row.Reached, row.ReachedHow = r.Reached, ""
		if r.Reached != nil {
			row.ReachedHow = r.ReachedHow
		}
		if row.FromOn.IsZero() && !r.HappenedOn.IsZero() { // the day was never set; now it is known
			row.SetWhen(period.OnDay(r.HappenedOn))
		}
		return s.insertEvidence(ctx, tx, a, assoc, EvidenceFields{Target: Target{Activity: row.Ref()}, Kind: EvidenceAccount, Title: row.Title, Body: r.Account,
			HappenedOn: r.HappenedOn, Completes: r.Completes, Public: r.Public})
	})
}

func knownHow(h ReachedHow) bool {
	for _, x := range ReachedHows {
		if x == h {
			return true
		}
	}
	return false
}

// FileEvidence adds a piece of evidence. Upload, when not nil, is the file's content; f.File is then set here.
func (s *Service) FileEvidence(ctx context.Context, a actor.Actor, assoc scope.Association, f EvidenceFields, name string, upload io.Reader) error {
	may := func(ctx context.Context, q db.IDB) error {
		owner, err := s.targetOwner(ctx, q, assoc, f.Target)
		if err != nil {
			return err
		}
		return access.Check(a, access.EvidenceFile, access.Object{Association: assoc.ID, Owner: owner})
	}
	var naming Naming
	if upload != nil && f.Kind == EvidenceFile {
		err := may(ctx, s.db.Read())
		if err != nil {
			return err
		}
		if naming, err = s.needs.Store(ctx, assoc.ID, a, name, upload, MaxEvidenceFile); err != nil {
			return err
		}
	}
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := may(ctx, tx)
		if err != nil {
			return err
		}
		f.File = id.None
		if naming != nil {
			if f.File, err = naming(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.insertEvidence(ctx, tx, a, assoc, f); err != nil {
			return err
		}
		return s.recomputeTarget(ctx, tx, assoc, f.Target)
	})
}

func (s *Service) insertEvidence(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, f EvidenceFields) error {
	if err := f.Check(s.Today()); err != nil {
		return err
	}
	e := Evidence{AssociationID: assoc.ID, ID: id.New(), ActivityHomeID: f.Target.Activity.Home, ActivityID: f.Target.Activity.ID, MilestoneID: f.Target.Milestone, PledgeID: f.Target.Pledge,
		Kind: f.Kind, Title: f.Title, Body: f.Body, URL: f.URL, Figure: f.Figure, FigureUnit: f.FigureUnit, FigureSource: f.FigureSource, FileID: f.File, HappenedOn: f.HappenedOn,
		Completes: f.Completes, Public: f.Public, Status: Filed, FiledBy: a.Account, FiledOn: s.Today(), FiledAt: s.clock.Now(), Version: 1}
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, assoc.ID, "evidence.file", "evidence", e.ID, nil, e.essence())
}

func (e Evidence) essence() map[string]any {
	m := map[string]any{"title": e.Title, "kind": e.Kind, "status": e.Status, "completes": e.Completes, "public": e.Public}
	if e.ReviewComment != "" {
		m["comment"] = e.ReviewComment
	}
	if e.OwnReview {
		m["own_review"] = true
	}
	return m
}

// targetOwner finds who answers for what evidence is filed to, and checks that the association has to do with it.
func (s *Service) targetOwner(ctx context.Context, q db.IDB, assoc scope.Association, t Target) (owner id.ID, err error) {
	if err := t.check(); err != nil {
		return id.None, err
	}
	var p Pledge
	switch {
	case t.Activity.ID != id.None:
		var o Organiser
		if err := one(ctx, q.NewSelect().Model(&o).Where("association_id = ?", t.Activity.Home).Where("activity_id = ?", t.Activity.ID).Where("organiser_id = ?", assoc.ID).Where("confirmed_at IS NOT NULL")); err != nil {
			return id.None, err
		}
		row, err := homeActivity(ctx, q, t.Activity.Home, t.Activity.ID)
		return row.OwnerID, err
	case t.Milestone != id.None:
		var m Milestone
		if err := one(ctx, q.NewSelect().Model(&m).Where("association_id = ?", assoc.ID).Where("id = ?", t.Milestone).Where("withdrawn_on IS NULL")); err != nil {
			return id.None, err
		}
		t.Pledge = m.PledgeID
	}
	err = one(ctx, q.NewSelect().Model(&p).Where("association_id = ?", assoc.ID).Where("id = ?", t.Pledge))
	return p.ResponsibleID, err
}

func (s *Service) recomputeTarget(ctx context.Context, tx *db.Tx, assoc scope.Association, t Target) error {
	switch {
	case t.Activity.ID != id.None:
		return s.recomputeServed(ctx, tx, t.Activity)
	case t.Milestone != id.None:
		var m Milestone
		if err := one(ctx, tx.NewSelect().Model(&m).Where("association_id = ?", assoc.ID).Where("id = ?", t.Milestone)); err != nil {
			return err
		}
		t.Pledge = m.PledgeID
	}
	_, err := s.recompute(ctx, tx, assoc.ID, []id.ID{t.Pledge})
	return err
}

// Verdict is a reviewer's answer.
type Verdict struct {
	Accept  bool
	Comment string // required when it is returned
	Public  bool   // whether the public sees the evidence once it is accepted
}

// ReviewEvidence accepts or returns a piece of evidence. The person who filed it may review it only when nobody else in the association
// can; the review is then marked as her own, for everybody to see.
func (s *Service) ReviewEvidence(ctx context.Context, a actor.Actor, assoc scope.Association, evidence id.ID, version int64, v Verdict) error {
	return s.change(ctx, a, access.EvidenceReview, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		var e Evidence
		if err := one(ctx, tx.NewSelect().Model(&e).Where("association_id = ?", assoc.ID).Where("id = ?", evidence)); err != nil {
			return err
		}
		if e.Status != Filed {
			return errs.E(errs.Refused, "review.not_waiting")
		}
		if !v.Accept && v.Comment == "" {
			var f errs.Form
			f.Add("comment", "review.comment_missing")
			return f.Err()
		}
		if e.FiledBy == a.Account {
			alone, err := s.onlyReviewer(ctx, tx, a, assoc)
			if err != nil {
				return err
			}
			if !alone {
				return errs.E(errs.Refused, "review.own")
			}
			e.OwnReview = true
		}
		before := e.essence()
		e.Status = Returned
		if v.Accept {
			e.Status = Accepted
		}
		e.Public = v.Public && v.Accept
		e.ReviewedBy, e.ReviewedOn, e.ReviewedAt, e.ReviewComment = a.Account, s.Today(), s.clock.Now(), v.Comment
		if err := update(ctx, tx, &e, version, "status", "public", "reviewed_by", "reviewed_on", "reviewed_at", "review_comment", "own_review"); err != nil {
			return err
		}
		if e.Kind == EvidenceFigure && e.Status == Accepted && e.Public {
			if err := enter[figureFact](ctx, s, tx, figureFacts, assoc.ID, e.ID); err != nil {
				return err
			}
		}
		if err := s.recomputeTarget(ctx, tx, assoc, e.Target()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "evidence.review", "evidence", e.ID, before, e.essence())
	})
}

// onlyReviewer tells whether nobody but the actor can review in the association.
func (s *Service) onlyReviewer(ctx context.Context, tx db.IDB, a actor.Actor, assoc scope.Association) (bool, error) {
	people, err := s.needs.People(ctx, tx, assoc.ID)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		if p.ID == a.Account {
			continue
		}
		for _, r := range p.Roles {
			// A board meets some times a year; the office must not wait for it. Only its own people make it an office of two.
			if r == actor.Head || r == actor.Office {
				return false, nil
			}
		}
	}
	return true, nil
}

// WithdrawEvidence takes back evidence that has not been accepted: one's own, or, for those who may file anything, anybody's.
func (s *Service) WithdrawEvidence(ctx context.Context, a actor.Actor, assoc scope.Association, evidence id.ID, version int64) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var e Evidence
		if err := one(ctx, tx.NewSelect().Model(&e).Where("association_id = ?", assoc.ID).Where("id = ?", evidence)); err != nil {
			return err
		}
		if err := access.Check(a, access.EvidenceFile, access.Object{Association: assoc.ID, Owner: e.FiledBy}); err != nil {
			return err
		}
		if e.Status == Accepted || e.Status == Withdrawn {
			return errs.E(errs.Refused, "evidence.accepted_stays")
		}
		before := e.essence()
		e.Status = Withdrawn
		if err := update(ctx, tx, &e, version, "status"); err != nil {
			return err
		}
		if err := s.recomputeTarget(ctx, tx, assoc, e.Target()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "evidence.withdraw", "evidence", e.ID, before, e.essence())
	})
}

// EvidenceFile gives the id of a piece of evidence's file: to everybody when it is accepted and public, else to those who may see the
// association's internal pages. Evidence that one may not see does not exist.
func (s *Service) EvidenceFile(ctx context.Context, a actor.Actor, assoc scope.Association, evidence id.ID) (file id.ID, err error) {
	var e Evidence
	sel := s.db.Read().NewSelect().Model(&e).ModelTableExpr("evidence AS e").ColumnExpr("e.*").Where("e.association_id = ?", assoc.ID).Where("e.id = ?", evidence).Where("e.file_id IS NOT NULL")
	err = one(ctx, seenEvidence(sel, Inside(a, assoc.ID)))
	return e.FileID, err
}
