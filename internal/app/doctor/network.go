package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"samklang/internal/app"
	"samklang/internal/platform/db"
)

// spoofed is an address of those set aside for examples (RFC 5737). Nobody has it, so a program that counts the doctor under it believes visitors.
const spoofed = "203.0.113.9"

// visit asks a copy of the program at an address how it sees the request. It is nil, without an error, when something else answers there.
func visit(ctx context.Context, p *Patient, base string) (*app.Visit, error) {
	key, err := app.VisitKey(ctx, p.DB)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set(app.VisitHeader, app.VisitProof(key))
	r.Header.Set("X-Forwarded-For", spoofed)
	r.Header.Set("X-Forwarded-Proto", "ftp")
	r.Close = true // each visit by a connection of its own, so that a balancer may choose anew
	res, err := p.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<10))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", res.Status)
	}
	var v app.Visit
	if json.Unmarshal(body, &v) != nil || v.Copy == "" {
		return nil, nil
	}
	return &v, nil
}

// own is the address at which the program answers on this machine.
func own(p *Patient) string {
	host, port, _ := net.SplitHostPort(p.Config.Listen)
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// program looks at whether the program runs on this machine.
func program(ctx context.Context, p *Patient) []Finding {
	v, err := visit(ctx, p, own(p))
	if err != nil {
		return fault("systemctl status samklang, and journalctl -u samklang for why it ended. If it runs on other machines alone, this is as it should be.", "The program does not answer on this machine at %s: %v.", p.Config.Listen, err)
	}
	if v == nil {
		return fault("See what else listens there: ss -tlnp. Or give the program another port with listen.", "Something answers at %s that does not belong to this installation: another program, or one with another database.", p.Config.Listen)
	}
	if v.Version != p.Config.Version {
		return warning("Restart it: systemctl restart samklang.", "The program that runs here is %s, and the one on disk is %s.", v.Version, p.Config.Version)
	}
	return ok("The program runs here: %s.", v.Version)
}

// address looks at whether people reach this installation by the address in the settings.
func address(ctx context.Context, p *Patient) []Finding {
	if p.Config.External == "" {
		return skipped("The setting external is not set.")
	}
	v, err := visit(ctx, p, p.Config.External)
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return fault("Add it where the domain's names are kept, or correct the setting external.", "The name %s is not known: %v.", hostOf(p.Config.External), unknown)
	case err != nil && certificateFault(err) != "":
		return fault("See what is said about the certificate.", "%s does not let us in: %s.", p.Config.External, certificateFault(err))
	case err != nil:
		return fault("See that the proxy runs (systemctl status nginx), that the firewall admits ports 80 and 443, and that the proxy names the right port of the program.", "Nobody reaches the program by %s: %v.", p.Config.External, err)
	case v == nil:
		return fault("Correct the setting external, or the proxy's address of the program.", "%s does not show this installation: something else answers there.", p.Config.External)
	}
	return ok("%s shows this installation.", p.Config.External)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Hostname()
}

// Days of a certificate below which the doctor warns, and below which it is a fault.
const (
	fewDays = 21
	noDays  = 3
)

// certificateFault says what is wrong with a certificate, "" when err is about something else.
func certificateFault(err error) string {
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return e.Err.Error()
	}
	return ""
}

// certificate looks at the certificate of the external address.
func certificate(ctx context.Context, p *Patient) []Finding {
	if !strings.HasPrefix(p.Config.External, "https://") {
		return skipped("The address has no TLS.")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, p.Config.External+"/healthz", nil)
	if err != nil {
		return unread(err)
	}
	res, err := p.HTTP.Do(r)
	if err != nil {
		if why := certificateFault(err); why != "" {
			return fault("Renew it, for this name, and with the whole chain: certbot renew, then systemctl reload nginx.", "Browsers will not believe the certificate of %s: %s.", hostOf(p.Config.External), why)
		}
		return skipped("No connection: %v.", err)
	}
	res.Body.Close()
	if res.TLS == nil || len(res.TLS.PeerCertificates) == 0 {
		return skipped("No certificate was shown.")
	}
	found := judgeCertificate(hostOf(p.Config.External), res.TLS.PeerCertificates[0].NotAfter.Sub(p.Now()))
	if res.StatusCode < 500 && res.Header.Get("Strict-Transport-Security") == "" { // else it is the balancer that answers, for a program that does not
		found = append(found, warning("See that the proxy passes our headers on, and that external begins with https://.", "The header that keeps browsers on TLS is missing.")...)
	}
	return found
}

func judgeCertificate(host string, left time.Duration) []Finding {
	const do = "Renew it: certbot renew, then systemctl reload nginx. Look why it does not renew itself: systemctl status certbot.timer."
	days := int(left.Hours() / 24)
	switch {
	case days < noDays:
		return fault(do, "The certificate of %s ends in %s.", host, ago(left))
	case days < fewDays:
		return warning(do, "The certificate of %s ends in %d days.", host, days)
	}
	return ok("The certificate of %s is good for %d days.", host, days)
}

// proxy looks at the headers by which the program learns who asks and how.
func proxy(ctx context.Context, p *Patient) []Finding {
	if p.Config.External == "" {
		return skipped("The setting external is not set.")
	}
	v, err := visit(ctx, p, p.Config.External)
	if err != nil || v == nil {
		return skipped("No copy was reached by %s.", p.Config.External)
	}
	return judgeProxy(p.Config.External, *v)
}

func judgeProxy(external string, v app.Visit) []Finding {
	var found []Finding
	through := passedOn(v)
	if through && !v.TrustProxy {
		found = append(found, fault("Set trust-proxy = true, and let the proxy set the headers as docs/operations.md shows.", "A proxy stands in front and the setting trust-proxy is off: all visitors share one limit, and one of them can lock the others out.")...)
	}
	if !through && v.TrustProxy {
		found = append(found, fault("Let only the proxy reach the program (listen = 127.0.0.1:8080), or unset trust-proxy.", "The setting trust-proxy is on, and the program was reached without a proxy: anybody may pretend to be anybody else.")...)
	}
	if v.TrustProxy && through {
		if v.Counted == spoofed {
			found = append(found, fault("In nginx: proxy_set_header X-Forwarded-For $remote_addr;", "The proxy passes on the X-Forwarded-For that a visitor sends as it is: anybody may pretend to be anybody else.")...)
		}
		if want := scheme(external); v.ForwardedProto != want {
			found = append(found, fault("In nginx: proxy_set_header X-Forwarded-Proto $scheme;", "The proxy says X-Forwarded-Proto: %s, where %s was asked.", orNothing(v.ForwardedProto), want)...)
		}
	}
	if u, err := url.Parse(external); err == nil && !strings.EqualFold(v.Host, u.Host) {
		found = append(found, fault("In nginx: proxy_set_header Host $host;", "The program hears the name %s, where %s was asked: an association's own host name would not be known.", v.Host, u.Host)...)
	}
	if len(found) > 0 {
		return found
	}
	if !through {
		return ok("No proxy stands in front, and the program believes none.")
	}
	return ok("The proxy says rightly who asks, by what name and how.")
}

// passedOn tells whether somebody stands in between: the headers are not as the doctor sent them.
func passedOn(v app.Visit) bool { return v.ForwardedFor != spoofed || v.ForwardedProto != "ftp" }

func scheme(address string) string {
	s, _, _ := strings.Cut(address, "://")
	return s
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// visits is how often the doctor comes to meet every copy behind a balancer.
const visits = 12

// met is a copy of the program and how far its clock is ahead of this machine's.
type met struct {
	app.Visit
	ahead time.Duration
}

// meet visits this machine's own address, and the external one until it is likely that every copy has answered.
func meet(ctx context.Context, p *Patient) []met {
	seen := map[string]met{}
	come := func(base string) bool {
		asked := p.Now()
		v, err := visit(ctx, p, base)
		if err != nil || v == nil {
			return false
		}
		// The copy looked at its clock about when half of the time of the visit had passed.
		middle := asked.Add(p.Now().Sub(asked) / 2)
		if _, known := seen[v.Copy]; !known {
			seen[v.Copy] = met{*v, v.Now.Sub(middle)}
		}
		return true
	}
	come(own(p))
	for range visits {
		if p.Config.External == "" || !come(p.Config.External) {
			break
		}
	}
	return slices.SortedFunc(maps.Values(seen), func(a, b met) int { return strings.Compare(a.Copy, b.Copy) })
}

// copies looks at whether all copies are of one version.
func copies(ctx context.Context, p *Patient) []Finding { return judgeCopies(meet(ctx, p)) }

func judgeCopies(list []met) []Finding {
	if len(list) == 0 {
		return skipped("No copy of the program was met.")
	}
	var versions []string
	for _, v := range list {
		if !slices.Contains(versions, v.Version) {
			versions = append(versions, v.Version)
		}
	}
	slices.Sort(versions)
	if len(versions) > 1 {
		return warning("Finish the upgrade: restart the copies that are still the old ones.", "Of %s that were met not all are of the same version: %s.", count(len(list), "copy", "copies"), strings.Join(versions, "; "))
	}
	return ok("Met %s of the program: %s.", count(len(list), "copy", "copies"), versions[0])
}

// skew is how far two clocks may be apart before the doctor says so.
const skew = 2 * time.Second

// clocks compares this machine's clock with the copies' and the database server's.
func clocks(ctx context.Context, p *Patient) []Finding {
	offsets := map[string]time.Duration{}
	for _, v := range meet(ctx, p) {
		offsets["the copy "+v.Copy] = v.ahead
	}
	if p.DB.Engine == db.Postgres {
		var there time.Time
		asked := p.Now()
		if err := p.DB.Read().NewRaw("SELECT clock_timestamp()").Scan(ctx, &there); err != nil {
			return unread(err)
		}
		offsets["the database server"] = there.Sub(asked.Add(p.Now().Sub(asked) / 2))
	}
	return judgeClocks(offsets)
}

func judgeClocks(offsets map[string]time.Duration) []Finding {
	if len(offsets) == 0 {
		return skipped("There is no other clock to compare with.")
	}
	for _, who := range slices.Sorted(maps.Keys(offsets)) {
		if d := offsets[who]; d.Abs() > skew {
			return fault("Let every machine keep its clock by NTP: timedatectl set-ntp true.", "The clock of %s is %s %s this machine's: log-ins and deadlines go by them.", who, ago(d.Abs()), map[bool]string{true: "ahead of", false: "behind"}[d > 0])
		}
	}
	return ok("The clocks agree.")
}
