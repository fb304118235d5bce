package openid

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Limits on what a provider answers.
const (
	fetchTime = 8 * time.Second
	fetchSize = 512 << 10
)

var (
	errRedirect = errors.New("the provider answered with a redirect, which is not followed")
	errSize     = errors.New("the provider's answer is too large")
)

// NewHTTPClient is the client all providers are asked with.
func NewHTTPClient() *http.Client {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 4 * time.Second}).DialContext,
		TLSHandshakeTimeout:    4 * time.Second,
		ResponseHeaderTimeout:  fetchTime,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{Transport: limited{t}, Timeout: fetchTime, CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect }}
}

// limited refuses addresses without protection, and bodies that are too large.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if !safe(r.URL) {
		return nil, errors.New("the provider names an address without https: " + r.URL.Scheme + "://" + r.URL.Host)
	}
	res, err := l.next.RoundTrip(r)
	if err == nil {
		res.Body = &limitedBody{res.Body, fetchSize}
	}
	return res, err
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errSize
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// safe tells whether an address is protected on its way, or does not leave this machine.
func safe(u *url.URL) bool {
	if u.Scheme == "https" {
		return u.Host != ""
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// CheckIssuer tells what is wrong with an issuer's address, nil when it can be used.
func CheckIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || !u.IsAbs():
		return errors.New("write a whole address, such as https://login.example.se")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return errors.New("write the address without a question mark, a # and a user name")
	case !safe(u):
		return errors.New("the address must begin with https://")
	}
	return nil
}
