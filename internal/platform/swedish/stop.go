package swedish

import "strings"

// Stop tells whether a word in lower case carries no meaning of its own.
func Stop(word string) bool {
	_, ok := stopWords[word]
	return ok
}

var stopWords = func() map[string]struct{} {
	m := map[string]struct{}{}
	for _, w := range strings.Fields(stopList) {
		m[w] = struct{}{}
	}
	return m
}()

// Pronouns, articles, prepositions, conjunctions, auxiliary verbs and the adverbs that fill sentences.
const stopList = `
jag du han hon hen vi ni de dem den det man mig dig honom henne oss er sig sin sitt sina min mitt mina din ditt dina hans hennes deras
vår vårt våra ert era dess denna detta dessa sådan sådant sådana samma själv själva någon något några ingen inget inga annan annat andra
alla allt all varje var vart vilken vilket vilka vem vad som
en ett ena
i på av till från för med om vid under över mellan genom efter före utan inom mot hos ur åt bland samt och eller men utom via enligt per kring
att så då när där här hur varför medan eftersom innan sedan tills både antingen varken än ju ändå också även endast bara mer mest mycket
många fler flera flest lite färre inte ej icke aldrig alltid ofta redan nu igen upp ner ut in fram bort hem ihop
är var varit vara bli blir blev blivit har hade haft ha ska skall skulle kan kunde kunna vill ville vilja måste bör borde får fick få
kommer kom komma gör gjorde göra görs ges finns fanns ta tar tog
bl a t ex dvs mm osv m fl etc s k pga
utifrån gällande samtliga respektive såsom exempelvis övrig övriga`
