package commitments

import (
	"context"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"

	"github.com/uptrace/bun"
)

// ChangeLine is a change of state with the promise it is of.
type ChangeLine struct {
	StateChange
	Number                      int64
	Slug                        string
	Title, TitleSimple, TitleEn string
}

// WordingLine is a wording with the promise it is of.
type WordingLine struct {
	Wording
	Number                      int64
	Slug                        string
	Title, TitleSimple, TitleEn string
}

const changesInFeed = 100

// Changes lists the latest changes of state and wordings of an association's promises, the newest first; pledge narrows to one promise
// unless it is None.
func (s *Service) Changes(ctx context.Context, assoc scope.Association, pledge id.ID) ([]ChangeLine, []WordingLine, error) {
	q := s.db.Read()
	of := func(sel *bun.SelectQuery, alias string) *bun.SelectQuery {
		sel = sel.ColumnExpr(alias+".*, p.number, d.slug, c.title, c.title_simple, c.title_en").
			Join("JOIN pledges AS p ON p.association_id = "+alias+".association_id AND p.id = "+alias+".pledge_id").
			Join("JOIN commitments AS c ON c.association_id = p.home_id AND c.id = p.commitment_id").
			Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
			Where(alias+".association_id = ?", assoc.ID).OrderExpr(alias + ".id DESC").Limit(changesInFeed)
		if pledge != id.None {
			sel = sel.Where(alias+".pledge_id = ?", pledge)
		}
		return sel
	}
	var states []ChangeLine
	if err := of(q.NewSelect().TableExpr("state_changes AS h"), "h").Where("h.milestone_id IS NULL").Scan(ctx, &states); err != nil {
		return nil, nil, err
	}
	var wordings []WordingLine
	return states, wordings, of(q.NewSelect().TableExpr("wordings AS w"), "w").Scan(ctx, &wordings)
}

// WordingsInForce gives the wording in force of each promise of an association.
func (s *Service) WordingsInForce(ctx context.Context, assoc scope.Association) (map[id.ID]Wording, error) {
	var list []Wording
	err := s.db.Read().NewSelect().Model(&list).Join("JOIN pledges AS p ON p.association_id = wording.association_id AND p.id = wording.pledge_id AND p.wording_version = wording.version").
		Where("wording.association_id = ?", assoc.ID).Scan(ctx)
	by := make(map[id.ID]Wording, len(list))
	for _, w := range list {
		by[w.PledgeID] = w
	}
	return by, err
}

const datesInFeed = 2000

// SetDates lists the public activities whose days are set, from the first day of last year on, those called off among them; pledge narrows
// to one promise unless it is None.
func (s *Service) SetDates(ctx context.Context, assoc scope.Association, pledge id.ID) ([]ActivityLine, error) {
	sel := lines(s.db.Read(), assoc.ID, false).Where("o.plan_year >= ?", s.Today().Year-1).Where("a.date_precision IN (?)", bun.In([]period.Precision{period.Day, period.Range})).Limit(datesInFeed)
	if pledge != id.None {
		sel = sel.Where("EXISTS (SELECT 1 FROM activity_serves v WHERE v.association_id = a.association_id AND v.activity_id = a.id AND v.pledge_association_id = ? AND v.pledge_id = ?)", assoc.ID, pledge)
	}
	var list []ActivityLine
	return list, sel.Scan(ctx, &list)
}
