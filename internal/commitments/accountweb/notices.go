package accountweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// noticeView is a page of running text: headings with paragraphs and lists.
type noticeView struct {
	Page     ui.Page
	Title    string
	Lead     string
	Sections []noticeSection
}

type noticeSection struct {
	Anchor, Title string
	Text          []string
	Points        []string
	Links         []ui.Link
}

// announces is the paragraph that the points follow: the one that ends with a colon, else the last. -1 when there are no points.
func (x noticeSection) announces() int {
	if len(x.Points) == 0 {
		return -1
	}
	if i := slices.IndexFunc(x.Text, func(p string) bool { return strings.HasSuffix(p, ":") }); i >= 0 {
		return i
	}
	return len(x.Text) - 1
}

// notice builds a page of the catalogue's texts: "account.NAME.title", ".lead", and for each section ".SECTION.title", then ".SECTION.1",
// ".2" … for paragraphs and ".SECTION.a", ".b" … for the points of a list.
func (s *Pages) notice(r *web.Request, name string, sections ...string) noticeView {
	key := "account." + name
	v := noticeView{Page: s.frame(r, r.T(key+".title"), r.T(key+".lead")), Title: r.T(key + ".title"), Lead: r.T(key + ".lead")}
	for _, sec := range sections {
		k := key + "." + sec
		x := noticeSection{Anchor: sec, Title: r.T(k + ".title")}
		for i := 1; r.Printer.Has(k + "." + strconv.Itoa(i)); i++ {
			x.Text = append(x.Text, r.T(k+"."+strconv.Itoa(i)))
		}
		for c := 'a'; r.Printer.Has(k + "." + string(c)); c++ {
			x.Points = append(x.Points, r.T(k+"."+string(c)))
		}
		v.Sections = append(v.Sections, x)
	}
	return v
}

// privacy says what is stored about whom, and why.
func (s *Pages) privacy(w http.ResponseWriter, r *web.Request) error {
	return r.Render(w, http.StatusOK, noticePage(s.notice(r, "privacy", "never", "work", "followers", "tell", "readers", "rights")))
}

// openData describes the files and feeds.
func (s *Pages) openData(w http.ResponseWriter, r *web.Request) error {
	v := s.notice(r, "data", "where", "json", "tables", "feeds", "terms")
	return r.Render(w, http.StatusOK, noticePage(v))
}
