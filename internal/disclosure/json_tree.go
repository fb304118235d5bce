package disclosure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// element is a value in a JSON file that remembers where it stands, so that whatever turns out to be wrong with it can be pointed at.
type element struct {
	kind   kind
	begin  int64  // in bytes from the beginning of the file
	text   string // of a string or number
	yes    bool   // of a truth value
	items  []element
	fields []field
}

type field struct {
	name  string
	begin int64
	value element
}

type kind string

const (
	object kind = "an object"
	list   kind = "a list"
	text   kind = "text in quotation marks"
	number kind = "a number"
	truth  kind = "true or false"
	null   kind = "null"
)

const maxDepth = 16 // of lists and objects within each other; families and results need 5

// document is a JSON file, taken apart.
type document struct {
	source  string // for messages
	content []byte
	decoder *json.Decoder
	top     element
}

// parse reads a file of at most so many bytes. It refuses what encoding/json lets pass: names that stand twice in an object, text that is not UTF-8, and
// anything after the value.
func parse(r io.Reader, source string, most int64) (*document, error) {
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	d := &document{source: source, content: bytes.TrimPrefix(content, []byte("\uFEFF"))}
	if int64(len(content)) > most {
		return nil, &InputError{Source: source, Problem: fmt.Sprintf("the file is longer than %d bytes", most)}
	}
	if !utf8.Valid(d.content) {
		at := 0
		for r, size := utf8.DecodeRune(d.content); r != utf8.RuneError || size > 1; r, size = utf8.DecodeRune(d.content[at:]) {
			at += size
		}
		return nil, d.at(int64(at), "the file is not UTF-8 here; save it as UTF-8")
	}
	d.decoder = json.NewDecoder(bytes.NewReader(d.content))
	d.decoder.UseNumber()
	if d.top, err = d.element(maxDepth); err != nil {
		return nil, err
	}
	if begin := d.next(); begin < int64(len(d.content)) {
		return nil, d.at(begin, "the file goes on after its end")
	}
	return d, nil
}

// at is a fault at a place in the file.
func (d *document) at(offset int64, format string, args ...any) error {
	before := d.content[:min(offset, int64(len(d.content)))]
	return &InputError{Source: d.source, Line: 1 + bytes.Count(before, []byte("\n")), Column: len(before) - bytes.LastIndexByte(before, '\n'), Problem: fmt.Sprintf(format, args...)}
}

// next is where the next token begins.
func (d *document) next() int64 {
	at := d.decoder.InputOffset()
	for at < int64(len(d.content)) && strings.IndexByte(" \t\r\n,:", d.content[at]) >= 0 {
		at++
	}
	return at
}

func (d *document) token() (t json.Token, begin int64, err error) {
	begin = d.next()
	t, err = d.decoder.Token()
	switch e, syntax := errors.AsType[*json.SyntaxError](err); {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, begin, d.at(int64(len(d.content)), "the file ends in the middle")
	case syntax:
		return nil, begin, d.at(begin, "this is no JSON: %v", e)
	case err != nil:
		return nil, begin, d.at(begin, "this is no JSON: %v", err)
	}
	return t, begin, nil
}

func (d *document) element(depth int) (element, error) {
	t, begin, err := d.token()
	if err != nil {
		return element{}, err
	}
	e := element{begin: begin}
	switch t := t.(type) {
	case nil:
		e.kind = null
	case bool:
		e.kind, e.yes = truth, t
	case string:
		e.kind, e.text = text, t
	case json.Number:
		e.kind, e.text = number, t.String()
	case json.Delim:
		if depth == 0 {
			return element{}, d.at(begin, "lists and objects lie more than %d deep in each other", maxDepth)
		}
		e.kind = list
		if t == '{' {
			e.kind = object
		}
		err = d.inner(&e, depth-1)
	}
	return e, err
}

// inner reads what a list or object holds, and its end.
func (d *document) inner(e *element, depth int) error {
	names := map[string]bool{}
	for d.decoder.More() {
		if e.kind == list {
			item, err := d.element(depth)
			if err != nil {
				return err
			}
			e.items = append(e.items, item)
			continue
		}
		t, begin, err := d.token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder takes nothing else in this place
		if names[name] {
			return d.at(begin, "%q stands twice", short(name))
		}
		names[name] = true
		value, err := d.element(depth)
		if err != nil {
			return err
		}
		e.fields = append(e.fields, field{name, begin, value})
	}
	_, _, err := d.token()
	return err
}

// get gives the field of a name, nil for none.
func (e *element) get(name string) *field {
	for i := range e.fields {
		if e.fields[i].name == name {
			return &e.fields[i]
		}
	}
	return nil
}

// find gives where something stands: the value under a name of the file's own object, deeper down the name itself, or an item of a list. It goes as far as
// there is anything, and fails when the first step leads nowhere.
func (d *document) find(at place) (offset int64, ok bool) {
	e := &d.top
	for i, step := range at {
		switch step := step.(type) {
		case string:
			f := e.get(step)
			if f == nil {
				return offset, ok
			}
			e, offset = &f.value, f.begin
			if i == 0 {
				offset = e.begin
			}
		case int:
			if step < 0 || step >= len(e.items) {
				return offset, ok
			}
			e = &e.items[step]
			offset = e.begin
		}
		ok = true
	}
	return offset, ok
}

// want refuses an element of another kind.
func (d *document) want(e *element, k kind, what string) error {
	if e.kind != k {
		return d.at(e.begin, "%s must be %s, not %s", what, k, e.kind)
	}
	return nil
}

// fault finds where a fault of a family stands in the file.
func (d *document) fault(err error) error {
	fault, ok := errors.AsType[*faultError](err)
	if !ok {
		return err
	}
	offset, ok := d.find(fault.at)
	if !ok {
		return &InputError{Source: d.source, Problem: fault.problem}
	}
	return d.at(offset, "%s", fault.problem)
}

// reader reads the value under one name of an object.
type reader struct {
	name string
	read func(*element) error
}

// object reads an object: every name in it has to have a reader, and those that are there are read in the order of the file.
func (d *document) object(e *element, what string, readers ...reader) error {
	if err := d.want(e, object, what); err != nil {
		return err
	}
	for i := range e.fields {
		f := &e.fields[i]
		at := slices.IndexFunc(readers, func(r reader) bool { return r.name == f.name })
		if at < 0 {
			var names []string
			for _, r := range readers {
				names = append(names, r.name)
			}
			return d.at(f.begin, "%q means nothing in %s; it may have %s", short(f.name), what, strings.Join(names, ", "))
		}
		if err := readers[at].read(&f.value); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) text(e *element, what string) (string, error) {
	return e.text, d.want(e, text, what)
}

func (d *document) truth(e *element, what string) (bool, error) {
	return e.yes, d.want(e, truth, what)
}

// whole reads a whole number between two others, written without point and exponent.
func (d *document) whole(e *element, what string, least, most int64) (int, error) {
	if err := d.want(e, number, what); err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(e.text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, d.at(e.begin, "%s is %s; it must be a whole number from %d to %d", what, short(e.text), least, most)
	}
	return int(n), nil
}

func (d *document) texts(e *element, what, each string) ([]string, error) {
	if err := d.want(e, list, what); err != nil {
		return nil, err
	}
	var all []string
	for i := range e.items {
		s, err := d.text(&e.items[i], each)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// quoted writes text as JSON has it.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // text always has a JSON form
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// quotedList writes a list of texts on one line.
func quotedList(list []string) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, quoted(s))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
