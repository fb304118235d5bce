// Package actor describes who acts: a person with roles in associations, a visitor, or the program itself. It holds facts only;
// what they allow is decided in package access.
package actor

import "samklang/internal/core/id"

// Role is what a person is in an association (finsam.md 2.2). Codes are stored.
type Role string

const (
	Head          Role = "head"           // förbundschef
	Office        Role = "office"         // kansli
	BoardMember   Role = "board"          // ledamot eller ersättare i styrelsen
	PrepGroup     Role = "prep"           // beredningsgrupp
	Auditor       Role = "auditor"        // revisor: reads everything, changes nothing
	ActivityOwner Role = "activity_owner" // answers for activities at a partner

	InitiativeLead  Role = "initiative_lead"  // insatsansvarig: answers for initiatives at a party
	InitiativeStaff Role = "initiative_staff" // insatsmedarbetare: works in initiatives, employed by a party
)

// Roles lists every role, the one with the widest rights first.
var Roles = [...]Role{Head, Office, BoardMember, PrepGroup, Auditor, ActivityOwner, InitiativeLead, InitiativeStaff}

// Counts tells whether the role counts participants. The associations' own employees may not: the act keeps them from serving
// individuals, and the national follow-up keeps the two apart.
func (r Role) Counts() bool { return r == InitiativeLead || r == InitiativeStaff }

// Employed tells whether the role is that of an employee of the association.
func (r Role) Employed() bool { return r == Head || r == Office }

// Action is something a person may or may not do; package access lists them all.
type Action string

// Grant is a role that is valid today in one association.
type Grant struct {
	Association id.ID
	Role        Role
}

// Actor is who asks. The zero Actor is a visitor who has not logged in.
type Actor struct {
	Account id.ID
	Name    string
	Admin   bool // administrator of the installation
	System  bool // the program itself: jobs, start-up, command line
	Grants  []Grant
}

// SystemActor acts for the program itself, in jobs and on the command line.
var SystemActor = Actor{Name: "Samklang", System: true}

// LoggedIn tells whether the actor is a known person.
func (a Actor) LoggedIn() bool { return a.Account != id.None }

// Has tells whether the actor has the role in the association.
func (a Actor) Has(association id.ID, r Role) bool {
	for _, g := range a.Grants {
		if g.Association == association && g.Role == r {
			return true
		}
	}
	return false
}

// In tells whether the actor has any role in the association.
func (a Actor) In(association id.ID) bool {
	for _, g := range a.Grants {
		if g.Association == association {
			return true
		}
	}
	return false
}
