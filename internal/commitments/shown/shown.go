// Package shown compares what the public pages of an installation show with its public log, from outside: each association's promises with their
// wordings, states and history, the declarations, published follow-ups and published figures. It reads the open data that everybody may read.
package shown

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"
)

// maxPage is how long one file of open data may be.
const maxPage = 64 << 20

// Compare fetches what the site shows and compares it with the log. The error names the association, the promise and the entry.
func Compare(ctx context.Context, site verify.Site, log *verify.Log) (said []string, err error) {
	c := comparison{site: site, log: log, seen: map[id.ID]bool{}, declared: map[string]bool{}, figures: map[id.ID]bool{}}
	var start struct {
		Address      string
		Associations []struct {
			ID         id.ID
			Name, Data string
			ShortName  string `json:"short_name"`
		}
		Declarations []struct{ Address string }
	}
	if err := c.get(ctx, site.Base+"/oppna-data/forbund.json", &start); err != nil {
		return nil, err
	}
	c.own = strings.TrimRight(start.Address, "/")
	for _, a := range start.Associations {
		if err := c.patiently(ctx, func() error { return c.association(ctx, a.ID, a.ShortName, a.Data) }); err != nil {
			return c.said, fmt.Errorf("%s: %w", a.ShortName, err)
		}
	}
	for _, d := range start.Declarations {
		if err := c.patiently(ctx, func() error { return c.declaration(ctx, d.Address) }); err != nil {
			return c.said, err
		}
	}
	if err := c.nothingMissing(start.Associations != nil); err != nil {
		return c.said, err
	}
	c.say("What the site shows is in the log: %d promises of %d associations with %d wordings and %d changes of state, %d declarations, %d published follow-ups and %d published figures.",
		len(c.seen), len(start.Associations), c.wordings, c.changes, len(start.Declarations), c.rounds, len(c.figures))
	return c.said, nil
}

type comparison struct {
	site                      verify.Site
	log                       *verify.Log
	own                       string // how the site names its own addresses
	said                      []string
	seen                      map[id.ID]bool  // promises
	declared                  map[string]bool // declarations
	figures                   map[id.ID]bool
	wordings, changes, rounds int
}

func (c *comparison) say(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

// patiently compares again when something differs: the site may have changed since the log was fetched.
func (c *comparison) patiently(ctx context.Context, fn func() error) error {
	before := *c
	for try := 0; ; try++ {
		err := fn()
		if err == nil || try == 3 || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * time.Second):
		}
		if again := c.log.Again(ctx); again != nil {
			return again
		}
		c.wordings, c.changes, c.rounds = before.wordings, before.changes, before.rounds
	}
}

// get reads a file of open data. What the site calls its own address is fetched where the site was reached.
func (c *comparison) get(ctx context.Context, address string, into any) error {
	b, err := c.fetch(ctx, address)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s is not the open data it should be: %w", address, err)
	}
	return nil
}

func (c *comparison) fetch(ctx context.Context, address string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(address, c.own); ok && c.own != "" {
		address = c.site.Base + rest
	}
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return nil, fmt.Errorf("the site names %q, which is no address", address)
	}
	return c.site.Fetch(ctx, address, maxPage)
}

type promise struct {
	ID          id.ID
	Number      int64
	Wording     string
	Version     int64 `json:"wording_version"`
	State       string
	StateSince  string `json:"state_since"`
	Address     string
	ReplacedBy  string `json:"replaced_by"`
	SignedOn    string `json:"signed_on"`
	Declaration struct{ Address string }
	Wordings    []struct {
		Version                int64
		Text, Decision, Reason string
		AdoptedOn              string `json:"adopted_on"`
	}
	History []struct{ On, From, To, Reason, Milestone string }
	yearly
	Years []int
}

// yearly is what a file of open data says of one year.
type yearly struct {
	Year       int
	Evidence   []evidence
	Activities []struct{ Evidence []evidence }
}

type evidence struct {
	ID         id.ID
	Kind       string
	Figure     *int64
	FiledOn    string `json:"filed_on"`
	ReviewedOn string `json:"reviewed_on"`
}

func (c *comparison) association(ctx context.Context, association id.ID, name, data string) error {
	var d struct {
		yearly
		Years     []int
		Promises  []promise
		FollowUps []struct {
			ID                   id.ID
			Title, Report, Proof string
		} `json:"follow_ups"`
	}
	if err := c.get(ctx, data, &d); err != nil {
		return err
	}
	if err := c.years(ctx, data, d.yearly, d.Years); err != nil {
		return err
	}
	for _, p := range d.Promises {
		var one promise
		if err := c.get(ctx, p.Address+"/data.json", &one); err != nil {
			return err
		}
		if one.ID != p.ID || one.Wording != p.Wording || one.State != p.State || one.Version != p.Version {
			return fmt.Errorf("promise %d is shown in two ways at %s", p.Number, p.Address)
		}
		if err := c.promise(association, one); err != nil {
			return fmt.Errorf("promise %d (%s): %w", p.Number, p.Address, err)
		}
		if err := c.years(ctx, p.Address+"/data.json", one.yearly, one.Years); err != nil {
			return fmt.Errorf("promise %d (%s): %w", p.Number, p.Address, err)
		}
		c.seen[p.ID] = true
	}
	published := map[id.ID]bool{}
	for _, x := range d.FollowUps {
		published[x.ID] = true
		if err := c.followUp(ctx, x.ID, x.Report, x.Proof); err != nil {
			return fmt.Errorf("follow-up %q: %w", x.Title, err)
		}
		c.rounds++
	}
	for _, e := range c.of(commitments.LogPublication, association) {
		if e.Public["public"] == "true" && !published[e.Subject] {
			return fmt.Errorf("entry %d says that a follow-up was published on %s, and the site does not show it", e.Number, e.Public["published_at"])
		}
	}
	return nil
}

// of lists the entries of a kind that hold for an association, the first first.
func (c *comparison) of(kind string, association id.ID) []verify.Entry {
	var list []verify.Entry
	for _, e := range c.log.Entries {
		if e.Kind != kind || e.Association != association.String() {
			continue
		}
		if latest, _ := c.log.Latest(kind, e.Subject); latest.Number == e.Number {
			list = append(list, e)
		}
	}
	return list
}

func (c *comparison) promise(association id.ID, p promise) error {
	texts := map[string]verify.Entry{}
	var last verify.Entry
	for _, e := range c.of(commitments.LogWording, association) {
		if e.Public["promise"] == p.ID.String() {
			texts[e.Public["version"]] = e
			if last.Entry == id.None || len(e.Public["version"]) > len(last.Public["version"]) || len(e.Public["version"]) == len(last.Public["version"]) && e.Public["version"] > last.Public["version"] {
				last = e
			}
		}
	}
	if len(texts) == 0 {
		return fmt.Errorf("the log holds no wording of it")
	}
	if len(texts) != len(p.Wordings) {
		return fmt.Errorf("the log holds %d wordings, and the site shows %d", len(texts), len(p.Wordings))
	}
	for _, w := range p.Wordings {
		e, ok := texts[fmt.Sprint(w.Version)]
		switch {
		case !ok:
			return fmt.Errorf("the log does not hold wording %d", w.Version)
		case !same(e, "wording", w.Text):
			return fmt.Errorf("wording %d is shown as %q, and entry %d holds %q", w.Version, w.Text, e.Number, e.Public["wording"])
		case e.Public["adopted_on"] != w.AdoptedOn:
			return fmt.Errorf("wording %d is shown as adopted on %s, and entry %d says %s", w.Version, w.AdoptedOn, e.Number, e.Public["adopted_on"])
		}
		c.wordings++
	}
	if !same(last, "wording", p.Wording) || last.Public["version"] != fmt.Sprint(p.Version) {
		return fmt.Errorf("wording %d is shown as the one in force, and entry %d is the last one adopted", p.Version, last.Number)
	}
	if last.Public["number"] != fmt.Sprint(p.Number) {
		return fmt.Errorf("it is shown with this number, and entry %d says %s", last.Number, last.Public["number"])
	}
	if err := c.signature(association, last, p); err != nil {
		return err
	}
	if err := c.history(association, p); err != nil {
		return err
	}
	if e, replaced := c.log.Latest(commitments.LogReplacement, p.ID); replaced != (p.ReplacedBy != "") {
		if replaced {
			return fmt.Errorf("entry %d says that another promise has taken its place, and the site does not", e.Number)
		}
		return fmt.Errorf("it is shown as replaced, and the log does not say so")
	}
	return nil
}

// years compares the figures of the year that a file of open data is of, and of all others that it lists.
func (c *comparison) years(ctx context.Context, address string, first yearly, years []int) error {
	if len(years) > mostYears {
		return fmt.Errorf("%s lists %d years", address, len(years))
	}
	if err := c.year(first); err != nil {
		return err
	}
	for _, y := range years {
		if y == first.Year {
			continue
		}
		var other yearly
		if err := c.get(ctx, fmt.Sprintf("%s?ar=%d", address, y), &other); err != nil {
			return err
		}
		if other.Year != y {
			return fmt.Errorf("%s?ar=%d is of the year %d", address, y, other.Year)
		}
		if err := c.year(other); err != nil {
			return fmt.Errorf("in %d: %w", y, err)
		}
	}
	return nil
}

const mostYears = 300

func (c *comparison) year(y yearly) error {
	list := y.Evidence
	for _, a := range y.Activities {
		list = append(list, a.Evidence...)
	}
	for _, x := range list {
		if x.Kind != string(commitments.EvidenceFigure) {
			continue
		}
		e, ok := c.log.Latest(commitments.LogFigure, x.ID)
		figure := ""
		if x.Figure != nil {
			figure = fmt.Sprint(*x.Figure)
		}
		if !ok {
			return fmt.Errorf("the log does not hold the figure %s that is shown", figure)
		}
		if e.Public["figure"] != figure || e.Public["filed_on"] != x.FiledOn || e.Public["reviewed_on"] != x.ReviewedOn {
			return fmt.Errorf("the figure %s is shown, and entry %d says %s, filed on %s and reviewed on %s", figure, e.Number, e.Public["figure"], e.Public["filed_on"], e.Public["reviewed_on"])
		}
		c.figures[x.ID] = true
	}
	return nil
}

// same tells whether an entry holds a text, as it is or, when it is long, as its hash.
func same(e verify.Entry, field, text string) bool {
	if digest, long := e.Digests[field]; long {
		sum := sha256.Sum256([]byte(text))
		return digest == hex.EncodeToString(sum[:])
	}
	return e.Public[field] == text
}

func (c *comparison) signature(association id.ID, wording verify.Entry, p promise) error {
	for _, e := range c.of(commitments.LogSignature, association) {
		if e.Public["declaration"] == wording.Public["declaration"] {
			if e.Public["signed_on"] != p.SignedOn {
				return fmt.Errorf("it is shown as signed on %s, and entry %d says %s", p.SignedOn, e.Number, e.Public["signed_on"])
			}
			return nil
		}
	}
	return fmt.Errorf("the log does not hold that its declaration was signed")
}

// history compares the changes of state: of the promise one by one, of its steps as well.
func (c *comparison) history(association id.ID, p promise) error {
	line := func(on, from, to, reason string, step bool) string {
		return fmt.Sprintf("on %s from %s to %s (%s, step: %t)", on, from, to, reason, step)
	}
	in := map[string][]int64{} // numbers of entries
	state, since := "not_started", ""
	for _, e := range c.of(commitments.LogState, association) {
		if e.Public["promise"] != p.ID.String() {
			continue
		}
		f := e.Public
		in[line(f["on"], f["from"], f["to"], f["reason"], f["milestone"] != "")] = append(in[line(f["on"], f["from"], f["to"], f["reason"], f["milestone"] != "")], e.Number)
		if f["milestone"] == "" {
			state, since = f["to"], f["on"]
		}
	}
	if p.State != state || since != "" && p.StateSince != since {
		return fmt.Errorf("it is shown as %s since %s, and the log says %s since %s", p.State, p.StateSince, state, since)
	}
	for _, h := range p.History {
		key := line(h.On, h.From, h.To, h.Reason, h.Milestone != "")
		if len(in[key]) == 0 {
			return fmt.Errorf("the log does not hold the change of state %s that is shown", key)
		}
		in[key] = in[key][1:]
		c.changes++
	}
	if len(p.History) >= historyShown {
		return nil // the site shows the latest
	}
	for key, left := range in {
		if len(left) > 0 {
			return fmt.Errorf("entry %d says that the state changed %s, and the site does not show it", left[0], key)
		}
	}
	return nil
}

// historyShown is how many changes of state the site shows of a promise.
const historyShown = 2000

func (c *comparison) followUp(ctx context.Context, round id.ID, report, proof string) error {
	e, ok := c.log.Latest(commitments.LogPublication, round)
	if !ok || e.Public["public"] != "true" {
		return fmt.Errorf("the log does not hold that it was published")
	}
	text, err := c.fetch(ctx, report)
	if err != nil {
		return err
	}
	b, err := c.fetch(ctx, proof)
	if err != nil {
		return err
	}
	p, err := publiclog.ParseProof(string(b))
	if err != nil {
		return err
	}
	if own, err := e.Leaf.Text(); err != nil || own != p.Leaf {
		return fmt.Errorf("its proof is of another entry than number %d", e.Number)
	}
	o, ok := p.Open["report"]
	if !ok {
		if e.Hidden["report"] != "" {
			return fmt.Errorf("entry %d holds the hash of the report, and the site does not offer its salt", e.Number)
		}
		return nil
	}
	salt, err := hex.DecodeString(o.Salt)
	if err != nil || publiclog.HiddenHash(salt, string(text)) != e.Hidden["report"] {
		return fmt.Errorf("the report that is shown is not the one whose hash entry %d holds", e.Number)
	}
	return nil
}

func (c *comparison) declaration(ctx context.Context, address string) error {
	var d struct {
		ID          id.ID
		Title, Text string
		AdoptedOn   string `json:"adopted_on"`
		Commitments []struct {
			Number  int64
			Wording string
		}
	}
	if err := c.get(ctx, address+"/data.json", &d); err != nil {
		return err
	}
	e, ok := c.log.Latest(commitments.LogDeclaration, d.ID)
	switch {
	case !ok:
		return fmt.Errorf("the log does not hold the declaration %s", address)
	case !same(e, "title", d.Title), !same(e, "preamble", d.Text), e.Public["adopted_on"] != d.AdoptedOn:
		return fmt.Errorf("the declaration %s is not shown as entry %d holds it", address, e.Number)
	}
	c.declared[d.ID.String()] = true
	held := map[string]verify.Entry{}
	for _, e := range c.log.Entries {
		if e.Kind == commitments.LogPromise && e.Public["declaration"] == d.ID.String() {
			held[e.Public["number"]] = e
		}
	}
	if len(held) != len(d.Commitments) {
		return fmt.Errorf("the declaration %s is shown with %d promises, and the log holds %d", address, len(d.Commitments), len(held))
	}
	for _, x := range d.Commitments {
		if e := held[fmt.Sprint(x.Number)]; !same(e, "wording", x.Wording) {
			return fmt.Errorf("promise %d of the declaration %s is shown as %q, and entry %d holds %q", x.Number, address, x.Wording, e.Number, e.Public["wording"])
		}
	}
	return nil
}

// nothingMissing checks that every promise and declaration that the log holds is shown.
func (c *comparison) nothingMissing(any bool) error {
	if !any {
		return fmt.Errorf("the site shows no associations")
	}
	missing := slices.IndexFunc(c.log.Entries, func(e verify.Entry) bool {
		switch e.Kind {
		case commitments.LogWording:
			p, err := id.Parse(e.Public["promise"])
			return err != nil || !c.seen[p]
		case commitments.LogDeclaration:
			return !c.declared[e.Subject.String()]
		}
		return false
	})
	if missing < 0 {
		return nil
	}
	e := c.log.Entries[missing]
	return fmt.Errorf("entry %d (%s, number %s) is in the log, and the site does not show it", e.Number, e.Kind, e.Public["number"])
}
