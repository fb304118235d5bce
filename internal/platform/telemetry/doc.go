// Package telemetry tells those who run an installation how it does: figures in Prometheus' text format, and traces as OpenTelemetry's
// protocol has them over HTTP. Both are off until they are asked for, and then hold no personal data: every metric, label, span and
// attribute there is stands in this package, and what is counted by is a route's pattern, a table's name, a kind of job – never a path, a
// value, an address or a person.
//
// The two formats are written here and read back by their official libraries in the tests. Those libraries themselves would make the program
// 6 MB larger (docs/adr/0033-telemetry.md).
package telemetry
