package app

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/followup"
)

// as gives somebody of the example by name.
func as(t *testing.T, a *App, name string) actor.Actor {
	t.Helper()
	people, err := a.accounts.Accounts(t.Context(), actor.SystemActor)
	if err != nil {
		t.Fatal(err)
	}
	who, err := a.accounts.Actor(t.Context(), people[slices.IndexFunc(people, func(x accounts.Account) bool { return x.Name == name })].ID)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// triple is a statement of a graph: the kind of the object is "address", "" for words, or the address of a type.
type triple struct{ about, property, value, kind, lang string }

// readRDF reads as much of RDF/XML as the catalogue is written in: nodes by name, properties with an address, words or a node in them.
func readRDF(t *testing.T, body string) (list []triple) {
	t.Helper()
	const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	d := xml.NewDecoder(strings.NewReader(body))
	blank := 0
	var nodes, properties []string
	var last triple
	var words strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Space + x.Name.Local
			if name == rdf+"RDF" {
				continue
			}
			get := func(space, local string) string {
				for _, a := range x.Attr {
					if a.Name.Space == space && a.Name.Local == local {
						return a.Value
					}
				}
				return ""
			}
			if len(nodes) == len(properties) { // a node
				about := get(rdf, "about")
				if about == "" {
					blank++
					about = fmt.Sprintf("_:%d", blank)
				}
				if len(nodes) > 0 {
					list = append(list, triple{about: nodes[len(nodes)-1], property: properties[len(properties)-1], value: about, kind: "address"})
				}
				nodes = append(nodes, about)
				list = append(list, triple{about: about, property: "a", value: name, kind: "address"})
				continue
			}
			properties = append(properties, name)
			words.Reset()
			last = triple{about: nodes[len(nodes)-1], property: name, value: get(rdf, "resource"), kind: get(rdf, "datatype"), lang: get("http://www.w3.org/XML/1998/namespace", "lang")}
			if last.value != "" {
				last.kind = "address"
			}
		case xml.CharData:
			words.Write(x)
		case xml.EndElement:
			switch {
			case x.Name.Local == "RDF":
			case len(properties) == len(nodes):
				if last.property != "" {
					if last.kind != "address" {
						last.value = words.String()
					}
					if strings.TrimSpace(last.value) != "" {
						list = append(list, last)
					}
				}
				last, properties = triple{}, properties[:len(properties)-1]
			default:
				nodes, last = nodes[:len(nodes)-1], triple{}
			}
		}
	}
}

const (
	dcat    = "http://www.w3.org/ns/dcat#"
	dcterms = "http://purl.org/dc/terms/"
	foaf    = "http://xmlns.com/foaf/0.1/"
	vcard   = "http://www.w3.org/2006/vcard/ns#"
)

// What DCAT-AP-SE 3.0.1 says of each class (https://docs.dataportal.se/dcat/3.0.1/sv/): a property that must be there, or that is recommended and we mean
// to have, how its values look, and whether there is one at most.
var profile = map[string][]struct {
	property, kind, pattern string
	once                    bool
}{
	dcat + "Catalog": {
		{dcterms + "title", "", `.`, false}, {dcterms + "description", "", `.`, false}, {dcterms + "publisher", "address", `^http://dataportal\.se/organisation/SE\d{10}$`, true},
		{dcterms + "license", "address", `^http://creativecommons\.org/publicdomain/zero/1\.0/$`, true}, {dcat + "dataset", "address", `#data$`, false}, {foaf + "homepage", "address", `^http`, true},
		{dcterms + "language", "address", `^http://publications\.europa\.eu/resource/authority/language/[A-Z]{3}$`, false}, {dcat + "themeTaxonomy", "address", `/data-theme$`, false},
		{dcterms + "issued", "http://www.w3.org/2001/XMLSchema#date", `^\d{4}-\d\d-\d\d$`, true}, {dcterms + "modified", "http://www.w3.org/2001/XMLSchema#date", `^\d{4}-\d\d-\d\d$`, true},
	},
	dcat + "Dataset": {
		{dcterms + "title", "", `.`, false}, {dcterms + "description", "", `.`, false}, {dcterms + "publisher", "address", `^http://dataportal\.se/organisation/SE\d{10}$`, true}, {dcat + "contactPoint", "address", `^http`, false},
		{dcat + "distribution", "address", `#fil$`, false}, {dcat + "theme", "address", `/data-theme/[A-Z]{4}$`, false}, {dcat + "keyword", "", `.`, false}, {dcterms + "accessRights", "address", `/access-right/PUBLIC$`, true},
		{dcterms + "issued", "http://www.w3.org/2001/XMLSchema#date", `^\d{4}-`, true}, {dcterms + "spatial", "address", `^http`, false}, {dcterms + "temporal", "address", `^_:`, false}, {dcterms + "identifier", "", `^http`, true}, {dcat + "landingPage", "address", `^http`, false},
	},
	dcat + "Distribution": {
		{dcat + "accessURL", "address", `^http`, false}, {dcat + "downloadURL", "address", `^http.*/tabeller\.(csv|json)$`, false}, {dcterms + "license", "address", `^http://creativecommons\.org/publicdomain/zero/1\.0/$`, true},
		{dcterms + "format", "", `^\w+/[-.\w]+(\+[-.\w]+)?$`, true}, {dcterms + "title", "", `.`, false}, {"http://www.w3.org/ns/adms#status", "address", `/distribution-status/(COMPLETED|WITHDRAWN)$`, true},
	},
	foaf + "Agent":           {{foaf + "name", "", `.`, false}, {dcterms + "type", "address", `^http://purl\.org/adms/publishertype/\w+$`, true}},
	vcard + "Organization":   {{vcard + "fn", "", `.`, true}, {vcard + "hasEmail", "address", `^mailto:[^@\s]+@[^@\s]+$`, false}},
	dcterms + "PeriodOfTime": {{dcat + "startDate", "http://www.w3.org/2001/XMLSchema#date", `^\d{4}-`, true}, {dcat + "endDate", "http://www.w3.org/2001/XMLSchema#date", `^\d{4}-`, true}},
	dcterms + "Location":     {{"http://www.w3.org/2004/02/skos/core#prefLabel", "", `.`, false}},
}

// judge says where a graph is not as the profile has it.
func judge(graph []triple) (faults []string) {
	kinds := map[string]string{}
	for _, x := range graph {
		if x.property == "a" {
			if kinds[x.about] != "" {
				faults = append(faults, x.about+" is there twice")
			}
			kinds[x.about] = x.value
		}
		if u, err := url.Parse(x.value); x.kind == "address" && !strings.HasPrefix(x.value, "_:") && (err != nil || !u.IsAbs() || strings.ContainsAny(x.value, " <>\"{}|\\^`")) {
			faults = append(faults, "no address: "+x.value)
		}
	}
	for node, kind := range kinds {
		if strings.HasPrefix(node, "_:") && kind != dcterms+"PeriodOfTime" {
			faults = append(faults, "a blank "+kind)
		}
		rules, known := profile[kind]
		if !known {
			faults = append(faults, node+" is a "+kind)
		}
		for _, rule := range rules {
			n := 0
			for _, x := range graph {
				if x.about != node || x.property != rule.property {
					continue
				}
				n++
				if x.kind != rule.kind || !regexp.MustCompile(rule.pattern).MatchString(x.value) {
					faults = append(faults, fmt.Sprintf("%s: %s is %q (%s)", node, rule.property, x.value, x.kind))
				}
			}
			if n == 0 || rule.once && n > 1 {
				faults = append(faults, fmt.Sprintf("%s (%s) has %d of %s", node, kind, n, rule.property))
			}
		}
	}
	for _, x := range graph { // what is pointed at within the catalogue is there, as what it must be
		want := map[string]string{dcat + "dataset": dcat + "Dataset", dcat + "distribution": dcat + "Distribution", dcterms + "publisher": foaf + "Agent", dcat + "contactPoint": vcard + "Organization", dcterms + "temporal": dcterms + "PeriodOfTime", dcterms + "spatial": dcterms + "Location"}[x.property]
		if want != "" && kinds[x.value] != want {
			faults = append(faults, fmt.Sprintf("%s points at %s, which is %q", x.property, x.value, kinds[x.value]))
		}
	}
	slices.Sort(faults)
	return faults
}

// fetch asks as a visitor does.
func fetch(t *testing.T, a *App, path string) string {
	t.Helper()
	rec := page(a, path, "")
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, rec.Code)
	}
	return rec.Body.String()
}

// The catalogue is as DCAT-AP-SE has it, in the form that the portal harvests and in JSON-LD, which say the same.
func TestTheCatalogueIsAsThePortalAsks(t *testing.T) {
	dir := t.TempDir()
	a := exampleOn(t, dir, "sqlite:"+dir+"/samklang.db", period.On(2026, time.November, 22))
	graph := readRDF(t, fetch(t, a, "/alvkusten/statistik/katalog.rdf"))
	for _, fault := range judge(graph) {
		t.Error(fault)
	}
	for name, change := range map[string][2]string{
		"no licence":        {`<dcterms:license rdf:resource="http://creativecommons.org/publicdomain/zero/1.0/"/>`, ""},
		"another publisher": {`<foaf:Agent rdf:about="http`, `<foaf:Agent rdf:about="https`},
		"a faulty day":      {"2026-02-09", "9 februari"},
		"no access":         {"dcat:accessURL", "dcat:downloadURL"},
	} {
		if len(judge(readRDF(t, strings.ReplaceAll(fetch(t, a, "/alvkusten/statistik/katalog.rdf"), change[0], change[1])))) == 0 {
			t.Errorf("%s is let through", name)
		}
	}
	var twin struct {
		Context map[string]string `json:"@context"`
		Graph   []map[string]any  `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(fetch(t, a, "/alvkusten/statistik/katalog.jsonld")), &twin); err != nil {
		t.Fatal(err)
	}
	full := func(s string) string {
		prefix, local, _ := strings.Cut(s, ":")
		if twin.Context[prefix] == "" {
			t.Errorf("%s has no namespace", s)
		}
		return twin.Context[prefix] + local
	}
	n := 0
	for _, node := range twin.Graph {
		n++
		for name, value := range node {
			if strings.HasPrefix(name, "@") {
				continue
			}
			values, many := value.([]any)
			if !many {
				values = []any{value}
			}
			for _, v := range values {
				words, _ := v.(string)
				if o, ok := v.(map[string]any); ok {
					if words, _ = o["@id"].(string); words == "" {
						words, _ = o["@value"].(string)
					}
				}
				if words != "" && !slices.ContainsFunc(graph, func(x triple) bool { return x.about == node["@id"] && x.property == full(name) && x.value == words }) {
					t.Errorf("the JSON-LD alone says that %v has %s %q", node["@id"], name, words)
				}
			}
		}
	}
	if n < 5 {
		t.Errorf("%d nodes", n)
	}
	if west := judge(readRDF(t, fetch(t, a, "/vastra-sjolandet/statistik/katalog.rdf"))); slices.ContainsFunc(west, func(f string) bool {
		return !strings.Contains(f, "dataset") && !strings.Contains(f, "issued") && !strings.Contains(f, "modified")
	}) {
		t.Errorf("an association without statistics: %v", west)
	}
}

// A release that is withdrawn stays where it was, marked, in the list, on its page, in its files and in the catalogue; and what it told is known to whatever
// is published after: a count that was corrected by one is not shown beside what it was.
func TestWhatIsWithdrawnStaysSeenAndKnown(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		day := period.On(2026, time.November, 22)
		a := exampleOn(t, dir, database, day)
		ctx := t.Context()
		sc, err := a.associations.BySlug(ctx, "alvkusten")
		if err != nil {
			t.Fatal(err)
		}
		karin, tyra, linnea, daniel := as(t, a, "Karin Lind"), as(t, a, "Tyra Ek"), as(t, a, "Linnea Holm"), as(t, a, "Daniel Frisk")
		before := fetch(t, a, "/alvkusten/statistik/1")
		if err := a.equality.Withdraw(ctx, karin, sc.ID, 1, 2, "Vägen in hade räknat fel."); err != nil {
			t.Fatal(err)
		}
		after := fetch(t, a, "/alvkusten/statistik/1")
		for _, words := range []string{"Tillbakadragen 22 november 2026", "Vägen in hade räknat fel.", "68 av 100"} {
			if !strings.Contains(after, words) || strings.Contains(before, "Tillbakadragen") {
				t.Errorf("the page does not say %q", words)
			}
		}
		if list := fetch(t, a, "/alvkusten/statistik"); !strings.Contains(list, "Vem får stöd, och hur går det?") || !strings.Contains(list, "Tillbakadragen 22 november 2026") {
			t.Error("it is gone from the list, or not marked there")
		}
		if files := fetch(t, a, "/alvkusten/statistik/1/tabeller.json"); !strings.Contains(files, `"state": "withdrawn"`) || !strings.Contains(files, `"reason": "Vägen in hade räknat fel."`) {
			t.Error("the file does not say that it is withdrawn")
		}
		fetch(t, a, "/alvkusten/statistik/1/tabeller.csv")
		graph := readRDF(t, fetch(t, a, "/alvkusten/statistik/katalog.rdf"))
		for _, fault := range judge(graph) {
			t.Error(fault)
		}
		marked := 0
		for _, x := range graph {
			if x.property == "http://www.w3.org/ns/adms#status" && strings.HasSuffix(x.value, "/WITHDRAWN") || x.property == "http://www.w3.org/ns/adms#versionNotes" && strings.Contains(x.value, "Vägen in hade räknat fel.") {
				marked++
			}
		}
		if marked != 3 { // two files and the dataset
			t.Errorf("marked %d times in the catalogue", marked)
		}

		// Everything it told is in a publication that the next one is tried against.
		released, err := a.equality.Release(ctx, actor.Actor{}, sc.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		content, err := released.Content()
		if err != nil {
			t.Fatal(err)
		}
		told, err := content.Basis()
		if err != nil {
			t.Fatal(err)
		}
		for source, p := range told.Of {
			known, err := a.followup.Publication(ctx, karin, sc.ID, followup.Moment(source), p.Number)
			if err != nil || known == nil {
				t.Fatal(known, err)
			}
			for _, c := range p.Result.Cells {
				at := map[string]string{}
				for i, v := range p.Result.Tables[c.Table] {
					at[v] = c.Values[i]
				}
				n, shown := c.Figure.Count()
				m, also := known.Result.Find(at).Count()
				if shown && (!also || n != m) {
					t.Fatalf("%s %v: %d was told, and %d is known", source, at, n, m)
				}
			}
		}
		all, err := a.followup.Initiatives(ctx, a.db.Read(), sc.ID)
		if err != nil {
			t.Fatal(err)
		}
		var in id.ID
		for _, x := range all {
			if x.Name == "Vägen in" {
				in = x.ID
			}
		}
		b, err := period.ParseBlock("2025-H2")
		if err != nil {
			t.Fatal(err)
		}
		card := followup.Card{Moment: followup.Began, N: 1, Values: followup.Cell{followup.Sex: "female", followup.Age: "30_44", followup.Municipality: "mo", followup.SupportStart: "sickness_benefit", followup.Referrer: "af"}}
		step := func(who actor.Actor, m followup.Move) {
			t.Helper()
			if err := a.followup.Step(ctx, who, sc.ID, in, b, m, "En person saknades."); err != nil {
				t.Fatal(m, err)
			}
		}
		step(tyra, followup.Correct)
		if err := a.followup.Count(ctx, linnea, sc.ID, in, b, card); err != nil {
			t.Fatal(err)
		}
		step(linnea, followup.MarkComplete)
		step(daniel, followup.Approve)
		step(tyra, followup.Accept)
		at := map[string]string{followup.OfInitiative: in.String(), followup.Sex: "female"}
		was, shown := told.Of[equality.Began].Result.Find(at).Count()
		if !shown {
			t.Fatal("the release did not tell how many women began in Vägen in")
		}
		if _, err := a.followup.Publish(ctx, karin, sc); err != nil && !errs.Is(err, errs.Refused) {
			t.Fatal(err)
		}
		now, err := a.followup.Publication(ctx, karin, sc.ID, followup.Began, 0)
		if err != nil {
			t.Fatal(err)
		}
		if now.Number <= told.Of[equality.Began].Number {
			t.Errorf("nothing was published after: publication %d", now.Number)
		}
		if n, shown := now.Result.Find(at).Count(); shown && n != was {
			t.Errorf("%d women were told of in what was withdrawn and %d are told of now: the one between is pointed out", was, n)
		}
	})
}
