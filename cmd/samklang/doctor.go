package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"samklang/internal/app"
	"samklang/internal/app/doctor"
	"samklang/internal/platform/clock"
)

// examination looks at a running installation.
type examination struct {
	app.Config
	JSON bool `name:"json" help:"Print JSON."`
}

// errUnwell makes the program end with 1 after a fault was printed.
var errUnwell = errors.New("something is wrong; see above")

// Run prints what was found.
func (c *examination) Run(ctx context.Context, t terminal) error {
	c.Version = version()
	p := &doctor.Patient{Config: c.Config, Now: clock.System.Now, User: os.Geteuid(), HTTP: &http.Client{Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if p.ConfigFault = p.Config.Check(); p.ConfigFault == nil {
		if err := becomeOwner(p); err != nil {
			return err
		}
		// What the parts would write into the log, the findings say better.
		e, err := app.Examine(ctx, p.Config, slog.New(slog.DiscardHandler), clock.System)
		if err != nil {
			p.DBFault = err
		} else {
			defer e.Close()
			p.DB, p.Queue, p.Log, p.Files, p.FilesFault = e.DB, e.Queue, e.Log, e.Files, e.FilesFault
		}
	} else {
		p.DBFault = p.ConfigFault
	}
	list := doctor.Examine(ctx, p)
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(list); err != nil {
			return err
		}
	} else if _, err := io.WriteString(t.out, report(list)); err != nil {
		return err
	}
	if !doctor.Healthy(list) {
		return errUnwell
	}
	return nil
}

// becomeOwner lets root look as the user whom the data directory belongs to: what root opens of a SQLite database, the program could not write to
// any more.
func becomeOwner(p *doctor.Patient) error {
	if p.User != 0 {
		return nil
	}
	user, err := dropTo(p.Config.Data)
	if err != nil {
		return fmt.Errorf("the doctor runs as root and could not become the user whom %s belongs to: %w", p.Config.Data, err)
	}
	p.User = user
	return nil
}

// report is what was found, for a person at a terminal: what is wrong first.
func report(list []doctor.Finding) string {
	var b strings.Builder
	counted := map[doctor.State]int{}
	for _, state := range []doctor.State{doctor.Fault, doctor.Warning, doctor.Well, doctor.Skipped} {
		for _, f := range list {
			if f.State != state {
				continue
			}
			counted[state]++
			for i, line := range wrap(fmt.Sprintf("%-8s %s: %s", state, f.Check, f.Says), 110) {
				b.WriteString(map[bool]string{true: "", false: strings.Repeat(" ", 9)}[i == 0] + strings.Replace(line, string(state)+" ", fmt.Sprintf("%-8s ", state), 1) + "\n")
			}
			if f.Do != "" {
				for i, line := range wrap(f.Do, 100) {
					b.WriteString(strings.Repeat(" ", 9) + map[bool]string{true: "→ ", false: "  "}[i == 0] + line + "\n")
				}
			}
		}
	}
	fmt.Fprintf(&b, "\nFaults: %d. Warnings: %d. Well: %d. Not looked at: %d.\n", counted[doctor.Fault], counted[doctor.Warning], counted[doctor.Well], counted[doctor.Skipped])
	return b.String()
}
