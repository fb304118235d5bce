package commitments_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

func each(t *testing.T, fn func(t *testing.T, w *ledgertest.World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		fn(t, w)
	})
}

// From the plan to a kept promise: report, review, and what the calendar does by itself.
func TestAPromiseFollowsEvidenceAndCalendar(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		seminar := w.Activity(t, w.Coast, "Seminarium om bemötande")
		n := int64(146)
		w.Clock.MoveTo(period.On(2026, 3, 12))
		err := w.Ledger.ReportActivity(ctx, w.People["Tyra"], w.Coast, seminar.ID, seminar.Version, commitments.Report{Account: "Vi talade om bemötande.", Reached: &n, ReachedHow: commitments.ReachedCounted, Completes: true})
		if err != nil {
			t.Fatal(err)
		}
		if p := w.Promise(t, w.Coast, 1); p.State != "limited" || len(p.Evidence) != 1 {
			t.Fatalf("after the report: %s, %d pieces of evidence", p.State, len(p.Evidence))
		}
		if acc, err := w.Ledger.Account(ctx, w.Coast, 2026); err != nil || acc.Figures.Reached != 0 || acc.Figures.ReachedFrom != 0 || acc.Figures.Done != 1 {
			t.Errorf("before the review the public account counts %+v, %v", acc.Figures, err)
		}
		if p := w.Promise(t, w.Coast, 1); p.Reached != 0 {
			t.Errorf("before the review the promise has reached %d", p.Reached)
		}
		e := w.Promise(t, w.Coast, 1).Evidence[0]
		if err := w.Ledger.ReviewEvidence(ctx, w.People["Tyra"], w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true}); !errs.Is(err, errs.Refused) {
			t.Errorf("reviewing one's own: %v", err)
		}
		if err := w.Ledger.ReviewEvidence(ctx, w.People["Bo"], w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the auditor reviews: %v", err)
		}
		if err := w.Ledger.ReviewEvidence(ctx, w.People["Karin"], w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true, Public: true}); err != nil {
			t.Fatal(err)
		}
		if a := w.Activity(t, w.Coast, "Seminarium om bemötande"); a.State != "complete" || a.Status != commitments.Done {
			t.Errorf("the activity is %s, %s", a.State, a.Status)
		}
		p := w.Promise(t, w.Coast, 1)
		if p.StepsDone != 1 || p.StepsTotal != 3 || p.State != "limited" {
			t.Errorf("%d of %d, %s", p.StepsDone, p.StepsTotal, p.State)
		}
		w.Clock.MoveTo(period.On(2026, 9, 25))
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		p = w.Promise(t, w.Coast, 1)
		if p.State != "late" || p.OverdueSince != period.On(2026, time.September, 24) {
			t.Errorf("after the democracy day: %s since %v", p.State, p.OverdueSince)
		}
		if three := w.Promise(t, w.Coast, 3); three.State != "no_evidence" {
			t.Errorf("promise 3, whose spring has passed: %s", three.State)
		}
		acc, err := w.Ledger.Account(ctx, w.Coast, 2026)
		if err != nil {
			t.Fatal(err)
		}
		if acc.Figures.Reached != 146 || acc.Figures.Activities != 4 || acc.Figures.Overdue != 3 || acc.Promises[0].Number != 3 {
			t.Errorf("figures %+v, first promise %d", acc.Figures, acc.Promises[0].Number)
		}
		if n, err := w.Ledger.Recompute(ctx); n != 0 || err != nil {
			t.Errorf("a second run on the same day changed %d, %v", n, err)
		}
	})
}

func TestAJointActivityIsCountedOnceAndServesBoth(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		day := w.Activity(t, w.Coast, "Demokratidag")
		f := day.Fields()
		f.Organisers = append(f.Organisers, w.Forest.ID)
		if err := w.Ledger.EditActivity(ctx, w.People["Karin"], w.Coast, day.ID, day.Version, f); err != nil {
			t.Fatal(err)
		}
		mine := w.Promise(t, w.Forest, 1)
		err := w.Ledger.AnswerInvitation(ctx, w.People["Arne"], w.Forest, day.Ref(), true, []commitments.ServingFields{{Pledge: mine.ID, How: "Vi håller i ett pass."}})
		if err != nil {
			t.Fatal(err)
		}
		if p := w.Promise(t, w.Forest, 1); len(p.Activities) != 1 || p.StepsTotal != 1 || p.Activities[0].Organisers != 2 {
			t.Errorf("the forest's promise: %+v", p.Activities)
		}
		day = w.Activity(t, w.Coast, "Demokratidag")
		if err := w.Ledger.EditActivity(ctx, w.People["Karin"], w.Coast, day.ID, day.Version, day.Fields()); err != nil {
			t.Fatal(err)
		}
		if p := w.Promise(t, w.Forest, 1); len(p.Activities) != 1 {
			t.Error("the coast's edit took away what the forest had said")
		}
		if err := w.Ledger.MoveActivity(ctx, w.People["Arne"], w.Forest, day.ID, day.Version, period.OnDay(period.On(2026, 10, 1)), 0); !errs.Is(err, errs.NotFound) {
			t.Errorf("the forest moves the coast's activity: %v", err)
		}
	})
}

func TestAnOfficeOfOneReviewsItsOwnVisibly(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		p := w.Promise(t, w.Forest, 2)
		err := w.Ledger.FileEvidence(ctx, w.People["Arne"], w.Forest, commitments.EvidenceFields{Target: commitments.Target{Pledge: p.ID}, Kind: commitments.EvidenceAccount, Title: "Samtal", Body: "Vi har samtalat.", Completes: true}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		e := w.Promise(t, w.Forest, 2).Evidence[0]
		if err := w.Ledger.ReviewEvidence(ctx, w.People["Arne"], w.Forest, e.ID, e.Version, commitments.Verdict{Accept: true}); err != nil {
			t.Fatal(err)
		}
		if e := w.Promise(t, w.Forest, 2).Evidence[0]; !e.OwnReview || e.Status != commitments.Accepted {
			t.Errorf("%+v", e)
		}
	})
}

func TestAnAdoptedWordingIsSupersededNotEdited(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		p := w.Promise(t, w.Coast, 2)
		new := commitments.Supersession{Wording: "Föra en öppen dialog i alla möten och följa upp den varje år.", Reason: "Styrelsen ville kunna följa upp.", Decision: "§ 12/2026"}
		if err := w.Ledger.SupersedeWording(ctx, w.People["Karin"], w.Coast, p.ID, p.Version, new); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.SupersedeWording(ctx, w.People["Tyra"], w.Coast, p.ID, p.Version, new); !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.Invalid) {
			t.Errorf("on an old version: %v", err)
		}
		p = w.Promise(t, w.Coast, 2)
		if len(p.Wordings) != 2 || p.Wording().Wording != new.Wording || p.Wordings[1].Wording != ledgertest.Wordings[1] {
			t.Errorf("%+v", p.Wordings)
		}
		if other := w.Promise(t, w.Forest, 2); other.WordingVersion != 1 || len(other.Others) != 1 || other.Others[0].Same {
			t.Errorf("the forest's promise: version %d, others %+v", other.WordingVersion, other.Others)
		}
		if _, err := w.DB.Writer().Exec("UPDATE wordings SET wording = 'x'"); err == nil {
			t.Error("the database let a wording be changed")
		}
	})
}

func TestPlanning(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		karin := w.People["Karin"]
		a := w.Activity(t, w.Coast, "Seminarium om barnrätt")
		if err := w.Ledger.MoveActivity(ctx, karin, w.Coast, a.ID, a.Version, period.InMonth(2026, time.May), 0); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.MoveActivity(ctx, karin, w.Coast, a.ID, a.Version, period.InMonth(2026, time.June), 0); !errs.Is(err, errs.Conflict) {
			t.Errorf("on an old version: %v", err)
		}
		if p := w.Promise(t, w.Coast, 1); p.NextOn != period.On(2026, 3, 12) {
			t.Errorf("next is %v", p.NextOn)
		}
		b := w.Activity(t, w.Coast, "Genomgång av avtal")
		if err := w.Ledger.CancelActivity(ctx, karin, w.Coast, b.ID, b.Version, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("cancelled without a reason: %v", err)
		}
		if err := w.Ledger.CancelActivity(ctx, karin, w.Coast, b.ID, b.Version, "Inga avtal löper ut."); err != nil {
			t.Fatal(err)
		}
		if p := w.Promise(t, w.Coast, 3); p.StepsTotal != 0 || len(p.Activities) != 1 {
			t.Errorf("a cancelled activity is shown and is no step: %d steps, %d activities", p.StepsTotal, len(p.Activities))
		}
		if _, err := w.Ledger.CopyActivity(ctx, karin, w.Coast, w.Activity(t, w.Coast, "Demokratidag").ID, 1); err != nil {
			t.Fatal(err)
		}
		next, err := w.Ledger.Plan(ctx, actor.SystemActor, w.Coast, commitments.PlanFilter{Year: 2027})
		if err != nil || len(next) != 1 || next[0].FromOn != period.On(2027, 9, 24) {
			t.Errorf("next year's plan: %+v, %v", next, err)
		}
		f := a.Fields()
		f.Title, f.When, f.OwnerID = "Inkluderingsfika", period.OnDay(period.On(2026, 2, 3)), w.People["Eva"].Account
		n, err := w.Ledger.PlanSeries(ctx, w.People["Eva"], w.Coast, f, commitments.SeriesRule{Every: 2, Unit: "week", Until: period.On(2026, 6, 30)})
		if err != nil || n != 11 {
			t.Errorf("series: %d, %v", n, err)
		}
		f.OwnerID = karin.Account
		if _, err := w.Ledger.PlanActivity(ctx, w.People["Eva"], w.Coast, f); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an activity owner plans for somebody else: %v", err)
		}
	})
}

func TestANewDeclarationTakesThePlaceOfAnEarlierOne(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		w.Clock.MoveTo(period.On(2027, 1, 15))
		ref, err := w.Ledger.Adopt(ctx, w.People["Karin"], w.Coast, commitments.Adoption{Title: "Gemensam deklaration 2027", Supersedes: w.Adopted, Promises: []commitments.AdoptedPromise{
			{Number: 1, Wording: "Hålla minst sex öppna kunskapsseminarier om likabehandling under 2027 för medarbetare, chefer och politiker."},
			{Number: 2, Wording: "Bjuda in föreningslivet till insatserna."},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := w.Ledger.DeclarationPage(ctx, ref); err != nil || d.Edition != 2 || d.SupersedesID != w.Adopted.ID {
			t.Errorf("edition %d, supersedes %v, %v", d.Edition, d.SupersedesID, err)
		}
		old, kept := w.Promise(t, w.Coast, 1), w.Promise(t, w.Coast, 2)
		if old.State != "replaced" || old.ReplacedBy == nil || old.ReplacedBy.Slug != "gemensam-deklaration-2027" {
			t.Errorf("the earlier promise is %s, by %+v", old.State, old.ReplacedBy)
		}
		if kept.State == "replaced" {
			t.Error("a promise that is not in the new declaration was replaced")
		}
		if theirs := w.Promise(t, w.Forest, 1); theirs.State == "replaced" {
			t.Error("another association's promise was replaced")
		}
	})
}

func TestAChangedPatienceIsHeeded(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		err := w.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return w.Ledger.RecomputeAll(ctx, tx, w.Coast.ID) })
		if err != nil {
			t.Fatal(err)
		}
		if j := w.Jobs[len(w.Jobs)-1]; j.Kind != commitments.JobRecompute {
			t.Errorf("the last job is %+v", j)
		}
		due, err := w.DB.Read().NewSelect().Model((*commitments.Pledge)(nil)).Where("association_id = ?", w.Coast.ID).Where("recompute_on <= ?", w.Ledger.Today()).Count(ctx)
		if err != nil || int(due) != len(ledgertest.Wordings) {
			t.Errorf("%d pledges are due, %v", due, err)
		}
	})
}

func TestADeclarationIsExplainedByTheAssociationThatKeepsIt(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		p := w.Promise(t, w.Coast, 1)
		about := commitments.About{Simple: "Åtta löften.", English: "Eight promises."}
		if err := w.Ledger.EditAbout(ctx, w.People["Arne"], w.Forest, p.DeclarationID, 1, about); !errs.Is(err, errs.NotFound) {
			t.Errorf("an association that only signed explains it: %v", err)
		}
		if err := w.Ledger.EditAbout(ctx, w.People["Bo"], w.Coast, p.DeclarationID, 1, about); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the auditor explains it: %v", err)
		}
		if err := w.Ledger.EditAbout(ctx, w.People["Karin"], w.Coast, p.DeclarationID, 1, about); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.EditAbout(ctx, w.People["Tyra"], w.Coast, p.DeclarationID, 1, commitments.About{}); !errs.Is(err, errs.Conflict) {
			t.Errorf("over what somebody else wrote meanwhile: %v", err)
		}
		d, err := w.Ledger.DeclarationBySlug(ctx, p.Slug)
		if err != nil || d.AboutSimple != about.Simple || d.AboutEn != about.English || d.Preamble == about.Simple {
			t.Errorf("%+v, %v", d.Declaration, err)
		}
	})
}

// What is told of besides the plan, and nobody has looked at yet, moves nothing in public and tells nobody.
func TestUnreviewedEvidenceBesidesThePlanCountsForNothing(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		before := w.Promise(t, w.Coast, 1)
		file := func(completes bool) commitments.EvidenceLine {
			t.Helper()
			err := w.Ledger.FileEvidence(ctx, w.People["Tyra"], w.Coast, commitments.EvidenceFields{Target: commitments.Target{Pledge: before.ID}, Kind: commitments.EvidenceAccount, Title: "Samtal", Body: "Vi har samtalat.", Completes: completes}, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range w.Promise(t, w.Coast, 1).Evidence {
				if e.Status == commitments.Filed {
					return e
				}
			}
			t.Fatal("what was filed is not there")
			return commitments.EvidenceLine{}
		}
		accept := func(e commitments.EvidenceLine) {
			t.Helper()
			if err := w.Ledger.ReviewEvidence(ctx, w.People["Karin"], w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true}); err != nil {
				t.Fatal(err)
			}
		}
		steps := func(when string, total, done int64) {
			t.Helper()
			if p := w.Promise(t, w.Coast, 1); p.StepsTotal != total || p.StepsDone != done {
				t.Errorf("%s: %d of %d steps, want %d of %d", when, p.StepsDone, p.StepsTotal, done, total)
			}
		}
		e := file(false)
		steps("filed", before.StepsTotal, before.StepsDone)
		accept(e)
		steps("partly accepted", before.StepsTotal, before.StepsDone)
		accept(file(true))
		steps("accepted", before.StepsTotal+1, before.StepsDone+1)
	})
}

// The adopted text stands in the database as it was adopted, also for a programmer with a database client; what explains it may change.
func TestAdoptedTextCannotBeChangedInTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		for statement, refused := range map[string]bool{
			"UPDATE commitments SET wording = 'Vi lovar ingenting.'": true,
			"UPDATE commitments SET number = number + 100":           true,
			"DELETE FROM commitments":                                true,
			"UPDATE declarations SET title = 'Något annat'":          true,
			"UPDATE declarations SET preamble = 'Något annat'":       true,
			"DELETE FROM declarations":                               true,
			"UPDATE wordings SET wording = 'Vi lovar ingenting.'":    true,
			"UPDATE commitments SET title = 'Kort'":                  false,
			"UPDATE declarations SET about_en = 'Short'":             false,
		} {
			if _, err := w.DB.Writer().Exec(statement); (err != nil) != refused || refused && !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}
