package jobs

import "testing"

func TestLastWhoTried(t *testing.T) {
	for list, want := range map[string]string{
		`["a"]`: "a", `["a","b"]`: "b", `["a", "b"]`: "b", `{a}`: "a", `{a,b}`: "b", ``: "", `[]`: "",
	} {
		if got := last(list); got != want {
			t.Errorf("last(%s) = %q, want %q", list, got, want)
		}
	}
}
