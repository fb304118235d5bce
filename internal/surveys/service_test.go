package surveys

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/sheet"
)

// world is an association with an instrument of two questions and a round, and another with nothing, on 2 March 2026.
type world struct {
	*Service
	here, there                          id.ID
	head, office, board, lead, elsewhere actor.Actor
	instrument, round                    id.ID
}

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	now := clock.At(period.On(2026, time.March, 2))
	w := &world{Service: New(Needs{DB: d, Clock: now}), here: id.New(), there: id.New()}
	for slug, a := range map[string]id.ID{"alvkusten": w.here, "skogsbygden": w.there} {
		w.run(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, '', '', '', ?)", a, slug, now.Now())
	}
	person := func(at id.ID, r actor.Role) actor.Actor {
		a := actor.Actor{Account: id.New(), Name: "Tyra Ek", Grants: []actor.Grant{{Association: at, Role: r}}}
		w.run(t, "INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Tyra Ek', '', ?, 'sv', ?)", a.Account, a.Account.String()+"@example.test", now.Now())
		return a
	}
	w.head, w.office, w.board, w.lead, w.elsewhere = person(w.here, actor.Head), person(w.here, actor.Office), person(w.here, actor.BoardMember), person(w.here, actor.InitiativeLead), person(w.there, actor.Head)
	var err error
	if w.instrument, err = w.AddInstrument(t.Context(), w.office, w.here, "Lyssnarenkäten", "Nätverket"); err != nil {
		t.Fatal(err)
	}
	if err := w.PutQuestions(t.Context(), w.office, w.here, w.instrument, []Draft{draft("1", "Jag blir lyssnad på."), draft("2", "Jag är med och bestämmer.")}); err != nil {
		t.Fatal(err)
	}
	if w.round, err = w.AddRound(t.Context(), w.office, w.here, w.instrument, "2025", period.On(2025, time.September, 1)); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) run(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func draft(number, text string) Draft {
	return Draft{Number: number, Indicator: "Bemötande", Text: text, Options: []Option{{Label: "Alltid", Class: Good}, {Label: "Ofta", Class: Good}, {Label: "Ibland", Class: Other}, {Label: "Aldrig", Class: Other}, {Label: "Vet inte", Class: Outside}}}
}

func table(t testing.TB, rows ...string) sheet.Table {
	t.Helper()
	in, err := sheet.Read(t.Context(), "x.csv", strings.NewReader(strings.Join(rows, "\n")+"\n"), TableLimits)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (w *world) read(t *testing.T, rows ...string) {
	t.Helper()
	p, err := w.Import(t.Context(), w.office, w.here, w.instrument, w.round, table(t, rows...), understood())
	if err != nil || len(p.Faults) > 0 {
		t.Fatal(p.Faults, err)
	}
}

func (w *world) outcome(t *testing.T, number string) Outcome {
	t.Helper()
	f, list, err := w.Outcomes(t.Context(), w.board, w.here, w.instrument)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if f.Question(o.Question).Number == number {
			return o
		}
	}
	t.Fatalf("nothing is told of question %s", number)
	return Outcome{}
}

var bySex = []string{"Vem;Fråga;Svar;Kön;Antal", "Deltagare;1;Alltid;Kvinna;20", "Deltagare;1;Ibland;Kvinna;12", "Deltagare;1;Alltid;Man;12", "Deltagare;1;Ibland;Man;14"}

func TestSumsAreReadInAndToldAsFarAsTheyMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.read(t, bySex...)
		if err := w.SetAsked(t.Context(), w.office, w.here, w.instrument, w.round, map[Respondents]int64{"participant_ongoing": 80, "staff": 7}); err != nil {
			t.Fatal(err)
		}
		o := w.outcome(t, "1")
		if n, ok := o.Answered.Count(); !ok || n != 58 || !o.Told || o.Response != 73 {
			t.Errorf("%d of %v, %d percent", n, o.Asked, o.Response)
		}
		if !o.All.Enough || o.All.Count.K != 32 || o.All.Count.N != 58 || o.All.Interval.Low >= o.All.Rate {
			t.Errorf("%+v", o.All)
		}
		if len(o.Crossed) != 1 || len(o.Crossed[0].Shares) != 2 || o.Crossed[0].Shares[0].Group != "female" || o.Crossed[0].Shares[0].Count.K != 20 {
			t.Errorf("%+v", o.Crossed)
		}
		sent, err := w.Sent(t.Context(), w.board, w.here, w.round)
		if _, shown := sent["staff"].Count(); err != nil || shown {
			t.Errorf("seven of the staff are told: %v, %v", sent, err)
		}
		voices, err := w.Voices(t.Context(), w.board, w.here)
		if err != nil || len(voices) != 1 || voices[0].Indicator.Name != "Bemötande" {
			t.Errorf("%+v, %v", voices, err)
		}
	})
}

// Nothing is kept of a table with one fault, nor of one that cannot be told of.
func TestAFaultyTableChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		p, err := w.Import(t.Context(), w.office, w.here, w.instrument, w.round, table(t, append(slices.Clone(bySex), "Deltagare;1;Kanske;;4")...), understood())
		if err != nil || len(p.Faults) != 1 || p.Faults[0].Row != 6 {
			t.Errorf("%+v, %v", p.Faults, err)
		}
		if _, list, err := w.Outcomes(t.Context(), w.board, w.here, w.instrument); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

// Looking keeps nothing; reading in again replaces what the table holds and leaves the rest.
func TestLookThenReadInAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		p, err := w.Look(t.Context(), w.office, w.here, w.instrument, w.round, table(t, bySex...), understood())
		if err != nil || len(p.Places) != 1 || p.Places[0].N != 58 || p.Places[0].Again || len(p.Places[0].Left) > 0 {
			t.Fatalf("%+v, %v", p.Places, err)
		}
		if _, list, _ := w.Outcomes(t.Context(), w.board, w.here, w.instrument); len(list) != 0 {
			t.Error("a look is kept")
		}
		w.read(t, bySex...)
		w.read(t, bySex...) // the same again tells nothing new
		w.read(t, "Vem;Fråga;Svar;Funktionsnedsättning;Antal", "Deltagare;1;Alltid;Ja;16", "Deltagare;1;Ibland;Ja;13", "Deltagare;1;Alltid;Nej;16", "Deltagare;1;Ibland;Nej;13")
		o := w.outcome(t, "1")
		if len(o.Crossed) != 2 {
			t.Errorf("%+v", o.Crossed)
		}
		var n int
		if err := d.Read().NewRaw("SELECT count(*) FROM survey_publications").Scan(t.Context(), &n); err != nil || n != 2 {
			t.Errorf("%d publications, %v", n, err)
		}
		p, err = w.Look(t.Context(), w.office, w.here, w.instrument, w.round, table(t, "Vem;Fråga;Svar;Ålder;Antal", "Deltagare;1;Alltid;30-44;40"), understood())
		if err != nil || len(p.Faults) != 1 {
			t.Errorf("more people than before agree: %+v, %v", p.Faults, err)
		}
	})
}

// What has been answered keeps its words: a change begins a new wording, after the last round that answered the old one.
func TestAnsweredWordsAreLocked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		change := func(text string, from period.Date) error {
			x := draft("1", text)
			x.From = from
			return w.PutQuestion(t.Context(), w.office, w.here, w.instrument, x)
		}
		if err := change("Jag blir verkligen lyssnad på.", period.Date{}); err != nil {
			t.Errorf("before any answer: %v", err)
		}
		w.read(t, bySex...)
		for name, from := range map[string]period.Date{"no day": {}, "the round's day": period.On(2025, time.September, 1), "before": period.On(2025, time.January, 1)} {
			if err := change("Någon lyssnar på mig.", from); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.PutQuestions(t.Context(), w.office, w.here, w.instrument, []Draft{draft("3", "Ny."), draft("1", "Någon lyssnar på mig.")}); !errs.Is(err, errs.Refused) {
			t.Errorf("by a table: %v", err)
		}
		if err := change("Någon lyssnar på mig.", period.On(2026, time.January, 1)); err != nil {
			t.Fatal(err)
		}
		f, err := w.Frame(t.Context(), w.board, w.here, w.instrument)
		if err != nil || len(f.Questions) != 2 {
			t.Fatal(len(f.Questions), err)
		}
		q := f.Questions[0]
		if len(q.Wordings) != 2 || !q.Wordings[0].Locked || q.Wordings[1].Locked || q.To(1) != period.On(2025, time.December, 31) {
			t.Errorf("%+v", q)
		}
		if q.In(period.On(2025, time.September, 1)).Version != 1 || q.In(period.On(2026, time.September, 1)).Text != "Någon lyssnar på mig." {
			t.Errorf("%+v", q)
		}
		if o := w.outcome(t, "1"); o.Version != 1 {
			t.Errorf("answers of version %d", o.Version)
		}
	})
}

// The sums are cleared after some time; what was told stays, and nothing more is read in.
func TestWhatIsClearedIsNotReadInto(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.read(t, bySex...)
		w.run(t, "UPDATE survey_counts SET counts_json = ''")
		if _, err := w.Look(t.Context(), w.office, w.here, w.instrument, w.round, table(t, bySex...), understood()); !errs.Is(err, errs.Refused) {
			t.Error(err)
		}
		if o := w.outcome(t, "1"); !o.All.Enough {
			t.Errorf("%+v", o)
		}
	})
}

// Two who read in at once are taken one after the other.
func TestTwoReadInAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := w.Import(context.WithoutCancel(t.Context()), w.office, w.here, w.instrument, w.round, table(t, bySex...), understood()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.Read().NewRaw("SELECT count(*) FROM survey_publications").Scan(t.Context(), &n); err != nil || n != 1 {
			t.Errorf("%d publications, %v", n, err)
		}
	})
}

func TestWhoReadsAndWhoReadsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for name, c := range map[string]struct {
			who         actor.Actor
			reads, does bool
		}{
			"head": {w.head, true, true}, "office": {w.office, true, true}, "board": {w.board, true, false}, "who counts": {w.lead, false, false}, "another association": {w.elsewhere, false, false}, "nobody": {actor.Actor{}, false, false},
		} {
			check := func(what string, may bool, err error) {
				t.Helper()
				refused := errs.Is(err, errs.Forbidden) || errs.Is(err, errs.Unauthorised)
				if may && err != nil || !may && !refused {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
			_, err := w.Frames(t.Context(), c.who, w.here)
			check("frames", c.reads, err)
			_, _, err = w.Outcomes(t.Context(), c.who, w.here, w.instrument)
			check("outcomes", c.reads, err)
			_, err = w.Voices(t.Context(), c.who, w.here)
			check("voices", c.reads, err)
			_, err = w.Sent(t.Context(), c.who, w.here, w.round)
			check("sent", c.reads, err)
			_, err = w.AddInstrument(t.Context(), c.who, w.here, "Enkät för "+name, "")
			check("instrument", c.does, err)
			check("question", c.does, w.PutQuestion(t.Context(), c.who, w.here, w.instrument, draft("9", "Ny?")))
			_, err = w.AddRound(t.Context(), c.who, w.here, w.instrument, name, period.On(2026, time.January, 1))
			check("round", c.does, err)
			_, err = w.Look(t.Context(), c.who, w.here, w.instrument, w.round, table(t, bySex...), understood())
			check("look", c.does, err)
			_, err = w.Import(t.Context(), c.who, w.here, w.instrument, w.round, table(t, bySex...), understood())
			check("import", c.does, err)
			check("asked", c.does, w.SetAsked(t.Context(), c.who, w.here, w.instrument, w.round, map[Respondents]int64{"staff": 20}))
		}
		// Another association's things are not there for who has every right in her own.
		if _, err := w.Frame(t.Context(), w.elsewhere, w.there, w.instrument); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if _, err := w.Import(t.Context(), w.elsewhere, w.there, w.instrument, w.round, table(t, bySex...), understood()); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if err := w.PutQuestion(t.Context(), w.elsewhere, w.there, w.instrument, draft("1", "Annat?")); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if err := w.SetAsked(t.Context(), w.elsewhere, w.there, w.instrument, w.round, map[Respondents]int64{"staff": 20}); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}
