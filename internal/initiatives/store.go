package initiatives

import (
	"context"
	"database/sql"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

type memberRow struct {
	bun.BaseModel `bun:"table:initiative_members"`
	AssociationID id.ID  `bun:",pk"`
	InitiativeID  id.ID  `bun:",pk"`
	MemberID      id.ID  `bun:",pk"`
	Part          string `bun:",pk"`
}

type yearRow struct {
	bun.BaseModel `bun:"table:initiative_years"`
	AssociationID id.ID `bun:",pk"`
	InitiativeID  id.ID `bun:",pk"`
	Year          int64 `bun:",pk"`
	Planned       int64
}

type otherRow struct {
	bun.BaseModel `bun:"table:initiative_associations"`
	AssociationID id.ID `bun:",pk"`
	InitiativeID  id.ID `bun:",pk"`
	OtherID       id.ID `bun:",pk"`
}

func find(ctx context.Context, q db.IDB, association, initiative id.ID) (Initiative, error) {
	var x Initiative
	err := q.NewSelect().Model(&x).Where("association_id = ?", association).Where("id = ?", initiative).Scan(ctx)
	if db.IsNoRows(err) {
		return x, errs.E(errs.NotFound, "error.not_found")
	}
	if err != nil {
		return x, err
	}
	list := []Initiative{x}
	err = complete(ctx, q, association, list)
	return list[0], err
}

func list(ctx context.Context, q db.IDB, association id.ID) ([]Initiative, error) {
	var all []Initiative
	if err := q.NewSelect().Model(&all).Where("association_id = ?", association).OrderExpr("sort_key, id").Scan(ctx); err != nil {
		return nil, err
	}
	return all, complete(ctx, q, association, all)
}

// complete adds what stands in other tables.
func complete(ctx context.Context, q db.IDB, association id.ID, all []Initiative) error {
	if len(all) == 0 {
		return nil
	}
	at := map[id.ID]*Initiative{}
	ids := make([]id.ID, len(all))
	for i := range all {
		all[i].Planned = map[int64]int64{}
		at[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	var members []memberRow
	if err := q.NewSelect().Model(&members).Where("association_id = ?", association).Where("initiative_id IN (?)", bun.In(ids)).OrderExpr("member_id").Scan(ctx); err != nil {
		return err
	}
	for _, m := range members {
		x := at[m.InitiativeID]
		if m.Part == "party" {
			x.Parties = append(x.Parties, m.MemberID)
		} else {
			x.Municipalities = append(x.Municipalities, m.MemberID)
		}
	}
	var years []yearRow
	if err := q.NewSelect().Model(&years).Where("association_id = ?", association).Where("initiative_id IN (?)", bun.In(ids)).Scan(ctx); err != nil {
		return err
	}
	for _, y := range years {
		at[y.InitiativeID].Planned[y.Year] = y.Planned
	}
	var others []otherRow
	if err := q.NewSelect().Model(&others).Where("association_id = ?", association).Where("initiative_id IN (?)", bun.In(ids)).OrderExpr("other_id").Scan(ctx); err != nil {
		return err
	}
	for _, o := range others {
		at[o.InitiativeID].Associations = append(at[o.InitiativeID].Associations, o.OtherID)
	}
	return nil
}

// keepParts writes what stands in other tables anew.
func keepParts(ctx context.Context, tx *db.Tx, x Initiative) error {
	for _, table := range []string{"initiative_members", "initiative_years", "initiative_associations"} {
		if _, err := tx.NewDelete().TableExpr(table).Where("association_id = ?", x.AssociationID).Where("initiative_id = ?", x.ID).Exec(ctx); err != nil {
			return err
		}
	}
	var members []memberRow
	for _, m := range x.Parties {
		members = append(members, memberRow{AssociationID: x.AssociationID, InitiativeID: x.ID, MemberID: m, Part: "party"})
	}
	for _, m := range x.Municipalities {
		members = append(members, memberRow{AssociationID: x.AssociationID, InitiativeID: x.ID, MemberID: m, Part: "municipality"})
	}
	var years []yearRow
	for year, n := range x.Planned {
		years = append(years, yearRow{AssociationID: x.AssociationID, InitiativeID: x.ID, Year: year, Planned: n})
	}
	var others []otherRow
	for _, o := range x.Associations {
		others = append(others, otherRow{AssociationID: x.AssociationID, InitiativeID: x.ID, OtherID: o})
	}
	if len(members) > 0 {
		if _, err := tx.NewInsert().Model(&members).Exec(ctx); err != nil {
			return err
		}
	}
	if len(years) > 0 {
		if _, err := tx.NewInsert().Model(&years).Exec(ctx); err != nil {
			return err
		}
	}
	if len(others) > 0 {
		if _, err := tx.NewInsert().Model(&others).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// assignments are the places in an initiative, of one account or with id.None of all; those who answer for it first.
func assignments(ctx context.Context, q db.IDB, association, initiative, account id.ID) ([]Assignment, error) {
	var all []Assignment
	sel := q.NewSelect().Model(&all).Where("association_id = ?", association).Where("initiative_id = ?", initiative).OrderExpr("role, id")
	if account != id.None {
		sel.Where("account_id = ?", account)
	}
	return all, sel.Scan(ctx)
}

// assignedTo are the places somebody has in an association.
func assignedTo(ctx context.Context, q db.IDB, association, account id.ID) ([]Assignment, error) {
	var all []Assignment
	return all, q.NewSelect().Model(&all).Where("association_id = ?", association).Where("account_id = ?", account).Scan(ctx)
}

// oneRow tells apart a row that was changed from one that somebody else changed first.
func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if db.Affected(res) == 0 {
		return errs.E(errs.Conflict, "error.conflict")
	}
	return nil
}
