package accessibility

import (
	"context"
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
)

// Needs is what the part needs from the rest of the house.
type Needs struct {
	DB      *db.DB
	Clock   clock.Clock
	Catalog *i18n.Catalog
	// SendMail writes a mail to the outbox, in the transaction.
	SendMail func(ctx context.Context, tx *db.Tx, m mail.Message) error
	// Address is the complete address of a page: of an association, or of the installation when it has no id.
	Address func(a scope.Association, l lang.Lang, path string) string
	// Allow counts one more of the bucket and gives how long to wait when that is more than count in the time.
	Allow func(ctx context.Context, bucket string, count int, per time.Duration) (time.Duration, error)
	// Administrators are who answers for the installation's own pages.
	Administrators func(ctx context.Context) ([]Administrator, error)
}

// Administrator is somebody who answers for the installation.
type Administrator struct {
	ID        id.ID
	Email     string
	Language  lang.Lang
	Reminders bool
}

// Service holds the operations on reports.
type Service struct {
	Needs
	trail audit.Trail
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

// perDay is how many reports an association takes in a day. More is no reader, and nobody could answer them.
const perDay = 100

// MayRead tells whether somebody may read the reports to an association, or with id.None to the installation.
func MayRead(a actor.Actor, association id.ID) error {
	if association == id.None {
		return access.Check(a, access.InstallationManage, access.Object{})
	}
	return access.Check(a, access.BarrierRead, access.Object{Association: association})
}

// MayAnswer tells whether somebody may answer them.
func MayAnswer(a actor.Actor, association id.ID) error {
	if association == id.None {
		return access.Check(a, access.InstallationManage, access.Object{})
	}
	return access.Check(a, access.BarrierAnswer, access.Object{Association: association})
}

// Tell takes a visitor's report and gives its id. No mail is sent for it: an address that somebody else wrote gets nothing until a person
// answers.
func (s *Service) Tell(ctx context.Context, association id.ID, in NewReport, l lang.Lang) (id.ID, error) {
	if err := in.check(); err != nil {
		return id.None, err
	}
	wait, err := s.Allow(ctx, association.String(), perDay, 24*time.Hour)
	if err != nil {
		return id.None, err
	}
	if wait > 0 {
		return id.None, errs.E(errs.TooMany, "barrier.too_many")
	}
	now := s.Clock.Now()
	r := Report{AssociationID: association, ID: id.New(), Language: l.Tag(), Page: in.Page, What: in.What, Aid: in.Aid, Email: in.Email, ReportedAt: now,
		AnswerBy: period.DateOf(now.In(clock.Stockholm)).AddDays(AnswerDays), Version: 1}
	return r.ID, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, actor.SystemActor, association, "barrier.tell", "barrier", r.ID, nil, picture(r))
	})
}

// picture is what the trail keeps of a report: nothing the visitor wrote about herself, and not her address.
func picture(r Report) any {
	return struct {
		Page      string      `json:"page"`
		AnswerBy  period.Date `json:"answer_by"`
		Answered  bool        `json:"answered"`
		Decision  Decision    `json:"decision"`
		PublicSv  string      `json:"public_sv"`
		PublicEn  string      `json:"public_en"`
		PublicSim string      `json:"public_simple"`
	}{r.Page, r.AnswerBy, r.Answered(), r.Decision, r.PublicSv, r.PublicEn, r.PublicSimple}
}

// Reports lists the reports to an association: those that wait first, by the day they are to be answered, then the rest with the newest
// first.
func (s *Service) Reports(ctx context.Context, a actor.Actor, association id.ID) ([]Report, error) {
	if err := MayRead(a, association); err != nil {
		return nil, err
	}
	return list(ctx, s.DB.Read(), association)
}

// Report gives one report.
func (s *Service) Report(ctx context.Context, a actor.Actor, association, report id.ID) (Report, error) {
	if err := MayRead(a, association); err != nil {
		return Report{}, err
	}
	return find(ctx, s.DB.Read(), association, report)
}

// Answer stores what is answered and decided, and mails the answer to who told, if she left an address. It may be done again as long as the
// thing is not mended.
func (s *Service) Answer(ctx context.Context, a actor.Actor, of scope.Association, report id.ID, version int64, y Reply) error {
	if err := MayAnswer(a, of.ID); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := find(ctx, tx, of.ID, report)
		if err != nil {
			return err
		}
		if err := y.check(before); err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "error.conflict")
		}
		if !before.ClosedAt.IsZero() {
			return errs.E(errs.Refused, "barrier.closed")
		}
		after := before
		after.reply(y, a.Account, s.Clock.Now())
		after.Version++
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(res) == 0 {
			return errs.E(errs.Conflict, "error.conflict")
		}
		if y.Text != "" && before.Email != "" {
			if err := s.SendMail(ctx, tx, s.answerMail(of, after, y.Text)); err != nil {
				return err
			}
		}
		return s.trail.Record(ctx, tx, a, of.ID, "barrier.answer", "barrier", report, picture(before), picture(after))
	})
}

// Due lists what waits at an association: unanswered reports, and answered ones with nothing decided.
func (s *Service) Due(ctx context.Context, q db.IDB, association id.ID) ([]Due, error) {
	open, err := waiting(ctx, q, association)
	due := make([]Due, len(open))
	for i, r := range open {
		due[i] = Due{ID: r.ID, Page: r.Page, ReportedOn: r.ReportedOn(), AnswerBy: r.AnswerBy, Answered: r.Answered()}
	}
	return due, err
}

// Statement is the statement of the installation as it stands: what was committed with the program, and what visitors told.
func (s *Service) Statement(ctx context.Context) (Statement, error) {
	results, err := Latest()
	if err != nil {
		return Statement{}, err
	}
	known, err := Known()
	if err != nil {
		return Statement{}, err
	}
	told, err := standing(ctx, s.DB.Read())
	return Make(results, known, told), err
}
