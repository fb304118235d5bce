package equality

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// Heard is what those who answered a question said, by what they told of themselves without their names. The figures have passed package disclosure.
type Heard struct {
	Path        string // of the page that tells more
	Topic       string
	Number      string // of the question
	Question    string
	Round       string
	Answered    disclosure.Figure
	Asked       disclosure.Figure
	Backgrounds []string // that the result has tables of
	Result      *disclosure.Result
}

// A good answer, as results about answers have it.
var goodAnswer = Outcome{Variable: "class", Events: []string{"good"}}

// Voice is one comparison of what people said: a group that they told they belong to beside the largest other.
type Voice struct {
	Heard
	Background string
	Finding
}

// Listen compares what was told: in each question and background, every group with the largest one. Those who did not tell are compared with nobody. It
// gives how many estimates were tested; they are many at once, and each is judged by that.
func Listen(list []Heard) (voices []Voice, tests int) {
	var p []float64
	var to []int
	for _, t := range list {
		for _, b := range t.Backgrounds {
			for _, v := range t.by(b) {
				if voices = append(voices, v); v.Verdict != TooSmall {
					p, to = append(p, v.Crude.P), append(to, len(voices)-1)
				}
			}
		}
	}
	if q, err := stats.BenjaminiHochberg(p); err == nil {
		for i, at := range to {
			voices[at].Crude.Q = q[i]
		}
	}
	for i := range voices {
		voices[i].judge()
	}
	order := []Verdict{Difference, Chance, TooLittle, Alike, TooSmall}
	slices.SortStableFunc(voices, func(a, b Voice) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return voices, len(p)
}

// by compares the groups of one background; where fewer than two can be told it gives one comparison that is too small.
func (t Heard) by(background string) (list []Voice) {
	var shares []Share
	for _, g := range t.Result.Categories[background] {
		if g == Unknown {
			continue
		}
		if s := share(t.Result, place{background: g}, goodAnswer, g); s.Enough {
			shares = append(shares, s)
		}
	}
	if len(shares) < 2 {
		return []Voice{{Heard: t, Background: background, Finding: Finding{Verdict: TooSmall}}}
	}
	reference := 0
	for i, s := range shares {
		if s.Count.N > shares[reference].Count.N {
			reference = i
		}
	}
	for i, s := range shares {
		if i == reference {
			continue
		}
		f := Finding{Comparison: Comparison{Variable: background, Group: s.Code, Reference: shares[reference].Code, Outcome: goodAnswer}, All: Pair{disclosure.Total, s, shares[reference]}, Verdict: TooSmall}
		difference, err := stats.Newcombe(s.Count, shares[reference].Count, Confidence)
		if err == nil {
			var test stats.Test
			if test, _, err = stats.CochranMantelHaenszel([]stats.Stratum{f.All.stratum()}); err == nil {
				f.Verdict, f.Crude = TooLittle, Estimate{Difference: difference, P: test.P}
				f.Needed = needed(s, shares[reference])
			}
		}
		list = append(list, Voice{t, background, f})
	}
	return list
}

// Voices compares what those who answered questionnaires said of themselves.
func (s *Service) Voices(ctx context.Context, a actor.Actor, association id.ID) (voices []Voice, tests int, err error) {
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil || s.Hear == nil {
		return nil, 0, err
	}
	list, err := s.Hear(ctx, a, association)
	if err != nil {
		return nil, 0, err
	}
	voices, tests = Listen(list)
	return voices, tests, nil
}

// ofVoice is the word for a group that people told they belong to: "kvinnor", "som svarat ”ja”".
func (w Words) ofVoice(background, group string) string {
	if key := "equality.code." + background + "." + group; w.Has(key) {
		return w.T(key)
	}
	return w.T("equality.voice.group", "name", w.Code(background, group))
}

// VoiceTitle names what was asked and of what people told.
func (w Words) VoiceTitle(v Voice) string {
	return w.T("equality.voice.title", "topic", v.Topic, "number", v.Number, "background", w.T("equality.background."+v.Background))
}

// Voice tells both shares in natural frequencies, with the question and how many answered.
func (w Words) Voice(v Voice) string {
	s := w.T("equality.voice.question", "question", v.Question)
	if v.Verdict != TooSmall {
		s += " " + w.T("equality.voice.rates", "group", w.ofVoice(v.Variable, v.Group), "reference", w.ofVoice(v.Variable, v.Reference), "a", w.Hundred(v.All.Group.Rate), "b", w.Hundred(v.All.Reference.Rate))
	}
	n, some := v.Answered.Count()
	all, sent := v.Asked.Count()
	switch {
	case some && sent && n <= all:
		s += " " + w.T("equality.voice.response", "round", v.Round, "n", n, "all", all)
	case some:
		s += " " + w.T("equality.voice.answered", "round", v.Round, "n", n)
	}
	return s
}

// VoiceTests tells how many comparisons were made of what people said.
func (w Words) VoiceTests(n int) string { return w.T("equality.voice.tests", "n", n) }
