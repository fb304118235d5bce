// Package example fills an empty installation with invented associations, people, promises and two years of work, for the command demo,
// for trying the program and for browser tests. What it fills in stands as JSON under content/, to be read and extended by anybody; the
// places, people and organisations do not exist, and every address ends in the reserved .example.
//
// The content is relative to today and goes through the same operations as people's work does, day after day with a clock that is moved:
// states, history and the trail of changes therefore arise as they would have. The same day always gives the same content, except for
// the ids.
package example
