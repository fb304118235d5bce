package commitments_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

func TestARoundIsFrozenOnceAndNeverRewritten(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx, karin := t.Context(), w.People["Karin"]
		w.Clock.MoveTo(period.On(2026, 5, 4))
		round, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Första tertialet 2026", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
		if err != nil {
			t.Fatal(err)
		}
		p := w.Promise(t, w.Coast, 1)
		v, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, 0, "Seminariet blev av.")
		if err != nil || v != 1 {
			t.Fatal(v, err)
		}
		if _, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, 0, "Något annat"); !errs.Is(err, errs.Conflict) {
			t.Errorf("a first comment on top of another: %v", err)
		}
		if v, err = w.Ledger.CommentOn(ctx, w.People["Tyra"], w.Coast, round, p.ID, v, "Seminariet blev av, 146 kom."); err != nil || v != 2 {
			t.Fatal(v, err)
		}
		open, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, round)
		if err != nil || open.SHA256 != "" || len(open.Content.Promises) != 3 || open.Content.Promises[0].Comment != "Seminariet blev av, 146 kom." {
			t.Fatalf("%v %+v", err, open.Content)
		}
		if err := w.Ledger.PublishRound(ctx, karin, w.Coast, round, open.Version, true); !errs.Is(err, errs.Refused) {
			t.Errorf("publishing an open round: %v", err)
		}
		if err := w.Ledger.FreezeRound(ctx, w.People["Bo"], w.Coast, round, open.Version); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the auditor freezes: %v", err)
		}
		if err := w.Ledger.FreezeRound(ctx, karin, w.Coast, round, open.Version); err != nil {
			t.Fatal(err)
		}
		before, err := w.Ledger.FrozenJSON(ctx, w.People["Karin"], w.Coast, round)
		if err != nil || !strings.Contains(before, `"comment":"Seminariet blev av, 146 kom."`) || strings.Contains(before, "\n") {
			t.Fatal(err, before)
		}
		if _, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, v, "Nej"); !errs.Is(err, errs.Refused) {
			t.Errorf("a comment on a frozen round: %v", err)
		}
		// The world goes on; the report does not.
		if err := w.Ledger.SupersedeWording(ctx, karin, w.Coast, p.ID, p.Version, commitments.Supersession{Wording: "Hålla minst två seminarier under 2026.", Reason: "Vi hinner inte fyra."}); err != nil {
			t.Fatal(err)
		}
		w.Clock.MoveTo(period.On(2026, time.December, 1))
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		frozen, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, round)
		if err != nil || len(frozen.SHA256) != 64 || frozen.Content.Promises[0].Wording != ledgertest.Wordings[0] || frozen.Content.FrozenOn != period.On(2026, 5, 4) || frozen.Content.FrozenBy != "Karin" {
			t.Fatalf("%v %+v", err, frozen.Content)
		}
		if after, _ := w.Ledger.FrozenJSON(ctx, w.People["Karin"], w.Coast, round); after != before {
			t.Error("the frozen text has changed")
		}
		if _, err := w.Ledger.Round(ctx, w.People["Arne"], w.Forest, round); !errs.Is(err, errs.NotFound) {
			t.Errorf("another association reads it: %v", err)
		}
		if err := w.Ledger.PublishRound(ctx, karin, w.Coast, round, frozen.Version, true); err != nil {
			t.Fatal(err)
		}
		again, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Rättelse", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 12, 15), Corrects: round})
		if err != nil {
			t.Fatal(err)
		}
		list, err := w.Ledger.Rounds(ctx, w.People["Karin"], w.Coast)
		if err != nil || len(list) != 2 || list[0].ID != again || list[1].Commented != 1 || list[1].Promises != 3 || !list[1].Public {
			t.Errorf("%v %+v", err, list)
		}
	})
}

func (w openRound) comment(t *testing.T, who string, version int64, text string) (int64, error) {
	t.Helper()
	return w.Ledger.CommentOn(t.Context(), w.People[who], w.Coast, w.round, w.Promise(t, w.Coast, 1).ID, version, text)
}

// openRound is a world with a follow-up that is open.
type openRound struct {
	*ledgertest.World
	round id.ID
}

func withRound(t *testing.T, fn func(t *testing.T, w openRound)) {
	t.Helper()
	each(t, func(t *testing.T, w *ledgertest.World) {
		w.Clock.MoveTo(period.On(2026, 5, 4))
		round, err := w.Ledger.OpenRound(t.Context(), w.People["Karin"], w.Coast, commitments.RoundFields{Title: "Första tertialet 2026", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, openRound{w, round})
	})
}

// A page saves a comment by itself and then its button is pressed: the same words twice are no conflict. Words of somebody else are.
func TestACommentSavedTwiceIsWrittenOnceAndNobodyIsWrittenOver(t *testing.T) {
	withRound(t, func(t *testing.T, w openRound) {
		for _, x := range []struct {
			who     string
			version int64
			text    string
			now     int64 // 0 when it meets a conflict
		}{
			{"Karin", 0, "Seminariet blev av.", 1},
			{"Karin", 0, "Seminariet blev av.", 1}, // the button, after the page saved by itself
			{"Karin", 0, "Något annat.", 0},        // an older page of her own, with other words
			{"Tyra", 0, "Seminariet blev av.", 0},  // somebody else has not read what stands there
			{"Tyra", 1, "Seminariet blev av, 146 kom.", 2},
			{"Karin", 1, "Seminariet blev av.", 0}, // her words are no longer what stands there
			{"Karin", 1, "Seminariet blev av, 146 kom.", 0},
			{"Tyra", 1, "Seminariet blev av, 146 kom.", 2},
		} {
			now, err := w.comment(t, x.who, x.version, x.text)
			if x.now == 0 && !errs.Is(err, errs.Conflict) || x.now != 0 && (err != nil || now != x.now) {
				t.Errorf("%s writes %q upon %d: %d, %v", x.who, x.text, x.version, now, err)
			}
		}
		page, err := w.Ledger.Round(t.Context(), w.People["Karin"], w.Coast, w.round)
		if err != nil || page.Content.Promises[0].Comment != "Seminariet blev av, 146 kom." {
			t.Error(err, page.Content.Promises[0].Comment)
		}
	})
}

// meanwhile lets something happen in the middle of reading: once, just before the first statement that holds the words.
type meanwhile struct {
	words string
	do    func()
	once  sync.Once
}

func (m *meanwhile) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if strings.Contains(e.Query, m.words) && strings.HasPrefix(e.Query, "SELECT") {
		m.once.Do(m.do)
	}
	return ctx
}

func (m *meanwhile) AfterQuery(context.Context, *bun.QueryEvent) {}

// What is frozen is the ledger at one moment: an activity that is called off while the report is written down is called off for the promise
// and among the activities, or for neither.
func TestARoundIsFrozenAtOneMoment(t *testing.T) {
	withRound(t, func(t *testing.T, w openRound) {
		ctx, karin := t.Context(), w.People["Karin"]
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		open, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, w.round)
		if err != nil || open.Content.Promises[0].StepsTotal != 3 {
			t.Fatal(err, open.Content.Promises)
		}
		seminar := w.Activity(t, w.Coast, "Seminarium om bemötande")
		cancelled := make(chan error, 1)
		cancel := func() {
			cancelled <- w.Ledger.CancelActivity(context.WithoutCancel(ctx), w.People["Tyra"], w.Coast, seminar.ID, seminar.Version, "Lokalen brann.")
		}
		hook := &meanwhile{words: `FROM "wordings"`, do: cancel}
		if w.DB.Engine == db.SQLite {
			hook.do = func() { go cancel() } // it waits until the freezing is done
		}
		w.DB.Watch(hook)
		if err := w.Ledger.FreezeRound(ctx, karin, w.Coast, w.round, open.Version); err != nil {
			t.Fatal(err)
		}
		if err := <-cancelled; err != nil {
			t.Fatal(err)
		}
		frozen, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, w.round)
		if err != nil {
			t.Fatal(err)
		}
		p := frozen.Content.Promises[0]
		if called := p.Activities[0].Status == commitments.Cancelled; called != (p.StepsTotal == 2) || called != (frozen.Content.Figures.Cancelled == 1) {
			t.Errorf("%d steps, the seminar is %s, %d called off", p.StepsTotal, p.Activities[0].Status, frozen.Content.Figures.Cancelled)
		}
	})
}

// A comment that is written while the report is frozen is in it or refused.
func TestNoCommentIsLostBesideTheReport(t *testing.T) {
	withRound(t, func(t *testing.T, w openRound) {
		ctx := t.Context()
		open, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, w.round)
		if err != nil {
			t.Fatal(err)
		}
		pledge := w.Promise(t, w.Coast, 1).ID
		var group sync.WaitGroup
		var said string
		group.Go(func() {
			for i := range int64(40) {
				text := "Kommentar " + strconv.FormatInt(i, 10)
				_, err := w.Ledger.CommentOn(ctx, w.People["Tyra"], w.Coast, w.round, pledge, i, text)
				if errs.Is(err, errs.Refused) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				said = text
			}
		})
		group.Go(func() {
			if err := w.Ledger.FreezeRound(ctx, w.People["Karin"], w.Coast, w.round, open.Version); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		frozen, err := w.Ledger.Round(ctx, w.People["Karin"], w.Coast, w.round)
		if err != nil || frozen.Content.Promises[0].Comment != said {
			t.Errorf("frozen with %q, the last that was accepted is %q, %v", frozen.Content.Promises[0].Comment, said, err)
		}
	})
}

func TestDesksOfTheWorld(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		w.Clock.MoveTo(period.On(2026, 3, 30))
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		kinds := func(name string) map[commitments.TaskKind]int {
			f, err := w.Ledger.Desk(ctx, w.People[name], w.Coast)
			if err != nil {
				t.Fatal(err)
			}
			n := map[commitments.TaskKind]int{}
			for _, x := range f.Tasks() {
				n[x.Kind]++
			}
			return n
		}
		if k := kinds("Karin"); k[commitments.TaskReport] != 1 || k[commitments.TaskNoDay] != 1 || k[commitments.TaskNobodies] != 1 || k[commitments.TaskNoSteps] != 0 {
			t.Errorf("the head: %v", k)
		}
		if k := kinds("Bo"); len(k) != 0 {
			t.Errorf("the auditor: %v", k)
		}
		if _, err := w.Ledger.Desk(ctx, w.People["Arne"], w.Coast); !errs.Is(err, errs.Forbidden) {
			t.Errorf("somebody from elsewhere: %v", err)
		}
		a := w.Activity(t, w.Coast, "Seminarium om bemötande")
		if err := w.Ledger.ReportActivity(ctx, w.People["Tyra"], w.Coast, a.ID, a.Version, commitments.Report{Account: "Det gick bra."}); err != nil {
			t.Fatal(err)
		}
		if k := kinds("Karin"); k[commitments.TaskReport] != 0 || k[commitments.TaskReview] != 1 {
			t.Errorf("the head, after the report: %v", k)
		}
		if k := kinds("Tyra"); k[commitments.TaskReview] != 0 || k[commitments.TaskOwnInReview] != 1 {
			t.Errorf("the colleague who reported: %v", k)
		}
		queue, err := w.Ledger.ReviewQueue(ctx, w.People["Karin"], w.Coast)
		if err != nil || len(queue) != 1 || len(queue[0].Promised) != 1 || queue[0].Promised[0].Wording != ledgertest.Wordings[0] || queue[0].Activity == nil || queue[0].Own {
			t.Fatalf("%v %+v", err, queue)
		}
		one, err := w.Ledger.ReviewOne(ctx, w.People["Tyra"], w.Coast, queue[0].ID)
		if err != nil || !one.Own || one.Alone {
			t.Errorf("%v %+v", err, one)
		}
		reminders, err := w.Ledger.Reminders(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reminders {
			if r.Person.Name == "Bo" {
				t.Error("the auditor is reminded")
			}
		}
		if err := w.Ledger.SaveDraft(ctx, w.People["Tyra"], "report:1", "account=Det+var"); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.SaveDraft(ctx, w.People["Tyra"], "report:1", "account=Det+var+bra"); err != nil {
			t.Fatal(err)
		}
		if d, err := w.Ledger.DraftOf(ctx, w.People["Tyra"], "report:1"); err != nil || d.Form != "account=Det+var+bra" {
			t.Error(d, err)
		}
		if d, err := w.Ledger.DraftOf(ctx, w.People["Karin"], "report:1"); err != nil || d.Form != "" {
			t.Error("somebody else's draft", d, err)
		}
		if err := w.Ledger.DropDraft(ctx, w.People["Tyra"], "report:1"); err != nil {
			t.Fatal(err)
		}
	})
}
