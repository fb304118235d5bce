package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/period"
)

// prove files the evidence of a year, computes what it says of each activity, and adds both.
func (n *nation) prove(year int) {
	n.done += len(n.plans)
	quota := n.Evidence*n.done/n.Activities - n.filed
	n.filed += quota
	var list []commitments.Evidence
	for _, h := range n.houses {
		for _, p := range h.pledges {
			list = append(list, n.proveSteps(p, year)...)
		}
	}
	if len(list) > quota { // of a tiny installation
		panic("bench: more steps than pieces of evidence")
	}
	var held []*planned
	for _, a := range n.plans {
		if a.Status == commitments.Done {
			held = append(held, a)
		}
	}
	for i := range quota - len(list) {
		if i < len(held) {
			held[i].share++
		} else {
			pick(n, held).share++
		}
	}
	for _, a := range n.plans {
		filed := n.proveActivity(a)
		fact := progress.Fact{Due: a.Due()}
		for _, e := range filed {
			if e.Status != commitments.Withdrawn {
				fact.Filings = append(fact.Filings, filing(e))
			}
		}
		a.State = string(progress.NotStarted)
		if a.Status != commitments.Cancelled || a.loose {
			a.State = string(progress.Step(fact, n.Today))
		}
		if a.Status != commitments.Cancelled {
			for _, p := range a.serves {
				p.fact(noMilestone, year, fact)
			}
		}
		list = append(list, filed...)
		n.store(a)
	}
	slices.SortStableFunc(list, func(a, b commitments.Evidence) int { return a.FiledAt.Compare(b.FiledAt) })
	for _, e := range list {
		add(n.rows, e)
	}
}

func filing(e commitments.Evidence) progress.Filing {
	return progress.Filing{On: e.FiledOn, Reviewed: e.ReviewedOn, Accepted: e.Status == commitments.Accepted, Completes: e.Completes}
}

// proveSteps files what there is for the milestones of a year and, seldom, for the promise itself.
func (n *nation) proveSteps(p *pledge, year int) (list []commitments.Evidence) {
	for i, m := range p.stones {
		if m.DueOn.Year != year || !m.DueOn.Before(n.Today) || n.often(20) && !n.settled(m.DueOn) {
			continue
		}
		e := n.evidence(p.house, m.DueOn.AddDays(n.rand.IntN(20)-12), m.Title)
		e.MilestoneID, e.Completes = m.ID, true
		n.mend(p.house, &e, m.DueOn)
		list = append(list, e)
		if e.Status != commitments.Withdrawn {
			f := &p.in.Steps[p.slots[i]]
			f.Filings = append(f.Filings, filing(e))
		}
	}
	if slices.Contains(p.house.inForce(year), p) && n.often(30) {
		e := n.evidence(p.house, period.On(year, time.April, 1).AddDays(n.rand.IntN(200)), "Det här gjorde vi utanför planen")
		e.PledgeID, e.Completes = p.ID, n.often(50)
		list = append(list, e)
		if e.Status != commitments.Withdrawn {
			p.fact(noMilestone, year, progress.Fact{Filings: []progress.Filing{filing(e)}, Unplanned: true})
		}
	}
	return list
}

func (n *nation) proveActivity(a *planned) (list []commitments.Evidence) {
	for i := range a.share {
		h := a.house
		if len(a.with) > 0 && n.often(20) {
			h = pick(n, a.with)
		}
		on := a.Due().AddDays(n.rand.IntN(15))
		if i == a.share-1 && i > 0 && !a.FollowUpOn.IsZero() && a.FollowUpOn.AddDays(3).Before(n.Today) {
			on = a.FollowUpOn.AddDays(n.rand.IntN(3)) // somebody has looked back
		}
		e := n.evidence(h, on, a.Title)
		e.ActivityHomeID, e.ActivityID = a.AssociationID, a.ID
		if e.Completes = n.often(15); i == 0 {
			e.Completes = n.often(95)
			n.mend(h, &e, a.Due())
		}
		list = append(list, e)
	}
	return list
}

// evidence is a piece that was filed on a day, or today if that is still to come, and looked at some time after.
func (n *nation) evidence(h *house, on period.Date, title string) commitments.Evidence {
	if on.After(n.Today) {
		on = n.Today
	}
	if on.Before(h.since) {
		on = h.since
	}
	at := n.someDay(on)
	by := pick(n, h.people[1:6])
	e := commitments.Evidence{AssociationID: h.ID, ID: n.id(at), Kind: commitments.EvidenceAccount, Title: title, HappenedOn: on, Public: n.often(60), Status: commitments.Filed, FiledBy: by.account, FiledOn: on, FiledAt: at, Version: 1}
	switch n.rand.IntN(4) {
	case 0:
		e.Kind, e.URL = commitments.EvidenceLink, fmt.Sprintf("https://www.%s.example/nytt/%d", h.Slug, n.rand.IntN(100_000))
	case 1:
		figure := int64(n.rand.IntN(200))
		e.Kind, e.Figure, e.FigureUnit, e.FigureSource = commitments.EvidenceFigure, &figure, "personer", "räknade vid dörren"
	case 2:
		e.Kind, e.Body = commitments.EvidenceDecision, fmt.Sprintf("§ %d/%d", 1+n.rand.IntN(90), on.Year)
	default:
		e.Body = n.text(2 + n.rand.IntN(3))
	}
	if reviewed := on.AddDays(1 + n.rand.IntN(25)); !reviewed.After(n.Today) {
		n.review(h, &e, reviewed)
	}
	if h.at == 0 && h.trail < n.LargeTrail {
		n.record(h, at, by, "evidence.file", "evidence", e.ID, nil, map[string]any{"title": e.Title, "kind": e.Kind, "status": commitments.Filed, "completes": e.Completes, "public": e.Public})
	}
	return e
}

func (n *nation) review(h *house, e *commitments.Evidence, on period.Date) {
	r := n.rand.IntN(100)
	if r < 3 {
		e.Status = commitments.Withdrawn
		return
	}
	e.Status, e.ReviewComment = commitments.Accepted, pick(n, reviewWords)
	if r < 8 {
		e.Status, e.ReviewComment = commitments.Returned, pick(n, returnWords)
	}
	e.ReviewedBy, e.ReviewedOn, e.ReviewedAt, e.Version = h.people[0].account, on, n.someDay(on), 2
}

// settled tells whether a day is so long ago that somebody has seen to what was wanting.
func (n *nation) settled(day period.Date) bool { return n.Today.Sub(day) > 120 }

// mend lets evidence of what is settled be accepted for all of it.
func (n *nation) mend(h *house, e *commitments.Evidence, due period.Date) {
	if !n.settled(due) {
		return
	}
	e.Completes = true
	for e.Status != commitments.Accepted {
		n.review(h, e, e.FiledOn.AddDays(20))
	}
}

// tell makes the follow-ups of a year: one that covers it, or for this year the first half and one that is open.
func (n *nation) tell(year int) {
	of := map[*house][]*planned{}
	for _, a := range n.plans {
		of[a.house] = append(of[a.house], a)
	}
	for _, h := range n.houses {
		from := period.On(year, time.January, 1)
		if year < n.Today.Year {
			n.freeze(h, fmt.Sprint("Uppföljning ", year), from, period.On(year, time.December, 31), of[h])
			continue
		}
		half := period.On(year, time.June, 30)
		if half.AddDays(20).Before(n.Today) {
			n.freeze(h, fmt.Sprint("Första halvåret ", year), from, half, of[h])
		}
		at := n.someDay(n.Today.AddDays(-3))
		add(n.rows, commitments.Round{AssociationID: h.ID, ID: n.id(at), Title: fmt.Sprint("Uppföljning ", year), PeriodFrom: from, PeriodTo: period.On(year, time.December, 31), ClosesOn: n.Today.AddDays(20), OpenedBy: h.people[0].account, OpenedAt: at, Version: 1})
		for i := range 12 {
			add(n.rows, commitments.Subscription{AssociationID: h.ID, ID: n.id(at), PledgeID: h.pledges[i%len(h.pledges)].ID, Email: fmt.Sprintf("%s.%d@brevlada.example", strings.ToLower(pick(n, []string{"anna", "per", "mia", "ali"})), i), Language: "sv", ConfirmedAt: at, CreatedAt: at})
		}
	}
}

func (n *nation) freeze(h *house, title string, from, to period.Date, plan []*planned) {
	on := to.AddDays(14)
	at := n.someDay(on)
	r := commitments.Round{AssociationID: h.ID, ID: n.id(at), Title: title, PeriodFrom: from, PeriodTo: to, ClosesOn: on, Public: true, PublishedAt: at, OpenedBy: h.people[0].account, OpenedAt: at, FrozenBy: h.people[0].account, FrozenAt: at, Version: 3}
	add(n.rows, r)
	s := commitments.Snapshot{Format: 1, Association: h.Name, Title: title, From: from, To: to, FrozenOn: on, FrozenBy: h.people[0].name}
	serves := map[*pledge][]commitments.SnapshotActivity{}
	for _, a := range plan {
		if end := a.Due(); end.IsZero() || end.Before(from) || end.After(to) {
			continue
		}
		for _, p := range a.serves {
			serves[p] = append(serves[p], commitments.SnapshotActivity{Title: a.Title, Status: a.Status, State: a.State, Precision: a.DatePrecision, From: a.FromOn, To: a.ToOn, Reason: a.StatusReason, Public: a.Public})
		}
		if a.Status == commitments.Done {
			s.Figures.Done++
		}
	}
	for _, p := range h.inForce(to.Year) {
		v := p.on(to)
		s.Figures.Promises++
		if v.State.Kept() {
			s.Figures.Kept++
		}
		if v.State.Overdue() {
			s.Figures.Overdue++
		}
		comment := n.text(2)
		add(n.rows, commitments.RoundComment{AssociationID: h.ID, RoundID: r.ID, PledgeID: p.ID, Comment: comment, UpdatedBy: r.OpenedBy, UpdatedAt: at, Version: 1})
		s.Promises = append(s.Promises, commitments.SnapshotPromise{Declaration: p.slug, Slug: p.slug, Number: p.Number, Title: p.title, Wording: p.text, WordingVersion: p.WordingVersion, State: string(v.State), StateSince: to,
			OverdueSince: v.OverdueSince, StepsTotal: int64(v.Total), StepsDone: int64(v.Done), StepsOverdue: int64(v.Overdue), Comment: comment, Activities: serves[p]})
	}
	content, sum := canonical(s)
	add(n.rows, commitments.SnapshotRow{AssociationID: h.ID, ID: n.id(at), RoundID: r.ID, ContentJSON: content, SHA256: sum, At: at})
}
