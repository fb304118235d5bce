package importweb

import (
	"fmt"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/core/period"
	"samklang/internal/platform/web"
)

// An item is named as the page shows it: D is the document itself, L2 its second promise, A3 its third activity.

// parseItem finds what an item's name means in the draft.
func parseItem(d commitments.Draft, item string) (kind byte, index int, ok bool) {
	if len(item) < 2 {
		return 0, 0, false
	}
	n, err := strconv.Atoi(item[1:])
	if err != nil || n < 1 {
		return 0, 0, false
	}
	switch item[0] {
	case 'L':
		return 'L', n - 1, n <= len(d.Promises)
	case 'A':
		return 'A', n - 1, n <= len(d.Activities)
	}
	return 0, 0, false
}

// nextItem is the first item after the given one that nobody has said yes or no to; when there is none, the first such at all.
func nextItem(d commitments.Draft, after string) string {
	var open []string
	passed, first := false, ""
	consider := func(item string, settled bool) {
		if item == after {
			passed = true
			return
		}
		if settled {
			return
		}
		if first == "" {
			first = item
		}
		if passed {
			open = append(open, item)
		}
	}
	consider("D", true)
	for i, p := range d.Promises {
		consider(fmt.Sprintf("L%d", i+1), p.Checked || p.Left)
	}
	for i, a := range d.Activities {
		consider(fmt.Sprintf("A%d", i+1), a.Checked || a.Left)
	}
	if len(open) > 0 {
		return open[0]
	}
	return first
}

// takePromise reads the fields of a promise into the draft.
func takePromise(f *web.Form, p *commitments.DraftPromise) error {
	number := f.Number("number")
	wording := f.Required("wording", 4_000, "import.wording_missing")
	title := f.Text("title", 200)
	extra := f.Text("extra_grounds", 200)
	if number == nil || *number < 1 || *number > 999 {
		f.Add("number", "import.number_faulty")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if title == "" {
		title = commitments.ShortTitle(wording)
	}
	p.Number, p.Wording, p.Title, p.ExtraGrounds = int(*number), wording, title, extra
	p.Forms, p.Grounds = commitments.ParseForms(f.Choices("forms")), commitments.ParseGrounds(f.Choices("grounds"))
	p.Checked, p.Left = true, false
	return nil
}

// takeActivity reads the fields of an activity into the draft.
func takeActivity(f *web.Form, a *commitments.DraftActivity, d *commitments.Draft, thisYear int) error {
	year := d.Year
	if year == 0 {
		year = thisYear
	}
	title := f.Required("title", 200, "activity.title_missing")
	kind := f.Choice("kind", commitments.Kinds...)
	when, ok := reading.ParseWhen(f.Text("date", 100), year)
	if !ok {
		f.Add("date", "import.date_faulty")
	}
	min, max := f.Number("reach_min"), f.Number("reach_max")
	if min != nil && max != nil && *max < *min {
		f.Add("reach_max", "activity.reach_reversed")
	}
	partners, speakers := f.Text("partners", 1_000), f.Text("speakers", 1_000)
	place, project, clock := f.Text("place", 200), f.Text("project", 200), f.Text("clock", 60)
	if err := f.Err(); err != nil {
		return err
	}
	if when.Text == "" {
		when.Text = a.When.Text // the document's own words stay
	}
	if f.Values.Get("date") == f.Values.Get("date_was") {
		when = a.When
	}
	a.Title, a.Kind, a.When, a.ReachMin, a.ReachMax = title, kind, when, min, max
	a.Partners, a.Speakers, a.Place, a.Project, a.ClockTime = lines(partners), lines(speakers), place, project, clock
	a.Forms = commitments.ParseForms(f.Choices("forms"))
	takeServes(f, a, d)
	a.Checked, a.Left = true, false
	return nil
}

// takeServes notes which promises are ticked. Scores of the reader stay with the promises it named.
func takeServes(f *web.Form, a *commitments.DraftActivity, d *commitments.Draft) {
	on := map[string]bool{}
	for _, n := range f.Choices("serves") {
		on[n] = true
	}
	var serves []commitments.DraftServing
	for _, p := range d.Promises {
		s := commitments.DraftServing{Number: p.Number, On: on[strconv.Itoa(p.Number)]}
		for _, was := range a.Serves {
			if was.Number == p.Number {
				s.Score = was.Score
			}
		}
		if s.On || s.Score != nil {
			serves = append(serves, s)
		}
	}
	a.Serves = serves
}

// lines splits names written one a line or with commas.
func lines(s string) []string {
	list := []string{}
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == ';' || r == ',' }) {
		if x = strings.TrimSpace(x); x != "" {
			list = append(list, x)
		}
	}
	return list
}

// typedDate is a date as it stands in the one field for it.
func typedDate(print func(period.When) string, w period.When) string {
	if w.Precision == period.NotSet {
		return ""
	}
	return print(w)
}
