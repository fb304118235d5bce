package app

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
)

func TestSettingsAreCheckedBeforeAnythingStarts(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte("ängel\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const local = "127.0.0.1:8080"
	for _, c := range []struct {
		name string
		in   Config
		want string // part of the message, "" when the settings are right
	}{
		{"this machine", Config{Listen: local}, ""},
		{"this machine by name", Config{Listen: "localhost:8080"}, ""},
		{"this machine, version 6", Config{Listen: "[::1]:8080"}, ""},
		{"no port", Config{Listen: "127.0.0.1"}, "write an address and a port, such as 127.0.0.1:8080"},
		{"nothing at all", Config{}, `listen is ""`},
		{"an empty port", Config{Listen: "127.0.0.1:"}, "write an address and a port"},
		{"every address, nobody knows which", Config{Listen: ":8080"}, "external is not set"},
		{"a network without an address for people", Config{Listen: "192.0.2.1:8080"}, "such as https://samklang.example.se"},
		{"a network with one", Config{Listen: ":8080", External: "https://samklang.example.se"}, ""},
		{"an address that ends with a slash", Config{Listen: ":8080", External: "https://samklang.example.se/"}, ""},
		{"an address with a path", Config{Listen: ":8080", External: "https://example.se/samklang"}, "write scheme and host only"},
		{"an address without a scheme", Config{Listen: ":8080", External: "samklang.example.se"}, "write scheme and host only"},
		{"an address of another kind", Config{Listen: ":8080", External: "ftp://samklang.example.se"}, "write scheme and host only"},
		{"the example on this machine", Config{Listen: local, Demo: true}, ""},
		{"the example for everybody", Config{Listen: ":8080", Demo: true}, "answers only on this machine"},
		{"the example for everybody, by its address", Config{Listen: ":8080", Demo: true, External: "https://samklang.example.se"}, "answers only on this machine"},
		{"behind a proxy, by an address", Config{Listen: local, External: "https://samklang.example.se", TrustProxy: true}, ""},
		{"behind a proxy, nobody knows where", Config{Listen: local, TrustProxy: true}, "external = https://samklang.example.se"},
		{"a mail server and no sender", Config{Listen: local, SMTPHost: "mail.example.se"}, "mail-from is not set"},
		{"a mail server and a sender", Config{Listen: local, SMTPHost: "mail.example.se", MailFrom: "samklang@example.se"}, ""},
		{"a password in a file", Config{Listen: local, SMTPSecret: secret}, ""},
		{"a password in no file", Config{Listen: local, SMTPSecret: filepath.Join(dir, "nothing")}, "the file with the mail password cannot be read"},
	} {
		err := c.in.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}

	c := Config{Listen: local, Data: "data", External: "https://samklang.example.se/", SMTPSecret: secret}
	if err := c.Check(); err != nil || c.Database != "sqlite:"+filepath.Join("data", "samklang.db") || c.External != "https://samklang.example.se" || c.SMTPPassword != "ängel" {
		t.Errorf("what follows from other settings: %v %+v", err, c)
	}
}

func TestAddressesForMails(t *testing.T) {
	own := scope.Association{Slug: "skogsbygden", Host: "lofte.skogsbygden.example"}
	path := scope.Association{Slug: "alvkusten"}
	for _, c := range []struct {
		config Config
		bound  string
		of     scope.Association
		l      lang.Lang
		want   string
	}{
		{Config{External: "https://samklang.example"}, "", path, lang.Swedish, "https://samklang.example/alvkusten/loften/x/1"},
		{Config{External: "https://samklang.example"}, "", path, lang.English, "https://samklang.example/en/alvkusten/loften/x/1"},
		{Config{External: "https://samklang.example"}, "", own, lang.Swedish, "https://lofte.skogsbygden.example/loften/x/1"},
		{Config{External: "https://samklang.example:8443"}, "", own, lang.English, "https://lofte.skogsbygden.example:8443/en/loften/x/1"},
		{Config{Listen: "127.0.0.1:0"}, "127.0.0.1:4711", path, lang.Swedish, "http://localhost:4711/alvkusten/loften/x/1"},
		{Config{Listen: "[::1]:8080"}, "", path, lang.Swedish, "http://localhost:8080/alvkusten/loften/x/1"},
		{Config{Listen: "127.0.0.9:8080"}, "", path, lang.Swedish, "http://127.0.0.9:8080/alvkusten/loften/x/1"},
		{Config{Listen: "localhost:8080"}, "", own, lang.Swedish, "http://lofte.skogsbygden.example:8080/loften/x/1"},
	} {
		a := &App{config: c.config, bound: &atomic.Pointer[string]{}}
		if c.bound != "" {
			a.bound.Store(&c.bound)
		}
		if got := a.address(c.of, c.l, "/loften/x/1"); got != c.want {
			t.Errorf("%+v: %s, want %s", c.config, got, c.want)
		}
	}
}
