package associations

import (
	"strings"
	"unicode/utf8"

	"samklang/internal/core/errs"
)

// Slug is an association's name in addresses: lower case a–z, digits and hyphens, 2 to 40 characters, beginning with a letter. It
// never changes once the association exists, because links to public promises must go on working.
type Slug string

const maxSlug = 40

// ParseSlug reads a slug exactly as it is written.
func ParseSlug(s string) (Slug, error) {
	if len(s) < 2 || len(s) > maxSlug || s[0] < 'a' || s[0] > 'z' || strings.HasSuffix(s, "-") || strings.Contains(s, "--") {
		return "", errs.E(errs.Invalid, "associations.slug_invalid")
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return "", errs.E(errs.Invalid, "associations.slug_invalid")
		}
	}
	return Slug(s), nil
}

var folded = strings.NewReplacer("å", "a", "ä", "a", "æ", "a", "á", "a", "à", "a", "ö", "o", "ø", "o", "ó", "o", "é", "e", "è", "e", "ë", "e", "ü", "u", "ú", "u", "í", "i", "ï", "i", "ç", "c", "ñ", "n")

// SuggestSlug proposes a slug for a name: "Västra Sjölandet" becomes vastra-sjolandet. It is "" when nothing of the name can be used.
func SuggestSlug(name string) Slug {
	var b strings.Builder
	gap := false
	for _, c := range folded.Replace(strings.ToLower(name)) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (c < '0' || c > '9' || b.Len() == 0) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		if b.Len()+utf8.RuneLen(c) > maxSlug {
			break
		}
		b.WriteRune(c)
	}
	s, err := ParseSlug(strings.TrimSuffix(b.String(), "-"))
	if err != nil {
		return ""
	}
	return s
}

// Host is a host name of an association's own, such as "www.alvkusten.example": lower case, without scheme, port and path. "" is none.
type Host string

// ParseHost reads a host name as people paste it: capitals, a scheme and a closing slash are taken away. Names beyond a–z must come
// in their xn-- form; an address of numbers is no host name.
func ParseHost(s string) (Host, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "/"), ".")
	if s == "" {
		return "", nil
	}
	labels := strings.Split(s, ".")
	fault := errs.E(errs.Invalid, "associations.host_invalid")
	if len(s) > 253 || len(labels) < 2 {
		return "", fault
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", fault
		}
	}
	if last := labels[len(labels)-1]; last[0] >= '0' && last[0] <= '9' {
		return "", fault
	}
	return Host(s), nil
}
