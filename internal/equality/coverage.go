package equality

import (
	"slices"

	"samklang/internal/platform/i18n"
)

// Coverage tells what stands behind a comparison: how many were counted in each group, and of how many of them the answer is known.
func (w Words) Coverage(f Finding) string {
	a, b := f.All.Group, f.All.Reference
	if !a.Enough || !b.Enough {
		return ""
	}
	s := w.T("equality.counted", "n", w.Number(a.Count.N), "group", w.Group(f.Variable, f.Group), "m", w.Number(b.Count.N), "reference", w.Group(f.Variable, f.Reference))
	x, ok := a.Known()
	y, also := b.Known()
	switch {
	case !ok || !also:
		return s + " " + w.T("equality.known_hidden")
	case x == 1 && y == 1:
		return s + " " + w.T("equality.known_all")
	}
	return s + " " + w.T("equality.known_groups", "a", w.Hundred(x), "group", w.Group(f.Variable, f.Group), "b", w.Hundred(y), "reference", w.Group(f.Variable, f.Reference))
}

// CoverageOf tells the same of everybody.
func (w Words) CoverageOf(s Share) string {
	if !s.Enough {
		return ""
	}
	out := w.T("equality.counted_all", "n", w.Number(s.Count.N))
	switch x, ok := s.Known(); {
	case !ok:
		return out + " " + w.T("equality.known_hidden")
	case x == 1:
		return out + " " + w.T("equality.known_all")
	default:
		return out + " " + w.T("equality.known", "a", w.Hundred(x))
	}
}

// grades are the broad words of the follow-up for how many cards have every answer, the best first.
var grades = [...]string{"nearly", "most", "half", "little"}

// shown is the coverage as everybody may see it: of the initiatives that stand in the figures, and how many do not, without their names.
func (p *Published) shown() (coverage map[string]string, left int) {
	coverage = map[string]string{}
	for code, g := range p.Coverage {
		if slices.Contains(p.Result.Categories[Initiative], code) {
			coverage[code] = g
		} else if g != "nothing" {
			left++
		}
	}
	return coverage, left
}

// Behind tells which initiatives and periods the figures of a source are made of, which initiatives are left out, and how complete the cards are.
func (w Words) Behind(p *Published) []string {
	if p == nil {
		return nil
	}
	in := p.Result.Categories[Initiative]
	names := func(keep func(code string) bool) (list []string) {
		for code := range p.Coverage {
			if keep(code) {
				list = append(list, w.Code(Initiative, code))
			}
		}
		slices.Sort(list)
		return list
	}
	list := []string{w.T("equality.behind", "n", len(in), "periods", len(p.Result.Categories[Period]))}
	if p.Newer != "" {
		list = append(list, w.T("equality.behind_newer"))
	}
	if left := names(func(code string) bool { return !slices.Contains(in, code) && p.Coverage[code] != "nothing" }); len(left) > 0 {
		list = append(list, w.T("equality.behind_left", "n", len(left), "names", i18n.Upper(w.List(left)), "least", p.Result.Denominator))
	} else if p.Left > 0 {
		list = append(list, w.T("equality.behind_few", "n", p.Left, "least", p.Result.Denominator))
	}
	for _, g := range grades {
		if those := names(func(code string) bool { return slices.Contains(in, code) && p.Coverage[code] == g }); len(those) > 0 {
			list = append(list, w.T("equality.grade."+g, "names", w.List(those)))
		}
	}
	return list
}

// OfferTitle is the question of an offer.
func (w Words) OfferTitle(o Offer) string { return w.T("equality.title.offer-" + o.Variable) }

// Offered tells, initiative by initiative, how many of a hundred of each group begin there.
func (w Words) Offered(o Offer) (list []string) {
	for _, p := range o.Initiatives {
		list = append(list, w.T("equality.offered", "name", w.Code(Initiative, p.Code), "a", w.Hundred(p.Group.Rate), "group", w.Group(o.Variable, o.Group), "b", w.Hundred(p.Reference.Rate), "reference", w.Group(o.Variable, o.Reference)))
	}
	if o.Hidden > 0 {
		list = append(list, w.T("equality.offered_hidden", "n", o.Hidden))
	}
	return append(list, w.T("equality.offered_means"))
}
