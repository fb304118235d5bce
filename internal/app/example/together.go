package example

import (
	"context"

	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/followup"
)

// together puts the three associations' looking together on the agenda: Älvkusten asks, the others say yes, last year is counted together, and what it shows
// is published when each has said yes. Two things are planted that none of them can see alone. In Skogsbygden and Västra Sjölandet too few women have left for
// women and men to be compared; together they can be. And the first job-focused step comes to fewer in Västra Sjölandet than chance explains.
func (b *builder) together(context.Context) error {
	asked := period.On(b.today.Year-1, 11, 12)
	var group, release id.ID
	b.on(asked, "three look together", func(ctx context.Context) error {
		a, err := b.as(ctx, "tyra")
		if err != nil {
			return err
		}
		group, err = b.Followup.Invite(ctx, a, b.associations["alvkusten"].ID, "Tre förbund i Älvsjö län", []id.ID{b.associations["skogsbygden"].ID, b.associations["vastra-sjolandet"].ID})
		return err
	})
	for slug, who := range map[string]string{"skogsbygden": "arne", "vastra-sjolandet": "maria"} {
		b.on(asked.AddDays(len(who)), slug+" takes part", func(ctx context.Context) error {
			a, err := b.as(ctx, who)
			if err != nil {
				return err
			}
			return b.Followup.Answer(ctx, a, b.associations[slug].ID, group, followup.Joined)
		})
	}
	b.on(period.On(b.today.Year, 1, 29), "three are counted together", func(ctx context.Context) error {
		a, err := b.as(ctx, "tyra")
		if err != nil {
			return err
		}
		_, err = b.Followup.PublishTogether(ctx, a, b.associations["alvkusten"].ID, group)
		return err
	})
	b.on(period.On(b.today.Year, 2, 16), "joint statistics are frozen", func(ctx context.Context) error {
		a, err := b.as(ctx, "tyra")
		if err != nil {
			return err
		}
		release, err = b.Equality.PrepareTogether(ctx, a, b.associations["alvkusten"].ID, group, equality.Draft{Title: "Tre förbund tillsammans: vem får stöd, och hur går det?", Text: map[lang.Lang]string{
			lang.Swedish: "Två av oss har för få för att säga något om kvinnor och män var för sig. Tillsammans ser vi mer. I Västra Sjölandet kommer det första steget mot jobb till färre än hos oss andra. Det är en skillnad att undersöka, och vi undersöker den ihop.",
			lang.Simple:  "Tre förbund har räknat ihop sina siffror. Då ser vi mer. I Västra Sjölandet får färre snabb hjälp mot ett jobb. Vi vet inte varför. Vi tar reda på det tillsammans.",
			lang.English: "Two of us have too few to say anything of women and men alone. Together we see more. In Västra Sjölandet the first step towards work comes to fewer than with the rest of us. It is a difference to look into, and we look into it together."}},
			func(l lang.Lang) equality.Words { return equality.Words{Printer: b.Printer(l)} })
		return err
	})
	for i, x := range []struct{ slug, who string }{{"skogsbygden", "arne"}, {"vastra-sjolandet", "maria"}} {
		b.on(period.On(b.today.Year, 2, 19+i), x.slug+" approves joint statistics", func(ctx context.Context) error {
			a, err := b.as(ctx, x.who)
			if err != nil {
				return err
			}
			return b.Equality.ApproveTogether(ctx, a, b.associations[x.slug].ID, release)
		})
	}
	return nil
}
