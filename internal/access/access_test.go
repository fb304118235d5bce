package access

import (
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"

	"pgregory.net/rapid"
)

func TestEveryListedActionHasARow(t *testing.T) {
	for _, act := range Actions {
		if _, ok := table[act]; !ok {
			t.Errorf("%s has no row", act)
		}
	}
	if len(Actions) != len(table) {
		t.Errorf("%d actions are listed, the table has %d", len(Actions), len(table))
	}
}

func TestAuditorChangesNothing(t *testing.T) {
	for _, act := range Actions {
		if For(act, actor.Auditor) != No && act != DeskRead && act != AssociationRead && act != AuditRead && act != BarrierRead && act != InitiativeRead && act != FollowupRead && act != EqualityRead && act != SurveyRead {
			t.Errorf("an auditor may %s", act)
		}
	}
}

func TestRightsDoNotCrossAssociations(t *testing.T) {
	here, there := id.New(), id.New()
	rapid.Check(t, func(t *rapid.T) {
		a := actor.Actor{Account: id.New(), Grants: []actor.Grant{{Association: here, Role: rapid.SampledFrom(actor.Roles[:]).Draw(t, "role")}}}
		act := rapid.SampledFrom(Actions[:]).Draw(t, "action")
		if err := Check(a, act, Object{Association: there, Owner: a.Account}); !errs.Is(err, errs.Forbidden) {
			t.Fatalf("%v in another association: %v", act, err)
		}
	})
}

// who is employed by the association never counts participants, and who counts does nothing in the association's name.
func TestCountingIsForThePartiesAlone(t *testing.T) {
	for _, r := range actor.Roles {
		for _, act := range Actions {
			switch {
			case (act == FollowupEnter || act == FollowupApprove) && For(act, r) != No && !r.Counts():
				t.Errorf("%s may %s", r, act)
			case r.Counts() && For(act, r) == Yes:
				t.Errorf("%s may %s for every initiative", r, act)
			case r.Counts() && For(act, r) != No && act != InitiativeRead && act != FollowupEnter && act != FollowupApprove && act != FollowupSheet:
				t.Errorf("%s may %s", r, act)
			}
		}
	}
}

func TestOwnReachesOnlyOwn(t *testing.T) {
	assoc := id.New()
	owner := actor.Actor{Account: id.New(), Grants: []actor.Grant{{Association: assoc, Role: actor.ActivityOwner}}}
	if err := Check(owner, ActivityReport, Object{Association: assoc, Owner: owner.Account}); err != nil {
		t.Error(err)
	}
	for name, o := range map[string]id.ID{"somebody else's": id.New(), "nobody's": id.None} {
		if err := Check(owner, ActivityReport, Object{Association: assoc, Owner: o}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s activity: %v", name, err)
		}
	}
	if err := CheckAny(owner, ActivityReport, assoc); err != nil {
		t.Errorf("the page with the list: %v", err)
	}
}

func TestVisitorIsAskedToLogIn(t *testing.T) {
	for _, act := range Actions {
		if err := Check(actor.Actor{}, act, Object{Association: id.New()}); !errs.Is(err, errs.Unauthorised) {
			t.Errorf("%s: %v", act, err)
		}
	}
	if err := Check(actor.Actor{}, Public, Object{}); err != nil {
		t.Error(err)
	}
}

func TestRefusalNamesWhoCanHelp(t *testing.T) {
	for _, act := range Actions {
		if len(Helpers(act)) == 0 && ForAdmin(act) != Yes {
			t.Errorf("nobody can help with %s", act)
		}
	}
}
