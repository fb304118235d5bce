package followupweb

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/followup"
	"samklang/internal/platform/web"

	"github.com/google/go-cmp/cmp"
)

// kept reads a card as the browser sends it.
func kept(initiative id.ID, value string) (latest, bool) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: cardCookie, Value: value})
	return latestCard(&web.Request{Request: r}, initiative)
}

// A card comes back from the browser as it was sent there, and not for another initiative.
func TestTheLatestCardLiesInTheBrowser(t *testing.T) {
	here := id.New()
	x := latest{Initiative: here.String(), Period: "2026-H1", Undone: true, Card: followup.Card{Moment: followup.Began, N: 12, Protected: true, Values: followup.Cell{followup.Sex: "female", followup.Age: "30_44"}}}
	v := url.Values{"i": {x.Initiative}, "p": {x.Period}, "m": {"began"}, "c": {x.Card.Values.String()}, "n": {"12"}, "s": {"1"}, "u": {"1"}}
	got, ok := kept(here, url.QueryEscape(v.Encode()))
	if diff := cmp.Diff(x, got); !ok || diff != "" {
		t.Errorf("%v\n%s", ok, diff)
	}
	if _, ok := kept(id.New(), url.QueryEscape(v.Encode())); ok {
		t.Error("another initiative shows the card")
	}
	for _, bad := range []string{"", "%", "i=" + x.Initiative, url.QueryEscape("i=" + x.Initiative + "&c=hair=red&n=1"), url.QueryEscape("i=" + x.Initiative + "&n=-1"), url.QueryEscape("i=" + x.Initiative + "&n=99999999999999999999")} {
		if got, ok := kept(here, bad); ok && (got.Card.N < 0 || got.Card.N > 10*followup.MostOfACard+9) {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
}

func FuzzLatestCard(f *testing.F) {
	here := id.New()
	f.Add("i=" + here.String() + "&p=2026-H1&m=began&c=sex%3Dfemale&n=1")
	f.Fuzz(func(t *testing.T, s string) {
		if x, ok := kept(here, url.QueryEscape(s)); ok {
			if _, err := followup.ParseCell(x.Card.Values.String()); err != nil || x.Card.N < 0 {
				t.Errorf("%q is read as %+v", s, x)
			}
		}
	})
}

// What a preview sends with its form comes back as it was, and nothing else is taken for it.
func TestAPreviewKeepsItsCountsInTheForm(t *testing.T) {
	c := followup.Counts{"sex=female;age=30_44": 4, "sex=male;age=unknown": 1200, "": 3}
	got, err := decode(encode(c))
	if diff := cmp.Diff(c, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bad := range []string{"sex=female", "hair%3Dred=1", "sex%3Dfemale=-1", "sex%3Dfemale=1e3", "%zz"} {
		if got, err := decode(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("sex%3Dfemale=1")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := decode(s)
		if err != nil {
			return
		}
		for key, n := range c {
			if _, err := followup.ParseCell(key); err != nil || n < 0 {
				t.Errorf("%q is read as %v", s, c)
			}
		}
	})
}
