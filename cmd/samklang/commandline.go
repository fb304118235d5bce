package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// runner is what a command does. The fields of its struct are its flags and arguments, as their tags say:
//
//	help:"…"            what it means; a sentence
//	name:"log-only"     its name, when that is not the field's, LogOnly, in small letters with dashes
//	env:"A,B"           variables of the environment; the first that is set counts
//	default:"text"      its value when nothing else says one
//	enum:"text,json"    the values it may have
//	type:"path"         a file or directory, made absolute; "existingfile" is one that is there
//	placeholder:"URL"   what stands for its value in the help
//	required:""         it has to be given
//	negatable:""        a switch that --no-NAME turns off
//	arg:""              an argument instead of a flag; with optional:"" it may be left out
//	secret:"true"       it is not printed; of an "address" the password is not
//	flag:"-"            neither flag nor argument
//
// The fields are set through reflection; that of methods is never used, so that the linker can leave out what nobody calls (docs/adr/0035).
type runner interface {
	Run(ctx context.Context, t terminal) error
}

// terminal is what a command is given besides its settings.
type terminal struct {
	out      io.Writer // what was asked for
	messages io.Writer // what else there is to say: the standard error
	log      *slog.Logger
	options  []*option // what the command line came to: the command's own, then those of the whole program
}

// node is a command, or a group of commands when it does nothing itself.
type node struct {
	name, help string
	hidden     bool
	does       runner
	nodes      []*node

	above              *node
	options, arguments []*option
	cobra              *cobra.Command
}

// bind makes the tree of cobra that takes a command line apart.
func (n *node) bind(chosen func(*node, []string)) *cobra.Command {
	n.cobra = &cobra.Command{Use: n.name, Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(_ *cobra.Command, args []string) error { chosen(n, args); return nil }}
	set := n.cobra.Flags()
	if n.above == nil {
		set = n.cobra.PersistentFlags()
	}
	if n.does != nil {
		n.options, n.arguments = optionsOf(reflect.ValueOf(n.does).Elem())
	} else {
		n.cobra.FParseErrWhitelist.UnknownFlags = true // they belong to a command that was not named, or named wrongly
	}
	for _, o := range n.options {
		f := set.VarPF(flagValue{o, false}, o.name, "", "")
		if o.isSwitch() {
			f.NoOptDefVal = "true"
		}
		if o.negatable {
			set.VarPF(flagValue{o, true}, "no-"+o.name, "", "").NoOptDefVal = "true"
		}
	}
	for _, child := range n.nodes {
		child.above = n
		n.cobra.AddCommand(child.bind(chosen))
	}
	return n.cobra
}

// path is the command as it is typed.
func (n *node) path() string {
	if n.above == nil {
		return n.name
	}
	return n.above.path() + " " + n.name
}

// each visits a command and those below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, child := range n.nodes {
		child.each(visit)
	}
}

// parsed is a command line that was understood.
type parsed struct {
	overall overall   // what is set for the whole program
	does    runner    // the command, with its fields set
	options []*option // as terminal has them
	says    string    // to be printed instead of doing anything: help or the version
}

// parse takes a command line apart and sets what it, the environment and the settings file say. Its errors are sentences for whoever typed it.
func parse(args []string, environment func(string) (string, bool)) (p *parsed, err error) {
	p = &parsed{}
	root := tree()
	root.options, _ = optionsOf(reflect.ValueOf(&p.overall).Elem())
	var chosen *node
	var rest []string
	c := root.bind(func(n *node, args []string) { chosen, rest = n, args })
	c.SetArgs(slices.Concat([]string{}, args)) // cobra takes nil for the arguments of the process
	c.SetHelpFunc(func(c *cobra.Command, _ []string) {
		root.each(func(n *node) {
			if n.cobra == c {
				p.says = n.usage()
			}
		})
	})
	c.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, of []string) error {
		found, _, err := c.Find(of)
		if err != nil {
			return err
		}
		return found.Help()
	}})
	c.SetFlagErrorFunc(flagError)
	if err := c.Execute(); err != nil || p.says != "" {
		return p, err
	}
	if slices.ContainsFunc(root.options, func(o *option) bool { return o.name == "version" && o.given != nil }) {
		p.says = version() + "\n"
		return p, nil
	}
	if chosen.does == nil {
		return p, chosen.incomplete(args, rest)
	}
	p.does, p.options = chosen.does, slices.Concat(chosen.options, root.options)
	return p, chosen.settle(root, rest, environment)
}

// flagError says in a sentence what pflag found wrong.
func flagError(c *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return noFlag(c, "-"+cmp.Or(e.GetSpecifiedShortnames(), "-"+e.GetSpecifiedName()))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s needs a value", e.GetSpecifiedName())
	}
	return err
}

func noFlag(c *cobra.Command, name string) error {
	names := []string{"--help"}
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return fmt.Errorf("there is no flag %s%s", name, meant(name, names))
}

// incomplete is the error of a command line that ends in a group of commands.
func (n *node) incomplete(args, rest []string) error {
	var names []string
	for _, child := range n.nodes {
		if !child.hidden {
			names = append(names, child.name)
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s has no command %s%s", n.path(), rest[0], meant(rest[0], names))
	}
	for _, a := range args {
		name, _, _ := strings.Cut(a, "=")
		if strings.HasPrefix(name, "-") && n.cobra.Flags().Lookup(strings.TrimLeft(name, "-")) == nil {
			return noFlag(n.cobra, name)
		}
	}
	return fmt.Errorf("name a command: %s. %s --help tells what they do", strings.Join(names, ", "), n.path())
}

// meant suggests what somebody may have wanted to type.
func meant(typed string, names []string) string {
	var close []string
	for _, name := range names {
		if strings.HasPrefix(name, typed) && len(typed) > 2 || distance(typed, name) <= 2 {
			close = append(close, name)
		}
	}
	if close == nil {
		return ""
	}
	return "; did you mean " + strings.Join(close, " or ") + "?"
}

// distance is how many letters have to be added, removed or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// settle gives every flag and argument of the command its value.
func (n *node) settle(root *node, rest []string, environment func(string) (string, bool)) error {
	var file settingsFile
	for _, o := range root.options {
		s, ok := o.target.Addr().Interface().(*settingsFile)
		if !ok {
			continue
		}
		if err := o.settle(file, environment); err != nil {
			return err
		}
		if s.path != "" {
			if err := s.read(root); err != nil {
				return err
			}
			file = *s
			delete(file.values, o.name) // a file does not name itself
		}
	}
	var missing []string
	for _, o := range slices.Concat(root.options, n.options) {
		if err := o.settle(file, environment); err != nil {
			return err
		}
		if o.required && o.source == "default" {
			missing = append(missing, o.typed())
		}
	}
	if missing != nil {
		return fmt.Errorf("%s needs %s", n.path(), strings.Join(missing, " and "))
	}
	for i, o := range n.arguments {
		if i < len(rest) {
			o.given = rest[i : i+1]
		} else if o.required {
			return fmt.Errorf("%s needs %s: %s", n.path(), o.typed(), o.help)
		}
		if err := o.settle(settingsFile{}, environment); err != nil {
			return err
		}
	}
	if takes := len(n.arguments); len(rest) > takes {
		return fmt.Errorf("%s does not take %q", n.path(), rest[takes])
	}
	return nil
}
