package deskweb

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// actions are the rights the pages of an activity ask for, by a name that reads well where they are used.
var actions = map[string]actor.Action{"write": access.ActivityWrite, "report": access.ActivityReport, "file": access.EvidenceFile}

// activityForm is the form of a new activity and of one that is changed.
type activityForm struct {
	form
	Head     ui.PageHead
	New      bool
	Serves   []serveChoice
	People   []ui.Option
	Days     []string // of a series, when it is shown before it is planned
	Repeated string
	Hidden   []pair // what was typed, while the series is shown
	Back     string
}

// serveChoice is a promise to tick, with room for how.
type serveChoice struct {
	Name, HowName, Label, Title string
	On                          bool
	How                         string
}

type pair struct{ Name, Value string }

// valuesOf fills a form with what is stored.
func (s *Pages) valuesOf(p ui.Printer, f commitments.ActivityFields, own id.ID) values {
	v := values{"title": {f.Title}, "kind": {f.Kind}, "forms": f.Forms.Codes(), "grounds": f.Grounds.Codes(), "year": {itoa(f.PlanYear)}, "clock": {f.ClockTime}, "place": {f.Place},
		"description": {f.Description}, "audience": {f.Audience}, "project": {f.Project}, "reach_min": {numberText(f.ReachMin)}, "reach_max": {numberText(f.ReachMax)},
		"owner": {optionalID(f.OwnerID)}, "follow_up": {p.Date(f.FollowUpOn)}, "notes": {f.Notes}, "partners": {strings.Join(f.Partners, "\n")}, "speakers": {strings.Join(f.Speakers, "\n")}}
	setWhen(v, p, f.When)
	for name, on := range map[string]bool{"digital": f.Digital, "public": f.Public, "confirmed": f.Confirmed} {
		if on {
			v.set(name, "1")
		}
	}
	for _, x := range f.Serves {
		if x.PledgeAssociation == own {
			v["serves"] = append(v["serves"], x.Pledge.String())
			v.set("how-"+x.Pledge.String(), x.How)
		}
	}
	return v
}

// setWhen puts a date into the fields "when" and "date".
func setWhen(v values, p ui.Printer, w period.When) {
	switch w.Precision {
	case period.NotSet:
		v.set("when", "not_set")
	case period.Ongoing:
		v.set("when", "ongoing")
	default:
		v.set("when", "date")
		v.set("date", p.When(w))
	}
}

func numberText(n *int64) string {
	if n == nil {
		return ""
	}
	return itoa(*n)
}

func optionalID(x id.ID) string {
	if x == id.None {
		return ""
	}
	return x.String()
}

// readWhen reads the fields "when" and "date".
func readWhen(f *web.Form, year int) period.When {
	switch f.Values.Get("when") {
	case "not_set":
		return period.When{Precision: period.NotSet}
	case "ongoing":
		return period.When{Precision: period.Ongoing}
	}
	w, err := period.ParsePhrase(f.Values.Get("date"), year)
	if err != nil {
		f.Add("date", "activity.date_faulty")
	}
	return w
}

// readActivity reads the form; what it does not hold stays as it is in before.
func readActivity(f *web.Form, before commitments.ActivityFields, own id.ID) commitments.ActivityFields {
	x := before
	x.Title, x.Kind = f.Text("title", 200), f.Values.Get("kind")
	x.Forms, x.Grounds = commitments.ParseForms(f.Choices("forms")), commitments.ParseGrounds(f.Choices("grounds"))
	year, err := strconv.Atoi(strings.TrimSpace(f.Values.Get("year")))
	if err != nil || year < 1990 || year > 2200 {
		f.Add("year", "activity.year_faulty")
		year = before.PlanYear
	}
	text := x.When.Text
	w := readWhen(f, year)
	if w != (period.When{Precision: before.When.Precision, From: before.When.From, To: before.When.To}) {
		text = "" // the document's own words no longer say when it is
	}
	x.When = w
	x.When.Text = text
	x.PlanYear = year
	if !w.From.IsZero() {
		x.PlanYear = w.From.Year
	}
	x.ClockTime, x.Place, x.Digital = f.Text("clock", 60), f.Text("place", 200), f.Bool("digital")
	x.Description, x.Audience, x.Project = f.Text("description", 10_000), f.Text("audience", 500), f.Text("project", 200)
	x.ReachMin, x.ReachMax = f.Number("reach_min"), f.Number("reach_max")
	x.OwnerID, x.FollowUpOn, x.Notes = f.ID("owner"), f.Date("follow_up"), f.Text("notes", 10_000)
	x.Public, x.Confirmed = f.Bool("public"), f.Bool("confirmed")
	x.Partners, x.Speakers = linesOf(f.Text("partners", 2000)), linesOf(f.Text("speakers", 2000))
	scores := map[id.ID]*float64{}
	for _, old := range before.Serves {
		if old.PledgeAssociation == own {
			scores[old.Pledge] = old.Score
		}
	}
	x.Serves = readServes(f, own)
	for i := range x.Serves {
		x.Serves[i].Score = scores[x.Serves[i].Pledge]
	}
	return x
}

// readServes reads which of an association's own promises were ticked, and how they are served.
func readServes(f *web.Form, own id.ID) []commitments.ServingFields {
	var serves []commitments.ServingFields
	for _, p := range f.Choices("serves") {
		if pledge, err := id.Parse(p); err == nil {
			serves = append(serves, commitments.ServingFields{PledgeAssociation: own, Pledge: pledge, How: f.Text("how-"+p, 500)})
		}
	}
	return serves
}

func linesOf(s string) []string {
	var list []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// joined adds the faults that the ledger would find to those of reading, so that all are shown at once.
func joined(f *web.Form, checks ...error) error {
	seen := map[string]bool{}
	for _, x := range fieldsOf(f.Err()) {
		seen[x.Name] = true
	}
	for _, err := range checks {
		for _, x := range fieldsOf(err) {
			if !seen[x.Name] {
				f.Add(x.Name, x.Key, flat(x.Args)...)
			}
		}
	}
	return f.Err()
}

func fieldsOf(err error) []errs.Field {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Fields
	}
	return nil
}

func flat(m map[string]any) []any {
	var list []any
	for k, v := range m {
		list = append(list, k, v)
	}
	return list
}

func sortPairs(list []pair) {
	slices.SortStableFunc(list, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
}

func (s *Pages) activityForm(r *web.Request, v values, version int64, isNew bool, title string, way []ui.Link) (activityForm, error) {
	promises, err := s.Ledger.PromisesInForce(r.Context(), association(r))
	if err != nil {
		return activityForm{}, err
	}
	people, err := s.people(r)
	if err != nil {
		return activityForm{}, err
	}
	p := s.frame(r, title, way...)
	f := activityForm{form: s.form(r, p, v, version), New: isNew, Head: ui.PageHead{Title: title}, People: people, Back: way[len(way)-1].Href}
	f.Tag.WarnLeave = true
	for _, x := range promises {
		f.Serves = append(f.Serves, serveChoice{Name: "serves", HowName: "how-" + x.ID.String(), Label: itoa(x.Number) + ". " + x.TitleIn(p.Lang()), Title: x.ID.String(), On: v.has("serves", x.ID.String()), How: v.get("how-" + x.ID.String())})
	}
	return f, nil
}

// people are those who may answer for something. Somebody who answers only for her own things may choose only herself.
func (s *Pages) people(r *web.Request) ([]ui.Option, error) {
	list, err := s.Ledger.Colleagues(r.Context(), r.Actor, association(r))
	var options []ui.Option
	all := may(r, access.ActivityWrite, id.None)
	for _, c := range list {
		if all || c.ID == r.Actor.Account {
			options = append(options, ui.Option{Value: c.ID.String(), Label: c.Name})
		}
	}
	return options, err
}

func (s *Pages) planWay(r *web.Request, year int) []ui.Link {
	return []ui.Link{{Label: r.T("plan.title_year", "year", itoa(year)), Href: r.Path("/plan") + "?ar=" + itoa(year)}}
}

func (s *Pages) newActivity(w http.ResponseWriter, r *web.Request) error {
	q := s.planQuery(r)
	v := values{"kind": {"seminar"}, "forms": {"external"}, "when": {"date"}, "year": {itoa(q.year)}, "public": {"1"}, "owner": {r.Actor.Account.String()}}
	if q.filter.Pledge != id.None {
		v.set("serves", q.filter.Pledge.String())
	}
	f, err := s.activityForm(r, v, 0, true, r.T("activity.new"), s.planWay(r, q.year))
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, activityFormPage(f))
}

func (s *Pages) planActivity(w http.ResponseWriter, r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	own := r.Association.ID
	x := readActivity(in, commitments.ActivityFields{PlanYear: s.today().Year}, own)
	repeat := in.Text("repeat", 100)
	var rule commitments.SeriesRule
	var repeatErr error
	if repeat != "" {
		if x.When.Precision != period.Day {
			repeatErr = &errs.Error{Kind: errs.Invalid, Key: "error.form", Fields: []errs.Field{{Name: "repeat", Key: "series.first_day_missing"}}}
		} else {
			rule, repeatErr = commitments.ParseSeries(repeat, x.When.From)
		}
	}
	err = joined(in, x.Check(), repeatErr)
	f, formErr := s.activityForm(r, values(in.Values), 0, true, r.T("activity.new"), s.planWay(r, x.PlanYear))
	if formErr != nil {
		return formErr
	}
	if err != nil {
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return activityFormPage(f) })
	}
	if repeat == "" {
		activity, err := s.Ledger.PlanActivity(r.Context(), r.Actor, association(r), x)
		if err != nil {
			return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return activityFormPage(f) })
		}
		return done(w, r, "/plan/"+activity.String(), "activity_planned")
	}
	if in.Values.Get("_step") != "series" || in.Values.Get("_seen") != repeat+"|"+in.Values.Get("date") {
		return s.showSeries(w, r, in, f, rule, x)
	}
	if _, err := s.Ledger.PlanSeries(r.Context(), r.Actor, association(r), x, rule); err != nil {
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return activityFormPage(f) })
	}
	return done(w, r, "/plan?ar="+itoa(x.PlanYear), "series_planned")
}

// showSeries shows the days of a series before anything is planned.
func (s *Pages) showSeries(w http.ResponseWriter, r *web.Request, in *web.Form, f activityForm, rule commitments.SeriesRule, x commitments.ActivityFields) error {
	days, err := rule.Days(x.When.From)
	if err != nil {
		return err
	}
	for _, d := range days {
		f.Days = append(f.Days, upper(f.Weekday(d))+" "+s.day(f.Printer, d))
	}
	for name, list := range in.Values {
		if strings.HasPrefix(name, "_") {
			continue
		}
		for _, v := range list {
			f.Hidden = append(f.Hidden, pair{name, v})
		}
	}
	sortPairs(f.Hidden)
	f.Hidden = append(f.Hidden, pair{"_step", "series"}, pair{"_seen", in.Values.Get("repeat") + "|" + in.Values.Get("date")})
	f.Repeated = x.Title
	f.Head = ui.PageHead{Title: f.T("series.preview", "n", len(days)), Lead: f.T("series.preview.lead", "title", x.Title)}
	return r.Render(w, http.StatusOK, seriesPage(f))
}

func (s *Pages) editActivity(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	f, err := s.activityForm(r, s.valuesOf(r.Printer, a.Fields(), r.Association.ID), a.Version, false, r.T("activity.edit"), s.toActivity(r, a))
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, activityFormPage(f))
}

func (s *Pages) storeActivity(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	before := a.Fields()
	x := readActivity(in, before, r.Association.ID)
	if a.Status != commitments.Planned && a.Status != commitments.Confirmed {
		x.Confirmed = before.Confirmed
	}
	if err = joined(in, x.Check()); err == nil {
		err = s.Ledger.EditActivity(r.Context(), r.Actor, association(r), a.ID, in.Version(), x)
	}
	if err == nil {
		return done(w, r, "/plan/"+a.ID.String(), "activity_saved")
	}
	f, formErr := s.activityForm(r, values(in.Values), in.Version(), false, r.T("activity.edit"), s.toActivity(r, a))
	if formErr != nil {
		return formErr
	}
	return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return activityFormPage(f) })
}
