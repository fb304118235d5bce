package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/commitments"
	"samklang/internal/platform/retention"

	"github.com/uptrace/bun"
)

const days = 24 * time.Hour

// keepMails is how long a mail is kept after it was sent or given up: long enough to answer whether it went out. The jobs that write
// mails do so within these days, and a mail's key, by which it is not written twice, goes with it.
const keepMails = commitments.NewsDays * days

// keepReports is how long what a visitor wrote of something she could not use is kept after she was answered.
const keepReports = 180 * days

// keepSums is how long the sums of answers are kept as they came in: until the next round is in and mistakes of the last one have been found.
const keepSums = 730 * days

// retained is how long what is not the authority's own record is kept. docs/data-protection.md says the same in words, table by table,
// and a test holds the two together. What stands in no rule is kept: promises, evidence, plans, roles, and the tables that refuse any change
// (docs/adr/0002). Counters of attempts and their salts go each hour (ratelimit), the rows of jobs each hour (jobs).
var retained = []retention.Rule{
	// The text of a mail with a secret goes when the mail is handed over, or when the secret has lapsed (mail.Message.Lapses). What a fault left goes here.
	{Table: "mails", Which: "kind = 'accounts.code' AND body_text <> ''", Since: "created_at", Keep: time.Hour, Clear: "body_text = '', body_html = ''"},
	{Table: "mails", Since: "sent_at", Keep: keepMails},
	{Table: "mails", Since: "failed_at", Keep: keepMails},
	{Table: "mails", Since: "created_at", Keep: 90 * days}, // neither: its job is gone, so it never will be

	{Table: "drafts", Since: "saved_at", Keep: 30 * days},
	{Table: "form_keys", Since: "created_at", Keep: 7 * days},
	{Table: "subscriptions", Which: "confirmed_at IS NULL", Since: "created_at", Keep: commitments.SubscriptionLapses},

	// What visitors told of accessibility. What the statement says of a fault that stays is kept, without what the visitor wrote.
	{Table: "accessibility_reports", Since: "closed_at", Keep: keepReports},
	{Table: "accessibility_reports", Which: "decision <> 'investigating' AND what <> ''", Since: "answered_at", Keep: keepReports, Clear: "what = '', aid = '', email = '', answer = ''"},
	{Table: "accessibility_reports", Which: "decision IN ('', 'investigating')", Since: "reported_at", Keep: 730 * days},

	{Table: "sessions", Since: "expires_at"},
	{Table: "sessions", Since: "last_seen_at", Keep: accounts.SessionIdle},
	{Table: "login_codes", Since: "expires_at", Keep: time.Hour},
	{Table: "passkey_ceremonies", Since: "expires_at"},
	{Table: "oidc_ceremonies", Since: "expires_at"},
	{Table: "oidc_logouts", Since: "expires_at"},
	{Table: "email_changes", Since: "expires_at"},
	{Table: "setup_links", Since: "expires_at"},

	// The sums of answers to questionnaires, with small groups in them. What was told of them stays.
	{Table: "survey_counts", Which: "counts_json <> ''", Since: "imported_at", Keep: keepSums, Clear: "counts_json = ''"},

	// A key keeps one event from becoming two jobs. Events of the same key lie in one transaction, or in one day.
	{Table: "job_keys", Since: "created_at", Keep: 90 * days},

	// A document that was put away, and then any file that nothing refers to. The file's bytes follow (files.Store).
	{Table: "imports", Which: "status = '" + string(commitments.ImportDiscarded) + "'", Since: "closed_at", Keep: 30 * days},
	{Table: "files", Since: "created_at", Keep: 7 * days, Which: `NOT EXISTS (SELECT 1 FROM imports x WHERE x.association_id = files.association_id AND x.file_id = files.id)
		AND NOT EXISTS (SELECT 1 FROM evidence x WHERE x.association_id = files.association_id AND x.file_id = files.id)
		AND NOT EXISTS (SELECT 1 FROM equality_notes x WHERE x.association_id = files.association_id AND x.file_id = files.id)
		AND NOT EXISTS (SELECT 1 FROM signatures x WHERE x.association_id = files.association_id AND x.file_id = files.id)`},
}

// logged are the tables with rows whose words the public log holds as salted hashes. A rule for one of them clears and never removes, since the log tells
// of a row that is gone; and what it clears cannot be guessed from the hashes afterwards, because their salts go in the same transaction.
var logged = []string{"signatures", "wordings", "snapshots", "rounds", "evidence", "equality_releases", "equality_joint_parts"}

// erasing are the rules with what they have to tell the public log.
func (a *App) erasing(rules []retention.Rule) []retention.Rule {
	list := slices.Clone(rules)
	for i, r := range list {
		if slices.Contains(logged, r.Table) {
			list[i].Erases = a.publicLog.Destroy
		}
	}
	return list
}

// sweep is the nightly job that applies the rules.
type sweep struct{}

func (sweep) Kind() string { return "sweep" }

func (a *App) doSweep(ctx context.Context, _ sweep) error {
	swept, err := retention.Sweep(ctx, a.db, a.clock, a.erasing(retained))
	bytes, fault := a.files.Sweep(ctx, a.named)
	swept["stored files"] = bytes
	err = errors.Join(err, fault, a.accounts.ForgetClosed(ctx), a.db.SweepVersions(ctx))
	a.log.InfoContext(ctx, "what has served its time is removed", "rows", swept)
	return err
}

// named tells which of the contents some row of files names.
func (a *App) named(ctx context.Context, sums []string) (map[string]bool, error) {
	var list []string
	err := a.db.Read().NewSelect().TableExpr("files").Distinct().Column("sha256").Where("sha256 IN (?)", bun.In(sums)).Scan(ctx, &list)
	names := make(map[string]bool, len(list))
	for _, s := range list {
		names[s] = true
	}
	if err != nil {
		return nil, err
	}
	mark, err := a.filesMarkSum(ctx)
	names[mark] = true
	return names, err
}
