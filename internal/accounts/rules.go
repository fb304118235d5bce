package accounts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"samklang/internal/core/actor"
	"samklang/internal/platform/openid"
)

// Rule gives a role to those for whom a provider's claims fulfil all its conditions.
type Rule struct {
	When         []Condition
	Association  string // its short name in addresses
	Role         actor.Role
	Admin        bool // administrator of the installation, instead of a role
	Body         string
	Organisation string

	line int
}

// Condition is one thing a claim must say.
type Condition struct {
	Claim  string
	Op     string
	Values []string
}

// The ways to compare. A claim with several values fulfils "is" and "one-of" only when all of them do, so that nobody gets a role for one of the
// organisations she belongs to when the claim was meant to name the only one.
const (
	opIs        = "is"
	opOneOf     = "one-of"
	opHas       = "has"    // one of the values, such as groups, is this one
	emailDomain = "domain" // of an address that is verified and in a trusted domain
)

// parseCondition reads "groups has samordning", "department is Socialtjänst", "role one-of a, b", "email domain alvsele.example".
func parseCondition(s string) (Condition, error) {
	claim, rest, _ := strings.Cut(s, " ")
	op, value, _ := strings.Cut(strings.TrimSpace(rest), " ")
	c := Condition{Claim: claim, Op: op}
	if err := claimName(claim); err != nil {
		return c, err
	}
	value = strings.TrimSpace(value)
	switch op {
	case opIs, opHas:
		c.Values = []string{value}
	case opOneOf:
		c.Values = commaList(value)
	case emailDomain:
		if claim != "email" {
			return c, errors.New("only the e-mail address has a domain: write email domain alvsele.example")
		}
		list, err := domains(value)
		if err != nil || len(list) > 1 {
			return c, errors.New("write one domain, such as email domain alvsele.example")
		}
		c.Values = list
	default:
		return c, fmt.Errorf("%q is no condition; write CLAIM and then is, one-of, has or domain, and a value", s)
	}
	if len(c.Values) == 0 || c.Values[0] == "" {
		return c, fmt.Errorf("%q names no value", s)
	}
	return c, nil
}

// holds tells whether the claims fulfil the condition. email is the person's trusted address, "" when she has none.
func (c Condition) holds(claims openid.Claims, email Email) bool {
	if c.Op == emailDomain {
		_, domain, _ := strings.Cut(string(email), "@")
		return email != "" && domain == c.Values[0]
	}
	said := claims.Values(c.Claim)
	if c.Op == opHas {
		return slices.Contains(said, c.Values[0])
	}
	return len(said) > 0 && !slices.ContainsFunc(said, func(s string) bool { return !slices.Contains(c.Values, s) })
}

// Matches tells whether the rule gives its role.
func (r Rule) Matches(claims openid.Claims, email Email) bool {
	return len(r.When) > 0 && !slices.ContainsFunc(r.When, func(c Condition) bool { return !c.holds(claims, email) })
}

// matching are the rules that give their role, each role once, in the order of the file.
func (p Provider) matching(claims openid.Claims) []Rule {
	email := p.trustedEmail(claims)
	var list []Rule
	for _, r := range p.Rules {
		if r.Matches(claims, email) && !slices.ContainsFunc(list, r.sameRole) {
			list = append(list, r)
		}
	}
	return list
}

func (r Rule) sameRole(x Rule) bool {
	return r.Association == x.Association && r.Role == x.Role && r.Admin == x.Admin && r.Body == x.Body
}

// trustedEmail is the person's address when the provider has checked it and answers for its domain; else "". An address that is not trusted
// neither finds an account nor makes one.
func (p Provider) trustedEmail(claims openid.Claims) Email {
	email, err := ParseEmail(claims.Text(p.Email))
	if err != nil || p.EmailVerified != "" && claims.Text(p.EmailVerified) != "true" {
		return ""
	}
	if _, domain, _ := strings.Cut(string(email), "@"); !slices.Contains(p.TrustedDomains, domain) {
		return ""
	}
	return email
}

// leveled tells whether the log-in was as strong as the provider's settings require.
func (p Provider) leveled(claims openid.Claims) bool {
	fits := func(required []string, claim string) bool {
		return len(required) == 0 || slices.ContainsFunc(claims.Values(claim), func(s string) bool { return slices.Contains(required, s) })
	}
	return fits(p.ACR, "acr") && fits(p.AMR, "amr")
}

// withheld names a claim that a rule asks for and that the provider did not send because it is too large, "" when there is none. Without it
// nobody can tell who has lost a role.
func (p Provider) withheld(claims openid.Claims) string {
	for _, r := range p.Rules {
		for _, c := range r.When {
			if c.Op != emailDomain && claims.Elsewhere(c.Claim) {
				return c.Claim
			}
		}
	}
	return ""
}
