package reading

import (
	"strings"

	"samklang/internal/platform/document"
)

// leadAndParagraphs reads "Vi lovar tre saker:" with the paragraphs that say them. It also notes a lead to promises that stand under
// headings further on: "Kommunen åtar sig att:" before "Internt".
func (r *reader) leadAndParagraphs(i int) (int, bool) {
	p := &r.ps[i]
	last := p.sentences[len(p.sentences)-1]
	lead := p.text[last.start:last.end]
	low := strings.ToLower(lead)
	if !isLead(lead) || !hasAny(low, promiseCue) && !hasAny(low, []string{" lovar", " åtar ", " förbinder "}) {
		return 0, false
	}
	mark := func() {
		for k, s := range p.sentences {
			if f := (ref{i, s.start, s.end}); k == len(p.sentences)-1 {
				r.mark(f, RoleIntro, -1)
			} else {
				r.other(f)
			}
		}
		if y := yearsIn(lead); len(y) > 0 {
			r.sectionYear = yearContext{year: y[0], from: YearInHeading}
		}
	}
	if i+1 < len(r.ps) && (r.ps[i+1].kind == document.Heading || headingForms(r.ps[i+1].text) != nil && len(strings.Fields(r.ps[i+1].text)) <= 4) {
		mark()
		r.mode, r.promiseLead = promises, true
		return i + 1, true
	}
	wanted := 0
	for _, t := range tokens(lead) {
		if n := numberWords[t.low]; n > 1 && n < 20 {
			wanted = n
		}
	}
	j, n := i+1, 0
	for ; j < len(r.ps) && r.ps[j].kind == document.Paragraph && (wanted == 0 || n < wanted); j++ {
		q := &r.ps[j]
		if f := read(q.text); len(strings.Fields(q.text)) > 60 || isLead(q.text) || f.strongDate || headingForms(q.text) != nil && len(strings.Fields(q.text)) <= 4 {
			break
		}
		each := len(q.sentences) > 1
		for _, s := range q.sentences {
			each = each && firstWord(q.text[s.start:s.end]) == "att"
		}
		if !each && wanted == 0 && n > 0 && !infinitive(q.text) {
			break
		}
		if n == 0 {
			mark()
		}
		parts := []sentence{{0, len(q.text)}}
		if e := splitEnumeration(q.text); len(e) > 1 {
			parts = e
		} else if each {
			parts = q.sentences
		}
		for _, s := range parts {
			r.structured++
			n++
			r.addPromise(promiseDraft{refs: []ref{{j, s.start, s.end}}, text: withoutListEnd(strings.TrimSpace(q.text[s.start:s.end])), forms: r.forms, concrete: read(q.text[s.start:s.end]).concrete()})
		}
		if each && wanted == 0 {
			j++
			break
		}
	}
	return j, n > 0
}

// nextList gives the index of the list that begins right after passage i, 0 for none.
func (r *reader) nextList(i int) int {
	j := i + 1
	for j < len(r.ps) && r.ps[j].kind == document.Running {
		j++
	}
	if j < len(r.ps) && r.ps[j].kind == document.ListItem && strings.ContainsFunc(r.ps[j].text, isLetter) {
		return j
	}
	return 0
}

// leadAndList reads a paragraph together with the list it leads in; ok is false when the list turns out to be neither promises nor
// activities.
func (r *reader) leadAndList(i, j int) (int, bool) {
	p := &r.ps[i]
	last := p.sentences[len(p.sentences)-1]
	if !isLead(p.text) && r.announcesSeveral(p) {
		return 0, false
	}
	for _, s := range p.sentences {
		if f, ok := sentenceForm(p.text[s.start:s.end]); ok {
			r.forms, r.formLevel = []Form{f}, 6
		}
	}
	items, next := r.items(j)
	lead := p.text
	if isLead(p.text) && len(p.sentences) > 1 {
		// What a longer paragraph says before its last sentence leads nothing in.
		lead = p.text[last.start:last.end]
	}
	v := r.decide(items, lead)
	if v == verdictSigners {
		r.mark(r.whole(i), r.leadRole(), -1)
		for k := j; k < next; k++ {
			if r.ps[k].kind != document.Running {
				r.mark(r.whole(k), RoleSignature, -1)
			} else {
				r.mark(r.whole(k), RoleRunning, -1)
			}
		}
		return next, true
	}
	if v == verdictNeither {
		return 0, false
	}
	if v == verdictPromises {
		for k, s := range p.sentences {
			f := ref{i, s.start, s.end}
			if k == len(p.sentences)-1 || hasAny(strings.ToLower(r.textOf(f)), promiseCue) && k >= len(p.sentences)-2 {
				r.mark(f, RoleIntro, -1)
			} else {
				r.other(f)
			}
		}
		// "Vi lovar att under 2026:" gives its year to the list.
		if h := findDates(lead); len(h) > 0 && h[0].year != 0 {
			r.sectionYear = yearContext{year: h[0].year, from: YearInHeading}
		}
		r.listPromises(items)
		return next, true
	}
	fr := &frame{}
	var text []string
	for _, s := range p.sentences {
		f := ref{i, s.start, s.end}
		g := read(r.textOf(f))
		if g.strongDate && g.newEvent && g.announces() >= 4 && !plural(g) {
			r.addActivity(activityDraft{refs: []ref{f}, promise: r.under})
			continue
		}
		fr.refs = append(fr.refs, f)
		text = append(text, r.textOf(f))
		r.mark(f, RoleIntro, -1)
	}
	fr.text = strings.Join(text, " ")
	fr.f = read(fr.text)
	fr.kinds = fr.f.kinds
	r.setPlanFromLead(fr.f, fr.text)
	fr.draft = activityDraft{refs: fr.refs, forms: r.forms, year: r.context(), when: r.heading, plan: r.plan, promise: r.under}
	r.listActivities(items, fr)
	// What the lead announces and the list does not take up is an activity of its own.
	if !fr.used {
		for _, f := range fr.refs {
			if g := read(r.textOf(f)); g.announces() >= 3 && (g.newEvent || g.workProduct) && !isLead(r.textOf(f)) {
				d := fr.draft
				d.refs = fr.refs
				r.activities = append(r.activities, d)
				for _, f := range fr.refs {
					r.mark(f, RoleActivity, len(r.activities)-1)
				}
				break
			}
		}
	}
	r.open = -1
	return next, true
}

// announcesSeveral tells whether a paragraph holds activities itself rather than leading any in.
func (r *reader) announcesSeveral(p *passage) bool {
	n := 0
	for _, s := range p.sentences {
		if f := read(p.text[s.start:s.end]); f.strongDate && f.announces() >= 3 && !f.carriesOn {
			n++
		}
	}
	return n >= 2
}

func (r *reader) leadRole() Role {
	if r.firstItem < 0 {
		return RolePreamble
	}
	return RoleIntro
}

// setPlanFromLead keeps the season or year that the words before a list, or before a whole plan, say.
func (r *reader) setPlanFromLead(f features, text string) {
	for _, d := range f.dates {
		if d.year != 0 && !looksBack(text[:d.start]) {
			r.sectionYear = yearContext{year: d.year, from: YearInHeading}
			break
		}
	}
}

// leadsPlan tells whether a paragraph leads in what its next headings hold: "Här följer exempel på aktiviteter under hösten 2021 …:".
func (r *reader) leadsPlan(text string, i int) bool {
	low := strings.ToLower(text)
	return hasAny(low, []string{"aktivitet", "planera", "följande", "här följer", "nedan"}) && i+1 < len(r.ps) && (strings.HasSuffix(strings.TrimSpace(text), ":") || r.ps[i+1].kind == document.Heading)
}
