package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"samklang/internal/app"
)

// configuration prints the settings a command line, an environment and a file come to.
type configuration struct {
	app.Config
	Example bool `help:"Print a settings file with every setting explained and commented out, but for those given as flags."`
	JSON    bool `name:"json" help:"Print JSON."`
}

// setting is one setting with where its value comes from.
type setting struct {
	Name        string   `json:"name"`
	Means       string   `json:"means"`
	Default     string   `json:"default"`
	Value       string   `json:"value"`  // masked when it is a secret
	Source      string   `json:"source"` // flag, environment, file or default
	From        string   `json:"from"`   // the flag, variable or file
	Environment []string `json:"environment"`
}

// maskedValue stands for a secret that is set.
const maskedValue = "(set, not shown)"

// notSettings are flags that say what to do, not how the program is set.
var notSettings = []string{"version", "example", "json"}

// Run prints the settings. Those that cannot work together are printed all the same, and then said to be wrong.
func (c *configuration) Run(_ context.Context, t terminal) error {
	list := settingsOf(t.options)
	var err error
	switch {
	case c.Example:
		_, err = io.WriteString(t.out, exampleFile(list))
		return err
	case c.JSON:
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err = e.Encode(list)
	default:
		for i, s := range list {
			if i > 0 {
				fmt.Fprintln(t.out)
			}
			fmt.Fprint(t.out, s)
		}
	}
	if err != nil {
		return err
	}
	checked := c.Config
	return checked.Check()
}

// settingsOf tells of options what they are set to and by what.
func settingsOf(options []*option) (list []setting) {
	for _, o := range options {
		if !slices.Contains(notSettings, o.name) {
			list = append(list, setting{Name: o.name, Means: o.help, Default: o.standard, Value: o.shown(), Source: o.source, From: o.from, Environment: o.envs})
		}
	}
	return list
}

// shown is an option's value as a settings file has it, without secrets.
func (o *option) shown() (v string) {
	switch field := o.target.Addr().Interface().(type) {
	case *settingsFile:
		v = field.path
	case *[]string:
		v = strings.Join(*field, ",")
	case **time.Duration:
		if *field != nil { // else it follows from other settings
			v = (*field).String()
		}
	default:
		v = fmt.Sprint(o.target.Interface())
	}
	if v == "" {
		return ""
	}
	switch o.secret {
	case "":
		return v
	case "address":
		u, err := url.Parse(v)
		if err != nil {
			return maskedValue
		}
		q := u.Query()
		for _, name := range []string{"password", "sslpassword"} {
			if q.Has(name) {
				q.Set(name, "xxxxx")
				u.RawQuery = q.Encode()
			}
		}
		return u.Redacted()
	}
	return maskedValue
}

// String is a setting for a person at a terminal.
func (s setting) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s = %s\n", s.Name, s.Value)
	for _, line := range wrap(s.Means, 96) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	switch s.Source {
	case "default":
		b.WriteString("    Not set anywhere")
	case "flag":
		b.WriteString("    Set by the flag " + s.From)
	case "environment":
		b.WriteString("    Set by " + s.From + " in the environment")
	case "file":
		b.WriteString("    Set in the file " + s.From)
	}
	if s.Default != "" && s.Source != "default" {
		b.WriteString("; by itself it would be " + s.Default)
	}
	b.WriteString(".")
	if len(s.Environment) > 0 && s.Source != "environment" {
		b.WriteString(" In the environment: " + strings.Join(s.Environment, ", ") + ".")
	}
	b.WriteString("\n")
	return b.String()
}

// exampleFile is a settings file in which every setting is explained. What was given as a flag is set in it; the rest is commented out, and then
// is as the program takes it by itself.
func exampleFile(list []setting) string {
	var b strings.Builder
	b.WriteString("# Settings of Samklang: 'name = value', one a line; # begins a comment. A variable in the environment wins over this file, a flag over\n")
	b.WriteString("# both. 'samklang config --settings FILE' prints what they come to, and 'samklang doctor --settings FILE' tells whether it works.\n")
	for _, s := range list {
		if s.Name == "settings" { // the file cannot name itself
			continue
		}
		b.WriteString("\n")
		for _, line := range wrap(s.Means, 110) {
			b.WriteString("# " + line + "\n")
		}
		mark := "#"
		value := s.Default
		if s.Source == "flag" {
			mark, value = "", s.Value
		}
		b.WriteString(strings.TrimRight(mark+s.Name+" = "+value, " ") + "\n")
	}
	return b.String()
}

// wrap breaks a text into lines of at most width letters, where it has blanks.
func wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
