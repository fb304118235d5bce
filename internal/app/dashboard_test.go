package app

import (
	"encoding/json"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/telemetry"

	"go.yaml.in/yaml/v3"
)

var (
	metricName   = regexp.MustCompile(`\bsamklang_[a-z0-9_]+`)
	selection    = regexp.MustCompile(`\{([^}]*)\}`)
	selectedBy   = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`)
	grouping     = regexp.MustCompile(`\bby \(([^)]*)\)`)
	scrapeLabels = []string{"job", "instance", "le"} // Prometheus adds the first two; a histogram has the third
)

// faults tells what is wrong with a query: metrics and labels that do not exist, parentheses that do not close.
func queryFaults(query string, known map[string]telemetry.Desc) (faults []string) {
	labels := slices.Clone(scrapeLabels)
	names := metricName.FindAllString(query, -1)
	for _, name := range names {
		d, ok := known[name]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, cut := strings.CutSuffix(name, suffix); !ok && cut && known[base].Kind == telemetry.Histogram {
				d, ok = known[base], true
			}
		}
		if !ok {
			faults = append(faults, name+" is no metric")
		} else if d.Kind == telemetry.Histogram && d.Name == name {
			faults = append(faults, name+" is a histogram: it has _bucket, _sum and _count")
		}
		if ok && d.Kind == telemetry.Counter && !strings.Contains(query, "rate(") {
			faults = append(faults, name+" only rises: ask for its rate")
		}
		labels = append(labels, d.Labels...)
	}
	var used []string
	for _, m := range selection.FindAllStringSubmatch(query, -1) {
		for _, l := range selectedBy.FindAllStringSubmatch(m[1], -1) {
			used = append(used, l[1])
		}
	}
	for _, m := range grouping.FindAllStringSubmatch(query, -1) {
		for l := range strings.SplitSeq(m[1], ",") {
			used = append(used, strings.TrimSpace(l))
		}
	}
	for _, l := range used {
		if !slices.Contains(labels, l) {
			faults = append(faults, "no metric of the query has the label "+l)
		}
	}
	for _, pair := range []string{"()", "{}", "[]"} {
		if strings.Count(query, pair[:1]) != strings.Count(query, pair[1:]) {
			faults = append(faults, "the "+pair+" do not close")
		}
	}
	if len(names) == 0 && !strings.Contains(query, "up{") {
		faults = append(faults, "it asks for no metric of ours")
	}
	return faults
}

func knownMetrics() map[string]telemetry.Desc {
	known := map[string]telemetry.Desc{}
	for _, d := range telemetry.NewMetrics(telemetry.Sources{}, slog.New(slog.DiscardHandler), clock.System.Now).Described() {
		known[d.Name] = d
	}
	return known
}

func packaged(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../packaging/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What the example dashboard and the example alerts ask for exists, and the dashboard shows every metric that is about the installation's work.
func TestDashboardAndAlertsAskForWhatThereIs(t *testing.T) {
	known := knownMetrics()
	var board struct {
		Panels []struct {
			Type, Title string
			Targets     []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(packaged(t, "dashboard.json"), &board); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, p := range board.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("the panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			queries = append(queries, target.Expr)
			for _, m := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				if m[1] != "instance" && !strings.Contains(target.Expr, m[1]) {
					t.Errorf("%q names its lines by %s, which its query does not keep", p.Title, m[1])
				}
			}
		}
	}
	shown := strings.Join(queries, "\n")
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary, Do string }
			}
		}
	}
	if err := yaml.Unmarshal(packaged(t, "alerts.yml"), &alerts); err != nil {
		t.Fatal(err)
	}
	for _, g := range alerts.Groups {
		for _, r := range g.Rules {
			queries = append(queries, r.Expr)
			if r.Alert == "" || r.Annotations.Summary == "" || r.Annotations.Do == "" {
				t.Errorf("the alert %q does not say what is wrong and what to do", r.Alert)
			}
		}
	}
	if len(queries) < 20 {
		t.Fatalf("only %d queries were found", len(queries))
	}
	for _, q := range queries {
		for _, fault := range queryFaults(q, known) {
			t.Errorf("%s: %s", q, fault)
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "samklang_http_request_") || strings.HasPrefix(name, "samklang_job") || strings.HasPrefix(name, "samklang_mails") || strings.HasPrefix(name, "samklang_log_") || name == "samklang_backup_age_seconds" {
			if !strings.Contains(shown, name) && !slices.Contains([]string{"samklang_job_runs_total", "samklang_job_duration_seconds"}, name) {
				t.Errorf("%s is on no panel", name)
			}
		}
	}
}

func TestAFaultyQueryIsNoticed(t *testing.T) {
	known := knownMetrics()
	for query, want := range map[string]string{
		`samklang_http_request_total`:                              "is no metric",
		`samklang_http_request_duration_seconds`:                   "is a histogram",
		`sum(samklang_http_requests_total)`:                        "only rises",
		`samklang_jobs{lane="default"}`:                            "label lane",
		`sum by (person) (samklang_jobs)`:                          "label person",
		`sum(rate(samklang_http_requests_total[5m])`:               "do not close",
		`sum(other_metric)`:                                        "no metric of ours",
		`rate(samklang_http_requests_duration_seconds_bucket[5m])`: "is no metric",
	} {
		if got := strings.Join(queryFaults(query, known), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
