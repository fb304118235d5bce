package app

import (
	"context"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/lang"
)

// What follows is for the command line: whoever has the machine may do it.

// Accounts lists every account.
func (a *App) Accounts(ctx context.Context) ([]accounts.Account, error) {
	return a.accounts.Accounts(ctx, actor.SystemActor)
}

// AddAdministrator adds an account that manages the installation.
func (a *App) AddAdministrator(ctx context.Context, name, email string) error {
	_, err := a.accounts.AddAccount(ctx, actor.SystemActor, name, email, lang.Swedish.Tag(), true)
	return err
}

// RescueCode makes a one-time code for an account and the path of the page where it is entered.
func (a *App) RescueCode(ctx context.Context, email string) (path, code string, err error) {
	r, err := a.accounts.RescueCode(ctx, email)
	return r.Path, r.Code, err
}
