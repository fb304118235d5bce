// Package disclosure is the one exit for numbers about participants and respondents: what may be shown of counts of people, so that nobody can be
// pointed out, neither from one table nor from all of them together nor from what was published before.
//
// A [Family] declares every table that is made of the same [Cells]; nothing else is published of them. [Protect] decides which cells of the tables are
// shown. Small counts, and larger ones that give a small group away, are hidden first; then so many others that no hidden count follows from what
// is shown, found by Gaussian elimination over all tables at once. An audit then attacks the result as an outsider would: with every shown cell, everything
// published earlier, the knowledge that counts are whole and not negative, and for those who supplied counts their own part. Where it can tell
// a hidden count to within less than the threshold, more is hidden, and the attack is made again.
//
// The rules follow A. Hundepool et al., Statistical Disclosure Control (Wiley, 2012), chapter 5, and the suppression Ø. Langsrud, Privacy in
// Statistical Databases (LNCS 14915, 2024), 118–132. docs/method.md says what they mean for those who publish.
package disclosure
