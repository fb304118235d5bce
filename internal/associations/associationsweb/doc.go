// Package associationsweb holds the pages about associations: their facts, members and bodies, the trail of changes, and the list of
// associations for the administrator of the installation.
package associationsweb

import "embed"

//go:embed locale
var Locale embed.FS
