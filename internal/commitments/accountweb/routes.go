package accountweb

import (
	"net/http"

	"samklang/internal/access"
	"samklang/internal/platform/web"
)

// Routes is the site map of what visitors read.
func (s *Pages) Routes() []web.Route {
	get := func(path, title string, h web.Handler, sample ...string) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Allow: access.Public, Handle: h, Title: title, Sample: sample, Cache: web.Kept}
	}
	asked := func(x web.Route, query ...string) web.Route {
		x.Query = query
		return x
	}
	top := func(path, title string, h web.Handler, sample ...string) web.Route {
		x := get(path, title, h, sample...)
		x.Site = web.OfInstallation
		return x
	}
	file := func(path string, h web.Handler) web.Route { return asked(get(path, "", h), "ar") }
	return append(s.followRoutes(), []web.Route{
		top("/", "account.portal.title", s.portal),
		top("/deklarationer/{slug}", "account.declaration.title", s.declaration),
		top("/deklarationer/{slug}/data.json", "", s.declarationJSON),
		top("/deklarationer/{slug}/loften.csv", "", s.declarationCSV),
		top("/sa-raknas-laget", "account.rules.title", s.rules),
		top("/personuppgifter", "account.privacy.title", s.privacy),
		top("/oppna-data", "account.data.title", s.openData),
		top("/oppna-data/forbund.json", "", s.associationsJSON),
		asked(get("/", "account.title", s.account), "ar"),
		asked(get("/loften/{declaration}/{number}", "account.promise", s.promisePage), "ar"),
		asked(get("/loften/{declaration}/{number}/historik", "account.history", s.history), "ar"),
		asked(get("/loften/{declaration}/{number}/lydelse/{version}", "account.wording", s.wording), "ar"),
		file("/loften/{declaration}/{number}/lydelse/{version}"+proofPath, s.wordingProof),
		file("/uppfoljning/{round}"+proofPath, s.publicationProof),
		asked(get("/kalender", "account.calendar.title", s.calendar), "ar", "form", "slag", "vy"),
		get("/aktiviteter/{id}", "account.activity.title", s.activity),
		file("/data.json", s.accountJSON),
		file("/loften.csv", s.promisesCSV),
		file("/aktiviteter.csv", s.activitiesCSV),
		file("/atom.xml", s.accountAtom),
		file("/kalender.ics", s.accountCalendar),
		file("/kort.png", s.accountCard),
		file("/loften/{declaration}/{number}/data.json", s.promiseJSON),
		file("/loften/{declaration}/{number}/atom.xml", s.promiseAtom),
		file("/loften/{declaration}/{number}/kalender.ics", s.promiseCalendar),
		file("/loften/{declaration}/{number}/kort.png", s.promiseCardImage),
		get("/om", "account.about.title", s.about),
	}...)
}
