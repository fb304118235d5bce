package accessibility

import (
	"context"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
)

// world is one association and the installation, on Monday 2 March 2026.
type world struct {
	*Service
	clock *clock.Set
	mails []mail.Message
	wait  time.Duration
	here  scope.Association
	there scope.Association
}

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	catalog, err := i18n.Load(i18n.Locale, mail.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{clock: clock.At(period.On(2026, time.March, 2)), here: scope.Association{ID: id.New(), Slug: "alvkusten", Name: "Samordningsförbundet Älvkusten"}, there: scope.Association{ID: id.New(), Slug: "skogsbygden"}}
	w.Service = New(Needs{DB: d, Clock: w.clock, Catalog: catalog,
		SendMail: func(_ context.Context, _ *db.Tx, m mail.Message) error {
			w.mails = append(w.mails, m)
			return nil
		},
		Address: func(a scope.Association, l lang.Lang, path string) string {
			return "https://samklang.example" + l.Prefix() + path
		},
		Allow: func(context.Context, string, int, time.Duration) (time.Duration, error) { return w.wait, nil },
		Administrators: func(context.Context) ([]Administrator, error) {
			return []Administrator{{ID: id.New(), Email: "olle@example.test", Reminders: true}, {ID: id.New(), Email: "ulla@example.test"}}, nil
		}})
	return w
}

func (w *world) as(t *testing.T, r actor.Role, at scope.Association) actor.Actor {
	t.Helper()
	a := actor.Actor{Account: id.New(), Name: "Tyra Ek", Grants: []actor.Grant{{Association: at.ID, Role: r}}}
	w.account(t, a.Account)
	return a
}

// account makes a row, since who answered is kept by it.
func (w *world) account(t *testing.T, account id.ID) {
	t.Helper()
	err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Tyra Ek', '', ?, 'sv', ?)", account, account.String()+"@example.test", w.clock.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) tell(t *testing.T, of id.ID, email string) id.ID {
	t.Helper()
	made, err := w.Tell(t.Context(), of, NewReport{Page: "/alvkusten/kalender", What: "Jag når inte månaderna.", Aid: "Röststyrning", Email: email}, lang.Swedish)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (w *world) answer(t *testing.T, a actor.Actor, report id.ID, version int64, y Reply) error {
	t.Helper()
	return w.Answer(t.Context(), a, w.here, report, version, y)
}

// From what a visitor tells to an answer, a place in the statement, and out of it again.
func TestAReportFromBeginningToEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx, tyra := t.Context(), w.as(t, actor.Office, w.here)
		report := w.tell(t, w.here.ID, "lisa@hemma.example")
		if len(w.mails) != 0 {
			t.Error("an address that nobody has confirmed gets a mail")
		}
		due, err := w.Due(ctx, d.Read(), w.here.ID)
		if err != nil || len(due) != 1 || due[0].AnswerBy != period.On(2026, 3, 16) || due[0].Answered || due[0].ID != report {
			t.Fatalf("%+v, %v", due, err)
		}
		if err := w.answer(t, tyra, report, 1, Reply{Text: "Vi provar i veckan.", Decision: Investigating}); err != nil {
			t.Fatal(err)
		}
		if due, _ := w.Due(ctx, d.Read(), w.here.ID); len(due) != 1 || !due[0].Answered {
			t.Errorf("what is being looked into is not on the desk: %+v", due)
		}
		w.clock.Advance(48 * time.Hour)
		said := Text{Swedish: "Årshjulet går inte att styra med röst.", English: "The year wheel cannot be used by voice."}
		if err := w.answer(t, tyra, report, 2, Reply{Text: "Det går inte att rätta nu.", Decision: KnownFault, Public: said}); err != nil {
			t.Fatal(err)
		}
		if due, _ := w.Due(ctx, d.Read(), w.here.ID); len(due) != 0 {
			t.Errorf("what is decided is on the desk: %+v", due)
		}
		s, err := w.Statement(ctx)
		if err != nil || len(s.Told) != 1 || s.Told[0].Text != said || s.Told[0].Association != w.here.ID || s.Told[0].Since != period.On(2026, 3, 2) || s.Told[0].On != period.On(2026, 3, 4) || s.Verdict == Wholly {
			t.Fatalf("%+v, %v", s.Told, err)
		}
		if len(w.mails) != 2 || w.mails[0].To != "lisa@hemma.example" || w.mails[0].UniqueKey == w.mails[1].UniqueKey {
			t.Fatalf("%+v", w.mails)
		}
		for _, want := range []string{"Det går inte att rätta nu.", Supervisor, "https://samklang.example/tillganglighet"} {
			if !strings.Contains(w.mails[1].Text, want) {
				t.Errorf("no %q in %s", want, w.mails[1].Text)
			}
		}
		if err := w.answer(t, tyra, report, 3, Reply{Decision: Mended}); err != nil {
			t.Fatal(err)
		}
		if s, _ := w.Statement(ctx); len(s.Told) != 0 {
			t.Errorf("what is mended stands in the statement: %+v", s.Told)
		}
		if len(w.mails) != 2 {
			t.Error("a decision without words is mailed")
		}
		x, err := w.Report(ctx, tyra, w.here.ID, report)
		if err != nil || x.Answer != "Vi provar i veckan.\n\nDet går inte att rätta nu." || x.ClosedAt.IsZero() || x.PublicSv != "" || !x.AnsweredAt.Equal(w.clock.Now().Add(-48*time.Hour)) {
			t.Errorf("%+v, %v", x, err)
		}
		if err := w.answer(t, tyra, report, 4, Reply{Text: "Mer", Decision: Investigating}); !errs.Is(err, errs.Refused) {
			t.Errorf("what is closed is answered: %v", err)
		}
		trail, err := audit.List(ctx, d.Read(), w.here.ID, audit.Filter{Subject: report, Limit: 10})
		if err != nil || len(trail) != 4 {
			t.Fatalf("%d entries, %v", len(trail), err)
		}
		for _, e := range trail {
			if both := e.BeforeJSON + e.AfterJSON; strings.Contains(both, "lisa") || strings.Contains(both, "månaderna") || strings.Contains(both, "Röststyrning") {
				t.Errorf("the trail keeps what the visitor wrote: %s", both)
			}
		}
	})
}

func TestWhoReadsAndWhoAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		report, own := w.tell(t, w.here.ID, ""), w.tell(t, id.None, "")
		admin := actor.Actor{Account: id.New(), Admin: true}
		w.account(t, admin.Account)
		for name, tc := range map[string]struct {
			who           actor.Actor
			reads, writes bool
		}{
			"head": {w.as(t, actor.Head, w.here), true, true}, "office": {w.as(t, actor.Office, w.here), true, true},
			"board": {w.as(t, actor.BoardMember, w.here), true, false}, "auditor": {w.as(t, actor.Auditor, w.here), true, false},
			"prep": {w.as(t, actor.PrepGroup, w.here), false, false}, "activity owner": {w.as(t, actor.ActivityOwner, w.here), false, false},
			"head elsewhere": {w.as(t, actor.Head, w.there), false, false}, "visitor": {actor.Actor{}, false, false}, "administrator": {admin, false, false},
		} {
			refused := func(err error) bool { return errs.Is(err, errs.Forbidden) || errs.Is(err, errs.Unauthorised) }
			_, err := w.Reports(t.Context(), tc.who, w.here.ID)
			_, one := w.Report(t.Context(), tc.who, w.here.ID, report)
			if refused(err) == tc.reads || refused(one) == tc.reads {
				t.Errorf("%s reads: %v, %v", name, err, one)
			}
			err = w.answer(t, tc.who, report, 99, Reply{Text: "x", Decision: Mended})
			if tc.writes != errs.Is(err, errs.Conflict) || !tc.writes != refused(err) {
				t.Errorf("%s answers: %v", name, err)
			}
			_, err = w.Report(t.Context(), tc.who, id.None, own)
			if refused(err) == tc.who.Admin {
				t.Errorf("%s reads the installation's: %v", name, err)
			}
			if _, err := w.Report(t.Context(), tc.who, w.there.ID, report); err == nil {
				t.Errorf("%s reads it through another association", name)
			}
		}
		if err := w.Answer(t.Context(), admin, scope.Association{}, own, 1, Reply{Text: "Tack.", Decision: Mended}); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx, tyra := t.Context(), w.as(t, actor.Office, w.here)
		for name, in := range map[string]NewReport{
			"nothing": {}, "only blanks": {What: " \n\t "}, "too long": {What: strings.Repeat("å", MaxWhat+1)}, "a long aid": {What: "x", Aid: strings.Repeat("x", MaxAid+1)},
			"a long page": {What: "x", Page: "/" + strings.Repeat("x", MaxPage)}, "no address": {What: "x", Email: "lisa"}, "two addresses": {What: "x", Email: "a@b.se, c@d.se"},
			"a header in the address": {What: "x", Email: "a@b.se\nBcc: c@d.se"},
		} {
			if _, err := w.Tell(ctx, w.here.ID, in, lang.Swedish); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.wait = time.Hour
		if _, err := w.Tell(ctx, w.here.ID, NewReport{What: "x"}, lang.Swedish); !errs.Is(err, errs.TooMany) {
			t.Errorf("the limit: %v", err)
		}
		w.wait = 0
		report := w.tell(t, w.here.ID, "lisa@hemma.example")
		for name, y := range map[string]Reply{
			"no words": {Decision: Mended}, "no decision": {Text: "x"}, "an unknown decision": {Text: "x", Decision: "wontfix"}, "nothing for the statement": {Text: "x", Decision: KnownFault},
			"a burden without a reason": {Text: "x", Decision: TooHeavy, Public: Text{English: "only English"}}, "too many words": {Text: strings.Repeat("x", MaxAnswer+1), Decision: Mended},
		} {
			if err := w.answer(t, tyra, report, 1, y); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.answer(t, tyra, report, 2, Reply{Text: "x", Decision: Mended}); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old form: %v", err)
		}
		if err := w.answer(t, tyra, id.New(), 1, Reply{Text: "x", Decision: Mended}); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such report: %v", err)
		}
		if len(w.mails) != 0 {
			t.Errorf("%d mails", len(w.mails))
		}
		if list, err := w.Reports(ctx, tyra, w.here.ID); err != nil || len(list) != 1 || list[0].Version != 1 {
			t.Errorf("something was changed: %+v, %v", list, err)
		}
	})
}

// Administrators hear of what waits once a week, on a working day, if they want to; of nothing they hear nothing.
func TestAdministratorsAreReminded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		remind := func() int {
			t.Helper()
			w.mails = nil
			if err := w.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			return len(w.mails)
		}
		w.tell(t, w.here.ID, "")
		if n := remind(); n != 0 {
			t.Errorf("%d mails on what an association answers", n)
		}
		w.tell(t, id.None, "")
		if n := remind(); n != 1 || w.mails[0].To != "olle@example.test" || !strings.HasSuffix(w.mails[0].UniqueKey, "/2026-W10") || !strings.Contains(w.mails[0].Text, "16 mars 2026") || !strings.Contains(w.mails[0].Text, "/administration/hinder") {
			t.Errorf("%d: %+v", n, w.mails)
		}
		w.clock.MoveTo(period.On(2026, time.March, 8))
		if n := remind(); n != 0 {
			t.Error("a mail on a Sunday")
		}
	})
}
