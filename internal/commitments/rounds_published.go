package commitments

import (
	"context"
	"slices"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"

	"github.com/uptrace/bun"
)

// PublishedRound is a frozen follow-up that everybody may read.
type PublishedRound struct {
	Round
	Association scope.Association
}

// published is the snapshot as everybody may read it: without activities that are not public and without the name of whoever froze it, since
// the report is the association's and who pressed the button is for those who work there.
func (s Snapshot) published() Snapshot {
	s.FrozenBy = ""
	s.Promises = slices.Clone(s.Promises)
	for i := range s.Promises {
		s.Promises[i].Activities = slices.DeleteFunc(slices.Clone(s.Promises[i].Activities), func(x SnapshotActivity) bool { return !x.Public })
	}
	return s
}

// FrozenOn is the day whose knowledge it shows.
func (r Round) FrozenOn() period.Date { return period.DateOf(r.FrozenAt.In(clock.Stockholm)) }

// PublishedRounds lists the follow-ups of the associations that everybody may read, the one frozen last first.
func (s *Service) PublishedRounds(ctx context.Context, of ...scope.Association) ([]PublishedRound, error) {
	ids := make([]id.ID, len(of))
	names := make(map[id.ID]scope.Association, len(of))
	for i, a := range of {
		ids[i], names[a.ID] = a.ID, a
	}
	var rows []Round
	err := s.db.Read().NewSelect().Model(&rows).Where("association_id IN (?)", bun.In(ids)).Where("public").Where("frozen_at IS NOT NULL").Order("frozen_at DESC", "id").Scan(ctx)
	list := make([]PublishedRound, len(rows))
	for i, r := range rows {
		list[i] = PublishedRound{r, names[r.AssociationID]}
	}
	return list, err
}
