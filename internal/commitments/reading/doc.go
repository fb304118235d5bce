// Package reading turns a signed commitment document into the promises it holds and the activities it plans. It knows the words
// Swedish associations use – "vi åtar oss att", "internt åtagande", "den 24 september", "drygt 70 medarbetare" – as tables that can be
// read and extended, and gives the same answer for the same text every time: no network, no clock, no guessing beyond the tables.
//
// What it reads is a proposal to a person, who corrects it before anything is adopted. Therefore every item keeps the place it was read
// from, every number that was computed is shown, and text that was not understood is listed instead of dropped.
//
// The background is the declaration for a strong democracy and its three forms of commitment (internal, external, communicative); the
// seven grounds are those of the Discrimination Act (2008:567).
package reading
