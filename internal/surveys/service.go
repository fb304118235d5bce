package surveys

import (
	"context"
	"errors"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Needs is what the part needs from the rest of the house.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
}

// Service holds the operations.
type Service struct {
	Needs
	trail audit.Trail
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

func (s *Service) today() period.Date { return clock.Today(s.Clock) }

func reads(a actor.Actor, association id.ID) error {
	return access.Check(a, access.SurveyRead, access.Object{Association: association})
}

func manages(a actor.Actor, association id.ID) error {
	return access.Check(a, access.SurveyManage, access.Object{Association: association})
}

// Frames gives the instruments of an association, by name.
func (s *Service) Frames(ctx context.Context, a actor.Actor, association id.ID) ([]Frame, error) {
	if err := reads(a, association); err != nil {
		return nil, err
	}
	return frames(ctx, s.DB.Read(), association)
}

// Frame gives one instrument.
func (s *Service) Frame(ctx context.Context, a actor.Actor, association, instrument id.ID) (Frame, error) {
	if err := reads(a, association); err != nil {
		return Frame{}, err
	}
	return frameOf(ctx, s.DB.Read(), association, instrument)
}

// AddInstrument begins an instrument. owner is whose words its questions are, which may be nobody else's. Fields are name and owner.
func (s *Service) AddInstrument(ctx context.Context, a actor.Actor, association id.ID, name, owner string) (id.ID, error) {
	if err := manages(a, association); err != nil {
		return id.None, err
	}
	x := Instrument{AssociationID: association, ID: id.New(), Name: strings.Join(strings.Fields(name), " "), OwnerName: strings.Join(strings.Fields(owner), " ")}
	var form errs.Form
	if x.Name == "" {
		form.Add("name", "surveys.name_missing")
	}
	for field, text := range map[string]string{"name": x.Name, "owner": x.OwnerName} {
		if n := len([]rune(text)); n > MaxName {
			form.Add(field, "error.too_long", "max", MaxName, "now", n)
		}
	}
	if err := form.Err(); err != nil {
		return id.None, err
	}
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insertInstrument(ctx, tx, x, s.Clock.Now()); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "surveys.instrument", "survey", x.ID, nil, x)
	})
	if db.IsUnique(err) {
		var form errs.Form
		form.Add("name", "surveys.name_taken")
		return id.None, form.Err()
	}
	return x.ID, err
}

// PutQuestion adds a question, or changes one that has the number. The words of answers that came in are locked: then a new wording begins on the day of
// the draft, which must lie after every round that the locked one was answered in. Fields are those of Draft and from.
func (s *Service) PutQuestion(ctx context.Context, a actor.Actor, association, instrument id.ID, d Draft) error {
	return s.PutQuestions(ctx, a, association, instrument, []Draft{d})
}

// PutQuestions is PutQuestion for several at once: all or none.
func (s *Service) PutQuestions(ctx context.Context, a actor.Actor, association, instrument id.ID, list []Draft) error {
	if err := manages(a, association); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, d := range list {
			err := s.put(ctx, tx, a, association, instrument, d)
			if e, ok := errors.AsType[*errs.Error](err); ok && len(list) > 1 && slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == "from" }) {
				return errs.E(errs.Refused, "surveys.locked_question", "number", d.Number).Because(err)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) put(ctx context.Context, tx *db.Tx, a actor.Actor, association, instrument id.ID, d Draft) error {
	d, err := d.check()
	if err != nil {
		return err
	}
	f, err := frameOf(ctx, tx, association, instrument)
	if err != nil {
		return err
	}
	indicator, err := indicatorNamed(ctx, tx, f, d.Indicator)
	if err != nil {
		return err
	}
	q := Question{AssociationID: association, ID: id.New(), InstrumentID: instrument, IndicatorID: indicator, Number: d.Number}
	version := int64(1)
	if i := slices.IndexFunc(f.Questions, func(x Question) bool { return strings.EqualFold(x.Number, d.Number) }); i >= 0 {
		q = f.Questions[i]
		q.IndicatorID = indicator
		if _, err := tx.NewUpdate().Model(&q).Column("indicator_id").WherePK().Exec(ctx); err != nil {
			return err
		}
		now := q.Latest()
		if now.same(d) {
			return nil
		}
		if version = now.Version; now.Locked {
			if err := s.after(ctx, tx, association, q, d); err != nil {
				return err
			}
			version++
		} else {
			d.From = now.From
		}
	} else {
		d.From = period.Date{}
		if _, err := tx.NewInsert().Model(&q).Exec(ctx); err != nil {
			return err
		}
	}
	if err := putWording(ctx, tx, association, q.ID, version, d); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, association, "surveys.wording", "survey_question", q.ID, nil, struct {
		Number  string      `json:"number"`
		Version int64       `json:"version"`
		Text    string      `json:"text"`
		Options []Option    `json:"options"`
		From    period.Date `json:"valid_from"`
	}{q.Number, version, d.Text, d.Options, d.From})
}

// after refuses a new wording that would begin before answers to the locked one.
func (s *Service) after(ctx context.Context, tx *db.Tx, association id.ID, q Question, d Draft) error {
	last, err := lastAnswered(ctx, tx, association, q.ID)
	if err != nil {
		return err
	}
	var form errs.Form
	switch {
	case d.From.IsZero():
		form.Add("from", "surveys.from_missing")
	case !d.From.After(last):
		form.Add("from", "surveys.from_too_early", "date", last)
	}
	return form.Err()
}

// AddRound begins a round. Fields are round and first_day.
func (s *Service) AddRound(ctx context.Context, a actor.Actor, association, instrument id.ID, name string, day period.Date) (id.ID, error) {
	if err := manages(a, association); err != nil {
		return id.None, err
	}
	x := Round{AssociationID: association, ID: id.New(), InstrumentID: instrument, Name: strings.Join(strings.Fields(name), " "), FirstDay: day}
	var form errs.Form
	if x.Name == "" {
		form.Add("round", "surveys.round_missing")
	} else if n := len([]rune(x.Name)); n > maxRound {
		form.Add("round", "error.too_long", "max", maxRound, "now", n)
	}
	if day.IsZero() {
		form.Add("first_day", "surveys.day_missing")
	}
	if err := form.Err(); err != nil {
		return id.None, err
	}
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := frameOf(ctx, tx, association, instrument); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&x).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "surveys.round", "survey", instrument, nil, x)
	})
	if db.IsUnique(err) {
		var form errs.Form
		form.Add("round", "surveys.name_taken")
		return id.None, form.Err()
	}
	return x.ID, err
}

const maxRound = 40
