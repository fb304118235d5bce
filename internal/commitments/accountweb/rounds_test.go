package accountweb_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// A follow-up is found by everybody from the day it is published: on the account, on the declarations it is about, as data and in the feed. One
// that is open or frozen for the board alone is found nowhere.
func TestAPublishedFollowUpIsFound(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		ctx, karin := t.Context(), s.People["Karin"]
		open := func(title string) id.ID {
			round, err := s.Ledger.OpenRound(ctx, karin, s.Coast, commitments.RoundFields{Title: title, Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
			if err != nil {
				t.Fatal(err)
			}
			return round
		}
		version := func(round id.ID) int64 {
			p, err := s.Ledger.Round(ctx, karin, s.Coast, round)
			if err != nil {
				t.Fatal(err)
			}
			return p.Version
		}
		s.Clock.MoveTo(period.On(2026, 5, 4))
		open("Öppen")
		frozen, published := open("För styrelsen"), open("Första tertialet")
		for _, round := range []id.ID{frozen, published} {
			if err := s.Ledger.FreezeRound(ctx, karin, s.Coast, round, version(round)); err != nil {
				t.Fatal(err)
			}
		}
		const declaration = "/deklarationer/gemensam-deklaration"
		look := func(want ...string) {
			t.Helper()
			for _, page := range []string{"/alvkusten", declaration} {
				if got := texts(s.page(t, page), "[aria-labelledby=uppfoljningar] .dates a"); !slices.Equal(got, want) {
					t.Errorf("%s lists %q, want %q", page, got, want)
				}
			}
			for _, path := range []string{"/alvkusten/data.json", declaration + "/data.json"} {
				var d struct {
					FollowUps []struct {
						Title, Association, Address string
						FrozenOn                    string  `json:"frozen_on"`
						PublishedAt                 *string `json:"published_at"`
					} `json:"follow_ups"`
				}
				body := s.get(t, path, http.StatusOK).Body.Bytes()
				if err := json.Unmarshal(body, &d); err != nil || d.FollowUps == nil || len(d.FollowUps) != len(want) {
					t.Fatalf("%s: %+v %v", path, d, err)
				}
				for i, x := range d.FollowUps {
					if x.Title != want[i] || x.FrozenOn != "2026-05-04" || x.PublishedAt == nil || !strings.HasSuffix(x.Address, "/alvkusten/uppfoljning/"+published.String()) || x.Association != s.Coast.Name {
						t.Errorf("%s: %+v", path, x)
					}
				}
				if strings.Contains(string(body), "Karin") {
					t.Errorf("%s says who froze it", path)
				}
			}
			var f struct {
				Entry []struct {
					Title   string `xml:"title"`
					Updated string `xml:"updated"`
				} `xml:"entry"`
			}
			if err := xml.Unmarshal(s.get(t, "/alvkusten/atom.xml", http.StatusOK).Body.Bytes(), &f); err != nil {
				t.Fatal(err)
			}
			var entries []string
			for _, e := range f.Entry {
				if title, ok := strings.CutPrefix(e.Title, "Uppföljning: "); ok {
					entries = append(entries, title)
					if !strings.HasPrefix(e.Updated, "2026-05-20") {
						t.Errorf("published on %s", e.Updated)
					}
				}
			}
			if !slices.Equal(entries, want) {
				t.Errorf("the feed tells of %q, want %q", entries, want)
			}
		}
		look()
		s.Clock.MoveTo(period.On(2026, 5, 20))
		if err := s.Ledger.PublishRound(ctx, karin, s.Coast, published, version(published), true); err != nil {
			t.Fatal(err)
		}
		look("Första tertialet")
		if n := s.page(t, "/skogsbygden").Find("[aria-labelledby=uppfoljningar]").Length(); n != 0 {
			t.Error("another association's account lists it")
		}
		if err := s.Ledger.PublishRound(ctx, karin, s.Coast, published, version(published), false); err != nil {
			t.Fatal(err)
		}
		look()
	})
}
