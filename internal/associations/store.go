package associations

import (
	"context"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

func scopeWhere(ctx context.Context, q db.IDB, where, value string) (scope.Association, error) {
	var a Association
	err := q.NewSelect().Model(&a).Column("id", "slug", "host", "name", "short_name", "brand", "email").Where(where, value).Scan(ctx)
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

func hosts(ctx context.Context, q db.IDB) ([]string, error) {
	var names []string
	return names, q.NewSelect().Model((*Association)(nil)).Column("host").Where("host IS NOT NULL").Scan(ctx, &names)
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
