package reading

import (
	"strings"

	"samklang/internal/platform/document"
)

// item is a list item: its own passage, the paragraphs that go on with it, and the items under it.
type item struct {
	main int
	more []int
	subs []item
}

// items gathers the list that begins at passage j and gives the index after it.
func (r *reader) items(j int) ([]item, int) {
	top := r.ps[j].level
	var out []item
	for ; j < len(r.ps); j++ {
		p := &r.ps[j]
		switch {
		case p.kind == document.Running:
			r.mark(r.whole(j), RoleRunning, -1)
		case p.kind == document.ListItem:
			if len(out) > 0 && p.level > top {
				last := &out[len(out)-1]
				last.subs = append(last.subs, item{main: j})
				continue
			}
			if p.level < top {
				top = p.level
			}
			out = append(out, item{main: j})
		case p.kind == document.Paragraph && p.level > 0 && len(out) > 0:
			last := &out[len(out)-1]
			if n := len(last.subs); n > 0 && p.level > top {
				last.subs[n-1].more = append(last.subs[n-1].more, j)
			} else {
				last.more = append(last.more, j)
			}
		default:
			return out, j
		}
	}
	return out, j
}

// verdict is what a list holds.
type verdict uint8

const (
	verdictNeither verdict = iota
	verdictPromises
	verdictActivities
	verdictSigners
)

var (
	leadPromiseWords  = []string{"åtar", "lovar", "förbinder", "åtagande", "löfte", "utfäster", "vi ska", "vill vi", "vi vill", "innebär att", "ska vi", "commit", "promise", "målet är att", "skriver vi under på", "betyder det att", "står vi för", " vill "}
	leadActivityWords = []string{"aktivitet", "planera", "genomför", "arrangera", "program", "kalend", "exempel på", "konkret", "insatser", "gör vi följande", "detta gör vi", "så gör vi", "händer", "träffar", "seminari", "ordna", "datum", "hålls", "håller", "tillfällen", "evenemang", "kanaler", "sprider vi", "activities"}
	leadAsideWords    = []string{"medlemmar", "parter", "består av", "kontakta", "ledamöter", "närvarande", "bilagor", "läs mer", "länkar", "finansieras", "ägare"}
)

// decide weighs what the lead and the items say. Promises are infinitives after "vi åtar oss att"; activities have dates and events.
func (r *reader) decide(items []item, lead string) verdict {
	low := strings.ToLower(lead)
	n, inf, dated, event, names, short := 0, 0, 0, 0, 0, 0
	for _, it := range items {
		n++
		text := r.ps[it.main].text
		f := read(text)
		for _, m := range it.subs {
			g := read(r.ps[m.main].text)
			f.strongDate = f.strongDate || g.strongDate && !infinitive(text)
		}
		isInf := infinitive(text)
		if isInf && !f.strongDate {
			inf++
		}
		switch {
		case f.strongDate || f.softDate && (len(f.kinds) > 0 || startsWithDate(f)) && !isInf:
			dated++
		case f.newEvent, f.workProduct && !isInf:
			event++
		}
		if o := organisations(text); len(o) > 0 && onlyName(strings.Trim(text, " .,;")) {
			names++
		}
		if len(strings.Fields(text)) <= 4 && !isInf && !f.strongDate && len(f.kinds) == 0 {
			short++
		}
	}
	if n == 0 {
		return verdictNeither
	}
	if r.speaks && r.under < 0 && r.statementsWithPlans(items) {
		return verdictPromises
	}
	share := func(k int) float64 { return float64(k) / float64(n) }
	if names*2 > n {
		if hasAny(low, signCues) || strings.Contains(low, "följande förbund") || strings.Contains(low, "undertecknande") {
			return verdictSigners
		}
		return verdictNeither
	}
	leadP, leadA := hasAny(low, leadPromiseWords) || r.promiseLead || strings.HasSuffix(low, " ska:") || strings.HasSuffix(low, " skall:") || strings.HasSuffix(low, " vill:"), hasAny(low, leadActivityWords)
	if f := findDates(lead); len(f) > 0 && isLead(lead) && !leadP {
		leadA = true
	}
	if (hasAny(low, leadAsideWords) && !leadP && !leadA || share(short) > 0.6) && dated+event == 0 && !leadP {
		return verdictNeither
	}
	s := 0.0
	if leadP {
		s += 3
	}
	if strings.HasSuffix(low, "att:") || strings.HasSuffix(low, " att") {
		s += 1.5
	}
	if leadA {
		s -= 2.5
	}
	switch r.mode {
	case promises:
		s += 2
		if len(r.forms) > 0 && !r.promiseLead {
			s -= 1
		}
	case planning:
		s -= 3
	}
	if len(r.forms) > 0 && r.structured >= 2 && !r.promiseLead || r.under >= 0 {
		s -= 2
	}
	s += 2*share(inf) - 4*share(dated) - 2.5*share(event)
	if r.mode == aside && !leadP && !leadA {
		if share(dated)+share(event) < 0.5 || r.closing {
			return verdictNeither
		}
	}
	if (s > 0.4 || s > 0 && leadP && !leadA) && (leadP || r.mode == promises || share(inf) >= 0.5 && n > 1 && r.speaks) {
		if r.structured >= 2 && !leadP && r.mode != promises && share(inf) < 0.8 {
			return verdictNeither
		}
		return verdictPromises
	}
	leads := isLead(lead) || len(findDates(lead)) > 0 || r.mode != opening
	if share(dated)+share(event) >= 0.3 && (n > 1 || dated > 0 || len(r.forms) > 0 || r.mode == planning) || leadA && leads || r.mode == planning || len(r.forms) > 0 && (r.structured >= 2 || dated+event > 0) {
		return verdictActivities
	}
	if r.under >= 0 {
		return verdictNeither
	}
	if share(inf) >= 0.6 && n > 1 && r.speaks {
		return verdictPromises
	}
	return verdictNeither
}

// statementsWithPlans tells whether the items say how something shall be and the items under them what is planned for it.
func (r *reader) statementsWithPlans(items []item) bool {
	planned := 0
	for _, it := range items {
		text := r.ps[it.main].text
		f := read(text)
		l, _ := labelOf(text)
		if len(it.subs) == 0 || len(f.t) < 5 || f.strongDate || f.newEvent || isLead(text) || l != noLabel || headingForms(text) != nil && len(f.t) < 8 {
			continue
		}
		for _, s := range it.subs {
			if g := read(r.ps[s.main].text); g.announces() >= 2.5 || g.strongDate && !g.back || g.newEvent {
				planned++
				break
			}
		}
	}
	return planned > 0 && planned*3 >= len(items)*2
}

// list reads a list that no paragraph leads in.
func (r *reader) list(j int, _ *frame) int {
	items, next := r.items(j)
	if !strings.ContainsFunc(r.ps[j].text, isLetter) && len(items) == 1 {
		r.mark(r.whole(j), RoleRunning, -1)
		return j + 1
	}
	lead := ""
	if j > 0 && r.ps[j-1].kind == document.Heading && j-1 != r.title {
		lead = r.ps[j-1].text
	}
	switch v := r.decide(items, lead); {
	case v == verdictPromises:
		r.listPromises(items)
	case v == verdictActivities && r.open >= 0 && r.openLevel > 0 && !r.manyDated(items):
		for k := j; k < next; k++ {
			if r.ps[k].kind != document.Running {
				r.attachLabelled(r.open, k)
			}
		}
	case v == verdictActivities:
		var fr *frame
		if lead != "" {
			fr = &frame{text: lead, f: read(lead), used: true}
			fr.kinds = fr.f.kinds
		}
		r.listActivities(items, fr)
	case v == verdictSigners:
		for k := j; k < next; k++ {
			r.mark(r.whole(k), RoleSignature, -1)
		}
	default:
		for k := j; k < next; k++ {
			switch {
			case r.ps[k].kind == document.Running:
			case r.open >= 0 && r.openLevel > 0:
				r.attachLabelled(r.open, k)
			case r.under >= 0:
				r.promises[r.under].details = append(r.promises[r.under].details, r.whole(k))
				r.mark(r.whole(k), RoleCommitment, r.under)
			case len(strings.Fields(r.ps[k].text)) > 5:
				r.paragraphFrom(k, 0)
			default:
				r.other(r.whole(k))
			}
		}
	}
	return next
}

func (r *reader) attachLabelled(k, passage int) {
	r.attach(k, r.whole(passage))
	text := r.ps[passage].text
	if l, v := labelOf(text); l != noLabel {
		r.setField(k, l, strings.TrimSpace(text[v:]))
	}
}

func (r *reader) manyDated(items []item) bool {
	n := 0
	for _, it := range items {
		if l, _ := labelOf(r.ps[it.main].text); l == noLabel && read(r.ps[it.main].text).strongDate {
			n++
		}
	}
	return n*2 > len(items) && n > 1
}

// listPromises makes a promise of every item. An item under it that plans something is an activity for that promise, other text under
// it a detail.
func (r *reader) listPromises(items []item) {
	r.structured += len(items)
	for _, it := range items {
		p := &r.ps[it.main]
		text := withoutListEnd(p.text)
		d := promiseDraft{refs: []ref{{it.main, 0, len(text)}}, number: markerNumber(p.block.Marker), forms: r.forms, text: text}
		d.text = strings.TrimPrefix(withoutNumber(text), "att ")
		if n, own := promiseNumber(text); own {
			d.number, d.text = n, strings.TrimSpace(text[promisePrefix(text):])
		} else if l, v := labelOf(text); l == labelPromise && v < len(text) {
			if f := headingForms(text[:v]); len(f) > 0 {
				d.forms, d.text = f, text[v:]
			}
		}
		if d.text == "" {
			d.text = text
		}
		if d.forms == nil {
			if f, ok := sentenceForm(d.text); ok {
				d.forms = []Form{f}
			}
		}
		for _, m := range it.more {
			f := read(r.ps[m].text)
			if f.announces() >= 3 && !f.willing {
				continue
			}
			d.refs = append(d.refs, r.whole(m))
			d.details = append(d.details, r.whole(m))
		}
		d.concrete = read(d.text).concrete()
		for _, s := range it.subs {
			if f := read(r.ps[s.main].text); f.announces() >= 2.5 {
				d.concrete = false
			}
		}
		k := r.addPromise(d)
		for _, m := range it.more {
			if r.ps[m].roles[0] == "" {
				r.addActivity(activityDraft{refs: []ref{r.whole(m)}, promise: k})
			}
		}
		for _, s := range it.subs {
			text := r.ps[s.main].text
			f := read(text)
			own := f.announces() >= 2.5 || f.strongDate && !f.back || f.newEvent
			if strings.HasPrefix(strings.ToLower(text), "aktivitet") {
				own = true
			}
			refs := append([]ref{r.whole(s.main)}, r.wholes(s.more)...)
			if own {
				r.addActivity(activityDraft{refs: refs, promise: k})
				continue
			}
			r.promises[k].details = append(r.promises[k].details, refs...)
			for _, f := range refs {
				r.mark(f, RoleCommitment, k)
			}
		}
	}
}

// withoutListEnd takes off what only joins an item to the next: a comma, a semicolon, "samt".
func withoutListEnd(s string) string {
	cut := strings.TrimRight(s, " ,;")
	for _, w := range [...]string{" samt", " och", ", samt", "; samt", "; och"} {
		cut = strings.TrimSuffix(cut, w)
	}
	if cut = strings.TrimRight(cut, " ,;"); cut == "" {
		return s
	}
	return cut
}

func (r *reader) wholes(list []int) []ref {
	var out []ref
	for _, i := range list {
		out = append(out, r.whole(i))
	}
	return out
}

// listActivities makes an activity of every item. Items under an item are details of it, or activities of their own when they have
// their own dates and the item above only leads them in.
func (r *reader) listActivities(items []item, fr *frame) {
	r.open = -1
	heading := r.heading
	for _, it := range items {
		text := r.ps[it.main].text
		if n, own := promiseNumber(text); own && len(it.subs) > 0 {
			d := promiseDraft{refs: []ref{r.whole(it.main)}, number: n, forms: r.forms, text: strings.TrimSpace(text[promisePrefix(text):])}
			if d.text == "" {
				d.text = text
			}
			r.structured++
			k := r.addPromise(d)
			for _, s := range it.subs {
				r.itemActivity(s, fr, dateContext{}, k)
			}
			continue
		}
		if h, ok := isDateOnly(text); ok && len(it.subs) > 0 {
			r.mark(r.whole(it.main), RoleHeading, -1)
			for _, s := range it.subs {
				r.itemActivity(s, fr, dateContext{h, text, true}, r.under)
			}
			continue
		}
		if len(it.subs) > 1 && r.leadsSubs(it) {
			f := read(text)
			r.mark(r.whole(it.main), RoleIntro, -1)
			inner := &frame{refs: []ref{r.whole(it.main)}, text: text, f: f, kinds: f.kinds, used: true}
			forms := r.forms
			if hf := headingForms(text); len(hf) > 0 && len(strings.Fields(text)) < 8 {
				r.forms = hf
			}
			for _, s := range it.subs {
				r.itemActivity(s, inner, dateContext{}, r.under)
			}
			r.forms = forms
			continue
		}
		r.itemActivity(it, fr, dateContext{}, r.under)
	}
	r.heading = heading
}

// leadsSubs tells whether an item only leads the items under it in.
func (r *reader) leadsSubs(it item) bool {
	own := read(r.ps[it.main].text)
	if own.strongDate {
		return false
	}
	n := 0
	for _, s := range it.subs {
		text := r.ps[s.main].text
		if l, _ := labelOf(text); l != noLabel {
			return false
		}
		if f := read(text); f.strongDate || f.newEvent && !f.carriesOn || f.workProduct && f.arranging {
			n++
		}
	}
	return n*2 >= len(it.subs) && n > 0
}

// itemActivity makes an activity of an item with all that is under it; a later sentence that announces another dated event makes one
// more.
func (r *reader) itemActivity(it item, fr *frame, when dateContext, promise int) {
	d := activityDraft{frame: fr, when: when, promise: promise}
	p := &r.ps[it.main]
	if h, ok := monthDay(p.text, r.heading, when); ok {
		d.when = h
	}
	if f, ok := sentenceForm(p.text); ok {
		d.forms = []Form{f}
	} else if l, v := labelOf(p.text); l == labelPromise {
		if f := headingForms(p.text[:v]); len(f) > 0 {
			d.forms = f
		}
	}
	if fr != nil {
		own := findKinds(tokens(p.text))
		for _, h := range own {
			for _, k := range fr.kinds {
				fr.used = fr.used || k.kind == h.kind
			}
		}
		fr.used = fr.used || len(own) == 0 && len(findDates(p.text)) > 0
	}
	var cut []ref
	end := len(p.text)
	for k, s := range p.sentences {
		if k == 0 {
			continue
		}
		if g := read(p.text[s.start:s.end]); g.strongDate && g.newEvent && !g.carriesOn && !g.back && startsWithDate(g) && g.announces() >= 4 {
			if len(cut) == 0 {
				end = s.start
			}
			cut = append(cut, ref{it.main, s.start, s.end})
		} else if len(cut) > 0 {
			cut[len(cut)-1].end = s.end
		}
	}
	d.refs = append(d.refs, ref{it.main, 0, end})
	d.refs = append(d.refs, r.wholes(it.more)...)
	var labels []ref
	for _, s := range it.subs {
		for _, f := range append([]ref{r.whole(s.main)}, r.wholes(s.more)...) {
			d.refs = append(d.refs, f)
			labels = append(labels, f)
		}
	}
	k := r.addActivity(d)
	for _, f := range labels {
		if l, v := labelOf(r.textOf(f)); l != noLabel {
			r.setField(k, l, strings.TrimSpace(r.textOf(f)[v:]))
		}
	}
	for _, c := range cut {
		r.addActivity(activityDraft{refs: []ref{c}, frame: fr, promise: promise})
	}
}

// monthDay reads an item that begins with a bare day under a heading that is a month: "12: Webbinarium" under "Mars".
func monthDay(text string, contexts ...dateContext) (dateContext, bool) {
	for _, c := range contexts {
		if !c.ok || c.hit.precision != "month" {
			continue
		}
		t := tokens(text)
		i := 0
		if i < len(t) && is(t[i], "den") {
			i++
		}
		if i+1 >= len(t) || !t[i].digits || t[i].num < 1 || t[i].num > 31 {
			continue
		}
		if n := t[i+1]; !is(n, ":", ",") && !isDash(n) && !isEventWord(n.low) || is(n, ":") && i+2 < len(t) && t[i+2].digits {
			continue
		}
		m := c.hit.resolve(2024).from.Month
		h := dateScanner{t}.dayHit([]dayMonth{{t[i].num, m, c.hit.year}}, false, -1)
		if !dayExists(2024, int(m), t[i].num) {
			continue
		}
		h.start, h.end = 0, t[i].end
		return dateContext{h, text, true}, true
	}
	return dateContext{}, false
}
