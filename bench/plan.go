package bench

import (
	"encoding/json"
	"fmt"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
)

// plan makes the plans and milestones of a year.
func (n *nation) plan(year int) {
	n.plans = n.plans[:0]
	for _, h := range n.houses {
		for _, p := range h.inForce(year) {
			n.milestone(p, year)
		}
	}
	for i, count := range n.counts(year) {
		h := n.houses[i]
		for range count {
			n.plans = append(n.plans, n.activity(h, year))
		}
	}
}

// counts shares a year's activities among the associations; the ordinary one has the average.
func (n *nation) counts(year int) []int {
	total := (n.Activities - n.LargePlan) / n.Years
	if year == n.Today.Year {
		total = n.Activities - n.LargePlan - (n.Years-1)*total
	}
	list := make([]int, len(n.houses))
	for i := range list {
		list[i] = total / len(list)
	}
	for i := 6; i+1 < len(list); i += 2 {
		d := n.rand.IntN(list[i]/3 + 1)
		list[i], list[i+1] = list[i]+d, list[i+1]-d
	}
	list[0] += total % len(list)
	if year == n.Today.Year {
		list[0] += n.LargePlan
	}
	return list
}

func (n *nation) milestone(p *pledge, year int) {
	if !n.often(60) {
		return
	}
	at := n.someDay(p.AdoptedOn)
	if p.AdoptedOn.Year < year {
		at = n.someDay(period.On(year, time.January, 10))
	}
	due := period.On(year, time.March, 1).AddDays(n.rand.IntN(300))
	m := &commitments.Milestone{AssociationID: p.AssociationID, ID: n.id(at), PledgeID: p.ID, Title: "Delmål: " + pick(n, topics) + " finns i planen för nästa år", DueOn: due, State: string(progress.NotStarted), StateSince: p.AdoptedOn, Version: 1, CreatedAt: at}
	add(n.rows, *m)
	p.stones, p.slots = append(p.stones, m), append(p.slots, len(p.in.Steps))
	p.fact(m.ID, year, progress.Fact{Due: due})
}

// fact adds a step that is known from a year on.
func (p *pledge) fact(milestone id.ID, year int, f progress.Fact) {
	p.steps, p.years = append(p.steps, milestone), append(p.years, year)
	p.in.Steps = append(p.in.Steps, f)
}

// months are how likely an activity lies in each.
var months = [...]time.Month{1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 8, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 12}

func (n *nation) when(year int) period.When {
	d := period.On(year, pick(n, months[:]), 1+n.rand.IntN(28))
	for !d.Workday() {
		d = d.AddDays(1)
	}
	switch r := n.rand.IntN(100); {
	case d.Year != year || r < 78:
		if d.Year != year {
			d = period.On(year, time.December, 18)
		}
		return period.OnDay(d)
	case r < 84:
		return period.Between(d, d.AddDays(1))
	case r < 92:
		return period.InMonth(year, d.Month)
	case r < 96:
		return period.InTerm(year, period.Spring)
	case r < 98 || year < n.Today.Year:
		return period.InYear(year)
	}
	return period.When{Precision: period.NotSet}
}

func (n *nation) activity(h *house, year int) *planned {
	at := n.someDay(period.On(year, time.January, 5).AddDays(n.rand.IntN(30)))
	k := pick(n, kindWords)
	a := &planned{house: h, Activity: commitments.Activity{AssociationID: h.ID, ID: n.id(at), Title: k.word + " om " + pick(n, topics), Kind: k.kind, Forms: commitments.Forms(1 + n.rand.IntN(7)), Grounds: commitments.Grounds(n.rand.IntN(128)),
		PlanYear: int64(year), Description: n.text(2 + n.rand.IntN(3)), Audience: pick(n, audiences), Digital: n.often(20), Place: pick(n, rooms), Public: n.often(92), Version: 1 + int64(n.rand.IntN(4)),
		CreatedBy: h.people[1].account, CreatedAt: at, UpdatedAt: at}}
	a.SetWhen(n.when(year))
	a.PlanYear = int64(year)
	if n.often(85) {
		a.OwnerID = pick(n, h.people[:6]).account
	}
	if a.DatePrecision == period.Day && n.often(70) {
		a.ClockTime = fmt.Sprintf("kl. %d–%d", 8+n.rand.IntN(4), 13+n.rand.IntN(4))
	}
	if n.often(60) {
		least := int64(10 * (1 + n.rand.IntN(8)))
		most := least + 20
		a.ReachMin, a.ReachMax = &least, &most
	}
	if n.often(30) {
		a.Notes = n.text(1)
	}
	n.become(a)
	n.share(a, year)
	return a
}

// become says how it went, as far as the day has passed.
func (n *nation) become(a *planned) {
	end := a.Due()
	r := n.rand.IntN(100)
	switch {
	case end.IsZero() || !end.Before(n.Today):
		a.Status = commitments.Planned
		if r < 38 {
			a.Status = commitments.Confirmed
		}
	case r < 5:
		a.Status, a.StatusReason = commitments.Cancelled, pick(n, cancelReasons)
	case r < 10 && n.Today.Sub(end) < 60:
		a.Status = commitments.Confirmed // nobody has told yet
	default:
		a.Status = commitments.Done
	}
	if a.Status == commitments.Done && n.often(80) {
		people := int64(5 + n.rand.IntN(120))
		a.Reached, a.ReachedHow = &people, pick(n, commitments.ReachedHows[:])
	}
	if !end.IsZero() && n.often(10) {
		a.FollowUpOn = end.AddDays(90)
	}
}

// share says who holds the activity and which promises it serves.
func (n *nation) share(a *planned, year int) {
	own := a.house.inForce(year)
	if a.loose = n.often(12) || len(own) == 0; !a.loose {
		a.serves = append(a.serves, pick(n, own))
		if second := pick(n, own); n.often(30) && second != a.serves[0] {
			a.serves = append(a.serves, second)
		}
	}
	if !n.often(6) {
		return
	}
	for _, h := range n.county(a.house) {
		if !n.often(60) {
			continue
		}
		a.with = append(a.with, h)
		var joint []*pledge
		for _, p := range h.inForce(year) {
			if p.joint {
				joint = append(joint, p)
			}
		}
		if len(joint) > 0 && n.often(80) {
			a.loose = false
			a.serves = append(a.serves, pick(n, joint))
		}
	}
}

// store adds the rows of an activity.
func (n *nation) store(a *planned) {
	add(n.rows, a.Activity)
	sort := "9999"
	if !a.FromOn.IsZero() {
		sort = a.FromOn.String()
	}
	add(n.rows, commitments.Organiser{AssociationID: a.AssociationID, ActivityID: a.ID, OrganiserID: a.AssociationID, ConfirmedAt: a.CreatedAt, PlanYear: a.PlanYear, SortOn: sort})
	for _, h := range a.with {
		add(n.rows, commitments.Organiser{AssociationID: a.AssociationID, ActivityID: a.ID, OrganiserID: h.ID, ConfirmedAt: a.CreatedAt.AddDate(0, 0, 3), PlanYear: a.PlanYear, SortOn: sort})
	}
	for _, p := range a.serves {
		add(n.rows, commitments.Serving{AssociationID: a.AssociationID, ActivityID: a.ID, PledgeAssociationID: p.AssociationID, PledgeID: p.ID, PlanYear: a.PlanYear, How: pick(n, sentences)})
	}
	place := int64(0)
	for range n.rand.IntN(3) {
		role, name := commitments.RolePartner, pick(n, partners)
		if n.often(50) {
			role, name = commitments.RoleSpeaker, pick(n, firstNames)+" "+pick(n, lastNames)
		}
		add(n.rows, commitments.Person{AssociationID: a.AssociationID, ActivityID: a.ID, Position: place, Role: role, Name: name})
		place++
	}
	n.record(a.house, a.CreatedAt, a.house.people[1], "activity.plan", "activity", a.ID, nil, map[string]any{"title": a.Title, "status": a.Status, "date": a.DatePrecision, "from": a.FromOn, "to": a.ToOn, "year": a.PlanYear, "public": a.Public})
}

// record adds an entry to the trail of an association.
func (n *nation) record(h *house, at time.Time, by person, action, kind string, subject id.ID, before, after map[string]any) {
	h.trail++
	add(n.rows, audit.Entry{AssociationID: h.ID, ID: n.id(at), At: at, ActorID: by.account, ActorName: by.name, Action: action, SubjectKind: kind, SubjectID: subject, BeforeJSON: written(before), AfterJSON: written(after)})
}

func written(m map[string]any) string {
	if m == nil {
		return ""
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // maps of plain values
	}
	return string(b)
}
