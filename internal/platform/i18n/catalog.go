// Package i18n holds the texts people read, in Swedish, easy-read Swedish and English. Every package that shows text brings its
// own catalogue; they are joined and checked at start, and the program does not start when a text or a parameter is missing.
//
// Easy-read Swedish falls back to Swedish, key by key, where the Swedish text is easy already (libraries.md 2.17 tells why no
// library serves: the ones measured drop the variant).
package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"samklang/internal/core/lang"
)

// Catalog is all texts in all languages. It never changes after Load.
type Catalog struct {
	byLang [len(lang.All)]map[string]message
}

type message struct {
	one, other []part // one is nil unless the message has a singular of its own
}

type part struct {
	text  string
	param string // set instead of text
}

// Load joins the catalogues: each file system holds locale/sv.json, locale/en.json and locale/sv-simple.json, flat objects from
// key to text or to {"one": …, "other": …} counted by the parameter n. It tells everything that is wrong at once.
func Load(sources ...fs.FS) (*Catalog, error) {
	c := &Catalog{}
	for i := range c.byLang {
		c.byLang[i] = map[string]message{}
	}
	var faults []error
	for _, src := range sources {
		for _, l := range lang.All {
			if err := c.add(l, src); err != nil {
				faults = append(faults, err)
			}
		}
	}
	faults = append(faults, c.check()...)
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	for key, m := range c.byLang[lang.Swedish] {
		if _, ok := c.byLang[lang.Simple][key]; !ok {
			c.byLang[lang.Simple][key] = m
		}
	}
	return c, nil
}

func (c *Catalog) add(l lang.Lang, src fs.FS) error {
	name := "locale/" + l.Tag() + ".json"
	b, err := fs.ReadFile(src, name)
	if errors.Is(err, fs.ErrNotExist) && l == lang.Simple {
		return nil
	}
	if err != nil {
		return err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var faults []error
	for key, v := range raw {
		m, err := parse(v)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s: %w", name, key, err))
			continue
		}
		if _, twice := c.byLang[l][key]; twice {
			faults = append(faults, fmt.Errorf("%s: %s stands in two catalogues", name, key))
		}
		c.byLang[l][key] = m
	}
	return errors.Join(faults...)
}

func parse(v json.RawMessage) (message, error) {
	var s string
	if json.Unmarshal(v, &s) == nil {
		parts, err := split(s)
		return message{other: parts}, err
	}
	var p struct{ One, Other string }
	if err := json.Unmarshal(v, &p); err != nil || p.One == "" || p.Other == "" {
		return message{}, errors.New(`must be a text or {"one": …, "other": …}`)
	}
	one, err := split(p.One)
	if err != nil {
		return message{}, err
	}
	other, err := split(p.Other)
	return message{one: one, other: other}, err
}

func split(s string) ([]part, error) {
	var parts []part
	for s != "" {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return append(parts, part{text: s}), nil
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return nil, errors.New("a brace is not closed")
		}
		if i > 0 {
			parts = append(parts, part{text: s[:i]})
		}
		parts = append(parts, part{param: s[i+1 : i+j]})
		s = s[i+j+1:]
	}
	return parts, nil
}

func (m message) params() []string {
	var names []string
	for _, p := range slices.Concat(m.one, m.other) {
		if p.param != "" && p.param != "n" && !slices.Contains(names, p.param) {
			names = append(names, p.param)
		}
	}
	sort.Strings(names)
	return names
}

func (c *Catalog) check() []error {
	var faults []error
	sv := c.byLang[lang.Swedish]
	for _, l := range []lang.Lang{lang.English, lang.Simple} {
		for key, m := range c.byLang[l] {
			ref, ok := sv[key]
			if !ok {
				faults = append(faults, fmt.Errorf("%s: %s does not exist in Swedish", l.Tag(), key))
			} else if l == lang.English && !slices.Equal(ref.params(), m.params()) {
				faults = append(faults, fmt.Errorf("%s: %s has parameters %v, Swedish has %v", l.Tag(), key, m.params(), ref.params()))
			} else if l == lang.Simple && !subset(m.params(), ref.params()) {
				faults = append(faults, fmt.Errorf("%s: %s has parameters %v, Swedish has only %v", l.Tag(), key, m.params(), ref.params()))
			}
		}
	}
	for key := range sv {
		if _, ok := c.byLang[lang.English][key]; !ok {
			faults = append(faults, fmt.Errorf("en: %s is missing", key))
		}
	}
	sort.Slice(faults, func(i, j int) bool { return faults[i].Error() < faults[j].Error() })
	return faults
}

func subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// Keys lists every key, sorted.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.byLang[lang.Swedish]))
	for k := range c.byLang[lang.Swedish] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Has tells whether there is a text for the key.
func (c *Catalog) Has(key string) bool { _, ok := c.byLang[lang.Swedish][key]; return ok }

// Printer returns what writes the texts of one language.
func (c *Catalog) Printer(l lang.Lang) Printer { return Printer{catalog: c, lang: l} }
