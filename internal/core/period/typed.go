package period

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	typedISO    = regexp.MustCompile(`^(\d{4})[-/. ]?(\d{2})[-/. ]?(\d{2})$`)
	typedSlash  = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})[-/. ]+(\d{4})$`)
	typedWords  = regexp.MustCompile(`^(?:den )?(\d{1,2})\.? ([a-zåäö]{3,9})\.?,? (\d{4})$`)
	monthsWords = []string{"januari january", "februari february", "mars march", "april", "maj may", "juni june", "juli july", "augusti august", "september", "oktober october", "november", "december"}
)

// ParseTyped reads a date as people type it in a form: 2026-09-24, 20260924, 24/9 2026, 24 september 2026, 24 Sept 2026. Empty text is
// no date. A day that does not exist is an error.
func ParseTyped(s string) (Date, error) {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if s == "" {
		return Date{}, nil
	}
	fault := fmt.Errorf("not a date: %q", s)
	var y, m, d int
	if g := typedISO.FindStringSubmatch(s); g != nil {
		y, m, d = number(g[1]), number(g[2]), number(g[3])
	} else if g := typedSlash.FindStringSubmatch(s); g != nil {
		y, m, d = number(g[3]), number(g[2]), number(g[1])
	} else if g := typedWords.FindStringSubmatch(s); g != nil {
		y, m, d = number(g[3]), monthNumber(g[2]), number(g[1])
	} else {
		return Date{}, fault
	}
	if y < 1900 || y > 2200 || m < 1 || m > 12 {
		return Date{}, fault
	}
	if r := On(y, time.Month(m), d); r.Day == d && d > 0 {
		return r, nil
	}
	return Date{}, fault
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

func monthNumber(s string) int {
	for i, names := range monthsWords {
		for _, n := range strings.Fields(names) {
			if strings.HasPrefix(n, s) {
				return i + 1
			}
		}
	}
	return 0
}
