// Package ical writes iCalendar feeds (RFC 5545, with the feed properties of RFC 7986) that people subscribe to in their own
// calendar program. The same calendar always gives the same bytes, so that an unchanged feed costs its readers nothing.
//
// Parameters are quoted by RFC 6868 and lines folded by bytes without cutting a character; the library considered for writing
// (golang-ical) does neither, and reads our output in the tests instead.
package ical
