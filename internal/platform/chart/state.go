package chart

// State is what became of an activity, a month or a promise. Each has its own shape and pattern besides its colour.
type State uint8

const (
	Nothing   State = iota // nothing was to happen
	Done                   // solid
	Planned                // hatched
	Partly                 // dotted, or half filled
	Late                   // hatched against the clock, with a triangle or broken in two
	Cancelled              // an empty outline, struck through
)

// class is painted by chart.css.
func (s State) class() string {
	return [...]string{"nothing", "done", "planned", "partly", "late", "cancelled"}[s]
}

func (s State) known() State {
	if s > Cancelled {
		return Nothing
	}
	return s
}

// patterns writes the fills that states refer to; their ids begin with the chart's.
func (c *canvas) patterns(id string, states ...State) {
	c.open("defs")
	for _, s := range states {
		switch s {
		case Planned:
			c.open("pattern", "id", id+"-planned", "width", 5, "height", 5, "patternUnits", "userSpaceOnUse", "patternTransform", "rotate(45)")
			c.leaf("rect", "class", "ch-planned-ground", "width", 5, "height", 5)
			c.leaf("rect", "class", "ch-planned-line", "width", 2.4, "height", 5)
			c.close("pattern")
		case Partly:
			c.open("pattern", "id", id+"-partly", "width", 6, "height", 6, "patternUnits", "userSpaceOnUse", "patternTransform", "rotate(45)")
			c.leaf("rect", "class", "ch-partly-back", "width", 6, "height", 6)
			c.leaf("circle", "class", "ch-partly-dot", "cx", 3, "cy", 3, "r", 1.3)
			c.close("pattern")
		case Late:
			c.open("pattern", "id", id+"-late", "width", 6, "height", 6, "patternUnits", "userSpaceOnUse", "patternTransform", "rotate(-45)")
			c.leaf("rect", "class", "ch-late-ground", "width", 6, "height", 6)
			c.leaf("rect", "class", "ch-late-line", "width", 1.2, "height", 6)
			c.close("pattern")
		}
	}
	c.close("defs")
}

// fill is the reference to a state's pattern, "" where the class alone paints it.
func fill(id string, s State) string {
	switch s {
	case Planned, Partly, Late:
		return "url(#" + id + "-" + s.class() + ")"
	}
	return ""
}

// mark draws the small shape of a state, 1 rem square, with its middle at x across and y down.
func (c *canvas) mark(id string, s State, x percent, y rem) {
	c.open("svg", "class", "ch-mark", "x", x, "y", y-0.5, "width", rem(1), "height", rem(1), "viewBox", "0 0 16 16", "overflow", "visible")
	c.shape(id, s, -8, 0) // across the middle is at x
	c.close("svg")
}

// shape draws a state's shape, 16 units square with its corner at dx, dy.
func (c *canvas) shape(id string, s State, dx, dy float64) {
	class := "ch-shape ch-" + s.class()
	if dx != 0 || dy != 0 {
		c.open("g", "transform", "translate("+number(dx)+" "+number(dy)+")")
		defer c.close("g")
	}
	switch s {
	case Done:
		c.leaf("circle", "class", class, "cx", 8, "cy", 8, "r", 7)
		c.leaf("path", "class", "ch-tick", "d", "M4.6 8.3l2.4 2.4 4.4-5")
	case Planned:
		c.leaf("circle", "class", class, "cx", 8, "cy", 8, "r", 6.2, "fill", fill(id, s))
	case Partly:
		c.leaf("circle", "class", "ch-shape ch-partly-ground", "cx", 8, "cy", 8, "r", 6.2)
		c.leaf("path", "class", "ch-partly", "d", "M8 1.8a6.2 6.2 0 0 1 0 12.4z")
	case Late:
		c.leaf("path", "class", "ch-late-mark", "d", "M8 1.2l7.2 13.2H.8z")
		c.leaf("path", "class", "ch-late-bang", "d", "M8 6v4m0 1.8v.9")
	case Cancelled:
		c.leaf("circle", "class", class, "cx", 8, "cy", 8, "r", 6.2)
		c.leaf("path", "class", "ch-strike", "d", "M3.6 12.4l8.8-8.8")
	default:
		c.leaf("circle", "class", class, "cx", 8, "cy", 8, "r", 5)
	}
}
