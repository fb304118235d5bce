package commitments_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// forEverybody are the operations that ask nobody who she is, and why they need not.
var forEverybody = map[string]string{
	"Account": "public account", "PublicPlan": "public account", "PublicDetails": "public account", "PublicPromise": "public account", "PublicPlanYears": "public account", "PublishedRounds": "public account", "PromisesInForce": "public account",
	"Changes": "public feed", "SetDates": "public calendar", "WordingsInForce": "public data", "PromiseHistory": "public history",
	"Declarations": "the portal", "DeclarationBySlug": "the portal", "DeclarationChanges": "the portal", "DeclarationAhead": "the portal", "DeclarationPage": "the portal", "Standings": "the portal", "Ahead": "the portal", "Together": "the portal",
	"OtherAssociations": "names on the portal", "LikeliestDeclaration": "compares with public declarations", "Replaceable": "public declarations", "Replaces": "compares with public promises",
	"Subscribe": "a visitor's own wish", "ConfirmSubscription": "a secret link", "Leave": "a secret link", "MayLeave": "a secret link",
	"Recompute": "a job", "RecomputeAll": "a job", "Remind": "a job", "Reminders": "a job", "SendConfirmation": "a job", "TellFollowers": "a job",
	"Today": "the calendar", "HourOf": "the calendar",
	"LogSources": "the public log checks itself", "LogAgrees": "the public log checks itself",
}

// narrowed are the operations that answer everybody and tell those outside less, or tell each only of herself.
var narrowed = map[string]string{
	"ActivityPage": "leaves out what is internal", "EvidenceFile": "accepted and public, or inside", "Round": "frozen and published, or inside", "FrozenJSON": "as Round",
	"OwnCalendar": "one's own", "DraftOf": "one's own", "DropDraft": "one's own",
}

// Every operation of the ledger asks the policy who may, or stands above with the reason why not. A new one must do one of the two.
func TestEveryOperationAsksThePolicy(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		service := reflect.ValueOf(w.Ledger)
		found := map[string]bool{}
		act := w.Activity(t, w.Coast, "Seminarium om bemötande")
		given := commitments.EvidenceFields{Target: commitments.Target{Activity: act.Ref()}, Kind: commitments.EvidenceAccount, Title: "Så gick det", Body: "Bra."}
		if err := w.Ledger.FileEvidence(t.Context(), w.People["Tyra"], w.Coast, given, "", nil); err != nil {
			t.Fatal(err)
		}
		evidence := w.Promise(t, w.Coast, 1).Evidence[0].ID
		real := map[reflect.Type]any{reflect.TypeFor[context.Context](): t.Context(), reflect.TypeOf(w.Coast): w.Coast, reflect.TypeOf(given): given, reflect.TypeFor[commitments.ActivityFields](): act.Fields(),
			reflect.TypeFor[commitments.SeriesRule](): commitments.SeriesRule{Every: 2, Unit: "week", Until: period.On(2026, 12, 1)}}
		for i := range service.NumMethod() {
			name, method := service.Type().Method(i).Name, service.Method(i)
			found[name] = true
			asks := false
			for k := range method.Type().NumIn() {
				asks = asks || method.Type().In(k) == reflect.TypeFor[actor.Actor]()
			}
			if asks == (forEverybody[name] != "") {
				t.Errorf("%s has an actor: %t, and is for everybody because %q", name, asks, forEverybody[name])
			}
			if !asks || narrowed[name] != "" {
				continue
			}
			for who, kind := range map[string]errs.Kind{"": errs.Unauthorised, "Arne": errs.Forbidden} {
				if name == "SaveDraft" && who != "" {
					continue // anybody who is logged in, of her own
				}
				args := make([]reflect.Value, method.Type().NumIn())
				for k := range args {
					args[k] = reflect.Zero(method.Type().In(k))
					switch in := method.Type().In(k); in {
					case reflect.TypeFor[actor.Actor]():
						args[k] = reflect.ValueOf(w.People[who])
					case reflect.TypeFor[id.ID](): // the right may depend on who answers for the thing, so it must be there
						args[k] = reflect.ValueOf(act.ID)
						if strings.Contains(name, "Evidence") {
							args[k] = reflect.ValueOf(evidence)
						}
					default:
						if v, ok := real[in]; ok {
							args[k] = reflect.ValueOf(v)
						}
					}
				}
				results := method.Call(args)
				err, _ := results[len(results)-1].Interface().(error)
				if errs.KindOf(err) != kind {
					t.Errorf("%s by %q: %v", name, who, err)
				}
			}
		}
		for _, list := range []map[string]string{forEverybody, narrowed} {
			for name := range list {
				if !found[name] {
					t.Errorf("there is no operation %s", name)
				}
			}
		}
	})
}

// An open round, and a frozen one that is not published, are for those who work with the association; a published one is everybody's.
func TestWhoReadsARound(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		karin := w.People["Karin"]
		w.Clock.MoveTo(period.On(2026, 5, 4))
		round, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Första tertialet", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 31)})
		if err != nil {
			t.Fatal(err)
		}
		look := func(when string, outside errs.Kind) {
			t.Helper()
			for name, kind := range map[string]errs.Kind{"": errs.Unauthorised, "Arne": errs.Forbidden, "Nils": 0, "Bo": 0} {
				inside := kind == 0
				if outside == 0 {
					kind = 0
				}
				page, err := w.Ledger.Round(ctx, w.People[name], w.Coast, round)
				if when != "open" {
					text, err := w.Ledger.FrozenJSON(ctx, w.People[name], w.Coast, round)
					if (kind == 0) != (err == nil) || kind != 0 && errs.KindOf(err) != kind {
						t.Errorf("%s, as a file by %q: %v", when, name, err)
					}
					if sum := sha256.Sum256([]byte(text)); err == nil && hex.EncodeToString(sum[:]) != page.SHA256 {
						t.Errorf("%s: the sum that %q is told is not that of the file", when, name)
					}
					if err == nil && strings.Contains(text, "Karin") != inside {
						t.Errorf("%s: the file of %q names who froze it: %t", when, name, !inside)
					}
				}
				if (kind == 0) != (err == nil) || kind != 0 && errs.KindOf(err) != kind {
					t.Errorf("%s, read by %q: %v", when, name, err)
				}
				if named := page.Content.FrozenBy != ""; when != "open" && err == nil && named != inside {
					t.Errorf("%s, %q reads who froze it: %t", when, name, named)
				}
			}
			if _, err := w.Ledger.Round(ctx, karin, w.Forest, round); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s, at another association: %v", when, err)
			}
		}
		version := func() int64 {
			p, err := w.Ledger.Round(ctx, karin, w.Coast, round)
			if err != nil {
				t.Fatal(err)
			}
			return p.Version
		}
		look("open", errs.Unauthorised)
		if err := w.Ledger.FreezeRound(ctx, karin, w.Coast, round, version()); err != nil {
			t.Fatal(err)
		}
		look("frozen", errs.Unauthorised)
		if err := w.Ledger.PublishRound(ctx, karin, w.Coast, round, version(), true); err != nil {
			t.Fatal(err)
		}
		look("published", 0)
	})
}

// What only those inside see is not given to others by any of the queries of internal pages.
func TestInternalQueriesAreForThoseInside(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		act := w.Activity(t, w.Coast, "Seminarium om bemötande")
		for name, kind := range map[string]errs.Kind{"": errs.Unauthorised, "Arne": errs.Forbidden, "Bo": 0, "Eva": 0} {
			who := w.People[name]
			for query, ask := range map[string]func() error{
				"Plan": func() error {
					_, err := w.Ledger.Plan(ctx, who, w.Coast, commitments.PlanFilter{Year: 2026})
					return err
				},
				"Activity":     func() error { _, err := w.Ledger.Activity(ctx, who, w.Coast, act.Ref()); return err },
				"FindActivity": func() error { _, err := w.Ledger.FindActivity(ctx, who, w.Coast, act.ID); return err },
				"Colleagues":   func() error { _, err := w.Ledger.Colleagues(ctx, who, w.Coast); return err },
				"Promise": func() error {
					_, err := w.Ledger.Promise(ctx, who, w.Coast, "gemensam-deklaration", 1, 2026)
					return err
				},
				"Rounds": func() error { _, err := w.Ledger.Rounds(ctx, who, w.Coast); return err },
			} {
				err := ask()
				if (kind == 0) != (err == nil) || kind != 0 && errs.KindOf(err) != kind {
					t.Errorf("%s by %q: %v", query, name, err)
				}
			}
		}
		// Of her own association's, Arne reads nothing of the coast's.
		if _, err := w.Ledger.Activity(ctx, w.People["Arne"], w.Forest, act.Ref()); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's activity through one's own association: %v", err)
		}
		if _, err := w.Ledger.FindActivity(ctx, w.People["Arne"], w.Forest, id.New()); !errs.Is(err, errs.NotFound) {
			t.Errorf("an activity that is not there: %v", err)
		}
	})
}
