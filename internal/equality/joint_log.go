package equality

import (
	"context"
	"strconv"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
)

// LogJoint is the kind of the entries that the public log has of joint releases: one for each association, about its part.
const LogJoint = "joint_release"

func (r JointRelease) facts() (list []publiclog.Fact) {
	for _, p := range r.Parts {
		f := publiclog.Fact{Kind: LogJoint, Association: p.MemberID, Subject: p.ID, At: r.PublishedAt, Revises: true, Public: map[string]string{"release": r.ID.String(), "number": strconv.FormatInt(r.Number, 10),
			"associations": strconv.Itoa(len(r.Parts)), "state": string(r.State), "sha256": r.SHA256, "published_at": publiclog.Time(r.PublishedAt)},
			Hidden: map[string]string{"title": r.Title, "reason": r.WithdrawnReason, "prepared_by": r.PreparedBy.String(), "approved_by": p.ApprovedBy.String()}}
		if !r.WithdrawnOn.IsZero() {
			f.Public["withdrawn_on"] = r.WithdrawnOn.String()
			f.Hidden["withdrawn_by"] = r.WithdrawnBy.String()
		}
		list = append(list, f)
	}
	return list
}

func (s *Service) jointSource() publiclog.Source {
	return publiclog.Source{Kind: LogJoint, Table: "equality_joint_parts", Facts: func(ctx context.Context, q db.IDB, yield func([]publiclog.Fact) error) error {
		names, err := s.Associations(ctx, q)
		if err != nil {
			return err
		}
		return pages(ctx, q, yield, func(r JointRelease) (id.ID, id.ID, []publiclog.Fact, error) {
			if err := q.NewSelect().Model(&r.Parts).Where("association_id = ?", r.AssociationID).Where("release_id = ?", r.ID).OrderExpr("id").Scan(ctx); err != nil {
				return r.AssociationID, r.ID, nil, err
			}
			facts := r.facts()
			for i := range facts {
				facts[i].Name = "joint release " + facts[i].Public["number"] + ", " + names[facts[i].Association]
			}
			return r.AssociationID, r.ID, facts, nil
		})
	}}
}
