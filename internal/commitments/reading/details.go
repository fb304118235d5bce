package reading

import (
	"strings"

	"samklang/internal/core/period"
)

func (r *reader) buildDate(a *Activity, d *activityDraft, text string, framed bool) {
	source, hits := text, findDates(text)
	if v := d.fields[labelDate]; v != "" {
		if h := findDates(v); len(h) > 0 {
			source, hits = v, h
		} else if t := strings.ToLower(strings.Trim(v, " .?")); t == "-" || t == "–" || t == "" || strings.Contains(t, "klart") || strings.Contains(t, "bestäm") || strings.Contains(t, "ej ") || strings.Contains(t, "inte ") {
			a.When = period.When{Precision: period.NotSet, Text: v}
			return
		}
	}
	if d.when.ok && d.when.text != "" && strings.HasPrefix(text, d.when.text[:min(len(d.when.text), len(text))]) && d.when.hit.precision == period.Day && d.when.hit.start == 0 {
		s := d.when.hit.settle(d.when.text, d.year)
		a.When, a.YearFrom = s.When, s.Year
		return
	}
	best := pickDate(source, hits)
	if best >= 0 && hits[best].precision == period.NotSet && d.when.ok && (d.when.hit.precision == period.Month || d.when.hit.precision == period.Range) {
		best = -1 // "datum bestäms" under "Oktober" is some day in October
	}
	firstEnd := len(source)
	if s := sentences(source); len(s) > 0 {
		firstEnd = s[0].end
	}
	for i, h := range hits {
		if h.frequency && (i == best || h.start < firstEnd) {
			a.Frequency = strings.TrimSpace(source[h.start:h.end])
			break
		}
	}
	if best >= 0 {
		s := hits[best].settle(source, d.year)
		a.When, a.Days, a.Deadline, a.YearFrom = s.When, s.Days, s.Deadline, s.Year
		if (a.When.Precision == period.Ongoing || a.When.Precision == period.NotSet && len(hits) > 1) && a.When.From.IsZero() {
			// "Varannan vecka under hösten" goes on within the autumn.
			for i, h := range hits {
				if i == best || h.frequency || h.precision != period.Season && h.precision != period.Year && h.precision != period.Range && h.precision != period.Month || looksBack(source[:h.start]) {
					continue
				}
				if o := h.settle(source, d.year); !o.When.From.IsZero() {
					a.When.From, a.When.To, a.YearFrom = o.When.From, o.When.To, o.Year
					break
				}
			}
		}
		return
	}
	contexts := []dateContext{d.when}
	if d.frame != nil {
		if k := pickDate(d.frame.text, d.frame.f.dates); k >= 0 && (framed || d.frame.f.dates[k].precision != period.Day) {
			contexts = append(contexts, dateContext{d.frame.f.dates[k], d.frame.text, true})
		}
	}
	contexts = append(contexts, d.plan)
	for _, c := range contexts {
		if !c.ok {
			continue
		}
		s := c.hit.settle(c.text, d.year)
		a.When, a.Days, a.Deadline, a.YearFrom = s.When, s.Days, s.Deadline, s.Year
		if s.Year == YearInText {
			a.YearFrom = YearInHeading
		}
		a.Inherited = append(a.Inherited, "date")
		return
	}
	a.When = period.When{Precision: period.NotSet}
}

// pickDate chooses which of several dates is the activity's own: the most exact, early in the text, not one looked back at, not the
// last day to register.
func pickDate(text string, hits []dateHit) int {
	best, top := -1, 0.0
	low := strings.ToLower(text)
	for i, h := range hits {
		s := map[period.Precision]float64{period.Day: 5, period.Range: 4.5, period.NotSet: 4.2, period.Month: 4, period.Season: 2.6, period.Ongoing: 2.4, period.Year: 1.6}[h.precision]
		if h.frequency {
			s = 2.8
		}
		s -= 0.4 * float64(min(strings.Count(text[:h.start], ". "), 6))
		if h.start <= 8 {
			s++
		}
		if looksBack(text[:h.start]) || decided(low[:h.start]) {
			s -= 4
		}
		before := low[runeStart(low, max(0, min(h.start, len(low))-60)):min(h.start, len(low))]
		if j := strings.LastIndexAny(before, ".!?"); j >= 0 {
			before = before[j:]
		}
		if hasAny(before, []string{"anmäl", "uppfölj", "följs upp", "följer upp", "utvärder", "redovisas", "rapporteras", "svar senast", "inbjudan", "beslut"}) && i > 0 {
			s -= 3
		}
		if s > top {
			best, top = i, s
		}
	}
	return best
}

func (r *reader) buildReach(a *Activity, d *activityDraft, text string, framed bool) {
	if v := d.fields[labelReach]; v != "" {
		h := findReach("Antal: " + v)
		if len(h) == 0 {
			h = findReach(v)
		}
		if len(h) > 0 {
			x := h[0].Reach
			if h[0].label || strings.HasPrefix(x.Text, "Antal: ") {
				x.Text = v
			}
			a.Reach = &x
			return
		}
		a.Reach = &Reach{Text: v}
		return
	}
	hits := findReach(text)
	choose := func(hits []reachHit) *Reach {
		var words *Reach
		for i := range hits {
			if hits[i].Min != nil || hits[i].Max != nil {
				return &hits[i].Reach
			}
			if words == nil {
				words = &hits[i].Reach
			}
		}
		return words
	}
	if a.Reach = choose(hits); a.Reach != nil || !framed {
		return
	}
	if a.Reach = choose(findReach(d.frame.text)); a.Reach != nil {
		a.Inherited = append(a.Inherited, "reach")
	}
}

func (r *reader) buildWho(a *Activity, d *activityDraft, text string, framed bool) {
	a.Partners, a.Organisers = findPartners(text)
	a.Projects, a.Speakers, a.Place = findProjects(text), findSpeakers(text), findPlace(text)
	if v := d.fields[labelPartner]; v != "" && !noneWord(v) {
		a.Partners = append(namesAfter(v, 0), a.Partners...)
	}
	if v := d.fields[labelOrganiser]; v != "" && !noneWord(v) {
		a.Organisers = append(namesAfter(v, 0), a.Organisers...)
	}
	if v := d.fields[labelSpeaker]; v != "" {
		a.Speakers = append([]string{v}, a.Speakers...)
	}
	if v := d.fields[labelPlace]; v != "" {
		a.Place = v
	}
	a.Responsible = d.fields[labelResponsible]
	if i := holder(text); i != "" {
		a.Organisers = append(a.Organisers, i)
	}
	if len(a.Partners) == 0 && framed {
		p, _ := findPartners(d.frame.text)
		if a.Partners = r.others(p); len(p) > 0 {
			a.Inherited = append(a.Inherited, "partners")
		}
	}
	if len(a.Projects) == 0 && framed {
		a.Projects = findProjects(d.frame.text)
	}
	a.Organisers = unique(a.Organisers)
	a.Speakers = unique(a.Speakers)
	a.Partners = r.others(append(a.Partners, a.Organisers...))
}

// others leaves the association itself out of a list of partners.
func (r *reader) others(list []string) []string {
	out := []string{}
	for _, p := range unique(list) {
		if ownName(p) || len(r.out.Declaration.Associations) > 0 && strings.EqualFold(p, r.out.Declaration.Associations[0]) || strings.EqualFold(p, r.opts.Association) {
			continue
		}
		out = append(out, p)
	}
	return out
}

func noneWord(s string) bool {
	s = strings.ToLower(strings.Trim(s, " .-–—"))
	return s == "" || s == "ingen" || s == "nej" || s == "-" || s == "egen regi"
}

// holder finds "X håller i dagen", "X leder workshopen": a name before the verb.
func holder(text string) string {
	t := tokens(text)
	for i := 1; i < len(t); i++ {
		if !(is(t[i], "håller") && is(at(t, i+1), "i") || is(t[i], "leder") || is(t[i], "arrangerar") && i > 1 && is(t[i-1], "som")) {
			continue
		}
		j := i
		for j > 0 && (t[j-1].word && t[j-1].capital || t[j-1].digits && t[j-1].num < 1000 && j > 1 && t[j-2].capital) && t[j].start-t[j-1].end <= 1 {
			j--
		}
		if j == i || !t[j].capital {
			continue
		}
		if name := text[t[j].start:t[i-1].end]; !ownName(name) && !personName(name) && !is(t[j], "vi", "förbundet", "kansliet", "det", "de", "samordningsförbundet", "styrelsen", "hon", "han") && monthNames[t[j].low] == 0 {
			return name
		}
	}
	return ""
}
