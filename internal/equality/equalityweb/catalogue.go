package equalityweb

import (
	"encoding/json"
	"net/http"
	"strings"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/web"
)

// Addresses that DCAT-AP-SE 3 asks for: of the language, theme, licence and kinds of file.
const (
	authority = "http://publications.europa.eu/resource/authority/"
	licence   = "http://creativecommons.org/publicdomain/zero/1.0/"
)

type object = map[string]any

// namespaces are those of the catalogue, by prefix.
var namespaces = map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#", "adms": "http://www.w3.org/ns/adms#",
	"skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#"}

func ref(address string) object { return object{"@id": address} }

func text(l, s string) object { return object{"@language": l, "@value": s} }

func day(d period.Date) object { return object{"@type": "xsd:date", "@value": d.String()} }

// catalogue describes the releases as DCAT-AP-SE 3 (https://docs.dataportal.se/dcat/sv/), so that national and European data portals find them. A withdrawn
// release is described as withdrawn. What a portal follows has an address; there are no blank nodes but for periods of time.
func (s *Pages) catalogue(r *web.Request) ([]object, error) {
	at := r.Scope()
	rows, err := s.Equality.Releases(r.Context(), r.Actor, at)
	if err != nil {
		return nil, err
	}
	number, err := s.OrgNumber(r)
	if err != nil {
		return nil, err
	}
	address := func(p string) string { return r.Absolute(r.PathIn(lang.Swedish, p)) }
	publisher, contact, place := address("/")+"#utgivare", address("/")+"#kontakt", address("/")+"#omrade"
	if number != "" { // the portal knows a publisher by this, so that it is one wherever its data is described
		publisher = "http://dataportal.se/organisation/SE" + number
	}
	graph := []object{
		{"@id": publisher, "@type": "foaf:Agent", "foaf:name": text("sv", at.Name), "foaf:homepage": ref(address("/")), "dcterms:type": ref("http://purl.org/adms/publishertype/LocalAuthority")},
		{"@id": contact, "@type": "vcard:Organization", "vcard:fn": at.Name, "vcard:hasEmail": ref("mailto:" + at.Email)},
		{"@id": place, "@type": "dcterms:Location", "skos:prefLabel": text("sv", at.ShortName)},
	}
	var sets []any
	p := r.Printer.In(lang.Swedish)
	first, last := period.Date{}, period.Date{}
	var all []described
	for _, x := range rows {
		c, err := x.Content()
		if err != nil {
			return nil, err
		}
		page := address("/statistik/" + itoa(x.Number))
		all = append(all, described{x, c, page, page, place})
	}
	joint, err := s.Equality.JointReleases(r.Context(), r.Actor, at.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range joint { // each of those it is about describes it, under one identifier
		c, err := x.Content()
		if err != nil {
			return nil, err
		}
		page := address("/gemensam-statistik/" + x.ID.String())
		if x.State != equality.Prepared {
			var names []string
			for _, m := range c.Associations {
				names = append(names, m.Short)
			}
			graph = append(graph, object{"@id": page + "#omrade", "@type": "dcterms:Location", "skos:prefLabel": text("sv", p.List(names))})
		}
		one := equality.Release{Title: x.Title, State: x.State, PublishedOn: x.PublishedOn, WithdrawnOn: x.WithdrawnOn, WithdrawnReason: x.WithdrawnReason}
		name := page
		if len(c.Associations) > 0 {
			name = r.Absolute("/" + c.Associations[0].Slug + "/gemensam-statistik/" + x.ID.String())
		}
		all = append(all, described{one, c.Content, page, name, page + "#omrade"})
	}
	for _, x := range all {
		if x.State == equality.Prepared {
			continue
		}
		if first.IsZero() || x.PublishedOn.Before(first) {
			first = x.PublishedOn
		}
		changed := x.PublishedOn
		if x.State == equality.Withdrawn {
			changed = x.WithdrawnOn
		}
		if changed.After(last) {
			last = changed
		}
		nodes, err := dataset(r, p, x, changed, publisher, contact)
		if err != nil {
			return nil, err
		}
		graph = append(graph, nodes...)
		sets = append(sets, ref(nodes[len(nodes)-1]["@id"].(string)))
	}
	home := address("/statistik")
	catalogue := object{"@id": home + "#katalog", "@type": "dcat:Catalog", "dcterms:title": text("sv", p.T("equalityweb.releases")+", "+at.Name), "dcterms:description": text("sv", p.T("equalityweb.releases.lead")), "dcterms:publisher": ref(publisher), "dcterms:license": ref(licence),
		"dcterms:language": ref(authority + "language/SWE"), "foaf:homepage": ref(home), "dcat:themeTaxonomy": ref(authority + "data-theme")}
	if len(sets) > 0 {
		catalogue["dcat:dataset"], catalogue["dcterms:issued"], catalogue["dcterms:modified"] = sets, day(first), day(last)
	}
	return append(graph, catalogue), nil
}

// described is a release as the catalogue knows it: its own, or one of several associations.
type described struct {
	equality.Release
	content                 equality.Content
	page, identifier, place string
}

// dataset describes one release: its files first, and last the dataset that they are distributions of.
func dataset(r *web.Request, p i18n.Printer, x described, changed period.Date, publisher, contact string) ([]object, error) {
	c, page := x.content, x.page
	b, err := c.Basis()
	if err != nil {
		return nil, err
	}
	told := []any{text("sv", c.Text[lang.Swedish.Tag()])}
	if en := c.Text[lang.English.Tag()]; en != "" {
		told = append(told, text("en", en))
	}
	var words []any
	for _, l := range []lang.Lang{lang.Swedish, lang.English} {
		for w := range strings.SplitSeq(r.Printer.In(l).T("equalityweb.catalogue.keywords"), ", ") {
			words = append(words, text(l.Tag(), w))
		}
	}
	set := object{"@id": page + "#data", "@type": "dcat:Dataset", "dcterms:identifier": x.identifier, "dcterms:title": text("sv", x.Title), "dcterms:description": told, "dcterms:publisher": ref(publisher), "dcat:contactPoint": ref(contact), "dcat:keyword": words,
		"dcterms:issued": day(x.PublishedOn), "dcterms:modified": day(changed), "dcterms:language": ref(authority + "language/SWE"), "dcat:theme": ref(authority + "data-theme/SOCI"), "dcterms:accessRights": ref(authority + "access-right/PUBLIC"),
		"dcat:landingPage": ref(page), "dcterms:spatial": ref(x.place)}
	if from, to, ok := covers(b); ok {
		set["dcterms:temporal"] = object{"@type": "dcterms:PeriodOfTime", "dcat:startDate": day(from), "dcat:endDate": day(to)}
	}
	status := "COMPLETED"
	if x.State == equality.Withdrawn {
		status = "WITHDRAWN"
		set["adms:versionNotes"] = text("sv", p.T("equalityweb.catalogue.withdrawn", "date", x.WithdrawnOn, "reason", x.WithdrawnReason))
	}
	var nodes []object
	var files []any
	for _, f := range []struct{ path, kind, title string }{{"/tabeller.csv", "text/csv", p.T("equalityweb.release.csv")}, {"/tabeller.json", "application/json", p.T("equalityweb.release.json")}} {
		file := page + f.path
		files = append(files, ref(file+"#fil"))
		nodes = append(nodes, object{"@id": file + "#fil", "@type": "dcat:Distribution", "dcterms:title": text("sv", f.title), "dcat:accessURL": ref(page), "dcat:downloadURL": ref(file), "dcterms:license": ref(licence), "dcterms:format": f.kind,
			"adms:status": ref(authority + "distribution-status/" + status), "dcterms:issued": day(x.PublishedOn)})
	}
	set["dcat:distribution"] = files
	return append(nodes, set), nil
}

func (s *Pages) catalogueJSON(w http.ResponseWriter, r *web.Request) error {
	graph, err := s.catalogue(r)
	if err != nil {
		return err
	}
	context := object{}
	for prefix, space := range namespaces {
		context[prefix] = space
	}
	body, err := json.MarshalIndent(object{"@context": context, "@graph": graph}, "", "  ")
	if err != nil {
		return err
	}
	return send(w, "application/ld+json", "", append(body, '\n'))
}

// catalogueRDF is the same as RDF/XML, which is what the Swedish portal harvests.
func (s *Pages) catalogueRDF(w http.ResponseWriter, r *web.Request) error {
	graph, err := s.catalogue(r)
	if err != nil {
		return err
	}
	return send(w, "application/rdf+xml", "", rdfXML(graph))
}

// covers are the first and last day of the figures.
func covers(b equality.Basis) (from, to period.Date, ok bool) {
	for _, p := range b.Of {
		for _, c := range p.Result.Categories[equality.Period] {
			x, err := period.ParseBlock(c)
			if err != nil {
				continue
			}
			if !ok || x.First().Before(from) {
				from = x.First()
			}
			if !ok || x.Last().After(to) {
				to = x.Last()
			}
			ok = true
		}
	}
	return from, to, ok
}
