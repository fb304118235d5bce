package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read parses a command line as the program does.
func read(t *testing.T, args ...string) (*serve, error) {
	t.Helper()
	p, err := parse(append([]string{"serve"}, args...), os.LookupEnv)
	if err != nil {
		return &serve{}, err
	}
	return p.does.(*serve), nil
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "samklang.conf")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A flag wins over the environment, the environment over the file, the file over what the program takes by itself.
func TestWhereASettingComesFrom(t *testing.T) {
	conf := file(t, "# the office\n\n  listen = 127.0.0.1:1111\nmail-from=\"kansli@example.test\"\ntrust-proxy = true\nsmtp-port = 2525\n")
	for _, c := range []struct {
		name        string
		file, env   bool
		flag        string
		want        string
		port        int
		from        string
		trustsProxy bool
	}{
		{name: "nothing is set", want: "127.0.0.1:8080", port: 587},
		{name: "the file", file: true, want: "127.0.0.1:1111", port: 2525, from: "kansli@example.test", trustsProxy: true},
		{name: "the environment", env: true, want: "127.0.0.1:2222", port: 587},
		{name: "the environment over the file", file: true, env: true, want: "127.0.0.1:2222", port: 2525, from: "kansli@example.test", trustsProxy: true},
		{name: "the flag over the file", file: true, flag: "127.0.0.1:3333", want: "127.0.0.1:3333", port: 2525, from: "kansli@example.test", trustsProxy: true},
		{name: "the flag over both", file: true, env: true, flag: "127.0.0.1:3333", want: "127.0.0.1:3333", port: 2525, from: "kansli@example.test", trustsProxy: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var args []string
			if c.file {
				args = append(args, "--settings", conf)
			}
			if c.env {
				t.Setenv("SAMKLANG_LISTEN", "127.0.0.1:2222")
			}
			if c.flag != "" {
				args = append(args, "--listen", c.flag)
			}
			got, err := read(t, args...)
			if err != nil || got.Listen != c.want || got.SMTPPort != c.port || got.MailFrom != c.from || got.TrustProxy != c.trustsProxy {
				t.Errorf("%v: %s %d %q %v", err, got.Listen, got.SMTPPort, got.MailFrom, got.TrustProxy)
			}
		})
	}
	t.Run("the environment names the file", func(t *testing.T) {
		t.Setenv("SAMKLANG_SETTINGS", conf)
		if got, err := read(t); err != nil || got.Listen != "127.0.0.1:1111" {
			t.Errorf("%v: %s", err, got.Listen)
		}
	})
}

func TestAFaultySettingsFileIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"listen 127.0.0.1:1111":            "no = in line 1",
		"# ok\nlisten = 127.0.0.1:1111\nx": "no = in line 3",
		"lissten = 127.0.0.1:1111":         `"lissten", which is no setting`,
		"smtp-port = many":                 "smtp-port",
		"smtp-security = maybe":            "starttls",
	} {
		if _, err := read(t, "--settings", file(t, content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}
