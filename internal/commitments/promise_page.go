package commitments

import (
	"context"
	"slices"
	"strconv"
	"time"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
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

// historyShown is how many changes of state are read for a promise's page, which shows half of them at most and leads on to the rest.
const historyShown = 12

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
	var planned []int
	var filed []string
	var others []otherRow
	err := s.db.ReadTogether(ctx,
		db.Question{Query: q.NewSelect().Model(&p.Commitment).Where("association_id = ?", p.HomeID).Where("id = ?", p.CommitmentID).Limit(1)},
		db.Question{Query: q.NewSelect().Model(&p.Declaration).Where("association_id = ?", p.HomeID).Where("id = ?", p.DeclarationID).Limit(1)},
		db.Question{Query: q.NewSelect().Model(&p.Signature).Where("association_id = ?", assoc.ID).Where("declaration_id = ?", p.DeclarationID).Limit(1)},
		db.Question{Query: ofPledge(q.NewSelect().Model(&p.Wordings), p).Order("version DESC")},
		db.Question{Query: ofPledge(q.NewSelect().Model(&p.Milestones), p).Order("due_on", "id")},
		db.Question{Query: ofPledge(q.NewSelect().Model(&p.History), p).Where("milestone_id IS NULL").Order("id DESC").Limit(historyShown)},
		db.Question{Query: promiseActivities(q, p), Into: []any{&p.Activities}},
		db.Question{Query: promiseEvidence(q, p, internal), Into: []any{&p.Evidence}},
		db.Question{Query: plannedYears(q, p), Into: []any{&planned}},
		db.Question{Query: filedYears(q, p), Into: []any{&filed}},
		db.Question{Query: otherPledges(q, p), Into: []any{&others}},
	)
	switch {
	case db.IsNoRows(err):
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	case err != nil:
		return err
	}
	all := len(p.Activities)
	p.Activities = slices.DeleteFunc(p.Activities, func(a ActivityLine) bool { return !a.seen(internal) })
	p.Hidden = all - len(p.Activities)
	s.promiseYears(p, planned, filed)
	if err := s.nameOthers(ctx, q, p, others); err != nil {
		return err
	}
	if err := s.successor(ctx, q, p); err != nil {
		return err
	}
	if internal && p.ResponsibleID != id.None {
		p.Responsible, err = s.needs.NameOf(ctx, q, p.ResponsibleID)
	}
	return err
}

func ofPledge(q *bun.SelectQuery, p *PromisePage) *bun.SelectQuery {
	return q.Where("association_id = ?", p.AssociationID).Where("pledge_id = ?", p.ID)
}

func promiseActivities(q db.IDB, p *PromisePage) *bun.SelectQuery {
	return q.NewSelect().TableExpr("activity_serves AS v").ColumnExpr(lineColumns).
		ColumnExpr(holders).
		Join("JOIN activities AS a ON a.association_id = v.association_id AND a.id = v.activity_id").
		Where("v.pledge_association_id = ?", p.AssociationID).Where("v.plan_year = ?", p.Year).Where("v.pledge_id = ?", p.ID).
		OrderExpr("coalesce(a.from_on, '9999'), a.id")
}

// plannedYears reads the years of the activities that serve a promise. As in planYears: from each year to the next below it, and not through every
// activity there ever was.
func plannedYears(q db.IDB, p *PromisePage) *bun.SelectQuery {
	return q.NewSelect().ColumnExpr("year").TableExpr(`(WITH RECURSIVE y (year) AS (
			SELECT max(plan_year) FROM activity_serves WHERE pledge_association_id = ?0 AND pledge_id = ?1
			UNION ALL
			SELECT (SELECT max(plan_year) FROM activity_serves WHERE pledge_association_id = ?0 AND pledge_id = ?1 AND plan_year < y.year) FROM y WHERE y.year IS NOT NULL)
		SELECT year FROM y WHERE year IS NOT NULL) AS planned`, p.AssociationID, p.ID)
}

// filedYears reads the years in which evidence for the promise itself was filed that is shown.
func filedYears(q db.IDB, p *PromisePage) *bun.SelectQuery {
	return seenEvidence(q.NewSelect().TableExpr("evidence AS e").ColumnExpr("DISTINCT substr(e.filed_on, 1, 4)").Where("e.association_id = ?", p.AssociationID).Where("e.pledge_id = ?", p.ID), false)
}

// promiseYears lists the years there is something to read about, the newest first: those of activities, of steps, of evidence filed for the
// promise itself, and this one.
func (s *Service) promiseYears(p *PromisePage, planned []int, filed []string) {
	p.Years = append([]int{s.Today().Year}, planned...)
	for _, m := range p.Milestones {
		p.Years = append(p.Years, m.DueOn.Year)
	}
	for _, y := range filed {
		if n, err := strconv.Atoi(y); err == nil {
			p.Years = append(p.Years, n)
		}
	}
	slices.Sort(p.Years)
	slices.Reverse(p.Years)
	p.Years = slices.Compact(p.Years)
}

// promiseEvidence lists evidence of the year: the public sees what was accepted and marked public.
func promiseEvidence(q db.IDB, p *PromisePage, internal bool) *bun.SelectQuery {
	from, to := period.On(p.Year, time.January, 1), period.On(p.Year+1, time.June, 30)
	arms := []*bun.SelectQuery{
		evidenceOf(q).Where("e.association_id = ?", p.AssociationID).Where("e.pledge_id = ?", p.ID),
		q.NewSelect().TableExpr("activity_serves AS v").ColumnExpr("e.*").Join("JOIN evidence AS e ON e.activity_home_id = v.association_id AND e.activity_id = v.activity_id").
			Where("v.pledge_association_id = ?", p.AssociationID).Where("v.plan_year = ?", p.Year).Where("v.pledge_id = ?", p.ID),
		evidenceOf(q).Where("e.association_id = ?", p.AssociationID).
			Where("e.milestone_id IN (SELECT id FROM milestones WHERE association_id = ? AND pledge_id = ?)", p.AssociationID, p.ID),
	}
	for i, arm := range arms {
		arms[i] = seenEvidence(arm.Where("e.filed_on BETWEEN ? AND ?", from, to).Where("e.status <> ?", Withdrawn), internal)
	}
	return evidenceLines(q, arms[0], arms[1:]...).OrderExpr("e.filed_at DESC, e.id").Limit(200)
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

// otherRow is the same commitment at another association, which has no name yet.
type otherRow struct {
	AssociationID id.ID
	Number        int64
	State         string
	StateSince    period.Date
	Wording       string
}

func otherPledges(q db.IDB, p *PromisePage) *bun.SelectQuery {
	return q.NewSelect().TableExpr("pledges AS p").ColumnExpr("p.association_id, p.number, p.state, p.state_since, w.wording").
		Join("JOIN wordings AS w ON w.association_id = p.association_id AND w.pledge_id = p.id AND w.version = p.wording_version").
		Where("p.home_id = ?", p.HomeID).Where("p.commitment_id = ?", p.CommitmentID).Where("p.association_id <> ?", p.AssociationID)
}

func (s *Service) nameOthers(ctx context.Context, q db.IDB, p *PromisePage, rows []otherRow) error {
	if len(rows) == 0 {
		return nil
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
