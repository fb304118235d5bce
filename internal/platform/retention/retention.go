// Package retention removes what has served its time, by rules that stand in one table. It knows no table of the work; internal/app
// holds the rules.
package retention

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

const day = 24 * time.Hour

// Rule says what becomes of old rows of a table. Its parts are written into the statement as they stand: a rule is part of the program
// and never of what people type.
type Rule struct {
	Table string        // whose rows
	Which string        // a condition on the rows, "" for all of them
	Since string        // the column with the time that Keep counts from
	Keep  time.Duration // how long after that
	Clear string        // what is set in the rows instead of removing them: "body_text = ''"
	// Erases, when not nil, is told the ids of the rows, in the transaction that clears or removes them.
	Erases func(ctx context.Context, tx *db.Tx, rows ...id.ID) error
}

// Period is how long a rule keeps rows, in words: "30 days", "1 hour", "until then".
func (r Rule) Period() string {
	count := func(n time.Duration, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case r.Keep == 0:
		return "until then"
	case r.Keep%day == 0:
		return count(r.Keep/day, "day")
	case r.Keep%time.Hour == 0:
		return count(r.Keep/time.Hour, "hour")
	}
	return count(r.Keep/time.Minute, "minute")
}

// statement is the rule as SQL with one place for the time before which a row is old.
func (r Rule) statement() string {
	sql := "DELETE FROM " + r.Table
	if r.Clear != "" {
		sql = "UPDATE " + r.Table + " SET " + r.Clear
	}
	return sql + r.old()
}

// old is the condition of the rows that the rule is for.
func (r Rule) old() string {
	sql := " WHERE " + r.Since + " < ?"
	if r.Which != "" {
		sql += " AND (" + r.Which + ")"
	}
	return sql
}

// Sweep applies the rules by the clock, each in a transaction of its own, so that one that cannot be applied holds up no other. It may
// run any number of times. The counts are rows removed or cleared, by table.
func Sweep(ctx context.Context, d *db.DB, c clock.Clock, rules []Rule) (map[string]int, error) {
	swept := map[string]int{}
	var faults []error
	for _, r := range rules {
		err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.TakeTime(ctx); err != nil {
				return err
			}
			before := c.Now().Add(-r.Keep)
			if r.Erases != nil {
				var rows []id.ID
				if err := tx.NewRaw("SELECT id FROM "+r.Table+r.old(), before).Scan(ctx, &rows); err != nil {
					return err
				}
				if err := r.Erases(ctx, tx, rows...); err != nil {
					return err
				}
			}
			res, err := tx.NewRaw(r.statement(), before).Exec(ctx)
			if err != nil {
				return fmt.Errorf("the rule for %s: %w", strings.TrimSpace(r.Table+" "+r.Which), err)
			}
			swept[r.Table] += db.Affected(res)
			return nil
		})
		faults = append(faults, err)
	}
	return swept, errors.Join(faults...)
}
