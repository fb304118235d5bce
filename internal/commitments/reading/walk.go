package reading

import (
	"strings"

	"samklang/internal/core/period"
	"samklang/internal/platform/document"
)

// reader holds the state of one reading: what the part of the document being read is about, and the promises and activities found so
// far as drafts that point into the passages.
type reader struct {
	doc   document.Document
	opts  Options
	out   Reading
	ps    []passage
	title int // index of the passage that is the title; -1 for none
	year  yearContext

	mode          mode
	forms         []Form
	formLevel     int // heading level that set the forms
	sectionYear   yearContext
	paragraphYear yearContext // said earlier in the paragraph being read
	heading       dateContext // from a heading that is a date: "Mars", "Hösten 2026"
	plan          dateContext // from the words that lead a whole plan in: "som vi har planerat under hösten 2021"
	under         int         // index of the promise whose heading we are under; -1 for none
	underLevel    int
	open          int    // index of the activity whose heading or sentence we are in; -1 for none
	openLevel     int    // level of the heading that opened it; 0 for a sentence
	structured    int    // promises found in lists, tables or under headings of their own
	firstItem     int    // passage of the first promise or activity; -1 for none
	yearSaid      int    // how many activities stood before the last heading that says a year
	section       string // the heading above, when it says neither form nor time
	promiseLead   bool   // "åtar sig att:" stands above the headings being read
	closing       bool
	speaks        bool // the document uses the words of promises somewhere

	promises   []promiseDraft
	activities []activityDraft
	candidates []candidate // sentences that promise in running text
}

// dateContext is a date that holds for what comes after it.
type dateContext struct {
	hit  dateHit
	text string
	ok   bool
}

// promiseDraft is a promise as stretches of passages.
type promiseDraft struct {
	refs     []ref
	title    string
	text     string
	number   int // the document's own
	forms    []Form
	details  []ref
	concrete bool // also an activity
	dropped  bool
	year     yearContext
}

// activityDraft is an activity as stretches of passages, with what its surroundings say.
type activityDraft struct {
	refs    []ref
	details []ref
	forms   []Form
	year    yearContext
	when    dateContext
	plan    dateContext
	frame   *frame
	kind    Kind // said by the surroundings
	promise int  // index of the promise it is placed under; -1 for none
	fields  map[label]string
	title   string
	section string // the heading above, when it is about something
}

// frame is text that leads a list of activities in and says things that hold for its items.
type frame struct {
	refs  []ref
	text  string
	f     features
	kinds []kindHit
	used  bool
	draft activityDraft
}

// candidate is a sentence of running text that promises something.
type candidate struct {
	at       ref
	text     string
	forms    []Form
	strong   bool // "lovar", "åtar sig", not only "ska"
	before   int  // number of structured promises found before it
	activity int  // index of the activity it also is; -1 for none
	labelled bool
	planning bool
	year     yearContext
}

func newReader(doc document.Document, opts Options) *reader {
	r := &reader{doc: doc, opts: opts, title: -1, under: -1, open: -1, firstItem: -1}
	r.out.Document = doc
	r.speaks = hasAny(strings.ToLower(doc.Text), []string{"åtagande", "löfte", "lovar", "åtar", "deklaration", "avsiktsförklaring", "förbinder", "commit", "utfäst"})
	r.passages()
	return r
}

// walk reads the passages in order.
func (r *reader) walk() {
	texts := make([]string, 0, len(r.ps))
	for i := range r.ps {
		if r.ps[i].kind != document.Running {
			texts = append(texts, r.ps[i].text)
		}
	}
	r.year = documentYear(r.out.Declaration.Title, texts, r.opts.Year)
	for i := 0; i < len(r.ps); {
		p := &r.ps[i]
		switch {
		case i == r.title:
			r.mark(r.whole(i), RoleTitle, -1)
			if m, ok := headingMode(p.text); ok && m == planning && !hasAny(strings.ToLower(p.text), []string{"åtagande", "löfte", "deklaration"}) {
				r.mode = planning
			}
			i++
		case p.kind == document.Running:
			r.mark(r.whole(i), RoleRunning, -1)
			i++
		case p.kind == document.TableCell:
			i = r.table(i)
		case p.kind == document.ListItem:
			i = r.list(i, nil)
		case p.kind == document.Heading:
			i = r.headingAt(i)
		default:
			i = r.paragraph(i)
		}
	}
}

// isDateOnly tells whether a text is a date and nothing else to speak of: "Mars 2026", "Vecka 12:", "Under hösten".
func isDateOnly(text string) (dateHit, bool) {
	t := strings.TrimRight(strings.TrimSpace(text), ":. ")
	if len(t) > 60 {
		return dateHit{}, false
	}
	h := findDates(t)
	if len(h) != 1 || h[0].precision == period.NotSet || h[0].frequency && len(strings.Fields(t)) > 3 {
		if len(h) == 0 {
			if m, ok := monthShort[strings.ToLower(t)]; ok {
				long := map[int]string{1: "januari", 2: "februari", 3: "mars", 4: "april", 6: "juni", 7: "juli", 8: "augusti", 9: "september", 10: "oktober", 11: "november", 12: "december"}[int(m)]
				if h := findDates(long); len(h) == 1 {
					h[0].end = len(t)
					return h[0], true
				}
			}
		}
		return dateHit{}, false
	}
	rest := strings.Fields(t[:h[0].start] + " " + t[h[0].end:])
	for _, w := range rest {
		if lw := strings.ToLower(strings.Trim(w, ".,:()–-")); lw != "" && lw != "under" && lw != "i" && lw != "den" && lw != "på" && lw != "till" && lw != "senast" && lw != "före" {
			return dateHit{}, false
		}
	}
	return h[0], true
}

// headingAt reads a heading and gives the index of the next passage to read.
func (r *reader) headingAt(i int) int {
	p := &r.ps[i]
	text := p.text
	r.section = ""
	if m, ok := headingMode(text); !(ok && m == planning && r.under >= 0 && (strings.HasSuffix(text, ":") || r.keepsUnder(i))) {
		r.closeAt(p.level)
	} else {
		r.open = -1
	}
	if isChrome(text) || onlyName(text) && r.firstItem < 0 {
		role := RoleUnread
		if onlyName(text) {
			role = RoleSignature
		} else if r.firstItem < 0 {
			role = RolePreamble
		}
		r.mark(r.whole(i), role, -1)
		if r.firstItem >= 0 && isChrome(text) {
			r.mode, r.closing = aside, true
		}
		return i + 1
	}
	if h, ok := isDateOnly(text); ok {
		r.heading = dateContext{h, text, true}
		r.sayYear(h.year)
		r.rollOver(h)
		r.mark(r.whole(i), RoleHeading, -1)
		if r.mode != promises || r.structured > 0 {
			r.mode = planning
		}
		return i + 1
	}
	if ys := yearsIn(text); len(ys) > 0 {
		r.sayYear(ys[0])
	}
	if n, own := promiseNumber(text); own {
		return r.promiseHeading(i, n, strings.TrimSpace(text[promisePrefix(text):]))
	}
	m, known := headingMode(text)
	forms := headingForms(text)
	f := read(text)
	if strings.HasSuffix(text, ":") && (hasAny(strings.ToLower(text), promiseCue) || strings.HasSuffix(strings.ToLower(text), " lovar:")) {
		r.mode = promises
		if next, ok := r.leadAndParagraphs(i); ok {
			return next
		}
	}
	if forms == nil && p.level <= max(1, r.formLevel) {
		r.promiseLead = false
	}
	if known && m == planning {
		r.promiseLead = false
	}
	if (f.strongDate && len(f.kinds) > 0 || f.strongDate && len(f.t) > 3 && r.mode == planning) && !isPlanHeading(f) {
		return r.activityHeading(i)
	}
	if number := markerNumber(p.block.Marker); number > 0 && !strings.HasPrefix(p.block.Marker, "§") && !known && forms == nil && (r.mode == promises || r.mode == opening && r.numberedPromises(i)) {
		return r.promiseHeading(i, number, text)
	}
	if len(forms) > 0 && len(text) < 90 {
		r.forms, r.formLevel = forms, p.level
		r.under = -1
		if !known && r.mode == aside {
			r.mode = opening
		}
		if known && m == planning {
			r.mode = planning
		}
		if known && m == promises && r.mode != planning {
			r.mode = promises
		}
		if known && m == aside && r.mode == aside {
			r.mode = opening
		}
		r.mark(r.whole(i), RoleHeading, -1)
		return i + 1
	}
	if known {
		r.mode = m
		if p.level <= r.formLevel || m == aside {
			r.forms, r.formLevel = nil, 0
		}
		r.heading = dateContext{}
		if m == planning {
			r.setPlan(f, text)
		}
		r.closing = m == aside && r.firstItem >= 0
		r.mark(r.whole(i), RoleHeading, -1)
		return i + 1
	}
	if len(f.kinds) > 0 && r.mode != promises && len(f.t) <= 14 && (r.mode == planning || r.firstItem >= 0) && r.bodyIsProse(i) && !plural(f) {
		return r.activityHeading(i)
	}
	if r.mode == promises && r.bodyIsProse(i) && infinitive(text) {
		return r.promiseHeading(i, 0, text)
	}
	if r.mode == aside {
		r.mode = opening
	}
	if p.level <= r.formLevel {
		r.forms, r.formLevel = nil, 0
	}
	if strings.HasPrefix(p.block.Marker, "§") && r.firstItem >= 0 {
		r.mode, r.closing = aside, true // the minutes' next matter
	}
	r.section = text
	r.heading = dateContext{}
	role := RoleHeading
	if r.firstItem >= 0 && (i+1 == len(r.ps) || r.ps[i+1].kind == document.Heading && r.ps[i+1].level <= p.level) {
		role = RoleUnread // it stands over nothing
	}
	r.mark(r.whole(i), role, -1)
	return i + 1
}

// keepsUnder tells whether a heading such as "Aktiviteter" belongs to the promise above it: it comes again under other promises.
func (r *reader) keepsUnder(i int) bool {
	for j := range r.ps {
		if j != i && strings.EqualFold(r.ps[j].text, r.ps[i].text) {
			return true
		}
	}
	return false
}

// isPlanHeading: "Aktiviteter mars–juni" is about several.
func isPlanHeading(f features) bool {
	m, ok := headingMode(f.text)
	return ok && m == planning
}

func plural(f features) bool {
	for _, k := range f.kinds {
		low := strings.ToLower(f.text[k.start:k.end])
		if strings.HasSuffix(low, "er") || strings.HasSuffix(low, "ar") || strings.HasSuffix(low, "or") || strings.HasSuffix(low, "s") {
			return true
		}
	}
	return false
}

// bodyIsProse tells whether the passage after a heading is a paragraph that leads no list in.
func (r *reader) bodyIsProse(i int) bool {
	return i+1 < len(r.ps) && r.ps[i+1].kind == document.Paragraph && !strings.HasSuffix(r.ps[i+1].text, ":")
}

// numberedPromises tells whether a numbered heading at i is one of several whose text reads like promises.
func (r *reader) numberedPromises(i int) bool {
	n, like := 0, 0
	for j := i; j < len(r.ps) && j < i+40; j++ {
		if r.ps[j].kind != document.Heading || markerNumber(r.ps[j].block.Marker) == 0 {
			continue
		}
		if _, known := headingMode(r.ps[j].text); known || headingForms(r.ps[j].text) != nil {
			return false
		}
		n++
		if infinitive(r.ps[j].text) || j+1 < len(r.ps) && hasAny(strings.ToLower(r.ps[j+1].text)+" ", willCue) || j+1 < len(r.ps) && hasAny(strings.ToLower(r.ps[j+1].text), promiseCue) {
			like++
		}
	}
	return n >= 2 && like*2 >= n
}

// closeAt ends what a heading of this level ends.
func (r *reader) closeAt(level int) {
	r.open = -1
	if r.under >= 0 && level <= r.underLevel {
		r.under = -1
	}
}

func (r *reader) setPlan(f features, text string) {
	for _, d := range f.dates {
		if d.precision == period.Season || d.precision == period.Year || d.precision == period.Range || d.precision == period.Month {
			r.plan = dateContext{d, text, true}
			if d.year != 0 {
				r.sectionYear = yearContext{year: d.year, from: YearInHeading}
			}
			return
		}
	}
}

// sayYear takes a heading's year for what stands under it.
func (r *reader) sayYear(year int) {
	if year != 0 {
		r.sectionYear, r.yearSaid = yearContext{year: year, from: YearInHeading}, len(r.activities)
	}
}

// rollOver moves the year on when a plan by months goes from December to January.
func (r *reader) rollOver(h dateHit) {
	if h.year != 0 || h.precision != period.Month || r.context().year == 0 {
		return
	}
	now := h.resolve(2000).from
	for j := len(r.activities) - 1; j >= r.yearSaid; j-- {
		w := r.activities[j].when
		if !w.ok || w.hit.precision != period.Month {
			return
		}
		if before := w.hit.resolve(2000).from; before.Month >= 9 && now.Month <= 4 {
			c := r.context()
			r.sectionYear = yearContext{year: c.year + 1, from: YearInHeading}
		}
		return
	}
}

// context is the year that dates here are of.
func (r *reader) context() yearContext {
	if r.paragraphYear.year != 0 {
		return r.paragraphYear
	}
	if r.sectionYear.year != 0 {
		return r.sectionYear
	}
	return r.year
}

func (r *reader) found(i int) {
	if r.firstItem < 0 {
		r.firstItem = i
	}
}

// other marks text that is neither promise nor activity: preamble before the first of them and under headings of background, else
// unread.
func (r *reader) other(f ref) {
	role := RoleUnread
	if r.firstItem < 0 || r.mode == aside && !r.closing {
		role = RolePreamble
	} else if r.isSignature(f) {
		role = RoleSignature
	}
	r.mark(f, role, -1)
}

var signatureWords = []string{"ordförande", "förbundschef", "kommunalråd", "verksamhetschef", "underskrift", "namnförtydligande", "ort och datum", "förbundsdirektör", "kommunchef", "kanslichef", "regionråd", "generalsekreterare", "bibliotekschef", "verkställande"}

// isSignature recognises the lines at the end with names, titles, place and date.
func (r *reader) isSignature(f ref) bool {
	if f.passage < len(r.ps)-14 {
		return false
	}
	text := r.textOf(f)
	if n := len(strings.Fields(text)); n > 10 {
		return false
	}
	if strings.Trim(text, "_. -–") == "" || onlyName(text) || personName(strings.Trim(text, " .")) || hasAny(strings.ToLower(text), signatureWords) {
		return true
	}
	h := findDates(text)
	return len(h) == 1 && h[0].precision == period.Day && len(strings.Fields(text)) <= 5 && len(findKinds(tokens(text))) == 0
}
