package reading

import (
	"slices"
	"strings"
	"testing"
)

// Every line is: text | value, value …
func eachLine(t *testing.T, table string, f func(text string, want []string) (got []string)) {
	for line := range strings.Lines(table) {
		text, values, ok := strings.Cut(strings.TrimSpace(line), "|")
		if !ok {
			continue
		}
		var want []string
		for v := range strings.SplitSeq(values, ",") {
			if v = strings.TrimSpace(v); v != "" {
				want = append(want, v)
			}
		}
		t.Run(text, func(t *testing.T) {
			if got := f(strings.TrimSpace(text), want); !slices.Equal(got, want) && len(got)+len(want) > 0 {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	eachLine(t, `
Vi håller ett kunskapsseminarium om makt | seminar
Öppet webbinarium den 3 maj | webinar
Frukostföreläsning med efterföljande dialog | lecture, dialogue
En heldag om hbtqi | theme_day
Medarbetardag i september | staff_day
Demokratidagen den 8 november | democracy_day
Vi skriver nyheter om seminariet på hemsidan | news
Vi lyfter fram årets seminarier i sociala medier | social_post
Nyhetsbrevet går ut varje månad | newsletter
Inkluderingsfika varannan vecka | informal_gathering
Kartläggning av behov | survey
Studiebesök hos Finsam Mo | study_visit
Nya förfrågningsunderlag med krav | procurement
Slutrapport lämnas in | report
Vi reviderar vår likabehandlingsplan | policy
Brukarråd och referensgrupp | forum
Nätverksträff för handläggare | network
Ett gott bemötande i alla lägen | other
Ny i årskurs 9 | other
`, func(text string, want []string) (got []string) {
		toks := tokens(text)
		kinds, _ := chooseKinds(text, toks, findKinds(toks), &activityDraft{})
		for _, k := range kinds[:min(len(kinds), len(want))] {
			got = append(got, string(k))
		}
		return got
	})
}

func TestPartners(t *testing.T) {
	eachLine(t, `
Den 14 september ordnar vi tillsammans med MUCF en workshop | MUCF
i samverkan med ABF och biblioteket i Mo en studiecirkel | ABF, biblioteket i Mo
tillsammans med Tallvikens kommun; Region Älvsjö följer med | Tallvikens kommun
tillsammans med de andra förbunden i Älvsjö län som skrivit under | de andra förbunden i Älvsjö län
i samarbete med våra medlemmar | våra medlemmar
Vi bjuder in till samtal, med Sjöhamns gymnasium | Sjöhamns gymnasium
Samtal, med Anna Berg | 
tillsammans planerar vi mer | 
`, func(text string, _ []string) []string {
		p, _ := findPartners(text)
		return p
	})
}

func TestSpeakersAndProjects(t *testing.T) {
	eachLine(t, `
En föreläsning med Petra Lind om makt | Petra Lind
Författaren Elsa Brand berättar | Elsa Brand
Uppföljning efter tidigare föreläsning av Samira Holm | 
Föreläsning med Rädda Barnen | 
`, func(text string, _ []string) []string { return findSpeakers(text) })
	eachLine(t, `
inom ramarna för vårt socialfondsfinansierade projekt Nya Vägar in till | Nya Vägar
Inom ramarna för Bron-projektet kommer vi | Bron-projektet
I projektet ”Steg för steg” prövar vi | Steg för steg
projektet är viktigt | 
`, func(text string, _ []string) []string { return findProjects(text) })
}

func TestGrounds(t *testing.T) {
	eachLine(t, `
de sju diskrimineringsgrunderna | kon, konsoverskridande, etnisk, religion, funktion, sexuell, alder
personer som inte är vita | etnisk
jämställdhet och likabehandling | kon
hbtqi-personers trygghet | konsoverskridande, sexuell
oavsett privatliv eller social bakgrund | +privatliv, +social bakgrund
ålderism och funktionsrätt | funktion, alder
en god arbetskultur | 
`, func(text string, _ []string) (got []string) {
		grounds, extra := findGrounds(text)
		for _, g := range grounds {
			got = append(got, string(g))
		}
		for _, e := range extra {
			got = append(got, "+"+e)
		}
		return got
	})
}

func TestSections(t *testing.T) {
	eachLine(t, `
Det interna åtagandet utförs genom dialog | internal
Externt åtagande utförs genom att sprida kunskap | external
Organisationens kommunikativa åtagande | communicative
för att stärka det interna, externa och kommunikativa åtagandet | 
Vi arbetar internt med frågan | 
Kommunikativt lovar vi att berätta | communicative
`, func(text string, _ []string) (got []string) {
		if f, ok := sentenceForm(text); ok {
			got = append(got, string(f))
		}
		return got
	})
}

func TestAssociations(t *testing.T) {
	eachLine(t, `
Samordningsförbundet Östra Älvdalen håller ett möte | Samordningsförbundet Östra Älvdalen
däribland Samordningsförbundet Mo Tallviken Björkfors. | Samordningsförbundet Mo Tallviken Björkfors
Finsam Älvsele och Skogsbygdens samordningsförbund skriver under | Finsam Älvsele, Skogsbygdens samordningsförbund
Samordningsförbundet Mo-Björkfors demokratiåtagande | Samordningsförbundet Mo-Björkfors
Samordningsförbundet Älvkustens demokratiåtagande | Samordningsförbundet Älvkusten
De samordningsförbund som skrivit under | 
Tallvikens kommun lovar | Tallvikens kommun
`, func(text string, _ []string) (got []string) {
		for _, o := range organisations(text) {
			got = append(got, o.name)
		}
		return got
	})
}

func TestSentences(t *testing.T) {
	text := "Vi möts kl. 13 i Mo, t.ex. på torget. Den 3. maj kommer fler, bl.a. politiker. Åtagande 1. Alla ska höras. Slut"
	var got []string
	for _, s := range sentences(text) {
		got = append(got, text[s.start:s.end])
	}
	want := []string{"Vi möts kl. 13 i Mo, t.ex. på torget.", "Den 3. maj kommer fler, bl.a. politiker.", "Åtagande 1. Alla ska höras.", "Slut"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
