package mail

import (
	"context"
	"strings"

	"samklang/internal/platform/i18n"
)

// Layout is the content of a mail, already in the reader's language. Text and HTML are made from the same parts, so they say the
// same.
type Layout struct {
	Sender     string // the association's name, above the heading
	Heading    string
	Paragraphs []string
	Facts      []Fact  // what, when, where
	Code       string  // a one-time code, set large
	Action     *Action // the one thing to do
	After      []string
	Reason     string // why the reader gets this mail
	LeaveURL   string // where to stop it; empty when it is not a subscription
}

// Fact is a labelled line.
type Fact struct{ Label, Value string }

// Action is a link.
type Action struct{ Label, URL string }

// Render writes the mail as text and as HTML. The HTML has no pictures, nothing from elsewhere and nothing that tells that it was
// read.
func Render(p i18n.Printer, l Layout) (text, html string) {
	var b strings.Builder
	if err := layoutPage(p, l).Render(context.Background(), &b); err != nil {
		panic(err) // it writes into memory and takes any text
	}
	return renderText(p, l), b.String()
}

func renderText(p i18n.Printer, l Layout) string {
	var blocks []string
	add := func(s ...string) {
		for _, s := range s {
			if s = strings.TrimSpace(s); s != "" {
				blocks = append(blocks, s)
			}
		}
	}
	add(l.Sender, l.Heading)
	add(l.Paragraphs...)
	var facts []string
	for _, f := range l.Facts {
		facts = append(facts, f.Label+": "+f.Value)
	}
	add(strings.Join(facts, "\n"), l.Code)
	if l.Action != nil {
		add(l.Action.Label + ":\n" + l.Action.URL)
	}
	add(l.After...)
	if l.Reason != "" || l.LeaveURL != "" {
		foot := []string{"--"}
		if l.Reason != "" {
			foot = append(foot, l.Reason)
		}
		if l.LeaveURL != "" {
			foot = append(foot, p.T("mail.leave")+": "+l.LeaveURL)
		}
		add(strings.Join(foot, "\n"))
	}
	return strings.Join(blocks, "\n\n") + "\n"
}
