package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"samklang/internal/app"

	"github.com/alecthomas/kong"
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
var notSettings = []string{"help", "version", "example", "json"}

// Run prints on out. Settings that cannot work together are printed all the same, and then said to be wrong.
func (c *configuration) Run(k *kong.Context, out io.Writer) error {
	list := settingsOf(k)
	var err error
	switch {
	case c.Example:
		_, err = io.WriteString(out, exampleFile(list))
		return err
	case c.JSON:
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err = e.Encode(list)
	default:
		for i, s := range list {
			if i > 0 {
				fmt.Fprintln(out)
			}
			fmt.Fprint(out, s)
		}
	}
	if err != nil {
		return err
	}
	checked := c.Config
	return checked.Check()
}

// settingsOf lists the settings of the command that runs, those of the whole program last.
func settingsOf(k *kong.Context) []setting {
	typed, filed := map[string]bool{}, map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil {
			if p.Resolved {
				filed[p.Flag.Name] = true
			} else {
				typed[p.Flag.Name] = true
			}
		}
	}
	file := ""
	var list []setting
	for _, flags := range [][]*kong.Flag{k.Model.Flags, k.Selected().Flags} {
		for _, f := range flags {
			if f.Name == "settings" {
				file = fmt.Sprint(f.Target.Interface())
			}
		}
	}
	for _, f := range slices.Concat(k.Selected().Flags, k.Model.Flags) {
		if slices.Contains(notSettings, f.Name) {
			continue
		}
		s := setting{Name: f.Name, Means: f.Help, Default: f.Default, Source: "default", Environment: f.Envs, Value: valueOf(f)}
		if typed[f.Name] {
			s.Source, s.From = "flag", "--"+f.Name
		} else if name := fromEnvironment(f); name != "" {
			s.Source, s.From = "environment", name
		} else if filed[f.Name] {
			s.Source, s.From = "file", file
		}
		list = append(list, s)
	}
	return list
}

func fromEnvironment(f *kong.Flag) string {
	for _, name := range f.Envs {
		if _, set := os.LookupEnv(name); set {
			return name
		}
	}
	return ""
}

// valueOf is a setting's value as a settings file has it, without secrets.
func valueOf(f *kong.Flag) string {
	target := f.Target
	if target.Kind().String() == "ptr" {
		if target.IsNil() {
			return "" // it follows from other settings
		}
		target = target.Elem()
	}
	v := fmt.Sprint(target.Interface())
	if list, ok := target.Interface().([]string); ok {
		v = strings.Join(list, ",")
	}
	if v == "" {
		return ""
	}
	switch f.Tag.Get("secret") {
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
