package associations

import (
	"context"
	"embed"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Locale holds the texts of this package's errors and codes.
//
//go:embed locale
var Locale embed.FS

// Needs is what the service is built of.
type Needs struct {
	DB         *db.DB
	Clock      clock.Clock
	Reserved   func(segment string) bool // first path segments that belong to the installation's own pages
	KnownBrand func(code string) bool    // the brand colours there are
	Main       Host                      // the installation's own host name, which no association may take; "" when none is set
	// PatienceChanged is told, in the transaction, when the days after which a promise lapses have changed.
	PatienceChanged func(ctx context.Context, tx *db.Tx, association id.ID) error
}

// Service keeps the associations of the installation.
type Service struct {
	Needs
	trail  audit.Trail
	bySlug db.Kept[string, scope.Association]
	byHost db.Kept[string, scope.Association]
	hosts  db.Kept[struct{}, map[string]bool]
	logs   db.Kept[id.ID, logIndex]
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

var errNotFound = errs.E(errs.NotFound, "associations.not_found")

// BySlug finds an association by its address; errs.NotFound when there is none.
func (s *Service) BySlug(ctx context.Context, slug string) (scope.Association, error) {
	if _, err := ParseSlug(slug); err != nil {
		return scope.Association{}, errNotFound
	}
	return s.bySlug.Get(ctx, s.DB, slug, func(ctx context.Context) (scope.Association, error) {
		return scopeWhere(ctx, s.DB.Read(), "slug = ?", slug)
	})
}

// ByHost finds the association that has the host name for its own; errs.NotFound when none has. It is asked on every request, so
// the hosts there are stay in memory and the database is only asked about those.
func (s *Service) ByHost(ctx context.Context, host string) (scope.Association, error) {
	host = strings.ToLower(host)
	known, err := s.hosts.Get(ctx, s.DB, struct{}{}, func(ctx context.Context) (map[string]bool, error) { return hosts(ctx, s.DB.Read()) })
	if err != nil {
		return scope.Association{}, err
	}
	if !known[host] {
		return scope.Association{}, errNotFound
	}
	return s.byHost.Get(ctx, s.DB, host, func(ctx context.Context) (scope.Association, error) {
		return scopeWhere(ctx, s.DB.Read(), "host = ?", host)
	})
}

// ByID finds an association; errs.NotFound when there is none.
func (s *Service) ByID(ctx context.Context, association id.ID) (Association, error) {
	return find(ctx, s.DB.Read(), association)
}

// List gives every association of the installation in Swedish order.
func (s *Service) List(ctx context.Context) ([]Association, error) { return list(ctx, s.DB.Read()) }

// ScopesIn gives the associations named, or all of the installation when none is, in Swedish order. It asks q, since asking for another connection
// within a transaction can wait for ever.
func (s *Service) ScopesIn(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error) {
	return scopes(ctx, q, only)
}

// NewAssociation is an association to be created. The fields of its form are slug, host and those of Facts.
type NewAssociation struct {
	Slug string
	Host string
	Facts
}

// Create adds an association. The administrator of the installation may.
func (s *Service) Create(ctx context.Context, a actor.Actor, in NewAssociation) (Association, error) {
	if err := access.Check(a, access.InstallationManage, access.Object{}); err != nil {
		return Association{}, err
	}
	made := Association{ID: id.New(), Facts: in.Facts, Version: 1, CreatedAt: s.Clock.Now()}
	form := s.address(&made, in.Slug, in.Host)
	if err := join(form, made.Facts.check(s.KnownBrand)); err != nil {
		return Association{}, err
	}
	made.SortKey = lang.SortKey(made.ShortName)
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := taken(ctx, tx, made); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); db.IsUnique(err) {
			return errs.E(errs.Conflict, "associations.slug_taken").Because(err) // two at the same time
		} else if err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, made.ID, "association.create", "association", made.ID, nil, made)
	})
	return made, err
}

// Check tells what is wrong with an association that is about to be created, without creating it.
func (s *Service) Check(ctx context.Context, in NewAssociation) error {
	var a Association
	if err := join(s.address(&a, in.Slug, in.Host), in.Facts.check(s.KnownBrand)); err != nil {
		return err
	}
	return taken(ctx, s.DB.Read(), a)
}

func (s *Service) address(a *Association, slug, host string) error {
	var form errs.Form
	var err error
	if a.Slug, err = ParseSlug(strings.TrimSpace(slug)); err != nil {
		form.Add("slug", "associations.slug_invalid")
	} else if s.Reserved(slug) {
		form.Add("slug", "associations.slug_reserved")
	}
	a.Host = s.host(&form, host)
	return form.Err()
}

// host reads a host name for an association. With the installation's own name the portal of all would become one association's page.
func (s *Service) host(form *errs.Form, typed string) Host {
	h, err := ParseHost(typed)
	switch {
	case err != nil:
		form.Add("host", "associations.host_invalid")
	case h != "" && h == s.Main:
		form.Add("host", "associations.host_of_all")
	}
	return h
}

// Edit changes the facts of an association. The version is that of the row the person saw; when somebody else changed it meanwhile
// the error is errs.Conflict and nothing is changed.
func (s *Service) Edit(ctx context.Context, a actor.Actor, association id.ID, version int64, in Facts) error {
	if err := access.Check(a, access.AssociationEdit, access.Object{Association: association}); err != nil {
		return err
	}
	if err := in.check(s.KnownBrand); err != nil {
		return err
	}
	return s.change(ctx, a, association, version, "association.edit", func(x *Association) { x.Facts = in })
}

// Rehost gives an association a host name of its own, or takes it away with "". The administrator of the installation may, because
// the name must lead to this program.
func (s *Service) Rehost(ctx context.Context, a actor.Actor, association id.ID, version int64, host string) error {
	if err := access.Check(a, access.InstallationManage, access.Object{}); err != nil {
		return err
	}
	var form errs.Form
	h := s.host(&form, host)
	if err := form.Err(); err != nil {
		return err
	}
	return s.change(ctx, a, association, version, "association.rehost", func(x *Association) { x.Host = h })
}

func (s *Service) change(ctx context.Context, a actor.Actor, association id.ID, version int64, action string, to func(*Association)) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := find(ctx, tx, association)
		if err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "associations.changed_meanwhile")
		}
		after := before
		to(&after)
		after.SortKey, after.Version = lang.SortKey(after.ShortName), version+1
		if err := taken(ctx, tx, after); err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if db.IsUnique(err) {
			return errs.E(errs.Conflict, "associations.host_taken").Because(err)
		}
		if err == nil && before.LapseAfterDays != after.LapseAfterDays && s.PatienceChanged != nil {
			err = s.PatienceChanged(ctx, tx, association)
		}
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, action, "association", association, before, after)
	})
}

// join puts the faults of two checks into one error.
func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	ea, eb := a.(*errs.Error), b.(*errs.Error) // what errs.Form gives
	both := *ea
	both.Fields = append(append([]errs.Field{}, ea.Fields...), eb.Fields...)
	return &both
}
