package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"samklang/internal/core/period"
	"samklang/internal/platform/feed"
)

var update = flag.Bool("update", false, "write the golden files anew")

func write(t interface{ Fatalf(string, ...any) }, f feed.Feed) string {
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatalf("write: %v", err)
	}
	return b.String()
}

// Each feed in testdata is a .json with the fields of feed.Feed; the .xml beside it is the feed.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var f feed.Feed
			if err := json.Unmarshal(raw, &f); err != nil {
				t.Fatal(err)
			}
			got := write(t, f)
			golden := strings.TrimSuffix(file, ".json") + ".xml"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// atom is the standard's structure read with a type of its own, not with the one that writes.
type atom struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string     `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string     `xml:"http://www.w3.org/2005/Atom id"`
	Title   string     `xml:"http://www.w3.org/2005/Atom title"`
	Links   []atomLink `xml:"http://www.w3.org/2005/Atom link"`
	Entry   []struct {
		ID        string     `xml:"http://www.w3.org/2005/Atom id"`
		Title     string     `xml:"http://www.w3.org/2005/Atom title"`
		Updated   time.Time  `xml:"http://www.w3.org/2005/Atom updated"`
		Published *time.Time `xml:"http://www.w3.org/2005/Atom published"`
		Links     []atomLink `xml:"http://www.w3.org/2005/Atom link"`
		Content   *struct {
			Type string `xml:"type,attr"`
			Body string `xml:",chardata"`
			Tags []any  `xml:",any"`
		} `xml:"http://www.w3.org/2005/Atom content"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

func sample(e ...feed.Entry) feed.Feed {
	return feed.Feed{ID: feed.Tag("alvkusten.example", period.On(2026, 1, 1), "loften"), Title: "Löften", Author: "Älvkusten",
		Self: "https://alvkusten.example/atom.xml", Page: "https://alvkusten.example/", Updated: at, Entries: e}
}

var at = time.Date(2026, 11, 22, 7, 30, 0, 0, time.FixedZone("", 3600))

func checkText(t interface{ Fatalf(string, ...any) }, s string) {
	raw := write(t, sample(feed.Entry{ID: "tag:a,2026:1", Title: "T" + s, Page: "https://alvkusten.example/?a=1&b=2", Updated: at, HTML: "<p>" + s}))
	var a atom
	if err := xml.Unmarshal([]byte(raw), &a); err != nil {
		t.Fatalf("does not parse: %v\n%s", err, raw)
	}
	if len(a.Entry) != 1 || a.Lang != "sv" {
		t.Fatalf("%d entries in %q, language %q", len(a.Entry), raw, a.Lang)
	}
	e, want := a.Entry[0], allowed(s)
	if e.Title != "T"+want || e.Content.Body != "<p>"+want || e.Content.Type != "html" {
		t.Fatalf("%q reads back as %q and %q", want, e.Title, e.Content.Body)
	}
	if !e.Updated.Equal(at) || e.Published != nil || e.Links[0].Href != "https://alvkusten.example/?a=1&b=2" {
		t.Fatalf("entry reads back as %+v", e)
	}
}

func allowed(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' || r == '\n' || r >= 0x20 && r != 0xfffd && r != 0xfffe && r != 0xffff {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestAnyTextReadsBack(t *testing.T) {
	for _, s := range []string{"", "]]><script>", "&amp; <b>å</b>", "\x00\x1b\xff", "a\r\nb"} {
		checkText(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { checkText(t, rapid.String().Draw(t, "text")) })
}

func FuzzText(f *testing.F) {
	f.Add("Löfte 7 är <em>försenat</em> & väntar")
	f.Fuzz(func(t *testing.T, s string) { checkText(t, s) })
}

func TestRefused(t *testing.T) {
	ok := feed.Entry{ID: "tag:a,2026:1", Title: "T", Page: "https://a.example/", Updated: at}
	change := func(f func(*feed.Entry)) feed.Entry { e := ok; f(&e); return e }
	for name, f := range map[string]feed.Feed{
		"no id":          sample(change(func(e *feed.Entry) { e.ID = "" })),
		"same id twice":  sample(ok, ok),
		"no title":       sample(change(func(e *feed.Entry) { e.Title = "\x00" })),
		"no time":        sample(change(func(e *feed.Entry) { e.Updated = time.Time{} })),
		"script address": sample(change(func(e *feed.Entry) { e.Page = "javascript:alert(1)" })),
		"two contents":   sample(change(func(e *feed.Entry) { e.Text, e.HTML = "a", "b" })),
		"empty feed":     {},
	} {
		var b bytes.Buffer
		if err := f.Write(&b); err == nil || b.Len() > 0 {
			t.Errorf("%s: err %v, %d bytes written", name, err, b.Len())
		}
	}
}

func TestTag(t *testing.T) {
	got := feed.Tag("Alvkusten.example", period.On(2026, 1, 1), "löfte/7 a")
	if want := "tag:alvkusten.example,2026-01-01:l%C3%B6fte/7%20a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
