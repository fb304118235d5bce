package accounts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/platform/openid"

	"pgregory.net/rapid"
)

const twoProviders = `# who may log in through whom
[provider alvsele]
name = Älvsele kommun
issuer = https://login.alvsele.example
client-id = samklang
client-secret-file = alvsele.secret
scopes = openid profile email groups
trusted-domains = alvsele.example, Mo.example
acr = loa3, loa4
acr-values = loa3 loa4
session = 8h
role-lasts = 30
log-out = yes

[rule]
when = groups has samordning-kansli
association = alvkusten
role = office
organisation = "Älvsele kommun"

[rule]
when = email domain mo.example
when = department one-of Socialtjänst, Arbetsmarknad
association = alvkusten
role = prep
body = Beredningsgruppen

[rule]
when = groups has it-drift
role = admin

[provider freja]
name = Freja
issuer = https://broker.example/oidc
client-id = x
client-secret-env = FREJA
identity = hsaid
email-verified = always
trusted-domains = region.example
userinfo = no
`

func fetch(kind, name string) (string, error) {
	switch name {
	case "alvsele.secret", "FREJA":
		return "hemlig hemlighet\n", nil
	case "empty":
		return " \n", nil
	}
	return "", errors.New("no such file")
}

func TestTheFileOfProviders(t *testing.T) {
	list, err := ParseProviders(strings.NewReader("\uFEFF"+strings.ReplaceAll(twoProviders, "\n", "\r\n")), fetch)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	a, f := list[0], list[1]
	if a.Key != "alvsele" || a.Name != "Älvsele kommun" || a.Secret != "hemlig hemlighet" || !slices.Equal(a.TrustedDomains, []string{"alvsele.example", "mo.example"}) || !slices.Equal(a.ACR, []string{"loa3", "loa4"}) ||
		a.Session != 8*time.Hour || a.RoleLasts != 30 || !a.LogOut || !a.UserInfo || a.Identity != "sub" || a.EmailVerified != "email_verified" || len(a.Scopes) != 4 {
		t.Errorf("%+v", a)
	}
	if len(a.Rules) != 3 || a.Rules[0].Role != actor.Office || a.Rules[0].Organisation != "Älvsele kommun" || a.Rules[1].Body != "Beredningsgruppen" || len(a.Rules[1].When) != 2 || !a.Rules[2].Admin || a.Rules[2].Role != "" {
		t.Errorf("%+v", a.Rules)
	}
	if f.Identity != "hsaid" || f.EmailVerified != "" || f.UserInfo || f.LogOut || f.Session != sessionByProvider || len(f.Rules) != 0 {
		t.Errorf("%+v", f)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", a, a, a, a.Secret); strings.Contains(shown, "hemlig hemlighet") {
		t.Errorf("the secret can be seen: %s", shown)
	}
}

// Every fault names its line and what to write instead.
func TestFaultsInTheFileOfProviders(t *testing.T) {
	with := func(line string) string {
		return "[provider a]\nname = A\nissuer = https://a.example\nclient-id = x\nclient-type = public\n" + line
	}
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "there is no provider"},
		{"only remarks", "# a\n\n# b", "there is no provider"},
		{"no section", "name = A", "line 1: \"name\" stands before the first [provider"},
		{"a section without an end", "[provider a", "line 1: the section's name is not closed"},
		{"a section of another kind", "\n[server]", "line 2: [server] is no section"},
		{"a short name with capitals", "[provider Älvsele]", "line 1: the provider's short name"},
		{"no equals sign", with("whatever"), "line 6: write 'name = value'"},
		{"no value", with("scopes ="), "line 6: scopes has no value"},
		{"an unknown setting", with("colour = red"), `line 6: there is no setting "colour"`},
		{"a setting twice", with("name = B"), "line 6: name stands in line 2 already"},
		{"an issuer without protection", "[provider a]\nissuer = http://a.example", "line 2: the address must begin with https://"},
		{"an issuer with a question", "[provider a]\nissuer = https://a.example?x=1", "line 2: write the address without a question mark"},
		{"an issuer with a user", "[provider a]\nissuer = https://u:p@a.example", "line 2: write the address without"},
		{"an issuer that is no address", "[provider a]\nissuer = a.example", "line 2: write a whole address"},
		{"scopes without openid", with("scopes = profile"), "line 6: the scopes must have openid"},
		{"the secret itself", "[provider a]\nclient-secret = abc123", "line 2: the secret itself does not belong"},
		{"a secret file that is not there", "[provider a]\nclient-secret-file = gone", "line 2: the client secret cannot be read"},
		{"an empty secret", "[provider a]\nclient-secret-file = empty", "line 2: there is no client secret in empty"},
		{"two secrets", "[provider a]\nclient-secret-file = alvsele.secret\nclient-secret-env = FREJA", "line 3: there is a client secret already"},
		{"no secret", "# x\n[provider a]\nname = A\nissuer = https://a.example\nclient-id = x", "line 2: [provider a] has no secret"},
		{"no name", "[provider a]\nissuer = https://a.example\nclient-id = x\nclient-type = public", "line 1: [provider a] does not say name"},
		{"a session too long", with("session = 400h"), "line 6: session must be between"},
		{"days that are none", with("role-lasts = 3d"), "line 6: role-lasts is a number of days"},
		{"yes that is neither", with("log-out = maybe"), `line 6: "maybe" is none of yes, no`},
		{"a domain that is none", with("trusted-domains = alvsele"), `line 6: "alvsele" is no domain`},
		{"every address of everybody", with("email-verified = always"), "line 6: email-verified = always needs trusted-domains"},
		{"a rule before a provider", "[rule]", "line 1: a rule belongs to the provider above it"},
		{"a rule for everybody", with("[rule]\nassociation = alvkusten\nrole = head"), "line 6: the rule says nothing of when"},
		{"a rule without a role", with("[rule]\nwhen = a is b\nassociation = alvkusten"), "line 6: the rule says no role"},
		{"a rule without an association", with("[rule]\nwhen = a is b\nrole = head"), "line 6: the rule says no association"},
		{"an administrator of an association", with("[rule]\nwhen = a is b\nrole = admin\nassociation = alvkusten"), "line 6: role admin is for the whole installation"},
		{"a role there is not", with("[rule]\nwhen = a is b\nrole = boss"), `line 8: there is no role "boss"`},
		{"a condition that is none", with("[rule]\nwhen = groups contains b"), `line 7: "groups contains b" is no condition`},
		{"a condition without a value", with("[rule]\nwhen = groups has"), "line 7: "},
		{"a list of nothing", with("[rule]\nwhen = groups one-of , ,"), "line 7: "},
		{"a domain of something else", with("[rule]\nwhen = upn domain a.example"), "line 7: only the e-mail address has a domain"},
		{"a domain that is not trusted", with("[rule]\nwhen = email domain b.example\nassociation = alvkusten\nrole = head"), "line 6: the rule is about b.example, which is not among trusted-domains"},
		{"a setting no rule has", with("[rule]\nname = x"), "line 7: a rule has no setting"},
		{"the same provider twice", with("[provider a]"), "line 6: [provider a] stands in line 1 already"},
		{"the same client twice", with("[provider b]\nname = B\nissuer = https://a.example\nclient-id = x\nclient-type = public"), "line 6: [provider b] has the same issuer and client-id"},
		{"the same name twice", with("[provider b]\nname = a\nissuer = https://b.example\nclient-id = x\nclient-type = public"), "line 6: [provider b] has the same name"},
		{"no text", "[provider a]\nname = \xff\xfe", "line 2: there is something here that is no text"},
		{"a name longer than a button", with("[provider b]\nname = " + strings.Repeat("x", 61)), "line 7: the name is longer"},
		{"a file larger than any", strings.Repeat("# x\n", 80_000), "the file is larger than"},
		{"a line larger than any", "# " + strings.Repeat("x", 600_000), "line "},
	} {
		list, err := ParseProviders(strings.NewReader(c.file), fetch)
		if err == nil || !strings.Contains(err.Error(), c.want) || list != nil {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hemlig hemlighet") {
			t.Errorf("%s: the message holds the secret", c.name)
		}
	}
}

func TestProvidersAreReadFromFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "inloggning.conf")
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("inloggning.conf", twoProviders)
	write("alvsele.secret", "hemlig\n")
	env := func(name string) (string, bool) { return "ur miljön", name == "FREJA" }
	list, err := LoadProviders(file, env)
	if err != nil || list[0].Secret != "hemlig" || list[1].Secret != "ur miljön" {
		t.Errorf("%v %v", list, err)
	}
	write("alvsele.secret", strings.Repeat("x", 5000))
	if _, err := LoadProviders(file, env); err == nil || !strings.Contains(err.Error(), "inloggning.conf, line 6: ") {
		t.Errorf("a secret that is a book: %v", err)
	}
	if _, err := LoadProviders(filepath.Join(dir, "gone"), env); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("no file: %v", err)
	}
}

func TestConditions(t *testing.T) {
	claims := openid.Claims{All: map[string]any{"groups": []any{"a", "b"}, "one": []any{"a"}, "department": "Socialtjänst", "number": 12.0, "yes": true, "object": map[string]any{"a": "a"}, "empty": []any{}, "mixed": []any{"a", map[string]any{}, nil}}}
	for _, c := range []struct {
		when string
		want bool
	}{
		{"groups has a", true}, {"groups has b", true}, {"groups has c", false}, {"groups is a", false}, {"groups one-of a, b, c", true}, {"groups one-of a", false},
		{"one is a", true}, {"department is Socialtjänst", true}, {"department is socialtjänst", false}, {"department has Socialtjänst", true}, {"department one-of Kultur, Socialtjänst", true},
		{"number is 12", true}, {"yes is true", true}, {"object has a", false}, {"object is a", false}, {"empty one-of a", false}, {"gone is a", false}, {"gone has a", false}, {"mixed is a", true},
		{"email domain mo.example", true}, {"email domain alvsele.example", false},
	} {
		cond, err := parseCondition(c.when)
		if err != nil || cond.holds(claims, "karin@mo.example") != c.want {
			t.Errorf("%s: %v %v", c.when, !c.want, err)
		}
	}
	cond, err := parseCondition("email domain mo.example")
	if err != nil || cond.holds(claims, "") {
		t.Error("a domain without an address")
	}
}

// Taking a claim's value away never gives a role, whatever the rules are: who is in fewer groups has at most the roles she had.
func TestFewerGroupsNeverGiveMoreRoles(t *testing.T) {
	groups := []string{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		p := Provider{Key: "x"}
		for range rapid.IntRange(0, 6).Draw(t, "rules") {
			r := Rule{Association: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "association"), Role: rapid.SampledFrom(actor.Roles[:]).Draw(t, "role")}
			for _, g := range rapid.SliceOfN(rapid.SampledFrom(groups), 0, 3).Draw(t, "when") {
				r.When = append(r.When, Condition{Claim: "groups", Op: opHas, Values: []string{g}})
			}
			p.Rules = append(p.Rules, r)
		}
		in := rapid.SliceOfDistinct(rapid.SampledFrom(groups), func(s string) string { return s }).Draw(t, "in")
		said := func(list []string) openid.Claims {
			var v []any
			for _, s := range list {
				v = append(v, s)
			}
			return openid.Claims{All: map[string]any{"groups": v}}
		}
		all := p.matching(said(in))
		for i, r := range all {
			if len(r.When) == 0 {
				t.Fatal("a rule for everybody")
			}
			if slices.ContainsFunc(all[:i], r.sameRole) {
				t.Fatal("a role twice")
			}
		}
		if len(in) == 0 {
			if len(all) > 0 {
				t.Fatal("roles without a group")
			}
			return
		}
		out := rapid.IntRange(0, len(in)-1).Draw(t, "out")
		for _, r := range p.matching(said(slices.Delete(slices.Clone(in), out, out+1))) {
			if !slices.ContainsFunc(all, r.sameRole) {
				t.Fatalf("leaving a group gave %v", r)
			}
		}
	})
}

func FuzzProviders(f *testing.F) {
	f.Add(twoProviders)
	f.Add("[provider a]\nname = A\n[rule]\nwhen = email domain x.example")
	f.Add("[provider a]\nclient-secret-file = alvsele.secret\nsession = 1h")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseProviders(strings.NewReader(s), fetch)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") || strings.Contains(err.Error(), "hemlig hemlighet") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		for _, p := range list {
			if p.Name == "" || p.ClientID == "" || openid.CheckIssuer(p.Issuer) != nil || !slices.Contains(p.Scopes, "openid") || p.Session < 5*time.Minute || p.Session > SessionLife || p.RoleLasts < 1 {
				t.Fatalf("%q gave %+v", s, p)
			}
			for _, r := range p.Rules {
				if len(r.When) == 0 || r.Admin != (r.Role == "") || r.Admin != (r.Association == "") {
					t.Fatalf("%q gave the rule %+v", s, r)
				}
			}
		}
	})
}
