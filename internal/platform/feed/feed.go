// Package feed writes Atom feeds (RFC 4287) of what is published: new promises, changes of state, news. A feed reader remembers an
// entry by its id, so ids are tag: URIs (RFC 4151) that stay the same when an address changes.
package feed

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

// ContentType is what a feed is served as.
const ContentType = "application/atom+xml; charset=utf-8"

// Feed is one feed. Addresses are absolute.
type Feed struct {
	ID       string // Tag(…), the same for ever
	Title    string
	Subtitle string
	Language lang.Lang
	Self     string // address of the feed
	Page     string // address of the page that shows the same to people
	Author   string // the association
	Updated  time.Time
	Entries  []Entry // the newest first
}

// Entry is one thing that was published. Exactly one of Text and HTML is used; HTML has been sanitised by whoever made it.
type Entry struct {
	ID         string
	Title      string
	Page       string
	Published  time.Time
	Updated    time.Time // a change of meaning, not of spelling; not zero
	Summary    string
	Text, HTML string
	Categories []string
}

// Tag makes an id: Tag("alvkusten.example", period.On(2026, 1, 1), "lofte/7") is tag:alvkusten.example,2026-01-01:lofte/7. The day is
// one on which the association held the name.
func Tag(host string, held period.Date, specific string) string {
	return "tag:" + strings.ToLower(host) + "," + held.String() + ":" + (&url.URL{Path: specific}).EscapedPath()
}

type document struct {
	XMLName  xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	Language string    `xml:"xml:lang,attr"`
	ID       string    `xml:"id"`
	Title    string    `xml:"title"`
	Subtitle string    `xml:"subtitle,omitempty"`
	Updated  string    `xml:"updated"`
	Author   author    `xml:"author"`
	Links    []link    `xml:"link"`
	Maker    string    `xml:"generator"`
	Entries  []element `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type element struct {
	ID         string     `xml:"id"`
	Title      string     `xml:"title"`
	Links      []link     `xml:"link"`
	Published  string     `xml:"published,omitempty"`
	Updated    string     `xml:"updated"`
	Categories []category `xml:"category"`
	Summary    string     `xml:"summary,omitempty"`
	Content    *content   `xml:"content"`
}

type category struct {
	Term string `xml:"term,attr"`
}

type content struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Write writes the feed. A feed or entry without what the standard requires gives an error and nothing is written.
func (f Feed) Write(w io.Writer) error {
	d := document{
		Language: f.Language.Tag(), ID: f.ID, Title: text(f.Title), Subtitle: text(f.Subtitle), Updated: moment(f.Updated),
		Author: author{text(f.Author)}, Maker: "Samklang",
		Links: []link{{"self", "application/atom+xml", f.Self}, {"alternate", "text/html", f.Page}},
	}
	if f.ID == "" || d.Title == "" || d.Author.Name == "" || f.Updated.IsZero() || !web(f.Self) || !web(f.Page) {
		return fmt.Errorf("feed %q needs an id, a title, an author, a time and two web addresses", f.ID)
	}
	seen := map[string]bool{}
	for _, e := range f.Entries {
		x := element{
			ID: e.ID, Title: text(e.Title), Published: moment(e.Published), Updated: moment(e.Updated), Summary: text(e.Summary),
			Links: []link{{"alternate", "text/html", e.Page}},
		}
		if e.ID == "" || seen[e.ID] || x.Title == "" || e.Updated.IsZero() || !web(e.Page) || e.Text != "" && e.HTML != "" {
			return fmt.Errorf("entry %q needs an id of its own, a title, a time, a web address and one content", e.ID)
		}
		seen[e.ID] = true
		for _, c := range e.Categories {
			x.Categories = append(x.Categories, category{text(c)})
		}
		switch {
		case e.HTML != "":
			x.Content = &content{"html", text(e.HTML)}
		case e.Text != "":
			x.Content = &content{"text", text(e.Text)}
		}
		d.Entries = append(d.Entries, x)
	}
	b, err := xml.MarshalIndent(d, "", " ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(b)+"\n")
	return err
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func web(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// text drops what XML cannot hold (control characters, broken UTF-8).
func text(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < 0x20 && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}
