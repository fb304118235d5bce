package ui

import (
	"strings"

	"github.com/a-h/templ"

	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
)

// Printer is the printer of the page's language.
type Printer = i18n.Printer

// Page is what the frame around a page's content needs to know. The embedded Printer writes the frame's own words and is at hand
// as p.T in the page's components.
type Page struct {
	Printer
	Assets Assets
	Site   Site

	Title       string // of this page alone; the site's name is added
	Faulty      bool   // a form on the page has errors: the browser's title begins with "Fel: "
	Description string // one sentence for search results and link previews
	Origin      string // "https://example.org" without a slash at the end; "" leaves out canonical address and link preview
	Path        string // this page's own path with language prefix, without query
	Alternates  []Alternate
	Robots      string // "noindex" and the like; "" for pages anyone may find
	Card        string // path of the picture for link previews
	Feeds       []Feed
	Scripts     []string // addresses of modules that only this page needs

	Nav      []NavItem
	User     *User
	LogIn    string // address of the log-in page, shown when User is nil; "" hides it
	Crumbs   []Link // the way here, without the page itself
	Flash    []Flash
	Notice   string // quiet strip above everything: "Det här är en exempelinstallation"
	Printed  string // line that stands on paper only: where and when this was printed
	FootNote string // first line of the footer: "Uppdaterad 22 november 2026"
	Footer   []Link
	Scheme   Scheme
}

// Assets are the addresses of what web.Assets serves.
type Assets struct {
	Style, Script, Font string
	Work                string // style sheet that is loaded besides when somebody is logged in; "" for none
}

// Site is whose page it is: an association, or the portal of the whole installation.
type Site struct {
	Name  string
	Short string // for small places; "" means Name
	Home  string // path of its first page
	Brand Brand  // "" is Spruce
}

// Alternate is the same page in a language.
type Alternate struct {
	Lang lang.Lang
	Path string
}

// Feed is something to subscribe to.
type Feed struct {
	Type  string // "application/atom+xml", "text/calendar"
	Title string
	Path  string
}

// Link is a text that leads somewhere.
type Link struct{ Label, Href string }

// NavItem is one entry of the main menu.
type NavItem struct {
	Label, Href string
	Current     bool
}

// User is who is logged in.
type User struct {
	Name  string
	Items []MenuItem
}

// MenuItem is one entry of the user's own menu. One that changes something, such as logging out, is a POST.
type MenuItem struct {
	Label, Href string
	Post        bool
}

// Flash is a message after something was done, shown once at the top of the content.
type Flash struct {
	Tone Tone
	Text string
	Link Link // optional way on
}

// Scheme is light, dark or what the device asks for.
type Scheme string

const (
	Auto  Scheme = ""
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

func (s Scheme) attr() string {
	if s == Auto {
		return "auto"
	}
	return string(s)
}

// Tone is the role a coloured piece plays. It never stands alone: a shape or a word says the same.
type Tone string

const (
	Neutral Tone = "neutral"
	Done    Tone = "done"    // reached, accepted
	Doing   Tone = "doing"   // under way
	Late    Tone = "late"    // overdue, wrong, dangerous
	Planned Tone = "planned" // ahead, information
)

// browserTitle is what the browser's tab and a search result show.
func (p Page) browserTitle() string {
	t := p.Title
	if p.Site.Name != "" && p.Site.Name != t {
		if t != "" {
			t += " – "
		}
		t += p.Site.Name
	}
	if p.Faulty {
		return p.T("ui.error.title", "title", t)
	}
	return t
}

func (p Page) short() string {
	if p.Site.Short != "" {
		return p.Site.Short
	}
	return p.Site.Name
}

// others are the same page in the languages it is not in.
func (p Page) others() []Alternate {
	var list []Alternate
	for _, a := range p.Alternates {
		if a.Lang != p.Lang() {
			list = append(list, a)
		}
	}
	return list
}

func (p Page) ogLocale() string {
	if p.Lang() == lang.English {
		return "en_GB"
	}
	return "sv_SE"
}

func languageName(l lang.Lang) string {
	return [...]string{"Svenska", "Lättläst", "English"}[l]
}

// id makes an element id of a form field's name: "reach.min" becomes "f-reach-min".
func id(name string) string {
	return "f-" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
}

// attrs joins optional attributes; empty values are left out.
func attrs(kv ...string) templ.Attributes {
	a := templ.Attributes{}
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] != "" {
			a[kv[i]] = kv[i+1]
		}
	}
	return a
}
