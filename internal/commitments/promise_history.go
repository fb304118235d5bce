package commitments

import (
	"context"

	"samklang/internal/core/scope"
)

// HistoryLine is a change of state of a promise or of one of its milestones.
type HistoryLine struct {
	StateChange
	MilestoneTitle string
}

const wholeHistory = 2000

// PromiseHistory reads every change of state of a promise and of its milestones, the newest first.
func (s *Service) PromiseHistory(ctx context.Context, assoc scope.Association, p Pledge) ([]HistoryLine, error) {
	var list []HistoryLine
	err := s.db.Read().NewSelect().TableExpr("state_changes AS h").ColumnExpr("h.*, m.title AS milestone_title").
		Join("LEFT JOIN milestones AS m ON m.association_id = h.association_id AND m.id = h.milestone_id").
		Where("h.association_id = ?", assoc.ID).Where("h.pledge_id = ?", p.ID).OrderExpr("h.id DESC").Limit(wholeHistory).Scan(ctx, &list)
	return list, err
}
