package followup

import (
	"context"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// LeastTogether is how many associations must take part for anything to be told of them together. Of two, each would learn the other's counts by taking
// away its own, so that nothing could be shown that the other does not show by itself.
const LeastTogether = 3

// Standing is where an association stands to a group. What it has taken part in stays when it leaves.
type Standing string

const (
	Invited  Standing = "invited"
	Joined   Standing = "joined"
	Declined Standing = "declined"
	Gone     Standing = "left"
)

type groupRow struct {
	bun.BaseModel `bun:"table:followup_groups"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	Name          string
	StartedBy     id.ID
	StartedOn     period.Date
}

type memberRow struct {
	bun.BaseModel `bun:"table:followup_group_members" json:"-"`
	AssociationID id.ID       `bun:",pk" json:"-"`
	GroupID       id.ID       `bun:",pk" json:"-"`
	MemberID      id.ID       `bun:",pk" json:"association"`
	State         Standing    `json:"state"`
	AnsweredBy    id.ID       `bun:",nullzero" json:"-"`
	AnsweredOn    period.Date `json:"on"`
}

// Group is some associations that have agreed, or are asked, to look at their figures together.
type Group struct {
	Home    id.ID // the association that invited
	ID      id.ID
	Name    string
	On      period.Date
	Members []Member
}

// Member is an association in a group, the one that invited first.
type Member struct {
	Association scope.Association
	Standing    Standing
	By          string // who answered
	On          period.Date
}

// Taking are those that take part.
func (g Group) Taking() []id.ID {
	var list []id.ID
	for _, m := range g.Members {
		if m.Standing == Joined {
			list = append(list, m.Association.ID)
		}
	}
	return list
}

// Of is the standing of an association in the group, "" when it is none of it.
func (g Group) Of(association id.ID) Standing {
	for _, m := range g.Members {
		if m.Association.ID == association {
			return m.Standing
		}
	}
	return ""
}

// Invite starts a group: the association that asks takes part, and the others are asked. An invitation shows them nothing but the names.
func (s *Service) Invite(ctx context.Context, a actor.Actor, association id.ID, name string, others []id.ID) (id.ID, error) {
	if err := access.Check(a, access.FollowupAccept, access.Object{Association: association}); err != nil {
		return id.None, err
	}
	var form errs.Form
	name = strings.TrimSpace(name)
	if n := len([]rune(name)); n == 0 {
		form.Add("name", "followup.group_name_missing")
	} else if n > 120 {
		form.Add("name", "error.too_long", "max", 120, "now", n)
	}
	others = slices.Clone(others)
	slices.SortFunc(others, func(x, y id.ID) int { return strings.Compare(x.String(), y.String()) })
	others = slices.DeleteFunc(slices.Compact(others), func(x id.ID) bool { return x == association || x == id.None })
	known, err := s.Associations(ctx, s.DB.Read())
	if err != nil {
		return id.None, err
	}
	switch {
	case len(others) < LeastTogether-1:
		form.Add("with", "followup.group_too_small", "least", LeastTogether, "others", LeastTogether-1)
	case slices.ContainsFunc(others, func(x id.ID) bool {
		return !slices.ContainsFunc(known, func(k scope.Association) bool { return k.ID == x })
	}):
		form.Add("with", "error.not_a_choice")
	}
	if err := form.Err(); err != nil {
		return id.None, err
	}
	g := groupRow{AssociationID: association, ID: id.New(), Name: name, StartedBy: a.Account, StartedOn: s.today()}
	rows := []memberRow{{AssociationID: association, GroupID: g.ID, MemberID: association, State: Joined, AnsweredBy: a.Account, AnsweredOn: s.today()}}
	for _, x := range others {
		rows = append(rows, memberRow{AssociationID: association, GroupID: g.ID, MemberID: x, State: Invited})
	}
	return g.ID, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&g).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
		for _, x := range rows {
			if err := s.trail.Record(ctx, tx, a, x.MemberID, "followup.invite", "followup_group", g.ID, nil, struct {
				Name string `json:"name"`
				memberRow
			}{name, x}); err != nil {
				return err
			}
		}
		return nil
	})
}

// answers are the ways from one standing to another that an association can go by itself.
var answers = map[Standing][]Standing{Joined: {Invited, Declined, Gone}, Declined: {Invited}, Gone: {Joined}}

// Answer says for an association that it takes part in a group, does not, or does not any more. What has been published with it stays.
func (s *Service) Answer(ctx context.Context, a actor.Actor, association, group id.ID, to Standing) error {
	if err := access.Check(a, access.FollowupAccept, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var row memberRow
		if _, err := tx.NewUpdate().Model(&row).Set("state = state").Where("group_id = ?", group).Where("member_id = ?", association).Exec(ctx); err != nil {
			return err // holds it
		}
		err := tx.NewSelect().Model(&row).Where("group_id = ?", group).Where("member_id = ?", association).Scan(ctx)
		if db.IsNoRows(err) {
			return errs.E(errs.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		if !slices.Contains(answers[to], row.State) {
			return errs.E(errs.Refused, "followup.group_answered")
		}
		before := row
		row.State, row.AnsweredBy, row.AnsweredOn = to, a.Account, s.today()
		if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "followup.answer", "followup_group", group, before, row)
	})
}

// Groups lists the groups that an association is asked to be in, is in or was in.
func (s *Service) Groups(ctx context.Context, a actor.Actor, association id.ID) ([]Group, error) {
	if err := access.Check(a, access.FollowupRead, access.Object{Association: association}); err != nil {
		return nil, err
	}
	var rows []groupRow
	q := s.DB.Read()
	err := q.NewSelect().Model(&rows).Where("EXISTS (SELECT 1 FROM followup_group_members AS m WHERE m.association_id = group_row.association_id AND m.group_id = group_row.id AND m.member_id = ?)", association).OrderExpr("started_on, id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	var list []Group
	for _, r := range rows {
		g, err := s.filled(ctx, q, r)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

// Group gives a group to those of an association that is in it.
func (s *Service) Group(ctx context.Context, a actor.Actor, association, group id.ID) (Group, error) {
	list, err := s.Groups(ctx, a, association)
	if err != nil {
		return Group{}, err
	}
	i := slices.IndexFunc(list, func(g Group) bool { return g.ID == group })
	if i < 0 {
		return Group{}, errs.E(errs.NotFound, "error.not_found")
	}
	return list[i], nil
}

func (s *Service) filled(ctx context.Context, q db.IDB, r groupRow) (Group, error) {
	g := Group{Home: r.AssociationID, ID: r.ID, Name: r.Name, On: r.StartedOn}
	var rows []memberRow
	if err := q.NewSelect().Model(&rows).Where("association_id = ?", r.AssociationID).Where("group_id = ?", r.ID).Scan(ctx); err != nil {
		return g, err
	}
	var ids []id.ID
	for _, m := range rows {
		ids = append(ids, m.MemberID)
	}
	scopes, err := s.Associations(ctx, q, ids...)
	if err != nil {
		return g, err
	}
	for _, m := range rows {
		x := Member{Standing: m.State, On: m.AnsweredOn}
		if i := slices.IndexFunc(scopes, func(a scope.Association) bool { return a.ID == m.MemberID }); i >= 0 {
			x.Association = scopes[i]
		}
		if m.AnsweredBy != id.None {
			if x.By, err = s.NameOf(ctx, q, m.AnsweredBy); err != nil {
				return g, err
			}
		}
		g.Members = append(g.Members, x)
	}
	slices.SortFunc(g.Members, func(x, y Member) int {
		if (x.Association.ID == g.Home) != (y.Association.ID == g.Home) {
			if x.Association.ID == g.Home {
				return -1
			}
			return 1
		}
		return strings.Compare(lang.SortKey(x.Association.ShortName), lang.SortKey(y.Association.ShortName))
	})
	return g, nil
}
