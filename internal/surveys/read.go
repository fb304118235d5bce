package surveys

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"
	"samklang/internal/stats"
)

// Confidence is that of every interval.
const Confidence = 0.95

// Share is how many of those who answered gave a good answer, made of figures that are shown. Those whose answer lies outside the scale are not in it.
type Share struct {
	Group    string // of a background, "" for everybody
	Enough   bool   // the figures are shown and enough people answered
	Count    stats.Count
	Rate     float64
	Interval stats.Interval // Wilson
}

// Outcome is what is told of one question, answered by one sort of respondents in one round.
type Outcome struct {
	Round       Round
	Respondents Respondents
	Question    id.ID
	Version     int64
	On          period.Date       // when it was settled
	Answered    disclosure.Figure // how many gave an answer that counts
	Asked       disclosure.Figure // how many the round was sent to
	Response    int               // percent of those asked, where Told
	Told        bool
	All         Share
	Answers     map[string]disclosure.Figure // by code
	Crossed     []Crossing
	Left        []string // backgrounds that came in and are not told of, since a group is small
	Result      *disclosure.Result
}

// Crossing is a question by a background.
type Crossing struct {
	Background string
	Shares     []Share
}

// share reads a share off a result.
func share(r *disclosure.Result, at map[string]string) Share {
	find := func(class string) (int64, bool) {
		if !slices.Contains(r.Categories[Class], class) {
			return 0, true
		}
		cell := map[string]string{Class: class}
		for k, v := range at {
			cell[k] = v
		}
		n, shown := r.Find(cell).Count()
		return int64(n), shown
	}
	var s Share
	good, shown := find(Good)
	rest, also := find(Other)
	n := good + rest
	if !shown || !also || n < int64(r.Denominator) || n > stats.MaxCount {
		return s
	}
	count := stats.Count{K: good, N: n}
	interval, err := stats.Wilson(count, Confidence)
	if err != nil {
		return s
	}
	return Share{Enough: true, Count: count, Rate: count.Rate(), Interval: interval}
}

// outcome reads a publication.
func (p publicationRow) outcome(round Round, sent *disclosure.Result) (Outcome, error) {
	o := Outcome{Round: round, Respondents: p.Respondents, Question: p.QuestionID, Version: p.Version, On: p.PublishedOn, Answers: map[string]disclosure.Figure{}}
	var err error
	if o.Result, err = disclosure.ReadResult(strings.NewReader(p.ResultJSON), "publication"); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(p.LeftJSON), &o.Left); err != nil {
		return o, err
	}
	r := o.Result
	o.Answered, o.All = r.Find(nil), share(r, nil)
	if sent != nil {
		o.Asked = sent.Find(nil)
		o.Response, o.Told = r.Percent(o.Answered, o.Asked)
	}
	for _, code := range r.Categories[Answer] {
		o.Answers[code] = r.Find(map[string]string{Answer: code})
	}
	for _, b := range crossed(r) {
		x := Crossing{Background: b}
		for _, g := range groupsOf(r, b) {
			s := share(r, map[string]string{b: g})
			s.Group = g
			x.Shares = append(x.Shares, s)
		}
		o.Crossed = append(o.Crossed, x)
	}
	return o, nil
}

// outcomes reads what is told now of the rounds of an instrument: the latest publication of each place, the latest round first.
func outcomes(ctx context.Context, q db.IDB, f Frame) ([]Outcome, error) {
	rows, err := publications(ctx, q, f.AssociationID, id.None)
	if err != nil {
		return nil, err
	}
	sent, err := askedOf(ctx, q, f.AssociationID, id.None)
	if err != nil {
		return nil, err
	}
	type to struct {
		round id.ID
		who   Respondents
	}
	were := map[to]string{}
	for _, r := range sent {
		were[to{r.RoundID, r.Respondents}] = r.ResultJSON
	}
	latest := map[id.ID]map[Place]publicationRow{}
	for _, p := range rows {
		if latest[p.RoundID] == nil {
			latest[p.RoundID] = map[Place]publicationRow{}
		}
		latest[p.RoundID][Place{p.Respondents, p.QuestionID}] = p
	}
	var list []Outcome
	for _, round := range f.Rounds {
		for _, p := range latest[round.ID] {
			var asked *disclosure.Result
			if text := were[to{round.ID, p.Respondents}]; text != "" {
				if asked, err = disclosure.ReadResult(strings.NewReader(text), "publication"); err != nil {
					return nil, err
				}
			}
			o, err := p.outcome(round, asked)
			if err != nil {
				return nil, err
			}
			list = append(list, o)
		}
	}
	at := func(o Outcome) int {
		return slices.IndexFunc(f.Rounds, func(r Round) bool { return r.ID == o.Round.ID })
	}
	slices.SortFunc(list, func(a, b Outcome) int {
		if d := at(a) - at(b); d != 0 {
			return d
		}
		if d := slices.Index(Groups[:], a.Respondents) - slices.Index(Groups[:], b.Respondents); d != 0 {
			return d
		}
		return ByNumber(f.Question(a.Question).Number, f.Question(b.Question).Number)
	})
	return list, nil
}

// Outcomes gives an instrument and what is told of its rounds, the latest first. All of it has passed package disclosure.
func (s *Service) Outcomes(ctx context.Context, a actor.Actor, association, instrument id.ID) (Frame, []Outcome, error) {
	f, err := s.Frame(ctx, a, association, instrument)
	if err != nil {
		return f, nil, err
	}
	list, err := outcomes(ctx, s.DB.Read(), f)
	return f, list, err
}

// Sent is how many a round was sent to, as far as it may be told.
func (s *Service) Sent(ctx context.Context, a actor.Actor, association, round id.ID) (map[Respondents]disclosure.Figure, error) {
	if err := reads(a, association); err != nil {
		return nil, err
	}
	if round == id.None {
		return nil, errs.E(errs.NotFound, "error.not_found")
	}
	rows, err := askedOf(ctx, s.DB.Read(), association, round)
	out := map[Respondents]disclosure.Figure{}
	for _, row := range rows {
		r, err := disclosure.ReadResult(strings.NewReader(row.ResultJSON), "publication")
		if err != nil {
			return nil, err
		}
		out[row.Respondents] = r.Find(nil)
	}
	return out, err
}

// Told is what participants have answered in the latest round in which a background of theirs is told of.
type Told struct {
	Instrument id.ID
	Indicator  Indicator
	Question   Question
	Outcome    Outcome
}

// Voices gives what participants have answered by a background, of each question the latest round that tells of one: what those who were helped say
// themselves, beside what was counted of them.
func (s *Service) Voices(ctx context.Context, a actor.Actor, association id.ID) ([]Told, error) {
	list, err := s.Frames(ctx, a, association)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, f := range list {
		told, err := outcomes(ctx, s.DB.Read(), f)
		if err != nil {
			return nil, err
		}
		seen := map[Place]bool{}
		for _, o := range told {
			at := Place{o.Respondents, o.Question}
			if !o.Respondents.Participants() || len(o.Crossed) == 0 || seen[at] {
				continue
			}
			seen[at] = true
			q := f.Question(o.Question)
			out = append(out, Told{f.ID, Indicator{ID: q.IndicatorID, Name: f.Indicator(q.IndicatorID)}, q, o})
		}
	}
	return out, nil
}
