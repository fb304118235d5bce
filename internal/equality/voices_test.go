package equality

import (
	"testing"

	"samklang/internal/disclosure"
)

// answered protects answers of a few groups: of each, how many gave a good answer and how many another.
func answered(t *testing.T, background string, groups map[string][2]int) Heard {
	t.Helper()
	c := disclosure.Cells{Variables: []string{"class", background}}
	for g, n := range groups {
		c.Rows = append(c.Rows, disclosure.Row{Values: []string{"good", g}, N: n[0]}, disclosure.Row{Values: []string{"other", g}, N: n[1]})
	}
	r, err := disclosure.Protect(c, disclosure.Family{Threshold: disclosure.SensitiveThreshold, Tables: [][]string{{"class", background}}}, nil, disclosure.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return Heard{Topic: "Inflytande", Question: "Jag var med och valde.", Round: "2025", Backgrounds: []string{background}, Result: r}
}

func TestWhatPeopleSayIsComparedWithTheLargestGroup(t *testing.T) {
	voices, tests := Listen([]Heard{
		answered(t, "sex", map[string][2]int{"female": {40, 20}, "male": {39, 21}}),
		answered(t, "disability", map[string][2]int{"ja": {20, 40}, "nej": {60, 20}, "unknown": {20, 20}}),
		answered(t, "religion", map[string][2]int{"ja": {6, 5}, "nej": {60, 20}}),
	})
	if tests != 2 || len(voices) != 3 {
		t.Fatalf("%d voices, %d tests", len(voices), tests)
	}
	first := voices[0]
	if first.Background != "disability" || first.Group != "ja" || first.Reference != "nej" || first.Verdict != Difference || first.All.Group.Count.K != 20 || first.Crude.Q < first.Crude.P {
		t.Errorf("%+v", first.Finding)
	}
	if voices[1].Background != "sex" || voices[1].Verdict == Difference {
		t.Errorf("%+v", voices[1].Finding)
	}
	if voices[2].Background != "religion" || voices[2].Verdict != TooSmall {
		t.Errorf("%+v", voices[2].Finding)
	}
}

// With few answers nothing is compared, whatever the shares are.
func TestFewAnswersAreNotCompared(t *testing.T) {
	voices, tests := Listen([]Heard{answered(t, "disability", map[string][2]int{"ja": {12, 3}, "nej": {10, 10}})})
	if tests != 0 || len(voices) != 1 || voices[0].Verdict != TooSmall {
		t.Errorf("%+v, %d", voices, tests)
	}
}
