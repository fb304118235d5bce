// Package bench measures the program as a reader meets it: pages rendered from the database, without any cache, over HTTP on the
// loopback interface, beside a handler that writes the same bytes and does nothing else. `make bench` prints the table.
package bench
