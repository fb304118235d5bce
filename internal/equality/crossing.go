package equality

import (
	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// Crossing is what a multilevel model says of people who belong to several groups at once. Estimates of small groups are drawn towards what the groups
// give each on its own.
type Crossing struct {
	Variables []string
	Cells     []Crossed
	Hidden    int
	// Additive is the share of the variation between the combinations that the groups explain each on its own, 0 to 1.
	Additive float64
	// Varies tells whether the combinations differ at all beyond chance.
	Varies bool
}

// Crossed is one combination.
type Crossed struct {
	Codes []string
	Count stats.Count
	// Chance is the estimate, drawn together, with its interval.
	Chance stats.Estimate
}

// cross fits the model to the combinations of two variables whose figures are shown and that have at least as many people as the threshold. It is nil
// where they are fewer than four or the model has no estimate.
func cross(x *disclosure.Result, c Comparison) *Crossing {
	out := &Crossing{Variables: c.Crossed}
	first, second := c.Crossed[0], c.Crossed[1]
	o := stats.Observations{Terms: []string{"constant"}}
	a, b := without(x.Categories[first]), without(x.Categories[second])
	for _, v := range a[min(1, len(a)):] {
		o.Terms = append(o.Terms, v)
	}
	for _, v := range b[min(1, len(b)):] {
		o.Terms = append(o.Terms, v)
	}
	for _, p := range a {
		for _, q := range b {
			s := share(x, place{first: p, second: q}, c.Outcome, p)
			if !s.Shown || s.Count.N < int64(x.Threshold) {
				out.Hidden++
				continue
			}
			out.Cells = append(out.Cells, Crossed{Codes: []string{p, q}, Count: s.Count})
			o.Counts = append(o.Counts, s.Count)
			for _, t := range o.Terms {
				one := 0.0
				if t == "constant" || t == p || t == q {
					one = 1
				}
				o.Design = append(o.Design, one)
			}
		}
	}
	if len(out.Cells) < 4 || len(out.Cells) < len(o.Terms) {
		return nil
	}
	m, err := stats.CompareIntersections(o, Confidence)
	if err != nil {
		return nil
	}
	for i := range out.Cells {
		out.Cells[i].Chance = m.Main.Strata[i].Probability
	}
	out.Varies = m.Null.Between.P < Level
	if m.Additive == m.Additive { // a number: there is something to explain
		out.Additive = min(max(m.Additive, 0), 1)
	}
	return out
}

func without(codes []string) []string {
	var list []string
	for _, c := range codes {
		if c != Unknown {
			list = append(list, c)
		}
	}
	return list
}
