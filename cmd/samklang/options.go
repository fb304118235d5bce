package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// option is a flag or an argument with the field that it sets.
type option struct {
	name, help, standard, placeholder, kind, secret string
	envs, enum                                      []string
	required, negatable, argument                   bool
	target                                          reflect.Value

	given        []string // on the command line
	source, from string   // flag, environment, file or default; and which flag, variable or file
}

// optionsOf lists the flags and arguments of a command's struct, or of another with such fields.
func optionsOf(fields reflect.Value) (flags, arguments []*option) {
	for i := range fields.NumField() {
		field, tag := fields.Type().Field(i), fields.Type().Field(i).Tag
		switch {
		case field.Anonymous:
			f, a := optionsOf(fields.Field(i))
			flags, arguments = append(flags, f...), append(arguments, a...)
			continue
		case !field.IsExported(), tag.Get("flag") == "-":
			continue
		}
		has := func(name string) bool { _, ok := tag.Lookup(name); return ok }
		o := &option{name: cmp.Or(tag.Get("name"), dashed(field.Name)), help: tag.Get("help"), standard: tag.Get("default"), placeholder: tag.Get("placeholder"), kind: tag.Get("type"), secret: tag.Get("secret"),
			envs: list(tag.Get("env")), enum: list(tag.Get("enum")), required: has("required") || has("arg") && !has("optional"), negatable: has("negatable"), argument: has("arg"), target: fields.Field(i)}
		if o.argument {
			arguments = append(arguments, o)
		} else {
			flags = append(flags, o)
		}
	}
	return flags, arguments
}

// dashed is the name of a field as a flag has it: TrustProxy is trust-proxy.
func dashed(field string) string {
	var b strings.Builder
	for i, r := range field {
		if unicode.IsUpper(r) && i > 0 && unicode.IsLower(rune(field[i-1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// list splits at commas; one after a backslash is part of its value.
func list(s string) (values []string) {
	value := ""
	for part := range strings.SplitSeq(s, ",") {
		if head, ok := strings.CutSuffix(part, `\`); ok {
			value += head + ","
			continue
		}
		values = append(values, value+part)
		value = ""
	}
	if value != "" {
		values = append(values, value)
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

// isSwitch tells that an option is on or off, and needs no value to be on.
func (o *option) isSwitch() bool {
	_, ok := o.target.Addr().Interface().(*bool)
	return ok
}

// flagValue gathers what the command line says of an option; settle makes a value of it.
type flagValue struct {
	o   *option
	off bool // --no-NAME
}

func (f flagValue) String() string { return "" }
func (f flagValue) Type() string   { return "" }
func (f flagValue) Set(s string) error {
	if f.off {
		on, err := readSwitch(s)
		if err != nil {
			return err
		}
		s = strconv.FormatBool(!on)
	}
	f.o.given = append(f.o.given, s)
	return nil
}

// typed is the option as it is typed.
func (o *option) typed() string {
	if o.argument {
		return "<" + o.name + ">"
	}
	return "--" + o.name
}

// settle sets the field of an option: a flag wins over the environment, that over the file, that over the default.
func (o *option) settle(file settingsFile, environment func(string) (string, bool)) error {
	values, where := o.given, o.typed()
	o.source, o.from = "flag", where
	for _, name := range o.envs {
		if v, ok := environment(name); ok && values == nil {
			values, where, o.source, o.from = []string{v}, name+" in the environment", "environment", name
		}
	}
	if v, ok := file.values[o.name]; ok && values == nil {
		values, where, o.source, o.from = []string{v}, o.name+" in "+file.path, "file", file.path
	}
	if values == nil {
		o.source, o.from = "default", ""
		if o.standard == "" {
			return nil
		}
		values = []string{o.standard}
	}
	if err := o.set(values); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// set reads the field's value; of several for one that is no list, the last counts.
func (o *option) set(values []string) (err error) {
	last := values[len(values)-1]
	switch field := o.target.Addr().Interface().(type) {
	case *string:
		*field, err = o.text(last)
	case *settingsFile:
		field.path, err = o.text(last)
	case *[]string:
		for _, v := range values {
			for _, part := range list(v) {
				if part, err = o.text(part); err != nil {
					return err
				}
				*field = append(*field, part)
			}
		}
	case *bool:
		*field, err = readSwitch(last)
	case *int:
		if *field, err = strconv.Atoi(last); err != nil {
			err = fmt.Errorf("%q is no whole number", last)
		}
	case *int64:
		if *field, err = strconv.ParseInt(last, 10, 64); err != nil {
			err = fmt.Errorf("%q is no whole number", last)
		}
	case *float64:
		if *field, err = strconv.ParseFloat(last, 64); err != nil {
			err = fmt.Errorf("%q is no number", last)
		}
	case *time.Duration:
		*field, err = readDuration(last)
	case **time.Duration: // nil when nothing is said
		d, fault := readDuration(last)
		*field, err = &d, fault
	default:
		panic(fmt.Sprintf("the setting %s is of a type that none can be of", o.name))
	}
	return err
}

func readSwitch(s string) (on bool, err error) {
	switch strings.ToLower(s) {
	case "true", "1", "yes":
		return true, nil
	case "false", "0", "no":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}

func readDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		err = fmt.Errorf("%q is no length of time; write it with its unit, such as 5s or 10m", s)
	}
	return d, err
}

// text is a value that stays text, checked for what its option may be.
func (o *option) text(s string) (string, error) {
	if len(o.enum) > 0 && !slices.Contains(o.enum, s) {
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(o.enum, ", "))
	}
	if o.kind == "" || s == "" || s == "-" {
		return s, nil
	}
	if rest, ok := strings.CutPrefix(s, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		s = filepath.Join(home, rest)
	}
	path, err := filepath.Abs(s)
	if err != nil || o.kind != "existingfile" {
		return path, err
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory; name a file", path)
	}
	return path, err
}

// settingsFile is a file of settings: 'name = value' lines with the names of the flags; # starts a comment line.
type settingsFile struct {
	path   string
	values map[string]string
}

// read reads the file. Every name in it has to be a flag of some command.
func (s *settingsFile) read(root *node) error {
	content, err := os.ReadFile(s.path)
	if err != nil {
		return fmt.Errorf("the settings file cannot be read: %w", err)
	}
	known := map[string]bool{}
	root.each(func(n *node) {
		for _, o := range n.options {
			known[o.name] = true
		}
	})
	s.values = map[string]string{}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok {
			return fmt.Errorf("the settings file has no = in line %d", number)
		}
		if !known[name] {
			return fmt.Errorf("the settings file has %q, which is no setting; samklang serve --help lists them", name)
		}
		s.values[name] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return nil
}
