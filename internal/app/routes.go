package app

import (
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// routes is the site map of the whole program.
func (a *App) routes() []web.Route {
	return slices.Concat(a.account.Routes(), a.account.OwnRoutes(), a.desk.Routes(), a.imports.Routes(), a.projects.Routes(), a.counts.Routes(), a.equals.Routes(), a.forms.Routes(), a.people.Routes(), a.houses.Routes(), a.logPages.Routes(), a.statement.Routes(), a.uploadRoutes(), a.outboxRoutes(), a.exampleRoutes())
}

// navigation is the main menu: what the public reads, or what those who work here do.
func (a *App) navigation(r *web.Request) []ui.NavItem {
	var items []ui.NavItem
	add := func(key, path string) {
		at := r.Here(r.Lang())
		items = append(items, ui.NavItem{Label: r.T(key), Href: path, Current: at == path || path != r.Path("/") && strings.HasPrefix(at, path)})
	}
	if r.Association == nil {
		add("app.nav.portal", r.Top("/"))
		return items
	}
	if access.May(r.Actor, access.DeskRead, access.Object{Association: r.Association.ID}) {
		add("app.nav.desk", r.Path("/skrivbord"))
		add("app.nav.promises", r.Path("/"))
		add("app.nav.plan", r.Path("/plan"))
		add("app.nav.review", r.Path("/granska"))
		add("app.nav.follow", r.Path("/uppfoljning"))
		if access.CheckAny(r.Actor, access.InitiativeRead, r.Association.ID) == nil {
			add("app.nav.initiatives", r.Path("/insatser"))
		}
		if access.May(r.Actor, access.EqualityRead, access.Object{Association: r.Association.ID}) {
			add("app.nav.equality", r.Path("/jamlikhet"))
		}
		return items
	}
	if access.CheckAny(r.Actor, access.InitiativeRead, r.Association.ID) == nil {
		add("app.nav.initiatives", r.Path("/insatser"))
	}
	add("app.nav.promises", r.Path("/"))
	add("app.nav.calendar", r.Path("/kalender"))
	add("app.nav.statistics", r.Path("/statistik"))
	add("app.nav.about", r.Path("/om"))
	return items
}

// menuOfPromises names the page with the promises for those who take care of them, and for those who only read.
func menuOfPromises(r *web.Request) string {
	if access.May(r.Actor, access.CommitmentManage, access.Object{Association: r.Association.ID}) {
		return "app.menu.manage"
	}
	return "app.menu.read"
}

// userMenu is what a person who is logged in reaches from everywhere, as far as her rights go.
func (a *App) userMenu(r *web.Request) []ui.MenuItem {
	items := []ui.MenuItem{{Label: r.T("app.menu.account"), Href: r.Top("/konto")}}
	if r.Association != nil {
		on := access.Object{Association: r.Association.ID}
		for _, x := range []struct {
			allow actor.Action
			key   string
			path  string
		}{
			{access.DeskRead, menuOfPromises(r), "/loften"},
			{access.DocumentImport, "app.menu.import", "/las-in"},
			{access.AssociationRead, "app.menu.people", "/personer"},
			{access.AssociationRead, "app.menu.settings", "/installningar"},
			{access.BarrierRead, "app.menu.barriers", "/hinder"},
			{access.AuditRead, "app.menu.audit", "/andringslogg"},
		} {
			if access.May(r.Actor, x.allow, on) {
				items = append(items, ui.MenuItem{Label: r.T(x.key), Href: r.Path(x.path)})
			}
		}
	}
	if access.May(r.Actor, access.InstallationManage, access.Object{}) {
		items = append(items, ui.MenuItem{Label: r.T("app.menu.admin"), Href: r.Top("/administration")})
	}
	return append(items, ui.MenuItem{Label: r.T("app.menu.log_out"), Href: r.Top("/logga-ut"), Post: true})
}
