package commitments_test

import (
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/mail"
)

// lastJob is the job of a kind that was enqueued last.
func lastJob(t *testing.T, w *ledgertest.World, kind string) commitments.Job {
	t.Helper()
	for i := len(w.Jobs) - 1; i >= 0; i-- {
		if w.Jobs[i].Kind == kind {
			return w.Jobs[i]
		}
	}
	t.Fatalf("no job %s", kind)
	return commitments.Job{}
}

// link is the part of the mail's text after the address's given part.
func link(t *testing.T, m mail.Message, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(m.Text, after)
	if !ok {
		t.Fatalf("no %s in\n%s", after, m.Text)
	}
	return strings.FieldsFunc(rest, func(r rune) bool { return r == '\n' || r == ' ' })[0]
}

func ask(t *testing.T, w *ledgertest.World, email string, pledge id.ID) (token string) {
	t.Helper()
	if err := w.Ledger.Subscribe(t.Context(), w.Coast, email, pledge, lang.Swedish); err != nil {
		t.Fatal(err)
	}
	if err := w.Ledger.SendConfirmation(t.Context(), lastJob(t, w, commitments.JobConfirm)); err != nil {
		t.Fatal(err)
	}
	return link(t, w.Mails[len(w.Mails)-1], "/folj/bekrafta/")
}

func follow(t *testing.T, w *ledgertest.World, email string, pledge id.ID) {
	t.Helper()
	if err := w.Ledger.ConfirmSubscription(t.Context(), w.Coast, ask(t, w, email, pledge)); err != nil {
		t.Fatal(err)
	}
}

// late makes promise 3 of the coast overdue.
func late(t *testing.T, w *ledgertest.World) commitments.Job {
	t.Helper()
	w.Clock.MoveTo(period.On(2026, 7, 1))
	if _, err := w.Ledger.Recompute(t.Context()); err != nil {
		t.Fatal(err)
	}
	three := w.Promise(t, w.Coast, 3)
	for _, j := range w.Jobs {
		if j.Kind == commitments.JobStateChanged && j.Association == w.Coast.ID && len(three.History) > 0 && j.Subject == three.History[0].ID {
			return j
		}
	}
	t.Fatal("nobody is told that promise 3 is overdue")
	return commitments.Job{}
}

func TestAFollowerIsToldOfEachChangeOnce(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		one, three := w.Promise(t, w.Coast, 1), w.Promise(t, w.Coast, 3)
		follow(t, w, "lisa@example.test", three.ID)
		follow(t, w, "LISA@example.test", id.None) // the same person follows everything as well
		follow(t, w, "alla@example.test", id.None)
		follow(t, w, "annan@example.test", one.ID)
		ask(t, w, "obekraftad@example.test", three.ID)
		before := len(w.Mails)
		job := late(t, w)
		for range 3 {
			if err := w.Ledger.TellFollowers(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
		told := map[string]int{}
		for _, m := range w.Mails[before:] {
			told[strings.ToLower(m.To)]++
			if m.UnsubscribeURL == "" || !strings.Contains(m.Text, "läget no_evidence") || !strings.Contains(m.Text, "https://samklang.example/alvkusten/loften/gemensam-deklaration/3") {
				t.Errorf("the mail:\n%s", m.Text)
			}
			for _, name := range []string{"Karin", "Tyra", "Eva"} {
				if strings.Contains(m.Text+m.HTML, name) {
					t.Errorf("the mail names %s", name)
				}
			}
		}
		if len(told) != 2 || told["lisa@example.test"] != 1 || told["alla@example.test"] != 1 {
			t.Errorf("told: %v", told)
		}
	})
}

func TestNobodyFollowsWithoutConfirming(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		first := ask(t, w, "lisa@example.test", id.None)
		if len(first) != 32 {
			t.Errorf("a secret of %d characters", len(first))
		}
		again := ask(t, w, "lisa@example.test", id.None)
		if err := w.Ledger.ConfirmSubscription(ctx, w.Coast, first); !errs.Is(err, errs.NotFound) {
			t.Errorf("the link that was replaced: %v", err)
		}
		if err := w.Ledger.ConfirmSubscription(ctx, w.Forest, again); !errs.Is(err, errs.NotFound) {
			t.Errorf("the link at another association: %v", err)
		}
		sent := len(w.Mails)
		if err := w.Ledger.SendConfirmation(ctx, lastJob(t, w, commitments.JobConfirm)); err != nil || len(w.Mails) != sent {
			t.Errorf("the job once more: %v, %d mails", err, len(w.Mails)-sent)
		}
		for range 2 {
			if err := w.Ledger.ConfirmSubscription(ctx, w.Coast, again); err != nil {
				t.Errorf("the link, pressed again: %v", err)
			}
		}
		old := ask(t, w, "sen@example.test", id.None)
		w.Clock.Advance(7*24*time.Hour + time.Minute)
		if err := w.Ledger.ConfirmSubscription(ctx, w.Coast, old); !errs.Is(err, errs.NotFound) {
			t.Errorf("a link of eight days: %v", err)
		}
		for _, faulty := range []string{"", "lisa", "lisa@", "a@b@c.se", strings.Repeat("x", 400) + "@example.test"} {
			if err := w.Ledger.Subscribe(ctx, w.Coast, faulty, id.None, lang.Swedish); !errs.Is(err, errs.Invalid) {
				t.Errorf("%q: %v", faulty, err)
			}
		}
		if err := w.Ledger.Subscribe(ctx, w.Coast, "lisa@example.test", w.Promise(t, w.Forest, 1).ID, lang.Swedish); !errs.Is(err, errs.NotFound) {
			t.Errorf("another association's promise: %v", err)
		}
	})
}

func TestTheSameIsDoneWhetherTheAddressIsKnownOrNot(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		follow(t, w, "kand@example.test", id.None)
		jobs, mails := len(w.Jobs), len(w.Mails)
		known := ask(t, w, "kand@example.test", id.None)
		unknown := ask(t, w, "ny@example.test", id.None)
		if len(w.Jobs)-jobs != 2 || len(w.Mails)-mails != 2 {
			t.Errorf("%d jobs, %d mails", len(w.Jobs)-jobs, len(w.Mails)-mails)
		}
		if a, b := w.Mails[len(w.Mails)-2], w.Mails[len(w.Mails)-1]; strings.ReplaceAll(a.Text, known, "") != strings.ReplaceAll(b.Text, unknown, "") || a.Subject != b.Subject {
			t.Error("the mails differ")
		}
		w.Wait = time.Hour
		if err := w.Ledger.Subscribe(t.Context(), w.Coast, "kand@example.test", id.None, lang.Swedish); err != nil {
			t.Errorf("over the limit: %v", err)
		}
		if len(w.Jobs)-jobs != 2 {
			t.Error("a mail is on its way although the limit is reached")
		}
	})
}

func TestLeavingTakesTheAddressAway(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		follow(t, w, "lisa@example.test", id.None)
		job := late(t, w)
		if err := w.Ledger.TellFollowers(ctx, job); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(w.Mails[len(w.Mails)-1].UnsubscribeURL, "/folj/sluta/")
		ref, token, _ := strings.Cut(rest, "/")
		subscription, err := id.Parse(ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, faulty := range []string{"", "x", token[:31] + "x", strings.ToUpper(token)} {
			if faulty == token {
				continue
			}
			if err := w.Ledger.Leave(ctx, w.Coast, subscription, faulty); !errs.Is(err, errs.NotFound) {
				t.Errorf("token %q: %v", faulty, err)
			}
		}
		if err := w.Ledger.Leave(ctx, w.Forest, subscription, token); !errs.Is(err, errs.NotFound) {
			t.Errorf("at another association: %v", err)
		}
		for range 2 {
			if err := w.Ledger.Leave(ctx, w.Coast, subscription, token); err != nil {
				t.Errorf("leaving: %v", err)
			}
		}
		var n int
		if err := w.DB.Read().NewRaw("SELECT count(*) FROM subscriptions").Scan(ctx, &n); err != nil || n != 0 {
			t.Errorf("%d subscriptions left, %v", n, err)
		}
	})
}

// The keys that keep an address from being told twice are removed with the mails; a job that somebody retries after that tells nobody.
func TestNobodyIsToldOfAnOldChange(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		follow(t, w, "lisa@example.test", id.None)
		job := late(t, w)
		sent := len(w.Mails)
		w.Clock.Advance(commitments.NewsDays * 24 * time.Hour)
		if err := w.Ledger.TellFollowers(t.Context(), job); err != nil || len(w.Mails) != sent {
			t.Errorf("%d mails, %v", len(w.Mails)-sent, err)
		}
	})
}
