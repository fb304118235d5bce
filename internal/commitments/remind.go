package commitments

import (
	"context"
	"fmt"
	"slices"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
)

// Reminder is what is due for one person in one association.
type Reminder struct {
	Association scope.Association
	Person      Colleague
	Tasks       []Task // late and due ones only
}

// Reminders lists who has something due today. Nobody is reminded of what waits for somebody else or can be done any time.
func (s *Service) Reminders(ctx context.Context) ([]Reminder, error) {
	q := s.db.Read()
	associations, err := s.needs.Associations(ctx, q)
	if err != nil {
		return nil, err
	}
	var list []Reminder
	for _, assoc := range associations {
		people, err := s.needs.People(ctx, q, assoc.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			a := actor.Actor{Account: p.ID, Name: p.Name}
			for _, r := range p.Roles {
				a.Grants = append(a.Grants, actor.Grant{Association: assoc.ID, Role: r})
			}
			facts, err := s.deskFacts(ctx, a, assoc)
			if err != nil {
				return nil, err
			}
			due := slices.DeleteFunc(facts.Tasks(), func(t Task) bool { return t.Urgency > UrgencyDue })
			if len(due) > 0 {
				list = append(list, Reminder{assoc, p, due})
			}
		}
	}
	return list, nil
}

// Remind sends everybody who wants it at most one mail a week, of what is due on her desk: on the first working day of the week that has
// something. It may run any number of times. sent counts the people written to, those who have had the week's mail among them.
func (s *Service) Remind(ctx context.Context) (sent int, err error) {
	if !s.Today().Workday() {
		return 0, nil
	}
	list, err := s.Reminders(ctx)
	if err != nil {
		return 0, err
	}
	var order []id.ID
	of := map[id.ID][]Reminder{}
	for _, r := range list {
		if !r.Person.Reminders || r.Person.Email == "" {
			continue
		}
		if of[r.Person.ID] == nil {
			order = append(order, r.Person.ID)
		}
		of[r.Person.ID] = append(of[r.Person.ID], r)
	}
	for _, person := range order {
		err := s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.needs.SendMail(ctx, tx, s.reminderMail(of[person]))
		})
		if err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

const mostReminded = 12 // tasks named in a mail for each association; the desk has them all

// reminderMail names what is due for one person in her associations, with days and a way to the desk. Notes, what evidence says, and other
// people's names stay on the desk.
func (s *Service) reminderMail(list []Reminder) mail.Message {
	who, first := list[0].Person, list[0].Association
	p := s.needs.Catalog.Printer(who.Language)
	n := 0
	for _, r := range list {
		n += len(r.Tasks)
	}
	year, week := s.Today().Time().ISOWeek()
	m := mail.Message{Association: first.ID, Kind: "ledger.remind", To: who.Email, FromName: first.Name, Subject: p.T("remind.subject", "n", n),
		UniqueKey: fmt.Sprintf("remind/%s/%d-W%02d", who.ID, year, week)}
	l := mail.Layout{Sender: first.Name, Heading: p.T("remind.heading", "n", n), Reason: p.T("remind.reason"),
		Action: &mail.Action{Label: p.T("remind.action"), URL: s.needs.Address(first, who.Language, "/skrivbord")}}
	if len(list) > 1 {
		m.Association, m.FromName, l.Sender = id.None, "Samklang", "Samklang"
	}
	for _, r := range list {
		if len(list) > 1 {
			l.Paragraphs = append(l.Paragraphs, r.Association.Name)
		}
		for i, t := range r.Tasks {
			if i == mostReminded {
				l.Paragraphs = append(l.Paragraphs, p.T("remind.more", "n", len(r.Tasks)-mostReminded))
				break
			}
			l.Paragraphs = append(l.Paragraphs, "• "+remindedOf(p, t))
		}
		if r.Association.ID != first.ID {
			l.After = append(l.After, p.T("remind.desk", "name", r.Association.ShortName, "address", s.needs.Address(r.Association, who.Language, "/skrivbord")))
		}
	}
	m.Text, m.HTML = mail.Render(p, l)
	return m
}

// remindedOf is a task in one line.
func remindedOf(p i18n.Printer, t Task) string {
	line := p.T("remind.task."+string(t.Kind), "title", t.Title)
	if (t.Kind == TaskReview || t.Kind == TaskReturned) && t.Target.Activity.ID == id.None && t.Target.Milestone == id.None {
		line = p.T("remind.task." + string(t.Kind) + ".untitled") // the title is the evidence's own
	}
	if t.On.IsZero() {
		return line
	}
	return line + ", " + p.Date(t.On)
}
