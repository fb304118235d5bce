package commitments

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Desk reads what the task list of a person in an association follows from.
func (s *Service) Desk(ctx context.Context, a actor.Actor, assoc scope.Association) (DeskFacts, error) {
	if err := access.CheckAny(a, access.DeskRead, assoc.ID); err != nil {
		return DeskFacts{}, err
	}
	return s.deskFacts(ctx, a, assoc)
}

func (s *Service) deskFacts(ctx context.Context, a actor.Actor, assoc scope.Association) (DeskFacts, error) {
	q, on := s.db.Read(), access.Object{Association: assoc.ID}
	f := DeskFacts{Today: s.Today(), Person: a.Account, Manages: access.May(a, access.CommitmentManage, on), Plans: access.May(a, access.ActivityWrite, on),
		Reports: access.May(a, access.ActivityReport, on), Reviews: access.May(a, access.EvidenceReview, on), ReadsIn: access.May(a, access.DocumentImport, on), Answers: access.May(a, access.BarrierAnswer, on)}
	var err error
	if f.Alone, err = s.onlyReviewer(ctx, q, a, assoc); err != nil {
		return f, err
	}
	if f.Promises, err = promises(ctx, q, assoc.ID); err != nil {
		return f, err
	}
	reads := []func() error{
		func() error { return s.deskSteps(ctx, q, assoc.ID, &f) },
		func() error { return s.deskActivities(ctx, q, assoc.ID, &f) },
		func() error { return s.deskInvitations(ctx, q, assoc.ID, &f) },
		func() error { return s.deskRounds(ctx, q, assoc.ID, &f) },
		func() (err error) {
			if f.Answers && s.needs.Barriers != nil {
				f.Barriers, err = s.needs.Barriers(ctx, q, assoc.ID)
			}
			return err
		},
		func() error {
			return q.NewSelect().Model(&f.Drafts).Column("association_id", "id", "file_name", "created_at").Where("association_id = ?", assoc.ID).Where("status = ?", ImportOpen).Order("id").Scan(ctx)
		},
	}
	for _, read := range reads {
		if err := read(); err != nil {
			return f, err
		}
	}
	waiting, err := s.waitingEvidence(ctx, q, assoc.ID)
	for _, e := range waiting {
		f.Evidence = append(f.Evidence, DeskEvidence{ID: e.ID, Title: e.Title, Status: e.Status, FiledBy: e.FiledBy, FiledOn: e.FiledOn, By: e.FiledByName, Comment: e.ReviewComment,
			About: e.About(), Target: e.Target(), Reviewed: e.ReviewedOn})
	}
	return f, err
}

// About is what the evidence belongs to, by name; "" for a promise itself.
func (e EvidenceLine) About() string {
	if e.ActivityTitle != "" {
		return e.ActivityTitle
	}
	return e.MilestoneTitle
}

// waitingEvidence lists the association's evidence that waits for review or was returned, the oldest first. What was returned more than
// half a year ago has been left alone on purpose.
func (s *Service) waitingEvidence(ctx context.Context, q db.IDB, association id.ID) ([]EvidenceLine, error) {
	var list []EvidenceLine
	own := func() *bun.SelectQuery { return evidenceOf(q).Where("e.association_id = ?", association) }
	err := evidenceLines(q, own().Where("e.status = ?", Filed), own().Where("e.status = ?", Returned).Where("e.reviewed_on >= ?", s.Today().AddDays(-180))).
		OrderExpr("e.filed_at, e.id").Limit(500).Scan(ctx, &list)
	return list, err
}

func (s *Service) deskSteps(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	by := make(map[id.ID]*Promise, len(f.Promises))
	var fresh []id.ID // promises so new that advice on their wording is given as long as they have no step
	for i := range f.Promises {
		p := &f.Promises[i]
		if by[p.ID] = p; f.Today.Sub(p.AdoptedOn) <= adviceDays {
			fresh = append(fresh, p.ID)
		}
	}
	var list []Milestone
	err := q.NewSelect().Model(&list).Where("association_id = ?", association).Where("withdrawn_on IS NULL").WhereGroup(" AND ", func(sel *bun.SelectQuery) *bun.SelectQuery {
		sel = sel.Where("state <> ?", string(progress.Complete)).Where("due_on <= ?", f.Today.AddDays(soon))
		if len(fresh) > 0 {
			sel = sel.WhereOr("pledge_id IN (?)", bun.In(fresh))
		}
		return sel
	}).Order("due_on", "id").Scan(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		if p, ok := by[m.PledgeID]; ok && p.ReplacedByID == id.None {
			f.Steps = append(f.Steps, DeskStep{m, p.Number, p.Slug, p.ResponsibleID})
		}
	}
	return nil
}

// deskActivities reads the activities that may still ask something of somebody: those that are not over and done with, and those that are but
// that nobody has looked back at on the day set for it.

func (s *Service) deskActivities(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	var rows []struct {
		ActivityLine
		FollowUpOn period.Date
		LastFiled  period.Date
	}
	own := func() *bun.SelectQuery {
		return q.NewSelect().TableExpr("activities AS a").ColumnExpr("a.*").Where("a.association_id = ?", association)
	}
	open := own().Where("a.status IN (?)", bun.In([]Status{Planned, Confirmed, Postponed}))
	done := own().Where("a.status = ?", Done).Where("a.follow_up_on IS NOT NULL").
		Where(`(coalesce(a.to_on, ?0) >= ?0 OR a.date_precision = ?1 OR a.follow_up_on <= ?0 AND NOT EXISTS
			(SELECT 1 FROM evidence e WHERE e.activity_home_id = a.association_id AND e.activity_id = a.id AND e.status <> ?2 AND e.filed_on >= a.follow_up_on))`, f.Today, period.NotSet, Withdrawn)
	err := q.NewSelect().TableExpr("(?) AS a", open.UnionAll(done)).ColumnExpr(lineColumns).ColumnExpr("a.follow_up_on").
		ColumnExpr("(SELECT max(e.filed_on) FROM evidence e WHERE e.activity_home_id = a.association_id AND e.activity_id = a.id AND e.status <> ?) AS last_filed", Withdrawn).
		OrderExpr("coalesce(a.from_on, '9999'), a.id").Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]id.ID, len(rows))
	at := make(map[id.ID]int, len(rows))
	for i, r := range rows {
		ids[i], at[r.ID] = r.ID, i
		f.Activities = append(f.Activities, DeskActivity{ActivityLine: r.ActivityLine, FollowUpOn: r.FollowUpOn, LastFiled: r.LastFiled, AskedOn: period.DateOf(r.UpdatedAt.In(clock.Stockholm))})
	}
	var served []struct {
		ActivityID id.ID
		Number     int64
	}
	err = q.NewSelect().TableExpr("activity_serves AS v").ColumnExpr("v.activity_id, p.number").
		Join("JOIN pledges AS p ON p.association_id = v.pledge_association_id AND p.id = v.pledge_id").
		Where("v.association_id = ?", association).Where("v.activity_id IN (?)", bun.In(ids)).Where("v.pledge_association_id = ?", association).OrderExpr("v.activity_id, p.number").Scan(ctx, &served)
	if err != nil {
		return err
	}
	for _, v := range served {
		if i, ok := at[v.ActivityID]; ok {
			f.Activities[i].Serves = append(f.Activities[i].Serves, v.Number)
		}
	}
	var silent []Organiser
	err = q.NewSelect().Model(&silent).Where("association_id = ?", association).Where("organiser_id <> ?", association).Where("confirmed_at IS NULL").Where("declined_at IS NULL").Scan(ctx)
	if err != nil || len(silent) == 0 {
		return err
	}
	names, err := s.associationsByID(ctx, q, organisersOf(silent))
	for _, o := range silent {
		if i, ok := at[o.ActivityID]; ok {
			f.Activities[i].Silent = append(f.Activities[i].Silent, names[o.OrganiserID])
		}
	}
	for _, a := range f.Activities {
		slices.SortFunc(a.Silent, func(x, y scope.Association) int { return len(x.ShortName) - len(y.ShortName) })
	}
	return err
}

func (s *Service) deskInvitations(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	list, err := s.invitations(ctx, q, association)
	if err != nil || len(list) == 0 {
		return err
	}
	homes := make([]id.ID, len(list))
	for i, a := range list {
		homes[i] = a.AssociationID
	}
	names, err := s.associationsByID(ctx, q, homes)
	for _, a := range list {
		f.Invitations = append(f.Invitations, DeskInvitation{a, names[a.AssociationID]})
	}
	return err
}

// invitations lists other associations' activities that this one has not said yes or no to.
func (s *Service) invitations(ctx context.Context, q db.IDB, association id.ID) ([]ActivityLine, error) {
	var list []ActivityLine
	err := anyLines(q, association, true).Where("o.association_id <> ?", association).Where("o.confirmed_at IS NULL").Where("a.status NOT IN (?, ?)", Cancelled, Done).Scan(ctx, &list)
	slices.SortFunc(list, func(a, b ActivityLine) int {
		return cmp.Or(cmp.Compare(a.PlanYear, b.PlanYear), cmp.Compare(sortOn(a.FromOn), sortOn(b.FromOn)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, err
}

func (s *Service) deskRounds(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	var list []RoundLine
	err := rounds(q, association).Where("r.frozen_at IS NULL").Scan(ctx, &list)
	for _, r := range list {
		f.Rounds = append(f.Rounds, DeskRound{ID: r.ID, Title: r.Title, ClosesOn: r.ClosesOn, Done: r.Commented, Of: r.Promises})
	}
	return err
}

// HourOf is the time of the day in Sweden, for a greeting.
func (s *Service) HourOf() time.Time { return s.clock.Now().In(clock.Stockholm) }
