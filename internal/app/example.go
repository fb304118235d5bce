package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/app/example"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// exampleFilled is the installation key that says that the example content is whole.
const exampleFilled = "example.filled"

// newsDays is how many days back the example's changes of state are still news: what is older was mailed long ago.
const newsDays = 7

// fillExample puts the example content into an empty installation. It builds the parts a second time, on the same database, with a
// clock that is moved through the past years.
func (a *App) fillExample(ctx context.Context) error {
	whole, err := a.db.Read().NewSelect().TableExpr("installation_keys").Where("name = ?", exampleFilled).Exists(ctx)
	if err != nil || whole {
		return err
	}
	list, err := a.associations.List(ctx)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return fmt.Errorf("the data directory %s holds something else than a whole example installation; name another with --data, or remove it and start again", a.config.Data)
	}
	today := clock.Today(a.clock)
	moving := clock.At(today)
	then := *a
	then.clock = moving
	if then.files, err = a.config.OpenFiles(ctx, moving, a.log); err != nil {
		return err
	}
	defer then.files.Close()
	then.domains()
	then.accounts.Outbox = noMails{}
	then.barriers.SendMail = func(context.Context, *db.Tx, mail.Message) error { return nil }
	needs := then.commitmentNeeds()
	enqueue := needs.Enqueue
	needs.Enqueue = func(ctx context.Context, tx *db.Tx, j commitments.Job) error {
		if clock.Today(moving).Before(today.AddDays(-newsDays)) {
			return nil
		}
		return enqueue(ctx, tx, j)
	}
	then.commitments = commitments.New(a.db, moving, needs)
	err = example.Build(ctx, example.Needs{DB: a.db, Clock: moving, Today: today, Associations: then.associations, Accounts: then.accounts, Ledger: then.commitments, Barriers: then.barriers, Initiatives: then.initiatives, Followup: then.followup, Equality: then.equality, Surveys: then.surveys, Printer: a.catalog.Printer,
		Store: func(ctx context.Context, association id.ID, by actor.Actor, name string, data []byte) (file id.ID, err error) {
			naming, err := then.keep(ctx, association, by, name, bytes.NewReader(data), commitments.MaxDocument)
			if err != nil {
				return id.None, err
			}
			err = a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				file, err = naming(ctx, tx)
				return err
			})
			return file, err
		}})
	if err != nil {
		return err
	}
	return a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, '', ?)", exampleFilled, a.clock.Now()).Exec(ctx)
		return err
	})
}

// noMails is the outbox of a past whose mails were read long ago.
type noMails struct{}

func (noMails) Send(context.Context, *db.Tx, accounts.Mail) error { return nil }

// exampleRoutes hands out the documents to try the upload with.
func (a *App) exampleRoutes() []web.Route {
	if !a.config.Demo {
		return nil
	}
	return []web.Route{{Method: "GET", Path: "/exempel/{document}", Site: web.OfInstallation, Allow: access.Public, Handle: a.exampleDocument, Sample: []string{"/exempel/" + example.Signed[0]}}}
}

// exampleLinks leads to them from the upload page.
func (a *App) exampleLinks(r *web.Request) []ui.Link {
	if !a.config.Demo {
		return nil
	}
	var links []ui.Link
	for _, name := range example.Signed {
		links = append(links, ui.Link{Label: name, Href: "/exempel/" + name})
	}
	return links
}

func (a *App) exampleDocument(w http.ResponseWriter, r *web.Request) error {
	name := r.PathValue("document")
	if !slices.Contains(example.Signed, name) {
		return errs.E(errs.NotFound, "error.not_found")
	}
	data, err := example.Document(name, clock.Today(a.clock))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err = w.Write(data)
	return err
}
