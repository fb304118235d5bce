package reading

import (
	"sort"
	"strconv"
	"strings"

	"samklang/internal/platform/document"
)

// passage is one block of the document as it is read aloud, cut into sentences, with what each sentence was understood as.
type passage struct {
	block     document.Block
	kind      document.Kind
	level     int
	text      string
	from      document.Reading
	sentences []sentence
	roles     []Role
	calendar  bool  // dated lines, one event each
	items     []int // index of the draft a sentence belongs to, by its role
}

// ref is a stretch of a passage's text.
type ref struct{ passage, start, end int }

func (r *reader) passages() {
	r.ps = make([]passage, 0, len(r.doc.Blocks))
	for _, b := range r.blocks() {
		p := passage{block: b, kind: b.Kind, level: b.Level, from: r.doc.Reading(b)}
		p.text = p.from.Text
		p.sentences = sentences(p.text)
		if b.Kind == document.Paragraph {
			p.sentences = cutAtLabels(p.text, p.sentences)
			p.sentences = r.cutAtDatedLines(&p)
		}
		p.roles = make([]Role, len(p.sentences))
		p.items = make([]int, len(p.sentences))
		r.ps = append(r.ps, p)
	}
	r.numberedParagraphs()
}

// blocks are the document's, with a paragraph of lines that each begin with a bullet or a number made a list: line breaks typed by hand,
// and the "o " that is left of Word's round bullet when a text has been copied.
func (r *reader) blocks() []document.Block {
	var out []document.Block
	for _, b := range r.doc.Blocks {
		if b.Kind == document.ListItem {
			out = append(out, r.itemsOf(b)...)
			continue
		}
		starts := r.markedLines(b)
		if len(starts) < 2 {
			out = append(out, b)
			continue
		}
		if starts[0] > b.Start {
			head := b
			head.End = b.Start + len(strings.TrimRight(r.doc.Text[b.Start:starts[0]], " \t\n"))
			out = append(out, head)
		}
		for k, at := range starts {
			end := b.End
			if k+1 < len(starts) {
				end = at + len(strings.TrimRight(r.doc.Text[at:starts[k+1]], " \t\n"))
			}
			m := lineMarker(r.doc.Text[at:end], k+1)
			if size := len(m) + 1; end > at+size {
				out = append(out, document.Block{Kind: document.ListItem, Level: 1, Marker: strings.TrimSpace(m), Start: at + size, End: end})
			}
		}
	}
	return out
}

// itemsOf cuts a numbered item at the lines that begin with the next numbers.
func (r *reader) itemsOf(b document.Block) []document.Block {
	out := []document.Block{b}
	n := markerNumber(b.Marker)
	if n == 0 || len(b.Skip) > 0 {
		return out
	}
	for at := b.Start; ; {
		i := strings.IndexByte(r.doc.Text[at:b.End], '\n')
		if i < 0 {
			return out
		}
		at += i + 1
		if m := lineMarker(r.doc.Text[at:b.End], n+1); m != "" && m[0] >= '0' && m[0] <= '9' {
			n++
			last := &out[len(out)-1]
			last.End = last.Start + len(strings.TrimRight(r.doc.Text[last.Start:at], " \t\n"))
			out = append(out, document.Block{Kind: document.ListItem, Level: b.Level, Marker: m, Start: at + len(m) + 1, End: b.End})
		}
	}
}

// markedLines are where the lines of a paragraph begin that have a marker, all of one kind.
func (r *reader) markedLines(b document.Block) (starts []int) {
	if b.Kind != document.Paragraph || len(b.Skip) > 0 {
		return nil
	}
	marker := ""
	for at := b.Start; at < b.End; {
		line := r.doc.Text[at:b.End]
		m := lineMarker(line, len(starts)+1)
		switch {
		case m == "":
		case len(starts) == 0:
			marker = m
			starts = append(starts, at)
		case m == marker || m != "o" && marker == "1"+m[len(m)-1:]:
			starts = append(starts, at)
		}
		n := strings.IndexByte(line, '\n')
		if n < 0 {
			break
		}
		at += n + 1
		at += len(r.doc.Text[at:b.End]) - len(strings.TrimLeft(r.doc.Text[at:b.End], " \t\n"))
	}
	return starts
}

// lineMarker is the bullet or the number a line begins with, "" for none. A number counts when it is the next of its list.
func lineMarker(line string, number int) string {
	for _, m := range [...]string{"o", "-", "–", "•", "*"} {
		if strings.HasPrefix(line, m+" ") && len(line) > len(m)+2 {
			return m
		}
	}
	for _, m := range [...]string{strconv.Itoa(number) + ".", strconv.Itoa(number) + ")"} {
		if strings.HasPrefix(line, m+" ") && len(line) > len(m)+2 {
			return m
		}
	}
	return ""
}

// cutAtDatedLines begins a new sentence at each line that begins with a date, when several lines of a paragraph do: a calendar typed
// line by line.
func (r *reader) cutAtDatedLines(p *passage) []sentence {
	starts := []int{0}
	for k := 0; k < len(p.text); k++ {
		if p.text[k] != ' ' {
			continue
		}
		if strings.Contains(r.doc.Text[p.from.Offset(k):p.from.Offset(k+1)], "\n") {
			starts = append(starts, k+1)
		}
	}
	if len(starts) < 2 {
		return p.sentences
	}
	dated := starts[:0:0]
	for n, at := range starts {
		end := len(p.text)
		if n+1 < len(starts) {
			end = starts[n+1]
		}
		line := p.text[at:min(end, runeStart(p.text, min(len(p.text), at+60)))]
		if h := findDates(line); len(h) > 0 && h[0].start == 0 && len(strings.Fields(line[h[0].end:])) > 0 {
			dated = append(dated, at)
		}
	}
	if len(dated) < 2 || dated[0] != 0 {
		return p.sentences
	}
	p.calendar = len(dated) > 2
	var out []sentence
	for _, s := range p.sentences {
		for _, at := range dated {
			if at > s.start && at < s.end {
				out = append(out, sentence{s.start, at - 1})
				s.start = at
			}
		}
		out = append(out, s)
	}
	return out
}

// numberedParagraphs makes list items of paragraphs that stand one after another and begin with a number, as when the number is set in
// bold.
func (r *reader) numberedParagraphs() {
	number := func(i int) int {
		if i < 0 || i >= len(r.ps) || r.ps[i].block.Kind != document.Paragraph {
			return 0
		}
		t := tokens(r.ps[i].text[:min(len(r.ps[i].text), runeStart(r.ps[i].text, min(8, len(r.ps[i].text))))])
		if len(t) < 2 || !t[0].digits || t[0].num < 1 || t[0].num > 99 || !is(t[1], ".", ")") || len(t) > 2 && t[2].digits {
			return 0
		}
		return t[0].num
	}
	for i := range r.ps {
		if p := &r.ps[i]; p.kind == document.ListItem && strings.HasPrefix(p.block.Marker, "§") && len(strings.Fields(p.text)) <= 10 && !strings.HasSuffix(p.text, ".") {
			p.kind, p.level = document.Heading, 2 // a paragraph of minutes
		}
		if n := number(i); n > 0 && (number(i+1) == n+1 || number(i-1) == n-1 && n > 1) {
			r.ps[i].kind, r.ps[i].level = document.ListItem, 1
			r.ps[i].block.Marker = strconv.Itoa(n) + "."
		}
	}
}

// withoutNumber takes "1. " off the beginning of a text.
func withoutNumber(s string) string {
	t := tokens(s[:runeStart(s, min(len(s), 8))])
	if len(t) >= 2 && t[0].digits && is(t[1], ".", ")") && t[0].start == 0 && t[1].end < len(s) && s[t[1].end] == ' ' {
		return s[t[1].end+1:]
	}
	return s
}

// cutAtLabels begins a new sentence before "Datum:" and the other labels of forms, also where the line before has no full stop.
func cutAtLabels(text string, list []sentence) []sentence {
	var out []sentence
	for _, s := range list {
		start := s.start
		for i := s.start + 1; i < s.end; i++ {
			if text[i-1] != ' ' || !isUpperAt(text, i) {
				continue
			}
			if l, _ := labelOf(text[i:s.end]); l != noLabel && strings.TrimSpace(text[start:i]) != "" {
				out = append(out, sentence{start, i - 1})
				start = i
			}
		}
		out = append(out, sentence{start, s.end})
	}
	return out
}

func isUpperAt(s string, i int) bool {
	for _, r := range s[i:] {
		return isUpper(r)
	}
	return false
}

// label is what a form's or a table's heading asks for.
type label uint8

const (
	noLabel label = iota
	labelActivity
	labelDate
	labelForm
	labelPartner
	labelOrganiser
	labelResponsible
	labelReach
	labelServes
	labelStatus
	labelPlace
	labelPromise
	labelAssociation
	labelPurpose
	labelKind
	labelSpeaker
	labelNumber
	labelOther
)

// labelWords are the words of labels in forms and of column headings in tables.
var labelWords = []struct {
	label label
	words string
}{
	{labelActivity, "aktivitet|aktiviteter|aktivitetens namn|vad|insats|evenemang|rubrik|händelse|åtgärd|åtgärder|activity|vad ska göras|konkret aktivitet|vad händer|arrangemang|program|vad gör vi|innehåll|aktivitet och innehåll|planerad aktivitet"},
	{labelDate, "datum|när|tid|tidpunkt|tidsplan|tidplan|vecka|månad|date|när sker det|period|start|genomförs|klart|klart senast|datum och tid|tid och plats|deadline|planerat datum|termin"},
	{labelForm, "form|åtagandeform|typ av åtagande|slag av åtagande|åtagandetyp|inriktning|intern/extern|internt/externt|form av åtagande"},
	{labelKind, "typ|aktivitetstyp|format|slag|sort"},
	{labelPartner, "samverkan|samarbete|samarbetspartner|samarbetspartners|partner|partners|tillsammans med|i samverkan med|i samarbete med|samverkanspart|samverkansparter|medarrangör|medarrangörer|med vem|samverkar med|samarbetspart"},
	{labelOrganiser, "arrangör|arrangörer|anordnare|värd"},
	{labelResponsible, "ansvarig|ansvarig för genomförande|ansvar|vem|ansvariga|kontaktperson|vem ansvarar|responsible|ägare|huvudansvarig"},
	{labelReach, "antal|antal deltagare|deltagare|räckvidd|beräknat antal|beräknat antal deltagare|förväntat antal deltagare|når|vi når|beräknad räckvidd|omfattning|antal personer|deltagarantal|förväntat antal|reach|hur många"},
	{labelServes, "bidrar till|koppling|koppling till åtagande|kopplar till|åtagande nr|löfte nr|vilket åtagande|hör till|åtagande som uppfylls|hör till löfte|bidrar till åtagande|löfte som aktiviteten bidrar till|kopplat till åtagande|kopplat till|svarar mot|avser löfte|avser åtagande|till löfte"},
	{labelStatus, "status|läge|utfall|resultat|state"},
	{labelPlace, "plats|lokal|var"},
	{labelPromise, "åtagande|löfte|internt åtagande|externt åtagande|kommunikativt åtagande|vårt åtagande|våra åtaganden|våra löften|åtaganden|löften|vad vi lovar|vi lovar|commitment|intern|extern|kommunikativ|internt|externt|kommunikativt|vårt löfte|mål|vårt interna åtagande|vårt externa åtagande|vårt kommunikativa åtagande|det interna åtagandet|det externa åtagandet|det kommunikativa åtagandet|internt löfte|externt löfte|kommunikativt löfte"},
	{labelAssociation, "aktör|namn på aktör|organisation|förbund|undertecknare|avsändare|namn|namn på organisation|undertecknande aktör|aktörens namn|undertecknad organisation"},
	{labelPurpose, "syfte|mål med aktiviteten|varför|målsättning"},
	{labelSpeaker, "föreläsare|talare|medverkande"},
	{labelNumber, "nr|nummer|#|no|löpnr"},
	{labelOther, "målgrupp|hemsida|webbplats|kontakt|e-post|telefon|kommentar|kommentarer|kostnad|budget|om aktören|uppföljning|bilaga|anmälan|språk|målgrupper|beskrivning|bakgrund|för vem"},
}

var labelIndex = func() map[string]label {
	m := map[string]label{}
	for _, l := range labelWords {
		for w := range strings.SplitSeq(l.words, "|") {
			m[w] = l.label
		}
	}
	return m
}()

// labelOf recognises "Datum: 3 mars" and gives where the value begins.
func labelOf(text string) (label, int) {
	i := strings.IndexByte(text, ':')
	if i < 2 || i > 60 {
		return noLabel, 0
	}
	l := columnLabel(text[:i])
	if l == noLabel || i+1 < len(text) && text[i+1] != ' ' {
		return noLabel, 0
	}
	for i++; i < len(text) && text[i] == ' '; {
		i++
	}
	return l, i
}

// columnLabel recognises a column heading.
func columnLabel(s string) label {
	s = strings.ToLower(strings.Trim(s, " *:.?0123456789()"))
	if l, ok := labelIndex[s]; ok {
		return l
	}
	if s == "" {
		return noLabel
	}
	if first, _, ok := strings.Cut(s, "/"); ok {
		if l, ok := labelIndex[strings.TrimSpace(first)]; ok {
			return l
		}
	}
	return noLabel
}

// source is where a stretch of a passage stands in the document.
func (r *reader) source(f ref) Span {
	return r.ps[f.passage].from.Span(f.start, f.end)
}

func (r *reader) whole(i int) ref { return ref{i, 0, len(r.ps[i].text)} }

func (r *reader) textOf(f ref) string { return r.ps[f.passage].text[f.start:f.end] }

// mark gives the sentences that begin inside f a role.
func (r *reader) mark(f ref, role Role, item int) {
	p := &r.ps[f.passage]
	first := sort.Search(len(p.sentences), func(i int) bool { return p.sentences[i].start >= f.start })
	for i := first; i < len(p.sentences) && p.sentences[i].start < f.end; i++ {
		p.roles[i], p.items[i] = role, item
	}
}
