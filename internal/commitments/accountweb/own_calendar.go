package accountweb

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/errs"
	"samklang/internal/platform/ical"
	"samklang/internal/platform/web"
)

// OwnCalendarPath is the address of a person's own calendar. Its first part is one that no page of an association has, because an
// association may have a host of its own.
func OwnCalendarPath(token string) string { return "/min-kalender/" + token + ".ics" }

// OwnRoutes are the addresses that hold a person's secret.
func (s *Pages) OwnRoutes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Path: "/min-kalender/{token}", Allow: access.Public, Handle: s.ownCalendar, Site: web.OfInstallation, Cache: web.Secret,
		Limits: []web.Limit{{Name: "own-calendar", Count: 240, Per: time.Hour, By: web.ByAddress}}}}
}

// ownCalendar is what a person answers for, for her calendar program. The address is the whole proof of who asks, so it gives nothing but
// titles, days, places and the way to the desk, as far as her roles of today reach. Notes stay behind the log-in.
func (s *Pages) ownCalendar(w http.ResponseWriter, r *web.Request) error {
	token, ok := strings.CutSuffix(r.PathValue("token"), ".ics")
	if !ok || token == "" || len(token) > 100 {
		return errs.E(errs.NotFound, "error.not_found")
	}
	who, err := s.ByCalendarToken(r.Context(), token)
	if err != nil {
		return err
	}
	list, err := s.Ledger.OwnCalendar(r.Context(), who)
	if err != nil {
		return err
	}
	c := ical.Calendar{Name: r.T("account.own.calendar"), Description: r.T("account.own.about"), Language: r.Lang(), Refresh: 6 * time.Hour}
	for _, x := range list {
		for _, a := range x.Activities {
			e := eventOf(r, x.Association, a)
			e.URL = r.Absolute(r.Of(x.Association, "/plan/"+a.ID.String()))
			c.Events = append(c.Events, e)
		}
		for _, m := range x.Steps {
			e := ical.Event{UID: m.ID.String() + "@samklang", Sequence: int(m.Version), From: m.DueOn, Summary: r.T("account.own.step", "title", m.Title), LastModified: m.CreatedAt, Organizer: x.Association.Name,
				Description: r.T("account.promise.short", "number", m.Number), URL: r.Absolute(r.Of(x.Association, promisePath(m.Slug, m.Number))), Status: ical.Confirmed}
			if progress.State(m.State) == progress.Complete {
				e.Summary = r.T("account.own.step_done", "title", m.Title)
			}
			c.Events = append(c.Events, e)
		}
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		return err
	}
	return answer(w, r, ical.ContentType, b.Bytes())
}
