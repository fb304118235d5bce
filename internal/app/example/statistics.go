package example

import (
	"context"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/equality"
)

// statistics puts a release on the agenda: frozen by the office when last year's figures have been handed over, and approved by the head.
func (b *builder) statistics(context.Context) error {
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
