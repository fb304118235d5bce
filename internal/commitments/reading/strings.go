package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isUpper(r rune) bool  { return unicode.IsUpper(r) }
func isLetter(r rune) bool { return unicode.IsLetter(r) }

// isAllCaps tells whether a text has letters and none of them small.
func isAllCaps(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 1
}

// runeStart moves an offset back to the beginning of the character it is in.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// properCase turns SAMORDNINGSFÖRBUNDET ÖSTRA KUSTEN into Samordningsförbundet Östra Kusten; short words in capitals may be acronyms
// and stay.
func properCase(s string) string {
	f := strings.Fields(s)
	for i, w := range f {
		if !isAllCaps(w) {
			continue
		}
		low := strings.ToLower(w)
		switch {
		case low == "och" || low == "i" || low == "för":
			f[i] = low
		case utf8.RuneCountInString(w) > 3 || low == "mo":
			parts := strings.Split(low, "-")
			for k := range parts {
				parts[k] = upperFirst(parts[k])
			}
			f[i] = strings.Join(parts, "-")
		}
	}
	return strings.Join(f, " ")
}

// firstWord is a text's first word in lower case.
func firstWord(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return strings.ToLower(s[:i])
		}
	}
	return strings.ToLower(s)
}

// sentence is a stretch of a passage's text.
type sentence struct{ start, end int }

// abbreviations do not end a sentence.
var abbreviations = words("t ex bl a d v s dvs ca kl v nr dnr m fl mm osv st s k f p g resp tel avd kap max min jan feb mar apr jun jul aug sep sept okt nov dec u å o dyl inkl exkl exv ev e bla pga fr tom from eg obs mån tis ons tors fre")

// sentences splits a text after . ! ? and ; where something new begins with a capital, a digit or a quotation mark.
func sentences(text string) []sentence {
	var out []sentence
	start := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '.' && c != '!' && c != '?' {
			continue
		}
		j := i + 1
		for j < len(text) && (text[j] == ')' || text[j] == '"' || strings.HasPrefix(text[j:], "”")) {
			if text[j] == ')' || text[j] == '"' {
				j++
			} else {
				j += len("”")
			}
		}
		if j >= len(text) || text[j] != ' ' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[j+1:])
		if !unicode.IsUpper(next) && !unicode.IsDigit(next) && !strings.ContainsRune("\"”“«»–•-*(", next) {
			continue
		}
		if c == '.' {
			w := lastWord(text[start:i])
			_, month := monthShort[w]
			if abbreviations.has(w) && !(unicode.IsUpper(next) && (len(w) > 2 && !month && w != "max" && w != "resp" && w != "tel")) {
				continue
			}
			if isNumber(w) && j-start < 20 && promisePrefix(text[start:j]) == j-start {
				continue
			}
			if unicode.IsDigit(next) && isNumber(w) || isNumber(w) && len(w) <= 2 && strings.TrimSpace(text[start:i]) == w {
				continue
			}
		}
		out = append(out, sentence{start, j})
		start = j + 1
	}
	if strings.TrimSpace(text[start:]) != "" {
		out = append(out, sentence{start, len(text)})
	}
	return out
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func lastWord(s string) string {
	i := len(s)
	for i > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		i -= n
	}
	return strings.ToLower(s[i:])
}
