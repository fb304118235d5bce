package accessibility

import (
	"context"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// shown is how many reports a list holds.
const shown = 500

func find(ctx context.Context, q db.IDB, association, report id.ID) (Report, error) {
	var r Report
	err := q.NewSelect().Model(&r).Where("association_id = ?", association).Where("id = ?", report).Scan(ctx)
	if db.IsNoRows(err) {
		return r, errs.E(errs.NotFound, "error.not_found")
	}
	return r, err
}

func list(ctx context.Context, q db.IDB, association id.ID) ([]Report, error) {
	var all []Report
	return all, q.NewSelect().Model(&all).Where("association_id = ?", association).
		OrderExpr("CASE WHEN answered_at IS NULL THEN 0 WHEN decision = ? THEN 1 ELSE 2 END, CASE WHEN answered_at IS NULL THEN answer_by ELSE '' END, id DESC", Investigating).Limit(shown).Scan(ctx)
}

// waiting are the reports that somebody has to do something about, the first to be answered first.
func waiting(ctx context.Context, q db.IDB, association id.ID) ([]Report, error) {
	var open []Report
	return open, q.NewSelect().Model(&open).Column("association_id", "id", "page", "reported_at", "answer_by", "answered_at", "decision").Where("association_id = ?", association).
		Where("(answered_at IS NULL OR decision = ?)", Investigating).OrderExpr("answer_by, id").Limit(shown).Scan(ctx)
}

// standing are the faults of all associations that visitors told of and that stay for now.
func standing(ctx context.Context, q db.IDB) ([]Told, error) {
	var list []Report
	err := q.NewSelect().Model(&list).Where("decision IN (?, ?)", KnownFault, TooHeavy).OrderExpr("decided_at, id").Limit(shown).Scan(ctx)
	told := make([]Told, len(list))
	for i, r := range list {
		told[i] = Told{Association: r.AssociationID, Decision: r.Decision, Text: Text{r.PublicSv, r.PublicSimple, r.PublicEn}, On: period.DateOf(r.DecidedAt.In(clock.Stockholm)), Since: r.ReportedOn()}
	}
	return told, err
}
