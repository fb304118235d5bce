package surveys

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/sheet"
)

var update = flag.Bool("update", false, "write what the program says into the golden files")

var (
	q1, q2  = id.New(), id.New()
	opinion = id.New()
)

// questionnaire is the one that the files in testdata/results are answers to.
func questionnaire() (Frame, Round) {
	w := Wording{Version: 1, Text: "Jag blir lyssnad på.", Options: []Option{{"1", "Alltid", Good}, {"2", "Ofta", Good}, {"3", "Ibland", Other}, {"4", "Aldrig", Other}, {"5", "Vet inte", Outside}}}
	steps := Wording{Version: 1, Text: "Så här nära är jag ett arbete.", Options: []Option{{"1", "5", Good}, {"2", "4", Good}, {"3", "3", Other}, {"4", "2", Other}, {"5", "1", Other}}}
	f := Frame{Instrument: Instrument{Name: "Lyssnarenkäten"}, Indicators: []Indicator{{ID: opinion, Name: "Bemötande"}},
		Questions: []Question{{ID: q1, IndicatorID: opinion, Number: "1", Wordings: []Wording{w}}, {ID: q2, IndicatorID: opinion, Number: "2", Wordings: []Wording{steps}}}}
	return f, Round{Name: "2026", FirstDay: period.On(2026, 9, 1)}
}

// understood are Swedish words, as the pages give them.
func understood() Words {
	unknown := map[string]string{"uppgift saknas": Unknown, Unknown: Unknown}
	w := Words{Columns: map[string]string{"vem": RespondentsColumn, "fråga": QuestionColumn, "svar": AnswerColumn, "antal": NumberColumn, "indikator": IndicatorColumn, "enkät": InstrumentColumn, "omgång": RoundColumn,
		"kön": Sex, "ålder": Age, "funktionsnedsättning": Disability},
		Respondents: map[string]string{"deltagare": "participant_ongoing", "personal": "staff", "participant_ongoing": "participant_ongoing", "staff": "staff"}, Groups: map[string]map[string]string{}}
	for _, b := range Backgrounds {
		w.Columns[b], w.Groups[b] = b, unknown
	}
	for _, c := range []string{RespondentsColumn, QuestionColumn, AnswerColumn, NumberColumn} {
		w.Columns[c] = c
	}
	w.Groups[Sex] = map[string]string{"kvinna": "female", "man": "male", "female": "female", "male": "male", "uppgift saknas": Unknown, Unknown: Unknown}
	return w
}

func told(t Table, f Frame) string {
	var b strings.Builder
	for _, x := range t.Faults {
		fmt.Fprintf(&b, "row %d, column %d: %s %q\n", x.Row, x.Column, x.Key, x.Word)
	}
	line := func(at Place, background, group string, answers map[string]int64) {
		fmt.Fprintf(&b, "%s, question %s", at.Respondents, f.Question(at.Question).Number)
		if background != "" {
			fmt.Fprintf(&b, ", %s %s", background, group)
		}
		b.WriteString(":")
		for _, a := range slices.Sorted(maps.Keys(answers)) {
			fmt.Fprintf(&b, " %s=%d", f.Question(at.Question).Wordings[0].Label(a), answers[a])
		}
		b.WriteString("\n")
	}
	for _, at := range t.Places(f) {
		s := t.Sums[at]
		if s.All != nil {
			line(at, "", "", s.All)
		}
		for _, background := range slices.Sorted(maps.Keys(s.By)) {
			for _, g := range slices.Sorted(maps.Keys(s.By[background])) {
				line(at, background, g, s.By[background][g])
			}
		}
	}
	return b.String()
}

// The files in testdata/results are tables as they come in, and what is understood of them or what is wrong.
func TestTablesOfResults(t *testing.T) {
	files, err := filepath.Glob("testdata/results/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		table, want, ok := strings.Cut(string(b), "understood:\n")
		if !ok {
			t.Fatalf("%s has no part that begins with \"understood:\"", name)
		}
		in, err := sheet.Read(t.Context(), name, strings.NewReader(table), TableLimits)
		if err != nil {
			t.Fatal(name, err)
		}
		f, round := questionnaire()
		read := ReadTable(in, f, round, understood())
		read.With(nil)
		if got := told(read, f); *update {
			if err := os.WriteFile(name, []byte(table+"understood:\n"+got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// What a preview sends with its form is read as it was.
func TestATableThatIsConfirmedIsTheOneThatWasSeen(t *testing.T) {
	f, round := questionnaire()
	in, err := sheet.Read(t.Context(), "x.csv", strings.NewReader("Vem;Fråga;Svar;Ålder;Antal\nDeltagare;2;5;;12\nDeltagare;2;1;;14\nDeltagare;2;5;=60+;7\nDeltagare;2;5;under 60;5\n"), TableLimits)
	if err != nil {
		t.Fatal(err)
	}
	first := ReadTable(in, f, round, understood())
	var b strings.Builder
	if err := sheet.WriteCSV(&b, first.Written(f, round), sheet.Options{NoMark: true}); err != nil {
		t.Fatal(err)
	}
	again, err := sheet.Read(t.Context(), "x.csv", strings.NewReader(b.String()), TableLimits)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := told(first, f), told(ReadTable(again, f, round, understood()), f); a != b || len(first.Faults) > 0 {
		t.Errorf("%s\nbecame\n%s", a, b)
	}
}

// Whatever is sent, the program says something about it, keeps nothing of what is faulty, and never says an address or a number of a person back.
func FuzzReadTable(f *testing.F) {
	f.Add("Vem;Fråga;Svar;Kön;Antal\nDeltagare;1;Alltid;Kvinna;12\n")
	f.Add("Vem;Fråga;Svar;Antal\nanna@example.test;1;Alltid;1\n")
	f.Add("id;1;2\n1;Alltid;5\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := sheet.Read(t.Context(), "x.csv", strings.NewReader(text), sheet.Limits{Bytes: 20_000, Rows: 200, Columns: 20, Cell: 200})
		if err != nil {
			return
		}
		q, round := questionnaire()
		read := ReadTable(in, q, round, understood())
		if len(read.Faults) > 0 && len(read.Sums) > 0 || len(read.Faults) > mostFaults {
			t.Errorf("%d faults, %d sums", len(read.Faults), len(read.Sums))
		}
		for _, x := range read.Faults {
			if email.MatchString(x.Word) || personal.MatchString(x.Word) {
				t.Errorf("%q is said back", x.Word)
			}
		}
		for at, s := range read.With(nil) {
			whole, _, key := s.whole()
			if key != "" {
				t.Errorf("%v: %s", at, key)
			}
			for b, groups := range whole.By {
				all := map[string]int64{}
				for _, answers := range groups {
					for a, n := range answers {
						if n < 0 {
							t.Errorf("%s: %d", b, n)
						}
						all[a] += n
					}
				}
				if !maps.Equal(trimmed(all), trimmed(whole.All)) {
					t.Errorf("%s: %v of %v", b, all, whole.All)
				}
			}
		}
	})
}

func FuzzReadFrame(f *testing.F) {
	columns := map[string]string{"nr": QuestionColumn, "indikator": IndicatorColumn, "text": TextColumn, "bra": GoodColumn, "andra": OtherColumn, "inte": OutsideColumn}
	f.Add("nr;indikator;text;bra;andra;inte\n1;Bemötande;Jag blir lyssnad på.;Alltid|Ofta;Ibland|Aldrig;Vet inte\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := sheet.Read(t.Context(), "x.csv", strings.NewReader(text), sheet.Limits{Bytes: 20_000, Rows: 200, Columns: 20, Cell: 500})
		if err != nil {
			return
		}
		list, faults := ReadFrame(in, columns)
		if (len(list) > 0) == (len(faults) > 0) {
			t.Errorf("%d questions, %d faults", len(list), len(faults))
		}
		for _, d := range list {
			if again, err := d.check(); err != nil || again.Text != d.Text || len(again.Options) != len(d.Options) {
				t.Errorf("%+v is read and not right: %v", d, err)
			}
		}
	})
}

func TestTablesOfQuestions(t *testing.T) {
	columns := map[string]string{"nr": QuestionColumn, "indikator": IndicatorColumn, "fråga": TextColumn, "bra svar": GoodColumn, "andra svar": OtherColumn, "räknas inte": OutsideColumn}
	for text, want := range map[string]string{
		"Nr;Indikator;Fråga;Bra svar;Andra svar;Räknas inte\n1;Bemötande;Jag blir lyssnad på.;Alltid|Ofta;Ibland | Aldrig;Vet inte\n": "1 Bemötande Jag blir lyssnad på. [1 Alltid good, 2 Ofta good, 3 Ibland other, 4 Aldrig other, 5 Vet inte unknown]",
		"Nr;Indikator;Fråga;Bra svar;Andra svar\n1;Bemötande;;Alltid;Aldrig\n":                                                        `row 2, column 3: surveys.table.question_wrong "surveys.text_missing"`,
		"Nr;Indikator;Fråga;Bra svar;Andra svar\n1;Bemötande;Ja?;Alltid;\n":                                                           `row 2, column 4: surveys.table.question_wrong "surveys.options_missing"`,
		"Nr;Indikator;Fråga;Bra svar;Andra svar\n1;A;Ja?;Ja;Nej\n1;A;Nej?;Ja;Nej\n":                                                   `row 3, column 1: surveys.table.number_twice "1"`,
		"Nr;Fråga;Bra svar;Andra svar\n1;Ja?;Ja;Nej\n":                                                                                `row 1, column 0: surveys.table.no_indicator ""`,
		"Nr;Indikator;Fråga;Bra svar;Andra svar;Svar\n1;A;Ja?;Ja;Nej;\n":                                                              `row 1, column 6: surveys.table.column "Svar"`,
	} {
		in, err := sheet.Read(t.Context(), "x.csv", strings.NewReader(text), TableLimits)
		if err != nil {
			t.Fatal(err)
		}
		list, faults := ReadFrame(in, columns)
		var got []string
		for _, d := range list {
			var options []string
			for _, o := range d.Options {
				options = append(options, o.Code+" "+o.Label+" "+o.Class)
			}
			got = append(got, fmt.Sprintf("%s %s %s [%s]", d.Number, d.Indicator, d.Text, strings.Join(options, ", ")))
		}
		for _, x := range faults {
			got = append(got, fmt.Sprintf("row %d, column %d: %s %q", x.Row, x.Column, x.Key, x.Word))
		}
		if s := strings.Join(got, "\n"); s != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, s, want)
		}
	}
}

func TestNumbersOfQuestionsAreSortedAsPeopleCount(t *testing.T) {
	list := []string{"10", "2b", "1", "2", "02a", "A3", "3"}
	slices.SortFunc(list, ByNumber)
	if got := strings.Join(list, " "); got != "1 2 02a 2b 3 10 A3" {
		t.Error(got)
	}
}
