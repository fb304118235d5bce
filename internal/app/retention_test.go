package app

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/retention"
)

// kept are the tables that no rule of age touches, and why.
var kept = map[string]string{
	"associations": "the authority's record", "members": "the authority's record", "bodies": "the authority's record",
	"accounts": "accounts.ForgetClosed", "passkeys": "accounts.ForgetClosed", "oidc_identities": "accounts.ForgetClosed", "oidc_roles": "goes with roles", "oidc_sessions": "goes with sessions", "roles": "who took part in decisions",
	"declarations": "the promises", "commitments": "the promises", "signatures": "the promises", "pledges": "the promises", "milestones": "the promises",
	"wordings": "the database refuses", "audit_entries": "the database refuses", "state_changes": "the database refuses", "snapshots": "the database refuses",
	"logs": "the database refuses", "log_entries": "the database refuses", "log_leaves": "the database refuses", "log_hashes": "the database refuses", "log_checkpoints": "the database refuses",
	"log_cosignatures": "the database refuses", "log_witnessed": "the database refuses to go back", "log_salts": "publiclog.Destroy empties them", "log_waiting": "the sequencer takes them", "log_witnesses": "one row for each witness",
	"activities": "the plan", "activity_organisers": "the plan", "activity_serves": "the plan", "activity_people": "the plan",
	"evidence": "the authority's record", "rounds": "the authority's record", "round_comments": "the authority's record",
	"initiatives": "the authority's record", "initiative_members": "the authority's record", "initiative_years": "the authority's record", "initiative_associations": "the authority's record", "initiative_people": "who answered for what was counted",
	"followup_units": "how something was counted", "followup_codes": "how something was counted", "followup_periods": "the authority's record", "followup_cells": "counts of nobody in particular", "followup_tallies": "who answered for what was counted",
	"followup_accepted": "counts of nobody in particular", "followup_publications": "what was published stays known", "followup_national": "the authority's record",
	"equality_cases": "the authority's record", "equality_comparisons": "the authority's record", "equality_notes": "the authority's record", "equality_releases": "what was published stays known",
	"followup_groups": "who agreed to what", "followup_group_members": "who agreed to what", "followup_joint_publications": "what was published stays known",
	"equality_joint_releases": "what was published stays known", "equality_joint_parts": "what was published stays known",
	"survey_instruments": "how something was asked", "survey_indicators": "how something was asked", "survey_questions": "how something was asked", "survey_wordings": "how something was asked", "survey_rounds": "how something was asked",
	"survey_asked": "what was published stays known", "survey_publications": "what was published stays known",
	"installation_keys": "ratelimit.Purge takes the salts", "rate_limits": "ratelimit.Purge", "job_ticks": "one row for each kind of work", "job_copies": "the queue takes them", "content_versions": "a row for each slot; the sweep takes the rest",
}

func tables(t *testing.T, d *db.DB) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_schema WHERE type = 'table'"
	if d.Engine == db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var list []string
	if err := d.Read().NewRaw(query).Scan(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(s string) bool {
		return strings.HasPrefix(s, "goose_") || strings.HasPrefix(s, "sqlite_") || strings.HasPrefix(s, "river_")
	})
}

// Every table has a rule or a reason to be kept; what the database protects has no rule; and the document tells the periods of the code.
func TestEveryTableHasARule(t *testing.T) {
	rules := map[string][]retention.Rule{}
	for _, r := range retained {
		rules[r.Table] = append(rules[r.Table], r)
	}
	doc, err := os.ReadFile("../../docs/data-protection.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables(t, dbtest.SQLite(t)) {
		if (len(rules[table]) > 0) == (kept[table] != "") {
			t.Errorf("%s has %d rules, and as a reason to be kept %q", table, len(rules[table]), kept[table])
		}
		line := regexp.MustCompile("(?m)^\\|[^|]*`" + table + "`.*$").FindString(string(doc))
		if line == "" {
			t.Errorf("docs/data-protection.md does not name %s", table)
		}
		for _, r := range rules[table] {
			if r.Keep > 0 && !strings.Contains(line, r.Period()) {
				t.Errorf("docs/data-protection.md does not say %q of %s: %s", r.Period(), table, line)
			}
		}
	}
}

// The page for visitors tells the same periods in every language.
func TestThePageAboutPersonalDataTellsThePeriods(t *testing.T) {
	c, err := Catalog()
	if err != nil {
		t.Fatal(err)
	}
	in := map[lang.Lang][3]string{lang.Swedish: {"30 dagar", "sju dagar", "ett år"}, lang.Simple: {"30 dagar", "7 dagar", "ett år"}, lang.English: {"30 days", "seven days", "a year"}}
	if keepMails != 30*days || commitments.SubscriptionLapses != 7*days {
		t.Error("the periods have changed: so must the pages")
	}
	for l, words := range in {
		p := c.Printer(l)
		var page strings.Builder
		for _, section := range []string{"work", "followers", "readers"} {
			for _, part := range strings.Split("123456abcdef", "") {
				if key := "account.privacy." + section + "." + part; p.Has(key) {
					page.WriteString(p.T(key) + "\n")
				}
			}
		}
		for _, w := range words {
			if !strings.Contains(page.String(), w) {
				t.Errorf("in %s the page does not say %q:\n%s", l.Tag(), w, page.String())
			}
		}
	}
}

// One row of each kind is put in; as the clock moves, each goes on its day and not before, and what is the authority's own stays.
func TestTheNightlySweep(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx, now := t.Context(), in.clock.(*clock.Set)
		olle := in.actors["office"]
		exec := func(query string, args ...any) {
			t.Helper()
			err := in.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw(query, args...).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(query, err)
			}
		}
		rows := func(table, where string, args ...any) int {
			t.Helper()
			var n int
			if err := in.db.Read().NewRaw("SELECT count(*) FROM "+table+" WHERE "+where, args...).Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if err := in.queue.Drain(ctx); err != nil { // the invitations
			t.Fatal(err)
		}
		exec("DELETE FROM mails")
		at := now.Now()
		for _, m := range []mail.Mail{{Kind: "follow.change", SentAt: at}, {Kind: "follow.change", FailedAt: at}, {Kind: "accounts.code"}, {Kind: "ledger.remind"}} {
			m.ID, m.ToAddress, m.Subject, m.BodyText, m.CreatedAt = id.New(), "lisa@example.test", "x", "text", at
			err := in.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewInsert().Model(&m).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := in.commitments.SaveDraft(ctx, olle, "report:x", "text=utkast"); err != nil {
			t.Fatal(err)
		}
		if err := in.accounts.StoreSession(ctx, accounts.Session{TokenHash: "h", ID: id.New(), AccountID: olle.Account, Data: []byte("{}"), By: &accounts.SignedIn{Provider: "p", Subject: "s", Life: 12 * time.Hour}}); err != nil {
			t.Fatal(err)
		}
		exec("INSERT INTO form_keys (form_key, created_at) VALUES ('k', ?)", at)
		exec("INSERT INTO job_keys (unique_key, created_at) VALUES ('k', ?)", at)
		exec("INSERT INTO login_codes (pending_hash, email, code_salt, code_hash, created_at, expires_at) VALUES ('p', 'x@example.test', '', '', ?, ?)", at, at)
		exec("INSERT INTO passkey_ceremonies (token_hash, data, expires_at) VALUES ('t', '', ?)", at)
		exec("INSERT INTO oidc_ceremonies (token_hash, browser_hash, provider, data, expires_at) VALUES ('t', '', 'p', '', ?)", at)
		exec("INSERT INTO oidc_logouts (token_hash, expires_at) VALUES ('t', ?)", at)
		exec("INSERT INTO email_changes (account_id, new_email, old_token_hash, new_token_hash, expires_at) VALUES (?, 'x@example.test', 'o', 'n', ?)", olle.Account, at)
		exec("INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ('t', ?, ?)", at, at)
		for i, confirmed := range []any{nil, at} {
			exec("INSERT INTO subscriptions (association_id, id, email, language, confirmed_at, created_at) VALUES (?, ?, ?, 'sv', ?, ?)", in.here.ID, id.New(), fmt.Sprintf("x%d@example.test", i), confirmed, at)
		}
		document := func() id.ID {
			p, err := in.commitments.StartImport(ctx, olle, in.here, "loften.txt", strings.NewReader("Löften för 2027\n\n1. Vi ska hålla ett öppet forum varje år.\n2. Vi ska utbilda all personal i bemötande.\n"), 2027)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for _, x := range [][2]any{{"mended", at}, {"known", nil}} {
			exec("INSERT INTO accessibility_reports (association_id, id, language, what, email, reported_at, answer_by, answered_at, decision, decided_at, closed_at) VALUES (?, ?, 'sv', 'x', 'x@example.test', ?, '2026-12-06', ?, ?, ?, ?)", in.here.ID, id.New(), at, at, x[0], at, x[1])
		}
		open, thrown := document(), document()
		if err := in.commitments.DiscardImport(ctx, olle, in.here, thrown, 1); err != nil {
			t.Fatal(err)
		}
		trail := rows("audit_entries", "1 = 1")
		type want struct {
			table, where string
			from         time.Duration // gone a minute after, still there a minute before
		}
		wants := []want{
			{"login_codes", "1 = 1", time.Hour}, {"passkey_ceremonies", "1 = 1", 0}, {"oidc_ceremonies", "1 = 1", 0}, {"oidc_logouts", "1 = 1", 0}, {"oidc_sessions", "1 = 1", 8 * time.Hour}, {"email_changes", "1 = 1", 0}, {"setup_links", "1 = 1", 0},
			{"mails", "kind = 'accounts.code' AND body_text <> ''", time.Hour}, {"sessions", "1 = 1", 8 * time.Hour},
			{"form_keys", "1 = 1", 7 * days}, {"subscriptions", "confirmed_at IS NULL", 7 * days},
			{"drafts", "1 = 1", 30 * days}, {"mails", "sent_at IS NOT NULL", 30 * days}, {"mails", "failed_at IS NOT NULL", 30 * days},
			{"imports", "status = 'discarded'", 30 * days}, {"mails", "1 = 1", 90 * days}, {"job_keys", "unique_key = 'k'", 90 * days},
			{"accessibility_reports", "what <> ''", 180 * days}, {"accessibility_reports", "decision = 'mended'", 180 * days},
		}
		look := func(after time.Duration) {
			t.Helper()
			now.Advance(after - now.Now().Sub(at))
			if err := in.doSweep(ctx, sweep{}); err != nil {
				t.Fatal(err)
			}
			for _, x := range wants {
				if n := rows(x.table, x.where); (n == 0) != (after > x.from) {
					t.Errorf("after %s: %d rows of %s, %s", after, n, x.table, x.where)
				}
			}
		}
		look(time.Minute)
		for _, border := range []time.Duration{time.Hour, 8 * time.Hour, 7 * days, 30 * days, 90 * days, 180 * days} {
			look(border - time.Minute)
			look(border + time.Minute)
		}
		now.Advance(400 * days)
		for range 2 {
			if err := in.doSweep(ctx, sweep{}); err != nil {
				t.Fatal(err)
			}
		}
		for table, n := range map[string]int{"accessibility_reports": 1, "subscriptions": 1, "imports": 1, "files": 1, "associations": 2} {
			if got := rows(table, "1 = 1"); got != n {
				t.Errorf("%d rows of %s, want %d", got, table, n)
			}
		}
		if rows("audit_entries", "1 = 1") < trail {
			t.Error("the trail has become shorter")
		}
		if p, err := in.commitments.Import(ctx, olle, in.here, open); err != nil || p.FileID == id.None {
			t.Errorf("the open import: %v", err)
		}
	})
}

// What a rule clears of a row that the public log tells of can no longer be guessed from the log: the salts go with it, the check still passes, and what
// is open in the entry still proves itself. A rule that removed such a row would be found out, so there is none.
func TestWhatIsClearedCanNoLongerBeGuessedFromTheLog(t *testing.T) {
	for _, r := range retained {
		if slices.Contains(logged, r.Table) && r.Clear == "" {
			t.Errorf("the rule for %s removes rows that the public log tells of", r.Table)
		}
	}
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		a, _ := proven(t, dir, database)
		const figures = "kind = 'figure' AND status = 'accepted' AND public"
		salts := func() (whole, gone int) {
			t.Helper()
			err := a.db.Read().NewRaw("SELECT coalesce(sum(CASE WHEN s.salt <> '' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN s.salt = '' THEN 1 ELSE 0 END), 0) FROM log_salts AS s JOIN log_entries AS e ON e.id = s.entry_id WHERE e.kind = ?", commitments.LogFigure).Scan(t.Context(), &whole, &gone)
			if err != nil {
				t.Fatal(err)
			}
			return whole, gone
		}
		before, gone := salts()
		if before < 1 || gone != 0 {
			t.Fatal(before, gone)
		}
		rules := a.erasing([]retention.Rule{{Table: "evidence", Which: figures, Since: "filed_at", Clear: "body = '', title = '', figure_source = '', filed_by = NULL"}})
		swept, err := retention.Sweep(t.Context(), a.db, a.clock, rules)
		if err != nil || swept["evidence"] < before {
			t.Fatal(swept, err)
		}
		if whole, gone := salts(); whole != 0 || gone != before {
			t.Errorf("%d salts are left and %d destroyed of %d", whole, gone, before)
		}
		r, err := a.publicLog.CatchUp(t.Context())
		if err != nil || int(r.Destroyed) != before || r.Missing != 0 {
			t.Errorf("%+v %v", r, err)
		}
		if err := a.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE evidence SET figure = figure + 1 WHERE " + figures).Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.publicLog.CatchUp(t.Context()); err == nil {
			t.Error("what is open was changed, and nobody noticed")
		}
	})
}
