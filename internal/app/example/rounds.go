package example

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// rounds puts the follow-ups on the agenda: those of the two periods before this one, frozen three weeks after their end if that day
// has come.
func (b *builder) rounds(ctx context.Context) error {
	var list []round
	if err := read("rounds.json", &list); err != nil {
		return err
	}
	for _, r := range list {
		month := (int(b.today.Month)-1)/r.Months*r.Months + 1
		start := period.On(b.today.Year, time.Month(month), 1)
		for n := 2; n >= 0; n-- {
			from := start.AddMonths(-n * r.Months)
			b.round(r, from, from.AddMonths(r.Months).AddDays(-1), n == 0)
		}
	}
	return nil
}

func (b *builder) round(r round, from, to period.Date, present bool) {
	opened, frozen := working(to.AddDays(-7), -1), working(to.AddDays(22), 1)
	if present { // it is open, with something written; unless the one before it still is
		opened, frozen = working(b.today.AddDays(-12), -1), b.today.AddDays(1)
		if opened.Before(from.AddDays(30)) {
			return
		}
	}
	if adopted := b.pledgesSince(r.Association); opened.Before(adopted) {
		return
	}
	title := strings.NewReplacer("{n}", strconv.Itoa((int(from.Month)-1)/r.Months+1), "{year}", strconv.Itoa(from.Year)).Replace(r.Title)
	var made id.ID
	b.on(opened, title, func(ctx context.Context) error {
		a, err := b.as(ctx, r.As)
		if err != nil {
			return err
		}
		made, err = b.Ledger.OpenRound(ctx, a, b.associations[r.Association], commitments.RoundFields{Title: title, Period: [2]period.Date{from, to}, ClosesOn: to.AddDays(25)})
		return err
	})
	b.on(opened.AddDays(3), title+" is written", func(ctx context.Context) error {
		a, err := b.as(ctx, r.As)
		if err != nil {
			return err
		}
		for i, n := range slices.Sorted(maps.Keys(r.Comments)) {
			if present && i%2 == 1 {
				continue // half of it is written
			}
			p, err := b.pledge(r.Association, joint, n)
			if err != nil {
				return err
			}
			if _, err := b.Ledger.CommentOn(ctx, a, b.associations[r.Association], made, p, 0, r.Comments[n]); err != nil {
				return err
			}
		}
		return nil
	})
	b.on(frozen, title+" is frozen", func(ctx context.Context) error {
		a, err := b.as(ctx, r.As)
		if err != nil {
			return err
		}
		assoc := b.associations[r.Association]
		if err := b.Ledger.FreezeRound(ctx, a, assoc, made, 1); err != nil {
			return err
		}
		return b.Ledger.PublishRound(ctx, a, assoc, made, 2, true)
	})
}

// pledgesSince is some days after the day the association adopted the joint declaration.
func (b *builder) pledgesSince(association string) period.Date {
	return b.since[association].AddDays(30)
}
