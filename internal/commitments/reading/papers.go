package reading

import (
	"strings"

	"samklang/internal/platform/document"
)

// otherPapers are what a document calls itself in its title or first lines when it neither promises nor plans for a declaration.
var otherPapers = words(`kallelse dagordning föredragningslista faktura kreditfaktura offert kvitto orderbekräftelse beställning betalningspåminnelse följesedel inbjudan
	minnesanteckningar närvarolista`)

// isOtherPaper tells whether the document is an agenda, an invoice or the like.
func (r *reader) isOtherPaper() bool {
	for i := range r.ps {
		t := tokens(r.ps[i].text)
		if i > 5 || r.ps[i].kind != document.Heading && r.ps[i].kind != document.Paragraph {
			break
		}
		if len(t) > 0 && len(t) <= 12 && otherPapers.has(t[0].low) {
			return true
		}
	}
	return false
}

// plans tells whether the document says that it plans: in its title, a heading, a column heading or words that lead a list in, or in
// sentences where somebody arranges something. A single such sentence is an invitation or a piece of news.
func (r *reader) plans() bool {
	arranged := 0
	for i := range r.ps {
		p := &r.ps[i]
		for k, s := range p.sentences {
			text := p.text[s.start:s.end]
			switch p.roles[k] {
			case RoleTitle, RoleHeading, RoleIntro:
				if m, ok := headingMode(text); ok && m == planning || p.roles[k] == RoleIntro && hasAny(strings.ToLower(text), leadActivityWords) {
					return true
				}
			case RoleActivity:
				if f := read(text); f.we && f.arranging && (f.strongDate || f.softDate) && !f.past {
					arranged++
				}
			}
		}
	}
	return arranged > 1
}

// leaveOtherPapers takes back what was read out of a document that is no declaration: dates in an agenda are no promised activities.
// An outright "vi lovar att" is kept whatever the paper is called.
func (r *reader) leaveOtherPapers() {
	if len(r.promises) > 0 || !r.isOtherPaper() && (r.speaks || r.plans()) {
		return
	}
	r.activities, r.firstItem = nil, -1
	for i := range r.ps {
		for k, role := range r.ps[i].roles {
			if role == RoleActivity || role == RoleIntro {
				r.ps[i].roles[k] = RoleUnread
			}
		}
	}
}

// sectionPromises reads the paragraphs under a heading such as "Våra löften" as promises, one each, or one a line where each line is a
// sentence. Text that says "vi lovar att" or leads a list in is read as other running text is.
func (r *reader) sectionPromises(i int) (int, bool) {
	if i == 0 || r.ps[i-1].kind != document.Heading || r.mode != promises || r.under >= 0 {
		return 0, false
	}
	if m, ok := headingMode(r.ps[i-1].text); !ok || m != promises {
		return 0, false
	}
	var refs []ref
	norms, j := 0, i
	for ; j < len(r.ps) && (r.ps[j].kind == document.Paragraph || r.ps[j].kind == document.Running); j++ {
		p := &r.ps[j]
		if p.kind == document.Running {
			continue
		}
		if low := strings.ToLower(p.text); isLead(p.text) || hasAny(low, promiseCue) || len(strings.Fields(low)) > 80 {
			return 0, false
		}
		for _, s := range r.sentencesOfLines(p) {
			if r.isSignature(ref{j, s.start, s.end}) {
				return 0, false
			}
			refs = append(refs, ref{j, s.start, s.end})
			if isNorm(p.text[s.start:s.end]) {
				norms++
			}
		}
	}
	if len(refs) < 2 || norms*3 < len(refs)*2 || j < len(r.ps) && r.ps[j].kind == document.ListItem {
		return 0, false
	}
	for _, f := range refs {
		text := r.textOf(f)
		if !isNorm(text) {
			r.other(f)
			continue
		}
		n, skip := codePrefix(text)
		r.structured++
		r.addPromise(promiseDraft{refs: []ref{f}, number: n, text: strings.TrimSpace(text[skip:]), forms: r.forms, concrete: read(text).concrete()})
	}
	return j, true
}

// sentencesOfLines are a paragraph's sentences when each of them begins a line of its own, else the paragraph as one.
func (r *reader) sentencesOfLines(p *passage) []sentence {
	for k, s := range p.sentences {
		if k > 0 && !strings.Contains(r.doc.Text[p.from.Offset(s.start-1):p.from.Offset(s.start)], "\n") {
			return []sentence{{0, len(p.text)}}
		}
	}
	return p.sentences
}

// isNorm tells whether a sentence says how something shall be, and plans no day for it.
func isNorm(text string) bool {
	_, skip := codePrefix(text)
	t := tokens(text[skip:])
	if len(t) == 0 || read(text).strongDate {
		return false
	}
	for i := range t {
		if is(t[i], "ska", "skall", "måste", "vill", "får", "lovar") {
			return true
		}
	}
	return infinitive(text[skip:]) || is(t[0], "vi") && len(t) > 2 && strings.HasSuffix(t[1].low, "r")
}

// codePrefix reads the code a document gives its promises, "L1." or "D 2:", and gives its number and where the text goes on.
func codePrefix(text string) (number, skip int) {
	t := tokens(text)
	if len(t) < 4 || !t[0].word || !t[0].capital || t[0].end > 3 || !t[1].digits || t[1].num < 1 || t[1].num > 99 || !is(t[2], ".", ":", ")") {
		return 0, 0
	}
	return t[1].num, t[3].start
}

// deciding tells whether a sentence is a board's decision that something shall be so: "Styrelsen beslutar att förbundet ska …".
func deciding(low string) bool {
	for _, cue := range decideCues {
		if i := strings.Index(low, cue); i >= 0 && shall(low[i:]) {
			return true
		}
	}
	return false
}

var (
	decideCues = []string{"beslutar att", "beslutade att", "beslutar följande", "har beslutat att", "beslutar därför att"}
	// What a board decides about the handling of the matter itself is no promise.
	handling = []string{"underteckna", "justera", "protokoll", "återkomma", "återrapporter", "delges", "anslå", "arkiver", "bordlägg", "godkänna", "uppdra", "remiss"}
)

func shall(low string) bool {
	return (strings.Contains(low, " ska ") || strings.Contains(low, " skall ")) && !hasAny(low, handling)
}
