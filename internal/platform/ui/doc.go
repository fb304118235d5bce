// Package ui is the face of Samklang: the frame of every page and the pieces pages are built from. Pieces are templ components
// with typed properties; what they show comes in already translated, except their own few words, which are in this package's
// catalogue. Class names belong to web/style; nothing here writes a style or a script into a page.
package ui

import "embed"

//go:embed locale
var Locale embed.FS
