package equality

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// ownCode begins the code of every comparison that an association declared itself; its number follows.
const ownCode = "egen-"

// MostOwn is how many comparisons an association may declare: the more are made at once, the larger a difference must be to stand out.
const MostOwn = 12

// Declaration is a comparison that an association declared itself. It is made before the figures it is about are seen, and stands as it was made once
// a release or a case uses it.
type Declaration struct {
	bun.BaseModel   `bun:"table:equality_comparisons"`
	AssociationID   id.ID `bun:",pk"`
	Number          int64 `bun:",pk"`
	Source          Source
	OutcomeVariable string
	OutcomeCode     string
	Variable        string
	GroupCode       string
	ReferenceCode   string
	Strata          string // names with commas between
	Reason          string
	DeclaredBy      id.ID
	DeclaredOn      period.Date
	ReleasedIn      int64  // the number of the first release that used it; 0 when none has
	By              string `bun:"-"`
	Locked          bool   `bun:"-"`
}

// Comparison is what is declared, as it is examined.
func (d Declaration) Comparison() Comparison {
	c := Comparison{Code: ownCode + strconv.FormatInt(d.Number, 10), Source: d.Source, Outcome: Outcome{d.OutcomeVariable, []string{d.OutcomeCode}}, Variable: d.Variable, Group: d.GroupCode, Reference: d.ReferenceCode, Why: d.Reason, On: d.DeclaredOn}
	if d.Strata != "" {
		c.Strata = strings.Split(d.Strata, ",")
	}
	return c
}

// What can be asked: the outcomes of each source, whose categories can be compared, and within what.
var (
	asked  = map[Source][]string{Began: {Initiative}, Left: {JobStep, OccupationEnd}}
	groups = [...]string{Sex, Age, Municipality}
	inside = [...]string{Initiative, Age, Sex, Municipality, Period}
)

// Choice is something that can be looked at and compared, since a table of what is published holds it.
type Choice struct {
	Source   Source
	Outcome  Outcome  // one event
	Variable string   // "" in the list of outcomes
	Codes    []string // the categories that can be compared
	Strata   []string
}

// Choices lists what can be declared: every outcome, and for each of them the variables whose categories can be compared.
func Choices(of map[Source]*disclosure.Result) (list []Choice) {
	for _, s := range Sources {
		x := of[s]
		if x == nil {
			continue
		}
		for _, outcome := range asked[s] {
			events := without(x.Categories[outcome])
			if len(events) < 2 {
				continue // everybody, or nobody
			}
			for _, event := range events {
				for _, v := range groups {
					c := Choice{Source: s, Outcome: Outcome{outcome, []string{event}}, Variable: v, Codes: without(x.Categories[v])}
					if len(c.Codes) < 2 || !holds(x, v, outcome) {
						continue
					}
					for _, stratum := range inside {
						if stratum != v && stratum != outcome && holds(x, v, outcome, stratum) {
							c.Strata = append(c.Strata, stratum)
						}
					}
					list = append(list, c)
				}
			}
		}
	}
	return list
}

// holds tells whether a table of what is published has all of the variables.
func holds(x *disclosure.Result, variables ...string) bool {
	return slices.ContainsFunc(x.Tables, func(t []string) bool {
		return !slices.ContainsFunc(variables, func(v string) bool { return !slices.Contains(t, v) })
	})
}

// Choices lists what the association can declare.
func (b Basis) Choices() []Choice {
	of := map[Source]*disclosure.Result{}
	for s, p := range b.Of {
		of[s] = p.Result
	}
	return Choices(of)
}

func declarations(ctx context.Context, q db.IDB, association id.ID) (rows []Declaration, err error) {
	return rows, q.NewSelect().Model(&rows).Where("association_id = ?", association).OrderExpr("number").Scan(ctx)
}

func (s *Service) own(ctx context.Context, q db.IDB, association id.ID) (list []Comparison, err error) {
	rows, err := declarations(ctx, q, association)
	for _, r := range rows {
		list = append(list, r.Comparison())
	}
	return list, err
}

// Declared lists what the association has declared itself, in the order it was.
func (s *Service) Declared(ctx context.Context, a actor.Actor, association id.ID) ([]Declaration, error) {
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return nil, err
	}
	rows, err := declarations(ctx, s.DB.Read(), association)
	if err != nil {
		return nil, err
	}
	used, err := usedByCases(ctx, s.DB.Read(), association)
	for i := range rows {
		if rows[i].By, err = s.NameOf(ctx, rows[i].DeclaredBy); err != nil {
			return nil, err
		}
		rows[i].Locked = rows[i].ReleasedIn > 0 || slices.Contains(used, rows[i].Comparison().Code)
	}
	return rows, err
}

func usedByCases(ctx context.Context, q db.IDB, association id.ID) (codes []string, err error) {
	return codes, q.NewSelect().Model((*Case)(nil)).Distinct().Column("comparison").Where("association_id = ?", association).Scan(ctx, &codes)
}

// Declare adds a comparison of the association's own. Its variables and categories are those of what is published.
func (s *Service) Declare(ctx context.Context, a actor.Actor, association id.ID, c Comparison) (string, error) {
	if err := access.Check(a, access.EqualityManage, access.Object{Association: association}); err != nil {
		return "", err
	}
	b, err := s.Basis(ctx, a, association)
	if err != nil {
		return "", err
	}
	if b.Empty() {
		return "", errs.E(errs.Refused, "equality.nothing_published")
	}
	var form errs.Form
	choices := b.Choices()
	i := slices.IndexFunc(choices, func(x Choice) bool {
		return x.Source == c.Source && x.Outcome.Variable == c.Outcome.Variable && slices.Equal(x.Outcome.Events, c.Outcome.Events) && x.Variable == c.Variable
	})
	switch {
	case i < 0:
		form.Add("group", "equality.not_in_family")
	case !slices.Contains(choices[i].Codes, c.Group):
		form.Add("group", "equality.group_missing")
	case !slices.Contains(choices[i].Codes, c.Reference):
		form.Add("reference", "equality.reference_missing")
	case c.Group == c.Reference:
		form.Add("reference", "equality.same_group")
	}
	c.Strata = slices.Compact(slices.Sorted(slices.Values(c.Strata)))
	if i >= 0 && slices.ContainsFunc(c.Strata, func(v string) bool { return !slices.Contains(choices[i].Strata, v) }) {
		form.Add("strata", "error.not_a_choice")
	}
	c.Why = strings.TrimSpace(c.Why)
	if n := len([]rune(c.Why)); n == 0 {
		form.Add("why", "equality.why_missing")
	} else if n > 500 {
		form.Add("why", "error.too_long", "max", 500, "now", n)
	}
	if err := form.Err(); err != nil {
		return "", err
	}
	if slices.ContainsFunc(slices.Concat(Comparisons[:], b.Own), c.asks) {
		return "", errs.E(errs.Refused, "equality.declared_already")
	}
	if len(b.Own) >= MostOwn {
		return "", errs.E(errs.Refused, "equality.too_many_declared", "max", MostOwn)
	}
	row := Declaration{AssociationID: association, Source: c.Source, OutcomeVariable: c.Outcome.Variable, OutcomeCode: c.Outcome.Events[0], Variable: c.Variable, GroupCode: c.Group, ReferenceCode: c.Reference, Strata: strings.Join(c.Strata, ","), Reason: c.Why, DeclaredBy: a.Account, DeclaredOn: s.today()}
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := declarations(ctx, tx, association)
		if err != nil {
			return err
		}
		row.Number = 1
		if n := len(rows); n > 0 {
			row.Number = rows[n-1].Number + 1
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.IsUnique(err) {
				return errs.E(errs.Conflict, "error.conflict").Because(err)
			}
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "equality.declare", "association", association, nil, row)
	})
	return row.Comparison().Code, err
}

// asks tells whether another comparison asks the same, also the other way round.
func (c Comparison) asks(o Comparison) bool {
	return c.Source == o.Source && c.Outcome.Variable == o.Outcome.Variable && slices.Equal(c.Outcome.Events, o.Outcome.Events) && c.Variable == o.Variable &&
		(c.Group == o.Group && c.Reference == o.Reference || c.Group == o.Reference && c.Reference == o.Group)
}

// Revoke takes a comparison away that neither a release nor a case has used.
func (s *Service) Revoke(ctx context.Context, a actor.Actor, association id.ID, code string) error {
	if err := access.Check(a, access.EqualityManage, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := declarations(ctx, tx, association)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(d Declaration) bool { return d.Comparison().Code == code })
		if i < 0 {
			return errs.E(errs.NotFound, "error.not_found")
		}
		used, err := usedByCases(ctx, tx, association)
		if err != nil {
			return err
		}
		if rows[i].ReleasedIn > 0 || slices.Contains(used, code) {
			return errs.E(errs.Refused, "equality.declaration_locked")
		}
		if _, err := tx.NewDelete().Model(&rows[i]).WherePK().Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "equality.revoke", "association", association, rows[i], nil)
	})
}

// lock marks what a release uses; from then on nobody takes it away.
func lock(ctx context.Context, tx *db.Tx, association id.ID, release int64) error {
	_, err := tx.NewUpdate().Model((*Declaration)(nil)).Set("released_in = ?", release).Where("association_id = ?", association).Where("released_in = 0").Exec(ctx)
	return err
}

// question is what a case is about: a comparison or a spread.
type question struct {
	comparison *Comparison
	spread     *Spread
}

func (q question) source() Source {
	if q.comparison != nil {
		return q.comparison.Source
	}
	return q.spread.Source
}

// question finds what a code asks, also among those that the association declared itself.
func (s *Service) question(ctx context.Context, q db.IDB, association id.ID, code string) (question, bool, error) {
	if c, ok := ComparisonOf(code); ok {
		return question{comparison: &c}, true, nil
	}
	if x, ok := SpreadOf(code); ok {
		return question{spread: &x}, true, nil
	}
	own, err := s.own(ctx, q, association)
	i := slices.IndexFunc(own, func(c Comparison) bool { return c.Code == code })
	if i < 0 {
		return question{}, false, err
	}
	return question{comparison: &own[i]}, true, err
}
