package followup

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/core/period"
	"samklang/internal/platform/sheet"
)

// Table is a table that a party has counted elsewhere, as it was understood: a column for each variable and one for the number.
type Table struct {
	Moment Moment
	Counts Counts
	Faults []Fault
	Rows   int
}

// Fault is what is wrong in a table, and where. Row counts as a spreadsheet program does, Column from 1; 0 is the table as a whole.
type Fault struct {
	Row, Column int
	Key         string // message key
	Word        string // what stood there
}

// TableLimits bound what is read: a half-year of the largest initiative has a few hundred rows.
var TableLimits = sheet.Limits{Bytes: 2_000_000, Rows: 5000, Columns: 30, Cell: 200}

// mostFaults is how many faults are told at a time.
const mostFaults = 20

// Words finds a code by what people write: of a variable, the code by the words for it in lower case.
type Words map[string]map[string]string

// NumberColumn is the name by which Words knows the column with the numbers, among the names of variables under VariableNames.
const (
	VariableNames = ""
	NumberColumn  = "n"
)

// ReadTable understands a table. A variable without a column is unknown in every row. Nothing is kept of a table with faults.
func ReadTable(t sheet.Table, m Moment, method Method, l Lists, in period.Block, words Words) Table {
	out := Table{Moment: m, Counts: Counts{}}
	fault := func(row, column int, key, word string) {
		if len(out.Faults) < mostFaults {
			out.Faults = append(out.Faults, Fault{row, column, key, word})
		}
	}
	variables, ok := Asked(method, m)
	if !ok {
		fault(0, 0, "followup.moment_missing", "")
		return out
	}
	at, number := map[string]int{}, -1
	for i, c := range t.Columns {
		name := strings.ToLower(strings.TrimSpace(c.Name))
		if name == "" {
			continue
		}
		v := words[VariableNames][name]
		switch {
		case v == NumberColumn && number < 0:
			number = i
		case v == NumberColumn || v != "" && has(at, v):
			fault(1, i+1, "followup.table.twice", c.Name)
		case slices.Contains(variables, v):
			at[v] = i
		default:
			fault(1, i+1, "followup.table.column", c.Name)
		}
	}
	if number < 0 {
		fault(1, 0, "followup.table.no_number", "")
		return out
	}
	for _, row := range t.Rows {
		cellAt := func(i int) string {
			if i < len(row.Cells) {
				return strings.TrimSpace(row.Cells[i])
			}
			return ""
		}
		if strings.Join(row.Cells, "") == "" {
			continue
		}
		cell, right := Cell{}, true
		for _, v := range variables {
			i, there := at[v]
			word := ""
			if there {
				word = cellAt(i)
			}
			code := words[v][strings.ToLower(word)]
			if word == "" {
				code = Unknown
			}
			if !l.Has(v, code, in) {
				fault(row.Number, i+1, "followup.table.word", word)
				right = false
			}
			cell[v] = code
		}
		n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "").Replace(cellAt(number)), 10, 64)
		if cellAt(number) == "" {
			n, err = 0, nil
		}
		if err != nil || n < 0 || n > MostInACell {
			fault(row.Number, number+1, "followup.table.number", cellAt(number))
			right = false
		}
		if right && n > 0 {
			out.Rows++
			out.Counts[cell.String()] += n
		}
	}
	if len(out.Faults) > 0 {
		out.Counts = Counts{}
	}
	return out
}

func has(m map[string]int, key string) bool {
	_, ok := m[key]
	return ok
}

// Changes are what makes the counts of the table's moment what the table says, and nothing else.
func (t Table) Changes(now Counts) []Change {
	var list []Change
	keys := slices.Sorted(maps.Keys(now))
	for key := range t.Counts {
		if _, ok := now[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if now[key] == t.Counts[key] {
			continue
		}
		if cell, err := ParseCell(key); err == nil {
			list = append(list, Change{Moment: t.Moment, Cell: cell, Was: now[key], N: t.Counts[key]})
		}
	}
	return list
}
