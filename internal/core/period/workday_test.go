package period

import "testing"

func TestWorkday(t *testing.T) {
	for d, want := range map[string]bool{
		"2026-11-23": true, "2026-11-21": false, "2026-11-22": false,
		"2026-01-01": false, "2026-01-06": false, "2026-01-07": true, "2026-04-03": false, "2026-04-06": false, "2026-04-07": true, "2026-05-01": false,
		"2026-05-14": false, "2026-05-15": true, "2025-06-06": false, "2026-06-19": false, "2026-06-18": true, "2026-06-26": true, "2026-12-23": true, "2026-12-24": false, "2026-12-25": false,
		"2025-12-26": false, "2026-12-31": false, "2027-03-26": false, "2027-03-29": false, "2027-05-06": false, "2024-03-29": false, "2038-04-26": false,
	} {
		day, err := ParseDate(d)
		if err != nil {
			t.Fatal(err)
		}
		if day.Workday() != want {
			t.Errorf("%s: %v", d, !want)
		}
	}
}
