// Package errs holds the one error type that operations return. It keeps apart what a visitor may read (a message key and its
// arguments), what the program decides by (a kind) and what only the log sees (the cause).
package errs

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure it is. The web layer maps a kind to a status code once.
type Kind int

// The list is append-only: numbers may stand in logs.
const (
	Internal     Kind = iota // the program's or the machine's fault
	Invalid                  // the input cannot be used as it is
	NotFound                 // does not exist, or must not be known to exist
	Refused                  // a rule of the association's work says no
	Forbidden                // the person lacks the right
	Unauthorised             // nobody is logged in
	Conflict                 // somebody changed it meanwhile
	TooMany                  // a limit was reached; try later
	TooLarge                 // the input exceeds a size limit
	Unavailable              // something this needs is not running
)

func (k Kind) String() string {
	return [...]string{"internal", "invalid", "not_found", "refused", "forbidden", "unauthorised", "conflict", "too_many", "too_large", "unavailable"}[k]
}

// Error is a failure with a public face.
type Error struct {
	Kind   Kind
	Key    string         // message key in the catalogues; safe to show
	Args   map[string]any // arguments of the message; safe to show
	Fields []Field        // what is wrong with which form field
	Cause  error          // for the log only
}

// Field is one faulty form field.
type Field struct {
	Name string // the form field's name
	Key  string
	Args map[string]any
}

func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.Key
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s %s]", f.Name, f.Key)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// E makes an Error. Args alternate names and values.
func E(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: Args(args...)}
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Args builds the argument map of a message from alternating names and values.
func Args(kv ...any) map[string]any {
	if len(kv) == 0 {
		return nil
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

// KindOf tells the kind of any error; an error of no kind is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is of kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Form collects field errors. Its Err is nil as long as nothing was added.
type Form struct{ fields []Field }

// Add notes that the field name is faulty, with the message key and its arguments.
func (f *Form) Add(name, key string, args ...any) {
	f.fields = append(f.fields, Field{Name: name, Key: key, Args: Args(args...)})
}

// Err returns an Invalid error with all faults, or nil.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "error.form", Fields: f.fields}
}
