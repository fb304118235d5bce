// Package scope carries which association an operation is about. Every query of a domain's store takes it, so that a row of
// another association cannot be reached by a forgotten condition.
package scope

import "samklang/internal/core/id"

// Association is the tenant of an operation.
type Association struct {
	ID   id.ID
	Slug string
	Name string
}
