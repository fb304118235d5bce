// Package followup holds what the parties count in the initiatives an association finances: how many began, took part and left in each half-year
// or month, by sex, age, municipality, support, referral, the first job-focused step, occupation and reason for leaving (the code lists of the
// national follow-up that closed in 2023, SUS).
//
// There is no register of participants and there cannot be one: § 7 of the Finsam act keeps the association from serving individuals, and the data
// protection authority stopped one association in 2016. A count card adds to a number and is gone. What is stored is numbers in cells, per
// initiative and period; no row per person, no time of a card, no name on a cell. The trail of changes says who reported how many in a period.
//
// Those who work in an initiative see its raw numbers. The association's office sees what was approved at the party, accepted, and has passed
// package disclosure, and nothing else.
package followup

import "embed"

// Locale holds the texts of this package's errors and codes.
//
//go:embed locale
var Locale embed.FS
