package period

import (
	"regexp"
	"strconv"
	"strings"
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

func minutes(hour, minute string) (int, bool) {
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && minute != "" {
		m, err = strconv.Atoi(minute)
	}
	return 60*h + m, err == nil && h < 24 && m < 60
}
