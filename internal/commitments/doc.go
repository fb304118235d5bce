// Package commitments is the promise ledger. An association signs a declaration, alone or with others; the declaration holds
// numbered commitments (åtaganden, on screen "löften"); each signing association answers for its own share, a pledge, with its
// wording, responsible person, period, milestones and state. Activities are what is done for pledges, evidence shows that it was
// done, and follow-up rounds freeze what was known at a time.
//
// Three rules hold everywhere: an adopted wording is superseded and never edited; a state is computed (package progress) and never
// typed; an activity that several associations share is one row and counted once. No participant is named anywhere here: the law
// lets an association finance and follow up, not keep registers of those who take part (lag 2003:1210 7 §).
package commitments
