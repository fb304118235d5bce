package accountweb

import (
	"context"
	"embed"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// Locale holds the texts of the public pages.
//
//go:embed locale
var Locale embed.FS

// Needs is what the pages need from the rest of the house.
type Needs struct {
	Ledger *commitments.Service
	Clock  clock.Clock
	Log    *publiclog.Log
	// Frame fills what is around a page's content.
	Frame func(r *web.Request, title string) ui.Page
	// About tells about an association.
	About func(ctx context.Context, association id.ID) (About, error)
	// ByCalendarToken is the person whose own calendar's address holds the secret, with her rights today; errs.NotFound when it is nobody's.
	ByCalendarToken func(ctx context.Context, token string) (actor.Actor, error)
}

// Pages answers the addresses of the public account.
type Pages struct {
	Needs
	cards cards
}

// New makes the pages.
func New(n Needs) *Pages { return &Pages{Needs: n} }

// frame is Frame with what every public page has besides: a line for paper, and how fresh the page is.
func (s *Pages) frame(r *web.Request, title, description string) ui.Page {
	p := s.Frame(r, title)
	today := clock.Today(s.Clock)
	p.Description = description
	p.Printed = r.T("account.printed", "date", today, "address", r.Absolute(r.Here(r.Lang())))
	p.FootNote = r.T("account.computed", "date", today)
	return p
}

// day is a date without its year when it is this year's.
func (s *Pages) day(p ui.Printer, d period.Date) string {
	if d.Year == clock.Today(s.Clock).Year {
		return p.DayMonth(d)
	}
	return p.Date(d)
}

// between stands between short facts on one line, and never begins a line.
const between = "\u00a0· "

// stateWord says a promise's state with the day since when something is owed; "" takes the state's own word.
func (s *Pages) stateWord(p ui.Printer, x commitments.Pledge) string {
	if !progress.State(x.State).Overdue() || x.OverdueSince.IsZero() {
		return ""
	}
	return p.T("state."+x.State+".since", "date", s.day(p, x.OverdueSince))
}

func promisePath(slug string, number int64) string {
	return "/loften/" + slug + "/" + itoa(number)
}

// textLang is the language an editorial text stands in, "" when it is the page's own.
func textLang(p ui.Printer, en string) string {
	if p.Lang() == lang.English && en == "" {
		return "sv"
	}
	return ""
}

// others names how many associations besides this one hold an activity.
func withOthers(p ui.Printer, organisers int64) string {
	if organisers < 2 {
		return ""
	}
	return p.T("account.with_others", "n", organisers-1)
}

func langAttr(tag string) templ.Attributes {
	if tag == "" {
		return nil
	}
	return templ.Attributes{"lang": tag}
}

// association is the tenant of a page.
func association(r *web.Request) scope.Association { return r.Scope() }
