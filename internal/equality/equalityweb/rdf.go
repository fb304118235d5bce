package equalityweb

import (
	"bytes"
	"encoding/xml"
	"maps"
	"slices"
	"strings"
)

// rdfXML writes a graph of nodes in the form of JSON-LD as RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/). Nodes and their properties come in a fixed order.
func rdfXML(graph []object) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"`)
	for _, prefix := range slices.Sorted(maps.Keys(namespaces)) {
		b.WriteString(" xmlns:" + prefix + `="` + namespaces[prefix] + `"`)
	}
	b.WriteString(">\n")
	for _, node := range graph {
		writeNode(&b, node, "  ")
	}
	b.WriteString("</rdf:RDF>\n")
	return b.Bytes()
}

func attribute(b *bytes.Buffer, name, value string) {
	b.WriteString(" " + name + `="`)
	xml.EscapeText(b, []byte(value))
	b.WriteString(`"`)
}

func writeNode(b *bytes.Buffer, node object, indent string) {
	kind := node["@type"].(string)
	b.WriteString(indent + "<" + kind)
	if address, ok := node["@id"].(string); ok {
		attribute(b, "rdf:about", address)
	}
	b.WriteString(">\n")
	for _, name := range slices.Sorted(maps.Keys(node)) {
		if strings.HasPrefix(name, "@") {
			continue
		}
		values, many := node[name].([]any)
		if !many {
			values = []any{node[name]}
		}
		for _, v := range values {
			writeProperty(b, name, v, indent+"  ")
		}
	}
	b.WriteString(indent + "</" + kind + ">\n")
}

func writeProperty(b *bytes.Buffer, name string, value any, indent string) {
	b.WriteString(indent + "<" + name)
	text, _ := value.(string)
	if o, ok := value.(object); ok {
		address, refers := o["@id"].(string)
		text, ok = o["@value"].(string)
		switch {
		case refers:
			attribute(b, "rdf:resource", address)
			b.WriteString("/>\n")
			return
		case !ok:
			b.WriteString(">\n")
			writeNode(b, o, indent+"  ")
			b.WriteString(indent + "</" + name + ">\n")
			return
		}
		if l, ok := o["@language"].(string); ok {
			attribute(b, "xml:lang", l)
		}
		if t, ok := o["@type"].(string); ok {
			prefix, local, _ := strings.Cut(t, ":")
			attribute(b, "rdf:datatype", namespaces[prefix]+local)
		}
	}
	b.WriteString(">")
	xml.EscapeText(b, []byte(text))
	b.WriteString("</" + name + ">\n")
}
