package commitments

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"

	"github.com/uptrace/bun"
)

// Service holds every operation that changes promises and what belongs to them, and the queries of their pages.
type Service struct {
	db    *db.DB
	clock clock.Clock
	trail audit.Trail
	needs Needs
}

// Needs is what the ledger needs from other parts of the house.
type Needs struct {
	// Enqueue puts a job of this package into the queue, in the transaction.
	Enqueue func(ctx context.Context, tx *db.Tx, job Job) error
	// Enter tells the public log of what the transaction has written.
	Enter func(ctx context.Context, tx *db.Tx, facts ...publiclog.Fact) error
	// Associations lists the associations named, or all of the installation when none is, sorted by name.
	Associations func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error)
	// People lists the people with a role in the association today, sorted by name.
	People func(ctx context.Context, q db.IDB, association id.ID) ([]Colleague, error)
	// NameOf is the name of an account, "" when there is none.
	NameOf func(ctx context.Context, q db.IDB, account id.ID) (string, error)
	// LapseAfter is the number of days without a sign of life after which a promise of the association lapses.
	LapseAfter func(ctx context.Context, q db.IDB, association id.ID) (int, error)
	// Barriers are what visitors told the association that they cannot use and that waits for somebody; nil when there are no such reports.
	Barriers func(ctx context.Context, q db.IDB, association id.ID) ([]DeskBarrier, error)
	// Store keeps a file for the association, checked by content. It takes as long as the upload to a distant place takes, so it comes before the
	// transaction that writes, in which what it gives then names the file and tells its id.
	Store func(ctx context.Context, association id.ID, by actor.Actor, name string, r io.Reader, max int64) (Naming, error)
	// SendMail writes a mail to the outbox, in the transaction.
	SendMail func(ctx context.Context, tx *db.Tx, m mail.Message) error
	// Address is the complete address of a page of an association, for mails.
	Address func(a scope.Association, l lang.Lang, path string) string
	// Allow counts one more of the bucket and gives how long to wait when that is more than limit in the time.
	Allow func(ctx context.Context, bucket string, limit int, per time.Duration) (time.Duration, error)
	// Catalog holds the texts of mails.
	Catalog *i18n.Catalog
	// Log takes what went wrong where no person waits for an answer; nil says nothing.
	Log *slog.Logger
}

// Colleague is a person with a role in an association.
type Colleague struct {
	ID        id.ID
	Name      string
	Email     string
	Language  lang.Lang // of mails to her
	Reminders bool      // wants a mail when something is due
	Roles     []actor.Role
}

// New makes the service.
func New(d *db.DB, c clock.Clock, needs Needs) *Service {
	if needs.Log == nil {
		needs.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: d, clock: c, trail: audit.Trail{Clock: c}, needs: needs}
}

// Today is the calendar day the rules go by.
func (s *Service) Today() period.Date { return clock.Today(s.clock) }

// change runs an operation: it checks the right, then runs fn in a transaction.
func (s *Service) change(ctx context.Context, a actor.Actor, act actor.Action, on access.Object, fn func(ctx context.Context, tx *db.Tx) error) error {
	if err := access.Check(a, act, on); err != nil {
		return err
	}
	return s.db.WithTx(ctx, fn)
}

// changeAtOnce is change for an operation that writes down what it reads: all of it as it stood at one moment.
func (s *Service) changeAtOnce(ctx context.Context, a actor.Actor, act actor.Action, on access.Object, fn func(ctx context.Context, tx *db.Tx) error) error {
	if err := access.Check(a, act, on); err != nil {
		return err
	}
	return s.db.WithSnapshot(ctx, fn)
}

// Naming gives a stored file its name. What is stored and never named is swept away in time.
type Naming func(ctx context.Context, tx *db.Tx) (id.ID, error)

// one reads the row a query finds into dst; none is a NotFound error.
func one(ctx context.Context, q *bun.SelectQuery) error {
	err := q.Limit(1).Scan(ctx)
	if db.IsNoRows(err) {
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return err
}

// hold locks the rows a query selects until the transaction ends. On SQLite the whole transaction is alone already.
func hold(tx *db.Tx, sel *bun.SelectQuery) *bun.SelectQuery {
	if tx.Engine == db.Postgres {
		return sel.For("UPDATE")
	}
	return sel
}

// saved checks that an optimistic update met the version it was made for.
func saved(n int, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "error.conflict")
	}
	return err
}

// update writes the columns of model, a pointer to a row with its keys set, if the row still has the version, and raises it.
func update(ctx context.Context, tx *db.Tx, model any, version int64, columns ...string) error {
	res, err := tx.NewUpdate().Model(model).Column(columns...).Set("version = version + 1").WherePK().Where("version = ?", version).Exec(ctx)
	if err != nil {
		return err
	}
	return saved(db.Affected(res), nil)
}

// answers checks that somebody who is to answer for something has a role in the association today. Whoever does so already may go on.
func (s *Service) answers(ctx context.Context, tx *db.Tx, association, who, already id.ID, field string) error {
	if who == id.None || who == already {
		return nil
	}
	people, err := s.needs.People(ctx, tx, association)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(people, func(p Colleague) bool { return p.ID == who }) {
		return nil
	}
	var f errs.Form
	f.Add(field, "error.not_a_choice")
	return f.Err()
}

func required(f *errs.Form, name, value, key string) {
	if value == "" {
		f.Add(name, key)
	}
}
