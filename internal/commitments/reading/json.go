package reading

import (
	"encoding/json"
	"io"
	"unicode/utf8"

	"samklang/internal/core/period"
	"samklang/internal/platform/document"
)

// WriteJSON writes the reading with two spaces of indentation. Offsets are counted in Unicode code points of the document's text, which
// for plain text and Markdown is the file's own; for other formats the text is written along. Lists are never null; a date that is not
// known is empty, a number that is not known is null.
func WriteJSON(w io.Writer, r Reading) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

type jsonSpan struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

type jsonReading struct {
	Document    jsonDocument     `json:"document"`
	Declaration jsonDeclaration  `json:"declaration"`
	Commitments []jsonCommitment `json:"commitments"`
	Activities  []jsonActivity   `json:"activities"`
	Unread      []jsonPassage    `json:"unread"`
	Parts       []jsonPart       `json:"parts"`
}

type jsonDocument struct {
	Format     document.Format `json:"format"`
	Characters int             `json:"characters"`
	Unit       string          `json:"unit"`
	Text       string          `json:"text,omitempty"`
}

type jsonDeclaration struct {
	Title        string       `json:"title"`
	Associations []string     `json:"associations"`
	JointWith    []string     `json:"joint_with"`
	Year         *int         `json:"year"`
	YearFrom     YearFrom     `json:"year_from"`
	Grounds      []Ground     `json:"grounds"`
	ExtraGrounds []string     `json:"extra_grounds"`
	Decision     jsonDecision `json:"decision"`
}

// jsonDecision is where the document says it was decided, both empty when it does not say.
type jsonDecision struct {
	Reference string   `json:"reference"`
	Date      string   `json:"date"`
	Source    jsonSpan `json:"source"`
}

type jsonCommitment struct {
	Number       int      `json:"number"`
	Title        string   `json:"title,omitempty"`
	Text         string   `json:"text"`
	Forms        []Form   `json:"forms"`
	Grounds      []Ground `json:"grounds"`
	ExtraGrounds []string `json:"extra_grounds"`
	Details      []string `json:"details"`
	Source       jsonSpan `json:"source"`
}

type jsonDate struct {
	Precision period.Precision `json:"precision"`
	From      string           `json:"from"`
	To        string           `json:"to"`
	Text      string           `json:"text"`
	Days      []period.Date    `json:"days"`
	Deadline  bool             `json:"deadline"`
	YearFrom  YearFrom         `json:"year_from"`
	Frequency string           `json:"frequency"`
	Time      string           `json:"time"`
}

type jsonActivity struct {
	Title       string   `json:"title"`
	Kind        Kind     `json:"kind"`
	Kinds       []Kind   `json:"kinds"`
	Forms       []Form   `json:"forms"`
	Status      Status   `json:"status"`
	Date        jsonDate `json:"date"`
	Reach       Reach    `json:"reach"`
	Count       *Reach   `json:"count"`
	Partners    []string `json:"partners"`
	Organisers  []string `json:"organisers"`
	Projects    []string `json:"projects"`
	Speakers    []string `json:"speakers"`
	Place       string   `json:"place"`
	Responsible string   `json:"responsible"`
	Serves      []Serves `json:"serves"`
	Inherited   []string `json:"inherited"`
	Text        string   `json:"text"`
	Source      jsonSpan `json:"source"`
}

type jsonPassage struct {
	Text   string   `json:"text"`
	Source jsonSpan `json:"source"`
}

type jsonPart struct {
	Role   Role     `json:"role"`
	Item   *int     `json:"item"`
	Source jsonSpan `json:"source"`
}

// MarshalJSON writes what WriteJSON describes.
func (r Reading) MarshalJSON() ([]byte, error) {
	runes := codePoints(r.Document.Text)
	sp := func(s Span) jsonSpan { return jsonSpan{runes.at(s.Start), runes.at(s.End)} }
	out := jsonReading{
		Document: jsonDocument{Format: r.Document.Format, Characters: utf8.RuneCountInString(r.Document.Text), Unit: "code point"},
		Declaration: jsonDeclaration{Title: r.Declaration.Title, Associations: orEmpty(r.Declaration.Associations), JointWith: orEmpty(r.Declaration.JointWith),
			YearFrom: r.Declaration.YearFrom, Grounds: orEmpty(r.Declaration.Grounds), ExtraGrounds: orEmpty(r.Declaration.ExtraGrounds),
			Decision: jsonDecision{r.Declaration.Decision.Reference, dateOrEmpty(r.Declaration.Decision.On), sp(r.Declaration.Decision.Source)}},
		Commitments: []jsonCommitment{}, Activities: []jsonActivity{}, Unread: []jsonPassage{}, Parts: []jsonPart{},
	}
	if f := r.Document.Format; f != document.PlainText && f != document.Markdown {
		out.Document.Text = r.Document.Text
	}
	if r.Declaration.Year != 0 {
		out.Declaration.Year = &r.Declaration.Year
	}
	for _, c := range r.Commitments {
		out.Commitments = append(out.Commitments, jsonCommitment{c.Number, c.Title, c.Text, orEmpty(c.Forms), orEmpty(c.Grounds), orEmpty(c.ExtraGrounds), orEmpty(c.Details), sp(c.Source)})
	}
	for _, a := range r.Activities {
		j := jsonActivity{Title: a.Title, Kind: a.Kind, Kinds: orEmpty(a.Kinds), Forms: orEmpty(a.Forms), Status: a.Status,
			Date:  jsonDate{a.When.Precision, dateOrEmpty(a.When.From), dateOrEmpty(a.When.To), a.When.Text, orEmpty(a.Days), a.Deadline, a.YearFrom, a.Frequency, a.Time},
			Count: a.Count, Partners: orEmpty(a.Partners), Organisers: orEmpty(a.Organisers), Projects: orEmpty(a.Projects), Speakers: orEmpty(a.Speakers),
			Place: a.Place, Responsible: a.Responsible, Serves: orEmpty(a.Serves), Inherited: orEmpty(a.Inherited), Text: a.Text, Source: sp(a.Source)}
		if a.Reach != nil {
			j.Reach = *a.Reach
		}
		out.Activities = append(out.Activities, j)
	}
	for _, u := range r.Unread {
		out.Unread = append(out.Unread, jsonPassage{u.Text, sp(u.Source)})
	}
	for _, p := range r.Parts {
		j := jsonPart{Role: p.Role, Source: sp(p.Source)}
		if p.Item >= 0 {
			j.Item = &p.Item
		}
		out.Parts = append(out.Parts, j)
	}
	return json.Marshal(out)
}

func dateOrEmpty(d period.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// runeIndex turns byte offsets of a text into offsets in code points; it remembers every 256th byte.
type runeIndex struct {
	text  string
	marks []int
}

func codePoints(text string) runeIndex {
	x := runeIndex{text: text}
	n := 0
	for i := range len(text) {
		if i%256 == 0 {
			x.marks = append(x.marks, n)
		}
		if utf8.RuneStart(text[i]) {
			n++
		}
	}
	return x
}

func (x runeIndex) at(b int) int {
	b = max(0, min(b, len(x.text)))
	if b == 0 {
		return 0
	}
	k := min(b/256, len(x.marks)-1)
	n := x.marks[k]
	for i := k * 256; i < b; i++ {
		if utf8.RuneStart(x.text[i]) {
			n++
		}
	}
	return n
}
