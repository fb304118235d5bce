package deskweb

import (
	"fmt"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
)

// Reminder is a weekly mail in words: what is late or due, by title and nothing more.
type Reminder struct {
	Subject, Heading string
	Lines            []string
	Do, Reason       string
	Path             string // of the desk, under the association
	Key              string // the same for everything about the same person and week, so that she gets one mail
}

const longestReminder = 10

// RemindIn writes a reminder in a language.
func (s *Pages) RemindIn(p ui.Printer, r commitments.Reminder) Reminder {
	m := Reminder{Subject: p.T("remind.subject", "n", len(r.Tasks), "association", r.Association.ShortName), Heading: p.T("remind.heading"), Do: p.T("remind.do"), Reason: p.T("remind.reason"),
		Path: "/skrivbord", Key: "remind:" + r.Association.ID.String() + ":" + r.Person.ID.String() + ":" + isoWeek(s.today())}
	for i, t := range r.Tasks {
		if i == longestReminder {
			break
		}
		m.Lines = append(m.Lines, p.T("desk.task."+string(t.Kind), "title", t.Title, "who", t.Who, "n", t.N, "of", t.Of, "day", s.relative(p, t.On)))
	}
	return m
}

func isoWeek(d period.Date) string {
	y, w := d.Time().ISOWeek()
	return fmt.Sprintf("%d-W%02d", y, w)
}
