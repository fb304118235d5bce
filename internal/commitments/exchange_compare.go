package commitments

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"
)

// RowVerdict is what a row of a table that somebody brings would do to the plan.
type RowVerdict string

const (
	RowNew       RowVerdict = "new"
	RowChanged   RowVerdict = "changed"
	RowUnchanged RowVerdict = "unchanged"
	RowFaulty    RowVerdict = "faulty"
	RowConflict  RowVerdict = "conflict" // somebody has changed the activity since the file was made
)

// RowVerdicts lists every verdict, in the order a person needs to see them.
var RowVerdicts = [...]RowVerdict{RowFaulty, RowConflict, RowChanged, RowNew, RowUnchanged}

// ComparedRow is a row of the file beside what is stored.
type ComparedRow struct {
	Number  int // in the file, from 1
	Verdict RowVerdict
	ID      id.ID // of the activity, none for a new one
	Version int64 // of the activity as it was compared
	Title   string
	Changes []CellChange // of a new row, what is filled in
	Faults  []errs.Field // by column
	Alike   bool         // a new row with the title and day of an activity that is in the plan already
	Fields  ActivityFields
}

// CellChange is what a column says now and would say.
type CellChange struct{ Column, Old, New string }

// Comparison is a whole file beside the plan.
type Comparison struct {
	Rows    []ComparedRow
	Unknown []string // headings that mean nothing here; their columns are not read
}

// Count is how many rows have the verdict.
func (c Comparison) Count(v RowVerdict) int {
	n := 0
	for _, r := range c.Rows {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Print is the same for two comparisons that would do the same to the same plan.
func (c Comparison) Print() string {
	h := sha256.New()
	e := json.NewEncoder(h)
	for _, r := range c.Rows {
		if r.Verdict == RowNew || r.Verdict == RowChanged {
			if err := e.Encode([]any{r.Number, r.ID, r.Version, r.Changes}); err != nil {
				panic(err) // numbers and texts always have a form in JSON
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (x *Exchange) printers() []i18n.Printer {
	list := []i18n.Printer{x.Printer}
	for _, l := range lang.All {
		if l != x.Printer.Lang() {
			list = append(list, x.Printer.In(l))
		}
	}
	return list
}

// columnsOf finds which column of the file is which of ours: its index by code. Headings that mean nothing are listed.
func (x *Exchange) columnsOf(t sheet.Table) (at map[string]int, unknown []string) {
	at = map[string]int{}
	codes := []string{colRow, colFault}
	for _, c := range columns {
		codes = append(codes, c.code)
	}
next:
	for i, h := range t.Columns {
		for _, code := range codes {
			for _, p := range x.printers() {
				if strings.EqualFold(h.Name, p.T("exchange.col."+code)) {
					if _, twice := at[code]; !twice {
						at[code] = i
					}
					continue next
				}
			}
		}
		if h.Name != "" {
			unknown = append(unknown, h.Name)
		}
	}
	return at, unknown
}

// Compare tells what each row of the table would do to the plan. current holds the activities the association may have in its file. It
// changes nothing and looks nothing up.
func (x Exchange) Compare(current []ExchangeActivity, t sheet.Table) (Comparison, error) {
	at, unknown := x.columnsOf(t)
	c := Comparison{Unknown: unknown}
	if _, ok := at[colTitle]; !ok {
		return c, errs.E(errs.Invalid, "exchange.no_title", "column", x.Printer.T("exchange.col."+colTitle))
	}
	headings := make([]string, len(t.Columns))
	for i, h := range t.Columns {
		headings[i] = h.Name
	}
	x.Printer = x.languageOf(headings)
	byID := make(map[id.ID]ExchangeActivity, len(current))
	for _, a := range current {
		byID[a.ID] = a
	}
	seen := map[id.ID]int{}
	for _, row := range t.Rows {
		cells := map[string]string{}
		for code, i := range at {
			if col, ok := columnOf(code); ok && i < len(row.Cells) {
				cells[code] = col.tidy(row.Cells[i])
			}
		}
		r := x.compareRow(byID, cells)
		r.Number = row.Number
		if r.ID != id.None {
			if first, twice := seen[r.ID]; twice {
				r.Verdict = RowFaulty
				r.Faults = []errs.Field{{Name: colID, Key: "exchange.fault.id_twice", Args: errs.Args("row", strconv.Itoa(first))}}
			} else {
				seen[r.ID] = row.Number
			}
		}
		if r.Verdict == RowNew {
			r.Alike = slices.ContainsFunc(current, func(a ExchangeActivity) bool {
				return strings.EqualFold(a.Title, r.Title) && a.PlanYear == r.Fields.PlanYear && a.When.From == r.Fields.When.From && a.When.To == r.Fields.When.To
			})
		}
		c.Rows = append(c.Rows, r)
	}
	return c, nil
}

func (x *Exchange) compareRow(current map[id.ID]ExchangeActivity, cells map[string]string) ComparedRow {
	r := ComparedRow{Title: cells[colTitle]}
	fault := func(code, key string, args ...any) ComparedRow {
		r.Verdict, r.Faults = RowFaulty, append(r.Faults, errs.Field{Name: code, Key: key, Args: errs.Args(args...)})
		return r
	}
	isNew := cells[colID] == ""
	before := ExchangeActivity{Ref: Ref{Home: x.Home.ID}, Status: Planned, ActivityFields: ActivityFields{Kind: "other", PlanYear: x.Year, When: period.When{Precision: period.NotSet}}}
	if !isNew {
		v, err := id.Parse(strings.ToLower(cells[colID]))
		if err != nil {
			return fault(colID, "exchange.fault.id_faulty")
		}
		var ok bool
		if before, ok = current[v]; !ok {
			return fault(colID, "exchange.fault.id_unknown")
		}
		r.ID, r.Version = v, before.Version
	}
	after, faults, changes := x.readRow(before, isNew, cells)
	r.Fields, r.Changes, r.Faults = after.ActivityFields, changes, faults
	version, err := strconv.ParseInt(cells[colVersion], 10, 64)
	switch {
	case isNew && len(faults) == 0:
		r.Verdict = RowNew
	case len(faults) == 0 && len(changes) == 0:
		r.Verdict = RowUnchanged
	case !isNew && before.Home != x.Home.ID:
		r.Faults, r.Changes = nil, nil
		return fault(colHome, "exchange.fault.other_home", "name", x.associationName(before.Home))
	case len(faults) > 0:
		r.Verdict = RowFaulty
	case err != nil || version < 1:
		return fault(colVersion, "exchange.fault.version")
	case version != before.Version:
		r.Verdict = RowConflict
	default:
		r.Verdict = RowChanged
	}
	return r
}

// readRow is the activity as the cells would make it, and what that changes, column by column. A column the file does not have leaves
// things as they are; so does a cell that says the same in other words.
func (x *Exchange) readRow(before ExchangeActivity, isNew bool, cells map[string]string) (after ExchangeActivity, faults []errs.Field, changes []CellChange) {
	after = before
	after.Serves, after.Organisers = slices.Clone(before.Serves), slices.Clone(before.Organisers)
	bad := map[string]bool{}
	add := func(f errs.Field) {
		if !bad[f.Name] {
			bad[f.Name] = true
			faults = append(faults, f)
		}
	}
	for _, c := range columns {
		cell, ok := cells[c.code]
		if !ok || c.code == colID || c.code == colVersion || isNew && cell == "" || !isNew && cell == c.cell(x, before) {
			continue
		}
		switch n := utf8.RuneCountInString(cell); {
		case c.code == colWhen || c.code == colFrom || c.code == colTo || c.code == colYear:
			continue // together, below
		case c.max > 0 && n > c.max:
			add(errs.Field{Name: c.code, Key: "exchange.fault.too_long", Args: errs.Args("max", c.max)})
		case c.read == nil && isNew:
			if c.code == colReached || !strings.EqualFold(cell, x.associationName(x.Home.ID)) {
				add(errs.Field{Name: c.code, Key: "exchange.fault.read_only." + c.code})
			}
		case c.read == nil:
			add(errs.Field{Name: c.code, Key: "exchange.fault.read_only." + c.code})
		default:
			if err := c.read(x, &after, cell); err != nil {
				add(faultOf(c.code, err))
			}
		}
	}
	for _, f := range x.readWhen(before, &after, isNew, func(code string) (string, bool) { cell, ok := cells[code]; return cell, ok }) {
		add(f)
	}
	for _, f := range checkedColumns(after.Check()) {
		if f.Name != colWhen || !bad[colFrom] && !bad[colTo] {
			add(f)
		}
	}
	for _, c := range columns {
		if c.code == colID || c.code == colVersion {
			continue
		}
		was, is := "", c.cell(x, after)
		if !isNew {
			was = c.cell(x, before)
		} else if c.code == colHome {
			continue
		}
		if was != is {
			changes = append(changes, CellChange{c.code, was, is})
		}
	}
	return after, faults, changes
}

// checkedColumns are the faults of ActivityFields.Check by column.
func checkedColumns(err error) []errs.Field {
	if err == nil {
		return nil
	}
	e, ok := err.(*errs.Error)
	if !ok {
		return nil
	}
	list := slices.Clone(e.Fields)
	for i := range list {
		if list[i].Name == "date" {
			list[i].Name = colWhen
		}
	}
	return list
}

// Faults is a table of the rows that would not be taken, as they stand in the file, with what is wrong in a column of its own. Corrected,
// it can be read in as it is.
func (c Comparison) Faults(p i18n.Printer, t sheet.Table) sheet.Table {
	out := sheet.Table{Columns: []sheet.Column{{Name: p.T("exchange.col." + colRow)}, {Name: p.T("exchange.col." + colFault)}}}
	var keep []int
	for i, h := range t.Columns {
		if code, ok := spoken(p, h.Name); !ok || code != colRow && code != colFault {
			keep = append(keep, i)
			out.Columns = append(out.Columns, sheet.Column{Name: h.Name})
		}
	}
	for i, r := range c.Rows {
		if r.Verdict != RowFaulty && r.Verdict != RowConflict {
			continue
		}
		row := sheet.Row{Cells: []string{strconv.Itoa(r.Number), strings.Join(r.Reasons(p), " ")}}
		for _, k := range keep {
			row.Cells = append(row.Cells, t.Rows[i].Cells[k])
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func spoken(p i18n.Printer, heading string) (string, bool) {
	for _, code := range []string{colRow, colFault} {
		for _, l := range lang.All {
			if strings.EqualFold(heading, p.In(l).T("exchange.col."+code)) {
				return code, true
			}
		}
	}
	return "", false
}

// Reasons says in words why a row would not be taken.
func (r ComparedRow) Reasons(p i18n.Printer) []string {
	var list []string
	for _, f := range r.Faults {
		list = append(list, p.T("exchange.fault", "column", p.T("exchange.col."+f.Name), "what", p.TMap(f.Key, f.Args)))
	}
	if r.Verdict == RowConflict {
		list = append(list, p.T("exchange.fault.conflict"))
	}
	return list
}
