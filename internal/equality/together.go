package equality

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
)

// Association is the variable that tells whose initiative somebody is in. Only what is published of several associations together has it.
const Association = "association"

// JointComparisons are those that are made of several associations together. Each is compared within the same association as well: where associations have
// different people and different help, what is seen of all of them may be nothing but that.
var JointComparisons = [...]Comparison{
	{Code: "soon-sex", Source: Left, Outcome: soon, Variable: Sex, Group: "female", Reference: "male", Strata: []string{Association, Initiative}},
	{Code: "work-sex", Source: Left, Outcome: work, Variable: Sex, Group: "female", Reference: "male", Strata: []string{Association, Initiative, Age}, Crossed: []string{Sex, Age}},
	{Code: "work-age", Source: Left, Outcome: work, Variable: Age, Group: "under_30", Reference: "from_30", Strata: []string{Sex}},
}

// JointSpreads are those that are looked at of several associations together.
var JointSpreads = [...]Spread{
	{Code: "women-association", Source: Began, Outcome: Outcome{Sex, []string{"female"}}, Units: Association},
	{Code: "women-initiative", Source: Began, Outcome: Outcome{Sex, []string{"female"}}, Units: Initiative},
	{Code: "soon-association", Source: Left, Outcome: soon, Units: Association},
	{Code: "soon-initiative", Source: Left, Outcome: soon, Units: Initiative},
	{Code: "work-association", Source: Left, Outcome: work, Units: Association},
	{Code: "work-initiative", Source: Left, Outcome: work, Units: Initiative},
}

// Group is some associations that look at their figures together.
type Group struct {
	Home, ID id.ID
	Name     string
}

// JointBasis is what joint comparisons are made of.
type JointBasis struct {
	Basis
	Group   Group
	Members []scope.Association // whose people it is about
}

// Examine makes every comparison of associations together.
func (b JointBasis) Examine() Report {
	of := map[Source]*disclosure.Result{}
	for s, p := range b.Of {
		of[s] = p.Result
	}
	r := examineAll(of, JointComparisons[:], JointSpreads[:])
	r.Offers = nil // who is offered which initiative depends on where she lives
	return r
}

// Together gives the latest joint figures of a group, through one of the associations they are about, to who may read them there.
func (s *Service) Together(ctx context.Context, a actor.Actor, association, group id.ID) (JointBasis, error) {
	b := JointBasis{Basis: Basis{Of: map[Source]*Published{}}}
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return b, err
	}
	var err error
	if b.Group, err = s.GroupOf(ctx, a, association, group); err != nil {
		return b, err
	}
	for _, source := range slices.Backward(Sources[:]) {
		p, members, err := s.Joint(ctx, a, association, group, source, 0)
		if err != nil {
			return b, err
		}
		if p == nil || b.Members != nil && !sameAs(b.Members, members) {
			continue // of others than the latest: these figures go by themselves
		}
		b.Of[source], b.Members = p, members
	}
	if b.Empty() {
		return b, nil
	}
	b.Names = Names{Association: {}, Initiative: {}}
	for _, m := range b.Members {
		b.Names[Association][m.ID.String()] = m.ShortName
		own, err := s.Names(ctx, m.ID)
		if err != nil {
			return b, err
		}
		for code, name := range own[Initiative] {
			if b.counts(code) {
				b.Names[Initiative][code] = name + " (" + m.ShortName + ")"
			}
		}
	}
	return b, nil
}

// Through is the last period in the figures.
func (b JointBasis) Through() string {
	last := ""
	for _, p := range b.Of {
		last = max(last, p.Through)
	}
	return last
}

// counts tells whether an initiative stands in the figures: others are not named.
func (b JointBasis) counts(initiative string) bool {
	for _, p := range b.Of {
		if slices.Contains(p.Result.Categories[Initiative], initiative) {
			return true
		}
	}
	return false
}

func sameAs(a, b []scope.Association) bool {
	return slices.EqualFunc(a, b, func(x, y scope.Association) bool { return x.ID == y.ID })
}

// member refuses an association that the figures are not about.
func member(list []scope.Association, association id.ID) error {
	if !slices.ContainsFunc(list, func(x scope.Association) bool { return x.ID == association }) {
		return errs.E(errs.NotFound, "error.not_found")
	}
	return nil
}
