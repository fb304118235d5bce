package main

import (
	"context"
	"fmt"
	"strings"

	"samklang/internal/app"
	"samklang/internal/app/example"
	"samklang/internal/platform/clock"
)

type demo struct {
	Listen string `default:"127.0.0.1:8080" env:"SAMKLANG_LISTEN" help:"Address and port to answer on; only this machine's own addresses."`
	Data   string `default:"data" env:"SAMKLANG_DATA" type:"path" help:"Directory of the database file and of uploaded files."`
}

func (d *demo) Run(ctx context.Context, t terminal) error {
	a, err := app.New(ctx, app.Config{Listen: d.Listen, Data: d.Data, Demo: true, PageCache: 32, Version: version()}, t.log, clock.System)
	if err != nil {
		return err
	}
	people, err := example.LogIns()
	if err != nil {
		a.Close()
		return err
	}
	return a.Run(ctx, func(base string) { fmt.Fprint(t.out, welcome(base, people)) })
}

// welcome says where the example installation is and as whom to log in.
func welcome(base string, people []example.LogIn) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The example installation is ready: %s\n\nLog in at %s/logga-in as one of these; the code is shown on the page, and no mail leaves this machine:\n", base, base)
	for _, p := range people {
		fmt.Fprintf(&b, "  %-34s %s\n", p.Email, p.As)
	}
	b.WriteString("\nVästra Sjölandet has signed on paper and not read its document in yet. Try it as Maria: choose Läs in ett dokument on her desk; the page offers the document.\n")
	return b.String()
}
