package surveys

import (
	"errors"
	"slices"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/sheet"
)

// The columns of a table of questions, besides those for the indicator and the number.
const (
	TextColumn    = "text"
	GoodColumn    = Good
	OtherColumn   = Other
	OutsideColumn = "outside"
)

// between divides answers in a cell.
const between = "|"

// ReadFrame understands a table of questions: a row for each, with its answers in three columns by what they count as, divided by upright bars.
func ReadFrame(t sheet.Table, columns map[string]string) (list []Draft, faults []Fault) {
	fault := func(row, column int, key, word string) {
		if len(faults) < mostFaults {
			faults = append(faults, Fault{row, column, key, word})
		}
	}
	at := map[string]int{}
	for i, c := range t.Columns {
		name := strings.ToLower(strings.Join(strings.Fields(c.Name), " "))
		if name == "" {
			continue
		}
		code := columns[name]
		if _, twice := at[code]; twice {
			fault(1, i+1, "surveys.table.column_twice", c.Name)
		} else if code == "" {
			fault(1, i+1, "surveys.table.column", c.Name)
		} else {
			at[code] = i
		}
	}
	for _, need := range []string{IndicatorColumn, QuestionColumn, TextColumn, GoodColumn, OtherColumn} {
		if _, ok := at[need]; !ok {
			fault(1, 0, "surveys.table.no_"+need, "")
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	field := map[string]string{"number": QuestionColumn, "indicator": IndicatorColumn, "text": TextColumn}
	for _, r := range t.Rows {
		if strings.TrimSpace(strings.Join(r.Cells, "")) == "" {
			continue
		}
		d := Draft{Number: cellAt(r, at[QuestionColumn]), Indicator: cellAt(r, at[IndicatorColumn]), Text: cellAt(r, at[TextColumn])}
		for _, c := range []struct{ column, class string }{{GoodColumn, Good}, {OtherColumn, Other}, {OutsideColumn, Outside}} {
			i, ok := at[c.column]
			if !ok {
				continue
			}
			for word := range strings.SplitSeq(cellAt(r, i), between) {
				if word = strings.TrimSpace(word); word != "" {
					d.Options = append(d.Options, Option{Label: word, Class: c.class})
				}
			}
		}
		d, err := d.check()
		if e, ok := errors.AsType[*errs.Error](err); ok {
			for _, x := range e.Fields {
				column := GoodColumn
				if c := field[x.Name]; c != "" {
					column = c
				}
				fault(r.Number, at[column]+1, "surveys.table.question_wrong", x.Key)
			}
		}
		if slices.ContainsFunc(list, func(x Draft) bool { return strings.EqualFold(x.Number, d.Number) }) {
			fault(r.Number, at[QuestionColumn]+1, "surveys.table.number_twice", d.Number)
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		fault(0, 0, "surveys.table.empty", "")
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}
