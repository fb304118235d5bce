package app

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	compare "samklang/internal/commitments/shown"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"

	"github.com/google/go-cmp/cmp"
)

// proven is the example installation with its log, on a server.
func proven(t *testing.T, dir, database string) (*App, verify.Site) {
	t.Helper()
	a := exampleOn(t, dir, database, period.On(2026, time.November, 22))
	if _, err := a.publicLog.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	site, err := verify.NewSite(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return a, site
}

func outside(t *testing.T, site verify.Site) (*verify.Log, error) {
	t.Helper()
	status, err := verify.StatusOf(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	base := site
	base.Base += status.Log
	log, err := verify.Check(t.Context(), base, verify.Options{Key: status.Key})
	if err != nil {
		return log, err
	}
	_, err = compare.Compare(t.Context(), site, log)
	return log, err
}

// inTheLog are the fields that each kind of entry has, open and hidden. A new one must be put here by somebody who asks whose words it is.
var inTheLog = map[string][2]string{
	publiclog.KindLog:          {"key number origin", ""},
	commitments.LogDeclaration: {"adopted_on created_at edition period_from period_to preamble slug supersedes title", ""},
	commitments.LogPromise:     {"declaration number wording", ""},
	commitments.LogSignature:   {"adopted_at declaration home signed_on", "adopted_by decision document file import"},
	commitments.LogWording:     {"adopted_at adopted_on declaration declared home number promise replaces version wording", "adopted_by decision reason"},
	commitments.LogReplacement: {"by on promise", ""},
	commitments.LogState:       {"at from milestone on promise reason to", ""},
	commitments.LogFollowUp:    {"at from frozen_at round to", "content frozen_by sha256 title"},
	commitments.LogPublication: {"public published_at round", "report"},
	commitments.LogFigure:      {"activity activity_home figure filed_on happened_on milestone own_review promise reviewed_on", "filed_by reviewed_by source text title unit"},
	equality.LogRelease:        {"number state sha256 published_at withdrawn_on", "title reason prepared_by approved_by withdrawn_by"},
	equality.LogJoint:          {"release number associations state sha256 published_at withdrawn_on", "title reason prepared_by approved_by withdrawn_by"},
}

// personal are the columns of the example that name people or hold what somebody wrote by herself.
var personal = []string{"accounts.email", "accounts.name", "audit_entries.actor_name", "wordings.reason", "wordings.decision", "signatures.decision", "evidence.title", "evidence.body", "evidence.url", "evidence.figure_source",
	"evidence.review_comment", "rounds.title", "round_comments.comment", "activities.title", "activities.description", "activities.notes", "activities.status_reason", "activities.audience", "activity_people.name",
	"equality_releases.title", "equality_releases.withdrawn_reason", "equality_joint_releases.title", "equality_joint_releases.withdrawn_reason", "milestones.title", "milestones.withdrawn_reason", "files.name", "imports.file_name", "subscriptions.email"}

// No name, no address and nothing that an individual wrote is in any entry, and no entry has a field that nobody has thought about.
func TestTheLogHoldsNoNamesAndNoFreeWords(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		a, _ := proven(t, dir, database)
		var bodies []string
		if err := a.db.Read().NewSelect().TableExpr("log_entries").Column("body").Scan(t.Context(), &bodies); err != nil {
			t.Fatal(err)
		}
		fields := map[string][2]map[string]bool{}
		for _, body := range bodies {
			leaf, err := publiclog.ParseLeaf(body)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := fields[leaf.Kind]; !ok {
				fields[leaf.Kind] = [2]map[string]bool{{}, {}}
			}
			for name := range leaf.Public {
				fields[leaf.Kind][0][name] = true
			}
			for name := range leaf.Digests {
				fields[leaf.Kind][0][name] = true
			}
			for name := range leaf.Hidden {
				fields[leaf.Kind][1][name] = true
			}
		}
		for kind, want := range inTheLog {
			for i, list := range want {
				for name := range fields[kind][i] {
					if !slices.Contains(strings.Fields(list), name) {
						t.Errorf("entries of kind %s have the field %q, which nobody has thought about", kind, name)
					}
				}
			}
		}
		for kind := range fields {
			if _, ok := inTheLog[kind]; !ok {
				t.Errorf("nobody has thought about entries of kind %s", kind)
			}
		}
		all := strings.Join(bodies, "\n")
		looked := 0
		for _, column := range personal {
			table, name, _ := strings.Cut(column, ".")
			var values []string
			if err := a.db.Read().NewSelect().TableExpr(table).Distinct().Column(name).Where(name+" IS NOT NULL").Scan(t.Context(), &values); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if len([]rune(v)) < 4 {
					continue
				}
				looked++
				if strings.Contains(all, v) {
					t.Errorf("%s is in the log: %q", column, v)
				}
			}
		}
		if looked < 150 {
			t.Errorf("only %d texts were looked for", looked)
		}
	})
}

// Whoever compares the pages with the log from outside finds what a changed database would show, and the entry that says otherwise.
func TestWhatTheSiteShowsIsInTheLog(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		a, site := proven(t, dir, database)
		if _, err := outside(t, site); err != nil {
			t.Fatal(err)
		}
		exec := func(query string) {
			t.Helper()
			if err := a.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.NewRaw(query).Exec(ctx); return err }); err != nil {
				t.Fatal(query, err)
			}
		}
		if a.db.Engine == db.SQLite {
			for _, name := range []string{"wordings_refuse_update", "state_changes_refuse_update", "declarations_keep_text", "snapshots_refuse_update"} {
				exec("DROP TRIGGER " + name)
			}
		} else {
			for _, name := range []string{"wordings_append_only ON wordings", "state_changes_append_only ON state_changes", "declarations_keep_text ON declarations", "snapshots_append_only ON snapshots"} {
				exec("DROP TRIGGER " + name)
			}
		}
		for _, c := range []struct{ change, back, want string }{
			{"UPDATE wordings SET wording = replace(wording, 'minst sex öppna', 'minst sju öppna')", "UPDATE wordings SET wording = replace(wording, 'minst sju öppna', 'minst sex öppna')", "and entry "},
			{"UPDATE declarations SET preamble = preamble || ' Kanske.'", "UPDATE declarations SET preamble = replace(preamble, ' Kanske.', '')", "is not shown as entry "},
			{"UPDATE evidence SET figure = figure + 1 WHERE kind = 'figure' AND status = 'accepted' AND public AND filed_on < '2026'", "UPDATE evidence SET figure = figure - 1 WHERE kind = 'figure' AND status = 'accepted' AND public AND filed_on < '2026'", "in 2025: the figure "},
			{"UPDATE pledges SET state = 'complete' WHERE state = 'late'", "", "is shown as complete"},
		} {
			exec(c.change)
			_, err := outside(t, site)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.change, err)
			}
			if c.back != "" {
				exec(c.back)
				if _, err := outside(t, site); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// An installation of the release before, which had no log, has its past entered once, marked as entered later.
func TestThePastOfAnEarlierReleaseIsEntered(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		a := exampleOn(t, dir, database, period.On(2026, time.November, 22))
		before, err := a.publicLog.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = a.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, table := range []string{"log_waiting", "log_salts", "log_entries"} {
				for _, s := range []string{"_append_only", "_no_truncate", "_refuse_update", "_refuse_delete", "_keep"} {
					query := "DROP TRIGGER IF EXISTS " + table + s
					if tx.Engine == db.Postgres {
						query += " ON " + table
					}
					if _, err := tx.NewRaw(query).Exec(ctx); err != nil {
						return err
					}
				}
				if _, err := tx.NewRaw("DELETE FROM " + table).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.publicLog.CatchUp(t.Context())
		if err != nil || r.Missing == 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if r, err = a.publicLog.CatchUp(t.Context()); err != nil || r.Missing != 0 {
			t.Fatalf("the second time: %+v %v", r, err)
		}
		after, err := a.publicLog.Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		delete(after, publiclog.KindLog)
		before[commitments.LogSignature] = after[commitments.LogSignature] // what was put right since is entered as it stands now
		before[commitments.LogPublication] = after[commitments.LogPublication]
		before[commitments.LogReplacement] = after[commitments.LogReplacement]
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
		var times []time.Time
		if err := a.db.Read().NewSelect().TableExpr("log_leaves AS l").ColumnExpr("e.at").Join("JOIN log_entries AS e ON e.id = l.entry_id").Where("l.seq > 0").OrderExpr("l.seq").Scan(t.Context(), &times); err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(times, time.Time.Compare) {
			t.Error("the past is not entered in the order of time")
		}
	})
}
