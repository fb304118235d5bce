package followup

import (
	"context"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// Count adds a card to its cell. Nothing is kept of the card itself.
func (s *Service) Count(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, c Card) error {
	return s.card(ctx, a, association, initiative, b, c, 1)
}

// Undo takes the latest card back, as if it had never been. The browser keeps which it was; the program does not.
func (s *Service) Undo(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, c Card) error {
	return s.card(ctx, a, association, initiative, b, c, -1)
}

func (s *Service) card(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, c Card, sign int64) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Check(ctx, tx, a, access.FollowupEnter, association, initiative); err != nil {
			return err
		}
		x, l, err := s.at(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		cell, err := c.cell(x.Method, l, b)
		if err != nil {
			return err
		}
		if c.Protected {
			u, err := unitsOf(ctx, tx, association)
			if err != nil {
				return err
			}
			b = u.lastOf(b.Year, x.To)
		}
		if _, err := hold(ctx, tx, association, initiative, b); err != nil {
			return err
		}
		if sign < 0 { // only what she has counted herself: everything else is a correction, with its reason
			own, err := ownTally(ctx, tx, association, initiative, b, a.Account)
			if err != nil {
				return err
			}
			if own.Added < c.N {
				return errs.E(errs.Conflict, "followup.changed_meanwhile")
			}
		}
		if err := add(ctx, tx, association, initiative, b, c.Moment, cell.String(), sign*c.N); err != nil {
			return err
		}
		return tally(ctx, tx, association, initiative, b, a.Account, sign*c.N, 0)
	})
}

// Change is a new number in a cell, and the one that stood there when the person looked.
type Change struct {
	Moment Moment
	Cell   Cell
	Was, N int64
}

const maxReason = 500

// Enter writes numbers into cells, as a grid or a table does: up as well as down. Where something is lowered the reason is asked for; the trail
// tells how many were added and taken away, and why, but never where. A number that somebody else has changed meanwhile is a conflict, and
// nothing is written.
func (s *Service) Enter(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, changes []Change, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Check(ctx, tx, a, access.FollowupEnter, association, initiative); err != nil {
			return err
		}
		x, l, err := s.at(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		if _, err := hold(ctx, tx, association, initiative, b); err != nil {
			return err
		}
		now, err := countsOf(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		var up, down int64
		var fresh []cellRow
		for _, c := range changes {
			cell, err := Card{Moment: c.Moment, Values: c.Cell, N: 1}.cell(x.Method, l, b)
			if err != nil {
				return err
			}
			if c.N < 0 || c.N > MostInACell {
				return errs.E(errs.Invalid, "followup.cell_out_of_range", "max", MostInACell)
			}
			key := cell.String()
			if now[c.Moment][key] != c.Was {
				return errs.E(errs.Conflict, "followup.changed_meanwhile")
			}
			if d := c.N - c.Was; d > 0 {
				up += d
			} else {
				down -= d
			}
			if c.Was == 0 && c.N > 0 {
				if now[c.Moment] == nil {
					now[c.Moment] = Counts{}
				}
				now[c.Moment][key] = c.N // so that the same cell is not written twice
				fresh = append(fresh, cellRow{AssociationID: association, InitiativeID: initiative, Period: b.String(), Moment: c.Moment, Cell: key, N: c.N})
				continue
			}
			if err := add(ctx, tx, association, initiative, b, c.Moment, key, c.N-c.Was); err != nil {
				return err
			}
		}
		if err := insertCells(ctx, tx, fresh); err != nil {
			return err
		}
		var form errs.Form
		if down > 0 && reason == "" {
			form.Add("reason", "followup.reason_missing")
		} else if n := len([]rune(reason)); n > maxReason {
			form.Add("reason", "error.too_long", "max", maxReason, "now", n)
		}
		if err := form.Err(); err != nil || up+down == 0 {
			return err
		}
		if err := tally(ctx, tx, association, initiative, b, a.Account, up, down); err != nil {
			return err
		}
		if down == 0 {
			return nil
		}
		return s.trail.Record(ctx, tx, a, association, "followup.correct", "initiative", initiative, nil, struct {
			Period string `json:"period"`
			Up     int64  `json:"added"`
			Down   int64  `json:"removed"`
			Reason string `json:"reason"`
		}{b.String(), up, down, reason})
	})
}

const maxComment = 1000

// Comment keeps what those who count want to say about a period.
func (s *Service) Comment(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, text string) error {
	text = strings.TrimSpace(text)
	var form errs.Form
	if n := len([]rune(text)); n > maxComment {
		form.Add("comment", "error.too_long", "max", maxComment, "now", n)
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Check(ctx, tx, a, access.FollowupEnter, association, initiative); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		if _, _, err := s.at(ctx, tx, association, initiative, b); err != nil {
			return err
		}
		r, err := hold(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		r.Comment = text
		_, err = tx.NewUpdate().Model(&r).Column("comment").WherePK().Exec(ctx)
		return err
	})
}

// allowed tells what somebody must be allowed for a step.
var allowed = map[Move]actor.Action{MarkComplete: access.FollowupEnter, TakeBack: access.FollowupEnter, Approve: access.FollowupApprove, SendBack: access.FollowupAccept, Accept: access.FollowupAccept, Correct: access.FollowupAccept}

// Step moves a period up or down a level. Nobody may complete a period before its last day.
func (s *Service) Step(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block, m Move, reason string) error {
	reason = strings.TrimSpace(reason)
	act, known := allowed[m]
	if !known {
		return errs.E(errs.NotFound, "error.not_found")
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Check(ctx, tx, a, act, association, initiative); err != nil {
			return err
		}
		x, _, err := s.at(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		before, err := lock(ctx, tx, association, initiative, b)
		if err != nil {
			return err
		}
		var form errs.Form
		if moves[m].reason && reason == "" {
			form.Add("reason", "followup.return_reason_missing")
		} else if n := len([]rune(reason)); n > maxReason {
			form.Add("reason", "error.too_long", "max", maxReason, "now", n)
		}
		if err := form.Err(); err != nil {
			return err
		}
		last := b.Last()
		if !x.To.IsZero() && x.To.Before(last) {
			last = x.To
		}
		if m == MarkComplete && s.today().Before(last) {
			return errs.E(errs.Refused, "followup.not_over", "date", last)
		}
		after, ok := before.apply(m, a.Account, s.today(), reason)
		if !ok {
			return errs.E(errs.Conflict, "followup.moved_meanwhile")
		}
		if _, err := tx.NewUpdate().Model(&after).WherePK().Exec(ctx); err != nil {
			return err
		}
		if m == Accept {
			if err := s.keep(ctx, tx, after); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, after, m, reason)
	})
}

// counted is who has reported how many in a period: the only thing that is told of who counted what.
type counted struct {
	Name    string `json:"name"`
	Added   int64  `json:"added"`
	Removed int64  `json:"removed"`
}

// note writes a step into the trail; when a period is marked as complete, with who has reported how many since the last time.
func (s *Service) note(ctx context.Context, tx *db.Tx, a actor.Actor, r Report, m Move, reason string) error {
	entry := struct {
		Period   string    `json:"period"`
		State    State     `json:"state"`
		Edition  int64     `json:"edition"`
		Reason   string    `json:"reason,omitempty"`
		Reported []counted `json:"reported,omitempty"`
	}{Period: r.Period, State: r.State, Edition: r.Edition, Reason: reason}
	if m == MarkComplete {
		rows, err := tallies(ctx, tx, r.AssociationID, r.InitiativeID, r.Period)
		if err != nil {
			return err
		}
		for _, t := range rows {
			name, err := s.NameOf(ctx, tx, t.AccountID)
			if err != nil {
				return err
			}
			entry.Reported = append(entry.Reported, counted{name, t.Added, t.Removed})
		}
	}
	return s.trail.Record(ctx, tx, a, r.AssociationID, "followup."+string(m), "initiative", r.InitiativeID, nil, entry)
}
