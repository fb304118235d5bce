package equality

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// town asks whether people in two places get their first step as soon.
func town() Comparison {
	return Comparison{Source: Left, Outcome: Outcome{JobStep, []string{"within_6_months"}}, Variable: Municipality, Group: "town of in", Reference: "town of ung", Why: "Kommunerna har olika långt till praktik."}
}

func TestAnAssociationDeclaresItsOwnComparisons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		if _, err := w.Declare(ctx, w.office, w.here.ID, town()); !errs.Is(err, errs.Refused) {
			t.Errorf("before anything is published: %v", err)
		}
		w.publish(t, worlds["gap"]...)
		for name, a := range map[string]actor.Actor{"the board": w.board, "the preparatory group": w.prep, "elsewhere": w.elsewhere} {
			if _, err := w.Declare(ctx, a, w.here.ID, town()); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, c := range map[string]struct {
			change func(*Comparison)
			fields string
		}{
			"nothing":                     {func(c *Comparison) { *c = Comparison{} }, "group why"},
			"no table holds it":           {func(c *Comparison) { c.Variable, c.Outcome.Variable = Age, JobStep }, "group"},
			"the same twice":              {func(c *Comparison) { c.Reference = c.Group }, "reference"},
			"a group that is not there":   {func(c *Comparison) { c.Group = "Månen" }, "group"},
			"who is not known":            {func(c *Comparison) { c.Outcome.Events = []string{Unknown} }, "group"},
			"strata that no table holds":  {func(c *Comparison) { c.Strata = []string{Age} }, "strata"},
			"strata that are the outcome": {func(c *Comparison) { c.Strata = []string{JobStep} }, "strata"},
			"a reason that is too long":   {func(c *Comparison) { c.Why = strings.Repeat("å", 501) }, "why"},
		} {
			x := town()
			c.change(&x)
			if _, err := w.Declare(ctx, w.office, w.here.ID, x); fields(err) != c.fields {
				t.Errorf("%s: %v", name, err)
			}
		}
		asked := town()
		asked.Variable, asked.Group, asked.Reference = Sex, "male", "female"
		if _, err := w.Declare(ctx, w.office, w.here.ID, asked); !errs.Is(err, errs.Refused) {
			t.Errorf("what is asked already, the other way round: %v", err)
		}
		before, err := w.Basis(ctx, w.office, w.here.ID)
		if err != nil {
			t.Fatal(err)
		}
		code, err := w.Declare(ctx, w.office, w.here.ID, town())
		if err != nil || code != "egen-1" {
			t.Fatal(code, err)
		}
		if _, err := w.Declare(ctx, w.head, w.here.ID, town()); !errs.Is(err, errs.Refused) {
			t.Errorf("declared twice: %v", err)
		}
		b, err := w.Basis(ctx, w.office, w.here.ID)
		if err != nil {
			t.Fatal(err)
		}
		was, is := before.Examine(), b.Examine()
		f, ok := is.Finding(code)
		if !ok || is.Declared != was.Declared+1 || is.Own != 1 || is.Tests != was.Tests+1 {
			t.Fatalf("%+v, %d tests after %d", f, is.Tests, was.Tests)
		}
		// One more comparison is reckoned with in all of them (Benjamini and Hochberg).
		old, _ := was.Finding("work-sex")
		now, _ := is.Finding("work-sex")
		if now.Crude.P != old.Crude.P || now.Crude.Q < old.Crude.Q*0.999 && now.Crude.Q < old.Crude.P {
			t.Errorf("q was %v and is %v", old.Crude.Q, now.Crude.Q)
		}
		x := words(t, lang.Swedish)
		x.Own = b.Own
		if got := x.Rates(f); got != "Ett steg mot jobb inom ett halvår: 57 av 100 bland boende i town of in och 80 av 100 bland boende i town of ung." {
			t.Error(got)
		}
		// Until it is used it can be taken away, and afterwards not.
		if err := w.Revoke(ctx, w.board, w.here.ID, code); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board takes it away: %v", err)
		}
		if err := w.Revoke(ctx, w.elsewhere, w.there.ID, code); !errs.Is(err, errs.NotFound) {
			t.Errorf("through another association: %v", err)
		}
		if err := w.Revoke(ctx, w.office, w.here.ID, code); err != nil {
			t.Fatal(err)
		}
		if code, err = w.Declare(ctx, w.office, w.here.ID, town()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Prepare(ctx, w.office, w.here.ID, Draft{Title: "Stöd", Text: map[lang.Lang]string{lang.Swedish: "Text."}}, func(l lang.Lang) Words { return words(t, l) }); err != nil {
			t.Fatal(err)
		}
		if err := w.Revoke(ctx, w.office, w.here.ID, code); !errs.Is(err, errs.Refused) {
			t.Errorf("once a release uses it: %v", err)
		}
		list, err := w.Declared(ctx, w.board, w.here.ID)
		if err != nil || len(list) != 1 || !list[0].Locked || list[0].ReleasedIn != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		r, err := w.Release(ctx, w.office, w.here.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.Content()
		if err != nil || len(c.Own) != 1 || c.Own[0].Why == "" || !slices.ContainsFunc(c.Told["sv"], func(x Told) bool { return x.Code == code && strings.HasPrefix(x.Title, "Ett steg mot jobb") }) {
			t.Errorf("what is frozen: %+v, %v", c.Own, err)
		}
	})
}

// Everything there is to choose between can be examined and told, in every language.
func TestEveryChoiceCanBeTold(t *testing.T) {
	of := map[Source]*disclosure.Result{Left: protect(t, cells(worlds["reversal"]...))}
	choices := Choices(of)
	if len(choices) == 0 {
		t.Fatal("nothing to choose")
	}
	for _, c := range choices {
		x := Comparison{Code: ownCode + "1", Source: c.Source, Outcome: c.Outcome, Variable: c.Variable, Group: c.Codes[0], Reference: c.Codes[1], Strata: c.Strata}
		r := Examine(of, x)
		f, ok := r.Finding(x.Code)
		if !ok {
			t.Fatalf("%+v", c)
		}
		for _, l := range lang.All {
			w := words(t, l)
			w.Own = []Comparison{x}
			for _, s := range append(w.Account(f), w.Title(x.Code), w.What(x.Code)) {
				if strings.Contains(s, "equality.") || strings.Contains(s, "{") {
					t.Errorf("%s: %q", l.Tag(), s)
				}
			}
		}
	}
}

// A place that lies outside is taken on like a group, and a step carries a file.
func TestACaseOfPlacesAndAFileAsEvidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		stored := id.New()
		kept := ""
		w.Store = func(_ context.Context, association id.ID, _ actor.Actor, name string, r io.Reader, max int64) (func(context.Context, *db.Tx) (id.ID, error), error) {
			content, err := io.ReadAll(io.LimitReader(r, max))
			kept = name + ": " + string(content)
			return func(context.Context, *db.Tx) (id.ID, error) { return stored, nil }, err
		}
		w.FileName = func(_ context.Context, _, file id.ID) (string, error) {
			if file != stored {
				t.Errorf("asked for %s", file)
			}
			return "protokoll.pdf", nil
		}
		w.publish(t, append(worlds["gap"][:len(worlds["gap"]):len(worlds["gap"])], people{"mo", "female", "from_30", 5, 60, 20, 45}, people{"mo", "male", "from_30", 6, 60, 20, 46})...)
		made, err := w.TakeOn(ctx, w.office, w.here.ID, "soon-municipality", w.office.Account, id.None, period.Date{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(ctx, w.board, w.here.ID, made, 1, Entry{Body: "Nej", FileName: "x.pdf", File: strings.NewReader("%PDF")}); !errs.Is(err, errs.Forbidden) || kept != "" {
			t.Errorf("the board files %q: %v", kept, err)
		}
		if err := w.Write(ctx, w.office, w.here.ID, made, 1, Entry{FileName: "x.pdf", File: strings.NewReader("%PDF")}); fields(err) != "body" || kept != "" {
			t.Errorf("a file without words is kept: %q, %v", kept, err)
		}
		if err := w.Write(ctx, w.office, w.here.ID, made, 1, Entry{Body: "Vi gick igenom det.", FileName: "protokoll.pdf", File: strings.NewReader("%PDF")}); err != nil || kept != "protokoll.pdf: %PDF" {
			t.Fatal(kept, err)
		}
		w.publish(t, append(worlds["gap"][:len(worlds["gap"]):len(worlds["gap"])], people{"mo", "female", "from_30", 25, 60, 40, 45}, people{"mo", "male", "from_30", 26, 60, 40, 46})...)
		c, err := w.Case(ctx, w.board, w.here.ID, made)
		if err != nil || len(c.Notes) != 1 || c.Notes[0].FileName != "protokoll.pdf" {
			t.Fatalf("%+v, %v", c.Notes, err)
		}
		if c.Change == nil || len(c.Change.Rows) < 2 || c.Change.Rows[0].Code != disclosure.Total || !slices.ContainsFunc(c.Change.Rows, func(x Changed) bool { return x.Code == "town of mo" && x.After.Count.K == 40 && x.After.Count.N == 40 }) {
			t.Errorf("before and after: %+v", c.Change)
		}
		if f, err := w.CaseFile(ctx, w.board, w.here.ID, made, c.Notes[0].ID); err != nil || f != stored {
			t.Errorf("%s, %v", f, err)
		}
		if _, err := w.CaseFile(ctx, w.elsewhere, w.here.ID, made, c.Notes[0].ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another association reads the file: %v", err)
		}
		if _, err := w.CaseFile(ctx, w.elsewhere, w.there.ID, made, c.Notes[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("through another association: %v", err)
		}
	})
}
