package retention

import (
	"testing"
	"time"
)

func TestPeriodsInWords(t *testing.T) {
	for keep, want := range map[time.Duration]string{0: "until then", time.Hour: "1 hour", 8 * time.Hour: "8 hours", day: "1 day", 30 * day: "30 days", 90 * time.Minute: "90 minutes"} {
		if got := (Rule{Keep: keep}).Period(); got != want {
			t.Errorf("%s: %q, want %q", keep, got, want)
		}
	}
}

func TestARuleAsAStatement(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{Table: "drafts", Since: "saved_at"}, "DELETE FROM drafts WHERE saved_at < ?"},
		{Rule{Table: "mails", Since: "created_at", Which: "a OR b", Clear: "body_text = ''"}, "UPDATE mails SET body_text = '' WHERE created_at < ? AND (a OR b)"},
	} {
		if got := c.rule.statement(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
