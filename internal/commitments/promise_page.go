package commitments

import (
	"context"
	"slices"
	"strconv"
	"time"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// PromisePage is one promise of an association with everything the public may see of it – and, for those who work with it, the rest.
type PromisePage struct {
	Promise
	Commitment  Commitment
	Declaration Declaration
	Signature   Signature
	Wordings    []Wording // the newest first
	Milestones  []Milestone
	Activities  []ActivityLine // of the year asked for
	Hidden      int            // how many more of the year are not public
	Evidence    []EvidenceLine
	History     []StateChange // the newest first
	Others      []OtherPledge // the same commitment at other associations
	Year        int
	Years       []int
	Responsible string // name, shown to those who are logged in
	ReplacedBy  *Promise
}

// Wording is the text in force.
func (p PromisePage) Wording() Wording { return p.Wordings[0] }

// EvidenceLine is a piece of evidence with what it belongs to.
type EvidenceLine struct {
	Evidence
	ActivityTitle  string
	MilestoneTitle string
	FiledByName    string
	ReviewedByName string
	FileName       string
	Slug           string // of the association that filed it, under whose address its file lies
}

// OtherPledge is the same commitment at another association.
type OtherPledge struct {
	Association scope.Association
	Number      int64
	State       string
	StateSince  period.Date
	Wording     string
	Same        bool // its wording is letter for letter the same
}

const historyShown = 50

// Promise reads one promise of an association by the declaration's address and its number, with what only those who work there may see; year
// 0 is this year.
func (s *Service) Promise(ctx context.Context, a actor.Actor, assoc scope.Association, slug string, number, year int) (PromisePage, error) {
	if err := works(a, assoc); err != nil {
		return PromisePage{}, err
	}
	return s.promise(ctx, assoc, slug, number, year, true)
}

// PublicPromise is the part of Promise that is for everybody.
func (s *Service) PublicPromise(ctx context.Context, assoc scope.Association, slug string, number, year int) (PromisePage, error) {
	return s.promise(ctx, assoc, slug, number, year, false)
}

func (s *Service) promise(ctx context.Context, assoc scope.Association, slug string, number, year int, internal bool) (PromisePage, error) {
	q, today := s.db.Read(), s.Today()
	if year == 0 {
		year = today.Year
	}
	p := PromisePage{Year: year}
	err := one(ctx, q.NewSelect().Model(&p.Promise).ModelTableExpr("pledges AS promise").
		ColumnExpr("promise.*, c.title, c.title_simple, c.title_en, d.slug, d.title AS declaration").
		Join("JOIN commitments AS c ON c.association_id = promise.home_id AND c.id = promise.commitment_id").
		Join("JOIN declarations AS d ON d.association_id = promise.home_id AND d.id = promise.declaration_id").
		Where("promise.association_id = ?", assoc.ID).Where("d.slug = ?", slug).Where("promise.number = ?", number))
	if err != nil {
		return p, err
	}
	if err := s.fillPromise(ctx, q, assoc, &p, internal); err != nil {
		return p, err
	}
	for _, a := range p.Activities {
		if a.Public {
			p.count(a.held())
		}
	}
	for _, m := range p.Milestones {
		if m.WithdrawnOn.IsZero() && m.DueOn.Year == year {
			p.note(m.DueOn.String()[5:7], progress.State(m.State))
		}
	}
	return p, nil
}

func (s *Service) fillPromise(ctx context.Context, q db.IDB, assoc scope.Association, p *PromisePage, internal bool) error {
	reads := []func() error{
		func() error {
			return one(ctx, q.NewSelect().Model(&p.Commitment).Where("association_id = ?", p.HomeID).Where("id = ?", p.CommitmentID))
		},
		func() error {
			return one(ctx, q.NewSelect().Model(&p.Declaration).Where("association_id = ?", p.HomeID).Where("id = ?", p.DeclarationID))
		},
		func() error {
			return one(ctx, q.NewSelect().Model(&p.Signature).Where("association_id = ?", assoc.ID).Where("declaration_id = ?", p.DeclarationID))
		},
		func() error {
			return q.NewSelect().Model(&p.Wordings).Where("association_id = ?", assoc.ID).Where("pledge_id = ?", p.ID).Order("version DESC").Scan(ctx)
		},
		func() error {
			return q.NewSelect().Model(&p.Milestones).Where("association_id = ?", assoc.ID).Where("pledge_id = ?", p.ID).Order("due_on", "id").Scan(ctx)
		},
		func() error { return s.promiseActivities(ctx, q, assoc.ID, p, internal) },
		func() error { return s.promiseEvidence(ctx, q, assoc.ID, p, internal) },
		func() error {
			return q.NewSelect().Model(&p.History).Where("association_id = ?", assoc.ID).Where("pledge_id = ?", p.ID).Where("milestone_id IS NULL").Order("id DESC").Limit(historyShown).Scan(ctx)
		},
		func() error { return s.otherPledges(ctx, q, p) },
		func() error { return s.successor(ctx, q, p) },
	}
	for _, read := range reads {
		if err := read(); err != nil {
			return err
		}
	}
	if internal && p.ResponsibleID != id.None {
		var err error
		p.Responsible, err = s.needs.NameOf(ctx, q, p.ResponsibleID)
		return err
	}
	return nil
}

func (s *Service) promiseActivities(ctx context.Context, q db.IDB, association id.ID, p *PromisePage, internal bool) error {
	sel := q.NewSelect().TableExpr("activity_serves AS v").ColumnExpr(lineColumns).
		ColumnExpr(holders).
		Join("JOIN activities AS a ON a.association_id = v.association_id AND a.id = v.activity_id").
		Where("v.pledge_association_id = ?", association).Where("v.plan_year = ?", p.Year).Where("v.pledge_id = ?", p.ID).
		OrderExpr("coalesce(a.from_on, '9999'), a.id")
	if err := sel.Scan(ctx, &p.Activities); err != nil {
		return err
	}
	all := len(p.Activities)
	p.Activities = slices.DeleteFunc(p.Activities, func(a ActivityLine) bool { return !a.seen(internal) })
	p.Hidden = all - len(p.Activities)
	return s.promiseYears(ctx, q, association, p)
}

// promiseYears lists the years there is something to read about, the newest first: those of activities, of steps, of evidence filed for the
// promise itself that is shown, and this one.
func (s *Service) promiseYears(ctx context.Context, q db.IDB, association id.ID, p *PromisePage) error {
	p.Years = []int{s.Today().Year}
	for _, m := range p.Milestones {
		p.Years = append(p.Years, m.DueOn.Year)
	}
	var more []int
	// As in planYears: from each year to the next below it, and not through every activity there ever was.
	err := q.NewRaw(`WITH RECURSIVE y (year) AS (
			SELECT max(plan_year) FROM activity_serves WHERE pledge_association_id = ? AND pledge_id = ?
			UNION ALL
			SELECT (SELECT max(plan_year) FROM activity_serves WHERE pledge_association_id = ? AND pledge_id = ? AND plan_year < y.year) FROM y WHERE y.year IS NOT NULL)
		SELECT year FROM y WHERE year IS NOT NULL`, association, p.ID, association, p.ID).Scan(ctx, &more)
	if err != nil {
		return err
	}
	p.Years = append(p.Years, more...)
	var filed []string
	err = seenEvidence(q.NewSelect().TableExpr("evidence AS e").ColumnExpr("DISTINCT substr(e.filed_on, 1, 4)").Where("e.association_id = ?", association).Where("e.pledge_id = ?", p.ID), false).Scan(ctx, &filed)
	for _, y := range filed {
		if n, err := strconv.Atoi(y); err == nil {
			p.Years = append(p.Years, n)
		}
	}
	slices.Sort(p.Years)
	slices.Reverse(p.Years)
	p.Years = slices.Compact(p.Years)
	return err
}

// promiseEvidence lists evidence of the year: the public sees what was accepted and marked public.
func (s *Service) promiseEvidence(ctx context.Context, q db.IDB, association id.ID, p *PromisePage, internal bool) error {
	from, to := period.On(p.Year, time.January, 1), period.On(p.Year+1, time.June, 30)
	arms := []*bun.SelectQuery{
		evidenceOf(q).Where("e.association_id = ?", association).Where("e.pledge_id = ?", p.ID),
		q.NewSelect().TableExpr("activity_serves AS v").ColumnExpr("e.*").Join("JOIN evidence AS e ON e.activity_home_id = v.association_id AND e.activity_id = v.activity_id").
			Where("v.pledge_association_id = ?", association).Where("v.plan_year = ?", p.Year).Where("v.pledge_id = ?", p.ID),
	}
	if len(p.Milestones) > 0 {
		stones := make([]id.ID, len(p.Milestones))
		for i, m := range p.Milestones {
			stones[i] = m.ID
		}
		arms = append(arms, evidenceOf(q).Where("e.association_id = ?", association).Where("e.milestone_id IN (?)", bun.In(stones)))
	}
	for i, arm := range arms {
		arms[i] = seenEvidence(arm.Where("e.filed_on BETWEEN ? AND ?", from, to).Where("e.status <> ?", Withdrawn), internal)
	}
	return evidenceLines(q, arms[0], arms[1:]...).OrderExpr("e.filed_at DESC, e.id").Limit(200).Scan(ctx, &p.Evidence)
}

// evidenceOf begins one arm of evidenceLines.
func evidenceOf(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("evidence AS e").ColumnExpr("e.*")
}

// evidenceLines reads the evidence that any of the arms finds, each by an index of its own; as alternatives of one condition they would read all
// evidence there is. No two arms may find the same. The names beside a line are read one by one: as joins they would take PostgreSQL longer to plan
// than to do.
func evidenceLines(q db.IDB, arm *bun.SelectQuery, more ...*bun.SelectQuery) *bun.SelectQuery {
	all := arm
	for _, arm := range more {
		all = all.UnionAll(arm)
	}
	return q.NewSelect().TableExpr("(?) AS e", all).ColumnExpr(`e.*,
		(SELECT title FROM activities WHERE association_id = e.activity_home_id AND id = e.activity_id) AS activity_title,
		(SELECT title FROM milestones WHERE association_id = e.association_id AND id = e.milestone_id) AS milestone_title,
		(SELECT name FROM files WHERE association_id = e.association_id AND id = e.file_id) AS file_name,
		(SELECT slug FROM associations WHERE id = e.association_id) AS slug,
		(SELECT name FROM accounts WHERE id = e.filed_by) AS filed_by_name,
		(SELECT name FROM accounts WHERE id = e.reviewed_by) AS reviewed_by_name`)
}

func (s *Service) otherPledges(ctx context.Context, q db.IDB, p *PromisePage) error {
	var rows []struct {
		AssociationID id.ID
		Number        int64
		State         string
		StateSince    period.Date
		Wording       string
	}
	err := q.NewSelect().TableExpr("pledges AS p").ColumnExpr("p.association_id, p.number, p.state, p.state_since, w.wording").
		Join("JOIN wordings AS w ON w.association_id = p.association_id AND w.pledge_id = p.id AND w.version = p.wording_version").
		Where("p.home_id = ?", p.HomeID).Where("p.commitment_id = ?", p.CommitmentID).Where("p.association_id <> ?", p.AssociationID).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	others := make([]id.ID, len(rows))
	for i, r := range rows {
		others[i] = r.AssociationID
	}
	names, err := s.needs.Associations(ctx, q, others...)
	if err != nil {
		return err
	}
	for _, a := range names {
		for _, r := range rows {
			if r.AssociationID == a.ID {
				p.Others = append(p.Others, OtherPledge{a, r.Number, r.State, r.StateSince, r.Wording, r.Wording == p.Wordings[0].Wording})
			}
		}
	}
	return nil
}

func (s *Service) successor(ctx context.Context, q db.IDB, p *PromisePage) error {
	if p.ReplacedByID == id.None {
		return nil
	}
	list, err := promises(ctx, q, p.AssociationID)
	for i := range list {
		if list[i].ID == p.ReplacedByID {
			p.ReplacedBy = &list[i]
		}
	}
	return err
}
