package surveys

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"samklang/internal/core/id"
	"samklang/internal/platform/sheet"
)

// TableLimits bound what is read: the largest questionnaire has some hundred questions of five answers by six sorts of respondents, and a few backgrounds.
var TableLimits = sheet.Limits{Bytes: 2_000_000, Rows: 10_000, Columns: 30, Cell: 500}

// mostFaults is how many faults are told at a time.
const mostFaults = 20

// Fault is what is wrong in a table, and where. Row counts as a spreadsheet program does, Column from 1; 0 is the table as a whole.
type Fault struct {
	Row, Column int
	Key         string // message key
	Word        string // what stood there, "" where it is not to be said back
}

// The columns of a table of results, besides the backgrounds.
const (
	RespondentsColumn = "respondents"
	IndicatorColumn   = "indicator"
	QuestionColumn    = "question"
	AnswerColumn      = "answer"
	NumberColumn      = "n"
	InstrumentColumn  = "instrument"
	RoundColumn       = "round"
)

// Words finds codes by what people write, in lower case: of columns, of respondents, and of the groups of backgrounds that have codes.
type Words struct {
	Columns, Respondents map[string]string
	Groups               map[string]map[string]string // by background
}

// Place is whose answers to what.
type Place struct {
	Respondents Respondents
	Question    id.ID
}

// Table is a table of results as it was understood. Nothing is kept of one with faults.
type Table struct {
	Sums   map[Place]Sums
	Faults []Fault
	rows   map[Place]map[string]int // the first row of everybody's ("") and of each background, for messages
	column map[string]int
}

// Places lists what the table tells of, respondents by respondents and by the numbers of questions.
func (t Table) Places(f Frame) []Place {
	return slices.SortedFunc(maps.Keys(t.Sums), func(a, b Place) int {
		if a.Respondents != b.Respondents {
			return slices.Index(Groups[:], a.Respondents) - slices.Index(Groups[:], b.Respondents)
		}
		return ByNumber(f.Question(a.Question).Number, f.Question(b.Question).Number)
	})
}

// Frame is an instrument with what it holds.
type Frame struct {
	Instrument
	Indicators []Indicator
	Questions  []Question // by number
	Rounds     []Round    // the latest first
}

// Question finds a question; one without number when it is not there.
func (f Frame) Question(question id.ID) Question {
	for _, q := range f.Questions {
		if q.ID == question {
			return q
		}
	}
	return Question{}
}

// Indicator finds the name of an indicator.
func (f Frame) Indicator(indicator id.ID) string {
	for _, x := range f.Indicators {
		if x.ID == indicator {
			return x.Name
		}
	}
	return ""
}

// ReadTable understands a table of results of a round. A row is an answer to a question by one sort of respondents, with how many gave it; a row may name
// a group of one background, and then tells of that group only.
func ReadTable(t sheet.Table, f Frame, round Round, words Words) Table {
	out := Table{Sums: map[Place]Sums{}, rows: map[Place]map[string]int{}, column: map[string]int{}}
	out.read(t, f, round, words)
	if len(out.Faults) > 0 {
		out.Sums = map[Place]Sums{}
	}
	return out
}

func (t *Table) fault(row, column int, key, word string) {
	if r := []rune(word); len(r) > MaxLabel {
		word = string(r[:MaxLabel]) + "…"
	}
	if len(t.Faults) < mostFaults {
		t.Faults = append(t.Faults, Fault{row, column, key, word})
	}
}

func (t *Table) read(in sheet.Table, f Frame, round Round, words Words) {
	var strange []Fault
	for i, c := range in.Columns {
		name := strings.ToLower(strings.Join(strings.Fields(c.Name), " "))
		if name == "" {
			continue
		}
		code := words.Columns[name]
		_, twice := t.column[code]
		switch {
		case code == "":
			strange = append(strange, Fault{1, i + 1, "surveys.table.column", c.Name})
		case twice:
			strange = append(strange, Fault{1, i + 1, "surveys.table.column_twice", c.Name})
		default:
			t.column[code] = i
		}
	}
	numbers, counted := t.column[NumberColumn]
	if !counted {
		numbers = -1
	}
	if x := ofPersons(in, numbers); x != nil {
		t.Faults = []Fault{*x}
		return
	}
	if !counted {
		t.fault(1, 0, "surveys.table.no_number", "")
		return
	}
	for _, x := range strange {
		t.fault(x.Row, x.Column, x.Key, x.Word)
	}
	for _, need := range []string{RespondentsColumn, QuestionColumn, AnswerColumn} {
		if _, ok := t.column[need]; !ok {
			t.fault(1, 0, "surveys.table.no_"+need, "")
		}
	}
	if len(t.Faults) > 0 {
		return
	}
	seen := map[string]int{}
	repeated, rows := 0, 0
	for _, r := range in.Rows {
		if strings.TrimSpace(strings.Join(r.Cells, "")) == "" {
			continue
		}
		rows++
		if t.row(r, f, round, words, seen) {
			repeated++
		}
	}
	switch {
	case repeated > leastRows && 2*repeated > rows: // the same cell again and again: somebody's answer in each row
		t.Faults = []Fault{{0, 0, "surveys.table.rows_of_one", ""}}
	case rows == 0:
		t.fault(0, 0, "surveys.table.empty", "")
	}
}

// row reads one row, and tells whether its cell stood in an earlier one.
func (t *Table) row(r sheet.Row, f Frame, round Round, words Words, seen map[string]int) (again bool) {
	before := len(t.Faults)
	at := func(column string) (string, int) {
		i, ok := t.column[column]
		if !ok {
			return "", 0
		}
		return cellAt(r, i), i + 1
	}
	word, column := at(RespondentsColumn)
	who := Respondents(words.Respondents[strings.ToLower(word)])
	if !slices.Contains(Groups[:], who) {
		t.fault(r.Number, column, "surveys.table.respondents", word)
	}
	if word, column := at(InstrumentColumn); word != "" && !strings.EqualFold(word, f.Name) {
		t.fault(r.Number, column, "surveys.table.instrument", word)
	}
	if word, column := at(RoundColumn); word != "" && !strings.EqualFold(word, round.Name) {
		t.fault(r.Number, column, "surveys.table.round", word)
	}
	q, w := t.question(r, f, round, at)
	answer := ""
	if w != nil {
		word, column := at(AnswerColumn)
		if answer = w.Answer(strings.Join(strings.Fields(word), " ")); answer == "" {
			t.fault(r.Number, column, "surveys.table.answer", word)
		}
	}
	background, group := t.background(r, words)
	word, column = at(NumberColumn)
	n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "").Replace(word), 10, 64)
	if word == "" {
		n, err = 0, nil
	}
	if err != nil || n < 0 || n > MostInACell {
		t.fault(r.Number, column, "surveys.table.number", word)
	}
	if len(t.Faults) > before || len(t.Faults) == mostFaults {
		return false
	}
	place := Place{who, q.ID}
	key := string(who) + "\x00" + q.Number + "\x00" + answer + "\x00" + background + "\x00" + strings.ToLower(group)
	if first, ok := seen[key]; ok {
		t.fault(r.Number, 0, "surveys.table.row_twice", strconv.Itoa(first))
		return true
	}
	seen[key] = r.Number
	t.put(place, answer, background, group, n, r.Number)
	return false
}

func (t *Table) question(r sheet.Row, f Frame, round Round, at func(string) (string, int)) (Question, *Wording) {
	word, column := at(QuestionColumn)
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return strings.EqualFold(q.Number, word) })
	if i < 0 {
		t.fault(r.Number, column, "surveys.table.question", word)
		return Question{}, nil
	}
	q := f.Questions[i]
	w := q.In(round.FirstDay)
	if w == nil {
		t.fault(r.Number, column, "surveys.table.not_yet", word)
	}
	if word, column := at(IndicatorColumn); word != "" && !strings.EqualFold(word, f.Indicator(q.IndicatorID)) {
		t.fault(r.Number, column, "surveys.table.indicator", word)
	}
	return q, w
}

// background finds the one background a row names, and the group.
func (t *Table) background(r sheet.Row, words Words) (background, group string) {
	for _, b := range Backgrounds {
		i, there := t.column[b]
		if !there {
			continue
		}
		word := strings.Join(strings.Fields(cellAt(r, i)), " ")
		switch {
		case word == "":
			continue
		case background != "":
			t.fault(r.Number, i+1, "surveys.table.two_backgrounds", word)
			continue
		case len([]rune(word)) > MaxLabel || strings.ContainsFunc(word, func(c rune) bool { return !unicode.IsPrint(c) }) || word == "*":
			t.fault(r.Number, i+1, "surveys.table.group", "")
			continue
		}
		background, group = b, word
		if code := words.Groups[b][strings.ToLower(word)]; code != "" {
			group = code
		} else if b == Sex {
			t.fault(r.Number, i+1, "surveys.table.sex", word)
		}
	}
	return background, group
}

func (t *Table) put(at Place, answer, background, group string, n int64, row int) {
	s, ok := t.Sums[at]
	if !ok {
		s.By = map[string]map[string]map[string]int64{}
		t.rows[at] = map[string]int{}
	}
	if _, ok := t.rows[at][background]; !ok {
		t.rows[at][background] = row
	}
	if background == "" {
		if s.All == nil {
			s.All = map[string]int64{}
		}
		s.All[answer] += n
		t.Sums[at] = s
		return
	}
	if s.By[background] == nil {
		s.By[background] = map[string]map[string]int64{}
	}
	for g := range s.By[background] {
		if strings.EqualFold(g, group) {
			group = g
		}
	}
	if s.By[background][group] == nil {
		s.By[background][group] = map[string]int64{}
	}
	s.By[background][group][answer] += n
	t.Sums[at] = s
}

// With lays the table over what came in earlier, and adds as faults what does not go together. What it gives is what would be kept: nothing
// of a table with faults.
func (t *Table) With(earlier map[Place]Sums) map[Place]Sums {
	out := map[Place]Sums{}
	for at, s := range t.Sums {
		all := s.over(earlier[at])
		_, bad, key := all.whole()
		if key != "" {
			row := t.rows[at][bad]
			if row == 0 {
				row = t.rows[at][""]
			}
			t.fault(row, t.column[bad]+1, key, "")
			continue
		}
		out[at] = all
	}
	if len(t.Faults) > 0 {
		slices.SortFunc(t.Faults, func(a, b Fault) int { return a.Row - b.Row })
		t.Sums, out = map[Place]Sums{}, nil
	}
	return out
}

// Written gives the table as ReadTable reads it: a form that confirms a preview carries it, so that the program keeps nothing of a table that
// nobody confirms.
func (t Table) Written(f Frame, round Round) sheet.Table {
	out := sheet.Table{}
	for _, c := range []string{RespondentsColumn, QuestionColumn, AnswerColumn, NumberColumn} {
		out.Columns = append(out.Columns, sheet.Column{Name: c})
	}
	for _, b := range Backgrounds {
		out.Columns = append(out.Columns, sheet.Column{Name: b})
	}
	for _, at := range t.Places(f) {
		row := func(background, group, answer string, n int64) {
			cells := []string{string(at.Respondents), f.Question(at.Question).Number, answer, strconv.FormatInt(n, 10)}
			for _, b := range Backgrounds {
				if b == background {
					cells = append(cells, group)
				} else {
					cells = append(cells, "")
				}
			}
			out.Rows = append(out.Rows, sheet.Row{Cells: cells})
		}
		s, w := t.Sums[at], f.Question(at.Question).In(round.FirstDay)
		for _, a := range slices.Sorted(maps.Keys(s.All)) {
			row("", "", w.Label(a), s.All[a])
		}
		for _, b := range slices.Sorted(maps.Keys(s.By)) {
			for _, g := range slices.Sorted(maps.Keys(s.By[b])) {
				for _, a := range slices.Sorted(maps.Keys(s.By[b][g])) {
					row(b, g, w.Label(a), s.By[b][g][a])
				}
			}
		}
	}
	return out
}
