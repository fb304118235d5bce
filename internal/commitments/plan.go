package commitments

import (
	"context"
	"maps"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// PlanActivity adds an activity to the association's plan.
func (s *Service) PlanActivity(ctx context.Context, a actor.Actor, assoc scope.Association, f ActivityFields) (activity id.ID, err error) {
	// Somebody who answers only for her own activities may plan one of which she is the owner.
	err = s.change(ctx, a, access.ActivityWrite, access.Object{Association: assoc.ID, Owner: f.OwnerID}, func(ctx context.Context, tx *db.Tx) error {
		if activity, err = s.insertActivity(ctx, tx, a, assoc, f); err != nil {
			return err
		}
		return s.recomputeServed(ctx, tx, Ref{assoc.ID, activity})
	})
	return activity, err
}

func (s *Service) insertActivity(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, f ActivityFields) (id.ID, error) {
	if err := f.Check(); err != nil {
		return id.None, err
	}
	if err := s.answers(ctx, tx, assoc.ID, f.OwnerID, id.None, "owner"); err != nil {
		return id.None, err
	}
	now := s.clock.Now()
	row := Activity{AssociationID: assoc.ID, ID: id.New(), Status: Planned, State: "not_started", SeriesID: f.SeriesID, CopiedFromID: f.CopiedFrom, ImportID: f.Import, Version: 1, CreatedBy: a.Account, CreatedAt: now, UpdatedAt: now}
	row.take(f)
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return id.None, err
	}
	if err := s.storeRelations(ctx, tx, row, f); err != nil {
		return id.None, err
	}
	return row.ID, s.trail.Record(ctx, tx, a, assoc.ID, "activity.plan", "activity", row.ID, nil, row.essence())
}

// take copies what a person wrote into the row.
func (a *Activity) take(f ActivityFields) {
	a.Title, a.Kind, a.Forms, a.Grounds = f.Title, f.Kind, f.Forms, f.Grounds
	a.PlanYear = int64(f.PlanYear)
	a.SetWhen(f.When)
	a.ClockTime, a.Place, a.Digital, a.Description, a.Audience, a.Project = f.ClockTime, f.Place, f.Digital, f.Description, f.Audience, f.Project
	a.ReachMin, a.ReachMax, a.ReachText = f.ReachMin, f.ReachMax, f.ReachText
	a.OwnerID, a.FollowUpOn, a.Notes, a.Public = f.OwnerID, f.FollowUpOn, f.Notes, f.Public
	switch {
	case f.Confirmed && a.Status == Planned:
		a.Status = Confirmed
	case !f.Confirmed && a.Status == Confirmed:
		a.Status = Planned
	}
}

// essence is what the audit trail keeps of an activity.
func (a Activity) essence() map[string]any {
	m := map[string]any{"title": a.Title, "status": a.Status, "date": a.DatePrecision, "from": a.FromOn, "to": a.ToOn, "year": a.PlanYear, "public": a.Public}
	if a.StatusReason != "" {
		m["reason"] = a.StatusReason
	}
	if a.Reached != nil {
		m["reached"], m["how"] = *a.Reached, a.ReachedHow
	}
	return m
}

// storeRelations replaces organisers, partners and speakers, and which of the home association's pledges it serves. Which pledges of
// another organiser it serves, that organiser alone says.
func (s *Service) storeRelations(ctx context.Context, tx *db.Tx, row Activity, f ActivityFields) error {
	if err := s.storeOrganisers(ctx, tx, row, f.Organisers); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*Person)(nil)).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	var people []Person
	for i, name := range slices.Concat(f.Partners, f.Speakers) {
		role := RolePartner
		if i >= len(f.Partners) {
			role = RoleSpeaker
		}
		if name = strings.TrimSpace(name); name != "" {
			people = append(people, Person{AssociationID: row.AssociationID, ActivityID: row.ID, Position: int64(i), Role: role, Name: name})
		}
	}
	if len(people) > 0 {
		if _, err := tx.NewInsert().Model(&people).Exec(ctx); err != nil {
			return err
		}
	}
	return s.storeServes(ctx, tx, row, row.AssociationID, f.Serves)
}

// storeServes replaces which pledges of one association the activity serves.
func (s *Service) storeServes(ctx context.Context, tx *db.Tx, row Activity, of id.ID, serves []ServingFields) error {
	_, err := tx.NewDelete().Model((*Serving)(nil)).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Where("pledge_association_id = ?", of).Exec(ctx)
	if err != nil {
		return err
	}
	var rows []Serving
	seen := map[id.ID]bool{}
	for _, v := range serves {
		if seen[v.Pledge] || v.PledgeAssociation != of {
			continue
		}
		seen[v.Pledge] = true
		rows = append(rows, Serving{AssociationID: row.AssociationID, ActivityID: row.ID, PledgeAssociationID: v.PledgeAssociation, PledgeID: v.Pledge, PlanYear: row.PlanYear, How: v.How, Score: v.Score})
	}
	if len(rows) == 0 {
		return nil
	}
	known, err := tx.NewSelect().Model((*Pledge)(nil)).Where("association_id = ?", of).Where("id IN (?)", bun.In(slices.Collect(maps.Keys(seen)))).Count(ctx)
	if err != nil {
		return err
	}
	if int(known) != len(rows) {
		var f errs.Form
		f.Add("serves", "error.not_a_choice")
		return f.Err()
	}
	_, err = tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// storeOrganisers makes the home and the named associations organisers. Those who were asked before keep their answer.
func (s *Service) storeOrganisers(ctx context.Context, tx *db.Tx, row Activity, others []id.ID) error {
	var before []Organiser
	err := tx.NewSelect().Model(&before).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Scan(ctx)
	if err != nil {
		return err
	}
	wanted := append([]id.ID{row.AssociationID}, others...)
	names, err := s.associationsByID(ctx, tx, slices.Clone(wanted))
	if err != nil {
		return err
	}
	for _, o := range before {
		if slices.Contains(wanted, o.OrganiserID) {
			continue
		}
		if _, err := tx.NewDelete().Model(&o).WherePK().Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*Serving)(nil)).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Where("pledge_association_id = ?", o.OrganiserID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	for _, w := range wanted {
		i := slices.IndexFunc(before, func(o Organiser) bool { return o.OrganiserID == w })
		if i >= 0 {
			o := before[i]
			o.PlanYear, o.SortOn = row.PlanYear, row.sortOn()
			if _, err := tx.NewUpdate().Model(&o).Column("plan_year", "sort_on").WherePK().Exec(ctx); err != nil {
				return err
			}
			continue
		}
		if _, known := names[w]; !known {
			var f errs.Form
			f.Add("organisers", "error.not_a_choice")
			return f.Err()
		}
		o := Organiser{AssociationID: row.AssociationID, ActivityID: row.ID, OrganiserID: w, PlanYear: row.PlanYear, SortOn: row.sortOn()}
		if w == row.AssociationID {
			o.ConfirmedAt = s.clock.Now()
		}
		if _, err := tx.NewInsert().Model(&o).Exec(ctx); err != nil {
			return err
		}
		before = append(before, o)
	}
	return nil
}

// changeActivity loads an activity of the association, checks the right to it and its version, lets fn change it, stores it, and
// recomputes what it serves.
func (s *Service) changeActivity(ctx context.Context, a actor.Actor, assoc scope.Association, act actor.Action, activity id.ID, version int64, verb string, fn func(ctx context.Context, tx *db.Tx, row *Activity) error) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := s.changeActivityIn(ctx, tx, a, assoc, act, activity, version, verb, fn)
		if err != nil {
			return err
		}
		return s.recomputeServed(ctx, tx, Ref{assoc.ID, activity}, before...)
	})
}

// changeActivityIn is changeActivity without recomputing: it gives what the activity served before, for whoever does that.
func (s *Service) changeActivityIn(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, act actor.Action, activity id.ID, version int64, verb string, fn func(ctx context.Context, tx *db.Tx, row *Activity) error) (served []Serving, err error) {
	row, err := homeActivity(ctx, tx, assoc.ID, activity)
	if err != nil {
		return nil, err
	}
	if err := access.Check(a, act, access.Object{Association: assoc.ID, Owner: row.OwnerID}); err != nil {
		return nil, err
	}
	before := row.essence()
	if err := tx.NewSelect().Model(&served).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Scan(ctx); err != nil {
		return nil, err
	}
	if err := fn(ctx, tx, &row); err != nil {
		return nil, err
	}
	row.UpdatedAt = s.clock.Now()
	if err := update(ctx, tx, &row, version, "title", "kind", "forms", "grounds", "status", "status_reason", "plan_year", "date_precision", "from_on", "to_on", "date_text", "clock_time",
		"place", "digital", "description", "audience", "project", "reach_min", "reach_max", "reach_text", "reached", "reached_how", "owner_id", "follow_up_on", "notes", "public", "updated_at"); err != nil {
		return nil, err
	}
	if err := moveRelations(ctx, tx, row); err != nil {
		return nil, err
	}
	return served, s.trail.Record(ctx, tx, a, assoc.ID, "activity."+verb, "activity", row.ID, before, row.essence())
}

// moveRelations keeps the year and order that lists go by where they are looked up.
func moveRelations(ctx context.Context, tx *db.Tx, row Activity) error {
	_, err := tx.NewUpdate().Model((*Organiser)(nil)).Set("plan_year = ?", row.PlanYear).Set("sort_on = ?", row.sortOn()).
		Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Serving)(nil)).Set("plan_year = ?", row.PlanYear).Where("association_id = ?", row.AssociationID).Where("activity_id = ?", row.ID).Exec(ctx)
	return err
}

func homeActivity(ctx context.Context, q db.IDB, home, activity id.ID) (Activity, error) {
	var row Activity
	err := one(ctx, q.NewSelect().Model(&row).Where("association_id = ?", home).Where("id = ?", activity))
	return row, err
}

// EditActivity replaces what a person may write about an activity.
func (s *Service) EditActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, f ActivityFields) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityWrite, activity, version, "edit", s.rewritten(f))
}

// rewritten is the change that puts the fields into the row.
func (s *Service) rewritten(f ActivityFields) func(ctx context.Context, tx *db.Tx, row *Activity) error {
	return func(ctx context.Context, tx *db.Tx, row *Activity) error {
		if err := f.Check(); err != nil {
			return err
		}
		if err := s.answers(ctx, tx, row.AssociationID, f.OwnerID, row.OwnerID, "owner"); err != nil {
			return err
		}
		row.take(f)
		return s.storeRelations(ctx, tx, *row, f)
	}
}

// MoveActivity gives an activity another date, or none yet.
func (s *Service) MoveActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, w period.When, year int) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityWrite, activity, version, "move", func(ctx context.Context, tx *db.Tx, row *Activity) error {
		if err := w.Check(); err != nil {
			return &errs.Error{Kind: errs.Invalid, Key: "error.form", Fields: []errs.Field{{Name: "date", Key: "activity.date_faulty"}}}
		}
		if row.Status == Cancelled {
			return errs.E(errs.Refused, "activity.is_cancelled")
		}
		if w.From.IsZero() && year != 0 {
			row.PlanYear = int64(year)
		}
		row.SetWhen(w)
		if row.Status == Postponed && w.Precision != period.NotSet {
			row.Status, row.StatusReason = Planned, ""
		}
		return nil
	})
}

// PostponeActivity says that an activity does not happen on its day; another day is not set yet.
func (s *Service) PostponeActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, reason string) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityWrite, activity, version, "postpone", func(ctx context.Context, tx *db.Tx, row *Activity) error {
		if err := reasonGiven(reason); err != nil {
			return err
		}
		row.Status, row.StatusReason = Postponed, reason
		row.SetWhen(period.When{Precision: period.NotSet})
		return nil
	})
}

// CancelActivity says that an activity will not happen. It stays visible with its reason and is no step any more.
func (s *Service) CancelActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, reason string) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityWrite, activity, version, "cancel", func(ctx context.Context, tx *db.Tx, row *Activity) error {
		if err := reasonGiven(reason); err != nil {
			return err
		}
		row.Status, row.StatusReason = Cancelled, reason
		return nil
	})
}

// ReopenActivity takes back a cancellation or a report.
func (s *Service) ReopenActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64) error {
	return s.changeActivity(ctx, a, assoc, access.ActivityWrite, activity, version, "reopen", func(ctx context.Context, tx *db.Tx, row *Activity) error {
		row.Status, row.StatusReason, row.Reached, row.ReachedHow = Planned, "", nil, ""
		return nil
	})
}

func reasonGiven(reason string) error {
	var f errs.Form
	required(&f, "reason", reason, "activity.reason_missing")
	return f.Err()
}

// CopyActivity plans an activity again, a number of years later, with its date moved as far; days that are not set stay so.
func (s *Service) CopyActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, years int) (copied id.ID, err error) {
	v, err := s.Activity(ctx, a, assoc, Ref{assoc.ID, activity})
	if err != nil {
		return id.None, err
	}
	f := v.Fields()
	f.When.From, f.When.To = addYears(f.When.From, years), addYears(f.When.To, years)
	f.When.Text = ""
	f.PlanYear += years
	f.FollowUpOn = addYears(f.FollowUpOn, years)
	people, err := s.needs.People(ctx, s.db.Read(), assoc.ID)
	if err != nil {
		return id.None, err
	}
	if !slices.ContainsFunc(people, func(p Colleague) bool { return p.ID == f.OwnerID }) {
		f.OwnerID = id.None // who answered for it then has left
	}
	f.CopiedFrom, f.Import, f.SeriesID, f.Confirmed = activity, id.None, id.None, false
	return s.PlanActivity(ctx, a, assoc, f)
}

func addYears(d period.Date, n int) period.Date {
	if d.IsZero() {
		return d
	}
	return d.AddYears(n)
}

// SeriesRule repeats an activity: every so many days, weeks or months from its first day, until a last day.
type SeriesRule struct {
	Every int
	Unit  string // day, week, month
	Until period.Date
}

const maxSeries = 60

// Days lists the days of the series, the first included.
func (r SeriesRule) Days(first period.Date) ([]period.Date, error) {
	var f errs.Form
	if r.Every < 1 || r.Every > 52 {
		f.Add("every", "series.every_faulty")
	}
	if r.Until.Before(first) {
		f.Add("until", "series.until_faulty")
	}
	if r.Unit != "day" && r.Unit != "week" && r.Unit != "month" {
		f.Add("unit", "error.not_a_choice")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	var days []period.Date
	for i := 0; ; i++ {
		d := first.AddDays(i * r.Every)
		switch r.Unit {
		case "week":
			d = first.AddDays(7 * i * r.Every)
		case "month":
			d = period.On(first.Year, first.Month, 1).AddMonths(i * r.Every).WithDay(first.Day)
		}
		if d.After(r.Until) {
			return days, nil
		}
		if len(days) == maxSeries {
			f.Add("until", "series.too_many", "max", maxSeries)
			return nil, f.Err()
		}
		days = append(days, d)
	}
}

// PlanSeries plans an activity on every day of a rule. Each is an activity of its own and can be moved or cancelled alone.
func (s *Service) PlanSeries(ctx context.Context, a actor.Actor, assoc scope.Association, f ActivityFields, r SeriesRule) (count int, err error) {
	if f.When.Precision != period.Day {
		return 0, &errs.Error{Kind: errs.Invalid, Key: "error.form", Fields: []errs.Field{{Name: "date", Key: "series.first_day_missing"}}}
	}
	days, err := r.Days(f.When.From)
	if err != nil {
		return 0, err
	}
	f.SeriesID = id.New()
	err = s.change(ctx, a, access.ActivityWrite, access.Object{Association: assoc.ID, Owner: f.OwnerID}, func(ctx context.Context, tx *db.Tx) error {
		var last id.ID
		for _, d := range days {
			f.When = period.OnDay(d)
			if last, err = s.insertActivity(ctx, tx, a, assoc, f); err != nil {
				return err
			}
			if len(f.Serves) == 0 {
				if err := s.recomputeLoose(ctx, tx, Ref{assoc.ID, last}); err != nil {
					return err
				}
			}
		}
		return s.recomputeServed(ctx, tx, Ref{assoc.ID, last}) // all of them serve the same pledges
	})
	return len(days), err
}

// AnswerInvitation confirms or declines that the association holds another's activity with it, and says which of its own pledges it
// serves.
func (s *Service) AnswerInvitation(ctx context.Context, a actor.Actor, assoc scope.Association, activity Ref, confirm bool, serves []ServingFields) error {
	return s.change(ctx, a, access.ActivityWrite, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		if activity.Home == assoc.ID {
			return errs.E(errs.NotFound, "error.not_found") // nobody asks herself
		}
		o := Organiser{AssociationID: activity.Home, ActivityID: activity.ID, OrganiserID: assoc.ID}
		if err := one(ctx, tx.NewSelect().Model(&o).WherePK()); err != nil {
			return err
		}
		row, err := homeActivity(ctx, tx, activity.Home, activity.ID)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		set := tx.NewUpdate().Model(&o).WherePK()
		if confirm {
			set.Set("confirmed_at = ?", now).Set("declined_at = NULL")
		} else {
			set.Set("declined_at = ?", now).Set("confirmed_at = NULL")
			serves = nil
		}
		if _, err := set.Exec(ctx); err != nil {
			return err
		}
		var before []Serving
		if err := tx.NewSelect().Model(&before).Where("association_id = ?", activity.Home).Where("activity_id = ?", activity.ID).Where("pledge_association_id = ?", assoc.ID).Scan(ctx); err != nil {
			return err
		}
		for i := range serves {
			serves[i].PledgeAssociation = assoc.ID
		}
		if err := s.storeServes(ctx, tx, row, assoc.ID, serves); err != nil {
			return err
		}
		if err := s.recomputeServed(ctx, tx, activity, before...); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "activity.answer", "activity", activity.ID, nil, map[string]any{"confirmed": confirm, "serves": len(serves)})
	})
}
