package commitments

import "embed"

// Locale holds the words of the ledger that several faces show: names of codes, and what its rules say when they refuse.
//
//go:embed locale
var Locale embed.FS
