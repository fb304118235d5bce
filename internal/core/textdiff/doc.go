// Package textdiff compares two wordings of a text word by word, so that a reader sees what a promise said before and what it says
// now. Words are the unit, never letters; white space never ties two sentences together; a short word that is left between two
// rewritten parts counts as rewritten, since a reader reads the whole part anew anyway.
//
// The comparison is that of Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). It gives up beyond MaxChanges and
// shows the differing middle as replaced, which is also what a reader would say of it.
package textdiff
