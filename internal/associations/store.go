package associations

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// scopeColumns are what Scope is made of.
var scopeColumns = []string{"id", "slug", "host", "name", "short_name", "brand", "email"}

func scopeWhere(ctx context.Context, q db.IDB, where, value string) (scope.Association, error) {
	var a Association
	err := q.NewSelect().Model(&a).Column(scopeColumns...).Where(where, value).Scan(ctx)
	if db.IsNoRows(err) {
		return scope.Association{}, errNotFound
	}
	return a.Scope(), err
}

func find(ctx context.Context, q db.IDB, association id.ID) (Association, error) {
	var a Association
	err := q.NewSelect().Model(&a).Where("id = ?", association).Scan(ctx)
	if db.IsNoRows(err) {
		return a, errNotFound
	}
	return a, err
}

func list(ctx context.Context, q db.IDB) ([]Association, error) {
	var all []Association
	return all, q.NewSelect().Model(&all).OrderExpr("sort_key, id").Scan(ctx)
}

func scopes(ctx context.Context, q db.IDB, only []id.ID) ([]scope.Association, error) {
	sel := q.NewSelect().Model((*Association)(nil)).Column(scopeColumns...).OrderExpr("sort_key, id")
	if len(only) > 0 {
		sel = sel.Where("id IN (?)", bun.In(only))
	}
	var list []scope.Association
	err := db.Rows(ctx, sel, func(rows *sql.Rows) error {
		var a scope.Association
		var host sql.NullString
		err := rows.Scan(&a.ID, &a.Slug, &host, &a.Name, &a.ShortName, &a.Brand, &a.Email)
		a.Host = host.String
		list = append(list, a)
		return err
	})
	return list, err
}

func hosts(ctx context.Context, q db.IDB) (map[string]bool, error) {
	var names []string
	err := q.NewSelect().Model((*Association)(nil)).Column("host").Where("host IS NOT NULL").Scan(ctx, &names)
	known := make(map[string]bool, len(names))
	for _, n := range names {
		known[n] = true
	}
	return known, err
}

// taken refuses an address that another association has.
func taken(ctx context.Context, q db.IDB, a Association) error {
	var form errs.Form
	for field, value := range map[string]string{"slug": string(a.Slug), "host": string(a.Host)} {
		if value == "" {
			continue
		}
		sel := q.NewSelect().Model((*Association)(nil)).Where("id <> ?", a.ID)
		if field == "slug" {
			sel.Where("slug = ?", value)
		} else {
			sel.Where("host = ?", value)
		}
		exists, err := sel.Exists(ctx)
		if err != nil {
			return err
		}
		if exists {
			form.Add(field, "associations."+field+"_taken")
		}
	}
	return form.Err()
}

func members(ctx context.Context, q db.IDB, association id.ID) ([]Member, error) {
	var all []Member
	err := q.NewSelect().Model(&all).Where("association_id = ?", association).OrderExpr("sort_key, id").Scan(ctx)
	slices.SortStableFunc(all, func(a, b Member) int {
		return cmp.Compare(slices.Index(MemberKinds[:], a.Kind), slices.Index(MemberKinds[:], b.Kind))
	})
	return all, err
}

func bodies(ctx context.Context, q db.IDB, association id.ID) ([]Body, error) {
	var all []Body
	err := q.NewSelect().Model(&all).Where("association_id = ?", association).OrderExpr("sort_key, id").Scan(ctx)
	slices.SortStableFunc(all, func(a, b Body) int {
		return cmp.Compare(slices.Index(BodyKinds[:], a.Kind), slices.Index(BodyKinds[:], b.Kind))
	})
	return all, err
}

// oneRow tells apart a row that was changed from one that somebody else changed first.
func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if db.Affected(res) == 0 {
		return errs.E(errs.Conflict, "associations.changed_meanwhile")
	}
	return nil
}
