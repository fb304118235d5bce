package commitments

import (
	"samklang/internal/core/period"
)

// NextPeriod proposes what the next follow-up is about: the tertial that ended last, or the one that goes on when that has a follow-up already,
// and so forth. An association that follows up by half-years, as its latest follow-up shows, is offered half-years. Taken are the periods of the
// rounds there are, without those that correct another, the newest first.
func NextPeriod(today period.Date, taken [][2]period.Date) period.When {
	first, perYear := period.Tertial1, 3
	if len(taken) > 0 {
		if days := taken[0][1].Sub(taken[0][0]); days > 150 && days < 200 {
			first, perYear = period.FirstHalf, 2
		}
	}
	months := 12 / perYear
	n := today.Year*perYear + (int(today.Month)-1)/months - 1 // periods are numbered through the years
	for ; ; n++ {
		p := period.InTerm(n/perYear, first+period.Term(n%perYear))
		free := true
		for _, t := range taken {
			free = free && (p.To.Before(t[0]) || t[1].Before(p.From))
		}
		if free {
			return p
		}
	}
}
