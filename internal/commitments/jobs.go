package commitments

import (
	"context"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// Job is work of this package that is done after the transaction that caused it.
type Job struct {
	Kind        string `json:"kind"`
	Association id.ID  `json:"association"`
	Subject     id.ID  `json:"subject"`
}

// Kinds of jobs.
const (
	JobStateChanged = "commitments.state_changed" // Subject is a StateChange: tell those who follow
	JobConfirm      = "commitments.confirm"       // Subject is a Subscription: send the link that confirms it
	JobRecompute    = "commitments.recompute"     // once a day: states that the calendar changes
	JobRemind       = "commitments.remind"        // once a day: what is due on somebody's desk
)

// Recompute brings the states up to date that the calendar alone has changed. It touches only pledges whose day has come. One that cannot
// be computed holds nobody else up: the log tells of it, and it is tried again the next time.
func (s *Service) Recompute(ctx context.Context) (changed int, err error) {
	var after Ref
	for {
		due, err := s.dueForRecompute(ctx, after, recomputedAtOnce)
		if err != nil {
			return changed, err
		}
		if len(due) == 0 {
			return changed, s.passLoose(ctx)
		}
		n, err := s.recomputeEach(ctx, due)
		changed += n
		if err != nil {
			return changed, err
		}
		last := due[len(due)-1]
		after = Ref{last.AssociationID, last.ID}
	}
}

// recomputedAtOnce is how many pledges are computed in one transaction, which on SQLite nobody else can write beside.
const recomputedAtOnce = 50

// passLoose notes that the day of activities that serve no pledge has passed with nothing filed. Those that serve one are handled with
// the pledge.
func (s *Service) passLoose(ctx context.Context) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Activity)(nil)).Set("state = 'no_evidence'").Where("state = 'not_started'").Where("to_on < ?", s.Today()).
			Where("status <> ?", Cancelled).Where("date_precision <> ?", period.NotSet).Exec(ctx)
		return err
	})
}
