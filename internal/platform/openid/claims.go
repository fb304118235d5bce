package openid

import (
	"encoding/json"
	"slices"
	"strconv"
)

// Claims is what a provider vouches for.
type Claims struct {
	Subject   string // sub
	SessionID string // sid, "" when the provider names none
	All       map[string]any
}

// own are the claims that only the signed token may hold.
var own = []string{"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "acr", "amr", "auth_time", "sid"}

// add takes claims from userinfo that the ID token does not have.
func (c *Claims) add(more map[string]any) {
	for name, v := range more {
		if _, has := c.All[name]; !has && !slices.Contains(own, name) {
			c.All[name] = v
		}
	}
}

// maxValues is how many values of a claim are looked at; a person has fewer groups.
const maxValues = 2000

// Values are a claim's values as text: of a list each, of anything else the one, none when the claim is missing or is an object.
func (c Claims) Values(name string) []string {
	switch v := c.All[name].(type) {
	case nil:
		return nil
	case []any:
		var list []string
		for _, x := range v[:min(len(v), maxValues)] {
			if s, ok := scalar(x); ok {
				list = append(list, s)
			}
		}
		return list
	default:
		if s, ok := scalar(v); ok {
			return []string{s}
		}
	}
	return nil
}

// Text is a claim's only value, "" when it has none or several.
func (c Claims) Text(name string) string {
	if list := c.Values(name); len(list) == 1 {
		return list[0]
	}
	return ""
}

// Elsewhere tells whether the provider keeps the claim at another address (OpenID Connect Core 5.6.2) because it is too large to send. Such
// addresses are not opened.
func (c Claims) Elsewhere(name string) bool {
	names, _ := c.All["_claim_names"].(map[string]any)
	_, is := names[name]
	return is
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
