package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// says runs the program and gives what it wrote.
func says(t *testing.T, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return o.String(), e.String(), code
}

// serveFlags are the flags of the command that serves: what an installation can be set to.
func serveFlags(t *testing.T) []*option {
	t.Helper()
	p, err := parse([]string{"serve"}, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	list := slices.DeleteFunc(p.options, func(o *option) bool { return slices.Contains(notSettings, o.name) })
	if len(list) < 15 {
		t.Fatalf("only %d settings were found", len(list))
	}
	return list
}

func printed(t *testing.T, args ...string) map[string]setting {
	t.Helper()
	out, errOut, code := says(t, append([]string{"config", "--json"}, args...)...)
	if code != 0 {
		t.Fatalf("%d %s", code, errOut)
	}
	var list []setting
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	by := map[string]setting{}
	for _, s := range list {
		by[s.Name] = s
	}
	return by
}

func TestEverySettingIsPrinted(t *testing.T) {
	list := printed(t)
	text, _, _ := says(t, "config")
	example, _, _ := says(t, "config", "--example")
	for _, f := range serveFlags(t) {
		s, ok := list[f.name]
		if !ok || s.Means != f.help || len(s.Environment) == 0 || s.Source != "default" || s.Means == "" || !strings.HasSuffix(s.Means, ".") {
			t.Errorf("%s: %+v", f.name, s)
		}
		if !strings.Contains(text, "\n"+f.name+" = ") && !strings.HasPrefix(text, f.name+" = ") {
			t.Errorf("%s is not in the text", f.name)
		}
		if f.name != "settings" && !strings.Contains(example, "\n#"+f.name+" =") {
			t.Errorf("%s is not in the example", f.name)
		}
	}
	if len(list) != len(serveFlags(t)) {
		t.Errorf("%d settings are printed, serve has %d", len(list), len(serveFlags(t)))
	}
}

func TestSettingsAreToldWithWhereTheyComeFrom(t *testing.T) {
	conf := file(t, "listen = 127.0.0.1:1111\nsmtp-port = 2525\ndatabase = postgres://samklang:hemlig@db/samklang?password=hemlig\nsmtp-password = hemlig\n")
	t.Setenv("SAMKLANG_DATA", "/srv/env")
	t.Setenv("SAMKLANG_SMTP_PORT", "26")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "key=hemlig")
	args := []string{"--settings", conf, "--listen", "127.0.0.1:2222"}
	list := printed(t, args...)
	for name, want := range map[string][3]string{
		"listen":          {"127.0.0.1:2222", "flag", "--listen"},
		"smtp-port":       {"26", "environment", "SAMKLANG_SMTP_PORT"},
		"data":            {"/srv/env", "environment", "SAMKLANG_DATA"},
		"database":        {"postgres://samklang:xxxxx@db/samklang?password=xxxxx", "file", conf},
		"smtp-password":   {maskedValue, "file", conf},
		"smtp-security":   {"starttls", "default", ""},
		"traces-endpoint": {"http://collector:4318", "environment", "OTEL_EXPORTER_OTLP_ENDPOINT"},
		"traces-headers":  {maskedValue, "environment", "OTEL_EXPORTER_OTLP_HEADERS"},
	} {
		if s := list[name]; [3]string{s.Value, s.Source, s.From} != want {
			t.Errorf("%s: %+v, want %v", name, s, want)
		}
	}
	for _, form := range []string{"", "--json", "--example"} {
		out, errOut, _ := says(t, append(append([]string{"config"}, args...), strings.Fields(form)...)...)
		if strings.Contains(out+errOut, "hemlig") {
			t.Errorf("%s: a secret is told:\n%s", form, out)
		}
	}
}

// Every setting that is a password or a key is marked as one, so that it is masked.
func TestSecretsAreMarked(t *testing.T) {
	for _, f := range serveFlags(t) {
		looks := slices.ContainsFunc([]string{"password", "secret", "headers", "token", "database"}, func(s string) bool { return strings.Contains(f.name, s) })
		names := strings.HasSuffix(f.name, "-file") // the file's name is no secret
		if looks && !names && f.secret == "" {
			t.Errorf("%s is not marked with secret:\"true\"", f.name)
		}
	}
}

// The example file can be read as it is, and again when every line of it is uncommented with its default.
func TestTheExampleFileCanBeUsed(t *testing.T) {
	dir := t.TempDir()
	example, _, code := says(t, "config", "--example", "--data", dir, "--listen", "127.0.0.1:9999")
	if code != 0 || !strings.Contains(example, "\ndata = "+dir+"\n") || !strings.Contains(example, "\nlisten = 127.0.0.1:9999\n") {
		t.Fatal(example)
	}
	s, err := read(t, "--settings", file(t, example))
	if err != nil || s.Data != dir || s.Listen != "127.0.0.1:9999" {
		t.Errorf("%+v %v", s, err)
	}
	var all []string
	for line := range strings.Lines(example) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") && !strings.HasSuffix(strings.TrimSpace(line), "=") {
			line = line[1:]
		}
		all = append(all, line)
	}
	if _, err := read(t, "--settings", file(t, strings.Join(all, ""))); err != nil {
		t.Error(err)
	}
}

func TestSettingsThatCannotWorkAreSaid(t *testing.T) {
	out, errOut, code := says(t, "config", "--trust-proxy")
	if code != 1 || !strings.Contains(errOut, "trust-proxy is set and external is not") || !strings.Contains(out, "trust-proxy = true") {
		t.Errorf("%d %s", code, errOut)
	}
	if _, err := os.Stat(filepath.Join("data")); err == nil {
		t.Error("printing the settings has made a data directory")
	}
}
