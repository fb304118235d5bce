package commitments_test

import (
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
)

var (
	me, other = id.New(), id.New()
	today     = period.On(2026, time.November, 22)
)

func head(f commitments.DeskFacts) commitments.DeskFacts {
	f.Today, f.Person, f.Manages, f.Plans, f.Reports, f.Reviews = today, me, true, true, true, true
	return f
}

func line(a commitments.ActivityLine) commitments.DeskActivity {
	a.ID, a.PlanYear = id.New(), 2026
	return commitments.DeskActivity{ActivityLine: a}
}

func onDay(d period.Date, status commitments.Status, owner id.ID) commitments.DeskActivity {
	return line(commitments.ActivityLine{Title: "A", Status: status, DatePrecision: period.Day, FromOn: d, ToOn: d, OwnerID: owner})
}

func step(due period.Date, state string, responsible id.ID) commitments.DeskStep {
	return commitments.DeskStep{Milestone: commitments.Milestone{ID: id.New(), Title: "S", DueOn: due, State: state}, Number: 7, Responsible: responsible}
}

func evidence(status commitments.EvidenceStatus, by id.ID) commitments.DeskEvidence {
	return commitments.DeskEvidence{ID: id.New(), Title: "E", Status: status, FiledBy: by, FiledOn: today.AddDays(-1)}
}

func TestWhatIsOnADesk(t *testing.T) {
	type row struct {
		kind    commitments.TaskKind
		urgency commitments.TaskUrgency
	}
	late, due, todo, waiting := commitments.UrgencyLate, commitments.UrgencyDue, commitments.UrgencyTodo, commitments.UrgencyWaiting
	promise := func(p commitments.Pledge) commitments.Promise {
		p.ID = id.New()
		return commitments.Promise{Pledge: p, Title: "P"}
	}
	for name, tc := range map[string]struct {
		facts commitments.DeskFacts
		want  []row
	}{
		"nothing": {head(commitments.DeskFacts{}), nil},
		"a new association reads in its first document": {
			head(commitments.DeskFacts{ReadsIn: true}), []row{{"first_document", todo}}},
		"it has begun to": {
			head(commitments.DeskFacts{ReadsIn: true, Drafts: []commitments.Import{{ID: id.New(), FileName: "avtal.docx"}}}), []row{{"draft", todo}}},
		"somebody who may not read in is not asked to": {
			commitments.DeskFacts{Today: today, Person: me, Reviews: true, Drafts: []commitments.Import{{ID: id.New()}}}, nil},
		"a visitor waits for an answer": {
			commitments.DeskFacts{Today: today, Person: me, Answers: true, Barriers: []commitments.DeskBarrier{{AnswerBy: today.AddDays(14)}}}, []row{{"barrier", due}}},
		"she has waited too long": {
			commitments.DeskFacts{Today: today, Person: me, Answers: true, Barriers: []commitments.DeskBarrier{{AnswerBy: today.AddDays(-1)}}}, []row{{"barrier", late}}},
		"she has an answer and nothing is decided": {
			commitments.DeskFacts{Today: today, Person: me, Answers: true, Barriers: []commitments.DeskBarrier{{AnswerBy: today.AddDays(-9), Answered: true}}}, []row{{"barrier_open", todo}}},
		"who may not answer is not asked to": {
			commitments.DeskFacts{Today: today, Person: me, Barriers: []commitments.DeskBarrier{{AnswerBy: today}}}, nil},
		"my step is owed": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(-50), "no_evidence", me)}}), []row{{"step_owed", late}}},
		"nobody's step is owed": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(-50), "late", id.None)}}), []row{{"step_owed", late}}},
		"somebody else's step is owed": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(-50), "late", other)}}), nil},
		"a passed step that waits for review is not owed": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(-1), "limited", me)}}), nil},
		"a step is due this week": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(3), "not_started", me)}}), []row{{"step_due", due}}},
		"a step is due in two weeks": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(13), "not_started", me)}}), []row{{"step_due", todo}}},
		"a step is far ahead": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(15), "not_started", me)}}), nil},
		"a step is shown to be done": {
			head(commitments.DeskFacts{Steps: []commitments.DeskStep{step(today.AddDays(-9), "complete", me)}}), nil},

		"an activity was the day before yesterday": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(-2), commitments.Confirmed, me)}}), []row{{"report", due}}},
		"an activity passed ten days ago": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(-10), commitments.Planned, id.None)}}), []row{{"report", late}}},
		"somebody else's activity passed": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(-10), commitments.Planned, other)}}), nil},
		"an activity is near and only planned": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(5), commitments.Planned, me)}}), []row{{"confirm", due}}},
		"an activity is near and confirmed": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(5), commitments.Confirmed, me)}}), nil},
		"done and cancelled activities ask for nothing": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{onDay(today.AddDays(-5), commitments.Done, me), onDay(today.AddDays(-5), commitments.Cancelled, me)}}), nil},
		"a postponed activity": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{line(commitments.ActivityLine{Status: commitments.Postponed, DatePrecision: period.NotSet})}}), []row{{"postponed", todo}}},
		"two days are not set": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{
				line(commitments.ActivityLine{Status: commitments.Planned, DatePrecision: period.NotSet}), line(commitments.ActivityLine{Status: commitments.Planned, DatePrecision: period.NotSet})}}),
			[]row{{"no_day", todo}, {"no_day", todo}}},
		"three days are not set: one row": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{
				line(commitments.ActivityLine{Status: commitments.Planned, DatePrecision: period.NotSet}), line(commitments.ActivityLine{Status: commitments.Planned, DatePrecision: period.NotSet}),
				line(commitments.ActivityLine{Status: commitments.Planned, DatePrecision: period.NotSet})}}),
			[]row{{"no_days", todo}}},
		"others have not answered": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{func() commitments.DeskActivity {
				a := onDay(today.AddDays(40), commitments.Planned, me)
				a.Silent = []scope.Association{{ShortName: "Skogsbygden"}}
				return a
			}()}}), []row{{"others_answer", waiting}}},
		"a follow-up day has come": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{func() commitments.DeskActivity {
				a := onDay(today.AddDays(-90), commitments.Done, me)
				a.FollowUpOn, a.LastFiled = today, today.AddDays(-80)
				return a
			}()}}), []row{{"follow_up", due}}},
		"something was filed after the follow-up day": {
			head(commitments.DeskFacts{Activities: []commitments.DeskActivity{func() commitments.DeskActivity {
				a := onDay(today.AddDays(-90), commitments.Done, me)
				a.FollowUpOn, a.LastFiled = today.AddDays(-3), today.AddDays(-1)
				return a
			}()}}), nil},

		"evidence of others waits":     {head(commitments.DeskFacts{Evidence: []commitments.DeskEvidence{evidence(commitments.Filed, other)}}), []row{{"review", due}}},
		"my evidence waits for others": {head(commitments.DeskFacts{Evidence: []commitments.DeskEvidence{evidence(commitments.Filed, me)}}), []row{{"own_in_review", waiting}}},
		"my evidence, and I am alone":  {head(commitments.DeskFacts{Alone: true, Evidence: []commitments.DeskEvidence{evidence(commitments.Filed, me)}}), []row{{"review", due}}},
		"my evidence was returned":     {head(commitments.DeskFacts{Evidence: []commitments.DeskEvidence{evidence(commitments.Returned, me)}}), []row{{"returned", due}}},
		"others' evidence was returned": {
			head(commitments.DeskFacts{Evidence: []commitments.DeskEvidence{evidence(commitments.Returned, other)}}), nil},

		"a promise without responsible person and steps": {
			head(commitments.DeskFacts{Promises: []commitments.Promise{promise(commitments.Pledge{Verifiable: true})}}), []row{{"nobody", todo}, {"no_steps", todo}}},
		"three promises nobody answers for: one row": {
			head(commitments.DeskFacts{Promises: []commitments.Promise{promise(commitments.Pledge{Verifiable: true, StepsTotal: 1}), promise(commitments.Pledge{Verifiable: true, StepsTotal: 1}), promise(commitments.Pledge{Verifiable: true, StepsTotal: 1})}}),
			[]row{{"nobodies", todo}}},
		"a new wording that is hard to verify": {
			head(commitments.DeskFacts{Promises: []commitments.Promise{promise(commitments.Pledge{ResponsibleID: me, StepsTotal: 1, AdoptedOn: today.AddDays(-3)})}}), []row{{"hard_to_verify", todo}}},
		"it is said while it is new": {
			head(commitments.DeskFacts{Promises: []commitments.Promise{promise(commitments.Pledge{ResponsibleID: me, StepsTotal: 1, AdoptedOn: today.AddDays(-31)})}}), nil},
		"replaced promises ask for nothing": {
			head(commitments.DeskFacts{Promises: []commitments.Promise{promise(commitments.Pledge{State: "replaced", AdoptedOn: today})}}), nil},

		"a round closes": {
			head(commitments.DeskFacts{Rounds: []commitments.DeskRound{{ClosesOn: today.AddDays(6)}}}), []row{{"round", due}}},
		"a round should be closed": {
			head(commitments.DeskFacts{Rounds: []commitments.DeskRound{{ClosesOn: today.AddDays(-1)}}}), []row{{"round", late}}},
		"an invitation": {
			head(commitments.DeskFacts{Invitations: []commitments.DeskInvitation{{}}}), []row{{"invitation", todo}}},

		"what is late comes first, then this week, then the rest, then what others do": {
			head(commitments.DeskFacts{
				Steps:       []commitments.DeskStep{step(today.AddDays(3), "not_started", me), step(today.AddDays(-50), "late", me)},
				Evidence:    []commitments.DeskEvidence{evidence(commitments.Filed, me)},
				Invitations: []commitments.DeskInvitation{{}},
				Activities:  []commitments.DeskActivity{onDay(today.AddDays(-80), commitments.Planned, me)},
			}),
			[]row{{"report", late}, {"step_owed", late}, {"step_due", due}, {"invitation", todo}, {"own_in_review", waiting}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []row
			for _, x := range tc.facts.Tasks() {
				got = append(got, row{x.Kind, x.Urgency})
			}
			if len(got) != len(tc.want) {
				t.Fatalf("got %v, want %v", got, tc.want)
			}
			for i := range got {
				if got[i] != tc.want[i] {
					t.Fatalf("got %v, want %v", got, tc.want)
				}
			}
		})
	}
}

func TestSomebodyWithoutRightsHasNothingToDo(t *testing.T) {
	f := commitments.DeskFacts{Today: today, Person: me,
		Steps:       []commitments.DeskStep{step(today.AddDays(-50), "late", id.None)},
		Activities:  []commitments.DeskActivity{onDay(today.AddDays(-10), commitments.Planned, id.None)},
		Evidence:    []commitments.DeskEvidence{evidence(commitments.Filed, other)},
		Invitations: []commitments.DeskInvitation{{}},
		Promises:    []commitments.Promise{{}},
		Rounds:      []commitments.DeskRound{{ClosesOn: today}}}
	if got := f.Tasks(); len(got) != 0 {
		t.Errorf("an auditor has %d tasks: %v", len(got), got)
	}
}

func TestTheAnnualCycle(t *testing.T) {
	var keys []string
	for _, d := range commitments.AnnualCycle(2027) {
		keys = append(keys, d.Key+" "+d.On.String())
	}
	want := []string{"annual_report 2027-03-31", "board_term 2027-04-01", "vat 2027-06-30", "consultation 2027-10-31", "budget 2027-11-30"}
	if len(keys) != len(want) {
		t.Fatal(keys)
	}
	for i := range want {
		if keys[i] != want[i] {
			t.Errorf("%s, want %s", keys[i], want[i])
		}
	}
	next := commitments.NextDeadlines(period.On(2026, time.November, 30), 3)
	if len(next) != 3 || next[0].Key != "budget" || next[1].Key != "annual_report" || next[2].Key != "board_term" {
		t.Errorf("after the day of the budget: %+v", next)
	}
}
