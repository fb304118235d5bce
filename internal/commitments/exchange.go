package commitments

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"

	"github.com/uptrace/bun"
)

// MaxTable is the largest table that is read in, in bytes.
const MaxTable = 5_000_000

// tableLimits bound what a table may cost; a plan of a year is some hundred rows.
var tableLimits = sheet.Limits{Bytes: MaxTable, Rows: 2_000, Columns: 80, Cell: 12_000, Unpacked: 40_000_000, Time: 10 * time.Second}

// Upload is a table that somebody has brought and not yet let change the plan.
type Upload struct {
	File    string    `json:"file"`
	Year    int       `json:"year"` // of new activities that say none
	SavedAt time.Time `json:"-"`
	Table   sheet.Table
}

// ExportPlan is the plan of a year as a table with everything a person may write, in the printer's language. What another association keeps
// for itself of an activity it holds together with this one is left out.
func (s *Service) ExportPlan(ctx context.Context, a actor.Actor, assoc scope.Association, year int, p i18n.Printer) (sheet.Table, error) {
	if err := access.Check(a, access.DeskRead, access.Object{Association: assoc.ID}); err != nil {
		return sheet.Table{}, err
	}
	q := s.db.Read()
	x, err := s.exchange(ctx, q, assoc, year, p)
	if err != nil {
		return sheet.Table{}, err
	}
	list, err := s.exchanged(ctx, q, assoc.ID, func(sel *bun.SelectQuery) *bun.SelectQuery { return sel.Where("o.plan_year = ?", year) })
	return x.Table(list), err
}

func mayExchange(a actor.Actor, assoc scope.Association) error {
	return access.Check(a, access.ActivityExchange, access.Object{Association: assoc.ID})
}

// exchange looks up what cells are read and written with.
func (s *Service) exchange(ctx context.Context, q db.IDB, assoc scope.Association, year int, p i18n.Printer) (Exchange, error) {
	x := Exchange{Home: assoc, Year: year, Printer: p}
	var err error
	if x.Promises, err = promises(ctx, q, assoc.ID); err != nil {
		return x, err
	}
	if x.People, err = s.needs.People(ctx, q, assoc.ID); err != nil {
		return x, err
	}
	x.Associations, err = s.needs.Associations(ctx, q)
	return x, err
}

// exchanged reads activities the association holds, alone or with others, with all that a table says of them; narrow says which.
func (s *Service) exchanged(ctx context.Context, q db.IDB, association id.ID, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]ExchangeActivity, error) {
	var rows []Activity
	err := narrow(q.NewSelect().Model(&rows).ModelTableExpr("activities AS a").ColumnExpr("a.*").
		Join("JOIN activity_organisers AS o ON o.association_id = a.association_id AND o.activity_id = a.id").
		Where("o.organiser_id = ?", association).Where("o.declined_at IS NULL")).OrderExpr("o.plan_year, o.sort_on, a.id").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]id.ID, len(rows))
	views := make([]ActivityView, len(rows))
	at := make(map[Ref]*ActivityView, len(rows))
	for i, r := range rows {
		ids[i], views[i].Activity = r.ID, r
		at[r.Ref()] = &views[i]
	}
	var organisers []Organiser
	if err := q.NewSelect().Model(&organisers).Where("activity_id IN (?)", bun.In(ids)).Order("association_id", "activity_id", "organiser_id").Scan(ctx); err != nil {
		return nil, err
	}
	for _, o := range organisers {
		if v := at[Ref{o.AssociationID, o.ActivityID}]; v != nil {
			v.Organisers = append(v.Organisers, OrganiserView{Organiser: o})
		}
	}
	var people []Person
	if err := q.NewSelect().Model(&people).Where("activity_id IN (?)", bun.In(ids)).Order("association_id", "activity_id", "position").Scan(ctx); err != nil {
		return nil, err
	}
	for _, x := range people {
		if v := at[Ref{x.AssociationID, x.ActivityID}]; v != nil && x.Role == RoleSpeaker {
			v.Speakers = append(v.Speakers, x.Name)
		} else if v != nil {
			v.Partners = append(v.Partners, x.Name)
		}
	}
	var serves []ServingView
	if err := servings(q).Where("serving.activity_id IN (?)", bun.In(ids)).OrderExpr("serving.association_id, serving.activity_id, pledge.number, serving.pledge_id").Scan(ctx, &serves); err != nil {
		return nil, err
	}
	for _, x := range serves {
		if v := at[Ref{x.AssociationID, x.ActivityID}]; v != nil {
			v.Serves = append(v.Serves, x)
		}
	}
	list := make([]ExchangeActivity, len(views))
	owners := map[id.ID]string{}
	for i, v := range views {
		if v.AssociationID != association {
			v.OwnerID, v.Notes, v.FollowUpOn = id.None, "", period.Date{}
		}
		if _, known := owners[v.OwnerID]; !known && v.OwnerID != id.None {
			if owners[v.OwnerID], err = s.needs.NameOf(ctx, q, v.OwnerID); err != nil {
				return nil, err
			}
		}
		list[i] = ExchangeActivity{Ref: v.Ref(), ActivityFields: v.Fields(), Version: v.Version, Status: v.Status, Reached: v.Reached, OwnerName: owners[v.OwnerID]}
	}
	return list, nil
}

// uploadPage is the name under which a person's table for an association waits among her drafts.
func uploadPage(assoc scope.Association) string { return "plan-import:" + assoc.ID.String() }

// BringTable reads a table and keeps it for the person until she lets it change the plan or throws it away. A table she brought before
// is replaced. The plan is not touched.
func (s *Service) BringTable(ctx context.Context, a actor.Actor, assoc scope.Association, name string, r io.Reader, year int, p i18n.Printer) error {
	if err := mayExchange(a, assoc); err != nil {
		return err
	}
	t, err := sheet.Read(ctx, name, r, tableLimits)
	if err != nil {
		return err
	}
	if len(t.Rows) == 0 {
		return errs.E(errs.Invalid, "exchange.empty")
	}
	if _, err := s.compareTable(ctx, s.db.Read(), assoc, Upload{Year: year, Table: t}, p); err != nil {
		return err // no title column: nothing here can be a plan
	}
	kept, err := json.Marshal(Upload{File: name, Year: year, Table: t})
	if err != nil {
		return err
	}
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&FormDraft{AccountID: a.Account, Page: uploadPage(assoc), Form: string(kept), SavedAt: s.clock.Now()}).
			On("CONFLICT (account_id, page) DO UPDATE").Set("form = EXCLUDED.form").Set("saved_at = EXCLUDED.saved_at").Exec(ctx)
		return err
	})
}

// BroughtTable is the table that waits, compared with the plan as it is now; ok is false when none does.
func (s *Service) BroughtTable(ctx context.Context, a actor.Actor, assoc scope.Association, p i18n.Printer) (u Upload, c Comparison, ok bool, err error) {
	if err := mayExchange(a, assoc); err != nil {
		return u, c, false, err
	}
	q := s.db.Read()
	if u, ok, err = s.brought(ctx, q, a, assoc); err != nil || !ok {
		return u, c, false, err
	}
	c, err = s.compareTable(ctx, q, assoc, u, p)
	return u, c, true, err
}

func (s *Service) brought(ctx context.Context, q db.IDB, a actor.Actor, assoc scope.Association) (u Upload, ok bool, err error) {
	var d FormDraft
	err = q.NewSelect().Model(&d).Where("account_id = ?", a.Account).Where("page = ?", uploadPage(assoc)).Scan(ctx)
	if db.IsNoRows(err) {
		return u, false, nil
	}
	if err != nil {
		return u, false, err
	}
	if json.Unmarshal([]byte(d.Form), &u) != nil || !square(u.Table) {
		return u, false, nil // nobody but this program writes tables there; one that cannot be read is as good as none
	}
	u.SavedAt = d.SavedAt
	return u, true, nil
}

// square tells whether every row has a cell for every column.
func square(t sheet.Table) bool {
	return !slices.ContainsFunc(t.Rows, func(r sheet.Row) bool { return len(r.Cells) != len(t.Columns) })
}

// compareTable compares a table with the plan as q sees it.
func (s *Service) compareTable(ctx context.Context, q db.IDB, assoc scope.Association, u Upload, p i18n.Printer) (Comparison, error) {
	x, err := s.exchange(ctx, q, assoc, u.Year, p)
	if err != nil {
		return Comparison{}, err
	}
	at, _ := x.columnsOf(u.Table)
	ids := []id.ID{id.None}
	if i, ok := at[colID]; ok {
		for _, r := range u.Table.Rows {
			if v, err := id.Parse(r.Cells[i]); err == nil {
				ids = append(ids, v)
			}
		}
	}
	current, err := s.exchanged(ctx, q, assoc.ID, func(sel *bun.SelectQuery) *bun.SelectQuery {
		return sel.Where("(o.plan_year BETWEEN ? AND ? OR a.id IN (?))", u.Year-1, u.Year+1, bun.In(ids))
	})
	if err != nil {
		return Comparison{}, err
	}
	return x.Compare(current, u.Table)
}

// ThrowTable forgets the table that waits.
func (s *Service) ThrowTable(ctx context.Context, a actor.Actor, assoc scope.Association) error {
	if err := mayExchange(a, assoc); err != nil {
		return err
	}
	return s.DropDraft(ctx, a, uploadPage(assoc))
}

// ApplyTable lets the table change the plan: all rows that are new or changed, or none when the plan is no longer the one the person saw.
// seen is the Print of the comparison she saw. Rows that are faulty, or that somebody else has changed, are left as they are.
func (s *Service) ApplyTable(ctx context.Context, a actor.Actor, assoc scope.Association, seen string, p i18n.Printer) (u Upload, planned, changed int, err error) {
	err = s.change(ctx, a, access.ActivityExchange, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		planned, changed = 0, 0
		var ok bool
		if u, ok, err = s.brought(ctx, tx, a, assoc); err != nil {
			return err
		} else if !ok {
			return errs.E(errs.NotFound, "error.not_found")
		}
		c, err := s.compareTable(ctx, tx, assoc, u, p)
		switch {
		case err != nil:
			return err
		case c.Print() != seen:
			return errs.E(errs.Conflict, "exchange.changed_meanwhile")
		case c.Count(RowNew)+c.Count(RowChanged) == 0:
			return errs.E(errs.Refused, "exchange.nothing")
		}
		var touched []id.ID
		var before []Serving
		for _, r := range c.Rows {
			switch r.Verdict {
			case RowNew:
				if err := access.Check(a, access.ActivityWrite, access.Object{Association: assoc.ID, Owner: r.Fields.OwnerID}); err != nil {
					return err
				}
				activity, err := s.insertActivity(ctx, tx, a, assoc, r.Fields)
				if err != nil {
					return err
				}
				touched = append(touched, activity)
				planned++
			case RowChanged:
				served, err := s.changeActivityIn(ctx, tx, a, assoc, access.ActivityWrite, r.ID, r.Version, "edit", s.rewritten(r.Fields))
				if err != nil {
					return err
				}
				touched, before = append(touched, r.ID), append(before, served...)
				changed++
			}
		}
		if err := s.recomputeServedBy(ctx, tx, assoc.ID, touched, before...); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*FormDraft)(nil)).Where("account_id = ?", a.Account).Where("page = ?", uploadPage(assoc)).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "plan.import", "plan", id.None, nil, map[string]any{"file": u.File, "planned": planned, "changed": changed})
	})
	return u, planned, changed, err
}
