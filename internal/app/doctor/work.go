package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"samklang/internal/app"
	"samklang/internal/platform/mail"

	"github.com/uptrace/bun"
)

// mailServer knocks at the mail server.
func mailServer(ctx context.Context, p *Patient) []Finding {
	smtp, err := p.Config.MailServer()
	if err != nil {
		return fault("Correct the settings that begin with smtp- and mail-.", "The mail settings cannot be used: %v.", err)
	}
	if smtp == nil {
		return warning("Set smtp-host and mail-from.", "There is no mail server: codes for logging in stay on the page of outgoing mail, which only administrators see.")
	}
	if err := smtp.Probe(ctx); err != nil {
		return fault("See that the name, the port and the protection are right (587 with starttls, 465 with tls), that the firewall lets this machine out, and that the server allows the sender.",
			"The mail server %s does not take our mail: %v.", p.Config.SMTPHost, err)
	}
	return ok("The mail server %s takes mail from %s. Nothing was sent.", p.Config.SMTPHost, p.Config.MailFrom)
}

// How long what should happen at once may wait before the doctor says so.
const (
	mailWaits = 15 * time.Minute
	jobWaits  = 10 * time.Minute
	nightGap  = 2 * time.Hour
)

// mails looks at the mails that have not gone out.
func mails(ctx context.Context, p *Patient) []Finding {
	s, err := mail.StandingOf(ctx, p.DB)
	if err != nil {
		return unread(err)
	}
	var found []Finding
	if age := p.Now().Sub(s.Oldest); s.Waiting > 0 && age > mailWaits {
		reason := "None was tried yet: see what is said about jobs."
		if s.LastError != "" {
			reason = "The mail server said: " + s.LastError
		}
		found = append(found, fault("See what is said about the mail server. Mails go out by themselves when it takes them again.", "%s, the oldest for %s. %s", waits(s.Waiting, "mail"), ago(age), reason)...)
	}
	if s.Failed > 0 {
		found = append(found, warning("The page of outgoing mail names them with what the mail server said. Often an address is wrong.", "%s given up in the last weeks.", were(s.Failed, "mail"))...)
	}
	if len(found) == 0 {
		return ok("Mails go out.")
	}
	return found
}

func waits(n int, what string) string {
	if n == 1 {
		return "One " + what + " waits"
	}
	return fmt.Sprintf("%d %ss wait", n, what)
}

func were(n int, what string) string {
	if n == 1 {
		return "One " + what + " was"
	}
	return fmt.Sprintf("%d %ss were", n, what)
}

// work looks at the jobs in the background.
func work(ctx context.Context, p *Patient) []Finding {
	s, err := p.Queue.Standing(ctx)
	if err != nil {
		return unread(err)
	}
	var found []Finding
	if age := p.Now().Sub(s.OldestDue); !s.OldestDue.IsZero() && age > jobWaits {
		found = append(found, fault("See that the program runs: systemctl status samklang. If it does, look into its log: journalctl -u samklang -p warning.", "%s in the background, the oldest for %s.", waits(s.Waiting+s.Retrying, "job"), ago(age))...)
	}
	if s.Failed > 0 {
		list, err := p.Queue.Failed(ctx)
		if err != nil {
			return append(found, unread(err)...)
		}
		var kinds []string
		for _, f := range list {
			if !slices.Contains(kinds, f.Kind) {
				kinds = append(kinds, f.Kind)
			}
		}
		last := ""
		if len(list) > 0 {
			last = fmt.Sprintf(" The latest, %s on %s: %s", list[0].Kind, list[0].At.Format("2006-01-02 15:04"), firstLine(list[0].Reason))
		}
		found = append(found, warning("When the reason is mended, the work of a mail is repeated by sending it again; what states are computed from is repeated every night. Report reasons you do not understand.", "%s given up (%s).%s", were(s.Failed, "job"), strings.Join(kinds, ", "), last)...)
	}
	if s.Retrying > 20 {
		found = append(found, warning("Look into the log for what fails: journalctl -u samklang -p warning.", "%d jobs have failed and will be tried again.", s.Retrying)...)
	}
	if len(found) == 0 {
		return ok("Nothing waits in the background that should not.")
	}
	return found
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// nightly looks at whether the work of every night was done.
func nightly(ctx context.Context, p *Patient) []Finding {
	late, err := p.Queue.Late(ctx, nightGap)
	if err != nil {
		return unread(err)
	}
	if len(late) > 0 {
		return fault("See that the program runs, also at night: it catches up by itself when it does.", "Work that is due every day was not done when it should have been: %s.", strings.Join(late, ", "))
	}
	ticks, err := p.Queue.Ticks(ctx)
	if err != nil {
		return unread(err)
	}
	if len(ticks) == 0 {
		return skipped("The program has not run over a night yet.")
	}
	return ok("The work of every night was done.")
}

// oldBackup is how old the newest backup may be: a night's, and some hours for making it.
const oldBackup = 26 * time.Hour

// backups looks at how old the newest backup is.
func backups(_ context.Context, p *Patient) []Finding {
	dir := p.Config.Backups
	if dir == "" {
		return warning("Let a timer run 'samklang backup DIRECTORY' every night, and name the directory in the setting backups.", "Nobody has told where backups lie, so whether there are any is not known.")
	}
	at, name, err := app.NewestBackup(dir)
	if err != nil {
		return fault("Correct the setting backups, or let the program's user look into the directory.", "The directory of the backups cannot be read: %v.", err)
	}
	const do = "See whether the timer runs: systemctl status samklang-backup.timer samklang-backup.service. By hand: samklang backup " // and the directory
	switch age := p.Now().Sub(at); {
	case at.IsZero():
		return fault(do+dir, "There is no backup in %s.", dir)
	case age > oldBackup:
		return fault(do+dir, "The newest backup, %s, is %s old.", name, ago(age))
	default:
		return ok("The newest backup, %s, is %s old. Whether it can be restored, only a restore tells.", name, ago(age))
	}
}

// administrators looks at whether somebody can manage the installation.
func administrators(ctx context.Context, p *Patient) []Finding {
	var all, managing int
	err := p.DB.Read().NewRaw("SELECT count(*), coalesce(sum(CASE WHEN admin THEN 1 ELSE 0 END), 0) FROM accounts WHERE closed_at IS NULL").Scan(ctx, &all, &managing)
	if err != nil {
		return unread(err)
	}
	switch {
	case all == 0:
		return warning("Open the address that the program prints when it starts, or: samklang user add EMAIL NAME", "Nobody can log in yet.")
	case managing == 0:
		return fault("samklang user add EMAIL NAME adds an account that manages the installation.", "Nobody manages the installation: none of %s may.", count(all, "account", "accounts"))
	case managing == 1:
		return warning("Let a second person manage the installation, for when the first is away.", "One person alone manages the installation.")
	}
	return ok("%d people manage the installation.", managing)
}

// mostFiles is how many stored files are looked for.
const mostFiles = 500

// storedFiles looks for the newest uploaded files and for some of the others.
func storedFiles(ctx context.Context, p *Patient) []Finding {
	var sums []string
	err := p.DB.Read().NewSelect().TableExpr("files").Distinct().Column("sha256").OrderExpr("sha256").Limit(mostFiles).Scan(ctx, &sums)
	if err != nil {
		return unread(err)
	}
	var newest []string
	if err := p.DB.Read().NewSelect().TableExpr("files").Column("sha256").OrderExpr("created_at DESC, id DESC").Limit(mostFiles).Scan(ctx, &newest); err != nil {
		return unread(err)
	}
	sums = slices.Compact(slices.Sorted(slices.Values(append(sums, newest...))))
	if len(sums) == 0 {
		return ok("No files have been uploaded yet.")
	}
	if p.Files == nil {
		return fault("Correct the settings of where files lie, or run the doctor as the program's user.", "Where uploaded files lie cannot be opened: %v.", p.FilesFault)
	}
	var missing []string
	var reason error
	for _, sum := range sums {
		f, _, err := p.Files.Open(ctx, sum)
		if err != nil {
			missing = append(missing, sum)
			reason = err
			continue
		}
		f.Close()
	}
	if len(missing) > 0 {
		var name string
		p.DB.Read().NewSelect().TableExpr("files").Column("name").Where("sha256 IN (?)", bun.In(missing)).OrderExpr("created_at DESC, id DESC").Limit(1).Scan(ctx, &name)
		return fault("Put them back from a backup: samklang restore, or copy the folder files of an earlier copy over this one; files never change, so nothing is lost by it.",
			"%s of %d that were looked for cannot be found; the newest of them is %q (%v).", count(len(missing), "uploaded file", "uploaded files"), len(sums), name, reason)
	}
	return ok("%s that were looked for are there.", count(len(sums), "uploaded file", "uploaded files"))
}
