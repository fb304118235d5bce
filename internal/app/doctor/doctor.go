// Package doctor examines a running installation as an administrator would, and says in plain sentences what is wrong and what to do about it.
// It changes nothing: it reads the settings and the database, asks the addresses the settings name, and knocks at the mail server without sending
// anything.
package doctor

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"samklang/internal/app"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/publiclog"
)

// State is how a finding is meant.
type State string

const (
	Well    State = "ok"
	Warning State = "warning" // works today; something will go wrong, or already does now and then
	Fault   State = "fault"   // does not work
	Skipped State = "skipped" // could not be looked at, or is of no concern here
)

// Finding is what one look has shown.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do about it; "" when nothing is to be done
}

// Patient is the installation and the ways to look at it.
type Patient struct {
	Config      app.Config
	ConfigFault error // what is wrong with the settings, nil when nothing is
	DB          *db.DB
	DBFault     error // why DB is nil
	Queue       *jobs.Queue
	Log         *publiclog.Log
	Files       files.Store
	FilesFault  error // why Files is nil
	Now         func() time.Time
	HTTP        *http.Client // asks the external address; it follows no redirects
	User        int          // who the doctor runs as, as the operating system numbers people
}

func ok(says string, args ...any) []Finding {
	return []Finding{{State: Well, Says: fmt.Sprintf(says, args...)}}
}

func skipped(says string, args ...any) []Finding {
	return []Finding{{State: Skipped, Says: fmt.Sprintf(says, args...)}}
}

func warning(do, says string, args ...any) []Finding {
	return []Finding{{State: Warning, Says: fmt.Sprintf(says, args...), Do: do}}
}

func fault(do, says string, args ...any) []Finding {
	return []Finding{{State: Fault, Says: fmt.Sprintf(says, args...), Do: do}}
}

// unread is the finding of a check whose question the database did not answer.
func unread(err error) []Finding {
	return fault("See what the checks above say about the database.", "This could not be read: %v.", err)
}

// check is one look.
type check struct {
	name     string
	settings bool // needs settings that are right
	database bool // needs an open database with this program's schema
	look     func(context.Context, *Patient) []Finding
}

// checks are all looks, in the order in which they are told.
var checks = []check{
	{"settings", false, false, settings},
	{"data directory", true, false, dataDirectory},
	{"disk", true, false, disk},
	{"database", true, false, database},
	{"schema", true, false, schema},
	{"pooler", true, true, pooler},
	{"database file", true, true, databaseFile},
	{"files", true, true, storedFiles},
	{"program", true, true, program},
	{"address", true, true, address},
	{"certificate", true, false, certificate},
	{"proxy", true, true, proxy},
	{"copies", true, true, copies},
	{"clock", true, true, clocks},
	{"mail server", true, false, mailServer},
	{"mail", true, true, mails},
	{"jobs", true, true, work},
	{"nightly work", true, true, nightly},
	{"backups", true, false, backups},
	{"public log", true, true, publicLog},
	{"witnesses", true, true, witnesses},
	{"administrators", true, true, administrators},
}

// Names are the names of all checks, in order.
func Names() []string {
	list := make([]string, len(checks))
	for i, c := range checks {
		list[i] = c.name
	}
	return list
}

// patience is how long one look may take.
const patience = 2 * time.Minute

// Examine looks at everything. One look that finds a fault does not keep the others from looking; those that would only repeat it are skipped.
func Examine(ctx context.Context, p *Patient) []Finding {
	usable := p.DB != nil
	if usable {
		pending, err := p.DB.Pending(ctx)
		usable = err == nil && pending <= 0
	}
	var all []Finding
	for _, c := range checks {
		var found []Finding
		switch {
		case c.settings && p.ConfigFault != nil:
			found = skipped("Not looked at: the settings are at fault.")
		case c.database && !usable:
			found = skipped("Not looked at: the database cannot be used.")
		default:
			limited, cancel := context.WithTimeout(ctx, patience)
			found = c.look(limited, p)
			cancel()
		}
		for _, f := range found {
			f.Check = c.name
			all = append(all, f)
		}
	}
	return all
}

// Healthy tells whether no finding is a fault.
func Healthy(list []Finding) bool {
	for _, f := range list {
		if f.State == Fault {
			return false
		}
	}
	return true
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago writes a span of time in the one unit that suits it.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
