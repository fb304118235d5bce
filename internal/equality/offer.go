package equality

import "samklang/internal/disclosure"

// Offer is how people of each group are spread over the initiatives when they begin: who is offered what. It is told and not tested, since who is
// referred where has reasons that the figures do not hold.
type Offer struct {
	Variable         string
	Group, Reference string
	Initiatives      []Pair // of a hundred of each group, how many begin there
	Hidden           int    // initiatives whose figures are hidden
}

// offered are the groups of whom it is told.
var offered = [...][3]string{{Sex, "female", "male"}, {Age, "under_30", "from_30"}}

// offers leaves out what cannot be told of any two initiatives.
func offers(x *disclosure.Result) (list []Offer) {
	for _, g := range offered {
		o := Offer{Variable: g[0], Group: g[1], Reference: g[2]}
		for _, code := range x.Categories[Initiative] {
			p := pair(x, Comparison{Variable: o.Variable, Group: o.Group, Reference: o.Reference, Outcome: Outcome{Initiative, []string{code}}}, place{}, code)
			if p.Group.Enough && p.Reference.Enough {
				o.Initiatives = append(o.Initiatives, p)
			} else {
				o.Hidden++
			}
		}
		if len(o.Initiatives) >= 2 {
			list = append(list, o)
		}
	}
	return list
}
