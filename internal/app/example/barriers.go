package example

import (
	"context"

	"samklang/internal/accessibility"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
)

// barrier is something a visitor told that she cannot use; without an association it is about the installation's own pages.
type barrier struct {
	Association string  `json:"association"`
	On          string  `json:"on"`
	Page        string  `json:"page"`
	Language    string  `json:"language"`
	What        string  `json:"what"`
	Aid         string  `json:"aid"`
	Email       string  `json:"email"`
	Replies     []reply `json:"replies"`
}

type reply struct {
	As           string `json:"as"`
	On           string `json:"on"`
	Decision     string `json:"decision"`
	Text         string `json:"text"`
	PublicSv     string `json:"public_sv"`
	PublicSimple string `json:"public_simple"`
	PublicEn     string `json:"public_en"`
}

// barriers puts what visitors told on the agenda, and what was answered.
func (b *builder) barriers(context.Context) error {
	var list []barrier
	if err := read("barriers.json", &list); err != nil {
		return err
	}
	for _, x := range list {
		on, err := b.day(x.On)
		if err != nil {
			return err
		}
		l, _ := lang.Parse(x.Language)
		var made id.ID
		b.on(on, x.What, func(ctx context.Context) (err error) {
			made, err = b.Barriers.Tell(ctx, b.associations[x.Association].ID, accessibility.NewReport{Page: x.Page, What: x.What, Aid: x.Aid, Email: x.Email}, l)
			return err
		})
		for i, y := range x.Replies {
			on, err := b.day(y.On)
			if err != nil {
				return err
			}
			b.on(on, y.Text, func(ctx context.Context) error {
				a, err := b.as(ctx, y.As)
				if err != nil {
					return err
				}
				return b.Barriers.Answer(ctx, a, b.associations[x.Association], made, int64(i+1), accessibility.Reply{Text: y.Text, Decision: accessibility.Decision(y.Decision),
					Public: accessibility.Text{Swedish: y.PublicSv, Simple: y.PublicSimple, English: y.PublicEn}})
			})
		}
	}
	return nil
}
