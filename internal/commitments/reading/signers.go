package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"samklang/internal/platform/document"
)

var (
	titleWords = []string{"deklaration", "åtagande", "demokrati", "löfte", "löften", "avsiktsförklaring", "plan", "lovar", "jämställdhet", "likabehandling", "commitment", "verksamhetsplan", "överenskommelse"}
	chrome     = []string{"logotyp", "avancerad sökning", "sök", "meny", "hej", "bästa hälsn", "med vänlig", "vänliga hälsn", "hälsningar", "startsida", "hoppa till", "skip to", "cookies", "kakor", "logga in", "till innehåll", "lyssna", "dela sidan", "skriv ut", "nyhetsbrev", "prenumerera", "du är här", "sidan uppdaterad", "sidinformation"}
	signCues   = []string{"undertecknar", "undertecknat", "undertecknas", "underteckna", "ställer sig bakom", "ställa sig bakom", "ställt sig bakom", "åtar sig", "åtar oss", "skriver under", "skrivit under", "ansluter sig", "anslutit sig", "däribland", "förbinder sig", "lovar", "undertecknare", "signatärer", "gemensamt åtagande", "står bakom", "signed by", "vi på ", "antagen av", "antaget av", "beslutad av", "för oss i"}
	endOfName  = words(`som har är ska skall kommer vill att för ställer åtar lovar undertecknar skriver ansluter förbinder sig arbetar och samt med på under inom till genom om den det vi vår tillsammans
		sida sid dnr org tel box www bjuder arrangerar håller lämnar planerar antog beslutar beslutade av`)
)

func isChrome(s string) bool {
	low := strings.ToLower(s)
	for _, c := range chrome {
		if strings.HasPrefix(low, c) {
			return true
		}
	}
	return false
}

// findTitle chooses the heading that names the document: the first that speaks of a declaration or promises, else the first that is
// neither the letterhead nor a web page's furniture.
func (r *reader) findTitle() {
	best := -1
	for i := range r.ps {
		p := &r.ps[i]
		if i > 12 {
			break
		}
		if p.text == "" || p.kind == document.Running || p.kind == document.ListItem || p.kind == document.TableCell || isChrome(p.text) {
			if (p.kind == document.ListItem || p.kind == document.TableCell) && (best >= 0 || r.doc.Format != document.HTML) {
				break
			}
			continue // a page may begin with a menu that nothing marks as one
		}
		n := len(strings.Fields(p.text))
		if n > 16 || p.kind == document.Paragraph && (n > 12 || strings.HasSuffix(p.text, ".") || best >= 0) || strings.HasSuffix(p.text, ":") {
			continue
		}
		if l, _ := labelOf(p.text); l != noLabel {
			continue
		}
		if addressLine(p.text) {
			continue
		}
		if strings.Count(p.text, "§") > 0 && n <= 3 || strings.HasPrefix(p.text, "Till ") && n <= 7 && len(tokens(p.text)) > 1 && tokens(p.text)[1].capital {
			continue // a paragraph of minutes; to whom a letter goes
		}
		if p.kind == document.Paragraph && n <= 6 && hasAny(strings.ToLower(p.text), signatureWords) {
			continue // who signs
		}
		if onlyNames(p.text) || headingForms(p.text) != nil && best >= 0 {
			continue
		}
		if _, own := promiseNumber(p.text); own {
			break
		}
		if m, ok := headingMode(p.text); ok && m == aside && best < 0 && p.kind == document.Heading && n <= 2 {
			continue
		}
		if m, ok := headingMode(p.text); best >= 0 && ok && m != opening && n <= 4 && !hasAny(strings.ToLower(p.text), []string{"demokrati", "deklaration"}) {
			break
		}
		if hasAny(strings.ToLower(p.text), titleWords) {
			if best < 0 || !hasAny(strings.ToLower(r.ps[best].text), titleWords) {
				best = i
			}
			break
		}
		if best < 0 {
			best = i
		}
		if p.kind == document.Heading && p.level > 1 && best >= 0 && best != i {
			break
		}
	}
	if best < 0 {
		return
	}
	r.title = best
	r.out.Declaration.Title = withoutRegister(withoutPageNumber(strings.TrimSpace(r.ps[best].text)))
}

// withoutRegister takes "(dnr 2022-41)" off the end of a title.
func withoutRegister(s string) string {
	if i := strings.LastIndex(s, " ("); i > 0 && registerNumber(s[i:]) != "" {
		return s[:i]
	}
	return s
}

// withoutPageNumber takes "Sida 1 (2)" and the letterhead before it off a heading that a page's first lines were joined to.
func withoutPageNumber(s string) string {
	t := tokens(s)
	for i := 0; i+1 < len(t); i++ {
		if !is(t[i], "sida", "sid", "page") || !t[i+1].digits {
			continue
		}
		end := i + 1
		if is(at(t, i+2), "(", "av", "/") && at(t, i+3).digits {
			end = i + 3
			if is(at(t, i+4), ")") {
				end++
			}
		}
		if rest := strings.TrimSpace(s[t[end].end:]); rest != "" {
			return rest
		}
		return strings.TrimSpace(s[:t[i].start])
	}
	return s
}

// addressLine recognises the lines of a letterhead that say where and how to write.
func addressLine(s string) bool {
	t := tokens(s)
	for i := range t {
		if is(t[i], "box", "tel", "telefon", "e", "epost", "postadress", "org", "organisationsnummer", "dnr", "diarienummer", "till") && i == 0 && len(t) > 1 && (t[1].digits || is(t[1], ".", ":", "-")) || is(t[i], "@") {
			return true
		}
		if is(t[i], "org", "orgnr", "organisationsnummer") && i > 0 {
			return true
		}
		if is(t[i], "box") && at(t, i+1).digits {
			return true
		}
		if i > 0 && t[i].digits && (strings.HasSuffix(t[i-1].low, "gatan") || strings.HasSuffix(t[i-1].low, "vägen") || strings.HasSuffix(t[i-1].low, "torget")) {
			return true
		}
	}
	return false
}

// onlyNames tells whether a text is a few organisations' names and nothing more.
func onlyNames(s string) bool {
	if onlyName(s) {
		return true
	}
	left := utf8.RuneCountInString(s)
	orgs := organisations(s)
	for _, o := range orgs {
		left -= utf8.RuneCountInString(o.name)
	}
	return len(orgs) > 1 && left <= 6*len(orgs)
}

func hasAny(s string, list []string) bool {
	for _, w := range list {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// onlyName tells whether a text is an organisation's name and nothing more.
func onlyName(s string) bool {
	if isAllCaps(s) {
		s = properCase(s)
	}
	n := organisations(s)
	return len(n) == 1 && utf8.RuneCountInString(n[0].name)+4 >= utf8.RuneCountInString(strings.TrimSpace(s))
}

// organisation is a name in a text; finsam is true for coordination associations.
type organisation struct {
	name       string
	start, end int
	finsam     bool
}

var orgHeads = words(`samordningsförbundet samordningsförbund finsam region föreningen stiftelsen studieförbundet folkhögskolan kommunalförbundet länsstyrelsen
	stadsmissionen hyresgästföreningen ungdomsrådet biblioteksföreningen kulturföreningen idrottsföreningen bildningsförbundet`)
var orgTails = words(`kommun kommuner samordningsförbund stad folkhögskola stadsmission studieförbund bibliotek bildningsförbund idrottsförening stift församling kommunalförbund hembygdsförening byalag företagarförening kulturförening`)

// orgTail tells whether a word ends an organisation's name: "Sjöhamns folkbibliotek", "Björkfors idrottsförening".
func orgTail(w string) bool {
	w = strings.TrimSuffix(w, "s")
	return orgTails.has(w) || strings.HasSuffix(w, "förening") || strings.HasSuffix(w, "bibliotek") || strings.HasSuffix(w, "folkhögskola")
}

// organisations finds names such as "Samordningsförbundet Östra Kusten", "Finsam Älvsjö", "Skogsbygdens samordningsförbund" and
// "Mo kommun".
func organisations(text string) []organisation {
	t := tokens(text)
	var out []organisation
	for i := 0; i < len(t); i++ {
		if !t[i].word || !t[i].capital && !orgTail(t[i].low) {
			continue
		}
		if (orgHeads.has(t[i].low) || strings.HasSuffix(t[i].low, "föreningen")) && t[i].capital && !is(t[i], "samordningsförbund") {
			end := nameRun(text, t, i+1)
			if end == i+1 {
				continue
			}
			name := genitive(text[t[i].start:t[end-1].end], at(t, end))
			out = append(out, organisation{name, t[i].start, t[end-1].end, is(t[i], "samordningsförbundet", "finsam")})
			i = end - 1
			continue
		}
		if orgTail(t[i].low) {
			j := i
			for j > 0 && t[j-1].word && t[j-1].capital && t[j].start-t[j-1].end <= 1 && i-j < 4 && !(j-1 == 0 && is(t[0], "som", "i", "för", "vi")) || j > 1 && isDash(t[j-1]) && touching(t, j-1) && t[j-2].capital {
				j--
			}
			for j < i && (nameStops.has(t[j].low) || is(t[j], "de", "den", "det", "vårt", "några", "alla", "övriga", "andra", "flera", "våra", "samtliga", "sex", "följande", "ett", "varje", "genom")) {
				j++
			}
			if j < i && !(is(t[i], "bibliotek") && i-j > 2) {
				out = append(out, organisation{genitive(text[t[j].start:t[i].end], at(t, i+1)), t[j].start, t[i].end, is(t[i], "samordningsförbund", "samordningsförbunds")})
			}
		}
	}
	return out
}

// genitive takes the s off a name that owns what comes next: "Finsam Tallvikens bidrag". A verb or a sentence's end owns nothing.
func genitive(name string, next token) string {
	if !strings.HasSuffix(name, "s") || !next.word || next.capital || endOfName.has(next.low) || is(next, "i", "och", "eller", "är", "har") {
		return name
	}
	for _, own := range [...]string{"fors", "ås", "näs", "hus", "os", "us", "is"} {
		if strings.HasSuffix(name, own) {
			return name
		}
	}
	if strings.HasSuffix(next.low, "r") && !strings.HasSuffix(next.low, "er") || strings.HasSuffix(next.low, "s") {
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// nameRun gives the index after a run of words with capitals that begins at i: "Östra Södra-Mo och Väst" ends before "och".
func nameRun(text string, t []token, i int) int {
	j := i
	for j < len(t) && j < i+10 {
		switch {
		case t[j].word && t[j].capital && (j == i || t[j].start-t[j-1].end <= 1) && !endOfName.has(t[j].low) && t[j].start > 0:
			// A new sentence's first word is no part of the name.
			j++
		case isDash(t[j]) && j > i && (touching(t, j-1) && touching(t, j) || j+1 < len(t) && touching(t, j-1)) && j+1 < len(t) && t[j+1].capital && t[j+1].start-t[j].end <= 1 && t[j].start == t[j-1].end:
			j++
		case (is(t[j], "&") && j > i || is(t[j], "i") && t[i-1].low != "region" && (j == i || t[i-1].low != "samordningsförbundet")) && j+1 < len(t) && t[j+1].capital:
			j++
		case is(t[j], "och") && j > i && j+1 < len(t) && t[j+1].word && t[j+1].capital && !orgHeads.has(t[j+1].low) && !strings.HasSuffix(t[j+1].low, "föreningen") && (j+2 >= len(t) || !(t[j+2].word && (t[j+2].capital || orgTail(t[j+2].low))) && !(isDash(t[j+2]) && touching(t, j+1))):
			return j + 2
		case is(t[j], ",") && j > i && commaName(t, j):
			j++
		case is(t[j], "och") && j > i && j+1 < len(t) && t[j+1].capital && commaBefore(t, i, j) && !orgHeads.has(t[j+1].low):
			j++
		default:
			return j
		}
	}
	return j
}

// commaName: "Samordningsförbundet Sjöhamn, Mo och Tallviken" is one name of three places when "och" follows and no other
// association's name begins.
func commaName(t []token, j int) bool {
	for k := j + 1; k < len(t) && k < j+6; k++ {
		if is(t[k], "och") {
			return k > j+1 && k+1 < len(t) && t[k+1].capital && !orgHeads.has(t[k+1].low) && !(k+2 < len(t) && orgTails.has(t[k+2].low))
		}
		if !t[k].word && !is(t[k], ",") || t[k].word && (!t[k].capital || orgHeads.has(t[k].low)) || k+1 < len(t) && orgTails.has(t[k+1].low) {
			return false
		}
	}
	return false
}

func commaBefore(t []token, i, j int) bool {
	for k := i; k < j; k++ {
		if is(t[k], ",") {
			return true
		}
	}
	return false
}

// findAssociations finds who signs: names in the letterhead, the title and the signature, and names in sentences that speak of signing.
// An association that is only somebody's partner does not sign.
func (r *reader) findAssociations() {
	type candidate struct {
		name   string
		score  int
		finsam bool
		order  int
	}
	var list []candidate
	add := func(o organisation, score int) {
		name := strings.TrimSpace(o.name)
		caps := isAllCaps(name)
		if caps {
			name = properCase(name)
		}
		for i := range list {
			if same, keep := sameName(list[i].name, name); same {
				list[i].score += score
				if !caps {
					list[i].name = keep
				}
				return
			}
		}
		list = append(list, candidate{name, score, o.finsam, len(list)})
	}
	joint := []string{}
	last := len(r.ps) - 1
	for i := range r.ps {
		p := &r.ps[i]
		text := p.text
		if isAllCaps(text) {
			text = properCase(text)
		}
		if l, at := labelOf(text); l == labelAssociation {
			name := strings.TrimRight(strings.TrimSpace(text[at:]), ".")
			if o := organisations(name); len(o) > 0 {
				for _, o := range o {
					add(o, 6)
				}
			} else if n := len(strings.Fields(name)); n > 0 && n <= 8 {
				add(organisation{name: name, finsam: true}, 6)
			}
			continue
		}
		inActivity := len(p.roles) > 0 && p.roles[0] == RoleActivity
		for _, s := range p.sentences {
			if s.end > len(text) {
				break
			}
			part := text[s.start:s.end]
			orgs := organisations(part)
			low := strings.ToLower(part)
			if len(orgs) == 0 {
				continue
			}
			cue := hasAny(low, signCues) && !inActivity
			for _, o := range orgs {
				before := strings.ToLower(part[:o.start])
				partner := strings.HasSuffix(strings.TrimSpace(before), "med") && !(cue && o.finsam) || inActivity
				switch {
				case partner:
					add(o, 0)
				case i == r.title || onlyNames(part) && (i < 4 || i > last-12):
					add(o, 4)
				case cue && (o.finsam || strings.Contains(low, "undertecknar") || strings.Contains(low, "åtar sig") || strings.Contains(low, "ställer sig bakom") || strings.Contains(low, "lovar") || strings.Contains(low, "vi på") || strings.Contains(low, "antagen av") || strings.Contains(low, "skriver under")):
					add(o, 4)
				case r.signList(i):
					add(o, 4)
				case i < 5 && o.finsam:
					add(o, 2)
				case i < 3:
					add(o, 1)
				case o.finsam:
					add(o, 1)
				default:
					add(o, 0)
				}
			}
		}
	}
	for i := range r.ps {
		low := strings.ToLower(r.ps[i].text)
		if !hasAny(low, signCues) {
			continue
		}
		for _, n := range namesIn(r.ps[i].text) {
			nl := strings.ToLower(n)
			if (strings.Contains(nl, "förbund") || strings.Contains(nl, "organisation") || strings.Contains(nl, "aktör")) && len(organisations(n)) == 0 && len(strings.Fields(n)) > 1 {
				joint = append(joint, n)
			}
		}
	}
	r.out.Declaration.JointWith = unique(joint)
	slices.SortStableFunc(list, func(a, b candidate) int {
		if a.score != b.score {
			return b.score - a.score
		}
		return a.order - b.order
	})
	names := []string{}
	finsam := slices.ContainsFunc(list, func(c candidate) bool { return c.finsam && c.score >= 2 })
	for _, c := range list {
		if c.score >= 4 && (c.finsam || !finsam || c.score >= 8) || c.finsam && c.score >= 2 && len(names) == 0 {
			names = append(names, c.name)
		}
	}
	if len(names) == 0 && len(list) > 0 && (list[0].score >= 1) {
		names = append(names, list[0].name)
	}
	if len(names) == 0 && r.opts.Association != "" && strings.Contains(strings.ToLower(r.doc.Text), strings.ToLower(r.opts.Association)) {
		names = append(names, r.opts.Association)
	}
	r.out.Declaration.Associations = names
}

func namesIn(text string) []string {
	p, _ := findPartners(text)
	return p
}

// sameName tells whether two names are one, also in the genitive or with the places in another case, and which form to keep.
func sameName(a, b string) (bool, string) {
	if strings.EqualFold(a, b) {
		return true, a
	}
	la, lb := strings.ToLower(a), strings.ToLower(b)
	if la+"s" == lb {
		return true, a
	}
	if lb+"s" == la {
		return true, b
	}
	return false, ""
}

// signList tells whether passage i is an item of a list of those who sign.
func (r *reader) signList(i int) bool {
	if r.ps[i].kind != document.ListItem && r.ps[i].kind != document.TableCell {
		return false
	}
	if len(strings.Fields(r.ps[i].text)) > 9 {
		return false
	}
	for j := i - 1; j >= 0 && j > i-40; j-- {
		if r.ps[j].kind == document.ListItem || r.ps[j].kind == document.TableCell {
			continue
		}
		low := strings.ToLower(r.ps[j].text)
		return hasAny(low, signCues) || strings.Contains(low, "undertecknande") || strings.Contains(low, "följande förbund") || strings.Contains(low, "underskrift")
	}
	return false
}
