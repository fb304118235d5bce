// Package equality asks who is offered what, how soon and with what result: women and men, younger and older, one initiative and another. An
// association that finances help under the Finsam act answers for that it reaches everybody on equal terms, and the Discrimination Act (2008:567,
// chapter 3) gives the way from a difference to a measure: examine, analyse, act, follow up.
//
// Nothing here sees a raw count. Every figure is one of a [disclosure.Result] that the follow-up has frozen; every estimate is computed by package stats
// from figures that are shown there. Where one that is needed is hidden, the group, stratum or comparison is said to be too small. What is
// compared is declared in advance, how many comparisons were made is always told, and what comes out is a difference to look into, never a cause.
package equality

import "embed"

// Locale holds the texts of this package.
//
//go:embed locale
var Locale embed.FS
