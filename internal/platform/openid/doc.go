// Package openid logs somebody in at an OpenID Connect provider: authorization code with PKCE (RFC 7636), state, nonce and the issuer in the
// answer (RFC 9207), and what the provider says later (OpenID Connect Back-Channel Logout 1.0). It knows no account and no rule: it tells what
// a provider has vouched for.
//
// Nothing is fetched but from addresses that the provider's own discovery document names, and that document only from the issuer an
// administrator has written down. What is fetched has limits on time and size, redirects are not followed, and addresses inside claims
// (distributed claims, jku, x5u) are never opened.
package openid
