package accountweb

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"samklang/internal/core/lang"
	"samklang/internal/platform/ui"
)

var clockTime = regexp.MustCompile(`^(?:kl\.? ?)?(\d{1,2})(?:[.:](\d{2}))? ?(?:–|-|till) ?(\d{1,2})(?:[.:](\d{2}))?$`)

// ParseClock reads from when to when something lasts, as it stands in a plan: "kl. 9–10.30", "13.00-15.00". The answer is in minutes after
// midnight; ok is false for every other text, and when it would end before it begins.
func ParseClock(s string) (from, to int, ok bool) {
	g := clockTime.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if g == nil {
		return 0, 0, false
	}
	from, first := minutes(g[1], g[2])
	to, second := minutes(g[3], g[4])
	return from, to, first && second && from < to
}

// clockIn is a time of day as it stands in the plan, as the language writes it: "kl. 9–10.30" is "9:00–10:30" in English. What is no
// such time stays as it is.
func clockIn(p ui.Printer, s string) string {
	from, to, ok := ParseClock(s)
	if p.Lang() != lang.English || !ok {
		return s
	}
	return fmt.Sprintf("%d:%02d–%d:%02d", from/60, from%60, to/60, to%60)
}

func minutes(hour, minute string) (int, bool) {
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && minute != "" {
		m, err = strconv.Atoi(minute)
	}
	return 60*h + m, err == nil && h < 24 && m < 60
}
