package accounts

import (
	"context"
	"database/sql"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

var errNoAccount = errs.E(errs.NotFound, "accounts.not_found")

func findAccount(ctx context.Context, q db.IDB, account id.ID) (Account, error) {
	var a Account
	err := q.NewSelect().Model(&a).Where("id = ?", account).Scan(ctx)
	if db.IsNoRows(err) {
		return a, errNoAccount
	}
	return a, err
}

func accountByEmail(ctx context.Context, q db.IDB, email Email) (Account, error) {
	var a Account
	err := q.NewSelect().Model(&a).Where("email = ?", email).Scan(ctx)
	if db.IsNoRows(err) {
		return a, errNoAccount
	}
	return a, err
}

func rolesOf(ctx context.Context, q db.IDB, account id.ID) ([]Role, error) {
	var roles []Role
	return roles, q.NewSelect().Model(&roles).Where("account_id = ?", account).OrderExpr("valid_from DESC, id DESC").Scan(ctx)
}

func findRole(ctx context.Context, q db.IDB, association, role id.ID) (Role, error) {
	var r Role
	err := q.NewSelect().Model(&r).Where("association_id = ?", association).Where("id = ?", role).Scan(ctx)
	if db.IsNoRows(err) {
		return r, errs.E(errs.NotFound, "error.not_found")
	}
	return r, err
}

// people gives everybody who has or has had a role in the association, in Swedish order, with those roles, the newest first.
func people(ctx context.Context, q db.IDB, association id.ID) ([]Person, error) {
	var roles []Role
	if err := q.NewSelect().Model(&roles).Where("association_id = ?", association).OrderExpr("valid_from DESC, id DESC").Scan(ctx); err != nil {
		return nil, err
	}
	if len(roles) == 0 {
		return nil, nil
	}
	of := map[id.ID][]Role{}
	var ids []id.ID
	for _, r := range roles {
		if of[r.AccountID] == nil {
			ids = append(ids, r.AccountID)
		}
		of[r.AccountID] = append(of[r.AccountID], r)
	}
	var accounts []Account
	if err := q.NewSelect().Model(&accounts).Where("id IN (?)", bun.In(ids)).OrderExpr("sort_key, id").Scan(ctx); err != nil {
		return nil, err
	}
	list := make([]Person, len(accounts))
	for i, a := range accounts {
		list[i] = Person{Account: a, Roles: of[a.ID]}
	}
	return list, nil
}

// heads gives the roles of the heads of an association whose accounts are open, and on PostgreSQL holds them until the transaction
// ends: two heads who remove each other at the same moment would otherwise both succeed.
func heads(ctx context.Context, tx *db.Tx, association id.ID) ([]Role, error) {
	var roles []Role
	sel := tx.NewSelect().Model(&roles).Join("JOIN accounts AS a ON a.id = role.account_id").
		Where("role.association_id = ?", association).Where("role.role = ?", actor.Head).Where("a.closed_at IS NULL").OrderExpr("role.id")
	return roles, hold(tx, sel).Scan(ctx)
}

// administrators gives the ids of the open accounts that administrate the installation, held like heads.
func administrators(ctx context.Context, tx *db.Tx) ([]id.ID, error) {
	var ids []id.ID
	sel := tx.NewSelect().Model((*Account)(nil)).Column("id").Where("admin").Where("closed_at IS NULL").OrderExpr("id")
	return ids, hold(tx, sel).Scan(ctx, &ids)
}

// hold locks the selected rows. On SQLite the whole transaction is alone already.
func hold(tx *db.Tx, sel *bun.SelectQuery) *bun.SelectQuery {
	if tx.Engine == db.Postgres {
		return sel.For("UPDATE")
	}
	return sel
}

// oneRow tells apart a row that was changed from one that somebody else changed first.
func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if db.Affected(res) == 0 {
		return errs.E(errs.Conflict, "accounts.changed_meanwhile")
	}
	return nil
}

func updateAccount(ctx context.Context, tx *db.Tx, before Account, to Account) error {
	to.Version = before.Version + 1
	res, err := tx.NewUpdate().Model(&to).WherePK().Where("version = ?", before.Version).Exec(ctx)
	if db.IsUnique(err) {
		return errs.E(errs.Refused, "accounts.email_taken").Because(err)
	}
	return oneRow(res, err)
}
