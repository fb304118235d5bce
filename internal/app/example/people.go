package example

import (
	"context"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// founded is the day the installation was set up; the content has nothing older.
var founded = period.On(2021, time.January, 11)

// installation puts the associations with their members, bodies and people on the agenda.
func (b *builder) installation(ctx context.Context) error {
	var in installation
	if err := read("installation.json", &in); err != nil {
		return err
	}
	b.on(founded, "the administrator", func(ctx context.Context) error {
		who, err := b.Accounts.AddAccount(ctx, actor.SystemActor, in.Administrator.Name, in.Administrator.Email, "", true)
		b.people[in.Administrator.Key] = who.ID
		return err
	})
	for _, a := range in.Associations {
		b.on(founded, a.Name, func(ctx context.Context) error { return b.create(ctx, a) })
	}
	return nil
}

func (b *builder) create(ctx context.Context, a exampleAssociation) error {
	made, err := b.Associations.Create(ctx, actor.SystemActor, associations.NewAssociation{Slug: a.Slug, Facts: associations.Facts{
		Name: a.Name, ShortName: a.ShortName, OrgNumber: associations.OrgNumber(a.OrgNumber), Seat: a.Seat, County: a.County, Brand: a.Brand, Email: a.Email, Phone: a.Phone,
		Website: a.Website, FoundedOn: a.FoundedOn, AboutSv: a.AboutSv, AboutSimple: a.AboutSimple, AboutEn: a.AboutEn}})
	if err != nil {
		return err
	}
	b.associations[a.Slug] = made.Scope()
	for _, m := range a.Members {
		_, err := b.Associations.AddMember(ctx, actor.SystemActor, made.ID, associations.MemberFacts{Kind: associations.MemberKind(m.Kind), Name: m.Name, Span: associations.Span{ValidFrom: m.ValidFrom, ValidTo: m.ValidTo}})
		if err != nil {
			return err
		}
	}
	bodies := map[string]id.ID{}
	for _, x := range a.Bodies {
		made, err := b.Associations.AddBody(ctx, actor.SystemActor, made.ID, associations.BodyFacts{Kind: associations.BodyKind(x.Kind), Name: x.Name, Span: associations.Span{ValidFrom: a.FoundedOn}})
		if err != nil {
			return err
		}
		bodies[x.Kind] = made.ID
	}
	for _, p := range a.People {
		if err := b.invite(ctx, a.Slug, bodies[p.Body], p); err != nil {
			return err
		}
	}
	return nil
}

// invite gives a person her role on the day it begins, or at once when that was before the installation existed.
func (b *builder) invite(ctx context.Context, slug string, body id.ID, p person) error {
	from, err := b.day(p.From)
	if err != nil {
		return err
	}
	ends, err := b.day(p.Ends)
	if err != nil {
		return err
	}
	day := from
	if day.Before(founded) {
		day = founded
	}
	b.on(day, p.Name, func(ctx context.Context) error {
		who, err := b.Accounts.Invite(ctx, actor.SystemActor, b.associations[slug], accounts.NewPerson{Name: p.Name, Email: p.Email,
			NewRole: accounts.NewRole{Role: p.Role, Body: body, Organisation: p.Organisation, From: from}})
		b.people[p.Key] = who.ID
		return err
	})
	if ends.IsZero() {
		return nil
	}
	b.on(ends, p.Name+" leaves", func(ctx context.Context) error {
		roles, err := b.Accounts.Roles(ctx, b.people[p.Key])
		if err != nil {
			return err
		}
		return b.Accounts.EndRole(ctx, actor.SystemActor, b.associations[slug].ID, roles[0].ID, roles[0].Version, ends)
	})
	return nil
}
