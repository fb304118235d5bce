package example

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
)

// plans puts the activities of two years on the agenda: when they were planned, moved, called off, reported and reviewed.
func (b *builder) plans(ctx context.Context) error {
	for _, name := range []string{"plan-alvkusten.json", "plan-skogsbygden.json"} {
		var p plan
		if err := read(name, &p); err != nil {
			return err
		}
		for _, a := range p.Activities {
			if err := b.activity(p.Association, a); err != nil {
				return fmt.Errorf("%s: %w", a.Title, err)
			}
		}
		for _, s := range p.Series {
			if err := b.series(p.Association, s); err != nil {
				return fmt.Errorf("%s: %w", s.Title, err)
			}
		}
	}
	return nil
}

// planned is the day an activity is put into the plan: the one it says, else at the start of its year or two months before.
func (b *builder) planned(a activity, w period.When) (period.Date, error) {
	if a.Planned != "" {
		d, err := b.day(a.Planned)
		return earliest(d, b.today.AddDays(-1)), err
	}
	d := w.From.AddDays(-60)
	switch w.From.Year {
	case b.today.Year:
		d = latest(working(period.On(w.From.Year, 1, 9), 1), d)
		d = earliest(d, working(w.From.AddDays(-14), -1))
	case b.today.Year - 1:
		d = latest(working(period.On(w.From.Year, 2, 11), 1), d)
	}
	return earliest(working(d, -1), b.today.AddDays(-1)), nil
}

func (b *builder) activity(association string, a activity) error {
	w, err := b.when(a.On)
	if err != nil {
		return err
	}
	planned, err := b.planned(a, w)
	if err != nil {
		return err
	}
	if a.Declaration == "2021" {
		planned = period.On(2021, 6, 18)
	}
	year := w.From.Year
	if w.From.IsZero() {
		year = b.today.Year
	}
	var made commitments.Ref
	b.on(planned, a.Title, func(ctx context.Context) error {
		assoc, err := b.association(association)
		if err != nil {
			return err
		}
		f := commitments.ActivityFields{Title: a.Title, Kind: a.Kind, Forms: commitments.ParseForms(a.Forms), Grounds: commitments.ParseGrounds(a.Grounds), When: w, PlanYear: year, ClockTime: a.Time, Place: a.Place,
			Digital: a.Digital, Description: a.Description, Audience: a.Audience, Partners: a.Partners, Speakers: a.Speakers, Notes: a.Notes, Public: !a.Internal, Confirmed: a.Confirmed, OwnerID: b.people[a.Owner]}
		if f.FollowUpOn, err = b.day(a.Follow); err != nil {
			return err
		}
		if len(a.Reach) == 2 {
			f.ReachMin, f.ReachMax = &a.Reach[0], &a.Reach[1]
		}
		for _, slug := range a.With {
			other, err := b.association(slug)
			if err != nil {
				return err
			}
			f.Organisers = append(f.Organisers, other.ID)
		}
		if f.Serves, err = b.serves(association, a.Declaration, a.Serves); err != nil {
			return err
		}
		planner, err := b.as(ctx, b.planner(association, a))
		if err != nil {
			return err
		}
		activity, err := b.Ledger.PlanActivity(ctx, planner, assoc, f)
		made = commitments.Ref{Home: assoc.ID, ID: activity}
		return err
	})
	for _, x := range a.Answers {
		if err := b.answer(&made, x); err != nil {
			return err
		}
	}
	switch {
	case a.Cancel != nil:
		return b.callOff(association, &made, a.Owner, *a.Cancel, b.Ledger.CancelActivity)
	case a.Postpone != nil:
		return b.callOff(association, &made, a.Owner, *a.Postpone, b.Ledger.PostponeActivity)
	case a.Report == "" || a.Outcome == "missing":
		return nil
	}
	reported := w.From
	if a.Reported != "" {
		if reported, err = b.day(a.Reported); err != nil {
			return err
		}
	}
	b.report(association, &made, reported, a)
	return nil
}

// planner is who puts an activity into the plan: who answers for it, except where that is somebody who may not plan.
func (b *builder) planner(association string, a activity) string {
	switch {
	case a.Owner == "johan":
		return "arne"
	case a.Owner != "":
		return a.Owner
	}
	return "karin"
}

func (b *builder) serves(association, declaration string, numbers map[int]string) ([]commitments.ServingFields, error) {
	assoc, err := b.association(association)
	if err != nil {
		return nil, err
	}
	var list []commitments.ServingFields
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		p, err := b.pledge(association, declaration, n)
		if err != nil {
			return nil, err
		}
		list = append(list, commitments.ServingFields{PledgeAssociation: assoc.ID, Pledge: p, How: numbers[n]})
	}
	return list, nil
}

func (b *builder) answer(activity *commitments.Ref, x answer) error {
	on, err := b.day(x.On)
	if err != nil {
		return err
	}
	b.on(on, x.By+" answers", func(ctx context.Context) error {
		a, err := b.as(ctx, x.As)
		if err != nil {
			return err
		}
		serves, err := b.serves(x.By, "", x.Serves)
		if err != nil {
			return err
		}
		return b.Ledger.AnswerInvitation(ctx, a, b.associations[x.By], *activity, true, serves)
	})
	return nil
}

// version reads the version an activity has now.
func (b *builder) version(ctx context.Context, association string, activity commitments.Ref) (int64, error) {
	v, err := b.Ledger.Activity(ctx, actor.SystemActor, b.associations[association], activity)
	return v.Version, err
}

func (b *builder) report(association string, activity *commitments.Ref, on period.Date, a activity) {
	by, reviewer := a.By, a.Review
	if by == "" {
		by = a.Owner
	}
	b.on(on, a.Title+" is reported", func(ctx context.Context) error {
		who, err := b.as(ctx, by)
		if err != nil {
			return err
		}
		version, err := b.version(ctx, association, *activity)
		if err != nil {
			return err
		}
		return b.Ledger.ReportActivity(ctx, who, b.associations[association], activity.ID, version, commitments.Report{Account: a.Report, HappenedOn: on, Reached: a.Reached,
			ReachedHow: commitments.ReachedHow(a.Counted), Completes: true, Public: !a.Internal})
	})
	if a.Outcome == "waiting" {
		return
	}
	if reviewer == "" {
		reviewer = b.reviewer(by)
	}
	target := func() (commitments.Target, error) { return commitments.Target{Activity: *activity}, nil }
	v := commitments.Verdict{Accept: true, Public: !a.Internal}
	if reviewer == by {
		v.Comment = "Egen granskning: kansliet har bara en person."
	}
	b.review(association, working(on.AddDays(3), 1), reviewer, target, v)
}

// reviewer is the colleague who looks at what somebody has filed.
func (b *builder) reviewer(filed string) string {
	switch filed {
	case "arne":
		return "arne"
	case "karin":
		return "tyra"
	}
	return "karin"
}

type callOff func(ctx context.Context, by actor.Actor, assoc scope.Association, activity id.ID, version int64, reason string) error

func (b *builder) callOff(association string, activity *commitments.Ref, by string, c called, do callOff) error {
	on, err := b.day(c.On)
	if err != nil {
		return err
	}
	b.on(on, "called off", func(ctx context.Context) error {
		who, err := b.as(ctx, by)
		if err != nil {
			return err
		}
		version, err := b.version(ctx, association, *activity)
		if err != nil {
			return err
		}
		return do(ctx, who, b.associations[association], activity.ID, version, c.Reason)
	})
	return nil
}

// series plans a series and reports those of its days that have been.
func (b *builder) series(association string, s series) error {
	from, err := b.day(s.From)
	if err != nil {
		return err
	}
	if from, err = weekday(from, s.Weekday); err != nil {
		return err
	}
	until, err := b.day(s.Until)
	if err != nil {
		return err
	}
	planned, err := b.day(s.Planned)
	if err != nil {
		return err
	}
	rule := commitments.SeriesRule{Every: s.Every, Unit: s.Unit, Until: until}
	days, err := rule.Days(from)
	if err != nil {
		return err
	}
	b.on(planned, s.Title, func(ctx context.Context) error {
		a, err := b.as(ctx, s.Owner)
		if err != nil {
			return err
		}
		f := commitments.ActivityFields{Title: s.Title, Kind: s.Kind, Forms: commitments.ParseForms(s.Forms), When: period.OnDay(from), PlanYear: from.Year, ClockTime: s.Time, Place: s.Place, Public: true, OwnerID: b.people[s.Owner]}
		if f.Serves, err = b.serves(association, "", s.Serves); err != nil {
			return err
		}
		_, err = b.Ledger.PlanSeries(ctx, a, b.associations[association], f, rule)
		return err
	})
	past := slices.DeleteFunc(slices.Clone(days), func(d period.Date) bool { return !d.Before(b.today) })
	for i, day := range past {
		var ref commitments.Ref
		b.on(day, s.Title, func(ctx context.Context) (err error) {
			ref, err = b.held(ctx, association, s.Title, day)
			return err
		})
		a := activity{Title: s.Title, Owner: s.Owner, Report: s.Reports[i%len(s.Reports)], Reached: &s.Reached[i%len(s.Reached)], Counted: s.Counted}
		if i >= len(past)-s.Waiting {
			a.Outcome = "waiting"
		}
		b.report(association, &ref, day, a)
	}
	return nil
}

// held finds the activity with a title on a day.
func (b *builder) held(ctx context.Context, association, title string, on period.Date) (commitments.Ref, error) {
	list, err := b.Ledger.Plan(ctx, actor.SystemActor, b.associations[association], commitments.PlanFilter{Year: on.Year})
	if err != nil {
		return commitments.Ref{}, err
	}
	i := slices.IndexFunc(list, func(a commitments.ActivityLine) bool { return a.Title == title && a.FromOn == on })
	if i < 0 {
		return commitments.Ref{}, fmt.Errorf("nothing is planned on %s", on)
	}
	return list[i].Ref(), nil
}
