package accounts

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"

	"github.com/uptrace/bun"
)

// outbox keeps what would be sent in the table of the real one, so that a rollback takes it back.
type outbox struct{ d *db.DB }

type mailRow struct {
	bun.BaseModel `bun:"table:mails"`
	ID            id.ID `bun:",pk"`
	AssociationID id.ID `bun:",nullzero"`
	Kind          string
	ToAddress     Email
	FromName      string
	Subject       string
	BodyText      string
	CreatedAt     time.Time
}

func (outbox) Send(ctx context.Context, tx *db.Tx, m Mail) error {
	_, err := tx.NewInsert().Model(&mailRow{ID: id.New(), AssociationID: m.Association, Kind: m.Kind, ToAddress: m.To, FromName: m.FromName, Subject: m.Subject, BodyText: m.Text, CreatedAt: time.Unix(0, 0)}).Exec(ctx)
	return err
}

func (o outbox) all(t *testing.T) []mailRow {
	t.Helper()
	var rows []mailRow
	if err := o.d.Read().NewSelect().Model(&rows).OrderExpr("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return rows
}

// counter is a limiter that counts for ever.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) Allow(_ context.Context, bucket string, count int, per time.Duration) (time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n[bucket]++; c.n[bucket] > count {
		return per, nil
	}
	return 0, nil
}

// world is a service with an association, its head and an administrator.
type world struct {
	*Service
	clock  *clock.Set
	outbox outbox
	here   scope.Association
	there  scope.Association
	admin  actor.Actor
	head   actor.Actor
}

var catalog = func() *i18n.Catalog {
	c, err := i18n.Load(i18n.Locale, Locale, access.Locale)
	if err != nil {
		panic(err)
	}
	return c
}()

// emptyWorld is an installation that nobody has set up.
func emptyWorld(d *db.DB) *world {
	w := &world{clock: clock.At(period.On(2026, 11, 22)), outbox: outbox{d}}
	w.Service = New(Needs{DB: d, Clock: w.clock, Catalog: catalog, Outbox: w.outbox, Limiter: &counter{n: map[string]int{}}})
	return w
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := emptyWorld(d)
	w.here, w.there = w.association(t, "alvkusten", "Älvkusten"), w.association(t, "skogsbygden", "Skogsbygden")
	root, err := w.AddAccount(t.Context(), actor.SystemActor, "Ada Mo", "ada@exempel.se", "sv", true)
	if err != nil {
		t.Fatal(err)
	}
	w.admin = w.actor(t, root.ID)
	w.head = w.actor(t, w.invite(t, w.here, actor.Head, "Hedda Ek", "hedda@exempel.se").ID)
	return w
}

func (w *world) association(t *testing.T, slug, name string) scope.Association {
	t.Helper()
	sc := scope.Association{ID: id.New(), Slug: slug, Name: "Samordningsförbundet " + name, ShortName: name}
	err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, ?, ?, '', ?)", sc.ID, sc.Slug, sc.Name, sc.ShortName, w.clock.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func (w *world) invite(t *testing.T, sc scope.Association, r actor.Role, name, email string) Account {
	t.Helper()
	a, err := w.Invite(t.Context(), actor.SystemActor, sc, NewPerson{Name: name, Email: email, NewRole: NewRole{Role: r}, LogIn: "https://samklang.example/logga-in"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) actor(t *testing.T, account id.ID) actor.Actor {
	t.Helper()
	a, err := w.Actor(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// role is the first role of the actor in the association.
func (w *world) role(t *testing.T, a actor.Actor, sc scope.Association) Role {
	t.Helper()
	roles, err := w.Roles(t.Context(), a.Account)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if r.AssociationID == sc.ID {
			return r
		}
	}
	t.Fatal("no role")
	return Role{}
}

func (w *world) version(t *testing.T, a actor.Actor) int64 {
	t.Helper()
	x, err := w.Account(t.Context(), a.Account)
	if err != nil {
		t.Fatal(err)
	}
	return x.Version
}

func fields(err error) string {
	e, ok := err.(*errs.Error)
	if !ok {
		return ""
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func key(err error) string {
	if e, ok := err.(*errs.Error); ok {
		return e.Key
	}
	return ""
}
