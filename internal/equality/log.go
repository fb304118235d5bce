package equality

import (
	"context"
	"strconv"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
)

// LogRelease is the kind of the entries that the public log has of releases. A withdrawal is a further entry.
const LogRelease = "release"

func (r Release) fact() publiclog.Fact {
	f := publiclog.Fact{Kind: LogRelease, Association: r.AssociationID, Subject: r.ID, At: r.PublishedAt, Revises: true, Public: map[string]string{
		"number": strconv.FormatInt(r.Number, 10), "state": string(r.State), "sha256": r.SHA256, "published_at": publiclog.Time(r.PublishedAt)},
		Hidden: map[string]string{"title": r.Title, "reason": r.WithdrawnReason, "prepared_by": r.PreparedBy.String(), "approved_by": r.ApprovedBy.String()}}
	if !r.WithdrawnOn.IsZero() {
		f.Public["withdrawn_on"] = r.WithdrawnOn.String()
		f.Hidden["withdrawn_by"] = r.WithdrawnBy.String()
	}
	return f
}

const factsAtOnce = 100

// LogSources are the rows that entries of the public log tell of.
func (s *Service) LogSources() []publiclog.Source {
	return []publiclog.Source{{Kind: LogRelease, Table: "equality_releases", Facts: func(ctx context.Context, q db.IDB, yield func([]publiclog.Fact) error) error {
		names, err := s.Associations(ctx, q)
		if err != nil {
			return err
		}
		return pages(ctx, q, yield, func(r Release) (id.ID, id.ID, []publiclog.Fact, error) {
			f := r.fact()
			f.Name = "release " + f.Public["number"] + ", " + names[r.AssociationID]
			return r.AssociationID, r.ID, []publiclog.Fact{f}, nil
		})
	}}, s.jointSource()}
}

// pages goes through all releases that were made public, some at a time, and yields what the log tells of each, which one function gives with the release's
// association and id.
func pages[R any](ctx context.Context, q db.IDB, yield func([]publiclog.Fact) error, tell func(R) (association, row id.ID, facts []publiclog.Fact, err error)) error {
	var association, row id.ID
	for {
		var page []R
		if err := q.NewSelect().Model(&page).Where("state <> ?", Prepared).Where("(association_id, id) > (?, ?)", association, row).OrderExpr("association_id, id").Limit(factsAtOnce).Scan(ctx); err != nil {
			return err
		}
		var all []publiclog.Fact
		for _, r := range page {
			var facts []publiclog.Fact
			var err error
			if association, row, facts, err = tell(r); err != nil {
				return err
			}
			all = append(all, facts...)
		}
		if len(all) > 0 {
			if err := yield(all); err != nil {
				return err
			}
		}
		if len(page) < factsAtOnce {
			return nil
		}
	}
}
