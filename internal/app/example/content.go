package example

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"

	"samklang/internal/core/actor"
	"samklang/internal/core/period"
)

//go:embed content
var content embed.FS

// read decodes one file of the content; a field the program does not know is a mistake.
func read(name string, into any) error {
	b, err := content.ReadFile("content/" + name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type installation struct {
	Administrator person               `json:"administrator"`
	Associations  []exampleAssociation `json:"associations"`
}

type exampleAssociation struct {
	Slug        string      `json:"slug"`
	Name        string      `json:"name"`
	ShortName   string      `json:"short_name"`
	OrgNumber   string      `json:"org_number"`
	Seat        string      `json:"seat"`
	County      string      `json:"county"`
	Brand       string      `json:"brand"`
	Email       string      `json:"email"`
	Phone       string      `json:"phone"`
	Website     string      `json:"website"`
	FoundedOn   period.Date `json:"founded_on"`
	AboutSv     string      `json:"about_sv"`
	AboutSimple string      `json:"about_simple"`
	AboutEn     string      `json:"about_en"`
	Members     []member    `json:"members"`
	Bodies      []body      `json:"bodies"`
	People      []person    `json:"people"`
}

type member struct {
	Kind      string      `json:"kind"`
	Name      string      `json:"name"`
	ValidFrom period.Date `json:"valid_from"`
	ValidTo   period.Date `json:"valid_to"`
}

type body struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type person struct {
	Key          string     `json:"key"`
	Try          bool       `json:"try"` // named to whoever starts the example installation
	Name         string     `json:"name"`
	Email        string     `json:"email"`
	Role         actor.Role `json:"role"`
	Body         string     `json:"body"` // kind of body
	Organisation string     `json:"organisation"`
	From         string     `json:"from"`
	Ends         string     `json:"ends"`
}

type declaration struct {
	Key        string      `json:"key"`
	Title      string      `json:"title"`
	Preamble   string      `json:"preamble"`
	Simple     string      `json:"about_simple"`
	English    string      `json:"about_en"`
	Period     [2]string   `json:"period"`
	Promises   []promise   `json:"promises"`
	Signed     []signing   `json:"signed"`
	Milestones []milestone `json:"milestones"`
	Evidence   []evidence  `json:"evidence"` // of a promise itself
}

type promise struct {
	Number       int      `json:"number"`
	Title        string   `json:"title"`
	TitleSimple  string   `json:"title_simple"`
	TitleEn      string   `json:"title_en"`
	Plain        string   `json:"plain"`
	Forms        []string `json:"forms"`
	Grounds      []string `json:"grounds"`
	ExtraGrounds string   `json:"extra_grounds"`
}

type signing struct {
	By          string         `json:"by"`
	As          string         `json:"as"`
	On          string         `json:"on"`
	Adopted     string         `json:"adopted"`
	Decision    string         `json:"decision"`
	File        string         `json:"file"`
	Wordings    map[int]string `json:"wordings"`
	Responsible map[int]string `json:"responsible"`
	Replaces    *replacement   `json:"replaces"`
	Supersedes  []supersession `json:"supersedes"`
}

type replacement struct {
	Declaration string      `json:"declaration"`
	Promises    map[int]int `json:"promises"` // number there to number here
}

type supersession struct {
	Promise  int    `json:"promise"`
	On       string `json:"on"`
	Decision string `json:"decision"`
	Wording  string `json:"wording"`
	Reason   string `json:"reason"`
}

type milestone struct {
	Of       string     `json:"of"`
	Promise  int        `json:"promise"`
	Title    string     `json:"title"`
	Due      string     `json:"due"`
	Evidence []evidence `json:"evidence"`
}

type evidence struct {
	Of       string `json:"of"`
	Promise  int    `json:"promise"`
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	Body     string `json:"body"`
	URL      string `json:"url"`
	Figure   *int64 `json:"figure"`
	Unit     string `json:"unit"`
	Source   string `json:"source"`
	File     string `json:"file"`
	On       string `json:"on"`
	By       string `json:"by"`
	Review   string `json:"review"`   // who reviews it two working days later; nobody yet when empty
	Returned string `json:"returned"` // why it is returned
	Comment  string `json:"comment"`
	Partial  bool   `json:"partial"` // shows a part of the step only
}

type plan struct {
	Association string     `json:"association"`
	Activities  []activity `json:"activities"`
	Series      []series   `json:"series"`
}

type activity struct {
	Declaration string         `json:"declaration"` // key; the joint one when empty
	Title       string         `json:"title"`
	Kind        string         `json:"kind"`
	Forms       []string       `json:"forms"`
	Grounds     []string       `json:"grounds"`
	On          string         `json:"on"`
	Planned     string         `json:"planned"` // the day it is put into the plan
	Time        string         `json:"time"`
	Place       string         `json:"place"`
	Digital     bool           `json:"digital"`
	Description string         `json:"description"`
	Audience    string         `json:"audience"`
	Reach       []int64        `json:"reach"`
	Partners    []string       `json:"partners"`
	Speakers    []string       `json:"speakers"`
	Serves      map[int]string `json:"serves"` // number of the promise to how
	Owner       string         `json:"owner"`
	With        []string       `json:"with"`
	Answers     []answer       `json:"answers"`
	Confirmed   bool           `json:"confirmed"`
	Follow      string         `json:"follow"`
	Internal    bool           `json:"internal"`
	Notes       string         `json:"notes"`
	Reached     *int64         `json:"reached"`
	Counted     string         `json:"counted"`
	Report      string         `json:"report"`
	Reported    string         `json:"reported"` // the day of the report; the activity's own when empty
	By          string         `json:"by"`
	Review      string         `json:"review"`
	Outcome     string         `json:"outcome"` // "missing": nobody reports; "waiting": nobody has reviewed
	Cancel      *called        `json:"cancel"`
	Postpone    *called        `json:"postpone"`
}

type called struct {
	On     string `json:"on"`
	Reason string `json:"reason"`
}

type answer struct {
	By     string         `json:"by"`
	As     string         `json:"as"`
	On     string         `json:"on"`
	Serves map[int]string `json:"serves"`
}

type series struct {
	Title   string         `json:"title"`
	Kind    string         `json:"kind"`
	Forms   []string       `json:"forms"`
	Weekday string         `json:"weekday"`
	From    string         `json:"from"`
	Until   string         `json:"until"`
	Every   int            `json:"every"`
	Unit    string         `json:"unit"`
	Planned string         `json:"planned"`
	Time    string         `json:"time"`
	Place   string         `json:"place"`
	Serves  map[int]string `json:"serves"`
	Owner   string         `json:"owner"`
	Reached []int64        `json:"reached"`
	Counted string         `json:"counted"`
	Reports []string       `json:"reports"`
	Waiting int            `json:"waiting"` // how many of the latest nobody has reviewed
}

type round struct {
	Association string         `json:"association"`
	As          string         `json:"as"`
	Title       string         `json:"title"`  // with {n} and {year}
	Months      int            `json:"months"` // 4: tertials, 6: half-years
	Comments    map[int]string `json:"comments"`
}
