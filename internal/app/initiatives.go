package app

import (
	"context"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/initiatives"
	"samklang/internal/initiatives/initiativesweb"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/ui"
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
	return initiativesweb.Needs{Initiatives: a.initiatives, Clock: a.clock, Frame: a.frame,
		Tasks: func(r *web.Request) ([]ui.Task, error) { return nil, nil },
		Follow: func(r *web.Request, initiative id.ID) (initiativesweb.Beside, error) {
			return initiativesweb.Beside{}, nil
		},
	}
}
