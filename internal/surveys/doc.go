// Package surveys holds what people have answered in questionnaires, as sums: the indicators that associations measure together, and what those who
// answered have told of themselves without their names.
//
// A questionnaire belongs to whoever wrote it, so the program has none of its own. It has the frame: an instrument with indicators, and questions with
// numbers. The association enters the wording it may use. As soon as somebody has answered a wording it is locked: a change makes a new one with a day
// from which it holds, and series tell where the question changed.
//
// Only sums come in: how many gave which answer, of which respondents, in which round, by one thing at a time that they told of themselves. A table
// with a row for a person is refused. What anybody sees afterwards has passed package disclosure with threshold 10, also the office that read the table
// in: a page is met by more people than a file, and stays longer. The sums themselves are cleared two years after they came.
package surveys

import "embed"

// Locale holds the texts of this package's errors and codes.
//
//go:embed locale
var Locale embed.FS
