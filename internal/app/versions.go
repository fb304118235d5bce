package app

import (
	"strings"

	"samklang/internal/platform/db"
)

// A table counts as content: whoever writes to it changes the version of every page that is kept (docs/adr/0028-cache.md). The exceptions stand
// here, each with its reason, and tests hold them to it: no page that is kept and nothing that is kept of a person's rights reads a table that is
// listed as showing elsewhere.

// rights are the tables by which a request is told to be a person's and what she may do.
var rights = map[string]db.Kinds{
	"sessions": db.Access,
	"accounts": db.Access | db.Content,
	"roles":    db.Access | db.Content,
}

// unseen are the tables that show on no page that is kept.
var unseen = map[string]string{
	"content_versions":            "the versions themselves",
	"drafts":                      "a person's own, on forms that are not kept",
	"email_changes":               "secrets under way, on the person's own page",
	"equality_cases":              "pages of work, which are not kept",
	"equality_comparisons":        "pages of work, which are not kept",
	"equality_notes":              "pages of work, which are not kept",
	"equality_releases":           "pages that are not kept",
	"followup_accepted":           "raw counts, on pages that are not kept",
	"followup_cells":              "raw counts, on pages that are not kept",
	"equality_joint_parts":        "pages that are not kept",
	"equality_joint_releases":     "pages that are not kept",
	"followup_group_members":      "pages of work, which are not kept",
	"followup_groups":             "pages of work, which are not kept",
	"followup_joint_publications": "pages of work, which are not kept",
	"followup_codes":              "pages of work, which are not kept",
	"followup_national":           "pages of work, which are not kept",
	"followup_periods":            "pages of work, which are not kept",
	"followup_publications":       "pages of work, which are not kept",
	"followup_tallies":            "shown nowhere but in the trail",
	"followup_units":              "pages of work, which are not kept",
	"form_keys":                   "which forms were sent",
	"initiatives":                 "pages of work, which are not kept",
	"initiative_associations":     "pages of work, which are not kept",
	"initiative_members":          "pages of work, which are not kept",
	"initiative_people":           "pages of work, which are not kept",
	"initiative_years":            "pages of work, which are not kept",
	"installation_keys":           "secrets and marks of the program",
	"job_copies":                  "which copies work on jobs",
	"job_keys":                    "which jobs were asked for",
	"job_ticks":                   "when recurring work was last done",
	"login_codes":                 "secrets under way",
	"mails":                       "the outbox, which is not kept",
	"oidc_ceremonies":             "log-ins under way",
	"oidc_logouts":                "which messages have been heard",
	"oidc_sessions":               "which log-in a session came from",
	"passkey_ceremonies":          "secrets under way",
	"passkeys":                    "on the person's own page, which is not kept",
	"rate_limits":                 "counters",
	"setup_links":                 "secrets under way",
	"survey_asked":                "pages of work, which are not kept",
	"survey_counts":               "shown nowhere",
	"survey_indicators":           "pages of work, which are not kept",
	"survey_instruments":          "pages of work, which are not kept",
	"survey_publications":         "pages of work, which are not kept",
	"survey_questions":            "pages of work, which are not kept",
	"survey_rounds":               "pages of work, which are not kept",
	"survey_wordings":             "pages of work, which are not kept",
	"subscriptions":               "followers are shown nowhere",
}

// shows tells what a table counts for.
func shows(table string) db.Kinds {
	if k, ok := rights[table]; ok {
		return k
	}
	if _, ok := unseen[table]; ok || strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "goose_") {
		return 0
	}
	return db.Content
}
