package accountweb

import (
	"net/http"

	"samklang/internal/access"
	"samklang/internal/platform/web"
)

// Routes is the site map of what visitors read.
func (s *Pages) Routes() []web.Route {
	get := func(path, title string, h web.Handler, sample ...string) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Allow: access.Public, Handle: h, Title: title, Sample: sample}
	}
	top := func(path, title string, h web.Handler, sample ...string) web.Route {
		x := get(path, title, h, sample...)
		x.Site = web.OfInstallation
		return x
	}
	return []web.Route{
		top("/", "account.portal.title", s.portal),
		top("/deklarationer/{slug}", "account.declaration.title", s.declaration),
		top("/sa-raknas-laget", "account.rules.title", s.rules),
		top("/personuppgifter", "account.privacy.title", s.privacy),
		top("/tillganglighet", "account.accessibility.title", s.accessibility),
		top("/oppna-data", "account.data.title", s.openData),
		get("/", "account.title", s.account),
		get("/loften/{declaration}/{number}", "account.promise", s.promisePage),
		get("/loften/{declaration}/{number}/historik", "account.history", s.history),
		get("/loften/{declaration}/{number}/lydelse/{version}", "account.wording", s.wording),
		get("/kalender", "account.calendar.title", s.calendar),
		get("/aktiviteter/{id}", "account.activity.title", s.activity),
		get("/om", "account.about.title", s.about),
	}
}
