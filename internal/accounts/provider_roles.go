package accounts

import (
	"context"
	"slices"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/openid"

	"github.com/uptrace/bun"
)

// Place is where a rule gives its role.
type Place struct{ Association, Body id.ID }

// roleByRule marks a role that a provider's rule has given. Roles without such a mark were given by hand, and no rule touches them.
type roleByRule struct {
	bun.BaseModel `bun:"table:oidc_roles"`
	AssociationID id.ID `bun:",pk"`
	RoleID        id.ID `bun:",pk"`
	AccountID     id.ID
	Provider      string
}

// grants are the roles that the rules give by these claims, and whether they make an administrator. A rule about an association that does not
// exist gives nothing and is told to the log.
func (s *Service) grants(ctx context.Context, q db.IDB, p Provider, claims openid.Claims) (list []Role, admin bool, err error) {
	today := s.today()
	for _, r := range p.matching(claims) {
		if r.Admin {
			admin = true
			continue
		}
		at, err := s.Place(ctx, q, r.Association, r.Body)
		if errs.Is(err, errs.NotFound) {
			s.Log.WarnContext(ctx, "a rule gives a role where there is nothing", "provider", p.Key, "line", r.line, "association", r.Association, "body", r.Body)
			continue
		}
		if err != nil {
			return nil, false, err
		}
		list = append(list, Role{AssociationID: at.Association, BodyID: at.Body, Role: r.Role, Organisation: r.Organisation, ValidFrom: today, ValidTo: today.AddDays(p.RoleLasts), Version: 1})
	}
	return list, admin, nil
}

func (r Role) sameSeat(x Role) bool {
	return r.AssociationID == x.AssociationID && r.Role == x.Role && r.BodyID == x.BodyID
}

// applyRules gives the roles that the rules say and ends those they no longer say. A role by rule has a last day, which each log-in moves on, so
// that it ends by itself when she does not come back. It ends also when she is the last head of an association: what her organisation has taken
// back must not stay because nobody else has it.
func (s *Service) applyRules(ctx context.Context, tx *db.Tx, p Provider, who Account, wanted []Role) error {
	all, err := rolesOf(ctx, tx, who.ID)
	if err != nil {
		return err
	}
	var marks []roleByRule
	if err := tx.NewSelect().Model(&marks).Where("account_id = ?", who.ID).Where("provider = ?", p.Key).Scan(ctx); err != nil {
		return err
	}
	today := s.today()
	for _, r := range all {
		if !r.On(today) || !slices.ContainsFunc(marks, func(m roleByRule) bool { return m.AssociationID == r.AssociationID && m.RoleID == r.ID }) {
			continue
		}
		last := today.AddDays(-1)
		action := "role.end_by_rule"
		if slices.ContainsFunc(wanted, r.sameSeat) {
			last, action = today.AddDays(p.RoleLasts), "role.renew_by_rule"
			if r.ValidTo.IsZero() || r.ValidTo.AddDays(renewEvery).After(last) {
				continue
			}
		}
		if err := s.moveEnd(ctx, tx, p, who, r, last, action); err != nil {
			return err
		}
	}
	for _, r := range wanted {
		if slices.ContainsFunc(all, func(x Role) bool { return x.sameSeat(r) && x.On(today) }) {
			continue
		}
		if slices.ContainsFunc(all, r.apart) {
			s.Log.WarnContext(ctx, "a rule gives a role that nobody can have beside another she has", "provider", p.Key, "role", r.Role)
			continue
		}
		r.ID, r.AccountID = id.New(), who.ID
		all = append(all, r)
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&roleByRule{AssociationID: r.AssociationID, RoleID: r.ID, AccountID: who.ID, Provider: p.Key}).Exec(ctx); err != nil {
			return err
		}
		if err := s.trail.Record(ctx, tx, p.actor(), r.AssociationID, "role.give_by_rule", "person", who.ID, nil, named(who, r)); err != nil {
			return err
		}
	}
	return nil
}

// renewEvery is how many days pass before a log-in moves the last day of a role again, so that the trail is not full of it.
const renewEvery = 7

func (s *Service) moveEnd(ctx context.Context, tx *db.Tx, p Provider, who Account, before Role, last period.Date, action string) error {
	after := before
	after.ValidTo, after.Version = last, before.Version+1
	res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", before.Version).Exec(ctx)
	if err := oneRow(res, err); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, p.actor(), before.AssociationID, action, "person", who.ID, named(who, before), named(who, after))
}

// applyAdmin makes her an administrator of the installation when a rule says so, and takes it back when it was a rule that gave it.
func (s *Service) applyAdmin(ctx context.Context, tx *db.Tx, p Provider, x *Identity, before Account, admin bool) error {
	if admin == before.Admin || before.Admin && !x.AdminByRule {
		if x.AdminByRule && !before.Admin { // taken away by hand meanwhile
			return s.markAdmin(ctx, tx, x, false)
		}
		return nil
	}
	after, action := before, "account.admin_end_by_rule"
	if after.Admin = admin; admin {
		action = "account.admin_give_by_rule"
	}
	if err := updateAccount(ctx, tx, before, after); err != nil {
		return err
	}
	if err := s.markAdmin(ctx, tx, x, admin); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, p.actor(), id.None, action, "account", before.ID, picture(before), picture(after))
}

func (s *Service) markAdmin(ctx context.Context, tx *db.Tx, x *Identity, by bool) error {
	x.AdminByRule = by
	_, err := tx.NewUpdate().Model(x).Set("admin_by_rule = ?", by).WherePK().Exec(ctx)
	return err
}

// RolesByRule tells which of an association's roles a provider's rule has given, with the provider's name.
func (s *Service) RolesByRule(ctx context.Context, association id.ID) (map[id.ID]string, error) {
	var marks []roleByRule
	if err := s.DB.Read().NewSelect().Model(&marks).Where("association_id = ?", association).Scan(ctx); err != nil {
		return nil, err
	}
	list := make(map[id.ID]string, len(marks))
	for _, m := range marks {
		list[m.RoleID] = s.providerName(m.Provider)
	}
	return list, nil
}

// providerName is a provider's name, or its key when the settings no longer know it.
func (s *Service) providerName(key string) string {
	if p, err := s.provider(key); err == nil {
		return p.Name
	}
	return key
}
