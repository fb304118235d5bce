package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// marker is what a list item or a numbered heading begins with.
type marker struct {
	text   string
	width  int  // bytes from the line's start to the content, white space included; 0 when the line has no marker
	bullet bool // not a number or a letter
	number int  // of "3." or "3)": 3; of "b)": 2; else 0
	parts  int  // of "1.2.3": 3
	style  string
	alone  bool // nothing follows it on its line
}

const (
	sureBullets = "•·▪▫‣◦●○■□▶►▸➢➤✓✔❖◆◇⁃∙\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf0a8\uf06f\uf02d\uf0be\uf0e0"
	dashes      = "-–—−‐‑"
)

// markerOf reads the marker at the beginning of a line.
func markerOf(text string, l line) marker {
	s := text[l.start:l.end]
	r, size := utf8.DecodeRuneInString(s)
	rest := s[size:]
	after, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.ContainsRune(sureBullets, r):
		return bulletOf(s, size, string(r))
	case r >= 0xE000 && r <= 0xF8FF && (rest == "" || unicode.IsSpace(after)):
		return bulletOf(s, size, string(r))
	case strings.ContainsRune(dashes, r):
		if rest == "" || unicode.IsSpace(after) {
			return bulletOf(s, size, "-")
		}
		if unicode.IsLetter(after) && !strings.HasPrefix(s, "---") {
			return bulletOf(s, size, "-")
		}
	case (r == '*' || r == '+') && rest != "" && unicode.IsSpace(after):
		return bulletOf(s, size, string(r))
	case r == 'o' && (strings.HasPrefix(rest, "\t") || strings.HasPrefix(rest, "  ") || l.indent >= 2 && strings.HasPrefix(rest, " ")):
		return bulletOf(s, size, "o")
	case r == '§':
		if n := digits(strings.TrimLeft(rest, " \u00a0")); n > 0 && n <= 3 {
			end := len(s) - len(strings.TrimLeft(rest, " \u00a0")) + n
			return numberOf(s, end, "§")
		}
	}
	return numbered(s)
}

func bulletOf(s string, size int, style string) marker {
	m := marker{text: s[:size], bullet: true, style: style}
	m.width = size + spaceAt(s[size:])
	m.alone = m.width >= len(s)
	return m
}

func numberOf(s string, end int, style string) marker {
	m := marker{text: s[:end], style: style, parts: 1}
	m.width = end + spaceAt(s[end:])
	m.alone = m.width >= len(s)
	return m
}

// numbered reads "1.", "1)", "(1)", "1.2", "a)", "iv.", "3 §".
func numbered(s string) marker {
	open := strings.HasPrefix(s, "(")
	t := s
	if open {
		t = s[1:]
	}
	at := len(s) - len(t)
	n := digits(t)
	if n > 3 {
		return marker{}
	}
	if n > 0 {
		first := number(t[:n])
		parts, i := 1, n
		for i+1 < len(t) && t[i] == '.' && parts < 6 {
			d := digits(t[i+1:])
			if d == 0 || d > 2 {
				break
			}
			i, parts = i+1+d, parts+1
		}
		rest := t[i:]
		switch {
		case parts == 1 && !open && (strings.HasPrefix(rest, " §") || strings.HasPrefix(rest, "\u00a0§") || strings.HasPrefix(rest, "§")):
			end := i + strings.Index(rest, "§") + len("§")
			m := numberOf(s, end, "§")
			m.number = first
			return m
		case open && strings.HasPrefix(rest, ")"), !open && parts == 1 && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")):
			if tail := rest[1:]; tail == "" || spaceAt(tail) > 0 {
				m := numberOf(s, at+i+1, "1"+rest[:1])
				m.number = first
				return m
			}
		case !open && parts > 1:
			if strings.HasPrefix(rest, ".") {
				i++
				rest = rest[1:]
			}
			if spaceAt(rest) > 0 && !unit(rest) {
				m := numberOf(s, i, "1.1")
				m.parts = parts
				return m
			}
		}
		return marker{}
	}
	// One letter, or a small Roman number.
	r, size := utf8.DecodeRuneInString(t)
	k := 0
	for k < len(t) && strings.IndexByte("ivx", t[k]) >= 0 {
		k++
	}
	style := "a"
	if k > 1 && k <= 4 {
		size, style = k, "i"
	} else if !unicode.IsLetter(r) {
		return marker{}
	}
	rest := t[size:]
	if strings.HasPrefix(rest, ")") || !open && strings.HasPrefix(rest, ".") && r >= 'a' && r <= 'h' {
		if tail := rest[1:]; spaceAt(tail) > 0 {
			m := numberOf(s, at+size+1, style+rest[:1])
			if style == "a" && r < utf8.RuneSelf {
				m.number = int(unicode.ToLower(r)-'a') + 1
			}
			return m
		}
	}
	return marker{}
}

// unit tells whether what follows a decimal number is a quantity: "2.5 miljoner", "1.5 %".
func unit(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\u00a0")
	for _, u := range [...]string{"%", "mil", "tim", "kr", "procent", "år ", "dagar"} {
		if strings.HasPrefix(rest, u) {
			return true
		}
	}
	return false
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func number(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// spaceAt is the length of the white space s begins with.
func spaceAt(s string) int {
	return len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || invisible(r) }))
}
