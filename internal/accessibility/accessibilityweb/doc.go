// Package accessibilityweb shows how accessible the service is: the statement that the act asks for, the form by which visitors tell of what
// they cannot use, and the pages on which those who answer read and decide.
package accessibilityweb
