package chart

import (
	"context"
	"fmt"
	"io"
	"time"

	"samklang/internal/core/period"
)

// Timeline is a year of activities, a row each. Days are marks, ranges bars, seasons and months bars with
// soft ends. Those without a day lie in a tray at the end. Rows are a list with links in ordinary text; the bars repeat for the eye what
// the words say.
type Timeline struct {
	Frame
	Year   int
	Months [12]string  // "jan" …
	Today  period.Date // zero for none
	Rowed  []Bar       // in the caller's order
	Tray   string      // heading of those without a day: "Dag inte satt"
	NoDay  []Bar
	Header [3]string // name, when, state
}

// Bar is one activity.
type Bar struct {
	Name, Href string
	Lang       string // of the name, "" for that of the page
	When       string // "12–14 maj", "hösten"
	State      State
	Text       string // the state in words: "gjord"
	From, To   period.Date
	Soft       bool // the days bound it but are not decided: a month, a season
}

// Place puts a bar where its date says: into the tray when no day is set, softly when the days only bound it, and to the ends of the year
// where a day is missing.
func (t *Timeline) Place(b Bar, w period.When) {
	if w.Precision == period.NotSet {
		t.NoDay = append(t.NoDay, b)
		return
	}
	b.From, b.To, b.Soft = w.From, w.To, w.Precision != period.Day && w.Precision != period.Range
	if b.From.IsZero() {
		b.From = period.On(t.Year, time.January, 1)
	}
	if b.To.IsZero() {
		b.To = period.On(t.Year, time.December, 31)
	}
	t.Rowed = append(t.Rowed, b)
}

// Rows is the twin.
func (t Timeline) Rows() Table {
	out := Table{Header: t.Header[:]}
	for _, bars := range [][]Bar{t.Rowed, t.NoDay} {
		for _, b := range bars {
			out.Rows = append(out.Rows, []string{b.Name, b.When, b.Text})
		}
	}
	return out
}

// Render draws the timeline.
func (t Timeline) Render(ctx context.Context, out io.Writer) error {
	if err := t.check(); err != nil {
		return err
	}
	for _, b := range t.Rowed {
		if b.From.IsZero() || b.To.Before(b.From) {
			return fmt.Errorf("chart %q: %q lasts from %v to %v", t.ID, b.Name, b.From, b.To)
		}
	}
	c := newCanvas()
	c.open("section", "class", "ch-timeline", "aria-labelledby", t.ID+"-t", "aria-describedby", described(t.Frame))
	c.heading(t.Frame)
	if len(t.Rowed) > 0 {
		t.axis(c)
		c.open("ul", "class", "ch-rows")
		for _, b := range t.Rowed {
			t.row(c, b)
		}
		c.close("ul")
	}
	if len(t.NoDay) > 0 {
		c.text("p", t.Tray, "class", "ch-tray-name", "id", t.ID+"-tray")
		c.open("ul", "class", "ch-tray", "aria-labelledby", t.ID+"-tray")
		for _, b := range t.NoDay {
			c.open("li")
			c.sign(t.ID, b.State.known())
			c.open("span")
			c.name(b.Name, b.Href, b.Lang)
			c.words(b)
			c.close("span")
			c.close("li")
		}
		c.close("ul")
	}
	c.close("section")
	return c.writeTo(ctx, out)
}

// axis writes the months, today's name and the fills that all rows refer to.
func (t Timeline) axis(c *canvas) {
	c.open("svg", "class", "ch ch-months", "height", rem(1.5), "aria-hidden", "true")
	c.patterns(t.ID, Planned, Partly, Late)
	c.open("defs")
	c.open("linearGradient", "id", t.ID+"-fade")
	for _, stop := range [][2]string{{"0", "0"}, {"0.22", "1"}, {"0.78", "1"}, {"1", "0"}} {
		c.leaf("stop", "class", "ch-stop", "offset", stop[0], "stop-opacity", stop[1])
	}
	c.close("linearGradient")
	c.open("mask", "id", t.ID+"-soft", "maskContentUnits", "objectBoundingBox")
	c.leaf("rect", "width", 1, "height", 1, "fill", "url(#"+t.ID+"-fade)")
	c.close("mask")
	c.close("defs")
	for i, m := range t.Months {
		class := "ch-step"
		if t.Today.Year == t.Year && int(t.Today.Month) == i+1 {
			class += " ch-current"
		}
		c.text("text", m, "class", class, "x", percent((float64(i)+0.5)*100/12), "y", rem(1))
	}
	c.close("svg")
}

func (t Timeline) row(c *canvas, b Bar) {
	state := b.State.known()
	c.open("li")
	c.open("span", "class", "ch-label")
	c.name(b.Name, b.Href, b.Lang)
	c.words(b)
	c.close("span")
	c.open("svg", "class", "ch ch-line", "height", rem(2.25), "aria-hidden", "true")
	for i := 0; i <= 12; i++ {
		c.leaf("line", "class", "ch-grid", "x1", percent(float64(i)*100/12), "x2", percent(float64(i)*100/12), "y1", 0, "y2", percent(100))
	}
	if t.Today.Year == t.Year {
		x := t.place(t.Today, 0.5)
		c.leaf("line", "class", "ch-today", "x1", x, "x2", x, "y1", 0, "y2", percent(100))
	}
	from, to := t.place(b.From, 0), t.place(b.To, 1)
	switch {
	case to <= 0 || from >= 100: // another year's; the words say when
	case !b.Soft && to-from < 2.5:
		c.mark(t.ID, state, min(max((from+to)/2, 1), 99), 1.125)
	default:
		from, to = max(from, 0), min(to, 100)
		mask := ""
		if b.Soft {
			mask = "url(#" + t.ID + "-soft)"
		}
		c.open("g", "mask", mask)
		c.leaf("rect", "class", "ch-bar ch-is-"+state.class(), "x", from, "y", rem(0.75), "width", to-from, "height", rem(0.75), "rx", 4, "fill", fill(t.ID, state))
		c.close("g")
		switch middle := (from + to) / 2; state {
		case Late:
			c.leaf("line", "class", "ch-break", "x1", middle-0.3, "x2", middle+0.3, "y1", rem(1.625), "y2", rem(0.625))
		case Cancelled:
			c.leaf("line", "class", "ch-strike", "x1", from, "x2", to, "y1", rem(1.125), "y2", rem(1.125))
		}
	}
	c.close("svg")
	c.close("li")
}

// words says when, and what became of it.
func (c *canvas) words(b Bar) {
	c.open("span", "class", "ch-words")
	c.text("span", b.When)
	c.text("span", b.Text, "class", "ch-word-"+b.State.known().class())
	c.close("span")
}

// place is where a day lies across the drawing, with months equally wide; part is 0 for the day's beginning and 1 for its end.
func (t Timeline) place(d period.Date, part float64) percent {
	days := time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	months := 12*(d.Year-t.Year) + int(d.Month) - 1
	return percent((float64(months) + (float64(d.Day-1)+part)/float64(days)) * 100 / 12)
}
