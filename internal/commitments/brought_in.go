package commitments

import (
	"context"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

// BroughtIn tells what came out of a signed document that was adopted.
type BroughtIn struct {
	Title    string // of the declaration
	Promises int
	Years    []YearCount // of the activities by the plan they lie in, the earliest first
}

// YearCount is a number of activities in the plan of a year.
type YearCount struct{ Year, N int }

// Activities is how many activities the document gave.
func (b BroughtIn) Activities() (n int) {
	for _, y := range b.Years {
		n += y.N
	}
	return n
}

// Year is the year the document is about: the one most of its activities lie in, the earliest of those; 0 when it names none.
func (b BroughtIn) Year() int {
	var most YearCount
	for _, y := range b.Years {
		if y.N > most.N {
			most = y
		}
	}
	return most.Year
}

// BroughtIn reads what an adopted import gave the association; errs.NotFound when nothing was adopted by it.
func (s *Service) BroughtIn(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID) (BroughtIn, error) {
	var b BroughtIn
	if err := access.CheckAny(a, access.DeskRead, assoc.ID); err != nil {
		return b, err
	}
	q := s.db.Read()
	var signed []struct {
		Title string
		N     int
	}
	err := q.NewSelect().TableExpr("signatures AS s").ColumnExpr("d.title").
		ColumnExpr("(SELECT count(*) FROM pledges p WHERE p.association_id = s.association_id AND p.declaration_id = s.declaration_id) AS n").
		Join("JOIN declarations AS d ON d.association_id = s.home_id AND d.id = s.declaration_id").
		Where("s.association_id = ?", assoc.ID).Where("s.import_id = ?", imp).OrderExpr("s.id").Scan(ctx, &signed)
	if err != nil {
		return b, err
	}
	if len(signed) == 0 {
		return b, errs.E(errs.NotFound, "error.not_found")
	}
	b.Title = signed[0].Title // what it promises beyond a declaration it joins is signed after it
	for _, x := range signed {
		b.Promises += x.N
	}
	return b, years(ctx, q, assoc.ID, imp, &b.Years)
}

func years(ctx context.Context, q db.IDB, association, imp id.ID, list *[]YearCount) error {
	return q.NewSelect().TableExpr("activities").ColumnExpr("plan_year AS year, count(*) AS n").Where("association_id = ?", association).Where("import_id = ?", imp).
		GroupExpr("plan_year").OrderExpr("plan_year").Scan(ctx, list)
}
