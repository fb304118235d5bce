package equalityweb

import (
	"encoding/json"
	"net/http"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/platform/web"
)

// Addresses that DCAT-AP-SE 3 asks for: of the language, theme, licence and kinds of file.
const (
	authority = "http://publications.europa.eu/resource/authority/"
	licence   = "http://creativecommons.org/publicdomain/zero/1.0/"
)

type object = map[string]any

func ref(address string) object { return object{"@id": address} }

func text(l, s string) object { return object{"@language": l, "@value": s} }

func day(d period.Date) object { return object{"@type": "xsd:date", "@value": d.String()} }

// catalogue describes the releases as DCAT-AP-SE 3 (https://docs.dataportal.se/dcat/sv/), in JSON-LD, so that national and European data portals find
// them. A withdrawn release is described as withdrawn.
func (s *Pages) catalogue(w http.ResponseWriter, r *web.Request) error {
	at := r.Scope()
	rows, err := s.Equality.Releases(r.Context(), r.Actor, at)
	if err != nil {
		return err
	}
	address := func(p string) string { return r.Absolute(r.PathIn(lang.Swedish, p)) }
	publisher := address("/") + "#utgivare"
	contact := address("/") + "#kontakt"
	graph := []object{
		{"@id": publisher, "@type": "foaf:Agent", "foaf:name": text("sv", at.Name), "dcterms:type": ref("http://purl.org/adms/publishertype/LocalAuthority")},
		{"@id": contact, "@type": "vcard:Organization", "vcard:fn": at.Name, "vcard:hasEmail": ref("mailto:" + at.Email)},
	}
	var sets []object
	p := r.Printer.In(lang.Swedish)
	for _, x := range rows {
		if x.State == equality.Prepared {
			continue
		}
		c, err := x.Content()
		if err != nil {
			return err
		}
		b, err := c.Basis()
		if err != nil {
			return err
		}
		page := address("/statistik/" + itoa(x.Number))
		set := object{"@id": page + "#data", "@type": "dcat:Dataset", "dcterms:identifier": page, "dcterms:title": text("sv", x.Title), "dcterms:description": text("sv", c.Text[lang.Swedish.Tag()]), "dcterms:publisher": ref(publisher), "dcat:contactPoint": ref(contact),
			"dcterms:issued": day(x.PublishedOn), "dcterms:language": ref(authority + "language/SWE"), "dcat:theme": ref(authority + "data-theme/SOCI"), "dcterms:accessRights": ref(authority + "access-right/PUBLIC"),
			"dcterms:license": ref(licence), "dcat:landingPage": ref(page), "dcterms:spatial": object{"@type": "dcterms:Location", "skos:prefLabel": text("sv", at.ShortName)}}
		if from, to, ok := covers(b); ok {
			set["dcterms:temporal"] = object{"@type": "dcterms:PeriodOfTime", "dcat:startDate": day(from), "dcat:endDate": day(to)}
		}
		if x.State == equality.Withdrawn {
			set["adms:status"] = ref("http://purl.org/adms/status/Withdrawn")
			set["adms:versionNotes"] = text("sv", x.WithdrawnReason)
		}
		var files []object
		for _, f := range []struct{ path, kind, title string }{{"/tabeller.csv", "CSV", p.T("equalityweb.release.csv")}, {"/tabeller.json", "JSON", p.T("equalityweb.release.json")}} {
			file := page + f.path
			files = append(files, ref(file))
			graph = append(graph, object{"@id": file, "@type": "dcat:Distribution", "dcterms:title": text("sv", f.title), "dcat:accessURL": ref(page), "dcat:downloadURL": ref(file), "dcterms:license": ref(licence), "dcterms:format": ref(authority + "file-type/" + f.kind), "dcterms:issued": day(x.PublishedOn)})
		}
		set["dcat:distribution"] = files
		graph = append(graph, set)
		sets = append(sets, ref(page+"#data"))
	}
	home := address("/statistik")
	graph = append(graph, object{"@id": home, "@type": "dcat:Catalog", "dcterms:title": text("sv", p.T("equalityweb.releases")+", "+at.Name), "dcterms:description": text("sv", p.T("equalityweb.releases.lead")), "dcterms:publisher": ref(publisher), "dcterms:license": ref(licence),
		"dcterms:language": ref(authority + "language/SWE"), "foaf:homepage": ref(home), "dcat:dataset": sets, "dcat:themeTaxonomy": ref(authority + "data-theme")})
	body, err := json.MarshalIndent(object{"@context": object{"dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#", "adms": "http://www.w3.org/ns/adms#",
		"skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#"}, "@graph": graph}, "", "  ")
	if err != nil {
		return err
	}
	return send(w, "application/ld+json", "", append(body, '\n'))
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
