package accounts

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"samklang/internal/core/actor"
	"samklang/internal/platform/openid"
)

// Provider is an organisation that vouches for its people by OpenID Connect, as an administrator has written it down.
type Provider struct {
	Key            string // in addresses and in the database: "alvsele"
	Name           string // on the button: "Älvsele kommun"
	Issuer         string
	ClientID       string
	Secret         Secret // "" for a public client
	Scopes         []string
	Identity       string // the claim that tells people apart and never changes for a person
	FullName       string // the claim with her name
	Email          string // the claim with her address
	EmailVerified  string // the claim that says whether the provider has checked the address; "" when it checks every one
	TrustedDomains []string
	ACR, AMR       []string // one of them is required; none requires nothing
	ACRValues      []string // what levels to ask for
	Prompt         string
	UserInfo       bool
	LogOut         bool          // offer to log out at the provider too
	Session        time.Duration // how long a log-in lasts at most
	RoleLasts      int           // days a role by rule lasts without a log-in that confirms it
	Rules          []Rule

	line int
}

// Secret is a client's secret at a provider. It prints as dots, so that no log shows it.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "•••"
}

// GoString is String for %#v.
func (s Secret) GoString() string { return s.String() }

// Limits of the file. They are far above what an installation needs.
const (
	maxProvidersFile = 256 << 10
	maxProviders     = 40
	maxRules         = 200
)

const (
	sessionByProvider = 12 * time.Hour
	roleLasts         = 90
)

// LoadProviders reads the file that describes the providers, and their secrets from where it says. Messages name file and line.
func LoadProviders(path string, env func(string) (string, bool)) ([]Provider, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the file that describes log-in by OpenID Connect cannot be read: %w", err)
	}
	defer f.Close()
	list, err := ParseProviders(f, func(kind, name string) (string, error) {
		if kind == "client-secret-env" {
			v, _ := env(name)
			return v, nil
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		b, err := os.ReadFile(name)
		if len(b) > 4096 {
			return "", errors.New("the file with the client secret is larger than a secret")
		}
		return string(b), err
	})
	if err != nil {
		return nil, fmt.Errorf("%s, %w", path, err)
	}
	return list, nil
}

// ParseProviders reads providers: sections [provider KEY] of 'name = value' lines, each followed by its [rule] sections; # begins a comment
// line. secret fetches a client secret; kind is the setting that names it.
func ParseProviders(r io.Reader, secret func(kind, name string) (string, error)) ([]Provider, error) {
	p := providerParser{secret: secret}
	lines := bufio.NewScanner(io.LimitReader(r, maxProvidersFile+1))
	lines.Buffer(make([]byte, 0, 4096), maxProvidersFile+1)
	size := 0
	for lines.Scan() {
		p.line++
		if size += len(lines.Bytes()) + 1; size > maxProvidersFile {
			return nil, p.fault("the file is larger than %d kB", maxProvidersFile>>10)
		}
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\uFEFF"))
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\t' }) {
			return nil, p.fault("there is something here that is no text in UTF-8")
		}
		if err := p.read(text); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, p.fault("the file cannot be read: %v", err)
	}
	if err := p.endProvider(); err != nil {
		return nil, err
	}
	if len(p.list) == 0 {
		return nil, p.fault("there is no provider; begin with a line such as [provider alvsele]")
	}
	return p.list, nil
}

// providerParser goes through the file line by line.
type providerParser struct {
	secret func(kind, name string) (string, error)
	line   int
	list   []Provider

	now    *Provider      // the section that is being read
	rule   *Rule          // the rule section that is being read
	said   map[string]int // the line of each setting of the provider
	inRule map[string]int
}

func (p *providerParser) fault(format string, args ...any) error {
	return faultAt(p.line, format, args...)
}

func faultAt(line int, format string, args ...any) error {
	return fmt.Errorf("line %d: "+format, append([]any{line}, args...)...)
}

func (p *providerParser) read(text string) error {
	switch {
	case text == "" || text[0] == '#':
		return nil
	case text[0] == '[':
		return p.section(text)
	}
	name, value, ok := strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	switch {
	case !ok:
		return p.fault("write 'name = value'")
	case p.now == nil:
		return p.fault("%q stands before the first [provider …]", name)
	case value == "":
		return p.fault("%s has no value; leave the line out instead", name)
	case p.rule != nil:
		return p.ruleSetting(name, value)
	}
	if at := p.said[name]; at > 0 {
		return p.fault("%s stands in line %d already", name, at)
	}
	p.said[name] = p.line
	return p.setting(name, value)
}

func (p *providerParser) section(text string) error {
	if !strings.HasSuffix(text, "]") {
		return p.fault("the section's name is not closed with ]")
	}
	words := strings.Fields(text[1 : len(text)-1])
	switch {
	case len(words) == 1 && words[0] == "rule":
		if p.now == nil {
			return p.fault("a rule belongs to the provider above it, and there is none")
		}
		if err := p.endRule(); err != nil {
			return err
		}
		if len(p.now.Rules) >= maxRules {
			return p.fault("a provider can have at most %d rules", maxRules)
		}
		p.rule, p.inRule = &Rule{line: p.line}, map[string]int{}
		return nil
	case len(words) == 2 && words[0] == "provider":
		if err := p.endProvider(); err != nil {
			return err
		}
		key := words[1]
		if !plainKey(key) {
			return p.fault("the provider's short name is %q; use a–z, 0–9 and hyphens, at most 40, such as [provider alvsele]", key)
		}
		for _, x := range p.list {
			if x.Key == key {
				return p.fault("[provider %s] stands in line %d already", key, x.line)
			}
		}
		if len(p.list) >= maxProviders {
			return p.fault("there can be at most %d providers", maxProviders)
		}
		p.now, p.said = &Provider{Key: key, line: p.line, Scopes: []string{"openid", "profile", "email"}, Identity: "sub", FullName: "name", Email: "email", EmailVerified: "email_verified",
			UserInfo: true, Session: sessionByProvider, RoleLasts: roleLasts}, map[string]int{}
		return nil
	}
	return p.fault("%s is no section; there are [provider NAME] and [rule]", text)
}

func plainKey(s string) bool {
	return s != "" && len(s) <= 40 && s[0] != '-' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (p *providerParser) setting(name, value string) error {
	x := p.now
	var err error
	switch name {
	case "name":
		if x.Name = value; utf8.RuneCountInString(value) > 60 {
			err = errors.New("the name is longer than a button has room for, 60 characters")
		}
	case "issuer":
		x.Issuer, err = value, openid.CheckIssuer(value)
	case "client-id":
		x.ClientID = value
	case "client-type":
		err = oneOf(value, "confidential", "public")
	case "client-secret-file", "client-secret-env":
		err = p.takeSecret(name, value)
	case "scopes":
		if x.Scopes = strings.Fields(strings.ReplaceAll(value, ",", " ")); !slices.Contains(x.Scopes, "openid") {
			err = errors.New("the scopes must have openid among them")
		}
	case "identity":
		x.Identity, err = value, claimName(value)
	case "full-name":
		x.FullName, err = value, claimName(value)
	case "email":
		x.Email, err = value, claimName(value)
	case "email-verified":
		if x.EmailVerified, err = value, claimName(value); value == "always" {
			x.EmailVerified = ""
		}
	case "trusted-domains":
		x.TrustedDomains, err = domains(value)
	case "acr":
		x.ACR = commaList(value)
	case "amr":
		x.AMR = commaList(value)
	case "acr-values":
		x.ACRValues = strings.Fields(strings.ReplaceAll(value, ",", " "))
	case "prompt":
		x.Prompt, err = value, oneOf(value, "login", "select_account", "consent")
	case "userinfo":
		x.UserInfo, err = value == "yes", oneOf(value, "yes", "no")
	case "log-out":
		x.LogOut, err = value == "yes", oneOf(value, "yes", "no")
	case "session":
		if x.Session, err = time.ParseDuration(value); err != nil || x.Session < 5*time.Minute || x.Session > SessionLife {
			err = errors.New("session must be between 5m and 168h, such as 8h")
		}
	case "role-lasts":
		x.RoleLasts, err = daysOf(value)
	case "client-secret":
		err = errors.New("the secret itself does not belong in this file; put it in a file of its own and name that with client-secret-file")
	default:
		err = fmt.Errorf("there is no setting %q", name)
	}
	if err != nil {
		return p.fault("%w", err)
	}
	return nil
}

// takeSecret reads the secret. What it says of a fault never holds the secret itself.
func (p *providerParser) takeSecret(kind, name string) error {
	if p.now.Secret != "" {
		return errors.New("there is a client secret already")
	}
	s, err := p.secret(kind, name)
	if err != nil {
		return fmt.Errorf("the client secret cannot be read: %w", err)
	}
	if s = strings.TrimSpace(s); s == "" {
		return fmt.Errorf("there is no client secret in %s", name)
	}
	p.now.Secret = Secret(s)
	return nil
}

func (p *providerParser) ruleSetting(name, value string) error {
	if at := p.inRule[name]; at > 0 && name != "when" {
		return p.fault("%s stands in line %d already", name, at)
	}
	p.inRule[name] = p.line
	r := p.rule
	var err error
	switch name {
	case "when":
		var c Condition
		if c, err = parseCondition(value); err == nil {
			r.When = append(r.When, c)
		}
		if len(r.When) > 20 {
			err = errors.New("a rule can have at most 20 conditions")
		}
	case "association":
		if r.Association = value; !plainKey(value) {
			err = fmt.Errorf("%q is no association's short name in addresses, such as alvkusten", value)
		}
	case "role":
		if r.Role = actor.Role(value); value == "admin" {
			r.Role, r.Admin = "", true
		} else if !known(r.Role) {
			err = fmt.Errorf("there is no role %q; there are %s, and admin for the installation itself", value, roleCodes())
		}
	case "body":
		r.Body = value
	case "organisation":
		if r.Organisation = value; utf8.RuneCountInString(value) > 120 {
			err = errors.New("the organisation's name is longer than 120 characters")
		}
	default:
		err = fmt.Errorf("a rule has no setting %q; it has when, association, role, body and organisation", name)
	}
	if err != nil {
		return p.fault("%w", err)
	}
	return nil
}

func roleCodes() string {
	codes := make([]string, len(actor.Roles))
	for i, r := range actor.Roles {
		codes[i] = string(r)
	}
	return strings.Join(codes, ", ")
}

func (p *providerParser) endRule() error {
	r := p.rule
	if r == nil {
		return nil
	}
	p.rule = nil
	switch {
	case len(r.When) == 0:
		return faultAt(r.line, "the rule says nothing of when; a rule for everybody would be a mistake")
	case !r.Admin && r.Role == "":
		return faultAt(r.line, "the rule says no role")
	case r.Admin && (r.Association != "" || r.Body != "" || r.Organisation != ""):
		return faultAt(r.line, "role admin is for the whole installation; leave association, body and organisation out")
	case !r.Admin && r.Association == "":
		return faultAt(r.line, "the rule says no association")
	}
	p.now.Rules = append(p.now.Rules, *r)
	return nil
}

func (p *providerParser) endProvider() error {
	if p.now == nil {
		return nil
	}
	if err := p.endRule(); err != nil {
		return err
	}
	x := p.now
	p.now = nil
	for _, name := range []string{"name", "issuer", "client-id"} {
		if p.said[name] == 0 {
			return faultAt(x.line, "[provider %s] does not say %s", x.Key, name)
		}
	}
	public := p.said["client-type"] > 0 && x.Secret == ""
	if x.Secret == "" && !public {
		return faultAt(x.line, "[provider %s] has no secret; say client-secret-file or client-secret-env, or client-type = public", x.Key)
	}
	if x.EmailVerified == "" && len(x.TrustedDomains) == 0 {
		return faultAt(p.said["email-verified"], "email-verified = always needs trusted-domains, so that the provider answers for no other addresses")
	}
	for _, r := range x.Rules {
		for _, c := range r.When {
			if c.Op == emailDomain && !slices.Contains(x.TrustedDomains, c.Values[0]) {
				return faultAt(r.line, "the rule is about %s, which is not among trusted-domains", c.Values[0])
			}
		}
	}
	for _, other := range p.list {
		if other.Issuer == x.Issuer && other.ClientID == x.ClientID {
			return faultAt(x.line, "[provider %s] has the same issuer and client-id as [provider %s]", x.Key, other.Key)
		}
		if strings.EqualFold(other.Name, x.Name) {
			return faultAt(x.line, "[provider %s] has the same name as [provider %s]; nobody could tell the buttons apart", x.Key, other.Key)
		}
	}
	p.list = append(p.list, *x)
	return nil
}

func oneOf(value string, choices ...string) error {
	if slices.Contains(choices, value) {
		return nil
	}
	return fmt.Errorf("%q is none of %s", value, strings.Join(choices, ", "))
}

func daysOf(s string) (int, error) {
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 1 || n > 400 {
		return 0, errors.New("role-lasts is a number of days, from 1 to 400")
	}
	return n, nil
}

func claimName(s string) error {
	if len(s) > 200 || strings.ContainsFunc(s, unicode.IsSpace) {
		return fmt.Errorf("%q is no name of a claim", s)
	}
	return nil
}

// commaList splits a list at commas.
func commaList(s string) []string {
	var list []string
	for x := range strings.SplitSeq(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			list = append(list, x)
		}
	}
	return list
}

func domains(s string) ([]string, error) {
	list := commaList(strings.ToLower(s))
	for _, d := range list {
		if _, err := ParseEmail("x@" + d); err != nil {
			return nil, fmt.Errorf("%q is no domain, such as alvsele.example", d)
		}
	}
	return list, nil
}
