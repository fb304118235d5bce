package commitments

import (
	"slices"
	"strings"
)

// longestTitle is how many characters a short title has at most, before the mark that says that something is left out.
const longestTitle = 90

// ShortTitle makes a short title of a wording: all of it when it is short, otherwise what stands before the means and the purpose, and
// otherwise as much as fits, with a mark that something is left out. It never ends before a clause that says who or what is meant, so it
// never promises more than the wording does. The office may better it.
func ShortTitle(wording string) string {
	s := strings.Join(strings.Fields(wording), " ")
	for _, stop := range []string{". ", "; ", ", se ", ", detta ", " genom att ", " genom "} {
		if i := strings.Index(s, stop); i >= 25 && (stop == ". " || len([]rune(s)) > longestTitle) && len([]rune(s[:i])) <= longestTitle {
			s = s[:i]
		}
	}
	s = strings.TrimRight(s, " .;,")
	r := []rune(s)
	if len(r) <= longestTitle {
		return s
	}
	s = string(r[:longestTitle])
	cut := max(strings.LastIndex(s, ", "), strings.LastIndex(s, " och "), strings.LastIndex(s, " samt "))
	if cut < longestTitle/2 {
		cut = max(strings.LastIndexByte(s, ' '), 0)
	}
	if cut > 0 {
		s = s[:cut]
	}
	words := strings.Fields(s)
	for len(words) > 1 && slices.Contains(leaning, strings.ToLower(strings.Trim(words[len(words)-1], ","))) {
		words = words[:len(words)-1]
	}
	return strings.TrimRight(strings.Join(words, " "), " .;,") + " …"
}

// leaning are the words a title cannot end with, since they lean on the next one.
var leaning = strings.Fields("att och samt som för i på av till med om vid från en ett den det de var varje alla sin sitt sina vår vårt våra inte är ska minst hur när där")
