// Package audit keeps who did what, when, and what it was before and after. Entries are written in the transaction of the change
// itself; the database refuses to alter or remove them.
package audit

import (
	"context"
	"encoding/json"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Entry is one line of the trail.
type Entry struct {
	bun.BaseModel `bun:"table:audit_entries"`
	AssociationID id.ID `bun:",pk"` // the zero ID for what concerns the installation
	ID            id.ID `bun:",pk"`
	At            time.Time
	ActorID       id.ID `bun:",nullzero"`
	ActorName     string
	Action        string // "activity.move"
	SubjectKind   string // "activity"
	SubjectID     id.ID  `bun:",nullzero"`
	BeforeJSON    string
	AfterJSON     string
}

// Trail writes and reads entries.
type Trail struct{ Clock clock.Clock }

// Record adds an entry. Before and after are what is worth knowing of the subject, nil when it did not exist; they must not hold
// secrets or more personal data than the subject itself.
func (t Trail) Record(ctx context.Context, tx *db.Tx, a actor.Actor, association id.ID, action, kind string, subject id.ID, before, after any) error {
	e := Entry{AssociationID: association, ID: id.New(), At: t.Clock.Now(), ActorID: a.Account, ActorName: a.Name, Action: action, SubjectKind: kind, SubjectID: subject}
	var err error
	if e.BeforeJSON, err = text(before); err != nil {
		return err
	}
	if e.AfterJSON, err = text(after); err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&e).Exec(ctx)
	return err
}

func text(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// Filter narrows a listing. Zero fields do not narrow.
type Filter struct {
	Subject id.ID
	Actor   id.ID
	Kind    string // kind of subject
	Before  id.ID  // only entries older than this one, for the next page
	Limit   int
}

// List gives an association's entries, the newest first.
func List(ctx context.Context, q db.IDB, association id.ID, f Filter) ([]Entry, error) {
	var entries []Entry
	sel := q.NewSelect().Model(&entries).Where("association_id = ?", association).OrderExpr("id DESC").Limit(int64(f.Limit))
	if f.Subject != id.None {
		sel.Where("subject_id = ?", f.Subject)
	}
	if f.Actor != id.None {
		sel.Where("actor_id = ?", f.Actor)
	}
	if f.Kind != "" {
		sel.Where("subject_kind = ?", f.Kind)
	}
	if f.Before != id.None {
		sel.Where("id < ?", f.Before)
	}
	return entries, sel.Scan(ctx)
}

// Person is somebody who stands in the trail.
type Person struct {
	ID   id.ID
	Name string
}

// Index tells who and what stands in an association's trail, to filter by: people by the name they have in their latest entry, and
// the kinds of subjects. The program itself, which has no account, is not among the people.
func Index(ctx context.Context, q db.IDB, association id.ID) (people []Person, kinds []string, err error) {
	latest := q.NewSelect().Model((*Entry)(nil)).ColumnExpr("max(CAST(id AS TEXT))").Where("association_id = ?", association).Where("actor_id IS NOT NULL").Group("actor_id")
	if err = q.NewSelect().Model((*Entry)(nil)).ColumnExpr("actor_id AS id, actor_name AS name").Where("association_id = ?", association).Where("CAST(id AS TEXT) IN (?)", latest).Scan(ctx, &people); err != nil {
		return nil, nil, err
	}
	err = q.NewSelect().Model((*Entry)(nil)).Distinct().Column("subject_kind").Where("association_id = ?", association).Scan(ctx, &kinds)
	return people, kinds, err
}
