package commitments_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func printer(t testing.TB, l lang.Lang) i18n.Printer {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, commitments.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(l)
}

// small is an exchange of an association with two promises in force, one that was replaced, and three colleagues.
func small(t testing.TB) (commitments.Exchange, commitments.ExchangeActivity) {
	home, other := scope.Association{ID: id.New(), Slug: "alvkusten", Name: "Samordningsförbundet Älvkusten", ShortName: "Älvkusten"}, scope.Association{ID: id.New(), Slug: "skogsbygden", Name: "Samordningsförbundet Skogsbygden", ShortName: "Skogsbygden"}
	x := commitments.Exchange{Home: home, Year: 2026, Printer: printer(t, lang.Swedish), Associations: []scope.Association{home, other}}
	for i, slug := range []string{"ny", "ny", "gammal"} {
		p := commitments.Promise{Slug: slug}
		p.ID, p.Number = id.New(), int64(i+1)
		x.Promises = append(x.Promises, p)
	}
	x.Promises[2].Number, x.Promises[2].ReplacedByID = 1, x.Promises[0].ID
	x.People = []commitments.Colleague{{ID: id.New(), Name: "Tyra Ek", Email: "tyra@example.test"}, {ID: id.New(), Name: "Bo Lind", Email: "bo1@example.test"}, {ID: id.New(), Name: "Bo Lind", Email: "bo2@example.test"}}
	n := int64(40)
	a := commitments.ExchangeActivity{Ref: commitments.Ref{Home: home.ID, ID: id.New()}, Version: 3, Status: commitments.Planned, ActivityFields: commitments.ActivityFields{
		Title: "Öppet hus", Kind: "forum", Forms: commitments.External, When: period.OnDay(period.On(2026, 9, 24)), PlanYear: 2026, ReachMin: &n, OwnerID: x.People[0].ID, Public: true,
		Serves: []commitments.ServingFields{{PledgeAssociation: home.ID, Pledge: x.Promises[0].ID, How: "Alla får komma."}}, Partners: []string{"Mo kommun", "Region Älvsjö"}}}
	return x, a
}

// Each row is a change of one or several cells of the exported row and what comes of it.
func TestCompare(t *testing.T) {
	x, a := small(t)
	other := a
	other.Home, other.ID, other.OwnerID = x.Associations[1].ID, id.New(), id.None
	for name, tc := range map[string]struct {
		cells   map[string]string
		of      commitments.ExchangeActivity
		verdict commitments.RowVerdict
		want    string // changes "Kolumn: gammalt → nytt" or reasons
	}{
		"nothing":                    {nil, a, commitments.RowUnchanged, ""},
		"white space":                {map[string]string{"Titel": " Öppet  hus "}, a, commitments.RowUnchanged, ""},
		"title":                      {map[string]string{"Titel": "Öppet hus i Mo"}, a, commitments.RowChanged, "Titel: Öppet hus → Öppet hus i Mo"},
		"no title":                   {map[string]string{"Titel": ""}, a, commitments.RowFaulty, "Titel: Skriv vad aktiviteten heter."},
		"long title":                 {map[string]string{"Titel": strings.Repeat("a", 201)}, a, commitments.RowFaulty, "Titel: texten är längre än 200 tecken."},
		"kind":                       {map[string]string{"Slag": "Seminarium"}, a, commitments.RowChanged, "Slag: forum → seminarium"},
		"kind in English":            {map[string]string{"Slag": "lecture"}, a, commitments.RowChanged, "Slag: forum → föreläsning"},
		"unknown kind":               {map[string]string{"Slag": "disko"}, a, commitments.RowFaulty, "Slag: ”disko” finns inte bland valen."},
		"forms":                      {map[string]string{"Form": "intern; extern"}, a, commitments.RowChanged, "Form: extern → intern, extern"},
		"words":                      {map[string]string{"När": "hösten 2026"}, a, commitments.RowChanged, "När: 24 september 2026 → hösten 2026 | Första dag: 2026-09-24 → 2026-08-01 | Sista dag: 2026-09-24 → 2026-12-31"},
		"words without year":         {map[string]string{"När": "1 oktober"}, a, commitments.RowChanged, "När: 24 september 2026 → 1 oktober 2026 | Första dag: 2026-09-24 → 2026-10-01 | Sista dag: 2026-09-24 → 2026-10-01"},
		"another year":               {map[string]string{"När": "1 februari 2027"}, a, commitments.RowChanged, "När: 24 september 2026 → 1 februari 2027 | Första dag: 2026-09-24 → 2027-02-01 | Sista dag: 2026-09-24 → 2027-02-01 | År i planen: 2026 → 2027"},
		"week":                       {map[string]string{"När": "v. 40"}, a, commitments.RowChanged, "När: 24 september 2026 → v. 40 2026 | Första dag: 2026-09-24 → 2026-09-28 | Sista dag: 2026-09-24 → 2026-10-04"},
		"not set":                    {map[string]string{"När": ""}, a, commitments.RowChanged, "När: 24 september 2026 →  | Första dag: 2026-09-24 →  | Sista dag: 2026-09-24 → "},
		"not set, everywhere":        {map[string]string{"När": "", "Första dag": "", "Sista dag": ""}, a, commitments.RowChanged, "När: 24 september 2026 →  | Första dag: 2026-09-24 →  | Sista dag: 2026-09-24 → "},
		"as Excel writes it":         {map[string]string{"När": "24-sep-26"}, a, commitments.RowUnchanged, ""},
		"words as a date":            {map[string]string{"När": "2026-09-24"}, a, commitments.RowUnchanged, ""},
		"month as Excel writes it":   {map[string]string{"När": "okt-26"}, a, commitments.RowChanged, "När: 24 september 2026 → oktober 2026 | Första dag: 2026-09-24 → 2026-10-01 | Sista dag: 2026-09-24 → 2026-10-31"},
		"days":                       {map[string]string{"Första dag": "2026-09-25", "Sista dag": "2026-09-26"}, a, commitments.RowChanged, "När: 24 september 2026 → 25–26 september 2026 | Första dag: 2026-09-24 → 2026-09-25 | Sista dag: 2026-09-24 → 2026-09-26"},
		"first day of a single day":  {map[string]string{"Första dag": "2026-09-25"}, a, commitments.RowChanged, "När: 24 september 2026 → 25 september 2026 | Första dag: 2026-09-24 → 2026-09-25 | Sista dag: 2026-09-24 → 2026-09-25"},
		"days and words that agree":  {map[string]string{"När": "25 september 2026", "Första dag": "2026-09-25", "Sista dag": "2026-09-25"}, a, commitments.RowChanged, "När: 24 september 2026 → 25 september 2026 | Första dag: 2026-09-24 → 2026-09-25 | Sista dag: 2026-09-24 → 2026-09-25"},
		"days and words that do not": {map[string]string{"När": "25 september 2026", "Första dag": "2026-09-26"}, a, commitments.RowFaulty, "Första dag: dagarna säger något annat än När. Ändra det ena och låt det andra stå, eller töm båda."},
		"days reversed":              {map[string]string{"Sista dag": "2026-09-01"}, a, commitments.RowFaulty, "Sista dag: sista dagen ligger före den första."},
		"year against the day":       {map[string]string{"År i planen": "2027"}, a, commitments.RowFaulty, "År i planen: dagen ligger i 2026. Ändra dagen eller året."},
		"year that is none":          {map[string]string{"År i planen": "nästa"}, a, commitments.RowFaulty, "År i planen: Skriv ett år med fyra siffror, till exempel 2026."},
		"no date":                    {map[string]string{"När": "snart"}, a, commitments.RowFaulty, "När: ”snart” går inte att läsa som en tid. Skriv till exempel 24 september 2026, v. 40 eller hösten 2026."},
		"confirmed":                  {map[string]string{"Läge": "bekräftad"}, a, commitments.RowChanged, "Läge: planerad → bekräftad"},
		"cancelled":                  {map[string]string{"Läge": "inställd"}, a, commitments.RowFaulty, "Läge: skjut upp, ställ in och rapportera på aktivitetens egen sida. Här går det att växla mellan planerad och bekräftad."},
		"promises":                   {map[string]string{"Löften": "1, 2"}, a, commitments.RowChanged, "Löften: 1: Alla får komma. → 1\n2"},
		"promise that was replaced":  {map[string]string{"Löften": "gammal/1"}, a, commitments.RowChanged, "Löften: 1: Alla får komma. → gammal/1"},
		"promise that is none":       {map[string]string{"Löften": "7: Bra."}, a, commitments.RowFaulty, "Löften: löfte ”7” finns inte. Skriv löftets nummer, och efter ett kolon hur aktiviteten bidrar."},
		"number":                     {map[string]string{"Når minst": "1 000"}, a, commitments.RowChanged, "Når minst: 40 → 1000"},
		"reach reversed":             {map[string]string{"Når högst": "10"}, a, commitments.RowFaulty, "Når högst: Det högsta antalet är lägre än det lägsta."},
		"yes and no":                 {map[string]string{"Visas utåt": "Nej", "Digitalt": "x"}, a, commitments.RowChanged, "Digitalt: nej → ja | Visas utåt: ja → nej"},
		"neither":                    {map[string]string{"Visas utåt": "kanske"}, a, commitments.RowFaulty, "Visas utåt: ”kanske” är varken ja eller nej."},
		"together":                   {map[string]string{"Tillsammans med": "Skogsbygden"}, a, commitments.RowChanged, "Tillsammans med:  → Skogsbygden"},
		"together with nobody known": {map[string]string{"Tillsammans med": "Fjällen"}, a, commitments.RowFaulty, "Tillsammans med: förbundet ”Fjällen” finns inte här."},
		"owner by address":           {map[string]string{"Ansvarig": "BO2@example.test"}, a, commitments.RowChanged, "Ansvarig: Tyra Ek → Bo Lind (bo2@example.test)"},
		"owner of two":               {map[string]string{"Ansvarig": "Bo Lind"}, a, commitments.RowFaulty, "Ansvarig: flera heter ”Bo Lind”. Skriv e-postadressen."},
		"two faults":                 {map[string]string{"Slag": "disko", "Följs upp": "sen"}, a, commitments.RowFaulty, "Slag: ”disko” finns inte bland valen. | Följs upp: ”sen” går inte att läsa som en dag. Skriv till exempel 2026-09-24."},
		"somebody was first":         {map[string]string{"Titel": "Annat", "Version": "2"}, a, commitments.RowConflict, "Titel: Öppet hus → Annat | Någon har ändrat aktiviteten sedan filen hämtades. Hämta planen igen och gör om ändringen där."},
		"old but the same":           {map[string]string{"Version": "2"}, a, commitments.RowUnchanged, ""},
		"no version":                 {map[string]string{"Titel": "Annat", "Version": ""}, a, commitments.RowFaulty, "Titel: Öppet hus → Annat | Version: versionen saknas. Hämta planen igen, så syns om någon annan har ändrat."},
		"id of nothing":              {map[string]string{"Id": id.New().String()}, a, commitments.RowFaulty, "Id: aktiviteten finns inte i förbundets plan. Töm rutan om den är ny."},
		"id cut":                     {map[string]string{"Id": "0199"}, a, commitments.RowFaulty, "Id: numret är ändrat. Hämta planen igen, eller töm rutan för en ny aktivitet."},
		"reached":                    {map[string]string{"Nådda": "55"}, a, commitments.RowFaulty, "Nådda: antalet rapporteras på aktivitetens egen sida."},
		"another's, unchanged":       {nil, other, commitments.RowUnchanged, ""},
		"another's, changed":         {map[string]string{"Titel": "Annat"}, other, commitments.RowFaulty, "Förbund: Skogsbygden håller i aktiviteten och ändrar den."},
	} {
		t.Run(name, func(t *testing.T) {
			table := x.Table([]commitments.ExchangeActivity{tc.of})
			for i, c := range table.Columns {
				if cell, ok := tc.cells[c.Name]; ok {
					table.Rows[0].Cells[i] = cell
				}
			}
			c, err := x.Compare([]commitments.ExchangeActivity{a, other}, table)
			if err != nil {
				t.Fatal(err)
			}
			if r := c.Rows[0]; r.Verdict != tc.verdict || said(x.Printer, r) != tc.want {
				t.Errorf("%s %q\nwant %s %q", r.Verdict, said(x.Printer, r), tc.verdict, tc.want)
			}
		})
	}
}

func said(p i18n.Printer, r commitments.ComparedRow) string {
	var list []string
	if r.Verdict != commitments.RowFaulty || len(r.Changes) > 0 && r.Faults[0].Name == "version" {
		for _, c := range r.Changes {
			list = append(list, fmt.Sprintf("%s: %s → %s", p.T("exchange.col."+c.Column), c.Old, c.New))
		}
	}
	return strings.Join(append(list, r.Reasons(p)...), " | ")
}

func TestNewRowsAndOtherColumns(t *testing.T) {
	x, a := small(t)
	table := sheet.Table{Columns: []sheet.Column{{Name: "titel"}, {Name: "När"}, {Name: "Lokal"}, {Name: "Fel"}}, Rows: []sheet.Row{
		{Number: 2, Cells: []string{"Kurs", "hösten", "B 12", "x"}}, {Number: 3, Cells: []string{"ÖPPET HUS", "24/9", "", ""}}, {Number: 4, Cells: []string{"", "24/9", "", ""}}}}
	c, err := x.Compare([]commitments.ExchangeActivity{a}, table)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Lokal"}, c.Unknown); diff != "" {
		t.Error(diff)
	}
	kurs := c.Rows[0]
	if kurs.Verdict != commitments.RowNew || kurs.Fields.When != period.InTerm(2026, period.Autumn) || kurs.Fields.Kind != "other" || kurs.Fields.PlanYear != 2026 || kurs.Fields.Public || kurs.Alike {
		t.Errorf("%+v", kurs)
	}
	if !c.Rows[1].Alike {
		t.Error("a new row like one that is there is not pointed out")
	}
	if c.Rows[2].Verdict != commitments.RowFaulty {
		t.Error("a row without a title is taken")
	}
	// What was faulty comes back with the reason, and can be read again as it is.
	faults := c.Faults(x.Printer, table)
	if len(faults.Rows) != 1 || faults.Rows[0].Cells[0] != "4" || !strings.Contains(faults.Rows[0].Cells[1], "Skriv vad aktiviteten heter") {
		t.Fatalf("%+v", faults)
	}
	faults.Rows[0].Cells[2] = "Möte"
	if again, err := x.Compare(nil, faults); err != nil || again.Rows[0].Verdict != commitments.RowNew || len(again.Unknown) != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	x.Promises[1].Slug, x.Promises[1].Number = "annan", 1
	both := sheet.Table{Columns: []sheet.Column{{Name: "Titel"}, {Name: "Löften"}}, Rows: []sheet.Row{{Number: 2, Cells: []string{"Kurs", "1"}}, {Number: 3, Cells: []string{"Kurs", "annan/1"}}}}
	if c, err := x.Compare(nil, both); err != nil || strings.Join(c.Rows[0].Reasons(x.Printer), "") != "Löften: flera deklarationer har ett löfte 1. Skriv till exempel ny/1." || c.Rows[1].Verdict != commitments.RowNew {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := x.Compare(nil, sheet.Table{Columns: []sheet.Column{{Name: "Namn"}}}); !errs.Is(err, errs.Invalid) {
		t.Errorf("a table of something else: %v", err)
	}
	twice := x.Table([]commitments.ExchangeActivity{a, a})
	if c, _ := x.Compare([]commitments.ExchangeActivity{a}, twice); c.Rows[0].Verdict != commitments.RowUnchanged || c.Rows[1].Verdict != commitments.RowFaulty {
		t.Errorf("the same activity twice: %s, %s", c.Rows[0].Verdict, c.Rows[1].Verdict)
	}
}

// drawnActivity is any activity the ledger may hold.
func drawnActivity(x commitments.Exchange) *rapid.Generator[commitments.ExchangeActivity] {
	words := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"Öppet", "hus", " ", "\n", ";", ",", "\"", "=", "1:", "-", "'", "\u00a0", "2026", "\t", "å"}), 0, 6).Draw(t, "words"), "")
	})
	day := rapid.Custom(func(t *rapid.T) period.Date {
		return period.On(rapid.IntRange(2025, 2027).Draw(t, "y"), time.Month(rapid.IntRange(1, 12).Draw(t, "m")), rapid.IntRange(1, 28).Draw(t, "d"))
	})
	when := rapid.Custom(func(t *rapid.T) period.When {
		d := day.Draw(t, "day")
		switch rapid.IntRange(0, 8).Draw(t, "precision") {
		case 0:
			return period.OnDay(d)
		case 1:
			return period.Between(d, d.AddDays(rapid.IntRange(0, 400).Draw(t, "n")))
		case 2:
			return period.InMonth(d.Year, d.Month)
		case 3:
			return period.InTerm(d.Year, period.Term(rapid.IntRange(0, int(period.Quarter4)).Draw(t, "term")))
		case 4:
			return period.InYear(d.Year)
		case 5:
			return period.When{Precision: period.Ongoing, From: d, To: d.AddDays(90)}
		case 6:
			return period.When{Precision: period.NotSet, From: d, To: d.AddDays(30), Text: "någon gång"}
		case 7:
			return period.When{Precision: period.Season, From: d.WithDay(1), To: d.AddMonths(2).AddDays(-1)}
		}
		return period.When{Precision: rapid.SampledFrom([]period.Precision{period.NotSet, period.Ongoing}).Draw(t, "open")}
	})
	amount := rapid.Custom(func(t *rapid.T) *int64 {
		n := rapid.Int64Range(-1, 100_000).Draw(t, "amount")
		if n < 0 {
			return nil
		}
		return &n
	})
	return rapid.Custom(func(t *rapid.T) commitments.ExchangeActivity {
		lo := amount.Draw(t, "min")
		hi := lo
		if lo != nil {
			n := *lo + 5
			hi = &n
		}
		a := commitments.ExchangeActivity{Ref: commitments.Ref{Home: rapid.SampledFrom(x.Associations).Draw(t, "home").ID, ID: id.New()}, Version: rapid.Int64Range(1, 50).Draw(t, "version"),
			Status: rapid.SampledFrom(commitments.Statuses[:]).Draw(t, "status"), Reached: amount.Draw(t, "reached"), ActivityFields: commitments.ActivityFields{
				Title: "T" + words.Draw(t, "title"), Kind: rapid.SampledFrom(commitments.Kinds).Draw(t, "kind"), Forms: commitments.Forms(rapid.IntRange(0, 7).Draw(t, "forms")), Grounds: commitments.Grounds(rapid.IntRange(0, 127).Draw(t, "grounds")),
				When: when.Draw(t, "when"), ClockTime: words.Draw(t, "clock"), Place: words.Draw(t, "place"), Digital: rapid.Bool().Draw(t, "digital"), Description: words.Draw(t, "description"), Audience: words.Draw(t, "audience"),
				Project: words.Draw(t, "project"), ReachMin: lo, ReachMax: hi, ReachText: words.Draw(t, "reach"), FollowUpOn: day.Draw(t, "follow-up"), Notes: words.Draw(t, "notes"), Public: rapid.Bool().Draw(t, "public"),
				Partners: rapid.SliceOfN(words, 0, 3).Draw(t, "partners"), Speakers: rapid.SliceOfN(words, 0, 2).Draw(t, "speakers")}}
		if a.PlanYear = 2026; !a.When.From.IsZero() {
			a.PlanYear = a.When.From.Year
		}
		a.Confirmed = a.Status == commitments.Confirmed
		if rapid.Bool().Draw(t, "owned") {
			a.OwnerID = rapid.SampledFrom(x.People).Draw(t, "owner").ID
		} else {
			a.OwnerID, a.OwnerName = id.New(), "Någon som slutat"
		}
		for _, p := range x.Promises {
			if rapid.Bool().Draw(t, "serves") {
				a.Serves = append(a.Serves, commitments.ServingFields{PledgeAssociation: x.Home.ID, Pledge: p.ID, How: words.Draw(t, "how")})
			}
		}
		for _, o := range x.Associations {
			if o.ID != a.Home && rapid.Bool().Draw(t, "with") {
				a.Organisers = append(a.Organisers, o.ID)
			}
		}
		return a
	})
}

// A plan that is written to a file, in any language and either format, and read back by somebody with another language, changes nothing.
func TestWhatIsExportedComesBackUnchanged(t *testing.T) {
	x, _ := small(t)
	draw := drawnActivity(x)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(draw, 1, 4).Draw(t, "plan")
		w, r := x, x
		w.Printer, r.Printer = x.Printer.In(rapid.SampledFrom(lang.All[:]).Draw(t, "written in")), x.Printer.In(rapid.SampledFrom(lang.All[:]).Draw(t, "read in"))
		table := w.Table(list)
		var csv, xlsx bytes.Buffer
		if err := sheet.WriteCSV(&csv, table, sheet.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := sheet.WriteXLSX(&xlsx, table, "Plan"); err != nil {
			t.Fatal(err)
		}
		for _, file := range []*bytes.Buffer{&csv, &xlsx} {
			back, err := sheet.Read(context.Background(), "plan", file, sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := r.Compare(list, back)
			if err != nil {
				t.Fatal(err)
			}
			if c.Count(commitments.RowUnchanged) != len(list) || len(c.Unknown) > 0 {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// Whatever stands in the cells, a comparison ends, every row gets one verdict, what would be stored passes the ledger's own check, and
// reading the same again gives the same.
func FuzzCompare(f *testing.F) {
	x, a := small(f)
	f.Add("Titel;När;Första dag\nKurs;hösten 2026;\nDag;24-sep-26;2026-09-24\n", "v. 40")
	f.Add("Titel;Löften;Form;Läge;Ansvarig\nKurs;1: bra;extern;bekräftad;Tyra Ek\n", "24/9 – 2/10")
	f.Fuzz(func(t *testing.T, file, cell string) {
		table, err := sheet.Read(context.Background(), "x.csv", strings.NewReader(file), sheet.Limits{Bytes: 10_000, Rows: 50, Columns: 40})
		if err != nil {
			table = sheet.Table{}
		}
		own := x.Table([]commitments.ExchangeActivity{a, a})
		for i := range own.Columns[:len(own.Columns)-2] {
			row := own.Rows[0]
			row.Cells = append([]string(nil), row.Cells...)
			row.Cells[i] = cell
			own.Rows = append(own.Rows, row)
		}
		for _, tab := range []sheet.Table{table, own} {
			c, err := x.Compare([]commitments.ExchangeActivity{a}, tab)
			if err != nil {
				continue
			}
			if len(c.Rows) != len(tab.Rows) {
				t.Fatalf("%d rows became %d", len(tab.Rows), len(c.Rows))
			}
			for _, r := range c.Rows {
				if (r.Verdict == commitments.RowNew || r.Verdict == commitments.RowChanged) && (r.Fields.Check() != nil || len(r.Faults) > 0) {
					t.Fatalf("row %d would be stored: %+v", r.Number, r)
				}
				if r.Verdict == commitments.RowFaulty && len(r.Reasons(x.Printer)) == 0 {
					t.Fatalf("row %d is faulty without a reason", r.Number)
				}
			}
			if again, _ := x.Compare([]commitments.ExchangeActivity{a}, tab); again.Print() != c.Print() {
				t.Fatal("two comparisons of the same differ")
			}
		}
	})
}

func bring(t *testing.T, w *ledgertest.World, name string, table sheet.Table) (commitments.Comparison, error) {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, table, sheet.Options{}); err != nil {
		t.Fatal(err)
	}
	p := printer(t, lang.Swedish)
	if err := w.Ledger.BringTable(t.Context(), w.People[name], w.Coast, "plan.csv", &b, 2026, p); err != nil {
		return commitments.Comparison{}, err
	}
	_, c, ok, err := w.Ledger.BroughtTable(t.Context(), w.People[name], w.Coast, p)
	if err == nil && !ok {
		t.Fatal("the table is not there")
	}
	return c, err
}

func cellOf(t *testing.T, table *sheet.Table, row int, heading string) *string {
	t.Helper()
	for i, c := range table.Columns {
		if c.Name == heading {
			return &table.Rows[row].Cells[i]
		}
	}
	t.Fatalf("no column %q", heading)
	return nil
}

func TestATableChangesThePlanOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		ctx, p, karin := t.Context(), printer(t, lang.Swedish), w.People["Karin"]
		table, err := w.Ledger.ExportPlan(ctx, karin, w.Coast, 2026, p)
		if err != nil || len(table.Rows) != 4 {
			t.Fatalf("%d rows, %v", len(table.Rows), err)
		}
		if c, err := bring(t, w, "Karin", table); err != nil || c.Count(commitments.RowUnchanged) != 4 {
			t.Fatalf("%+v, %v", c, err)
		}
		if _, _, _, err := w.Ledger.ApplyTable(ctx, karin, w.Coast, "", p); !errs.Is(err, errs.Conflict) {
			t.Errorf("without having seen it: %v", err)
		}
		*cellOf(t, &table, 0, "Plats") = "Mo"
		*cellOf(t, &table, 1, "Slag") = "disko"
		*cellOf(t, &table, 2, "Titel") = "Demokratidag för alla"
		fresh := sheet.Row{Cells: make([]string, len(table.Columns))}
		table.Rows = append(table.Rows, fresh)
		*cellOf(t, &table, 4, "Titel") = "Höstmöte"
		*cellOf(t, &table, 4, "När") = "v. 45"
		*cellOf(t, &table, 4, "Löften") = "3: Vi går igenom avtalen."
		c, err := bring(t, w, "Karin", table)
		if err != nil || c.Count(commitments.RowChanged) != 2 || c.Count(commitments.RowFaulty) != 1 || c.Count(commitments.RowNew) != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		before, _ := w.Ledger.Plan(ctx, actor.SystemActor, w.Coast, commitments.PlanFilter{Year: 2026})
		if len(before) != 4 {
			t.Fatal("the plan was changed before anybody said so")
		}
		// Tyra moves what row 2 of the file is about; what Karin saw is no longer so.
		first := w.Activity(t, w.Coast, before[0].Title)
		if err := w.Ledger.MoveActivity(ctx, w.People["Tyra"], w.Coast, first.ID, first.Version, period.OnDay(period.On(2026, 3, 19)), 2026); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := w.Ledger.ApplyTable(ctx, karin, w.Coast, c.Print(), p); !errs.Is(err, errs.Conflict) {
			t.Fatalf("over a colleague's change: %v", err)
		}
		_, c, _, err = w.Ledger.BroughtTable(ctx, karin, w.Coast, p)
		if err != nil || c.Count(commitments.RowConflict) != 1 || c.Count(commitments.RowChanged) != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		once := db.WithOnce(ctx, "key-1")
		_, planned, changed, err := w.Ledger.ApplyTable(once, karin, w.Coast, c.Print(), p)
		if err != nil || planned != 1 || changed != 1 {
			t.Fatalf("%d, %d, %v", planned, changed, err)
		}
		if _, _, _, err := w.Ledger.ApplyTable(ctx, karin, w.Coast, c.Print(), p); !errs.Is(err, errs.NotFound) {
			t.Errorf("a second time: %v", err)
		}
		met := w.Activity(t, w.Coast, "Höstmöte")
		if met.When() != period.Between(period.On(2026, 11, 2), period.On(2026, 11, 8)) || len(met.Serves) != 1 || met.Serves[0].How != "Vi går igenom avtalen." {
			t.Errorf("%+v", met)
		}
		w.Activity(t, w.Coast, "Demokratidag för alla")
		if a := w.Activity(t, w.Coast, before[0].Title); a.Place != "" || a.FromOn != period.On(2026, 3, 19) {
			t.Errorf("the colleague's change is gone: %+v", a.Activity)
		}
		after, err := w.Ledger.ExportPlan(ctx, karin, w.Coast, 2026, p)
		if err != nil || len(after.Rows) != 5 {
			t.Errorf("%d rows, %v", len(after.Rows), err)
		}
	})
}

// What is kept for oneself stays where it is kept, and nobody without the right gets or brings a table.
func TestATableKeepsToRights(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		ctx, p := t.Context(), printer(t, lang.Swedish)
		_, err := w.Ledger.PlanActivity(ctx, w.People["Arne"], w.Forest, commitments.ActivityFields{Title: "Gemensam dag", Kind: "seminar", When: period.OnDay(period.On(2026, 5, 5)), PlanYear: 2026, Organisers: []id.ID{w.Coast.ID},
			Notes: "Bara för oss", OwnerID: w.People["Arne"].Account, FollowUpOn: period.On(2026, 6, 1)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ledger.PlanActivity(ctx, w.People["Arne"], w.Forest, commitments.ActivityFields{Title: "Skogens egen", Kind: "seminar", When: period.OnDay(period.On(2026, 5, 6)), PlanYear: 2026}); err != nil {
			t.Fatal(err)
		}
		table, err := w.Ledger.ExportPlan(ctx, w.People["Tyra"], w.Coast, 2026, p)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := sheet.WriteCSV(&b, table, sheet.Options{}); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); !strings.Contains(s, "Gemensam dag") || strings.Contains(s, "Bara för oss") || strings.Contains(s, "Arne") || strings.Contains(s, "2026-06-01") || strings.Contains(s, "Skogens egen") {
			t.Errorf("the forest's own is in the coast's table:\n%s", s)
		}
		if c, err := bring(t, w, "Tyra", table); err != nil || c.Count(commitments.RowUnchanged) != 5 {
			t.Errorf("%+v, %v", c, err)
		}
		for _, name := range []string{"Nils", "Bo", "Eva", "Arne"} {
			if _, err := w.Ledger.ExportPlan(ctx, w.People[name], w.Coast, 2026, p); errs.Is(err, errs.Forbidden) != (name == "Arne") || name != "Arne" && err != nil {
				t.Errorf("%s exports: %v", name, err)
			}
			if _, err := bring(t, w, name, table); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s imports: %v", name, err)
			}
			if _, _, _, err := w.Ledger.BroughtTable(ctx, w.People[name], w.Coast, p); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s looks at an import: %v", name, err)
			}
			if _, _, _, err := w.Ledger.ApplyTable(ctx, w.People[name], w.Coast, "", p); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s lets it through: %v", name, err)
			}
		}
		// What Tyra brought is hers alone.
		if _, _, ok, err := w.Ledger.BroughtTable(ctx, w.People["Karin"], w.Coast, p); ok || err != nil {
			t.Errorf("Karin meets Tyra's table: %v", err)
		}
	})
}
