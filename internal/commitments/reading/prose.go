package reading

import (
	"strings"

	"samklang/internal/platform/document"
)

// paragraph reads running text and gives the index of the next passage to read.
func (r *reader) paragraph(i int) int {
	p := &r.ps[i]
	if strings.Trim(p.text, "_-–—=*. ") == "" {
		r.other(r.whole(i))
		return i + 1
	}
	words := len(strings.Fields(p.text))
	if h, ok := isDateOnly(p.text); ok && i+1 < len(r.ps) && !r.isSignature(r.whole(i)) {
		r.heading, r.open = dateContext{h, p.text, true}, -1
		r.sayYear(h.year)
		r.rollOver(h)
		r.mark(r.whole(i), RoleHeading, -1)
		return i + 1
	}
	if n, own := promiseNumber(p.text); own {
		return r.promiseParagraph(i, 0, n)
	}
	if next, ok := r.sectionPromises(i); ok {
		return next
	}
	if next, ok := r.question(i); ok {
		return next
	}
	low := strings.ToLower(p.text)
	if words <= 7 && !strings.HasSuffix(p.text, ".") && i+1 < len(r.ps) && !hasAny(low, promiseCue) && !strings.HasSuffix(low, " att:") && !strings.HasSuffix(low, " att") {
		l, _ := labelOf(p.text + " ")
		_, known := headingMode(p.text)
		if (headingForms(p.text) != nil || known) && (l == noLabel || l == labelPromise && strings.HasSuffix(p.text, ":")) && len(findDates(p.text)) == 0 {
			p.level = 6
			if r.closing && !known {
				r.mode, r.closing = opening, false
			}
			return r.headingAt(i)
		}
	}
	if j := r.nextList(i); j > 0 {
		if next, ok := r.leadAndList(i, j); ok {
			return next
		}
	}
	if next, ok := r.leadAndParagraphs(i); ok {
		return next
	}
	return r.paragraphFrom(i, 0)
}

// question reads "Vem ansvarar?" on a line of its own, with the answer in the next paragraph, as a field of the open activity.
func (r *reader) question(i int) (int, bool) {
	text := r.ps[i].text
	if r.open < 0 || i+1 >= len(r.ps) || r.ps[i+1].kind != document.Paragraph || !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, ":") || len(strings.Fields(text)) > 5 {
		return 0, false
	}
	l := columnLabel(text)
	switch l {
	case noLabel, labelActivity, labelPromise, labelAssociation, labelOther:
		return 0, false
	}
	r.attach(r.open, r.whole(i))
	r.attach(r.open, r.whole(i+1))
	r.setField(r.open, l, strings.TrimSpace(r.ps[i+1].text))
	return i + 2, true
}

// promiseParagraph reads "Åtagande 1: Vi ska …" in running text.
func (r *reader) promiseParagraph(i, from, number int) int {
	rest := r.ps[i].text[from:]
	rest = rest[promisePrefix(rest):]
	if strings.TrimSpace(rest) == "" {
		r.ps[i].level = 6
		return r.promiseHeading(i, number, "")
	}
	p := &r.ps[i]
	if k := r.numbered(number); k >= 0 && r.mode == planning {
		return r.plansFor(i, from, k)
	}
	offset := len(p.text) - len(rest)
	end := 0
	for k, s := range p.sentences {
		if s.start < from {
			continue
		}
		g := read(p.text[s.start:s.end])
		if _, own := promiseNumber(p.text[s.start:s.end]); k > 0 && s.start > from && (own || g.announces() >= 3 && !g.promising || hasLabel(p.text[s.start:s.end])) {
			break
		}
		end = s.end
	}
	d := promiseDraft{refs: []ref{{i, from, end}}, number: number, forms: r.forms, text: strings.TrimSpace(p.text[min(offset, end):end])}
	d.concrete = read(d.text).concrete()
	r.structured++
	r.under, r.underLevel, r.open = r.addPromise(d), 6, -1
	if end < len(p.text) {
		return r.paragraphFrom(i, end)
	}
	return i + 1
}

// numbered is the index of the promise with a number, -1 for none.
func (r *reader) numbered(number int) int {
	for k := range r.promises {
		n := r.promises[k].number
		if n == number || n == 0 && k+1 == number {
			return k
		}
	}
	return -1
}

// plansFor reads "Åtagande 1: Tre fokusgrupper i mars." in a plan: what is done for a promise that was read before.
func (r *reader) plansFor(i, from, promise int) int {
	p := &r.ps[i]
	k := -1
	for _, s := range p.sentences {
		if s.start < from {
			continue
		}
		at := ref{i, s.start, s.end}
		text := r.textOf(at)
		if n, own := promiseNumber(text); own && s.start > from {
			return r.promiseParagraph(i, s.start, n)
		}
		if f := read(text); k < 0 || !f.carriesOn && (f.strongDate || f.newEvent && f.softDate) {
			k = r.addActivity(activityDraft{refs: []ref{at}, promise: promise})
			continue
		}
		r.attach(k, at)
	}
	return i + 1
}

func hasLabel(s string) bool { l, _ := labelOf(s); return l != noLabel }

// addActivity adds a draft with the surroundings' forms, year and dates, and marks its text.
func (r *reader) addActivity(d activityDraft) int {
	if d.forms == nil {
		d.forms = r.forms
	}
	d.year, d.section = r.context(), r.section
	if !d.when.ok {
		d.when = r.heading
	}
	d.plan = r.plan
	r.activities = append(r.activities, d)
	k := len(r.activities) - 1
	for _, f := range d.refs {
		r.mark(f, RoleActivity, k)
		r.found(f.passage)
	}
	return k
}

func (r *reader) attach(k int, f ref) {
	r.activities[k].refs = append(r.activities[k].refs, f)
	r.mark(f, RoleActivity, k)
}

// paragraphFrom reads the sentences of a paragraph from an offset on.
func (r *reader) paragraphFrom(i, from int) int {
	p := &r.ps[i]
	if r.openLevel == 0 && r.open >= 0 && !r.goesOn(i, from) {
		r.open = -1
	}
	r.paragraphYear = yearContext{}
	defer func() { r.paragraphYear = yearContext{} }()
	lines := len(p.sentences) > 1 && len(r.sentencesOfLines(p)) > 1
	serial := -1 // the activity that "det första", "det andra" are of
	for k := 0; k < len(p.sentences); k++ {
		s := p.sentences[k]
		if s.start < from {
			continue
		}
		at := ref{i, s.start, s.end}
		text := r.textOf(at)
		if n, own := promiseNumber(text); own && s.start > 0 {
			return r.promiseParagraph(i, s.start, n)
		}
		if l, value := labelOf(text); l != noLabel {
			r.labelled(at, l, value)
			continue
		}
		f := read(text)
		if k > 0 && s.start > from {
			before := r.textOf(ref{i, p.sentences[k-1].start, p.sentences[k-1].end})
			for _, h := range findDates(before) {
				if h.year != 0 && !looksBack(before[:h.start]) && !decided(strings.ToLower(before[:h.start])) {
					r.paragraphYear = yearContext{year: h.year, from: YearInHeading}
				}
			}
		}
		form, opens := sentenceForm(text)
		if opens {
			r.forms, r.formLevel = []Form{form}, 6
			if r.openLevel == 0 {
				r.open = -1
			}
		}
		if serial >= 0 && r.activities[serial].frame != nil && hasAny(strings.ToLower(text[:min(len(text), 24)]), []string{"varje gång", "vid varje", "till varje", "varje tillfälle", "varje träff", "varje seminarium", "per tillfälle", "samtliga tillfällen", "alla tillfällen"}) {
			fr := r.activities[serial].frame
			fr.refs, fr.text = append(fr.refs, at), fr.text+" "+text
			fr.f = read(fr.text)
			r.mark(at, RoleIntro, -1)
			continue
		}
		if d, ok := ordinalStart(f); ok && d && (serial >= 0 || r.open >= 0 && r.isSeries(r.open)) {
			if serial < 0 {
				serial = r.open
			}
			r.inSeries(serial, at)
			continue
		}
		if r.announcesActivity(f, i, s.start == 0, lines && k > 0) {
			k := r.addActivity(activityDraft{refs: []ref{at}, promise: r.under})
			r.open, r.openLevel = k, 0
			if f.willing {
				r.promise(at, text, f.promising, k, false)
			}
			if r.isSeries(k) {
				serial = k
			}
			continue
		}
		switch {
		case f.promising && !f.carriesOn && !isLead(text):
			r.promise(at, text, true, -1, false)
			if r.openLevel == 0 {
				r.open = -1
			}
			r.other(at)
		case r.open >= 0 && !opens:
			r.attach(r.open, at)
		case f.willing && !f.carriesOn && !isLead(text) && r.mode != aside:
			r.promise(at, text, false, -1, false)
			r.other(at)
		case opens:
			r.mark(at, RoleIntro, -1)
		case r.under >= 0:
			r.promises[r.under].details = append(r.promises[r.under].details, at)
			r.mark(at, RoleCommitment, r.under)
		case isLead(text) && (r.nextList(i) > 0 || i+1 < len(r.ps) && r.ps[i+1].kind == document.TableCell) || len(f.dates) > 0 && r.leadsPlan(text, i):
			r.setPlan(f, text)
			r.setPlanFromLead(f, text)
			if hasAny(strings.ToLower(text), []string{"aktivitet", "planera", "genomför", "arrang", "kalend"}) {
				r.mode = planning
			}
			r.mark(at, RoleIntro, -1)
		default:
			r.other(at)
		}
	}
	return i + 1
}

// goesOn tells whether a paragraph goes on about the activity of the one before.
func (r *reader) goesOn(i, from int) bool {
	for _, s := range r.ps[i].sentences {
		if s.start >= from {
			t := r.ps[i].text[s.start:s.end]
			l, _ := labelOf(t)
			f := read(t)
			return l != noLabel && l != labelPromise || f.carriesOn && !f.promising && f.announces() < 3
		}
	}
	return false
}

// announcesActivity decides whether a sentence of running text begins an activity.
func (r *reader) announcesActivity(f features, i int, opensParagraph, opensLine bool) bool {
	low := strings.ToLower(f.text)
	if deciding(low) || hasAny(low, []string{"inga aktiviteter", "ingen aktivitet"}) || r.firstItem < 0 && hasAny(low, []string{"protokoll"}) || f.past && r.mode != planning && r.under < 0 && !r.ps[i].calendar {
		return false
	}
	s := f.announces()
	if _, opens := sentenceForm(f.text); opens {
		for _, k := range f.kinds {
			if channelKinds[k.kind] {
				return s >= 1.5
			}
		}
		if f.newEvent {
			return s >= 2
		}
	}
	if isLead(f.text) && r.nextList(i) > 0 {
		return false
	}
	need := 3.0
	switch {
	case r.openLevel > 0 && r.open >= 0:
		// Under an activity's own heading only another dated event is a new one.
		if !f.strongDate || !f.newEvent || f.carriesOn || !r.hasDay(r.open) {
			return false
		}
		need = 4
	case r.mode == planning && r.heading.ok && opensParagraph && !f.carriesOn && !f.back && r.under < 0 && (f.newEvent || f.workProduct):
		need = 1.5
	case opensLine && (r.mode == planning || len(r.forms) > 0 && r.structured >= 2) && !f.carriesOn && !f.back && r.under < 0 && (f.newEvent || f.workProduct):
		need = 1.5
	case r.ps[i].calendar && f.strongDate && startsWithDate(f):
		need = 2
	case r.structured >= 2 && f.softDate && startsWithDate(f) && f.we && f.arranging && !f.promising && !f.back && r.mode != aside:
		need = 2 // "Under våren går vi igenom …"
	case r.mode == planning && f.strongDate && !f.carriesOn && !f.back && len(f.t) <= 24 && r.under < 0:
		need = 2
	case r.closing:
		need = 5
	case r.mode == aside:
		need = 4
	case r.firstItem < 0 && r.mode == opening:
		if !f.strongDate && !f.willing && !(f.softDate && f.we) {
			return false
		}
		if !f.newEvent && !f.workProduct && !(f.strongDate && f.arranging && f.we) {
			return false
		}
	case r.mode == promises && r.under < 0 && !f.strongDate && !f.newEvent && !f.softDate && !(len(r.forms) > 0 && r.structured >= 2):
		return false
	}
	if r.under >= 0 && !f.strongDate && !f.softDate && !f.newEvent {
		return false
	}
	// "Vi lovar att öka kunskapen genom seminarier" promises; it plans nothing.
	if f.willing && !f.strongDate && !f.concrete() && !(f.workProduct && (f.softDate || !f.promising && (r.mode == planning || len(r.forms) > 0))) {
		return false
	}
	if f.promising && !f.concrete() && !f.strongDate {
		return false
	}
	return s >= need
}

func (r *reader) hasDay(k int) bool {
	for _, f := range r.activities[k].refs {
		if read(r.textOf(f)).strongDate {
			return true
		}
	}
	return false
}

// isSeries tells whether an activity is several of a kind: "tre lunchseminarier".
func (r *reader) isSeries(k int) bool {
	for _, f := range r.activities[k].refs {
		for _, h := range read(r.textOf(f)).kinds {
			if h.count != nil {
				return true
			}
		}
	}
	return false
}

// ordinalStart tells whether a sentence goes on with one of several: "Det första, den 4 mars, …", "Andra träffen hålls i maj".
func ordinalStart(f features) (dated, ok bool) {
	i := 0
	if i < len(f.t) && is(f.t[i], "det", "den") {
		i++
	}
	if i >= len(f.t) || ordinals[f.t[i].low] == 0 && !is(f.t[i], "sista", "avslutande") {
		return false, false
	}
	if len(f.dates) > 0 && f.dates[0].start <= f.t[i].start {
		return false, false
	}
	return f.strongDate || f.softDate, true
}

// inSeries adds one of several; what announced the several becomes the text that leads them in.
func (r *reader) inSeries(k int, at ref) {
	a := &r.activities[k]
	if a.frame == nil {
		fr := &frame{refs: a.refs, used: true, draft: *a}
		var text []string
		for _, f := range a.refs {
			text = append(text, r.textOf(f))
			r.mark(f, RoleIntro, -1)
		}
		fr.text = strings.Join(text, " ")
		fr.f = read(fr.text)
		fr.kinds = fr.f.kinds
		a.frame = fr
		a.refs = nil // replaced by its parts
	}
	d := activityDraft{refs: []ref{at}, frame: a.frame, promise: a.promise, forms: a.forms}
	for _, h := range a.frame.kinds {
		if h.count != nil {
			d.kind = h.kind
			break
		}
	}
	r.open, r.openLevel = r.addActivity(d), 0
}

// activityHeading reads a heading that names an activity; the paragraphs under it belong to it.
func (r *reader) activityHeading(i int) int {
	r.open = r.addActivity(activityDraft{refs: []ref{r.whole(i)}, title: strings.TrimSpace(r.ps[i].text), promise: r.under})
	r.openLevel = max(1, r.ps[i].level)
	return i + 1
}

// labelled reads one line of a form: "Internt åtagande: …", "Datum: …".
func (r *reader) labelled(at ref, l label, value int) {
	text := r.textOf(at)
	rest := ref{at.passage, at.start + value, at.end}
	switch l {
	case labelPromise:
		if f := headingForms(text[:value]); len(f) > 0 {
			r.forms, r.formLevel = f, 6
		}
		r.open = -1
		if strings.TrimSpace(r.textOf(rest)) == "" {
			r.mode = promises
			r.mark(at, RoleHeading, -1)
			return
		}
		f := read(r.textOf(rest))
		if (r.mode == planning || r.structured >= 2) && (f.strongDate || f.newEvent || f.workProduct) && !f.promising {
			r.open, r.openLevel = r.addActivity(activityDraft{refs: []ref{at}, promise: -1}), 0
			return
		}
		r.other(at)
		r.promise(rest, strings.TrimSpace(r.textOf(rest)), f.promising, -1, true)
		r.found(at.passage)
	case labelAssociation:
		r.mark(at, RoleSignature, -1)
	case labelActivity:
		r.open, r.openLevel = r.addActivity(activityDraft{refs: []ref{at}, title: strings.Trim(strings.TrimSpace(r.textOf(rest)), "."), promise: r.under}), 0
	default:
		if r.open < 0 && (l == labelDate || l == labelOther || r.firstItem < 0) || r.open < 0 && r.under < 0 {
			r.other(at)
			return
		}
		if r.open < 0 {
			r.promises[r.under].details = append(r.promises[r.under].details, at)
			r.mark(at, RoleCommitment, r.under)
			return
		}
		r.attach(r.open, at)
		r.setField(r.open, l, strings.TrimSpace(r.textOf(rest)))
	}
}

func (r *reader) setField(k int, l label, value string) {
	a := &r.activities[k]
	if a.fields == nil {
		a.fields = map[label]string{}
	}
	if a.fields[l] != "" {
		value = a.fields[l] + "; " + value
	}
	a.fields[l] = value
}
