package followupweb

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// The latest card lies in the browser of who counted it and nowhere else, so that its choices stand there for the next one and it can be taken
// back. It goes when the browser is closed, or after an hour.
const (
	cardCookie = "samklang-kort"
	cardKept   = 3600 // seconds
)

// latest is a card as the browser keeps it.
type latest struct {
	Initiative, Period string
	Card               followup.Card
	Undone             bool // its choices stay, but it cannot be taken back again
}

func (s *Pages) keepCard(w http.ResponseWriter, r *web.Request, x latest) {
	v := url.Values{"i": {x.Initiative}, "p": {x.Period}, "m": {string(x.Card.Moment)}, "c": {x.Card.Values.String()}, "n": {itoa(x.Card.N)}}
	if x.Card.Protected {
		v.Set("s", "1")
	}
	if x.Undone {
		v.Set("u", "1")
	}
	http.SetCookie(w, &http.Cookie{Name: cardCookie, Value: url.QueryEscape(v.Encode()), Path: r.Path("/insatser/" + x.Initiative + "/rakna"), MaxAge: cardKept, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(r.Absolute("/"), "https:")})
}

func latestCard(r *web.Request, initiative id.ID) (x latest, ok bool) {
	c, err := r.Cookie(cardCookie)
	if err != nil || len(c.Value) > 2000 {
		return x, false
	}
	raw, err := url.QueryUnescape(c.Value)
	if err != nil {
		return x, false
	}
	v, err := url.ParseQuery(raw)
	if err != nil || v.Get("i") != initiative.String() {
		return x, false
	}
	cell, err := followup.ParseCell(v.Get("c"))
	if err != nil {
		return x, false
	}
	x = latest{Initiative: v.Get("i"), Period: v.Get("p"), Undone: v.Get("u") != "", Card: followup.Card{Moment: followup.Moment(v.Get("m")), Values: cell, Protected: v.Get("s") != ""}}
	for _, d := range v.Get("n") {
		if d < '0' || d > '9' || x.Card.N > followup.MostOfACard {
			return x, false
		}
		x.Card.N = x.Card.N*10 + int64(d-'0')
	}
	return x, true
}

type cardView struct {
	ui.Page
	Head      ui.PageHead
	Errors    ui.FormErrors
	Tag       ui.Form
	Period    string
	Moments   []ui.Chip
	Moment    string
	Questions []question
	Alike     []alike // what is counted most: one press counts one more
	N         string
	Protected bool
	Asks      bool     // there is more than sex to ask, so that somebody protected is counted in another way
	Done      string   // what was just counted
	Undo      *ui.Form // takes it back
	Others    []ui.Link
	Closed    string // why nobody can count in this period
}

// question is what is asked of a card. Where the answers are many, those that are used in the initiative come first and the rest lie behind a summary.
type question struct {
	ui.Choice
	Rest ui.Choice
	Open bool // the answer lies in the rest
}

// answersShown is how many answers of a long list are shown at once.
const answersShown = 6

// split leaves short lists, and those of which nothing is known yet, as they are.
func split(p ui.Printer, q ui.Choice, used map[string]int64) question {
	if len(q.Options) <= answersShown+3 || len(used) < 2 {
		return question{Choice: q}
	}
	order := slices.Clone(q.Options)
	slices.SortStableFunc(order, func(a, b ui.Option) int { return cmp.Compare(used[b.Value], used[a.Value]) })
	first := map[string]bool{followup.Unknown: true}
	for _, o := range order[:answersShown] {
		first[o.Value] = true
	}
	out := question{Choice: q, Rest: ui.Choice{Field: ui.Field{Name: q.Name, Label: p.T("followupweb.card.rest", "question", q.Label)}}}
	out.Options = nil
	for _, o := range q.Options {
		if first[o.Value] {
			out.Options = append(out.Options, o)
			continue
		}
		out.Rest.Options = append(out.Rest.Options, o)
		out.Open = out.Open || o.On
	}
	out.Rest.First = len(out.Options)
	return out
}

// alike is a card that many are like.
type alike struct {
	Tag    ui.Form
	Words  string
	Fields [][2]string
}

// alikeShown is how many of them stand at the top, and alikeLeast how many people must be alike for it.
const (
	alikeShown = 3
	alikeLeast = 3
)

// counted sums this period and the one before, which are what the next card most likely is like.
func counted(e followup.Entry, m followup.Moment) followup.Counts {
	sum := followup.Counts{}
	maps.Copy(sum, e.Counts[m])
	if len(e.Earlier) > 0 {
		for cell, n := range e.Earlier[0].Counts[m] {
			sum[cell] += n
		}
	}
	return sum
}

// likely lists the cards that most are like.
func (s *Pages) likely(r *web.Request, e followup.Entry, m followup.Moment, action string) []alike {
	counts := counted(e, m)
	cells := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(cells, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var list []alike
	for _, key := range cells {
		cell, err := followup.ParseCell(key)
		if err != nil || !cell.Complete() || cell[followup.EndReason] == followup.Misregistered || len(cell) < 2 {
			continue
		}
		if counts[key] < alikeLeast || len(list) == alikeShown {
			break
		}
		x := alike{Tag: ui.Form{Action: action, Key: id.New().String()}, Words: s.about(r, e.Lists, followup.Card{Values: cell}), Fields: [][2]string{{"moment", string(m)}, {"period", e.Progress.Block.String()}, {"n", "1"}}}
		known := true
		for _, v := range followup.Variables {
			if code, ok := cell[v]; ok {
				known = known && e.Lists.Has(v, code, e.Progress.Block)
				x.Fields = append(x.Fields, [2]string{v, code})
			}
		}
		if known {
			list = append(list, x)
		}
	}
	return list
}

func (s *Pages) cardPage(w http.ResponseWriter, r *web.Request) error {
	initiative, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	q := r.URL.Query()
	c := followup.Card{Moment: followup.Moment(q.Get("vad")), N: 1}
	kept, has := latestCard(r, initiative)
	at := q.Get("period")
	if has {
		if c.Moment == "" {
			c.Moment = kept.Card.Moment
		}
		if c.Moment == kept.Card.Moment {
			c.Values = kept.Card.Values
		} else if sex := kept.Card.Values[followup.Sex]; sex != "" {
			c.Values = followup.Cell{followup.Sex: sex, followup.Municipality: kept.Card.Values[followup.Municipality]}
		}
		if at == "" && q.Get("klart") != "" {
			at = kept.Period
		}
	}
	return s.showCard(w, r, http.StatusOK, initiative, at, c, nil)
}

// showCard writes the card. The period is today's unless another is named.
func (s *Pages) showCard(w http.ResponseWriter, r *web.Request, status int, initiative id.ID, at string, c followup.Card, fault error) error {
	ctx, sc := r.Context(), r.Scope()
	if err := s.Followup.Check(ctx, s.Followup.DB.Read(), r.Actor, access.FollowupEnter, sc.ID, initiative); err != nil {
		return err
	}
	x, err := s.Followup.Initiative(ctx, s.Followup.DB.Read(), sc.ID, initiative)
	if err != nil {
		return err
	}
	b, err := period.ParseBlock(at)
	if err != nil {
		if b, err = s.Followup.Current(ctx, sc.ID, x); err != nil {
			return err
		}
	}
	e, err := s.Followup.Entry(ctx, r.Actor, sc.ID, initiative, b)
	if err != nil {
		return err
	}
	moments := followup.MomentsOf(x.Method)
	if _, ok := followup.Asked(x.Method, c.Moment); !ok {
		c.Moment = moments[0]
	}
	here := address(r, initiative) + "/rakna"
	v := cardView{Errors: ui.ErrorsOf(r.Printer, fault), Period: b.String(), Moment: string(c.Moment), N: itoa(max(c.N, 1)), Protected: c.Protected}
	v.Page = s.frame(r, r.T("followupweb.card.title"), ui.Link{Label: x.Name, Href: address(r, initiative)})
	v.Faulty = len(v.Errors) > 0
	v.Flash = nil // what was counted is said in its own words
	v.Head = ui.PageHead{Kicker: x.Name, Title: i18n.Upper(inWords(r.Printer, b))}
	v.Tag = ui.Form{Action: here, Key: id.New().String()}
	if len(moments) > 1 {
		for _, m := range moments {
			v.Moments = append(v.Moments, ui.Chip{Label: r.T("followupweb.moment." + string(m)), Count: itoa(e.Counts[m].Sum()), Href: here + "?" + url.Values{"vad": {string(m)}, "period": {b.String()}}.Encode(), On: m == c.Moment, Stays: true})
		}
	}
	variables, _ := followup.Asked(x.Method, c.Moment)
	used := counted(e, c.Moment)
	for _, name := range variables {
		list := e.Lists.In(name, b)
		q := ui.Choice{Field: ui.Field{Name: name, Label: r.T("followupweb.ask." + name), Error: v.Errors.For(name)}}
		for _, code := range list {
			on := c.Values[name] == code.Code || name == followup.Municipality && len(list) == 2 && c.Values[name] == "" && code.Code == list[0].Code
			q.Options = append(q.Options, ui.Option{Value: code.Code, Label: i18n.Upper(label(r.Printer, name, code)), On: on})
		}
		v.Questions = append(v.Questions, split(r.Printer, q, used.By(name)))
	}
	v.Asks = len(variables) > 1
	if e.Progress.State != followup.Open {
		v.Closed = r.T("followup.locked")
	} else if fault == nil {
		v.Alike = s.likely(r, e, c.Moment, here)
	}
	if kept, ok := latestCard(r, initiative); ok && r.URL.Query().Get("klart") == "card" && !kept.Undone && fault == nil {
		v.Done = r.T("followupweb.card.done", "n", kept.Card.N, "what", r.T("followupweb.did."+string(kept.Card.Moment)), "about", s.about(r, e.Lists, kept.Card))
		v.Undo = &ui.Form{Action: here + "/angra", Key: id.New().String()}
	} else if r.URL.Query().Get("klart") == "undone" && fault == nil {
		v.Done = r.T("followupweb.card.undone")
	}
	o, err := s.Followup.Overview(ctx, r.Actor, sc.ID, initiative)
	if err != nil {
		return err
	}
	for _, p := range o.Periods {
		if p.Block != b && p.State == followup.Open {
			v.Others = append(v.Others, ui.Link{Label: i18n.Upper(inWords(r.Printer, p.Block)), Href: here + "?" + url.Values{"vad": {string(c.Moment)}, "period": {p.Block.String()}}.Encode()})
		}
	}
	return r.Render(w, status, cardPage(v))
}

// about says whom a card stood for.
func (s *Pages) about(r *web.Request, l followup.Lists, c followup.Card) string {
	var words []string
	for _, name := range followup.Variables {
		if code := c.Values[name]; code != "" && (code != followup.Unknown || name == followup.Sex) {
			words = append(words, labelOf(r.Printer, l, name, code))
		}
	}
	return joined(words...)
}

// readCard reads what was chosen.
func readCard(f *web.Form) followup.Card {
	c := followup.Card{Moment: followup.Moment(f.Values.Get("moment")), Values: followup.Cell{}, Protected: f.Bool("protected"), N: 1}
	for _, v := range followup.Variables {
		if code := f.Values.Get(v); code != "" {
			c.Values[v] = code
		}
	}
	if n := f.Number("n"); n != nil {
		c.N = *n
	}
	return c
}

func (s *Pages) count(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	if err := s.Followup.Check(r.Context(), s.Followup.DB.Read(), r.Actor, access.FollowupEnter, r.Scope().ID, initiative); err != nil {
		return err
	}
	c, at := readCard(f), f.Values.Get("period")
	b, err := period.ParseBlock(at)
	if err != nil {
		f.Add("", "followup.moment_missing")
	}
	if err = f.Err(); err == nil {
		err = s.Followup.Count(r.Context(), r.Actor, r.Scope().ID, initiative, b, c)
	}
	if onForm(err) {
		return s.showCard(w, r, web.Status(err), initiative, at, c, err)
	}
	if err != nil {
		return err
	}
	s.keepCard(w, r, latest{Initiative: initiative.String(), Period: b.String(), Card: c})
	return r.SeeOther(w, address(r, initiative)+"/rakna?klart=card")
}

func (s *Pages) undo(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	initiative, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	if err := s.Followup.Check(r.Context(), s.Followup.DB.Read(), r.Actor, access.FollowupEnter, r.Scope().ID, initiative); err != nil {
		return err
	}
	kept, ok := latestCard(r, initiative)
	b, err := period.ParseBlock(kept.Period)
	if !ok || kept.Undone || err != nil {
		return s.showCard(w, r, http.StatusConflict, initiative, kept.Period, kept.Card, errs.E(errs.Conflict, "followupweb.card.nothing"))
	}
	if err := s.Followup.Undo(r.Context(), r.Actor, r.Scope().ID, initiative, b, kept.Card); onForm(err) {
		return s.showCard(w, r, web.Status(err), initiative, kept.Period, kept.Card, err)
	} else if err != nil {
		return err
	}
	kept.Undone = true
	s.keepCard(w, r, kept)
	return r.SeeOther(w, address(r, initiative)+"/rakna?klart=undone")
}
