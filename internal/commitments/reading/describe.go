package reading

import (
	"cmp"
	"slices"
	"strings"
)

var channelVerbs = []string{"skriv", "lyft", "publicer", "dela", "sprid", "uppmärksamma", "informer", "berätt", "annonser", "tips", "länka", "lägg", "synliggör", "presenter", "kommunicer", "post", "uppdater"}

// kindBase is how much a word says by itself when several kinds are named.
var kindBase = map[Kind]float64{Democracy: 3.4, Seminar: 2.4, Webinar: 2.6, Workshop: 2.4, Lecture: 2.4, Training: 2.2, StaffDay: 2.4, ThemeDay: 2.2, Conference: 2.2, StudyVisit: 2.4,
	Informal: 2, Survey: 2, Campaign: 2, Forum: 1.9, Dialogue: 1.5, Meeting: 1.3, Network: 1.1, Report: 1.4, Policy: 1.5, News: 1.2, Newsletter: 1.5, SocialPost: 1.4, Procure: 1.7}

// chooseKinds orders the kinds a text names, the activity's own first.
func chooseKinds(text string, t []token, hits []kindHit, d *activityDraft) ([]Kind, *Reach) {
	score := map[Kind]float64{}
	counts := map[Kind]*Reach{}
	firstEnd := len(text)
	if s := sentences(text); len(s) > 0 {
		firstEnd = s[0].end
	}
	low := strings.ToLower(text[:firstEnd])
	channel := false
	for i, tok := range t {
		if tok.start > firstEnd || i > 14 {
			break
		}
		for _, v := range channelVerbs {
			channel = channel || strings.HasPrefix(tok.low, v)
		}
	}
	for i, h := range hits {
		s := kindBase[h.kind] - 0.12*float64(min(i, 10))
		if h.start < firstEnd {
			s++
		}
		if h.count != nil || article(t, h.token) {
			s += 0.8
		}
		if h.definite && !channelKinds[h.kind] {
			s--
		}
		if before := at(t, h.token-1); is(before, "om", "efter", "från", "inför", "till", "tidigare", "kring", "via", "genom", "med") || is(at(t, h.token-2), "med") && before.capital || h.definite && is(at(t, h.token-2), "om", "efter", "från", "inför", "till", "kring") {
			s -= 1.2
		}
		if channel && channelKinds[h.kind] {
			s += 2.2
		}
		if w := text[h.start:h.end]; strings.HasPrefix(strings.ToLower(w), "uppfölj") || strings.HasPrefix(strings.ToLower(w), "utvärder") {
			s -= 0.8
		}
		if v, ok := score[h.kind]; !ok || s > v {
			score[h.kind] = s
		}
		if h.count != nil && counts[h.kind] == nil {
			counts[h.kind] = h.count
		}
	}
	if d.kind != "" {
		score[d.kind] = 9
	}
	if k, ok := fieldKind(d); ok {
		score[k] = 10
	}
	if _, ok := score[Procure]; !ok && (strings.Contains(low, "leverantör") && (strings.Contains(low, "krav") || strings.Contains(low, "avtal"))) {
		score[Procure] = 1
	}
	kinds := []Kind{}
	for _, k := range Kinds {
		if _, ok := score[k]; ok {
			kinds = append(kinds, k)
		}
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return cmp.Compare(score[b], score[a]) })
	for len(kinds) > 1 && score[kinds[len(kinds)-1]] < 1 {
		kinds = kinds[:len(kinds)-1]
	}
	if len(kinds) == 0 {
		return []Kind{Other}, nil
	}
	return kinds, counts[kinds[0]]
}

func fieldKind(d *activityDraft) (Kind, bool) {
	for _, l := range [...]label{labelKind, labelForm} {
		if h := findKinds(tokens(d.fields[l])); len(h) > 0 {
			return h[0].kind, true
		}
	}
	return "", false
}

var (
	internalCues = []string{"vår personal", "våra medarbetare", "alla medarbetare", "samtliga medarbetare", "kansliets", "för kansliet", "på kansliet", "i kansliet", "beredningsgrupp", "internt", "intern ", "interna ", "hela personalen", "alla anställda", "samtliga anställda", "medarbetarna", "för styrelsen", "vår styrelse", "styrelsen och", "personalmöte", "med personalen", "för personalen", "personalgruppen", "arbetsplatsträff", "egen personal", "arbetsgruppen"}
	externalCues = []string{"allmänheten", "invånare", "medborgare", "öppet för alla", "öppen för alla", "externt", "öppet webbinarium", "öppen föreläsning", "öppet seminarium", "öppet hus", "för alla intresserade", "intresserade", "besökare", "öppet forum", "öppen workshop", "medlemmarnas", "alla är välkomna", "öppen utställning", "externa"}
)

// impliedForms are the forms an activity's own words show when no heading says them.
func impliedForms(text string, kinds []Kind) []Form {
	low := strings.ToLower(text)
	out := []Form{}
	if channelKinds[kinds[0]] {
		return append(out, Communicative)
	}
	if kinds[0] == StaffDay || hasAny(low, internalCues) {
		out = append(out, Internal)
	}
	if hasAny(low, externalCues) {
		out = append(out, External)
	}
	if strings.Contains(low, "kommunikativ") {
		out = append(out, Communicative)
	}
	return out
}

var statusWords = []struct {
	status Status
	words  []string
}{
	{Cancelled, []string{"inställt", "inställd", "inställda", "ställs in", "ställdes in", "avbruten", "utgår"}},
	{Postponed, []string{"uppskjut", "framflytta", "flyttat fram", "flyttas fram", "skjuts upp", "sköts upp", "senarelag"}},
	{Done, []string{"genomfördes", "har genomförts", "är genomförd", "är genomfört", "(genomfört)", "(genomförd)", "genomfört:", "genomförd:", "genomförda:", "avklarat:", "– genomfört", "- genomfört", "genomfört den", "har hållits", "har vi hållit", "har vi genomfört", "hölls ", "är klar.", "är klart.", "(klart)", "(klar)", "arrangerades", "anordnades"}},
	{Confirmed, []string{"(bekräftad)", "(bekräftat)", "är bokad", "är bokat", "(bokat)", "(bokad)", "är bekräftad", "är bekräftat"}},
}

// statusOf reads how far an activity has come, from a column of its own or from words that can mean nothing else.
func statusOf(text, field string) Status {
	if low := strings.ToLower(field); low != "" {
		switch {
		case strings.Contains(low, "inställ") || strings.Contains(low, "utgår"):
			return Cancelled
		case strings.Contains(low, "uppskjut") || strings.Contains(low, "framflytta"):
			return Postponed
		case strings.Contains(low, "ej ") || strings.Contains(low, "inte ") || strings.Contains(low, "planera"):
			return Planned
		case strings.Contains(low, "genomför") || strings.Contains(low, "klar") || strings.Contains(low, "avslutad") || strings.Contains(low, "gjort"):
			return Done
		case strings.Contains(low, "bekräft") || strings.Contains(low, "bokad") || strings.Contains(low, "bokat"):
			return Confirmed
		}
	}
	low := strings.ToLower(text)
	for _, s := range statusWords {
		if hasAny(low, s.words) && !strings.Contains(low, "uppföljning efter") {
			return s.status
		}
	}
	return Planned
}

// clockTime reads a time of day as it stands: "kl. 9–10.30", "13:00-15:00".
func clockTime(text string) string {
	t := tokens(text)
	for i := range t {
		j := i
		if is(t[i], "kl", "klockan") {
			j++
			if is(at(t, j), ".") {
				j++
			}
			if !at(t, j).digits || t[j].num > 24 {
				continue
			}
		} else if !(t[i].digits && len(t[i].low) == 2 && t[i].num < 24 && is(at(t, i+1), ":", ".") && at(t, i+2).digits && len(at(t, i+2).low) == 2 && at(t, i+2).num < 60 && touching(t, i) && touching(t, i+1) && isDash(at(t, i+3))) {
			continue
		}
		end := j
		for end+1 < len(t) && (t[end+1].digits && len(t[end+1].low) <= 2 || is(t[end+1], ":", ".") && at(t, end+2).digits && touching(t, end) && touching(t, end+1) || isDash(t[end+1]) && at(t, end+2).digits) {
			end++
		}
		return text[t[i].start:t[end].end]
	}
	return ""
}
