package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// understood parses a command line with an environment of its own.
func understood(t *testing.T, environment map[string]string, args ...string) (*parsed, error) {
	t.Helper()
	return parse(args, func(name string) (string, bool) { v, ok := environment[name]; return v, ok })
}

// Each kind of setting is read the same way from a flag, the environment and the file, and the first of them that says something counts.
func TestWhatWins(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	get := func(s *serve) map[string]any {
		drain := "nil"
		if s.Drain != nil {
			drain = s.Drain.String()
		}
		return map[string]any{"text": s.External, "path": s.Data, "number": s.SMTPPort, "megabytes": s.PageCache, "share": s.TracesShare, "switch": s.TrustProxy, "choice": s.SMTPSecurity, "drain": drain,
			"list": strings.Join(s.WitnessFor, "|"), "many": s.TracesEndpoint}
	}
	byItself := map[string]any{"text": "", "path": filepath.Join(here, "data"), "number": 587, "megabytes": int64(32), "share": 1.0, "switch": false, "choice": "starttls", "drain": "nil", "list": "", "many": ""}
	conf := "external = https://file\ndata = /file\nsmtp-port = 1\npage-cache = 1\ntraces-share = 0.1\ntrust-proxy = yes\nsmtp-security = tls\ndrain = 1s\nwitness-for = a, b\\,c\ntraces-endpoint = http://file\n"
	byFile := map[string]any{"text": "https://file", "path": "/file", "number": 1, "megabytes": int64(1), "share": 0.1, "switch": true, "choice": "tls", "drain": "1s", "list": "a| b,c", "many": "http://file"}
	environment := map[string]string{"SAMKLANG_EXTERNAL": "https://env", "SAMKLANG_DATA": "~/env", "SAMKLANG_SMTP_PORT": "2", "SAMKLANG_PAGE_CACHE": "2", "SAMKLANG_TRACES_SHARE": ".2", "SAMKLANG_TRUST_PROXY": "NO",
		"SAMKLANG_SMTP_SECURITY": "none", "SAMKLANG_DRAIN": "2m", "SAMKLANG_WITNESS_FOR": "d", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://third", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://second"}
	byEnvironment := map[string]any{"text": "https://env", "path": filepath.Join(home, "env"), "number": 2, "megabytes": int64(2), "share": 0.2, "switch": false, "choice": "none", "drain": "2m0s", "list": "d", "many": "http://second"}
	flags := []string{"--external", "https://flag", "--data=flag", "--smtp-port", "3", "--page-cache", "3", "--traces-share=0.3", "--trust-proxy", "--smtp-security", "none", "--smtp-security", "starttls", "--drain", "0s",
		"--witness-for", "e,f", "--witness-for=g", "--traces-endpoint", "http://flag"}
	byFlag := map[string]any{"text": "https://flag", "path": filepath.Join(here, "flag"), "number": 3, "megabytes": int64(3), "share": 0.3, "switch": true, "choice": "starttls", "drain": "0s", "list": "e|f|g", "many": "http://flag"}

	settings := []string{"--settings", file(t, conf)}
	for _, c := range []struct {
		name        string
		args        []string
		environment map[string]string
		want        map[string]any
	}{
		{"nothing", nil, nil, byItself},
		{"the file", settings, nil, byFile},
		{"the environment", nil, environment, byEnvironment},
		{"the environment over the file", settings, environment, byEnvironment},
		{"flags", flags, nil, byFlag},
		{"flags over the file", slices.Concat(settings, flags), nil, byFlag},
		{"flags over the environment", flags, environment, byFlag},
		{"flags over both", slices.Concat(flags, settings), environment, byFlag},
		{"nothing said is something said", nil, map[string]string{"SAMKLANG_EXTERNAL": "", "SAMKLANG_DATA": "", "SAMKLANG_WITNESS_FOR": ""}, func() map[string]any {
			m := map[string]any{}
			for k, v := range byItself {
				m[k] = v
			}
			m["path"] = ""
			return m
		}()},
	} {
		p, err := understood(t, c.environment, append([]string{"serve"}, c.args...)...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, get(p.does.(*serve))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCommandsAndTheirArguments(t *testing.T) {
	conf, backup := file(t, "log = json\n"), file(t, "x")
	for _, c := range []struct {
		args string
		is   func(p *parsed) bool
	}{
		{"--settings " + conf + " user add a@b.test Karin --data /d", func(p *parsed) bool {
			u, ok := p.does.(*userAdd)
			return ok && u.Email == "a@b.test" && u.Name == "Karin" && u.Data == "/d" && p.overall.Log == "json"
		}},
		{"user code --log=text a@b.test --settings=" + conf, func(p *parsed) bool {
			u, ok := p.does.(*userCode)
			return ok && u.Email == "a@b.test" && p.overall.Log == "text"
		}},
		{"backup /b", func(p *parsed) bool { b, ok := p.does.(*backingUp); return ok && b.File == "/b" && b.Verify }},
		{"backup /b --no-verify", func(p *parsed) bool { return !p.does.(*backingUp).Verify }},
		{"backup --no-verify --verify /b", func(p *parsed) bool { return p.does.(*backingUp).Verify }},
		{"backup --verify=false /b", func(p *parsed) bool { return !p.does.(*backingUp).Verify }},
		{"backup /b --recipients-file=/x --recipients-file /y,/z --recipient a", func(p *parsed) bool {
			b := p.does.(*backingUp)
			return slices.Equal(b.RecipientsFile, []string{"/x", "/y", "/z"}) && slices.Equal(b.Recipient, []string{"a"})
		}},
		{"restore", func(p *parsed) bool { return p.does.(*restoring).File == "" }},
		{"restore --check " + backup, func(p *parsed) bool { r := p.does.(*restoring); return r.File == backup && r.CheckOnly }},
		{"verify", func(p *parsed) bool { v := p.does.(*verifying); return v.Threshold == -1 && v.Within == 10*time.Minute }},
		{"verify --threshold -1 -- --odd", func(p *parsed) bool { v := p.does.(*verifying); return v.Threshold == -1 && v.Where == "--odd" }},
		{"copy --from sqlite:a --to sqlite:b --while-running", func(p *parsed) bool { c := p.does.(*copying); return c.From == "sqlite:a" && c.WhileRunning }},
		{"import declaration - --association x", func(p *parsed) bool { return p.does.(*importDeclaration).File == "-" }},
	} {
		p, err := understood(t, nil, strings.Fields(c.args)...)
		if err != nil || p.says != "" || !c.is(p) {
			t.Errorf("%s: %v %+v", c.args, err, p.does)
		}
	}
	p, err := understood(t, map[string]string{"SAMKLANG_COPY_FROM": "sqlite:a", "SAMKLANG_COPY_TO": "sqlite:b"}, "copy")
	if err != nil || p.does.(*copying).To != "sqlite:b" {
		t.Errorf("what is required may come from the environment: %v", err)
	}
}

// What is typed wrongly is said in a sentence, and the program ends with 2.
func TestWrongUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		env  [2]string
		says string
	}{
		{"", [2]string{}, "name a command: serve, demo, import,"},
		{"user", [2]string{}, "name a command: list, add, code. samklang user --help"},
		{"srve --listen 127.0.0.1:80", [2]string{}, "samklang has no command srve; did you mean serve?"},
		{"user lst", [2]string{}, "samklang user has no command lst; did you mean list?"},
		{"frobnicate", [2]string{}, "samklang has no command frobnicate\n"},
		{"serve --lisen 127.0.0.1:80", [2]string{}, "there is no flag --lisen; did you mean --listen?"},
		{"serve -x", [2]string{}, "there is no flag -x"},
		{"--versio", [2]string{}, "there is no flag --versio; did you mean --version?"},
		{"serve --listen", [2]string{}, "--listen needs a value"},
		{"serve now", [2]string{}, `samklang serve does not take "now"`},
		{"user add a@b.test", [2]string{}, "samklang user add needs <name>: The person's name."},
		{"backup", [2]string{}, "samklang backup needs <file>"},
		{"copy --to sqlite:x", [2]string{}, "samklang copy needs --from\n"},
		{"copy", [2]string{}, "samklang copy needs --from and --to\n"},
		{"serve --smtp-port many", [2]string{}, `--smtp-port: "many" is no whole number`},
		{"serve --traces-share half", [2]string{}, `--traces-share: "half" is no number`},
		{"serve --trust-proxy=maybe", [2]string{}, `--trust-proxy: "maybe" is neither true nor false`},
		{"backup /b --no-verify=maybe", [2]string{}, `"maybe" is neither true nor false`},
		{"serve --drain 5", [2]string{}, `--drain: "5" is no length of time; write it with its unit`},
		{"serve", [2]string{"SAMKLANG_SMTP_PORT", "25,5"}, `SAMKLANG_SMTP_PORT in the environment: "25,5" is no whole number`},
		{"serve", [2]string{"SAMKLANG_LOG", "xml"}, `SAMKLANG_LOG in the environment: "xml" is none of text, json`},
		{"serve --smtp-security ssl", [2]string{}, `--smtp-security: "ssl" is none of starttls, tls, none`},
		{"serve --settings " + dir + "/none", [2]string{}, "the settings file cannot be read: open " + dir},
		{"serve --settings " + file(t, "drain = soon"), [2]string{}, `samklang.conf: "soon" is no length of time`},
		{"restore " + dir, [2]string{}, "<file>: " + dir + " is a directory; name a file"},
		{"restore " + dir + "/none", [2]string{}, "none: no such file or directory"},
	} {
		if c.env[0] != "" {
			t.Setenv(c.env[0], c.env[1])
		}
		out, errOut, code := says(t, strings.Fields(c.args)...)
		if code != 2 || out != "" || !strings.HasPrefix(errOut, "samklang: ") || !strings.Contains(errOut, c.says) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%q: code %d, %q, want %q", c.args, code, errOut, c.says)
		}
		if c.env[0] != "" {
			os.Unsetenv(c.env[0])
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range []string{"--help", "-h", "help"} {
		out, _, code := says(t, strings.Fields(args)...)
		if code != 0 || !strings.HasPrefix(out, "Usage: samklang <command> [flags]\n") || strings.Contains(out, "routes") || strings.Contains(out, "completion") {
			t.Errorf("%s: %d\n%s", args, code, out)
		}
		for _, want := range []string{"\n  serve [flags]\n    Serve an installation.\n", "\n  user add <email> <name> [flags]\n", "\n  copy --from=TEXT --to=TEXT [flags]\n", "\n  restore [<file>] [flags]\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is missing in\n%s", args, want, out)
			}
		}
	}
	serving, _, _ := says(t, "serve", "--help")
	if again, _, _ := says(t, "help", "serve"); again != serving {
		t.Error("help serve says something else than serve --help")
	}
	plain := strings.Join(strings.Fields(serving), " ")
	for _, o := range serveFlags(t) {
		if !strings.Contains(plain, "--"+o.name) || !strings.Contains(plain, strings.TrimSuffix(strings.Join(strings.Fields(o.help), " "), ".")) {
			t.Errorf("%s is not explained in\n%s", o.name, serving)
		}
		for _, name := range o.envs {
			if !strings.Contains(plain, "$"+name) {
				t.Errorf("%s is not named", name)
			}
		}
	}
	for _, want := range []string{`--listen="127.0.0.1:8080" Address and port`, "--smtp-port=587 Port", "--drain=5s How", "--trust-proxy Believe", "--witness-for=KEY,... Key"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is missing in\n%s", want, serving)
		}
	}
	for line := range strings.Lines(serving) {
		if len([]rune(line)) > 81 && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("the line is longer than a terminal: %q", line)
		}
	}
	for _, args := range []string{"--version", "serve --version", "user --version"} {
		if out, _, code := says(t, strings.Fields(args)...); code != 0 || out != version()+"\n" {
			t.Errorf("%s: %d %q", args, code, out)
		}
	}
}

// Every field of every command can be set: one of a type nobody reads would make the program end at its first use.
func TestEveryFlagCanBeRead(t *testing.T) {
	tree().each(func(n *node) {
		if n.does == nil {
			return
		}
		n.bind(nil)
		for _, o := range slices.Concat(n.options, n.arguments) {
			if o.help == "" || !strings.HasSuffix(o.help, ".") {
				t.Errorf("%s %s: %q is no sentence", n.path(), o.name, o.help)
			}
			value := map[bool]string{true: "true", false: "1"}[o.isSwitch()]
			if len(o.enum) > 0 {
				value = o.enum[0]
			}
			o.set([]string{value}) // panics for a type that none can be of
		}
	})
}
