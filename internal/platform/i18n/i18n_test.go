package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

func files(sv, en, simple string) fstest.MapFS {
	return fstest.MapFS{
		"locale/sv.json":        {Data: []byte(sv)},
		"locale/en.json":        {Data: []byte(en)},
		"locale/sv-simple.json": {Data: []byte(simple)},
	}
}

func TestCatalogueRefusesWhatIsIncomplete(t *testing.T) {
	for name, tc := range map[string]struct{ sv, en, simple, fault string }{
		"missing in English": {`{"a":"x"}`, `{}`, `{}`, "en: a is missing"},
		"unknown in Swedish": {`{}`, `{"a":"x"}`, `{}`, "a does not exist in Swedish"},
		"other parameters":   {`{"a":"{x}"}`, `{"a":"{y}"}`, `{}`, "has parameters"},
		"easy-read invents":  {`{"a":"x"}`, `{"a":"x"}`, `{"a":"{y}"}`, "has only"},
		"open brace":         {`{"a":"{x"}`, `{"a":"x"}`, `{}`, "not closed"},
	} {
		_, err := Load(files(tc.sv, tc.en, tc.simple))
		if err == nil || !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: got %v, want %q", name, err, tc.fault)
		}
	}
}

func TestPrinter(t *testing.T) {
	c, err := Load(Locale, files(
		`{"n":{"one":"{n} löfte","other":"{n} löften"},"hello":"Hej {name}"}`,
		`{"n":{"one":"{n} promise","other":"{n} promises"},"hello":"Hello {name}"}`,
		`{"hello":"Hej"}`))
	if err != nil {
		t.Fatal(err)
	}
	sv, en, simple := c.Printer(lang.Swedish), c.Printer(lang.English), c.Printer(lang.Simple)
	for _, tc := range []struct{ got, want string }{
		{sv.T("n", "n", 1), "1 löfte"},
		{sv.T("n", "n", 1284), "1\u00a0284 löften"},
		{en.T("n", "n", 1284), "1,284 promises"},
		{simple.T("n", "n", 2), "2 löften"},
		{simple.T("hello", "name", "Karin"), "Hej"},
		{sv.T("hello", "name", "Karin"), "Hej Karin"},
		{sv.T("nothing"), "[nothing]"},
		{sv.When(period.OnDay(period.On(2021, 9, 16))), "16 september 2021"},
		{sv.When(period.Between(period.On(2021, 10, 3), period.On(2021, 10, 5))), "3–5 oktober 2021"},
		{sv.When(period.InTerm(2021, period.Autumn)), "hösten 2021"},
		{en.When(period.InTerm(2021, period.Quarter2)), "second quarter of 2021"},
		{sv.When(period.InMonth(2021, time.May)), "maj 2021"},
		{sv.When(period.When{Precision: period.NotSet}), "dag inte satt"},
		{sv.List([]string{"Mo", "Tallviken", "Älvsele"}), "Mo, Tallviken och Älvsele"},
		{Upper("åtta"), "Åtta"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
