package app

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/accessibility"
	"samklang/internal/accessibility/accessibilityweb"
	"samklang/internal/accounts"
	"samklang/internal/accounts/accountsweb"
	"samklang/internal/associations"
	"samklang/internal/associations/associationsweb"
	"samklang/internal/commitments"
	"samklang/internal/commitments/accountweb"
	"samklang/internal/commitments/deskweb"
	"samklang/internal/commitments/importweb"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/equality"
	"samklang/internal/equality/equalityweb"
	"samklang/internal/followup"
	"samklang/internal/followup/followupweb"
	"samklang/internal/initiatives"
	"samklang/internal/initiatives/initiativesweb"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/logweb"
	"samklang/internal/platform/ratelimit"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
	"samklang/internal/surveys"
	"samklang/internal/surveys/surveysweb"
)

// build makes the parts and gives each what it needs of the others.
func (a *App) build(ctx context.Context) error {
	a.queue = jobs.New(a.db, a.log, a.clock)
	if err := a.queue.Migrate(ctx); err != nil {
		return err
	}
	a.watchJobs()
	var transport mail.Transport
	smtp, err := a.config.MailServer()
	if err != nil {
		return err
	}
	if smtp != nil { // a nil one in the interface would not be nil
		transport = smtp
	}
	a.limiter = limiter{ratelimit.New(a.db, a.clock)}
	a.limiter.PurgeBy(a.queue)
	if a.files, err = a.config.OpenFiles(ctx, a.clock, a.log); err != nil {
		return err
	}
	a.outbox = mail.New(a.db, a.queue, a.clock, a.log, transport)
	a.domains()
	a.sessions = accountsweb.NewSessions(a.accounts, a.config.External, a.config.TrustProxy, a.log)
	a.people = accountsweb.New(accountsweb.Needs{Accounts: a.accounts, Sessions: a.sessions, Clock: a.clock, Frame: a.frame, Association: a.associationScope, Bodies: a.bodies,
		First: firstAssociations{a.associations, a.accounts}, DeskOf: deskOf, Desk: "/skrivbord", CalendarPath: accountweb.OwnCalendarPath, PasskeyScript: a.assets.Passkey, Base: a.Base, Demo: a.config.Demo, TrustProxy: a.config.TrustProxy})
	a.identify = a.sessions.Identify
	a.houses = associationsweb.New(associationsweb.Needs{Associations: a.associations, Clock: a.clock, Frame: a.frame, Barriers: a.waitingBarriers})
	a.imports = importweb.New(a.commitments, a.frame)
	a.imports.Samples = a.exampleLinks
	a.account = accountweb.New(a.accountNeeds())
	a.desk = deskweb.New(deskweb.Needs{Ledger: a.commitments, Clock: a.clock, Log: a.publicLog, Frame: a.frame})
	a.counts = followupweb.New(followupweb.Needs{Followup: a.followup, Clock: a.clock, Frame: a.frame, Signed: a.signedWith})
	a.projects = initiativesweb.New(a.initiativePages())
	a.forms = surveysweb.New(surveysweb.Needs{Surveys: a.surveys, Frame: a.frame})
	a.equals = equalityweb.New(a.equalityPages())
	a.logPages = logweb.New(logweb.Needs{Log: a.publicLog, Frame: a.frame, Public: access.Public, Kinds: append(commitments.LogKinds[:], equality.LogRelease, equality.LogJoint)})
	if err := accessibility.Whole(); err != nil {
		return err
	}
	a.statement = accessibilityweb.New(accessibilityweb.Needs{Reports: a.barriers, Clock: a.clock, Frame: a.frame, Associations: a.scopes, PageName: a.pageName, NameOf: a.nameOf, Program: a.config.Version})
	a.schedule()
	return nil
}

// domains makes the parts that change something, by the clock and on the queue, outbox and files the house has.
func (a *App) domains() {
	a.associations = associations.New(associations.Needs{DB: a.db, Clock: a.clock, Reserved: func(s string) bool { return a.server.Reserved(s) },
		Main:       mainHost(a.config.External),
		KnownBrand: func(code string) bool { _, err := ui.ParseBrand(code); return err == nil },
		PatienceChanged: func(ctx context.Context, tx *db.Tx, association id.ID) error {
			return a.commitments.RecomputeAll(ctx, tx, association)
		}})
	a.accounts = accounts.New(accounts.Needs{DB: a.db, Clock: a.clock, Catalog: a.catalog, Outbox: accountMails{a.outbox}, Limiter: a.limiter,
		Providers: a.config.providers, Place: a.place, Log: a.log, NoMail: a.config.SMTPHost == "" && !a.config.Demo})
	a.barriers = accessibility.New(a.barrierNeeds())
	a.commitments = commitments.New(a.db, a.clock, a.commitmentNeeds())
	a.initiatives = initiatives.New(a.initiativeNeeds())
	a.followup = followup.New(a.followupNeeds())
	a.surveys = surveys.New(surveys.Needs{DB: a.db, Clock: a.clock})
	a.equality = equality.New(a.equalityNeeds())
	a.publicLog = publiclog.New(a.db, a.clock, a.log, a.logSettings())
}

// schedule registers the work of the parts and when it is done.
func (a *App) schedule() {
	jobs.Handle(a.queue, a.doLedger)
	a.queue.Every("ledger.recompute", jobs.Daily(0, 5), ledgerJob{Task: commitments.JobRecompute})
	a.queue.Every("ledger.remind", jobs.Daily(6, 30), ledgerJob{Task: commitments.JobRemind})
	jobs.Handle(a.queue, a.doBarriers)
	a.queue.Every("barriers.remind", jobs.Daily(6, 30), barriersJob{})
	jobs.Handle(a.queue, a.doSweep)
	a.queue.Every("sweep", jobs.Daily(3, 30), sweep{})
	jobs.Handle(a.queue, a.doProve)
	a.queue.Every("log.check", jobs.Daily(4, 10), prove{"check"})
	if len(a.config.LogWitness) > 0 {
		a.queue.Every("log.ask", jobs.Each(time.Minute), prove{"ask"})
	}
}

// ledgerJob carries a job of the promise ledger through the queue.
type ledgerJob struct {
	Task        string `json:"task"`
	Association id.ID  `json:"association"`
	Subject     id.ID  `json:"subject"`
}

func (ledgerJob) Kind() string { return "ledger" }

func (a *App) doLedger(ctx context.Context, j ledgerJob) error {
	switch j.Task {
	case commitments.JobRecompute:
		_, err := a.commitments.Recompute(ctx)
		return err
	case commitments.JobRemind:
		_, err := a.commitments.Remind(ctx)
		return err
	case commitments.JobConfirm:
		return a.commitments.SendConfirmation(ctx, commitments.Job{Association: j.Association, Subject: j.Subject})
	case commitments.JobStateChanged:
		return a.commitments.TellFollowers(ctx, commitments.Job{Association: j.Association, Subject: j.Subject})
	}
	return nil
}

// accountMails sends the mails of accounts through the outbox.
type accountMails struct{ outbox *mail.Outbox }

func (m accountMails) Send(ctx context.Context, tx *db.Tx, x accounts.Mail) error {
	return m.outbox.Send(ctx, tx, mail.Message{Association: x.Association, Kind: x.Kind, To: string(x.To), FromName: x.FromName, Subject: x.Subject, Text: x.Text, Lapses: x.Lapses})
}

func (a *App) commitmentNeeds() commitments.Needs {
	return commitments.Needs{
		Log: a.log,
		Enter: func(ctx context.Context, tx *db.Tx, facts ...publiclog.Fact) error {
			return a.publicLog.Enter(ctx, tx, facts...)
		},
		Enqueue: func(ctx context.Context, tx *db.Tx, j commitments.Job) error {
			return a.queue.Enqueue(ctx, tx, ledgerJob{j.Kind, j.Association, j.Subject}, jobs.Unique(j.Kind+"/"+j.Subject.String()))
		},
		Associations: func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error) {
			return a.associations.ScopesIn(ctx, q, only...)
		},
		People: func(ctx context.Context, q db.IDB, association id.ID) ([]commitments.Colleague, error) {
			people, err := a.accounts.Colleagues(ctx, q, association)
			list := make([]commitments.Colleague, len(people))
			for i, p := range people {
				l, _ := lang.Parse(p.Language)
				list[i] = commitments.Colleague{ID: p.ID, Name: p.Name, Email: string(p.Email), Language: l, Reminders: p.Reminders, Roles: p.Roles}
			}
			return list, err
		},
		Barriers: a.dueBarriers,
		Store:    a.keep,
		SendMail: a.outbox.Send,
		Address:  a.address,
		Allow: func(ctx context.Context, bucket string, count int, per time.Duration) (time.Duration, error) {
			key, err := a.limiter.Hash(ctx, bucket) // it holds an e-mail address
			if err != nil {
				return 0, err
			}
			return a.limiter.Allow(ctx, "ledger/"+key, count, per)
		},
		Catalog: a.catalog,
		NameOf: func(ctx context.Context, q db.IDB, account id.ID) (string, error) {
			return a.accounts.NameOf(ctx, q, account)
		},
		LapseAfter: func(ctx context.Context, q db.IDB, association id.ID) (int, error) {
			var days int
			err := q.NewSelect().TableExpr("associations").Column("lapse_after_days").Where("id = ?", association).Scan(ctx, &days)
			return days, err
		},
	}
}

// limiter counts attempts in the database, so that all copies of the program count together.
type limiter struct{ *ratelimit.Limiter }

func (l limiter) Allow(ctx context.Context, bucket string, count int, per time.Duration) (time.Duration, error) {
	ok, wait, err := l.Limiter.Allow(db.WithoutOnce(ctx), bucket, count, per)
	if err != nil || ok {
		return 0, err
	}
	return max(wait, time.Second), nil
}

// limit counts a request of a route by who sent it: a network address is hashed before it is counted.
func (a *App) limit(ctx context.Context, name, who string, l web.Limit) (time.Duration, error) {
	key, err := a.limiter.Hash(ctx, who)
	if address, e := netip.ParseAddr(who); e == nil {
		key, err = a.limiter.Address(ctx, address)
	}
	if err != nil {
		return 0, err
	}
	return a.limiter.Allow(ctx, name+"/"+key, l.Count, l.Per)
}

func (a *App) associationScope(ctx context.Context, association id.ID) (scope.Association, error) {
	x, err := a.associations.ByID(ctx, association)
	return x.Scope(), err
}

// bodies are those an association has today.
func (a *App) bodies(ctx context.Context, association id.ID) ([]accountsweb.Body, error) {
	list, err := a.associations.Bodies(ctx, association)
	today := clock.Today(a.clock)
	var out []accountsweb.Body
	for _, b := range list {
		if b.On(today) {
			out = append(out, accountsweb.Body{ID: b.ID, Name: b.Name})
		}
	}
	return out, err
}

// place finds the association and body of a rule by which people get roles at log-in. A body is known by its name, as it is today.
func (a *App) place(ctx context.Context, q db.IDB, association, body string) (accounts.Place, error) {
	none := errs.E(errs.NotFound, "error.not_found")
	list, err := a.associations.ScopesIn(ctx, q)
	if err != nil {
		return accounts.Place{}, err
	}
	i := slices.IndexFunc(list, func(x scope.Association) bool { return x.Slug == association })
	if i < 0 {
		return accounts.Place{}, none
	}
	at := accounts.Place{Association: list[i].ID}
	if body == "" {
		return at, nil
	}
	bodies, err := a.bodies(ctx, at.Association)
	if err != nil {
		return at, err
	}
	for _, b := range bodies {
		if strings.EqualFold(b.Name, body) {
			at.Body = b.ID
			return at, nil
		}
	}
	return at, none
}

// CheckProviders tells how it stands with the providers people log in through.
func (a *App) CheckProviders(ctx context.Context) ([]accounts.ProviderState, error) {
	return a.accounts.CheckProviders(ctx)
}

// firstAssociations creates the association of the first start.
type firstAssociations struct {
	associations *associations.Service
	accounts     *accounts.Service
}

func (f firstAssociations) facts(in accountsweb.FirstAssociation) associations.NewAssociation {
	slug := in.Slug
	if slug == "" {
		slug = string(associations.SuggestSlug(in.ShortName))
	}
	return associations.NewAssociation{Slug: slug, Facts: associations.Facts{Name: in.Name, ShortName: in.ShortName}}
}

func (f firstAssociations) Check(ctx context.Context, in accountsweb.FirstAssociation) error {
	return f.associations.Check(ctx, f.facts(in))
}

func (f firstAssociations) Create(ctx context.Context, a actor.Actor, in accountsweb.FirstAssociation) (scope.Association, error) {
	x, err := f.associations.Create(ctx, a, f.facts(in))
	if err != nil {
		return scope.Association{}, err
	}
	// Whoever sets the program up for an association wants to work in it; the role can be handed on from the page of people.
	return x.Scope(), f.accounts.GiveRole(ctx, actor.SystemActor, x.ID, a.Account, accounts.NewRole{Role: actor.Head})
}
