package app

import (
	"context"
	"slices"
	"time"

	"samklang/internal/accessibility"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/web"
)

// barrierNeeds plugs the reports on accessibility into the rest of the house.
func (a *App) barrierNeeds() accessibility.Needs {
	return accessibility.Needs{
		DB: a.db, Clock: a.clock, Catalog: a.catalog, SendMail: a.outbox.Send,
		Address: func(of scope.Association, l lang.Lang, path string) string {
			if of.ID == id.None {
				return a.Base() + l.Prefix() + path
			}
			return a.address(of, l, path)
		},
		Allow: func(ctx context.Context, bucket string, count int, per time.Duration) (time.Duration, error) {
			return a.limiter.Allow(ctx, "barriers/"+bucket, count, per)
		},
		Administrators: func(ctx context.Context) ([]accessibility.Administrator, error) {
			all, err := a.accounts.Accounts(ctx, actor.SystemActor)
			var list []accessibility.Administrator
			for _, x := range all {
				if x.Admin && x.Open() {
					list = append(list, accessibility.Administrator{ID: x.ID, Email: string(x.Email), Language: x.Lang(), Reminders: x.Reminders})
				}
			}
			return list, err
		},
	}
}

// dueBarriers is what visitors told that waits at an association, for its desk.
func (a *App) dueBarriers(ctx context.Context, q db.IDB, association id.ID) ([]commitments.DeskBarrier, error) {
	due, err := a.barriers.Due(ctx, q, association)
	list := make([]commitments.DeskBarrier, len(due))
	for i, d := range due {
		list[i] = commitments.DeskBarrier(d)
	}
	return list, err
}

// waitingBarriers counts what waits for the administrators.
func (a *App) waitingBarriers(ctx context.Context) (int, error) {
	due, err := a.barriers.Due(ctx, a.db.Read(), id.None)
	return len(due), err
}

type barriersJob struct{}

func (barriersJob) Kind() string { return "barriers" }

func (a *App) doBarriers(ctx context.Context, _ barriersJob) error { return a.barriers.Remind(ctx) }

func (a *App) scopes(ctx context.Context) ([]scope.Association, error) {
	list, err := a.associations.List(ctx)
	out := make([]scope.Association, len(list))
	for i, x := range list {
		out[i] = x.Scope()
	}
	return out, err
}

func (a *App) nameOf(ctx context.Context, account id.ID) (string, error) {
	return a.accounts.NameOf(ctx, a.db.Read(), account)
}

// pageName is what people call a page of the site map.
func (a *App) pageName(r *web.Request, path string) string {
	i := slices.IndexFunc(a.server.Routes, func(x web.Route) bool { return x.Method == "GET" && x.WholePath() == path && r.Printer.Has(x.Title) })
	if i < 0 {
		return ""
	}
	return r.T(a.server.Routes[i].Title)
}
