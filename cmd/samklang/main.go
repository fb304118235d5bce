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
)

// overall is what is set for the whole program.
type overall struct {
	Log      string       `enum:"text,json" default:"text" env:"SAMKLANG_LOG" help:"How log lines are written: text or json."`
	Settings settingsFile `env:"SAMKLANG_SETTINGS" type:"path" placeholder:"FILE" help:"File with settings, one 'name = value' a line."`
	Version  bool         `help:"Print the version."`
}

// tree lists the commands.
func tree() *node {
	return &node{name: "samklang", help: "The promise ledger of coordination associations.", nodes: []*node{
		{name: "serve", does: &serve{}, help: "Serve an installation."},
		{name: "demo", does: &demo{}, help: "Serve the example installation on this machine: invented associations, log-in codes and mail on screen."},
		{name: "import", help: "Read documents from the command line.", nodes: []*node{
			{name: "declaration", does: &importDeclaration{}, help: "Print what is read out of a signed document. Writes nothing; adopting is done on the upload page."},
		}},
		{name: "config", does: &configuration{}, help: "Print every setting, what it means, its value and where that comes from."},
		{name: "verify", does: &verifying{}, help: "Check the public log of an installation: from outside, in its database, as it was saved, or a proof."},
		{name: "protect", does: &protecting{}, help: "Print what may be published of tables of counts, so that nobody can be pointed out. Ends with 3 when earlier publications make it unsafe, with 4 when that could not be found out."},
		{name: "compare", does: &comparison{}, help: "Compare groups by raw counts: differences and ratios with intervals, crude and within strata. For those entitled to the counts; what is published goes through \"samklang protect\"."},
		{name: "doctor", does: &examination{}, help: "Look at a running installation: say what is wrong and what to do. Ends with 1 when something is."},
		{name: "user", help: "People of the installation, for when nobody can log in.", nodes: []*node{
			{name: "list", does: &userList{}, help: "List the accounts."},
			{name: "add", does: &userAdd{}, help: "Add an account that manages the installation."},
			{name: "code", does: &userCode{}, help: "Print a one-time code with which an account logs in."},
		}},
		{name: "copy", does: &copying{}, help: "Copy an installation from one database to another, SQLite or PostgreSQL, and compare every row."},
		{name: "files", help: "The uploaded files.", nodes: []*node{
			{name: "move", does: &filesMove{}, help: "Carry all uploaded files from one place to another while the program runs, and read each back."},
		}},
		{name: "backup", does: &backingUp{}, help: "Write a whole installation, rows and files, into one file while it is being served."},
		{name: "restore", does: &restoring{}, help: "Put a backup into an empty installation, and compare every row and file."},
		{name: "routes", does: &routes{}, hidden: true, help: "Print every page and form of the program, for tests."},
	}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the program without waiting for anything
	os.Exit(run(ctx, os.Args[1:], os.Stdout, forJournal(os.Stderr)))
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	p, err := parse(args, os.LookupEnv)
	if err != nil {
		fmt.Fprintln(errOut, "samklang:", err)
		return 2
	}
	if p.says != "" {
		fmt.Fprint(out, p.says)
		return 0
	}
	handler := slog.Handler(slog.NewTextHandler(errOut, nil))
	if p.overall.Log == "json" {
		handler = slog.NewJSONHandler(errOut, nil)
	}
	if err := p.does.Run(ctx, terminal{out: out, messages: errOut, log: slog.New(handler), options: p.options}); err != nil {
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
