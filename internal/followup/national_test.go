package followup

import (
	"strings"
	"testing"

	"samklang/internal/core/errs"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/sheet"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What has changed since the last time, entered into the national system as it stood, gives the sheet as it stands.
func TestWhatHasChangedMakesTheOldSheetTheNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (list []Line) {
			for _, key := range []string{"name", "orientation", "esf", "began.female", "began.male", "left.female"} {
				if rapid.Bool().Draw(t, name+" has "+key) {
					list = append(list, Line{key, rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, name+" "+key)})
				}
			}
			return list
		}
		was, now := draw("was"), draw("now")
		model, want := map[string]string{}, map[string]string{}
		for _, l := range was {
			model[l.Key] = l.Value
		}
		for _, c := range Changed(was, now) {
			if c.New != (model[c.Key] == "") || c.Fixed && (c.New || !FixedNationally(c.Key)) || c.Was != model[c.Key] {
				t.Fatalf("%+v of %v", c, model)
			}
			model[c.Key] = c.Value
			if c.Value == "" {
				delete(model, c.Key)
			}
		}
		for _, l := range now {
			want[l.Key] = l.Value
		}
		if diff := cmp.Diff(want, model); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheSheetForTheNationalSystem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		w.count(t, h1, began("female", 4), began("male", 3), began(Unknown, 2), left("male", "none", Misregistered, 1))
		s, err := w.National(ctx, w.staff, w.here, w.cards, 2025)
		if err != nil || s.Kind != CountsSheet || len(s.Waits) != 2 {
			t.Fatalf("%+v, %v", s, err)
		}
		w.step(t, h1, MarkComplete)
		said := func() string {
			s, err := w.National(ctx, w.staff, w.here, w.cards, 2025)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, c := range s.Changes {
				words = append(words, c.Key+" "+c.Was+">"+c.Value)
			}
			return strings.Join(words, ", ")
		}
		if got := said(); got != "began.female >4, began.male >3, took_part.female >0, took_part.male >0, left.female >0, left.male >0" {
			t.Error(got)
		}
		if err := w.NoteEntered(ctx, w.staff, w.here, w.cards, 2025, 1); !errs.Is(err, errs.Conflict) {
			t.Errorf("another edition: %v", err)
		}
		if err := w.NoteEntered(ctx, w.staff, w.here, w.cards, 2025, 0); err != nil {
			t.Fatal(err)
		}
		if got := said(); got != "" {
			t.Errorf("right after it was entered: %s", got)
		}
		w.count(t, h2, began("female", 6))
		w.step(t, h2, MarkComplete)
		if got := said(); got != "began.female 4>10" {
			t.Error(got)
		}
		facts, err := w.National(ctx, w.office, w.here, w.cards, 2025)
		if err != nil || facts.Kind != FactsSheet || facts.Lines[0].Value != "Vägen in" {
			t.Errorf("the office: %+v, %v", facts, err)
		}
		for _, l := range facts.Lines {
			if strings.Contains(l.Key, "female") {
				t.Errorf("the office's sheet tells %v", l)
			}
		}
		for name, a := range map[string]struct {
			err error
		}{"staff of another": {func() error { _, err := w.National(ctx, w.stranger, w.here, w.cards, 2025); return err }()}, "the board": {func() error { _, err := w.National(ctx, w.board, w.here, w.cards, 2025); return err }()}} {
			if !errs.Is(a.err, errs.Forbidden) {
				t.Errorf("%s: %v", name, a.err)
			}
		}
	})
}

// swedish is how people write the codes of the table's tests.
func swedish(l Lists) Words {
	w := Words{VariableNames: {"kön": Sex, "sex": Sex, "ålder": Age, "kommun": Municipality, "antal": NumberColumn}}
	for v, list := range l {
		w[v] = map[string]string{}
		for _, c := range list {
			w[v][c.Code] = c.Code
		}
	}
	w[Sex]["kvinna"], w[Sex]["man"] = "female", "male"
	return w
}

func TestATableThatWasCountedElsewhere(t *testing.T) {
	l := lists(nil, places)
	for name, c := range map[string]struct {
		text   string
		sum    int64
		faults string
	}{
		"two columns":             {"Kön;Antal\nKvinna;4\nman;3\n", 7, ""},
		"pasted with tabs":        {"Kön\tKommun\tAntal\nkvinna\tmo\t1 000\n", 1000, ""},
		"the same cell twice":     {"kön;antal\nkvinna;4\nkvinna;3\n", 7, ""},
		"an empty row":            {"kön;antal\n;\nkvinna;1\n", 1, ""},
		"a word nobody knows":     {"kön;antal\nkvinna;1\nkvinor;2\n", 0, "3:1 followup.table.word"},
		"not a number":            {"kön;antal\nkvinna;fem\nman;-1\n", 0, "2:2 followup.table.number, 3:2 followup.table.number"},
		"a column nobody knows":   {"kön;skostorlek;antal\nkvinna;38;1\n", 0, "1:2 followup.table.column"},
		"no column with numbers":  {"kön;kommun\nkvinna;mo\n", 0, "1:0 followup.table.no_number"},
		"a column twice":          {"kön;sex;antal\nkvinna;man;1\n", 0, "1:2 followup.table.twice"},
		"a place of another area": {"kommun;antal\ntallvikens;1\n", 0, "2:1 followup.table.word"},
	} {
		table, err := sheet.Read(t.Context(), "t.csv", strings.NewReader(c.text), TableLimits)
		if err != nil {
			t.Fatal(name, err)
		}
		got := ReadTable(table, Began, Cards, l, h1, swedish(l))
		var faults []string
		for _, f := range got.Faults {
			faults = append(faults, strings.Join([]string{itoa(f.Row) + ":" + itoa(f.Column), f.Key}, " "))
		}
		if got.Counts.Sum() != c.sum || strings.Join(faults, ", ") != c.faults {
			t.Errorf("%s: %v, %v", name, got.Counts, faults)
		}
	}
}

func itoa(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}

// The changes make the counts what the table says, whatever stood there before.
func TestATableReplacesWhatStoodThere(t *testing.T) {
	l := lists(nil, places)
	rapid.Check(t, func(t *rapid.T) {
		draw := func() Counts {
			c := Counts{}
			for range rapid.IntRange(0, 8).Draw(t, "cards") {
				if card := drawn(t, l, h1); card.Moment == Began {
					cell, _ := card.cell(Cards, l, h1)
					c[cell.String()] += card.N
				}
			}
			return c
		}
		now, want := draw(), draw()
		for _, c := range (Table{Moment: Began, Counts: want}).Changes(now) {
			if now[c.Cell.String()] != c.Was {
				t.Fatalf("%v was %d", c.Cell, c.Was)
			}
			if now[c.Cell.String()] = c.N; c.N == 0 {
				delete(now, c.Cell.String())
			}
		}
		if diff := cmp.Diff(want, now); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzReadTable(f *testing.F) {
	l := lists(nil, places)
	f.Add("Kön;Antal\nKvinna;4\n")
	f.Add("sep=,\nkön,kommun,antal\n\"man\",mo,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := sheet.Read(t.Context(), "t.csv", strings.NewReader(text), TableLimits)
		if err != nil {
			return
		}
		got := ReadTable(table, Began, Cards, l, h1, swedish(l))
		if len(got.Faults) > 0 && len(got.Counts) > 0 {
			t.Errorf("a faulty table was taken: %v", got)
		}
		for key := range got.Counts {
			if _, err := ParseCell(key); err != nil {
				t.Error(err)
			}
		}
	})
}
