package reading

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"samklang/internal/core/period"
	"samklang/internal/platform/document"
)

// result makes the reading out of the drafts.
func (r *reader) result() Reading {
	promiseAt := r.buildPromises()
	r.findAssociations()
	r.buildActivities(promiseAt)
	r.out.Declaration.Year, r.out.Declaration.YearFrom = r.year.year, r.year.from
	r.lateRoles()
	r.parts(promiseAt)
	return r.out
}

func (r *reader) start(refs []ref) int {
	if len(refs) == 0 {
		return -1
	}
	return r.source(refs[0]).Start
}

func (r *reader) sourceOf(refs []ref) Span {
	s := r.source(refs[0])
	for _, f := range refs[1:] {
		o := r.source(f)
		s.Start, s.End = min(s.Start, o.Start), max(s.End, o.End)
	}
	return s
}

// buildPromises puts the promises in the text's order and numbers them. It gives for each draft its index, -1 for none.
func (r *reader) buildPromises() []int {
	order := make([]int, len(r.promises))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.start(r.promises[a].refs), r.start(r.promises[b].refs))
	})
	at := make([]int, len(r.promises))
	r.out.Commitments = []Commitment{}
	numbers := map[int]bool{}
	own := true
	for _, k := range order {
		d := r.promises[k]
		at[k] = len(r.out.Commitments)
		c := Commitment{Number: d.number, Title: d.title, Text: d.text, Forms: orEmpty(d.forms), Source: r.sourceOf(d.refs)}
		own = own && d.number > 0 && !numbers[d.number]
		numbers[d.number] = true
		c.Grounds, c.ExtraGrounds = findGrounds(d.title + " " + d.text)
		c.Details = []string{}
		for _, f := range d.details {
			c.Details = append(c.Details, r.textOf(f))
		}
		r.out.Commitments = append(r.out.Commitments, c)
	}
	if !own {
		for i := range r.out.Commitments {
			r.out.Commitments[i].Number = i + 1
		}
	}
	// The opening words may name the grounds for the whole document.
	var opening []string
	for i := range r.ps {
		for k, role := range r.ps[i].roles {
			if role == RolePreamble || role == RoleIntro && len(opening) < 20 && len(r.activities) == 0 {
				s := r.ps[i].sentences[k]
				opening = append(opening, r.ps[i].text[s.start:s.end])
			}
		}
	}
	r.out.Declaration.Grounds, r.out.Declaration.ExtraGrounds = findGrounds(strings.Join(opening, " "))
	return at
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// buildActivities makes the activities in the text's order and scores which promises they are for.
func (r *reader) buildActivities(promiseAt []int) {
	order := []int{}
	for i, d := range r.activities {
		if len(d.refs) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.start(r.activities[a].refs), r.start(r.activities[b].refs))
	})
	r.out.Activities = make([]Activity, 0, len(order))
	at := make([]int, len(r.activities))
	for _, k := range order {
		at[k] = len(r.out.Activities)
		r.out.Activities = append(r.out.Activities, r.build(&r.activities[k]))
	}
	for i := range r.ps {
		for k, role := range r.ps[i].roles {
			if role == RoleActivity {
				r.ps[i].items[k] = at[r.ps[i].items[k]]
			}
		}
	}
	m := newMatcher(r.out.Commitments, r.out.Activities)
	for n, k := range order {
		d := &r.activities[k]
		a := &r.out.Activities[n]
		placed := -1
		if d.promise >= 0 {
			placed = promiseAt[d.promise]
		}
		explicit := a.Text
		if s := d.fields[labelServes]; s != "" {
			explicit = "åtagande " + s
			if allOfThem(s) {
				explicit = s
			}
		}
		purpose := d.fields[labelPurpose]
		if purpose != "" {
			purpose = "för att " + purpose
		}
		if purpose == "" && d.fields[labelServes] != "" {
			purpose = "bidrar till " + d.fields[labelServes]
		}
		if purpose == "" && d.section != "" {
			purpose = "bidrar till " + d.section
		}
		if placed >= 0 {
			explicit = ""
		}
		a.Serves = m.serves(*a, purpose, placed, explicit)
		if (len(a.Serves) == 0 || a.Serves[0].Score < servesThreshold) && d.frame != nil && r.takes(d.frame, a) {
			s := m.serves(Activity{Text: d.frame.text, Forms: a.Forms}, "", -1, d.frame.text)
			if len(s) > 0 && (len(a.Serves) == 0 || s[0].Score > a.Serves[0].Score) {
				a.Serves = s
				a.Inherited = append(a.Inherited, "serves")
			}
		}
	}
}

// takes tells whether an activity is one of those its list's lead speaks of: of its kind, or the lead names no kind.
func (r *reader) takes(fr *frame, a *Activity) bool {
	named := false
	for _, k := range fr.kinds {
		if channelKinds[k.kind] || !eventKinds[k.kind] {
			continue
		}
		named = true
		if slices.Contains(a.Kinds, k.kind) {
			return true
		}
	}
	return !named
}

// build reads one activity out of its text and surroundings.
func (r *reader) build(d *activityDraft) Activity {
	a := Activity{Forms: orEmpty(d.forms), Status: Planned, Inherited: []string{}, Source: r.sourceOf(d.refs)}
	var plain, whole []string
	for _, f := range d.refs {
		s := strings.TrimSpace(r.textOf(f))
		plain = append(plain, s)
		if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?:") {
			s += "."
		}
		whole = append(whole, s)
	}
	a.Text = strings.Join(plain, " ")
	text := strings.Join(whole, " ")
	if v := d.fields[labelActivity]; v != "" && d.fields[labelDate] == "" {
		text = strings.TrimPrefix(text, "Aktivitet: ")
	}
	t := tokens(text)
	hits := findKinds(t)
	a.Kinds, a.Count = chooseKinds(text, t, hits, d)
	a.Kind = a.Kinds[0]

	used := false
	if d.frame != nil && r.takes(d.frame, &a) {
		used = true
	}
	if d.frame != nil && len(d.frame.kinds) > 0 && a.Kind == Other && d.kind == "" {
		// "Tre seminarier: – 4 mars om tillit": the item leaves out what it is.
		for _, k := range d.frame.kinds {
			if eventKinds[k.kind] {
				a.Kind, a.Kinds = k.kind, []Kind{k.kind}
				a.Inherited = append(a.Inherited, "kind")
				used = true
				break
			}
		}
	}
	if used {
		d.frame.used = true
	}

	r.buildDate(&a, d, text, used)
	r.buildReach(&a, d, text, used)
	r.buildWho(&a, d, text, used)

	if f := headingForms(d.fields[labelForm]); len(f) > 0 {
		a.Forms = f
	}
	if len(a.Forms) == 0 {
		a.Forms = impliedForms(text, a.Kinds)
	}
	a.Status = statusOf(text, d.fields[labelStatus])
	a.Time = clockTime(text)
	a.Title = titleOf(d, text, hits, a.Kind)
	return a
}

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

var channelVerbs = []string{"skriv", "lyft", "publicer", "dela", "sprid", "uppmärksamma", "informer", "berätt", "annonser", "tips", "länka", "lägg", "synliggör", "presenter", "kommunicer", "post", "uppdater"}

// kindBase is how much a word says by itself when several kinds are named.
var kindBase = map[Kind]float64{Democracy: 3.4, Seminar: 2.4, Webinar: 2.6, Workshop: 2.4, Lecture: 2.4, Training: 2.2, StaffDay: 2.4, ThemeDay: 2.2, Conference: 2.2, StudyVisit: 2.4,
	Informal: 2, Survey: 2, Campaign: 2, Forum: 1.9, Dialogue: 1.5, Meeting: 1.3, Network: 1.1, Report: 1.4, Policy: 1.5, News: 1.2, Newsletter: 1.5, SocialPost: 1.4, Procure: 1.7}

// chooseKinds orders the kinds a text names, the activity's own first.
func chooseKinds(text string, t []token, hits []kindHit, d *activityDraft) ([]Kind, *Reach) {
	score := map[Kind]float64{}
	counts := map[Kind]*Reach{}
	firstEnd := len(text)
	if s := sentences(text); len(s) > 0 {
		firstEnd = s[0].end
	}
	low := strings.ToLower(text[:firstEnd])
	channel := false
	for i, tok := range t {
		if tok.start > firstEnd || i > 14 {
			break
		}
		for _, v := range channelVerbs {
			channel = channel || strings.HasPrefix(tok.low, v)
		}
	}
	for i, h := range hits {
		s := kindBase[h.kind] - 0.12*float64(min(i, 10))
		if h.start < firstEnd {
			s++
		}
		if h.count != nil || article(t, h.token) {
			s += 0.8
		}
		if h.definite && !channelKinds[h.kind] {
			s--
		}
		if before := at(t, h.token-1); is(before, "om", "efter", "från", "inför", "till", "tidigare", "kring", "via", "genom", "med") || is(at(t, h.token-2), "med") && before.capital || h.definite && is(at(t, h.token-2), "om", "efter", "från", "inför", "till", "kring") {
			s -= 1.2
		}
		if channel && channelKinds[h.kind] {
			s += 2.2
		}
		if w := text[h.start:h.end]; strings.HasPrefix(strings.ToLower(w), "uppfölj") || strings.HasPrefix(strings.ToLower(w), "utvärder") {
			s -= 0.8
		}
		if v, ok := score[h.kind]; !ok || s > v {
			score[h.kind] = s
		}
		if h.count != nil && counts[h.kind] == nil {
			counts[h.kind] = h.count
		}
	}
	if d.kind != "" {
		score[d.kind] = 9
	}
	if k, ok := fieldKind(d); ok {
		score[k] = 10
	}
	if _, ok := score[Procure]; !ok && (strings.Contains(low, "leverantör") && (strings.Contains(low, "krav") || strings.Contains(low, "avtal"))) {
		score[Procure] = 1
	}
	kinds := []Kind{}
	for _, k := range Kinds {
		if _, ok := score[k]; ok {
			kinds = append(kinds, k)
		}
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return cmp.Compare(score[b], score[a]) })
	for len(kinds) > 1 && score[kinds[len(kinds)-1]] < 1 {
		kinds = kinds[:len(kinds)-1]
	}
	if len(kinds) == 0 {
		return []Kind{Other}, nil
	}
	return kinds, counts[kinds[0]]
}

func fieldKind(d *activityDraft) (Kind, bool) {
	for _, l := range [...]label{labelKind, labelForm} {
		if h := findKinds(tokens(d.fields[l])); len(h) > 0 {
			return h[0].kind, true
		}
	}
	return "", false
}

var (
	internalCues = []string{"vår personal", "våra medarbetare", "alla medarbetare", "samtliga medarbetare", "kansliets", "för kansliet", "på kansliet", "i kansliet", "beredningsgrupp", "internt", "intern ", "interna ", "hela personalen", "alla anställda", "samtliga anställda", "medarbetarna", "för styrelsen", "vår styrelse", "styrelsen och", "personalmöte", "med personalen", "för personalen", "personalgruppen", "arbetsplatsträff", "egen personal", "arbetsgruppen"}
	externalCues = []string{"allmänheten", "invånare", "medborgare", "öppet för alla", "öppen för alla", "externt", "öppet webbinarium", "öppen föreläsning", "öppet seminarium", "öppet hus", "för alla intresserade", "intresserade", "besökare", "öppet forum", "öppen workshop", "medlemmarnas", "alla är välkomna", "öppen utställning", "externa"}
)

// impliedForms are the forms an activity's own words show when no heading says them.
func impliedForms(text string, kinds []Kind) []Form {
	low := strings.ToLower(text)
	out := []Form{}
	if channelKinds[kinds[0]] {
		return append(out, Communicative)
	}
	if kinds[0] == StaffDay || hasAny(low, internalCues) {
		out = append(out, Internal)
	}
	if hasAny(low, externalCues) {
		out = append(out, External)
	}
	if strings.Contains(low, "kommunikativ") {
		out = append(out, Communicative)
	}
	return out
}

var statusWords = []struct {
	status Status
	words  []string
}{
	{Cancelled, []string{"inställt", "inställd", "inställda", "ställs in", "ställdes in", "avbruten", "utgår"}},
	{Postponed, []string{"uppskjut", "framflytta", "flyttat fram", "flyttas fram", "skjuts upp", "sköts upp", "senarelag"}},
	{Done, []string{"genomfördes", "har genomförts", "är genomförd", "är genomfört", "(genomfört)", "(genomförd)", "genomfört:", "genomförd:", "genomförda:", "avklarat:", "– genomfört", "- genomfört", "genomfört den", "har hållits", "har vi hållit", "har vi genomfört", "hölls ", "är klar.", "är klart.", "(klart)", "(klar)", "arrangerades", "anordnades"}},
	{Confirmed, []string{"(bekräftad)", "(bekräftat)", "är bokad", "är bokat", "(bokat)", "(bokad)", "är bekräftad", "är bekräftat"}},
}

// statusOf reads how far an activity has come, from a column of its own or from words that can mean nothing else.
func statusOf(text, field string) Status {
	if low := strings.ToLower(field); low != "" {
		switch {
		case strings.Contains(low, "inställ") || strings.Contains(low, "utgår"):
			return Cancelled
		case strings.Contains(low, "uppskjut") || strings.Contains(low, "framflytta"):
			return Postponed
		case strings.Contains(low, "ej ") || strings.Contains(low, "inte ") || strings.Contains(low, "planera"):
			return Planned
		case strings.Contains(low, "genomför") || strings.Contains(low, "klar") || strings.Contains(low, "avslutad") || strings.Contains(low, "gjort"):
			return Done
		case strings.Contains(low, "bekräft") || strings.Contains(low, "bokad") || strings.Contains(low, "bokat"):
			return Confirmed
		}
	}
	low := strings.ToLower(text)
	for _, s := range statusWords {
		if hasAny(low, s.words) && !strings.Contains(low, "uppföljning efter") {
			return s.status
		}
	}
	return Planned
}

// clockTime reads a time of day as it stands: "kl. 9–10.30", "13:00-15:00".
func clockTime(text string) string {
	t := tokens(text)
	for i := range t {
		j := i
		if is(t[i], "kl", "klockan") {
			j++
			if is(at(t, j), ".") {
				j++
			}
			if !at(t, j).digits || t[j].num > 24 {
				continue
			}
		} else if !(t[i].digits && len(t[i].low) == 2 && t[i].num < 24 && is(at(t, i+1), ":", ".") && at(t, i+2).digits && len(at(t, i+2).low) == 2 && at(t, i+2).num < 60 && touching(t, i) && touching(t, i+1) && isDash(at(t, i+3))) {
			continue
		}
		end := j
		for end+1 < len(t) && (t[end+1].digits && len(t[end+1].low) <= 2 || is(t[end+1], ":", ".") && at(t, end+2).digits && touching(t, end) && touching(t, end+1) || isDash(t[end+1]) && at(t, end+2).digits) {
			end++
		}
		return text[t[i].start:t[end].end]
	}
	return ""
}

// titleOf names an activity: the table's or heading's own words, else from the kind's word to the end of what it is about.
func titleOf(d *activityDraft, text string, hits []kindHit, kind Kind) string {
	if d.title != "" {
		return shorten(strings.Trim(withoutDates(d.title), " ,:–-."))
	}
	first := text
	if s := sentences(text); len(s) > 0 {
		first = text[:s[0].end]
	}
	if l, v := labelOf(first); l != noLabel {
		first = first[v:]
	}
	for _, h := range hits {
		if h.kind != kind || h.start >= len(first) {
			continue
		}
		start := h.start
		// One describing word before it belongs to the name: "öppet webbinarium".
		if channelKinds[kind] {
			break
		}
		rest := text[start:]
		end := len(rest)
		for _, stop := range []string{". ", " där ", " som ", "(", " för att ", " i syfte", " med syfte", " vilke", "; ", " – ", ", ", " så att ", " dit ", " den ", " under ", " kl", ": ", " i samverkan", " tillsammans med", " kommer att", " och efterföljande", " (", "? ", "! "} {
			if i := strings.Index(rest[:end], stop); i > 0 {
				end = i
			}
		}
		if title := strings.TrimSpace(rest[:end]); utf8.RuneCountInString(title) >= 4 {
			if !strings.Contains(title, " ") {
				title += subject(first, h.end)
			}
			return shorten(upperFirst(strings.Trim(title, " .,:")))
		}
	}
	return shorten(upperFirst(strings.Trim(withoutDates(first), " ,:;–-.")))
}

// subject is what an event is about, when that stands further on in its sentence: "om rasism", "på temat barnrätt".
func subject(sentence string, from int) string {
	if from >= len(sentence) {
		return ""
	}
	rest := sentence[from:]
	for _, cue := range []string{" om ", " på tema ", " på temat ", " med temat ", " kring "} {
		i := strings.Index(rest, cue)
		if i < 0 {
			continue
		}
		end := len(rest)
		for _, stop := range []string{". ", " där ", " som ", "(", " för att ", ", ", "; ", " – ", " den ", " under ", " kl"} {
			if j := strings.Index(rest[i+1:end], stop); j > 0 {
				end = i + 1 + j
			}
		}
		return strings.TrimRight(rest[i:end], " .")
	}
	return ""
}

func withoutDates(s string) string {
	for _, h := range findDates(s) {
		if h.start <= 2 && !h.frequency {
			if rest := strings.TrimLeft(s[h.end:], " ,:–-."); len(rest) > 3 {
				return upperFirst(rest)
			}
		}
	}
	return s
}

func shorten(s string) string {
	const longest = 100
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	cut := 0
	n := 0
	for i, r := range s {
		if n++; n > longest {
			break
		}
		if unicode.IsSpace(r) {
			cut = i
		}
	}
	if cut == 0 {
		cut = runeStart(s, longest)
	}
	return strings.TrimRight(s[:cut], " ,–-") + " …"
}

// lateRoles settles what could only be known at the end: text after the first promise or activity that was taken for preamble was not.
func (r *reader) lateRoles() {
	first := -1
	for i := range r.ps {
		for _, role := range r.ps[i].roles {
			if role == RoleCommitment || role == RoleActivity {
				first = i
			}
		}
		if first >= 0 {
			break
		}
	}
	inAside := false
	for i := range r.ps {
		if r.ps[i].kind == document.Heading || r.ps[i].level == 6 {
			m, ok := headingMode(r.ps[i].text)
			inAside = ok && m == aside
		}
		for k, role := range r.ps[i].roles {
			switch {
			case role == "":
				r.ps[i].roles[k] = RoleUnread
				if r.ps[i].kind == document.Running {
					r.ps[i].roles[k] = RoleRunning
				} else if first < 0 || i < first {
					r.ps[i].roles[k] = RolePreamble
				}
			case role == RolePreamble && first >= 0 && i > first && !inAside:
				r.ps[i].roles[k] = RoleUnread
				s := r.ps[i].sentences[k]
				if r.isSignature(ref{i, s.start, s.end}) {
					r.ps[i].roles[k] = RoleSignature
				}
			}
		}
	}
}
