// Command samklang is the whole program: the server, the example installation, and what an administrator does from a terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are the program's commands.
type commands struct {
	Log      string           `enum:"text,json" default:"text" env:"SAMKLANG_LOG" help:"How log lines are written: text or json."`
	Settings kong.ConfigFlag  `name:"settings" env:"SAMKLANG_SETTINGS" type:"path" help:"File with settings, one 'name = value' a line."`
	Version  kong.VersionFlag `help:"Print the version."`

	Serve  serve         `cmd:"" help:"Serve an installation."`
	Demo   demo          `cmd:"" help:"Serve the example installation on this machine: invented associations, log-in codes and mail on screen."`
	Import importing     `cmd:"" help:"Read documents from the command line."`
	Config configuration `cmd:"" help:"Print every setting, what it means, its value and where that comes from."`
	Verify verifying     `cmd:"" help:"Check the public log of an installation: from outside, in its database, as it was saved, or a proof."`
	Doctor examination   `cmd:"" help:"Look at a running installation: say what is wrong and what to do. Ends with 1 when something is."`
	User   user          `cmd:"" help:"People of the installation, for when nobody can log in."`

	Copy    copying      `cmd:"" help:"Copy an installation from one database to another, SQLite or PostgreSQL, and compare every row."`
	Files   fileCommands `cmd:"" help:"The uploaded files."`
	Backup  backingUp    `cmd:"" help:"Write a whole installation, rows and files, into one file while it is being served."`
	Restore restoring    `cmd:"" help:"Put a backup into an empty installation, and compare every row and file."`

	Routes routes `cmd:"" hidden:"" help:"Print every page and form of the program, for tests."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the program without waiting for anything
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errorWriter is the standard error, told apart from the standard output by its type.
type errorWriter struct{ io.Writer }

func newParser(c *commands, out, errOut io.Writer) (*kong.Kong, error) {
	return kong.New(c, kong.Name("samklang"), kong.Description("The promise ledger of coordination associations."), kong.UsageOnError(),
		kong.Writers(out, errOut), kong.Configuration(settings), kong.Vars{"version": version()})
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var c commands
	parser, err := newParser(&c, out, errOut)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errOut, "samklang:", err)
		return 2
	}
	handler := slog.Handler(slog.NewTextHandler(errOut, nil))
	if c.Log == "json" {
		handler = slog.NewJSONHandler(errOut, nil)
	}
	k.BindTo(ctx, (*context.Context)(nil))
	k.BindTo(out, (*io.Writer)(nil))
	k.Bind(errorWriter{errOut})
	if err := k.Run(slog.New(handler)); err != nil {
		fmt.Fprintln(errOut, "samklang:", err)
		if e, ok := errors.AsType[interface {
			error
			ExitCode() int
		}](err); ok {
			return e.ExitCode()
		}
		return 1
	}
	return 0
}
