// Package initiatives keeps the initiatives (insatser) that an association finances under § 7 of the Finsam act (lag 2003:1210): what they are
// called, whom they are for, which parties carry them, how their participants are counted, and who at the parties works in them. The
// association pays and follows up; the parties do the work. A joint initiative names its associations, and each keeps and counts its own part,
// as the national follow-up asks. Money is not here.
package initiatives

import "embed"

// Locale holds the texts of this package's errors and codes.
//
//go:embed locale
var Locale embed.FS
