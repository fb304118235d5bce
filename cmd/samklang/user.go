package main

import (
	"context"
	"fmt"
	"log/slog"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
)

// withApp is the way in for whoever has the machine but no account: the commands for people work on the database directly.
func withApp(ctx context.Context, c app.Config, log *slog.Logger, fn func(*app.App) error) error {
	a, err := app.New(ctx, c, log, clock.System)
	if err != nil {
		return err
	}
	defer a.Close()
	return inWords(fn(a))
}

type userList struct{ app.Config }

func (c *userList) Run(ctx context.Context, t terminal) error {
	return withApp(ctx, c.Config, t.log, func(a *app.App) error {
		list, err := a.Accounts(ctx)
		for _, x := range list {
			fmt.Fprintf(t.out, "%-40s %s%s\n", x.Email, x.Name, map[bool]string{true: "  (manages the installation)"}[x.Admin])
		}
		return err
	})
}

type userAdd struct {
	app.Config
	Email string `arg:"" help:"The person's e-mail address."`
	Name  string `arg:"" help:"The person's name."`
}

func (c *userAdd) Run(ctx context.Context, t terminal) error {
	return withApp(ctx, c.Config, t.log, func(a *app.App) error {
		if err := a.AddAdministrator(ctx, c.Name, c.Email); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s can log in now, with a code by e-mail or from: samklang user code %s\n", c.Name, c.Email)
		return nil
	})
}

type userCode struct {
	app.Config
	Email string `arg:"" help:"The account's e-mail address."`
}

func (c *userCode) Run(ctx context.Context, t terminal) error {
	return withApp(ctx, c.Config, t.log, func(a *app.App) error {
		path, code, err := a.RescueCode(ctx, c.Email)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Open %s%s and enter the code %s. It works once, for ten minutes.\n", a.Base(), path, code)
		return nil
	})
}
