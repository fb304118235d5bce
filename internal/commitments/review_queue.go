package commitments

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// ReviewCase is a piece of evidence beside what was promised.
type ReviewCase struct {
	EvidenceLine
	Promised []Promised
	Activity *ActivityLine // nil when the evidence belongs to a step or a promise
	Step     *Milestone
	Own      bool // the person filed it herself
	Alone    bool // and nobody else can review it
}

// Promised is a promise that the evidence bears on.
type Promised struct {
	Number                      int64
	Title, TitleSimple, TitleEn string
	Slug, Wording, How          string
	PledgeID                    id.ID
	ActivityID                  id.ID `bun:",nullzero"`
}

// ReviewQueue lists the evidence that waits, the oldest first, each beside what was promised.
func (s *Service) ReviewQueue(ctx context.Context, a actor.Actor, assoc scope.Association) ([]ReviewCase, error) {
	if err := access.CheckAny(a, access.DeskRead, assoc.ID); err != nil {
		return nil, err
	}
	q := s.db.Read()
	var list []EvidenceLine
	if err := evidenceLines(q, evidenceOf(q).Where("e.association_id = ?", assoc.ID).Where("e.status = ?", Filed)).OrderExpr("e.filed_at, e.id").Limit(200).Scan(ctx, &list); err != nil {
		return nil, err
	}
	return s.reviewCases(ctx, q, a, assoc, list)
}

// ReviewOne reads one piece of evidence, whatever became of it.
func (s *Service) ReviewOne(ctx context.Context, a actor.Actor, assoc scope.Association, evidence id.ID) (ReviewCase, error) {
	if err := access.CheckAny(a, access.DeskRead, assoc.ID); err != nil {
		return ReviewCase{}, err
	}
	q := s.db.Read()
	var found []EvidenceLine
	err := evidenceLines(q, evidenceOf(q).Where("e.association_id = ?", assoc.ID).Where("e.id = ?", evidence)).Scan(ctx, &found)
	if err == nil && len(found) == 0 {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return ReviewCase{}, err
	}
	list, err := s.reviewCases(ctx, q, a, assoc, found)
	if err != nil {
		return ReviewCase{}, err
	}
	return list[0], nil
}

func (s *Service) reviewCases(ctx context.Context, q db.IDB, a actor.Actor, assoc scope.Association, list []EvidenceLine) ([]ReviewCase, error) {
	alone, err := s.onlyReviewer(ctx, q, a, assoc)
	if err != nil {
		return nil, err
	}
	var homes, activities, steps, pledges []id.ID
	for _, e := range list {
		switch t := e.Target(); {
		case t.Activity.ID != id.None:
			if !slices.Contains(activities, t.Activity.ID) {
				activities = append(activities, t.Activity.ID)
			}
			if !slices.Contains(homes, t.Activity.Home) {
				homes = append(homes, t.Activity.Home)
			}
		case t.Milestone != id.None:
			steps = append(steps, t.Milestone)
		default:
			pledges = append(pledges, t.Pledge)
		}
	}
	byStep := map[id.ID]Milestone{}
	if len(steps) > 0 {
		var rows []Milestone
		if err := q.NewSelect().Model(&rows).Where("association_id = ?", assoc.ID).Where("id IN (?)", bun.In(steps)).Scan(ctx); err != nil {
			return nil, err
		}
		for _, m := range rows {
			byStep[m.ID] = m
			pledges = append(pledges, m.PledgeID)
		}
	}
	byActivity := map[id.ID]ActivityLine{}
	if len(activities) > 0 {
		var rows []ActivityLine
		if err := anyLines(q, assoc.ID, true).Where("o.activity_id IN (?)", bun.In(activities)).Scan(ctx, &rows); err != nil {
			return nil, err
		}
		for _, x := range rows {
			byActivity[x.ID] = x
		}
	}
	served, direct, err := promisedBy(ctx, q, assoc.ID, homes, activities, pledges)
	if err != nil {
		return nil, err
	}
	cases := make([]ReviewCase, len(list))
	for i, e := range list {
		c := ReviewCase{EvidenceLine: e, Own: e.FiledBy == a.Account, Alone: alone}
		switch t := e.Target(); {
		case t.Activity.ID != id.None:
			if x, ok := byActivity[t.Activity.ID]; ok {
				c.Activity = &x
			}
			c.Promised = served[t.Activity.ID]
		case t.Milestone != id.None:
			m := byStep[t.Milestone]
			c.Step, c.Promised = &m, direct[m.PledgeID]
		default:
			c.Promised = direct[t.Pledge]
		}
		cases[i] = c
	}
	return cases, nil
}

// promisedBy reads the association's promises by the activity that serves them, kept by one of the homes, and by their own id.
func promisedBy(ctx context.Context, q db.IDB, association id.ID, homes, activities, pledges []id.ID) (served, direct map[id.ID][]Promised, err error) {
	served, direct = map[id.ID][]Promised{}, map[id.ID][]Promised{}
	sel := func() *bun.SelectQuery {
		return q.NewSelect().TableExpr("pledges AS p").ColumnExpr("p.number, c.title, c.title_simple, c.title_en, d.slug, w.wording, p.id AS pledge_id").
			Join("JOIN commitments AS c ON c.association_id = p.home_id AND c.id = p.commitment_id").
			Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
			Join("JOIN wordings AS w ON w.association_id = p.association_id AND w.pledge_id = p.id AND w.version = p.wording_version").
			Where("p.association_id = ?", association).Order("p.number")
	}
	var rows []Promised
	if len(activities) > 0 {
		err := sel().ColumnExpr("v.activity_id, v.how").Join("JOIN activity_serves AS v ON v.pledge_association_id = p.association_id AND v.pledge_id = p.id").
			Where("v.association_id IN (?)", bun.In(homes)).Where("v.activity_id IN (?)", bun.In(activities)).Scan(ctx, &rows)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			served[r.ActivityID] = append(served[r.ActivityID], r)
		}
	}
	if len(pledges) > 0 {
		rows = nil
		if err := sel().Where("p.id IN (?)", bun.In(pledges)).Scan(ctx, &rows); err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			direct[r.PledgeID] = append(direct[r.PledgeID], r)
		}
	}
	return served, direct, nil
}
