// Package scope carries which association an operation is about. Every query of a domain's store takes it, so that a row of
// another association cannot be reached by a forgotten condition.
package scope

import "samklang/internal/core/id"

// Association is the tenant of an operation, with what every page shows of it.
type Association struct {
	ID        id.ID
	Slug      string
	Host      string // own host name, "" when reached by path
	Name      string // "Samordningsförbundet Älvkusten"
	ShortName string // "Älvkusten"
	Brand     string // code of the brand colour
	Email     string // where visitors write
}
