// Package logweb is the page that tells people what the public log is, where it stands, and how anybody checks it.
package logweb
