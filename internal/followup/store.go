package followup

import (
	"context"
	"encoding/json"
	"slices"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

type codeRow struct {
	bun.BaseModel `bun:"table:followup_codes"`
	AssociationID id.ID  `bun:",pk"`
	Variable      string `bun:",pk"`
	Code          string `bun:",pk"`
	Label         string
	ValidFrom     period.Date
	ValidTo       period.Date
}

// cellRow has no id and no time: both would tell when a card was counted.
type cellRow struct {
	bun.BaseModel `bun:"table:followup_cells"`
	AssociationID id.ID  `bun:",pk"`
	InitiativeID  id.ID  `bun:",pk"`
	Period        string `bun:",pk"`
	Moment        Moment `bun:",pk"`
	Cell          string `bun:",pk"`
	N             int64
}

type tallyRow struct {
	bun.BaseModel `bun:"table:followup_tallies"`
	AssociationID id.ID  `bun:",pk"`
	InitiativeID  id.ID  `bun:",pk"`
	Period        string `bun:",pk"`
	AccountID     id.ID  `bun:",pk"`
	Added         int64
	Removed       int64
}

type acceptedRow struct {
	bun.BaseModel `bun:"table:followup_accepted"`
	AssociationID id.ID  `bun:",pk"`
	InitiativeID  id.ID  `bun:",pk"`
	Period        string `bun:",pk"`
	Edition       int64  `bun:",pk"`
	CellsJSON     string
	AcceptedOn    period.Date
}

func unitsOf(ctx context.Context, q db.IDB, association id.ID) (units, error) {
	var list units
	return list, q.NewSelect().Model(&list).Where("association_id = ?", association).OrderExpr("from_year").Scan(ctx)
}

func codesOf(ctx context.Context, q db.IDB, association id.ID) ([]codeRow, error) {
	var list []codeRow
	return list, q.NewSelect().Model(&list).Where("association_id = ?", association).Scan(ctx)
}

// reportsOf are the reports of an initiative by period. Periods nobody has touched have none.
func reportsOf(ctx context.Context, q db.IDB, association, initiative id.ID) (map[string]Report, error) {
	var list []Report
	err := q.NewSelect().Model(&list).Where("association_id = ?", association).Where("initiative_id = ?", initiative).Scan(ctx)
	out := make(map[string]Report, len(list))
	for _, r := range list {
		out[r.Period] = r
	}
	return out, err
}

// allCounts are an initiative's counts by period and moment.
func allCounts(ctx context.Context, q db.IDB, association, initiative id.ID) (map[string]map[Moment]Counts, error) {
	var rows []cellRow
	if err := q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("initiative_id = ?", initiative).Scan(ctx); err != nil {
		return nil, err
	}
	out := map[string]map[Moment]Counts{}
	for _, r := range rows {
		if out[r.Period] == nil {
			out[r.Period] = map[Moment]Counts{}
		}
		put(out[r.Period], r)
	}
	return out, nil
}

func countsOf(ctx context.Context, q db.IDB, association, initiative id.ID, b period.Block) (map[Moment]Counts, error) {
	var rows []cellRow
	err := q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("initiative_id = ?", initiative).Where("period = ?", b.String()).Scan(ctx)
	out := map[Moment]Counts{}
	for _, r := range rows {
		put(out, r)
	}
	return out, err
}

func put(into map[Moment]Counts, r cellRow) {
	if into[r.Moment] == nil {
		into[r.Moment] = Counts{}
	}
	into[r.Moment][r.Cell] += r.N
}

// lock takes hold of a period's report, so that nobody counts in it while it moves, and makes it when there is none.
func lock(ctx context.Context, tx *db.Tx, association, initiative id.ID, b period.Block) (Report, error) {
	r := Report{AssociationID: association, InitiativeID: initiative, Period: b.String(), State: Open, Edition: 1}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return r, err
	}
	if _, err := tx.NewUpdate().Model(&r).Set("edition = edition").WherePK().Exec(ctx); err != nil {
		return r, err
	}
	return r, tx.NewSelect().Model(&r).WherePK().Scan(ctx)
}

// hold is lock for somebody who counts: it refuses a period that is no longer open.
func hold(ctx context.Context, tx *db.Tx, association, initiative id.ID, b period.Block) (Report, error) {
	r, err := lock(ctx, tx, association, initiative, b)
	if err == nil && r.State != Open {
		return r, errs.E(errs.Refused, "followup.locked")
	}
	return r, err
}

// add changes the number in a cell. The period is locked.
func add(ctx context.Context, tx *db.Tx, association, initiative id.ID, b period.Block, m Moment, cell string, d int64) error {
	if d == 0 {
		return nil
	}
	row := cellRow{AssociationID: association, InitiativeID: initiative, Period: b.String(), Moment: m, Cell: cell}
	err := tx.NewSelect().Model(&row).WherePK().Scan(ctx)
	there := !db.IsNoRows(err)
	if err != nil && there {
		return err
	}
	row.N += d
	switch {
	case row.N < 0:
		return errs.E(errs.Conflict, "followup.changed_meanwhile")
	case row.N > MostInACell:
		return errs.E(errs.Invalid, "followup.cell_out_of_range", "max", MostInACell)
	case row.N == 0:
		_, err = tx.NewDelete().Model(&row).WherePK().Exec(ctx)
	case there:
		_, err = tx.NewUpdate().Model(&row).WherePK().Exec(ctx)
	default:
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
	}
	return err
}

// insertCells writes cells that were empty, a few hundred at a time.
func insertCells(ctx context.Context, tx *db.Tx, rows []cellRow) error {
	for part := range slices.Chunk(rows, 200) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tally notes that somebody has reported so many in a period.
func tally(ctx context.Context, tx *db.Tx, association, initiative id.ID, b period.Block, account id.ID, added, removed int64) error {
	row := tallyRow{AssociationID: association, InitiativeID: initiative, Period: b.String(), AccountID: account, Added: added, Removed: removed}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (association_id, initiative_id, period, account_id) DO UPDATE").
		Set("added = tally_row.added + EXCLUDED.added").Set("removed = tally_row.removed + EXCLUDED.removed").Exec(ctx)
	return err
}

// ownTally is how many somebody has reported in a period.
func ownTally(ctx context.Context, q db.IDB, association, initiative id.ID, b period.Block, account id.ID) (tallyRow, error) {
	row := tallyRow{AssociationID: association, InitiativeID: initiative, Period: b.String(), AccountID: account}
	err := q.NewSelect().Model(&row).WherePK().Scan(ctx)
	if db.IsNoRows(err) {
		err = nil
	}
	return row, err
}

func tallies(ctx context.Context, q db.IDB, association, initiative id.ID, block string) ([]tallyRow, error) {
	var rows []tallyRow
	return rows, q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("initiative_id = ?", initiative).Where("period = ?", block).OrderExpr("account_id").Scan(ctx)
}

// keep writes down the counts of a period that is accepted, as they are.
func (s *Service) keep(ctx context.Context, tx *db.Tx, r Report) error {
	counts, err := countsOf(ctx, tx, r.AssociationID, r.InitiativeID, r.Block())
	if err != nil {
		return err
	}
	b, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&acceptedRow{AssociationID: r.AssociationID, InitiativeID: r.InitiativeID, Period: r.Period, Edition: r.Edition, CellsJSON: string(b), AcceptedOn: r.AcceptedOn}).Exec(ctx)
	return err
}

// accepted are the counts of the latest accepted edition of every period of every initiative.
func accepted(ctx context.Context, q db.IDB, association id.ID) (map[id.ID]map[string]map[Moment]Counts, error) {
	var rows []acceptedRow
	if err := q.NewSelect().Model(&rows).Where("association_id = ?", association).OrderExpr("edition").Scan(ctx); err != nil {
		return nil, err
	}
	out := map[id.ID]map[string]map[Moment]Counts{}
	for _, r := range rows {
		var counts map[Moment]Counts
		if err := json.Unmarshal([]byte(r.CellsJSON), &counts); err != nil {
			return nil, err
		}
		if out[r.InitiativeID] == nil {
			out[r.InitiativeID] = map[string]map[Moment]Counts{}
		}
		out[r.InitiativeID][r.Period] = counts
	}
	return out, nil
}
