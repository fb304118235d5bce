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
	return []web.Route{
		get("/", "account.title", s.account),
	}
}
