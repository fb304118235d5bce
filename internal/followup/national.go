package followup

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// SheetKind is whose sheet for the national system it is. The two are never the same person's (finsam.md 4.10).
type SheetKind string

const (
	FactsSheet  SheetKind = "facts"  // the association's administrator enters what an initiative is
	CountsSheet SheetKind = "counts" // the initiative's own staff enters how many took part
)

// Line is one thing to enter in the national system, in its order.
type Line struct {
	Key   string `json:"key"` // a fact, "planned", or moment and sex
	Value string `json:"value"`
}

// lockedFacts cannot be changed nationally once they are entered.
var lockedFacts = []string{"orientation", "method", "esf"}

// FixedNationally tells whether a line can never be changed once it is entered.
func FixedNationally(key string) bool { return slices.Contains(lockedFacts, key) }

// SheetChange is a line that is not as it was entered last.
type SheetChange struct {
	Line
	Was   string
	New   bool // was not entered before
	Fixed bool // was entered, and cannot be changed: the initiative must be closed and entered anew
}

// Changed gives what of a sheet is not as it was entered, in the order of the sheet; what is gone is entered as nothing.
func Changed(was, now []Line) (list []SheetChange) {
	before := map[string]string{}
	for _, l := range was {
		before[l.Key] = l.Value
	}
	for _, l := range now {
		old, entered := before[l.Key]
		delete(before, l.Key)
		if !entered || old != l.Value {
			list = append(list, SheetChange{Line: l, Was: old, New: !entered, Fixed: entered && FixedNationally(l.Key)})
		}
	}
	for _, l := range was {
		if _, gone := before[l.Key]; gone && l.Value != "" {
			list = append(list, SheetChange{Line: Line{Key: l.Key}, Was: l.Value})
		}
	}
	return list
}

// factsOf are an initiative's facts in the order of the national system.
func factsOf(x Initiative, year int) []Line {
	orientation, method := "individual", "by_sex"
	if x.Structural {
		orientation, method = "structural", "total"
	}
	groups := slices.Clone(x.Targets)
	if x.Other != "" {
		groups = append(groups, x.Other)
	}
	planned := ""
	if n := x.Planned[int64(year)]; n > 0 {
		planned = strconv.FormatInt(n, 10)
	}
	return []Line{{"name", x.Name}, {"from", x.From.String()}, {"to", x.To.String()}, {"orientation", orientation}, {"method", method}, {"esf", strconv.FormatBool(x.ESF)},
		{"targets", strings.Join(groups, "; ")}, {"planned", planned}}
}

// countsFor are the participants of a year in the order of the national system: by sex for an individual initiative, in total for a structural. Who
// takes part goes on from one period to the next, so that of those only the last period counts. The national system knows two sexes; those whose
// sex is not known are told apart, since they cannot be entered.
func countsFor(x Initiative, counts []map[Moment]Counts) (lines []Line, unknown int64) {
	sum := map[Moment]map[string]int64{}
	for i, c := range counts {
		for m, list := range c {
			if m == TookPart && !x.Structural && i < len(counts)-1 {
				continue
			}
			if sum[m] == nil {
				sum[m] = map[string]int64{}
			}
			for sex, n := range list.By(Sex) {
				sum[m][sex] += n
			}
		}
	}
	for _, m := range MomentsOf(x.Method) {
		if x.Structural {
			var all int64
			for _, n := range sum[m] {
				all += n
			}
			lines = append(lines, Line{string(m) + ".total", strconv.FormatInt(all, 10)})
			continue
		}
		for _, sex := range []string{"female", "male"} {
			lines = append(lines, Line{string(m) + "." + sex, strconv.FormatInt(sum[m][sex], 10)})
		}
		unknown += sum[m][Unknown]
	}
	return lines, unknown
}

type nationalRow struct {
	bun.BaseModel `bun:"table:followup_national"`
	AssociationID id.ID     `bun:",pk"`
	InitiativeID  id.ID     `bun:",pk"`
	Year          int64     `bun:",pk"`
	Kind          SheetKind `bun:",pk"`
	Edition       int64     `bun:",pk"`
	SheetJSON     string
	EnteredBy     id.ID `bun:",nullzero"`
	EnteredOn     period.Date
}

// Sheet is what is to be entered in the national system for an initiative and a year.
type Sheet struct {
	Initiative Initiative
	Kind       SheetKind
	Year       int
	Years      []int // that the initiative has run in, the latest first
	Lines      []Line
	Changes    []SheetChange
	Edition    int64 // of what was entered last, 0 when nothing was
	EnteredOn  period.Date
	EnteredBy  string
	Unknown    int64          // people whose sex is not known, who cannot be entered
	Waits      []period.Block // periods of the year that are not complete, and so not in the sheet
}

// National gives the sheet of an initiative for a year: the counts to those who count in it, the facts to the office.
func (s *Service) National(ctx context.Context, a actor.Actor, association, initiative id.ID, year int) (Sheet, error) {
	return s.national(ctx, s.DB.Read(), a, association, initiative, year)
}

func (s *Service) national(ctx context.Context, q db.IDB, a actor.Actor, association, initiative id.ID, year int) (Sheet, error) {
	var out Sheet
	switch {
	case s.Check(ctx, q, a, access.FollowupEnter, association, initiative) == nil:
		out.Kind = CountsSheet
	default:
		if err := access.Check(a, access.FollowupSheet, access.Object{Association: association}); err != nil {
			return out, err
		}
		out.Kind = FactsSheet
	}
	x, err := s.Initiative(ctx, q, association, initiative)
	if err != nil {
		return out, err
	}
	out.Initiative = x
	last := s.today().Year
	if !x.To.IsZero() {
		last = min(last, x.To.Year)
	}
	for y := last; y >= x.From.Year; y-- {
		out.Years = append(out.Years, y)
	}
	if len(out.Years) == 0 {
		return out, errs.E(errs.Refused, "followup.not_begun", "date", x.From)
	}
	if out.Year = cmp.Or(year, out.Years[0]); !slices.Contains(out.Years, out.Year) {
		return out, errs.E(errs.NotFound, "error.not_found")
	}
	if out.Kind == FactsSheet {
		out.Lines = factsOf(x, out.Year)
	} else if err := s.countYear(ctx, q, association, &out); err != nil {
		return out, err
	}
	var rows []nationalRow
	sel := q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("initiative_id = ?", initiative).Where("kind = ?", out.Kind).OrderExpr("edition")
	if out.Kind == CountsSheet {
		sel.Where("year = ?", out.Year)
	}
	if err := sel.Scan(ctx); err != nil {
		return out, err
	}
	was, err := entered(rows, out.Year)
	if err != nil {
		return out, err
	}
	if len(rows) > 0 {
		row := rows[len(rows)-1]
		out.Edition, out.EnteredOn = row.Edition, row.EnteredOn
		if row.EnteredBy != id.None {
			if out.EnteredBy, err = s.NameOf(ctx, q, row.EnteredBy); err != nil {
				return out, err
			}
		}
	}
	out.Changes = Changed(was, out.Lines)
	return out, nil
}

// entered is what stands in the national system for a year: the latest of every line. What an initiative is stands there once; what it plans, for
// each year.
func entered(rows []nationalRow, year int) (was []Line, err error) {
	for _, row := range rows {
		var lines []Line
		if err := json.Unmarshal([]byte(row.SheetJSON), &lines); err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.Key == "planned" && row.Year != int64(year) {
				continue
			}
			if i := slices.IndexFunc(was, func(w Line) bool { return w.Key == l.Key }); i >= 0 {
				was[i] = l
			} else {
				was = append(was, l)
			}
		}
	}
	return was, nil
}

func (s *Service) countYear(ctx context.Context, q db.IDB, association id.ID, out *Sheet) error {
	blocks, err := s.blocks(ctx, q, association, out.Initiative)
	if err != nil {
		return err
	}
	reports, err := reportsOf(ctx, q, association, out.Initiative.ID)
	if err != nil {
		return err
	}
	all, err := allCounts(ctx, q, association, out.Initiative.ID)
	if err != nil {
		return err
	}
	var counts []map[Moment]Counts
	for _, b := range blocks {
		if b.Year != out.Year {
			continue
		}
		if st := reports[b.String()].State; st == "" || st == Open {
			out.Waits = append(out.Waits, b)
			continue
		}
		counts = append(counts, all[b.String()])
	}
	out.Lines, out.Unknown = countsFor(out.Initiative, counts)
	return nil
}

// NoteEntered notes that a sheet has been entered in the national system as it stands, so that the next one shows only what has changed since.
func (s *Service) NoteEntered(ctx context.Context, a actor.Actor, association, initiative id.ID, year int, edition int64) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.national(ctx, tx, a, association, initiative, year)
		if err != nil {
			return err
		}
		if now.Edition != edition {
			return errs.E(errs.Conflict, "followup.entered_meanwhile")
		}
		if len(now.Changes) == 0 {
			return errs.E(errs.Refused, "followup.nothing_to_enter")
		}
		b, err := json.Marshal(now.Lines)
		if err != nil {
			return err
		}
		row := nationalRow{AssociationID: association, InitiativeID: initiative, Year: int64(now.Year), Kind: now.Kind, Edition: now.Edition + 1, SheetJSON: string(b), EnteredBy: a.Account, EnteredOn: s.today()}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "followup.entered", "initiative", initiative, nil, struct {
			Year    int   `json:"year"`
			Edition int64 `json:"edition"`
		}{now.Year, row.Edition})
	})
}
