package example

import (
	"context"
	"slices"

	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/equality"
)

// statistics puts a release on the agenda: frozen by the office when last year's figures have been handed over, and approved by the head.
// With the first figures a difference between younger and older people was taken on; it has come to be followed up.
func (b *builder) statistics(context.Context) error {
	year := b.today.Year - 1
	write := func(step int, day period.Date, body, link string, done bool, due period.Date) {
		b.on(day, "what was found of a difference", func(ctx context.Context) error {
			a, err := b.as(ctx, "tyra")
			if err != nil {
				return err
			}
			at := b.associations["alvkusten"]
			list, err := b.Equality.Cases(ctx, a, at.ID)
			if err != nil || len(list) == 0 {
				return err
			}
			return b.Equality.Write(ctx, a, at.ID, list[0].ID, int64(step), equality.Entry{Body: body, URL: link, Done: done, Due: due})
		})
	}
	b.on(period.On(year, 2, 10), "a difference is taken on", func(ctx context.Context) error {
		a, err := b.as(ctx, "karin")
		if err != nil {
			return err
		}
		at := b.associations["alvkusten"]
		basis, err := b.Equality.Basis(ctx, a, at.ID)
		if err != nil || basis.Empty() {
			return err
		}
		people, err := b.Equality.People(ctx, at.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(people, func(p equality.Colleague) bool { return p.Name == "Tyra Ek" })
		if i < 0 {
			return nil
		}
		_, err = b.Equality.TakeOn(ctx, a, at.ID, "work-age", people[i].ID, id.None, period.On(year, 3, 31))
		return err
	})
	write(1, period.On(year, 3, 20), "Skillnaden syns i båda insatserna. De som är 30 år eller äldre har varit borta längre från arbete när de börjar, men de får också färre praktikplatser de första månaderna.", "", true, period.On(year, 6, 15))
	write(2, period.On(year, 6, 10), "Praktik söks mest hos arbetsgivare som vill ha unga. Rutinen är densamma för alla, men den passar den som är 50 sämre. Deltagarrådet säger samma sak.", "", true, period.On(year, 10, 15))
	write(3, period.On(year, 10, 6), "Vägen in och Ung kraft delar en lista över arbetsgivare som tar emot alla åldrar. Varje coach har två nya platser i månaden som mål.", "", true, period.On(year+1, 12, 18))
	day := period.On(b.today.Year, 2, 9)
	b.on(day, "statistics are frozen", func(ctx context.Context) error {
		a, err := b.as(ctx, "tyra")
		if err != nil {
			return err
		}
		at := b.associations["alvkusten"]
		basis, err := b.Equality.Basis(ctx, a, at.ID)
		if err != nil || basis.Empty() {
			return err
		}
		number, err := b.Equality.Prepare(ctx, a, at.ID, equality.Draft{Title: "Vem får stöd, och hur går det?", Text: map[lang.Lang]string{
			lang.Swedish: "Så här ser det ut i våra insatser. I samma insats får kvinnor sitt första steg mot jobb senare än män. Det är en skillnad att undersöka, och vi undersöker den. En insats är för liten för att stå med här.",
			lang.Simple:  "Här visar vi hur det går för dem vi hjälper. Kvinnor får vänta längre än män på hjälp mot ett jobb. Vi vet inte varför. Vi tar reda på det.",
			lang.English: "This is what our initiatives look like. Within the same initiative women get their first step towards work later than men. It is a difference to look into, and we are looking into it. One initiative is too small to stand here."}},
			func(l lang.Lang) equality.Words { return equality.Words{Printer: b.Printer(l)} })
		if err != nil {
			return err
		}
		head, err := b.as(ctx, "karin")
		if err != nil {
			return err
		}
		return b.Equality.Publish(ctx, head, at.ID, number, 1)
	})
	return nil
}
