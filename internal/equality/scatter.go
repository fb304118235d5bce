package equality

import (
	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// Scatter is how units lie around the whole they are parts of. They are never ranked.
type Scatter struct {
	Spread
	Whole      Share
	Dispersion float64 // how much more than chance the units vary, 1 or more
	Points     []Point // in the order of the codes
	Hidden     int     // units that are too small to be shown
}

// Point is a unit between the limits that chance gives one of its size.
type Point struct {
	Share
	Likely, Sure stats.Interval // 95 and 99.8 %
	Outside      bool           // beyond the wider limits: to look into
}

// The confidences of the limits.
const (
	LikelyLimits = 0.95
	SureLimits   = 0.998
)

// LeastUnits is how many units must be shown: two that together are the whole lie apart by being two.
const LeastUnits = 3

// OK tells whether there is something to see: a whole, and enough units of it.
func (s Scatter) OK() bool { return s.Whole.Enough && len(s.Points) >= LeastUnits }

// Outside lists the units that are further from the whole than chance explains.
func (s Scatter) Outside() []string {
	var list []string
	for _, p := range s.Points {
		if p.Outside {
			list = append(list, p.Code)
		}
	}
	return list
}

func scatter(x *disclosure.Result, of Spread) Scatter {
	s := Scatter{Spread: of, Whole: share(x, place{}, of.Outcome, disclosure.Total), Dispersion: 1}
	var counts []stats.Count
	for _, code := range x.Categories[of.Units] {
		if code == Unknown {
			continue
		}
		u := share(x, place{of.Units: code}, of.Outcome, code)
		switch {
		case u.Shown && u.Count.N == 0: // nobody of whom it is known
		case !u.Enough:
			s.Hidden++
		default:
			s.Points, counts = append(s.Points, Point{Share: u}), append(counts, u.Count)
		}
	}
	if !s.Whole.Enough {
		s.Points = nil
		return s
	}
	if d, err := stats.Dispersion(s.Whole.Rate, counts); err == nil && len(counts) >= 10 {
		s.Dispersion = d
	}
	for i := range s.Points {
		p := &s.Points[i]
		var err error
		if p.Likely, err = s.Limits(p.Count.N, LikelyLimits); err != nil {
			continue
		}
		if p.Sure, err = s.Limits(p.Count.N, SureLimits); err == nil {
			p.Outside = p.Rate < p.Sure.Low || p.Rate > p.Sure.High
		}
	}
	return s
}

// Limits are those of a unit of n people.
func (s Scatter) Limits(n int64, confidence float64) (stats.Interval, error) {
	return stats.FunnelLimits(s.Whole.Rate, n, confidence, s.Dispersion)
}
