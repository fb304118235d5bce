package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// usage is the help of a command, for a terminal of 80 letters a line.
func (n *node) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s\n\n", n.line())
	paragraph(&b, "", n.help, 80)
	if len(n.arguments) > 0 {
		b.WriteString("\nArguments:\n")
		for _, o := range n.arguments {
			entry(&b, o.typed(), o.help)
		}
	}
	b.WriteString("\nFlags:\n")
	entry(&b, "-h, --help", "Show this help.")
	root := n
	for root.above != nil {
		root = root.above
	}
	for _, o := range root.options {
		entry(&b, o.flag(), o.meaning())
	}
	if n.above != nil && len(n.options) > 0 {
		b.WriteString("\n")
		for _, o := range n.options {
			entry(&b, o.flag(), o.meaning())
		}
	}
	if len(n.nodes) > 0 {
		b.WriteString("\nCommands:\n")
		n.each(func(c *node) {
			if c.does != nil && !c.hidden {
				fmt.Fprintf(&b, "  %s\n", strings.TrimPrefix(c.line(), "samklang "))
				paragraph(&b, "    ", c.help, 80)
			}
		})
		fmt.Fprintf(&b, "\nRun \"%s <command> --help\" for more information on a command.\n", n.path())
	}
	return b.String()
}

// line is the command with what it needs.
func (n *node) line() string {
	words := []string{n.path()}
	if n.does == nil {
		words = append(words, "<command>")
	}
	for _, o := range n.options {
		if o.required {
			words = append(words, strings.TrimSpace(o.flag()))
		}
	}
	for _, o := range n.arguments {
		if o.required {
			words = append(words, o.typed())
		} else {
			words = append(words, "["+o.typed()+"]")
		}
	}
	return strings.Join(append(words, "[flags]"), " ")
}

// flag is a flag with its default or what stands for its value.
func (o *option) flag() string {
	value := cmp.Or(o.placeholder, "TEXT")
	switch o.target.Addr().Interface().(type) {
	case *bool:
		if o.negatable {
			return "    --[no-]" + o.name
		}
		return "    --" + o.name
	case *string:
		if o.standard != "" {
			value = strconv.Quote(o.standard)
		} else if o.kind != "" {
			value = cmp.Or(o.placeholder, "PATH")
		}
	case *[]string:
		value += ",..."
	default:
		value = cmp.Or(o.standard, o.placeholder, "NUMBER")
	}
	return "    --" + o.name + "=" + value
}

// meaning is what a flag means, with the variables that set it too.
func (o *option) meaning() string {
	if len(o.envs) == 0 {
		return o.help
	}
	return strings.TrimSuffix(o.help, ".") + " ($" + strings.Join(o.envs, ", $") + ")."
}

// entry writes a flag or argument and beside it what it means.
func entry(b *strings.Builder, name, means string) {
	const column = 33
	lines := wrap(means, 80-column)
	name = "  " + name
	if len([]rune(name))+2 > column {
		fmt.Fprintln(b, name)
	} else {
		fmt.Fprintf(b, "%-*s%s\n", column, name, lines[0])
		lines = lines[1:]
	}
	for _, line := range lines {
		fmt.Fprintf(b, "%*s%s\n", column, "", line)
	}
}

func paragraph(b *strings.Builder, margin, text string, width int) {
	for line := range slices.Values(wrap(text, width-len(margin))) {
		fmt.Fprintln(b, margin+line)
	}
}
