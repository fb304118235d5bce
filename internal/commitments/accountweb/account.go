package accountweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// accountView is an association's account as its page shows it.
type accountView struct {
	Page     ui.Page
	Hero     ui.Hero
	Intro    string
	Years    []yearLink
	Promises []ui.Promise
	Replaced []ui.Promise
	Empty    *ui.EmptyState
	Next     []ui.Dated
	Calendar ui.Link
	Follow   string
	Rules    string
	Log      string
	Take     []ui.Link
	Together []togetherLine
	Rounds   []ui.Dated // published follow-ups
}

// yearLink leads to the account of a year.
type yearLink struct {
	Label, Href string
	Now         bool
}

// togetherLine is a declaration of the account with its address.
type togetherLine struct{ Title, Href, Note string }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// year reads ?ar=2025; 0 is this year.
func year(r *web.Request) (int, error) {
	s := r.URL.Query().Get("ar")
	if s == "" {
		return 0, nil
	}
	y, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 || y < 1990 || y > 2200 {
		return 0, errs.E(errs.NotFound, "error.not_found")
	}
	return y, nil
}

func (s *Pages) account(w http.ResponseWriter, r *web.Request) error {
	y, err := year(r)
	if err != nil {
		return err
	}
	a, err := s.Ledger.Account(r.Context(), association(r), y)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), association(r))
	if err != nil {
		return err
	}
	v := s.accountView(r, a)
	v.Rounds = s.followUps(r, rounds, false)
	return r.Render(w, http.StatusOK, accountPage(v))
}

func (s *Pages) accountView(r *web.Request, a commitments.Account) accountView {
	today, f := clock.Today(s.Clock), a.Figures
	v := accountView{
		Page:   s.frame(r, r.T("account.title"), r.T("account.description", "name", association(r).Name, "n", f.Promises, "kept", r.T("account.description.kept", "n", f.Kept), "overdue", r.T("account.description.overdue", "n", f.Overdue))),
		Follow: r.Path("/folj"),
		Rules:  r.Top("/sa-raknas-laget"),
		Log:    r.Top("/log"),
	}
	v.Page.Feeds, v.Page.Card = accountFeeds(r), r.Path("/kort.png")
	v.Hero = ui.Hero{Title: r.T("account.headline"), Lead: s.accountLead(r, a), Figures: accountFigures(r, a, today)}
	v.Intro = r.T("account.intro")
	if a.Year != today.Year {
		v.Intro = r.T("account.intro.other_year", "year", strconv.Itoa(a.Year))
	}
	v.Years = yearLinks(r, "/", a.Years, a.Year, today.Year)
	main := mainDeclaration(a.Promises)
	for _, x := range a.Promises {
		card := s.promiseCard(r, x, a.Year, x.DeclarationID != main)
		if progress.State(x.State) == progress.Replaced {
			v.Replaced = append(v.Replaced, card)
		} else {
			v.Promises = append(v.Promises, card)
		}
	}
	if len(a.Promises) == 0 {
		v.Empty = &ui.EmptyState{Title: r.T("account.empty.title"), Text: r.T("account.empty.text")}
	}
	for _, l := range a.Next {
		v.Next = append(v.Next, s.dated(r, l))
	}
	v.Calendar = ui.Link{Label: r.T("account.calendar"), Href: r.Path("/kalender")}
	v.Together = declarationsOf(r, a.Promises)
	v.Take = []ui.Link{
		{Label: r.T("account.take.promises"), Href: r.Path("/loften.csv")},
		{Label: r.T("account.take.activities"), Href: r.Path("/aktiviteter.csv")},
		{Label: r.T("account.take.json"), Href: r.Path("/data.json")},
		{Label: r.T("account.take.calendar"), Href: r.Path("/kalender.ics")},
		{Label: r.T("account.take.atom"), Href: r.Path("/atom.xml")},
		{Label: r.T("account.take.about"), Href: r.Top("/oppna-data")},
	}
	return v
}

// mainDeclaration is the one most promises come from. Promises of others are shown with its name, since their numbers may be the same.
func mainDeclaration(list []commitments.Promise) (main id.ID) {
	n := map[id.ID]int{}
	for _, x := range list {
		if n[x.DeclarationID]++; n[x.DeclarationID] > n[main] {
			main = x.DeclarationID
		}
	}
	return main
}

// accountFeeds are the feeds a browser finds by itself.
func accountFeeds(r *web.Request) []ui.Feed {
	name := association(r).ShortName
	return []ui.Feed{
		{Type: "application/atom+xml", Title: r.T("account.feed.atom", "name", name), Path: r.Path("/atom.xml")},
		{Type: "text/calendar", Title: r.T("account.feed.calendar", "name", name), Path: r.Path("/kalender.ics")},
	}
}

func (s *Pages) accountLead(r *web.Request, a commitments.Account) string {
	switch {
	case a.Figures.Promises == 0:
		return r.T("account.lead.none", "name", association(r).Name)
	case a.Others > 0:
		return r.T("account.lead.promises", "n", a.Figures.Promises) + " " + r.T("account.lead.joint", "n", a.Others) + " " + lateLine(r, a)
	}
	return r.T("account.lead.promises", "n", a.Figures.Promises) + " " + lateLine(r, a)
}

func lateLine(r *web.Request, a commitments.Account) string {
	if a.Figures.Overdue > 0 {
		return r.T("account.lead.late")
	}
	return r.T("account.lead.nothing_late")
}

func accountFigures(r *web.Request, a commitments.Account, today period.Date) []ui.Figure {
	f := a.Figures
	if f.Promises == 0 && f.Activities == 0 {
		return nil
	}
	p := r.Printer
	activities := r.T("account.figure.activities")
	if a.Year != today.Year {
		activities = r.T("account.figure.activities.year", "year", strconv.Itoa(a.Year))
	}
	var parts []string
	for _, x := range []struct {
		key string
		n   int64
	}{{"done", f.Done}, {"ahead", f.Ahead}, {"cancelled", f.Calledoff}} {
		if x.n > 0 {
			parts = append(parts, r.T("account.figure."+x.key, "n", x.n))
		}
	}
	reached := r.T("account.figure.reached.note", "n", f.ReachedFrom)
	if f.ReachedFrom == 0 {
		reached = r.T("account.figure.reached.none")
	}
	late := ui.Figure{Label: r.T("account.figure.late"), Value: strconv.Itoa(f.Overdue), Note: r.T("account.figure.late.none")}
	if f.Overdue > 0 {
		late.Tone, late.Note = ui.Late, r.T("account.figure.late.note")
	}
	held := []ui.Figure{
		{Label: activities, Value: p.Number(f.Activities), Note: strings.Join(parts, ", "), Href: calendarHref(r, a.Year, today)},
		{Label: r.T("account.figure.reached"), Value: p.Number(f.Reached), Note: reached},
	}
	if f.Promises == 0 {
		return held
	}
	kept := ui.Figure{Label: r.T("account.figure.kept"), Value: r.T("account.figure.of", "k", f.Kept, "n", f.Promises), Note: r.T("account.figure.kept.note")}
	return slices.Concat([]ui.Figure{kept}, held, []ui.Figure{late})
}

func calendarHref(r *web.Request, year int, today period.Date) string {
	if year == today.Year {
		return r.Path("/kalender")
	}
	return r.Path("/kalender") + "?ar=" + strconv.Itoa(year)
}

// promiseCard is a promise in a list. Named tells whether to say which declaration it comes from.
func (s *Pages) promiseCard(r *web.Request, x commitments.Promise, year int, named bool) ui.Promise {
	p := r.Printer
	card := ui.Promise{Number: int(x.Number), Title: x.TitleIn(r.Lang()), Href: r.Path(promisePath(x.Slug, x.Number)), State: ui.State(x.State), Word: s.stateWord(p, x.Pledge)}
	if year != clock.Today(s.Clock).Year {
		card.Href += "?ar=" + strconv.Itoa(year)
	}
	card.Meta = s.promiseMeta(p, x, named)
	if progress.State(x.State) != progress.Replaced {
		card.Track = monthTrack(p, "t-"+trackID(x), year, x.Months)
	}
	return card
}

func trackID(x commitments.Promise) string { return x.ID.String()[24:] }

// promiseMeta says what a state means in numbers.
func (s *Pages) promiseMeta(p ui.Printer, x commitments.Promise, named bool) string {
	var parts []string
	if progress.State(x.State) == progress.Replaced {
		parts = append(parts, p.T("account.meta.replaced", "date", s.day(p, x.ReplacedOn)))
	} else {
		if x.StepsTotal > 0 {
			parts = append(parts, p.T("account.meta.steps", "done", x.StepsDone, "n", x.StepsTotal))
		} else {
			parts = append(parts, p.T("account.meta.no_steps"))
		}
		if x.Reached > 0 {
			parts = append(parts, p.T("account.meta.reached", "n", x.Reached))
		}
		if !x.NextOn.IsZero() {
			parts = append(parts, p.T("account.meta.next", "date", s.day(p, x.NextOn)))
		}
	}
	if named {
		parts = append(parts, x.Declaration)
	}
	return strings.Join(parts, between)
}

// monthState is what a month shows; the most pressing thing wins.
func monthState(m commitments.Month) chart.State {
	switch {
	case m.Missed > 0:
		return chart.Late
	case m.Partly > 0:
		return chart.Partly
	case m.Shown > 0:
		return chart.Done
	case m.Planned > 0:
		return chart.Planned
	}
	return chart.Nothing
}

var trackStates = [...]chart.State{chart.Late, chart.Partly, chart.Done, chart.Planned}

var trackKeys = map[chart.State]string{chart.Late: "late", chart.Partly: "partly", chart.Done: "done", chart.Planned: "planned", chart.Nothing: "nothing"}

// monthTrack is the row of months under a promise. Its name says the same in words.
func monthTrack(p ui.Printer, anchor string, year int, months [12]commitments.Month) chart.Track {
	t := chart.Track{Frame: chart.Frame{ID: anchor, Title: trackWords(p, year, months)}, Header: [2]string{p.T("account.track.month"), p.T("account.track.state")}, Steps: make([]chart.Step, 12)}
	for i, m := range months {
		name := p.MonthName(time.Month(i + 1))
		_, n := utf8.DecodeRuneInString(name)
		st := monthState(m)
		t.Steps[i] = chart.Step{Name: name, Initial: strings.ToLower(name[:n]), State: st, Text: p.T("account.track." + trackKeys[st])}
	}
	return t
}

func trackWords(p ui.Printer, year int, months [12]commitments.Month) string {
	var said []string
	for _, st := range trackStates {
		var names []string
		for i, m := range months {
			if monthState(m) == st {
				names = append(names, p.MonthName(time.Month(i+1)))
			}
		}
		if len(names) > 0 {
			said = append(said, p.T("account.track.in", "state", p.T("account.track."+trackKeys[st]), "months", p.List(names)))
		}
	}
	if len(said) == 0 {
		return p.T("account.track.empty", "year", strconv.Itoa(year))
	}
	return p.T("account.track.line", "year", strconv.Itoa(year), "list", strings.Join(said, ", "))
}

// dated is an activity in a list of dates.
func (s *Pages) dated(r *web.Request, a commitments.ActivityLine) ui.Dated {
	return ui.Dated{When: a.When(), Title: a.Title, Lang: textLang(r.Printer, ""), Href: r.Path("/aktiviteter/" + a.ID.String()), Note: activityNote(r.Printer, a)}
}

// activityNote says where and with whom, in a few words.
func activityNote(p ui.Printer, a commitments.ActivityLine) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch a.Status {
	case commitments.Postponed, commitments.Cancelled:
		add(p.T("status." + string(a.Status)))
	}
	if a.DatePrecision == period.NotSet {
		add(p.T("account.day_not_set"))
	}
	add(p.Clock(a.ClockTime))
	if a.Digital {
		add(p.T("account.digital"))
	}
	add(a.Place)
	add(withOthers(p, a.Organisers))
	return strings.Join(parts, between)
}

// declarationsOf lists the declarations the promises come from, once each.
func declarationsOf(r *web.Request, list []commitments.Promise) []togetherLine {
	var out []togetherLine
	seen := map[string]bool{}
	for _, x := range list {
		if !seen[x.Slug] {
			seen[x.Slug] = true
			out = append(out, togetherLine{Title: x.Declaration, Href: r.Top("/deklarationer/" + x.Slug)})
		}
	}
	return out
}
