package files

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"
)

// Headers sets what a stored file is served with: its type and nothing guessed, its name, and no rights in the browser. Only
// pictures are ever shown within a page or a window of the program; everything else is saved by the reader's browser.
func Headers(h http.Header, name, mediaType string, inline bool) {
	how := "attachment"
	if inline && strings.HasPrefix(mediaType, "image/") {
		how = "inline"
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", how+"; "+parameter(CleanName(name)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// parameter is the file name as RFC 6266 wants it: in ASCII for the oldest programs, and as it is (RFC 8187).
func parameter(name string) string {
	ascii := strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\' || r == '%':
			return '_'
		case r > unicode.MaxASCII:
			return '_'
		}
		return r
	}, swedish.Replace(name))
	return `filename="` + ascii + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

var swedish = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "Å", "A", "Ä", "A", "Ö", "O", "É", "E")

// CleanName makes a name that somebody sent fit to be kept and shown: no folders, no control characters or such that turn the
// direction of writing, no signs that Windows refuses, at most 150 characters with the ending whole.
func CleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimRight(s, ". ")
	s = strings.TrimLeft(s, ".")
	ext := path.Ext(s)
	stem := []rune(strings.TrimSuffix(s, ext))
	if len(ext) > 10 {
		ext, stem = "", []rune(s)
	}
	if len(stem) > 140 {
		stem = stem[:140]
	}
	if s = strings.TrimSpace(string(stem)) + ext; s == "" || s == ext {
		return "fil" + ext
	}
	return s
}
