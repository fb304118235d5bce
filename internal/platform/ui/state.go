package ui

// State is how a promise or one of its steps stands, as the rules of commitments compute it.
type State string

const (
	NotStarted  State = "not_started"
	Limited     State = "limited"
	Substantial State = "substantial"
	Complete    State = "complete"
	NoEvidence  State = "no_evidence"
	Overdue     State = "late"
	Lapsed      State = "lapsed"
	Replaced    State = "replaced"
)

// States lists every state in the order a legend shows them.
var States = [...]State{NotStarted, Limited, Substantial, Complete, NoEvidence, Overdue, Lapsed, Replaced}

// shape is the drawing inside a 16-unit square that says the state without colour: path data for what is filled and for what is
// outlined.
func (s State) shape() (fill, outline string) {
	const ring = "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z"
	switch s {
	case Limited:
		return "M8 8V1.5A6.5 6.5 0 0 1 14.5 8z", ring
	case Substantial:
		return "M8 8V1.5a6.5 6.5 0 1 1-6.5 6.5z", ring
	case Complete:
		return "", "M2 8.6l4.2 4.2L14 3.6"
	case NoEvidence:
		return "M7.2 10.6h1.7v1.8H7.2z", ring + "M5.9 6.3a2.1 2.1 0 1 1 3.2 1.8c-.7.5-1.1.8-1.1 1.6"
	case Overdue:
		return "M8 1.2l7.2 13.2H.8z", ""
	case Lapsed:
		return "", "M3 3l10 10M13 3L3 13"
	case Replaced:
		return "M10.6 1.2l4 3-4 3zM5.4 8.8l-4 3 4 3z", "M2.5 6.8V4.2h9M13.5 9.2v2.6h-9"
	}
	return "", ring
}
