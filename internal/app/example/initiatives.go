package example

import (
	"context"
	"fmt"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/initiatives"
)

// initiative is one association's initiative, and who at the parties works in it.
type initiative struct {
	Key            string                `json:"key"`
	Association    string                `json:"association"`
	As             string                `json:"as"`
	On             string                `json:"on"`
	Name           string                `json:"name"`
	About          string                `json:"about"`
	Orientation    string                `json:"orientation"`
	Method         string                `json:"method"`
	ESF            bool                  `json:"esf"`
	Owner          string                `json:"owner"`
	Parties        []string              `json:"parties"`
	Municipalities []string              `json:"municipalities"`
	From           string                `json:"from"`
	Targets        string                `json:"targets"`
	Planned        int64                 `json:"planned"` // each year
	Confirmed      string                `json:"confirmed"`
	Closed         string                `json:"closed"` // its last day
	With           []string              `json:"with"`   // associations that are to keep a part of their own
	Team           map[string]actor.Role `json:"team"`
}

// initiatives puts the initiatives on the agenda: added, confirmed, with those who work in them, and some closed.
func (b *builder) initiatives(context.Context) error {
	var list []initiative
	if err := read("initiatives.json", &list); err != nil {
		return err
	}
	for _, x := range list {
		added, err := b.day(x.On)
		if err != nil {
			return err
		}
		b.on(added, x.Name, func(ctx context.Context) error { return b.addInitiative(ctx, x) })
		confirmed, err := b.day(x.Confirmed)
		if err != nil {
			return err
		}
		if !confirmed.IsZero() {
			b.on(confirmed, x.Name+" begins", func(ctx context.Context) error { return b.confirmInitiative(ctx, x) })
		}
		closed, err := b.day(x.Closed)
		if err != nil {
			return err
		}
		if !closed.IsZero() {
			b.on(closed, x.Name+" ends", func(ctx context.Context) error {
				return b.onInitiative(ctx, x, func(a actor.Actor, now initiatives.Initiative) error {
					_, err := b.Initiatives.Close(ctx, a, now.AssociationID, now.ID, now.Version, closed, false)
					return err
				})
			})
		}
	}
	return nil
}

func (b *builder) addInitiative(ctx context.Context, x initiative) error {
	sc, err := b.association(x.Association)
	if err != nil {
		return err
	}
	a, err := b.as(ctx, x.As)
	if err != nil {
		return err
	}
	members, err := b.Associations.Members(ctx, sc.ID)
	if err != nil {
		return err
	}
	var fault error
	member := func(name string) id.ID {
		for _, m := range members {
			if m.Name == name {
				return m.ID
			}
		}
		fault = fmt.Errorf("%s has no member %q", x.Association, name)
		return id.None
	}
	in := initiatives.NewInitiative{Facts: initiatives.Facts{Name: x.Name, About: x.About, Orientation: initiatives.Orientation(x.Orientation), Method: initiatives.Method(x.Method), ESF: x.ESF, OwnerID: member(x.Owner), TargetGroups: x.Targets}, Planned: map[int64]int64{}}
	if in.FromOn, err = b.day(x.From); err != nil {
		return err
	}
	for y := in.FromOn.Year; y <= max(b.today.Year, in.FromOn.Year); y++ {
		in.Planned[int64(y)] = x.Planned
	}
	for _, p := range x.Parties {
		in.Parties = append(in.Parties, member(p))
	}
	for _, m := range x.Municipalities {
		in.Municipalities = append(in.Municipalities, member(m))
	}
	for _, slug := range x.With {
		other, err := b.association(slug)
		if err != nil {
			return err
		}
		in.Associations = append(in.Associations, other.ID)
	}
	if fault != nil {
		return fault
	}
	made, err := b.Initiatives.Add(ctx, a, sc.ID, in)
	b.projects[x.Key] = made.ID
	return err
}

func (b *builder) confirmInitiative(ctx context.Context, x initiative) error {
	return b.onInitiative(ctx, x, func(a actor.Actor, now initiatives.Initiative) error {
		if err := b.Initiatives.Confirm(ctx, a, now.AssociationID, now.ID, now.Version); err != nil {
			return err
		}
		for key, role := range x.Team {
			if err := b.Initiatives.Assign(ctx, a, now.AssociationID, now.ID, b.people[key], role); err != nil {
				return err
			}
		}
		return nil
	})
}

// onInitiative does something as who manages it.
func (b *builder) onInitiative(ctx context.Context, x initiative, do func(actor.Actor, initiatives.Initiative) error) error {
	sc, err := b.association(x.Association)
	if err != nil {
		return err
	}
	a, err := b.as(ctx, x.As)
	if err != nil {
		return err
	}
	now, err := b.Initiatives.Get(ctx, a, sc.ID, b.projects[x.Key])
	if err != nil {
		return err
	}
	return do(a, now)
}
