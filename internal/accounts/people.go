package accounts

import (
	"context"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

// Person is somebody with roles in an association.
type Person struct {
	Account Account
	Roles   []Role // in this association, the newest first
	State   State
}

// People lists everybody who has or has had a role in the association, in Swedish order.
func (s *Service) People(ctx context.Context, a actor.Actor, association id.ID) ([]Person, error) {
	if err := access.Check(a, access.AssociationRead, access.Object{Association: association}); err != nil {
		return nil, err
	}
	list, err := people(ctx, s.DB.Read(), association)
	today := s.today()
	for i := range list {
		list[i].State = stateOf(list[i].Account.Open(), list[i].Roles, today)
	}
	return list, err
}

// NewRole is what is decided when somebody gets a role. A zero From is today, a zero To is until further notice.
type NewRole struct {
	Role         actor.Role
	Body         id.ID
	Organisation string
	From, To     period.Date
}

func (n *NewRole) check(form *errs.Form, today period.Date) {
	if !known(n.Role) {
		form.Add("role", "accounts.role_missing")
	}
	if n.From.IsZero() {
		n.From = today
	}
	if !n.To.IsZero() && n.To.Before(n.From) {
		form.Add("valid_to", "accounts.ends_before_start")
	}
	if l := len([]rune(n.Organisation)); l > 120 {
		form.Add("organisation", "error.too_long", "max", 120, "now", l)
	}
}

// NewPerson is somebody to be invited. LogIn is the full address of the log-in page, for the mail.
type NewPerson struct {
	Name, Email, Language string
	NewRole
	LogIn string
}

// Invite gives a person a role in the association and tells her by mail where to log in. A person who has an account already keeps
// her name and language.
func (s *Service) Invite(ctx context.Context, a actor.Actor, sc scope.Association, in NewPerson) (Account, error) {
	if err := access.Check(a, access.PeopleManage, access.Object{Association: sc.ID}); err != nil {
		return Account{}, err
	}
	var form errs.Form
	fresh := s.fresh(&form, in.Name, in.Email, in.Language)
	in.NewRole.check(&form, s.today())
	if err := form.Err(); err != nil {
		return Account{}, err
	}
	var who Account
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		who, err = accountByEmail(ctx, tx, fresh.Email)
		if errs.Is(err, errs.NotFound) {
			who, err = fresh, s.insert(ctx, tx, a, fresh)
		}
		if err != nil {
			return err
		}
		if !who.Open() {
			return errs.E(errs.Refused, "accounts.is_closed")
		}
		if err := s.giveRole(ctx, tx, a, sc.ID, who, in.NewRole); err != nil {
			return err
		}
		return s.Outbox.Send(ctx, tx, s.invitation(sc, a, who, in))
	})
	return who, err
}

func (s *Service) fresh(form *errs.Form, name, email, language string) Account {
	who := Account{ID: id.New(), Version: 1, Reminders: true, CreatedAt: s.Clock.Now()}
	who.Name = cleanName(form, name)
	who.Email = cleanEmail(form, email)
	who.Language = cleanLanguage(form, language)
	who.SortKey = lang.SortKey(who.Name)
	return who
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, a actor.Actor, who Account) error {
	if _, err := tx.NewInsert().Model(&who).Exec(ctx); db.IsUnique(err) {
		return errs.E(errs.Refused, "accounts.email_taken").Because(err)
	} else if err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, id.None, "account.create", "account", who.ID, nil, picture(who))
}

// picture is what the trail keeps of an account.
func picture(a Account) any {
	return struct {
		Name      string `json:"name"`
		Email     string `json:"email"`
		Language  string `json:"language"`
		Reminders bool   `json:"reminders"`
		Admin     bool   `json:"admin"`
		Closed    bool   `json:"closed"`
	}{a.Name, a.Email.Masked(), a.Language, a.Reminders, a.Admin, !a.Open()}
}

// GiveRole gives a person who has an account another role.
func (s *Service) GiveRole(ctx context.Context, a actor.Actor, association, account id.ID, in NewRole) error {
	if err := access.Check(a, access.PeopleManage, access.Object{Association: association}); err != nil {
		return err
	}
	var form errs.Form
	in.check(&form, s.today())
	if err := form.Err(); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := findAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if !who.Open() {
			return errs.E(errs.Refused, "accounts.is_closed")
		}
		return s.giveRole(ctx, tx, a, association, who, in)
	})
}

func (s *Service) giveRole(ctx context.Context, tx *db.Tx, a actor.Actor, association id.ID, who Account, in NewRole) error {
	has, err := rolesOf(ctx, tx, who.ID)
	if err != nil {
		return err
	}
	for _, r := range has {
		if r.AssociationID == association && r.Role == in.Role && r.BodyID == in.Body && r.On(in.From) {
			return errs.E(errs.Refused, "accounts.has_role", "name", who.Name)
		}
	}
	r := Role{AssociationID: association, ID: id.New(), AccountID: who.ID, Role: in.Role, BodyID: in.Body, Organisation: in.Organisation, ValidFrom: in.From, ValidTo: in.To, Version: 1}
	if slices.ContainsFunc(has, r.apart) {
		return errs.E(errs.Refused, "accounts.counts_or_employed", "name", who.Name)
	}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, association, "role.give", "person", who.ID, nil, named(who, r))
}

func named(who Account, r Role) any {
	return struct {
		Name string `json:"name"`
		Role
	}{who.Name, r}
}

// Role finds a role of the association; errs.NotFound when it is another's.
func (s *Service) Role(ctx context.Context, association, role id.ID) (Role, error) {
	return findRole(ctx, s.DB.Read(), association, role)
}

// EndRole lets a role end after its last day; yesterday ends it at once. The association's last head cannot be taken away: somebody
// else must have the role first.
func (s *Service) EndRole(ctx context.Context, a actor.Actor, association, role id.ID, version int64, last period.Date) error {
	if err := access.Check(a, access.PeopleManage, access.Object{Association: association}); err != nil {
		return err
	}
	var form errs.Form
	if last.IsZero() {
		form.Add("valid_to", "accounts.end_missing")
	} else if last.Before(s.today().AddDays(-1)) {
		form.Add("valid_to", "accounts.end_in_the_past")
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		hs, err := heads(ctx, tx, association)
		if err != nil {
			return err
		}
		before, err := findRole(ctx, tx, association, role)
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(hs, func(h Role) bool { return h.ID == role })
		if needed(before, last, s.today(), others) {
			return errs.E(errs.Refused, "accounts.last_head")
		}
		who, err := findAccount(ctx, tx, before.AccountID)
		if err != nil {
			return err
		}
		after := before
		after.ValidTo, after.Version = last, version+1
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "role.end", "person", who.ID, named(who, before), named(who, after))
	})
}

// Accounts lists every account of the installation in Swedish order, for its administrator.
func (s *Service) Accounts(ctx context.Context, a actor.Actor) ([]Account, error) {
	if err := access.Check(a, access.InstallationManage, access.Object{}); err != nil {
		return nil, err
	}
	var list []Account
	return list, s.DB.Read().NewSelect().Model(&list).OrderExpr("sort_key, id").Scan(ctx)
}

// AddAccount makes an account without a role in any association: an administrator of the installation, or somebody who gets her
// roles later.
func (s *Service) AddAccount(ctx context.Context, a actor.Actor, name, email, language string, admin bool) (Account, error) {
	if err := access.Check(a, access.InstallationManage, access.Object{}); err != nil {
		return Account{}, err
	}
	var form errs.Form
	who := s.fresh(&form, name, email, language)
	who.Admin = admin
	if err := form.Err(); err != nil {
		return Account{}, err
	}
	return who, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.insert(ctx, tx, a, who) })
}

// SetAdmin makes a person an administrator of the installation or no longer one. The last one stays.
func (s *Service) SetAdmin(ctx context.Context, a actor.Actor, account id.ID, version int64, admin bool) error {
	action := "account.admin_end"
	if admin {
		action = "account.admin_give"
	}
	return s.manage(ctx, a, account, version, action, func(ctx context.Context, tx *db.Tx, who *Account) error {
		if admin && !who.Open() {
			return errs.E(errs.Refused, "accounts.is_closed")
		}
		who.Admin = admin
		return nil
	})
}

// CloseAccount shuts a person out at once: every session ends and every code and passkey stops working. Her roles stay as they were
// written. An account that is an association's last head or the last administrator cannot be closed.
func (s *Service) CloseAccount(ctx context.Context, a actor.Actor, account id.ID, version int64) error {
	return s.manage(ctx, a, account, version, "account.close", func(ctx context.Context, tx *db.Tx, who *Account) error {
		roles, err := rolesOf(ctx, tx, account)
		if err != nil {
			return err
		}
		today := s.today()
		for _, r := range roles {
			if r.Role != actor.Head {
				continue
			}
			hs, err := heads(ctx, tx, r.AssociationID)
			if err != nil {
				return err
			}
			others := slices.DeleteFunc(hs, func(h Role) bool { return h.AccountID == account })
			if needed(r, today.AddDays(-1), today, others) {
				return errs.E(errs.Refused, "accounts.last_head")
			}
		}
		who.ClosedAt = s.Clock.Now()
		return dropSessions(ctx, tx, account, id.None)
	})
}

// ReopenAccount lets a person in again.
func (s *Service) ReopenAccount(ctx context.Context, a actor.Actor, account id.ID, version int64) error {
	return s.manage(ctx, a, account, version, "account.reopen", func(_ context.Context, _ *db.Tx, who *Account) error {
		who.ClosedAt = time.Time{}
		return nil
	})
}

// manage changes an account as the installation's administrator and sees to it that one administrator remains.
func (s *Service) manage(ctx context.Context, a actor.Actor, account id.ID, version int64, action string, to func(context.Context, *db.Tx, *Account) error) error {
	if err := access.Check(a, access.InstallationManage, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		admins, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		before, err := findAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "accounts.changed_meanwhile")
		}
		after := before
		if err := to(ctx, tx, &after); err != nil {
			return err
		}
		if before.Admin && before.Open() && !(after.Admin && after.Open()) && len(admins) <= 1 {
			return errs.E(errs.Refused, "accounts.last_admin")
		}
		if err := updateAccount(ctx, tx, before, after); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, id.None, action, "account", account, picture(before), picture(after))
	})
}
