package commitments

import (
	"context"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
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
		Reports: access.May(a, access.ActivityReport, on), Reviews: access.May(a, access.EvidenceReview, on), ReadsIn: access.May(a, access.DocumentImport, on)}
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
	err := evidenceLines(q).Where("e.association_id = ?", association).Where("(e.status = ? OR e.status = ? AND e.reviewed_on >= ?)", Filed, Returned, s.Today().AddDays(-180)).
		OrderExpr("e.filed_at, e.id").Limit(500).Scan(ctx, &list)
	return list, err
}

func (s *Service) deskSteps(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	var list []Milestone
	if err := q.NewSelect().Model(&list).Where("association_id = ?", association).Where("withdrawn_on IS NULL").Order("due_on", "id").Scan(ctx); err != nil {
		return err
	}
	by := map[id.ID]Promise{}
	for _, p := range f.Promises {
		by[p.ID] = p
	}
	for _, m := range list {
		if p, ok := by[m.PledgeID]; ok && p.ReplacedByID == id.None {
			f.Steps = append(f.Steps, DeskStep{m, p.Number, p.Slug, p.ResponsibleID})
		}
	}
	return nil
}

func (s *Service) deskActivities(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	var rows []struct {
		ActivityLine
		FollowUpOn period.Date
		LastFiled  period.Date
	}
	err := q.NewSelect().TableExpr("activities AS a").ColumnExpr(lineColumns).ColumnExpr("a.follow_up_on").
		ColumnExpr("(SELECT max(e.filed_on) FROM evidence e WHERE e.activity_home_id = a.association_id AND e.activity_id = a.id AND e.status <> ?) AS last_filed", Withdrawn).
		Where("a.association_id = ?", association).Where("a.status <> ?", Cancelled).Where("(a.status <> ? OR a.follow_up_on IS NOT NULL)", Done).
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
		Where("v.association_id = ?", association).Where("v.pledge_association_id = ?", association).OrderExpr("v.activity_id, p.number").Scan(ctx, &served)
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
	names, err := s.associationsByID(ctx, q)
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
	names, err := s.associationsByID(ctx, q)
	for _, a := range list {
		f.Invitations = append(f.Invitations, DeskInvitation{a, names[a.AssociationID]})
	}
	return err
}

// invitations lists other associations' activities that this one has not said yes or no to.
func (s *Service) invitations(ctx context.Context, q db.IDB, association id.ID) ([]ActivityLine, error) {
	var list []ActivityLine
	err := lines(q, association, true).Where("o.association_id <> ?", association).Where("o.confirmed_at IS NULL").Where("a.status NOT IN (?, ?)", Cancelled, Done).Scan(ctx, &list)
	return list, err
}

func (s *Service) deskRounds(ctx context.Context, q db.IDB, association id.ID, f *DeskFacts) error {
	list, err := rounds(ctx, q, association)
	for _, r := range list {
		if r.FrozenAt.IsZero() {
			f.Rounds = append(f.Rounds, DeskRound{ID: r.ID, Title: r.Title, ClosesOn: r.ClosesOn, Done: r.Commented, Of: r.Promises})
		}
	}
	return err
}

// HourOf is the time of the day in Sweden, for a greeting.
func (s *Service) HourOf() time.Time { return s.clock.Now().In(clock.Stockholm) }
