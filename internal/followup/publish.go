package followup

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

type publicationRow struct {
	bun.BaseModel `bun:"table:followup_publications"`
	AssociationID id.ID  `bun:",pk"`
	Family        Moment `bun:",pk"`
	Number        int64  `bun:",pk"`
	FamilyJSON    string
	ResultJSON    string
	CoverageJSON  string
	Through       string
	PublishedBy   id.ID `bun:",nullzero"`
	PublishedOn   period.Date
}

// Publication is what the office sees of a moment: figures that have passed package disclosure, frozen on a day.
type Publication struct {
	Family   Moment
	Number   int64
	Through  period.Block // the last period in it
	On       period.Date
	By       string
	Result   *disclosure.Result
	Declared string          // the family as it was declared, in JSON
	Coverage map[id.ID]Grade // by initiative, beside every outcome
	Earlier  []Earlier       // the latest first
}

// Earlier is an earlier publication of the same family. It stays known.
type Earlier struct {
	Number  int64
	Through period.Block
	On      period.Date
}

// Publish freezes the figures of every period that is accepted whole, and gives how many families have something new. It is what is published to
// the office, once for a period and not day by day, so that no two publications differ by single cards.
func (s *Service) Publish(ctx context.Context, a actor.Actor, association scope.Association) (int, error) {
	if err := access.Check(a, access.FollowupAccept, access.Object{Association: association.ID}); err != nil {
		return 0, err
	}
	whole, err := s.Accepted(ctx, association.ID)
	if err != nil {
		return 0, err
	}
	if len(whole) == 0 {
		return 0, errs.E(errs.Refused, "followup.nothing_accepted")
	}
	through := whole[len(whole)-1]
	done := 0
	for _, m := range Published {
		row, then, err := s.protect(ctx, association, m, whole)
		if err != nil {
			return done, err
		}
		if row == nil {
			continue
		}
		row.Through, row.PublishedBy, row.PublishedOn = through.String(), a.Account, s.today()
		err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := s.unchanged(ctx, tx, m, then, association.ID); err != nil {
				return err
			}
			_, err := tx.NewInsert().Model(row).Exec(ctx)
			if db.IsUnique(err) {
				return errs.E(errs.Conflict, "followup.published_meanwhile").Because(err)
			}
			if err != nil {
				return err
			}
			return s.trail.Record(ctx, tx, a, association.ID, "followup.publish", "association", association.ID, nil, struct {
				Moment Moment `json:"family"`
				Number int64  `json:"number"`
				Period string `json:"period"`
			}{m, row.Number, row.Through})
		})
		if err != nil {
			return done, err
		}
		done++
	}
	if done == 0 {
		return 0, errs.E(errs.Refused, "followup.nothing_new")
	}
	return done, nil
}

// protect makes the next publication of a family, nil when the last one says all there is. Everything that was published before is known to it: of the
// association alone, and of it and others together.
func (s *Service) protect(ctx context.Context, association scope.Association, m Moment, whole []period.Block) (*publicationRow, past, error) {
	q := s.DB.Read()
	then, err := s.past(ctx, q, m, association.ID)
	if err != nil {
		return nil, then, err
	}
	rows, err := publications(ctx, q, association.ID, m)
	if err != nil {
		return nil, then, err
	}
	in := map[string]bool{}
	for _, b := range whole {
		in[b.String()] = true
	}
	family, cells, err := s.declare(ctx, q, association.ID, m, then, in)
	if err != nil || len(cells.Rows) == 0 {
		return nil, then, err
	}
	result, err := disclosure.Protect(cells, family, then.history, disclosure.Limits{})
	if err != nil {
		return nil, then, refusal(err)
	}
	text := string(result.JSON())
	if len(rows) > 0 && rows[len(rows)-1].ResultJSON == text {
		return nil, then, nil
	}
	cover, err := s.Coverage(ctx, association, Query{Moment: m, From: whole[0], To: whole[len(whole)-1]})
	if err != nil {
		return nil, then, err
	}
	grades := map[id.ID]Grade{}
	for i, c := range cover {
		grades[i] = c.Grade()
	}
	g, err := json.Marshal(grades)
	return &publicationRow{AssociationID: association.ID, Family: m, Number: int64(len(rows) + 1), FamilyJSON: string(family.JSON()), ResultJSON: text, CoverageJSON: string(g)}, then, err
}

// declare gives the family of a moment for one association, and the cells: of its own people, or of all that were published together with them, of whom only
// its own stand in the tables.
func (s *Service) declare(ctx context.Context, q db.IDB, association id.ID, m Moment, then past, in map[string]bool) (disclosure.Family, disclosure.Cells, error) {
	if then.joint {
		all, _, err := s.everybody(ctx, q, m, then.associations, in)
		if err != nil {
			return disclosure.Family{}, all, err
		}
		_, own, err := s.everybody(ctx, q, m, []id.ID{association}, in)
		family, cells := amid(m, families[m], all, []id.ID{association}, in, own)
		if len(family.Within[OfInitiative]) == 0 {
			cells.Rows = nil
		}
		return family, cells, err
	}
	all, own, err := s.everybody(ctx, q, m, []id.ID{association}, in)
	if err != nil {
		return disclosure.Family{}, all, err
	}
	at := slices.Index(all.Variables, OfPeriod)
	all.Rows = slices.DeleteFunc(all.Rows, func(r disclosure.Row) bool { return !in[r.Values[at]] || own[r.Values[1]] < LeastOfAnInitiative })
	family, cells := FamilyOf(m, all)
	return family, cells, nil
}

// refusal says why nothing can be published.
func refusal(err error) error {
	if _, ok := errors.AsType[*disclosure.UnsafeError](err); ok {
		return errs.E(errs.Refused, "followup.unsafe").Because(err)
	}
	if errors.Is(err, disclosure.ErrUnfinished) {
		return errs.E(errs.Refused, "followup.unfinished").Because(err)
	}
	return err
}

func publications(ctx context.Context, q db.IDB, association id.ID, m Moment) ([]publicationRow, error) {
	var rows []publicationRow
	return rows, q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("family = ?", m).OrderExpr("number").Scan(ctx)
}

// Publication gives what was published of a moment: the latest, or one by its number. It is nil when nothing has been.
func (s *Service) Publication(ctx context.Context, a actor.Actor, association id.ID, m Moment, number int64) (*Publication, error) {
	if err := access.Check(a, access.FollowupRead, access.Object{Association: association}); err != nil {
		return nil, err
	}
	rows, err := publications(ctx, s.DB.Read(), association, m)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if number == 0 {
		number = int64(len(rows))
	}
	if number < 1 || number > int64(len(rows)) {
		return nil, errs.E(errs.NotFound, "error.not_found")
	}
	row := rows[number-1]
	p := &Publication{Family: m, Number: number, On: row.PublishedOn, Declared: row.FamilyJSON}
	if p.Through, err = period.ParseBlock(row.Through); err != nil {
		return nil, err
	}
	if p.Result, err = disclosure.ReadResult(strings.NewReader(row.ResultJSON), "publication"); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(row.CoverageJSON), &p.Coverage); err != nil {
		return nil, err
	}
	if row.PublishedBy != id.None {
		if p.By, err = s.NameOf(ctx, s.DB.Read(), row.PublishedBy); err != nil {
			return nil, err
		}
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Number != number {
			b, _ := period.ParseBlock(rows[i].Through)
			p.Earlier = append(p.Earlier, Earlier{rows[i].Number, b, rows[i].PublishedOn})
		}
	}
	return p, nil
}

// Publishable tells whether there are whole accepted periods that no publication has, or corrected editions of them.
func (s *Service) Publishable(ctx context.Context, association id.ID) (period.Block, bool, error) {
	whole, err := s.Accepted(ctx, association)
	if err != nil || len(whole) == 0 {
		return period.Block{}, false, err
	}
	last := whole[len(whole)-1]
	rows, err := publications(ctx, s.DB.Read(), association, Began)
	if err != nil {
		return last, false, err
	}
	if len(rows) == 0 || rows[len(rows)-1].Through != last.String() {
		return last, true, nil
	}
	again, err := acceptedAfter(ctx, s.DB.Read(), association, rows[len(rows)-1].PublishedOn)
	return last, again, err
}

// acceptedAfter tells whether a corrected edition has been accepted since a day.
func acceptedAfter(ctx context.Context, q db.IDB, association id.ID, day period.Date) (bool, error) {
	return q.NewSelect().Model((*acceptedRow)(nil)).Where("association_id = ?", association).Where("edition > 1").Where("accepted_on > ?", day).Exists(ctx)
}
