package ui

import "github.com/a-h/templ"

func (k ButtonKind) attrs() templ.Attributes {
	switch k {
	case Quiet, Plain:
		return templ.Attributes{"data-variant": string(k)}
	case Danger:
		return templ.Attributes{"data-color": "danger"}
	}
	return nil
}

func (t Tone) or(other Tone) Tone {
	if t == "" {
		return other
	}
	return t
}

// dsColor is the design system's name for a tone.
func dsColor(t Tone) string {
	switch t {
	case Done:
		return "success"
	case Doing:
		return "warning"
	case Late:
		return "danger"
	case Planned:
		return "info"
	}
	return "neutral"
}

// flashRole makes a failure heard at once and good news when there is a pause.
func flashRole(t Tone) string {
	if t == Late {
		return "alert"
	}
	return "status"
}

func stepAttrs(s Step) templ.Attributes {
	if s.Current {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

func onlyIf(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}
