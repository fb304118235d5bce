package app

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/followup"
	"samklang/internal/initiatives"
	"samklang/internal/initiatives/initiativesweb"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/web"
)

// deskOf is where somebody's work in an association begins. Who only counts in initiatives has nothing to do on the desk.
func deskOf(a actor.Actor, association id.ID) string {
	if !access.May(a, access.DeskRead, access.Object{Association: association}) && access.CheckAny(a, access.InitiativeRead, association) == nil {
		return "/insatser"
	}
	return "/skrivbord"
}

// initiativeNeeds plugs the initiatives into the rest of the house.
func (a *App) initiativeNeeds() initiatives.Needs {
	return initiatives.Needs{DB: a.db, Clock: a.clock,
		Members: func(ctx context.Context, q db.IDB, association id.ID) ([]initiatives.Party, error) {
			list, err := a.associations.MembersIn(ctx, q, association)
			today := clock.Today(a.clock)
			out := make([]initiatives.Party, len(list))
			for i, m := range list {
				out[i] = initiatives.Party{ID: m.ID, Kind: string(m.Kind), Name: m.Name, Current: m.On(today)}
			}
			return out, err
		},
		People: func(ctx context.Context, q db.IDB, association id.ID) ([]initiatives.Colleague, error) {
			list, err := a.accounts.Colleagues(ctx, q, association)
			out := make([]initiatives.Colleague, len(list))
			for i, p := range list {
				out[i] = initiatives.Colleague{ID: p.ID, Name: p.Name, Roles: p.Roles}
			}
			return out, err
		},
		NameOf: func(ctx context.Context, q db.IDB, account id.ID) (string, error) {
			return a.accounts.NameOf(ctx, q, account)
		},
		Associations: func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error) {
			return a.associations.ScopesIn(ctx, q, only...)
		},
	}
}

func (a *App) initiativePages() initiativesweb.Needs {
	return initiativesweb.Needs{Initiatives: a.initiatives, Clock: a.clock, Frame: a.frame, Tasks: a.counts.Tasks, Links: a.counts.Links,
		Follow: func(r *web.Request, initiative id.ID) (initiativesweb.Beside, error) {
			do, body, err := a.counts.Follow(r, initiative)
			return initiativesweb.Beside{Do: do, Body: body}, err
		},
	}
}

// signedWith gives the other associations that have signed a declaration of the visitor's, with its title.
func (a *App) signedWith(r *web.Request) (map[id.ID]string, error) {
	own, err := a.commitments.OwnSignatures(r.Context(), r.Actor, r.Scope())
	with := map[id.ID]string{}
	for _, s := range own {
		if err != nil {
			return nil, err
		}
		var p commitments.DeclarationPage
		if p, err = a.commitments.DeclarationPage(r.Context(), commitments.Ref{Home: s.HomeID, ID: s.DeclarationID}); err != nil {
			return nil, err
		}
		for _, x := range p.Signatories() {
			if x.ID != r.Scope().ID && with[x.ID] == "" {
				with[x.ID] = p.Title
			}
		}
	}
	return with, err
}

// followupNeeds plugs the follow-up into the rest of the house.
func (a *App) followupNeeds() followup.Needs {
	return followup.Needs{DB: a.db, Clock: a.clock, Check: a.initiatives.Check,
		Initiative: func(ctx context.Context, q db.IDB, association, initiative id.ID) (followup.Initiative, error) {
			x, err := a.initiatives.Of(ctx, q, association, initiative)
			if err != nil {
				return followup.Initiative{}, err
			}
			if x.State == initiatives.Draft {
				return followup.Initiative{}, errs.E(errs.NotFound, "error.not_found")
			}
			members, err := a.associations.MembersIn(ctx, q, association)
			return followed(x, members), err
		},
		Initiatives: func(ctx context.Context, q db.IDB, association id.ID) ([]followup.Initiative, error) {
			all, err := a.initiatives.All(ctx, q, association)
			if err != nil {
				return nil, err
			}
			members, err := a.associations.MembersIn(ctx, q, association)
			var list []followup.Initiative
			for _, x := range all {
				if x.State != initiatives.Draft {
					list = append(list, followed(x, members))
				}
			}
			return list, err
		},
		NameOf: func(ctx context.Context, q db.IDB, account id.ID) (string, error) {
			return a.accounts.NameOf(ctx, q, account)
		},
		Associations: func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error) {
			return a.associations.ScopesIn(ctx, q, only...)
		},
	}
}

// followed is what the follow-up needs to know of an initiative.
func followed(x initiatives.Initiative, members []associations.Member) followup.Initiative {
	f := followup.Initiative{ID: x.ID, Name: x.Name, Method: followup.Method(x.Method), Structural: x.Orientation == initiatives.Structural, ESF: x.ESF, Closed: x.State == initiatives.Closed,
		From: x.FromOn, To: x.ToOn, Targets: x.Groups(), Other: x.TargetOther, Planned: x.Planned}
	for _, m := range members {
		if m.ID == x.OwnerID {
			f.Owner = m.Name
		}
		if slices.Contains(x.Municipalities, m.ID) {
			f.Places = append(f.Places, followup.Place{Code: followup.PlaceCode(m.Name), Name: m.Name})
		}
	}
	return f
}
