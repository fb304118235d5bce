package commitments_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// shared plans the coast's democracy day together with the forest, which has not answered yet.
func shared(t *testing.T, w *ledgertest.World) commitments.ActivityView {
	t.Helper()
	day := w.Activity(t, w.Coast, "Demokratidag")
	f := day.Fields()
	f.Organisers, f.Notes = []id.ID{w.Forest.ID}, "Lokalen är för dyr."
	if err := w.Ledger.EditActivity(t.Context(), w.People["Karin"], w.Coast, day.ID, day.Version, f); err != nil {
		t.Fatal(err)
	}
	return w.Activity(t, w.Coast, "Demokratidag")
}

func TestNothingReachesOthersPagesBeforeTheySayYes(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		day := shared(t, w)
		public := func() (n int, held int64) {
			t.Helper()
			list, err := w.Ledger.PublicPlan(ctx, w.Forest, commitments.PlanFilter{Year: 2026})
			if err != nil {
				t.Fatal(err)
			}
			acc, err := w.Ledger.Account(ctx, w.Forest, 2026)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Ledger.ActivityPage(ctx, actor.Actor{}, w.Forest, day.ID)
			if shown := err == nil; len(list) != len(acc.Next) || int64(len(list)) != acc.Figures.Activities || shown != (len(list) == 1) {
				t.Errorf("plan %d, next %d, figures %d, page %v", len(list), len(acc.Next), acc.Figures.Activities, err)
			}
			coast, err := w.Ledger.ActivityPage(ctx, actor.Actor{}, w.Coast, day.ID)
			if err != nil {
				t.Fatal(err)
			}
			return len(list), int64(len(coast.Organisers))
		}
		if n, held := public(); n != 0 || held != 1 {
			t.Errorf("asked: %d on the forest's page, %d hold it", n, held)
		}
		file := func() error {
			return w.Ledger.FileEvidence(ctx, w.People["Arne"], w.Forest, commitments.EvidenceFields{Target: commitments.Target{Activity: day.Ref()}, Kind: commitments.EvidenceAccount,
				Title: "Dagen", Body: "Den hölls.", Completes: true}, "", nil)
		}
		if err := file(); !errs.Is(err, errs.NotFound) {
			t.Errorf("evidence for what one was only asked to hold: %v", err)
		}
		if v := w.Activity(t, w.Forest, "Demokratidag"); v.Notes != "" {
			t.Error("the forest reads the coast's notes")
		}
		if v := w.Activity(t, w.Coast, "Demokratidag"); v.Notes == "" {
			t.Error("the coast does not read its own notes")
		}
		if err := w.Ledger.AnswerInvitation(ctx, w.People["Arne"], w.Forest, day.Ref(), true, nil); err != nil {
			t.Fatal(err)
		}
		if n, held := public(); n != 1 || held != 2 {
			t.Errorf("said yes: %d on the forest's page, %d hold it", n, held)
		}
		if err := file(); err != nil {
			t.Errorf("evidence for what one holds: %v", err)
		}
		if err := w.Ledger.AnswerInvitation(ctx, w.People["Arne"], w.Forest, day.Ref(), false, nil); err != nil {
			t.Fatal(err)
		}
		if n, held := public(); n != 0 || held != 1 {
			t.Errorf("said no: %d on the forest's page, %d hold it", n, held)
		}
		if err := file(); !errs.Is(err, errs.NotFound) {
			t.Errorf("evidence for what one declined: %v", err)
		}
		if err := w.Ledger.AnswerInvitation(ctx, w.People["Karin"], w.Coast, day.Ref(), false, nil); !errs.Is(err, errs.NotFound) {
			t.Errorf("the home declines its own activity: %v", err)
		}
	})
}

func TestChoicesMustBeOfTheAssociation(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		karin := w.People["Karin"]
		day := w.Activity(t, w.Coast, "Demokratidag")
		theirs := w.Promise(t, w.Forest, 1)
		for name, change := range map[string]func(*commitments.ActivityFields){
			"somebody else's colleague answers": func(f *commitments.ActivityFields) { f.OwnerID = w.People["Arne"].Account },
			"nobody's account answers":          func(f *commitments.ActivityFields) { f.OwnerID = id.New() },
			"an association that is not there":  func(f *commitments.ActivityFields) { f.Organisers = []id.ID{id.New()} },
			"another association's promise": func(f *commitments.ActivityFields) {
				f.Serves = append(f.Serves, commitments.ServingFields{PledgeAssociation: w.Coast.ID, Pledge: theirs.ID})
			},
		} {
			f := day.Fields()
			change(&f)
			if err := w.Ledger.EditActivity(ctx, karin, w.Coast, day.ID, day.Version, f); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		p := w.Promise(t, w.Coast, 1)
		fields := commitments.PledgeFields{Responsible: w.People["Arne"].Account, Ambition: p.Ambition}
		if err := w.Ledger.EditPledge(ctx, karin, w.Coast, p.ID, p.Version, fields); !errs.Is(err, errs.Invalid) {
			t.Errorf("the forest's head answers for the coast's promise: %v", err)
		}
		fields.Responsible = w.People["Tyra"].Account
		if err := w.Ledger.EditPledge(ctx, karin, w.Coast, p.ID, p.Version, fields); err != nil {
			t.Errorf("a colleague: %v", err)
		}
	})
}

func TestWhatIsNoDeclarationIsRefusedAndNothingKept(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx, karin := t.Context(), w.People["Karin"]
		var b strings.Builder
		b.WriteString("Deklaration för demokrati\n\nVi lovar att:\n\n")
		for i := range 1000 {
			fmt.Fprintf(&b, "- hålla minst %d seminarier om likabehandling, nummer %d.\n", i%7+2, i)
		}
		if _, err := w.Ledger.StartImport(ctx, karin, w.Coast, "lista.txt", strings.NewReader(b.String()), 2026); !errs.Is(err, errs.TooLarge) {
			t.Errorf("a thousand promises: %v", err)
		}
		if list, err := w.Ledger.Imports(ctx, karin, w.Coast); err != nil || len(list) != 0 {
			t.Errorf("%d imports, %v", len(list), err)
		}
	})
}

// Reviews of different steps of one promise at the same moment: the promise counts all of them.
func TestReviewsAtTheSameTimeAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		p := w.Promise(t, w.Coast, 2)
		const steps = 8
		for i := range steps {
			m, err := w.Ledger.AddMilestone(ctx, w.People["Karin"], w.Coast, p.ID, "Steg", period.On(2026, time.May, 1+i))
			if err != nil {
				t.Fatal(err)
			}
			err = w.Ledger.FileEvidence(ctx, w.People["Tyra"], w.Coast, commitments.EvidenceFields{Target: commitments.Target{Milestone: m}, Kind: commitments.EvidenceAccount, Title: "Gjort", Body: "Det är gjort.", Completes: true}, "", nil)
			if err != nil {
				t.Fatal(err)
			}
		}
		before := w.Promise(t, w.Coast, 2)
		waiting := slices.DeleteFunc(before.Evidence, func(e commitments.EvidenceLine) bool { return e.Status != commitments.Filed })
		var wg sync.WaitGroup
		for _, e := range waiting {
			wg.Go(func() {
				if err := w.Ledger.ReviewEvidence(ctx, w.People["Karin"], w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if after := w.Promise(t, w.Coast, 2); len(waiting) != steps || after.StepsDone != before.StepsDone+steps {
			t.Errorf("%d reviewed, done %d before and %d after", len(waiting), before.StepsDone, after.StepsDone)
		}
	})
}
