package followup

import (
	"context"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// Settings is how an association counts.
type Settings struct {
	Now   period.Every // this year
	Next  period.Every // from the next year on
	Year  int          // the next year
	Codes []Setting    // the codes an association decides about, by variable
}

// Setting is one code that an association uses or not, and by what words.
type Setting struct {
	Variable string
	Code     string
	Label    string // "" takes the catalogue's words
	Used     bool   // from the present period on
}

// shared are variables whose lists are one and the same.
var shared = map[string]string{SupportEnd: SupportStart}

// Settings gives how an association counts.
func (s *Service) Settings(ctx context.Context, a actor.Actor, association id.ID) (Settings, error) {
	if err := access.Check(a, access.AssociationEdit, access.Object{Association: association}); err != nil {
		return Settings{}, err
	}
	q := s.DB.Read()
	u, err := unitsOf(ctx, q, association)
	if err != nil {
		return Settings{}, err
	}
	own, err := codesOf(ctx, q, association)
	if err != nil {
		return Settings{}, err
	}
	year := s.today().Year
	out := Settings{Now: u.of(year), Next: u.of(year + 1), Year: year + 1}
	l := lists(own, nil)
	for _, v := range Variables {
		if shared[v] != "" {
			continue
		}
		for _, c := range l[v] {
			if !c.Verified {
				out.Codes = append(out.Codes, Setting{v, c.Code, c.Label, c.To.IsZero() || !c.To.Before(s.today())})
			}
		}
	}
	return out, nil
}

const maxLabel = 60

// SetCodes decides which codes an association uses and by what words. A code that is no longer used stays in the periods that have begun; one that
// is used again can be used in them too. The fields of faults are "label." with variable and code.
func (s *Service) SetCodes(ctx context.Context, a actor.Actor, association id.ID, list []Setting) error {
	if err := access.Check(a, access.AssociationEdit, access.Object{Association: association}); err != nil {
		return err
	}
	var form errs.Form
	for i, x := range list {
		list[i].Label = strings.TrimSpace(x.Label)
		if n := len([]rune(list[i].Label)); n > maxLabel {
			form.Add("label."+x.Variable+"."+x.Code, "error.too_long", "max", maxLabel, "now", n)
		}
		if !slices.ContainsFunc(codes[x.Variable], func(c Code) bool { return c.Code == x.Code && !c.Verified }) {
			form.Add("", "error.not_a_choice")
		}
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := unitsOf(ctx, tx, association)
		if err != nil {
			return err
		}
		own, err := codesOf(ctx, tx, association)
		if err != nil {
			return err
		}
		end := u.at(s.today()).Last()
		for _, x := range list {
			for _, v := range Variables {
				if v != x.Variable && shared[v] != x.Variable {
					continue
				}
				row := codeRow{AssociationID: association, Variable: v, Code: x.Code}
				if i := slices.IndexFunc(own, func(r codeRow) bool { return r.Variable == v && r.Code == x.Code }); i >= 0 {
					row = own[i]
				}
				row.Label = x.Label
				switch {
				case x.Used:
					row.ValidTo = period.Date{}
				case row.ValidTo.IsZero() || row.ValidTo.After(end):
					row.ValidTo = end
				}
				if _, err := tx.NewInsert().Model(&row).On("CONFLICT (association_id, variable, code) DO UPDATE").Set("label = EXCLUDED.label").Set("valid_to = EXCLUDED.valid_to").Exec(ctx); err != nil {
					return err
				}
			}
		}
		return s.trail.Record(ctx, tx, a, association, "followup.codes", "association", association, nil, nil)
	})
}

// SetUnit decides how long the periods are from the next year on. What has been counted stays in the periods it was counted in.
func (s *Service) SetUnit(ctx context.Context, a actor.Actor, association id.ID, unit period.Every) error {
	if err := access.Check(a, access.AssociationEdit, access.Object{Association: association}); err != nil {
		return err
	}
	if unit != period.HalfYear && unit != period.EachMonth {
		var form errs.Form
		form.Add("unit", "error.not_a_choice")
		return form.Err()
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row := unitRow{AssociationID: association, FromYear: int64(s.today().Year + 1), Unit: unit}
		if _, err := tx.NewInsert().Model(&row).On("CONFLICT (association_id, from_year) DO UPDATE").Set("unit = EXCLUDED.unit").Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "followup.unit", "association", association, nil, struct {
			FromYear int64        `json:"year"`
			Unit     period.Every `json:"unit"`
		}{row.FromYear, unit})
	})
}
