package associationsweb

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/textdiff"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// change is one field that an entry of the trail changed. Was or Now is "" when there was nothing.
type change struct{ Field, Was, Now string }

// longText is how many characters both wordings have before they are compared word by word.
const longText = 60

// differences compares what an entry says of its subject before and after, field by field, in the order of the field names with those
// that name the thing first. What did not change is left out.
func differences(before, after string) []change {
	was, now := flat(before), flat(after)
	fields := map[string]bool{}
	for f := range was {
		fields[f] = true
	}
	for f := range now {
		fields[f] = true
	}
	var list []change
	for f := range fields {
		if was[f] != now[f] {
			list = append(list, change{f, was[f], now[f]})
		}
	}
	slices.SortFunc(list, func(a, b change) int {
		return cmp.Or(cmp.Compare(rank(a.Field), rank(b.Field)), cmp.Compare(a.Field, b.Field))
	})
	return list
}

func rank(field string) int {
	if i := slices.Index([]string{"name", "title", "number", "role", "kind"}, field); i >= 0 {
		return i
	}
	return 100
}

// flat lays the parts of a JSON object beside each other: {"a": {"b": 1}} is a.b = 1. Lists are one value; what is no object has the
// name "".
func flat(text string) map[string]string {
	out := map[string]string{}
	if text == "" {
		return out
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		out[""] = text
		return out
	}
	lay(out, "", v)
	return out
}

func lay(out map[string]string, name string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		if s := plain(v); s != "" {
			out[name] = s
		}
		return
	}
	for k, x := range m {
		if name != "" {
			k = name + "." + k
		}
		lay(out, k, x)
	}
}

func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		if x == "00000000-0000-0000-0000-000000000000" {
			return ""
		}
		return x
	case []any:
		parts := make([]string, len(x))
		for i, y := range x {
			if m, ok := y.(map[string]any); ok {
				b, err := json.Marshal(m)
				if err != nil {
					return fmt.Sprint(m)
				}
				parts[i] = string(b)
				continue
			}
			parts[i] = plain(y)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

// changeView is a change in the words of the page.
type changeView struct {
	Field    string
	Was, Now string
	Runs     []ui.Change // instead, when both are long texts
}

func viewOf(r *web.Request, names map[string]string, c change) changeView {
	v := changeView{Field: label(r, "audit.field.", c.Field), Was: value(r, names, c.Field, c.Was), Now: value(r, names, c.Field, c.Now)}
	if c.Field == "" {
		v.Field = r.T("associationsweb.log.content")
	}
	if len(c.Was) > longText && len(c.Now) > longText {
		for _, run := range textdiff.Compare(c.Was, c.Now) {
			v.Runs = append(v.Runs, ui.Change{Kind: ui.ChangeKind(run.Kind), Text: run.Text})
		}
	}
	return v
}

// label is the catalogue's word for a code, or the code itself where a part of the house has given none.
func label(r *web.Request, prefix, code string) string {
	if r.Printer.Has(prefix + code) {
		return r.T(prefix + code)
	}
	return strings.NewReplacer("_", " ", ".", " ").Replace(code)
}

// value writes a stored value as people read it. Of an id whose name is not among names, the end that tells it from others remains.
func value(r *web.Request, names map[string]string, field, s string) string {
	if _, err := id.Parse(s); err == nil {
		return cmp.Or(names[s], "…"+s[len(s)-6:])
	}
	switch s {
	case "true":
		return r.T("associationsweb.log.yes")
	case "false":
		return r.T("associationsweb.log.no")
	}
	for name, prefix := range map[string]string{"role": "access.role.", "brand": "ui.brand."} {
		if field == name && r.Printer.Has(prefix+s) {
			return r.T(prefix + s)
		}
	}
	if key := "audit.value." + s; r.Printer.Has(key) {
		return r.T(key)
	}
	if len(s) == 10 {
		if d, err := period.ParseDate(s); err == nil {
			return r.Printer.Date(d)
		}
	}
	return s
}
