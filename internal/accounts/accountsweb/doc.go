// Package accountsweb holds the pages about people: logging in and out, one's own account, the people of an association, the
// accounts of the installation, who may do what, and the first start.
package accountsweb

import "embed"

//go:embed locale
var Locale embed.FS
