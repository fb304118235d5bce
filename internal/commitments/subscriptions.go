package commitments

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/mail"

	"github.com/uptrace/bun"
)

// Subscription is a visitor's wish to be told when the state of a promise, or of any promise of an association, changes. It counts once it
// is confirmed from the mailbox itself. Leaving removes the row: nothing of the person stays.
type Subscription struct {
	bun.BaseModel `bun:"table:subscriptions"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	PledgeID      id.ID `bun:",nullzero"` // None follows every promise of the association
	Email         string
	Language      string
	ConfirmHash   string    `bun:",nullzero"` // of the secret in the mail that asks for confirmation
	ConfirmedAt   time.Time `bun:",nullzero"`
	CreatedAt     time.Time
}

// SubscriptionLapses is how long an address has to confirm; then its row is removed.
const SubscriptionLapses = 7 * 24 * time.Hour

// NewsDays is how many days a change of state is news. Followers are told of no older one: by then the mails, whose keys keep an address
// from being told twice, may be removed.
const NewsDays = 30

// mailsPerDay is how many mails asking for confirmation one address can be made to get in a day, by whomever.
const mailsPerDay = 5

// Subscribe notes that an address wants to follow a promise, or all of an association when pledge is None. The answer is the same, and so is
// what is done, whether the address follows already, has asked before or is new: nobody learns who follows what.
func (s *Service) Subscribe(ctx context.Context, assoc scope.Association, email string, pledge id.ID, l lang.Lang) error {
	address, err := mail.Address(strings.TrimSpace(email))
	if err != nil {
		var f errs.Form
		f.Add("email", "follow.address_faulty")
		return f.Err()
	}
	if pledge != id.None {
		if _, err := ownPledge(ctx, s.db.Read(), assoc.ID, pledge); err != nil {
			return err
		}
	}
	wait, err := s.needs.Allow(ctx, "follow|"+strings.ToLower(address), mailsPerDay, 24*time.Hour)
	if err != nil || wait > 0 {
		return err
	}
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x := Subscription{AssociationID: assoc.ID, ID: id.New(), PledgeID: pledge, Email: address, Language: l.Tag(), CreatedAt: s.clock.Now()}
		if _, err := same(tx.NewDelete().Model((*Subscription)(nil)), x).Where("confirmed_at IS NULL").Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&x).Exec(ctx); err != nil {
			return err
		}
		return s.needs.Enqueue(ctx, tx, Job{JobConfirm, assoc.ID, x.ID})
	})
}

// same narrows a removal to what the same address follows already.
func same(q *bun.DeleteQuery, x Subscription) *bun.DeleteQuery {
	q = q.Where("association_id = ?", x.AssociationID).Where("lower(email) = ?", strings.ToLower(x.Email))
	if x.PledgeID == id.None {
		return q.Where("pledge_id IS NULL")
	}
	return q.Where("pledge_id = ?", x.PledgeID)
}

// SendConfirmation is the job that asks the owner of the mailbox. The secret is made here and written, hashed, together with the mail: a job
// that runs again finds it there and does nothing.
func (s *Service) SendConfirmation(ctx context.Context, j Job) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var x Subscription
		err := tx.NewSelect().Model(&x).Where("association_id = ?", j.Association).Where("id = ?", j.Subject).Where("confirm_hash IS NULL").Where("confirmed_at IS NULL").Scan(ctx)
		if db.IsNoRows(err) {
			return nil
		}
		if err != nil {
			return err
		}
		assoc, err := s.associationByID(ctx, tx, j.Association)
		if err != nil {
			return err
		}
		secret := make([]byte, 16)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		token := hex.EncodeToString(secret)
		x.ConfirmHash = hashOf(token)
		if _, err := tx.NewUpdate().Model(&x).Column("confirm_hash").WherePK().Exec(ctx); err != nil {
			return err
		}
		what, err := s.followed(ctx, tx, x)
		if err != nil {
			return err
		}
		return s.needs.SendMail(ctx, tx, s.confirmationMail(assoc, x, what, token))
	})
}

// followed is the title of what a subscription is about, "" for all of an association.
func (s *Service) followed(ctx context.Context, q db.IDB, x Subscription) (string, error) {
	if x.PledgeID == id.None {
		return "", nil
	}
	p, err := pledgeTitle(ctx, q, x.AssociationID, x.PledgeID)
	return p.TitleIn(languageOf(x)), err
}

type titledPledge struct {
	Number                      int64
	Slug                        string
	Title, TitleSimple, TitleEn string
}

func (p titledPledge) TitleIn(l lang.Lang) string {
	return titleIn(l, p.Title, p.TitleSimple, p.TitleEn)
}

func pledgeTitle(ctx context.Context, q db.IDB, association, pledge id.ID) (titledPledge, error) {
	var p titledPledge
	err := q.NewSelect().TableExpr("pledges AS p").ColumnExpr("p.number, d.slug, c.title, c.title_simple, c.title_en").
		Join("JOIN commitments AS c ON c.association_id = p.home_id AND c.id = p.commitment_id").
		Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
		Where("p.association_id = ?", association).Where("p.id = ?", pledge).Limit(1).Scan(ctx, &p)
	return p, err
}

func languageOf(x Subscription) lang.Lang {
	l, _ := lang.Parse(x.Language)
	return l
}

func (s *Service) associationByID(ctx context.Context, q db.IDB, association id.ID) (scope.Association, error) {
	by, err := s.associationsByID(ctx, q, []id.ID{association})
	if err != nil {
		return scope.Association{}, err
	}
	a, ok := by[association]
	if !ok {
		return a, errs.E(errs.NotFound, "error.not_found")
	}
	return a, nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ConfirmSubscription takes the secret of the mail. It may be sent again; a link that was never sent, or whose subscription has lapsed, is
// errs.NotFound.
func (s *Service) ConfirmSubscription(ctx context.Context, assoc scope.Association, token string) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var x Subscription
		err := tx.NewSelect().Model(&x).Where("association_id = ?", assoc.ID).Where("confirm_hash = ?", hashOf(token)).Scan(ctx)
		if db.IsNoRows(err) || err == nil && x.ConfirmedAt.IsZero() && s.clock.Now().Sub(x.CreatedAt) > SubscriptionLapses {
			return errs.E(errs.NotFound, "follow.link_lapsed")
		}
		if err != nil || !x.ConfirmedAt.IsZero() {
			return err
		}
		if _, err := same(tx.NewDelete().Model((*Subscription)(nil)), x).Where("id <> ?", x.ID).Exec(ctx); err != nil {
			return err
		}
		x.ConfirmedAt = s.clock.Now()
		_, err = tx.NewUpdate().Model(&x).Column("confirmed_at").WherePK().Exec(ctx)
		return err
	})
}

// Leave removes a subscription. The token is that of its mails; leaving twice is leaving once.
func (s *Service) Leave(ctx context.Context, assoc scope.Association, subscription id.ID, token string) error {
	ok, err := s.MayLeave(ctx, assoc, subscription, token)
	if err != nil {
		return err
	}
	if !ok {
		return errs.E(errs.NotFound, "follow.link_lapsed")
	}
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Subscription)(nil)).Where("association_id = ?", assoc.ID).Where("id = ?", subscription).Exec(ctx)
		return err
	})
}

// MayLeave tells whether a leave link is one of ours.
func (s *Service) MayLeave(ctx context.Context, assoc scope.Association, subscription id.ID, token string) (bool, error) {
	key, err := s.leaveKey(ctx)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(leaveToken(key, assoc.ID, subscription))) == 1, nil
}

const leaveKeyName = "commitments.leave"

// leaveKey is the installation's key of leave links, made the first time it is needed. With it the links need not be stored.
func (s *Service) leaveKey(ctx context.Context) (string, error) {
	var key string
	err := s.db.Read().NewRaw("SELECT value FROM installation_keys WHERE name = ?", leaveKeyName).Scan(ctx, &key)
	if !db.IsNoRows(err) {
		return key, err
	}
	err = s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", leaveKeyName, rand.Text()+rand.Text(), s.clock.Now()).Exec(ctx); err != nil {
			return err
		}
		return tx.NewRaw("SELECT value FROM installation_keys WHERE name = ?", leaveKeyName).Scan(ctx, &key)
	})
	return key, err
}

func leaveToken(key string, association, subscription id.ID) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte("leave"))
	m.Write(association[:])
	m.Write(subscription[:])
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// TellFollowers is the job that mails a change of state to everybody who follows the promise or its association. However often it runs, an
// address gets one mail of a change: the mails' keys see to that.
func (s *Service) TellFollowers(ctx context.Context, j Job) error {
	key, err := s.leaveKey(ctx)
	if err != nil {
		return err
	}
	var c StateChange
	if err := one(ctx, s.db.Read().NewSelect().Model(&c).Where("association_id = ?", j.Association).Where("id = ?", j.Subject)); err != nil {
		return err
	}
	if s.clock.Now().Sub(c.At) >= NewsDays*24*time.Hour {
		return nil
	}
	p, err := pledgeTitle(ctx, s.db.Read(), c.AssociationID, c.PledgeID)
	if err != nil {
		return err
	}
	assoc, err := s.associationByID(ctx, s.db.Read(), c.AssociationID)
	if err != nil {
		return err
	}
	const batch = 200
	for last := id.None; ; {
		var list []Subscription
		err := s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			list = nil
			err := tx.NewSelect().Model(&list).Where("association_id = ?", c.AssociationID).Where("confirmed_at IS NOT NULL").Where("confirmed_at <= ?", s.clock.Now()).
				Where("(pledge_id IS NULL OR pledge_id = ?)", c.PledgeID).Where("id > ?", last).Order("id").Limit(batch).Scan(ctx)
			if err != nil {
				return err
			}
			for _, x := range list {
				if err := s.needs.SendMail(ctx, tx, s.changeMail(assoc, x, c, p, leaveToken(key, x.AssociationID, x.ID))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(list) < batch {
			return err
		}
		last = list[len(list)-1].ID
	}
}
