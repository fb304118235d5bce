// Package lang names the three languages of Samklang. Easy-read Swedish (lättläst) is a language of its own with the registered
// BCP 47 variant "simple"; general matchers drop that variant, which is why this is an enumeration.
package lang

// Lang is one of the languages a page can be read in.
type Lang uint8

// Swedish is the default; the order is that of the language menu.
const (
	Swedish Lang = iota
	Simple
	English
)

// All lists the languages in the order of the language menu.
var All = [...]Lang{Swedish, Simple, English}

// Tag is the BCP 47 tag, for lang attributes and Content-Language.
func (l Lang) Tag() string { return [...]string{"sv", "sv-simple", "en"}[l] }

// Prefix is the path prefix of public addresses: "" for Swedish.
func (l Lang) Prefix() string { return [...]string{"", "/lattlast", "/en"}[l] }

// Parse reads a tag; ok is false for any other text.
func Parse(tag string) (l Lang, ok bool) {
	for _, l := range All {
		if l.Tag() == tag {
			return l, true
		}
	}
	return Swedish, false
}
