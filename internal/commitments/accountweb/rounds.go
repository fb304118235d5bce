package accountweb

import (
	"strings"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/feed"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// followUps are published follow-ups in a list, by the day they were frozen. Named tells whether to say whose each is.
func (s *Pages) followUps(r *web.Request, list []commitments.PublishedRound, named bool) []ui.Dated {
	var out []ui.Dated
	for _, x := range list {
		parts := []string{r.T("account.rounds.frozen", "date", s.day(r.Printer, x.FrozenOn())), r.Printer.When(period.Between(x.PeriodFrom, x.PeriodTo))}
		if named {
			parts = append([]string{x.Association.ShortName}, parts...)
		}
		out = append(out, ui.Dated{When: period.OnDay(x.FrozenOn()), Title: x.Title, Lang: textLang(r.Printer, ""), Href: r.Of(x.Association, roundPath(x.Round)), Note: strings.Join(parts, between)})
	}
	return out
}

func roundPath(x commitments.Round) string { return "/uppfoljning/" + x.ID.String() }

type roundData struct {
	ID          id.ID       `json:"id"`
	Association string      `json:"association"`
	Title       string      `json:"title"`
	From        period.Date `json:"from"`
	To          period.Date `json:"to"`
	FrozenOn    period.Date `json:"frozen_on"`
	PublishedAt *time.Time  `json:"published_at"`
	Address     string      `json:"address"`
	Report      string      `json:"report"` // the text as it was published
	Proof       string      `json:"proof"`
}

func roundsJSON(r *web.Request, list []commitments.PublishedRound) []roundData {
	out := []roundData{}
	for _, x := range list {
		d := roundData{ID: x.ID, Association: x.Association.Name, Title: x.Title, From: x.PeriodFrom, To: x.PeriodTo, FrozenOn: x.FrozenOn(), Address: r.Absolute(r.Of(x.Association, roundPath(x.Round)))}
		d.Report, d.Proof = d.Address+"/rapport.json", d.Address+proofPath
		if !x.PublishedAt.IsZero() {
			at := x.PublishedAt.UTC()
			d.PublishedAt = &at
		}
		out = append(out, d)
	}
	return out
}

func roundEntry(r *web.Request, x commitments.PublishedRound) feed.Entry {
	at := x.PublishedAt
	if at.IsZero() {
		at = x.FrozenAt
	}
	return feed.Entry{ID: urn(x.ID), Title: r.T("account.feed.round", "title", x.Title), Page: r.Absolute(r.Path(roundPath(x.Round))), Published: at, Updated: at,
		Text: r.T("account.feed.round.text", "period", r.Printer.When(period.Between(x.PeriodFrom, x.PeriodTo)), "date", x.FrozenOn()), Categories: []string{"follow-up"}}
}
