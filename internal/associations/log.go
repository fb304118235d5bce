package associations

import (
	"context"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/audit"
)

// mayReadLog lets the head and the auditor read an association's trail, and the administrator that of the installation, which has no
// association.
func mayReadLog(a actor.Actor, association id.ID) error {
	if association == id.None {
		return access.Check(a, access.InstallationManage, access.Object{})
	}
	return access.Check(a, access.AuditRead, access.Object{Association: association})
}

// Log gives the trail of changes of an association, the newest first; id.None is the installation.
func (s *Service) Log(ctx context.Context, a actor.Actor, association id.ID, f audit.Filter) ([]audit.Entry, error) {
	if err := mayReadLog(a, association); err != nil {
		return nil, err
	}
	return audit.List(ctx, s.DB.Read(), association, f)
}

// LogIndex tells who and what the trail can be filtered by: people in Swedish order, and kinds of subjects. To find out takes all of the trail, so it
// is kept until something changes.
func (s *Service) LogIndex(ctx context.Context, a actor.Actor, association id.ID) ([]audit.Person, []string, error) {
	if err := mayReadLog(a, association); err != nil {
		return nil, nil, err
	}
	x, err := s.logs.Get(ctx, s.DB, association, func(ctx context.Context) (x logIndex, err error) {
		x.people, x.kinds, err = audit.Index(ctx, s.DB.Read(), association)
		slices.SortFunc(x.people, func(x, y audit.Person) int { return strings.Compare(lang.SortKey(x.Name), lang.SortKey(y.Name)) })
		slices.Sort(x.kinds)
		return x, err
	})
	return x.people, x.kinds, err
}

type logIndex struct {
	people []audit.Person
	kinds  []string
}
