package accountweb

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/feed"
	"samklang/internal/platform/ical"
	"samklang/internal/platform/web"
)

// urn is an id that stays the same wherever the installation moves.
func urn(x id.ID) string { return "urn:uuid:" + x.String() }

func (s *Pages) accountAtom(w http.ResponseWriter, r *web.Request) error {
	a := association(r)
	return s.atom(w, r, id.None, feed.Feed{ID: urn(a.ID), Title: r.T("account.feed.atom", "name", a.ShortName), Subtitle: r.T("account.feed.subtitle"), Self: r.Path("/atom.xml"), Page: r.Path("/")})
}

func (s *Pages) promiseAtom(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	path := r.Path(promisePath(p.Slug, p.Number))
	return s.atom(w, r, p.ID, feed.Feed{ID: urn(p.ID), Title: r.T("account.feed.promise", "title", p.TitleIn(r.Lang())), Subtitle: r.T("account.feed.subtitle"), Self: path + "/atom.xml", Page: path})
}

// atom writes changes of state and wordings, of all promises with the follow-ups that were published, the newest first.
func (s *Pages) atom(w http.ResponseWriter, r *web.Request, pledge id.ID, f feed.Feed) error {
	states, wordings, err := s.Ledger.Changes(r.Context(), association(r), pledge)
	if err != nil {
		return err
	}
	f.Language, f.Author, f.Self, f.Page = r.Lang(), association(r).Name, r.Absolute(f.Self), r.Absolute(f.Page)
	for _, c := range states {
		title := titleOf(r.Lang(), c.Title, c.TitleSimple, c.TitleEn)
		f.Entries = append(f.Entries, feed.Entry{ID: urn(c.ID), Title: r.T("account.feed.state", "number", c.Number, "title", title, "state", r.T("ui.state."+c.ToState)), Page: r.Absolute(r.Path(promisePath(c.Slug, c.Number))),
			Published: c.At, Updated: c.At, Text: r.T("account.history.state", "from", r.T("ui.state."+c.FromState), "to", r.T("ui.state."+c.ToState)) + ". " + r.T("reason."+c.Reason), Categories: []string{c.ToState}})
	}
	for _, x := range wordings {
		title := titleOf(r.Lang(), x.Title, x.TitleSimple, x.TitleEn)
		key := "account.feed.wording"
		if x.Version == 1 {
			key = "account.feed.adopted"
		}
		f.Entries = append(f.Entries, feed.Entry{ID: urn(x.ID), Title: r.T(key, "number", x.Number, "title", title), Page: r.Absolute(r.Path(promisePath(x.Slug, x.Number) + "/lydelse/" + itoa(x.Version))),
			Published: x.AdoptedAt, Updated: x.AdoptedAt, Text: strings.TrimSpace(x.Wording.Wording + "\n\n" + x.Reason), Categories: []string{"wording"}})
	}
	if pledge == id.None {
		rounds, err := s.Ledger.PublishedRounds(r.Context(), association(r))
		if err != nil {
			return err
		}
		for _, x := range rounds {
			f.Entries = append(f.Entries, roundEntry(r, x))
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b feed.Entry) int { return b.Updated.Compare(a.Updated) })
	f.Updated = time.Unix(0, 0).UTC() // of a feed with nothing in it yet
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return err
	}
	return answer(w, r, feed.ContentType, b.Bytes())
}

func titleOf(l lang.Lang, sv, simple, en string) string {
	return commitments.Commitment{Title: sv, TitleSimple: simple, TitleEn: en}.TitleIn(l)
}

func (s *Pages) accountCalendar(w http.ResponseWriter, r *web.Request) error {
	return s.ics(w, r, id.None, r.T("account.feed.calendar", "name", association(r).ShortName), r.Path("/kalender"))
}

func (s *Pages) promiseCalendar(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	return s.ics(w, r, p.ID, r.T("account.feed.promise.calendar", "title", p.TitleIn(r.Lang())), r.Path(promisePath(p.Slug, p.Number)))
}

func (s *Pages) ics(w http.ResponseWriter, r *web.Request, pledge id.ID, name, page string) error {
	list, err := s.Ledger.SetDates(r.Context(), association(r), pledge)
	if err != nil {
		return err
	}
	c := ical.Calendar{Name: name, Description: r.T("account.calendar.not_set"), Language: r.Lang(), URL: r.Absolute(page), Refresh: 6 * time.Hour}
	for _, a := range list {
		c.Events = append(c.Events, event(r, a))
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		return err
	}
	return answer(w, r, ical.ContentType, b.Bytes())
}

// event is an activity in a calendar: by the clock when its text says from when to when, else the whole day.
func event(r *web.Request, a commitments.ActivityLine) ical.Event {
	return eventOf(r, association(r), a)
}

// eventOf is event on a page that is not the association's own.
func eventOf(r *web.Request, of scope.Association, a commitments.ActivityLine) ical.Event {
	e := ical.Event{UID: a.ID.String() + "@samklang", Sequence: int(a.Version), Summary: a.Title, URL: r.Absolute(r.Of(of, "/aktiviteter/"+a.ID.String())), Organizer: of.Name,
		Categories: []string{r.T("kind." + a.Kind)}, LastModified: a.UpdatedAt}
	e.Location = a.Place
	if a.Digital {
		e.Location = strings.TrimPrefix(a.Place+", "+r.T("account.digital"), ", ")
	}
	switch a.Status {
	case commitments.Cancelled:
		e.Status = ical.Cancelled
	case commitments.Confirmed, commitments.Done:
		e.Status = ical.Confirmed
	default:
		e.Status = ical.Tentative
	}
	var words []string
	for _, x := range []string{a.ClockTime, withOthers(r.Printer, a.Organisers)} {
		if x != "" {
			words = append(words, x)
		}
	}
	if a.StatusReason != "" {
		words = append(words, r.T("account.step.because", "reason", a.StatusReason))
	}
	e.Description = strings.Join(words, "\n")
	if from, to, ok := period.ParseClock(a.ClockTime); ok && a.DatePrecision == period.Day {
		e.Start, e.End = at(a.FromOn, from), at(a.FromOn, to)
	} else {
		e.From, e.To = a.FromOn, a.ToOn
	}
	return e
}

// at is a time of day in Sweden, in minutes after midnight.
func at(d period.Date, minutes int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, minutes/60, minutes%60, 0, 0, clock.Stockholm)
}
