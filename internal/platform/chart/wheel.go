package chart

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Wheel is a year of activities, one segment a month, January at the top and on with the clock. A segment's shade grows with its number
// of activities and it is divided outwards into done, late, planned and cancelled. The figure stands at its inner edge, the statutory
// deadlines as diamonds on a circle within, and a triangle outside marks a month with something late.
type Wheel struct {
	Frame
	Months  [12]WheelMonth
	Current int    // 1–12; 0 for a year that is not this one
	Figure  string // in the middle: "31"
	Caption string // under the figure: "aktiviteter 2026"; at most some twenty characters
	// Header of the twin: month, done, late, planned, cancelled, deadlines.
	Header [6]string
}

// WheelMonth is one segment.
type WheelMonth struct {
	Name                           string // "september", in the twin
	Initial                        string // "S" or "sep", outside the ring
	Label                          string // "September: 7 aktiviteter, 5 gjorda och 2 planerade", what a reader hears
	Href                           string // the month's list, or ""
	Done, Late, Planned, Cancelled int
	Deadlines                      []int    // days of the month
	DeadlineTexts                  []string // for the twin: "30 november: budget"
}

func (m WheelMonth) total() int { return m.Done + m.Late + m.Planned + m.Cancelled }

// Rows is the twin.
func (w Wheel) Rows() Table {
	t := Table{Header: w.Header[:]}
	for _, m := range w.Months {
		t.Rows = append(t.Rows, []string{m.Name, strconv.Itoa(m.Done), strconv.Itoa(m.Late), strconv.Itoa(m.Planned), strconv.Itoa(m.Cancelled), list(m.DeadlineTexts)})
	}
	return t
}

// Measures of the wheel in its own units; the centre is at 0, 0.
const (
	wheelRadius   = 128.0 // outer edge of the ring
	wheelInner    = 92.0
	wheelGap      = 2.6 // half the gap between two months
	wheelFigures  = 82.0
	wheelDeadline = 68.0
	wheelInitials = 150.0
)

// Render draws the wheel.
func (w Wheel) Render(ctx context.Context, out io.Writer) error {
	if err := w.check(); err != nil {
		return err
	}
	most, links := 0, false
	for _, m := range w.Months {
		if m.Done < 0 || m.Late < 0 || m.Planned < 0 || m.Cancelled < 0 {
			return fmt.Errorf("chart %q: negative number in %q", w.ID, m.Name)
		}
		most, links = max(most, m.total()), links || link(m.Href) != ""
	}
	role := "img"
	if links {
		role = "group"
	}
	c := newCanvas()
	c.open("div", "class", "ch-box") // by whose width the texts of the drawing grow in a small place
	c.svg(w.Frame, role, "class", "ch ch-wheel", "viewBox", "-172 -162 344 324")
	c.patterns(w.ID, Planned, Late)
	c.leaf("circle", "class", "ch-orbit", "r", wheelDeadline)
	for i, m := range w.Months {
		w.month(c, i, m, shade(m.total(), most))
	}
	c.text("text", w.Figure, "class", "ch-figure", "y", 6)
	c.text("text", w.Caption, "class", "ch-caption", "y", 26)
	c.close("svg")
	c.close("div")
	return c.writeTo(ctx, out)
}

// shade is one of four steps by the share of the most that a month has.
func shade(n, most int) int {
	if n == 0 {
		return 0
	}
	return min(4, 1+4*(n-1)/max(1, most))
}

func (w Wheel) month(c *canvas, i int, m WheelMonth, shade int) {
	class := "ch-month"
	if i+1 == w.Current {
		class += " ch-current"
	}
	c.open("g", "class", class)
	href := link(m.Href)
	if href != "" {
		c.open("a", "href", href, "aria-label", m.Label)
	} else {
		c.text("title", m.Label)
	}
	middle := (float64(i) + 0.5) / 12
	c.leaf("path", "class", "ch-ground", "d", sector(i, wheelInner, wheelRadius))
	from := wheelInner
	for _, part := range []struct {
		state State
		n     int
	}{{Done, m.Done}, {Late, m.Late}, {Planned, m.Planned}, {Cancelled, m.Cancelled}} {
		if part.n == 0 {
			continue
		}
		to := from + (wheelRadius-wheelInner)*float64(part.n)/float64(m.total())
		name := "ch-part ch-" + part.state.class()
		if part.state == Done {
			name += " ch-shade-" + strconv.Itoa(shade)
		}
		c.leaf("path", "class", name, "d", sector(i, from, to), "fill", fill(w.ID, part.state))
		from = to
	}
	c.leaf("path", "class", "ch-edge", "d", sector(i, wheelInner, wheelRadius))
	if href != "" {
		c.close("a") // before the short texts, which are no part of the link's name
	}
	if m.total() > 0 {
		x, y := at(middle, wheelFigures)
		c.text("text", strconv.Itoa(m.total()), "class", "ch-count", "x", x, "y", y+3.6, "aria-hidden", "true")
	}
	x, y := at(middle, wheelInitials)
	c.text("text", m.Initial, "class", "ch-initial", "x", x*1.08, "y", y+4.6, "aria-hidden", "true")
	if m.Late > 0 {
		place := middle
		if i+1 == w.Current {
			place += 0.32 / 12 // beside the mark of the current month
		}
		x, y := at(place, wheelRadius+2)
		c.open("g", "transform", "translate("+number(x-8)+" "+number(y-8)+")")
		c.shape(w.ID, Late, 0, 0)
		c.close("g")
	}
	for _, day := range m.Deadlines {
		x, y := at((float64(i)+float64(min(max(day, 1), 31)-1)/31)/12, wheelDeadline)
		c.leaf("path", "class", "ch-deadline", "d", fmt.Sprintf("M%s %sl4.5 4.5-4.5 4.5-4.5-4.5z", number(x), number(y-4.5)))
	}
	if i+1 == w.Current {
		x, y := at(middle, wheelRadius+2.5)
		c.leaf("path", "class", "ch-now", "d", "M0 0l4.5-7h-9z", "transform", fmt.Sprintf("translate(%s %s) rotate(%s)", number(x), number(y), number(middle*360)))
	}
	c.close("g")
}

// at is the point at a share of the year and a radius.
func at(share, r float64) (x, y float64) {
	s, co := math.Sincos(2 * math.Pi * share)
	return r * s, -r * co
}

// sector is the outline of month i (0–11) between two radii, with the gap beside it equally wide at both.
func sector(i int, inner, outer float64) string {
	point := func(side int, r float64) string {
		edge := float64(i+side) / 12
		turn := math.Asin(wheelGap/r) / (2 * math.Pi)
		if side == 1 {
			turn = -turn
		}
		x, y := at(edge+turn, r)
		return number(x) + " " + number(y)
	}
	ri, ro := number(inner), number(outer)
	return "M" + point(0, outer) + "A" + ro + " " + ro + " 0 0 1 " + point(1, outer) +
		"L" + point(1, inner) + "A" + ri + " " + ri + " 0 0 0 " + point(0, inner) + "z"
}
