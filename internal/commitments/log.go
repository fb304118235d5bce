package commitments

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"

	"github.com/uptrace/bun"
)

// What the ledger enters into the public log. Kinds and names of fields never change after a release. The words that boards have adopted, days,
// numbers and states are open; what individuals wrote and who they are is hidden (docs/adr/0026).
const (
	LogDeclaration = "declaration" // an adopted declaration: title and preamble
	LogPromise     = "promise"     // a promise in the declaration's own wording
	LogSignature   = "signature"   // an association has signed; a later one puts the day or the decision right
	LogWording     = "wording"     // a wording of an association's promise, and which one it replaces
	LogReplacement = "replacement" // another promise has taken the place of this one
	LogState       = "state"       // a promise or a step of it has another state
	LogFollowUp    = "follow-up"   // a follow-up was frozen
	LogPublication = "publication" // a frozen follow-up was published, or taken back
	LogFigure      = "figure"      // a figure that everybody may read was accepted
)

// LogKinds lists every kind, in the order in which people read them.
var LogKinds = [...]string{LogDeclaration, LogPromise, LogSignature, LogWording, LogReplacement, LogState, LogFollowUp, LogPublication, LogFigure}

// LogSources are the rows that entries of the public log tell of, kind by kind.
func (s *Service) LogSources() []publiclog.Source {
	revised := func(action string) func(context.Context, db.IDB, publiclog.Fact, time.Time) (bool, error) {
		return func(ctx context.Context, q db.IDB, f publiclog.Fact, since time.Time) (bool, error) {
			return explained(ctx, q, f, action, since)
		}
	}
	return []publiclog.Source{
		{Kind: LogDeclaration, Table: "declarations", Facts: source[declarationFact](s, declarationFacts)},
		{Kind: LogPromise, Table: "commitments", Facts: source[promiseFact](s, promiseFacts)},
		{Kind: LogSignature, Table: "signatures", Facts: source[signatureFact](s, signatureFacts), Explains: revised("signature.correct")},
		{Kind: LogWording, Table: "wordings", Facts: source[wordingFact](s, wordingFacts)},
		{Kind: LogReplacement, Facts: source[replacementFact](s, replacementFacts), Explains: revised("pledge.replace")},
		{Kind: LogState, Table: "state_changes", Facts: source[stateFact](s, stateFacts)},
		{Kind: LogFollowUp, Table: "snapshots", Facts: source[followUpFact](s, followUpFacts)},
		{Kind: LogPublication, Facts: source[publicationFact](s, publicationFacts), Explains: revised("round.publish")},
		{Kind: LogFigure, Facts: source[figureFact](s, figureFacts)},
	}
}

// fact is a row as the log tells of it.
type fact interface {
	key() (association, row id.ID)
	fact() (publiclog.Fact, error)
	name() string // of the row in a message to the administrator
}

const factsAtOnce = 500

// source reads all rows of a kind, page by page.
func source[T fact](s *Service, sel func(db.IDB) *bun.SelectQuery) func(context.Context, db.IDB, func([]publiclog.Fact) error) error {
	return func(ctx context.Context, q db.IDB, yield func([]publiclog.Fact) error) error {
		list, err := s.needs.Associations(ctx, q)
		if err != nil {
			return err
		}
		names := make(map[id.ID]string, len(list))
		for _, a := range list {
			names[a.ID] = a.ShortName
		}
		var association, row id.ID
		for {
			var page []T
			if err := sel(q).Where("(x.association_id, x.id) > (?, ?)", association, row).OrderExpr("x.association_id, x.id").Limit(factsAtOnce).Scan(ctx, &page); err != nil {
				return err
			}
			facts := make([]publiclog.Fact, len(page))
			for i, x := range page {
				if facts[i], err = x.fact(); err != nil {
					return err
				}
				facts[i].Name = x.name() + ", " + names[facts[i].Association]
			}
			if len(page) > 0 {
				if err := yield(facts); err != nil {
					return err
				}
				association, row = page[len(page)-1].key()
			}
			if len(page) < factsAtOnce {
				return nil
			}
		}
	}
}

// enter tells the public log of rows that this transaction has written.
func enter[T fact](ctx context.Context, s *Service, tx *db.Tx, sel func(db.IDB) *bun.SelectQuery, association id.ID, rows ...id.ID) error {
	if len(rows) == 0 {
		return nil
	}
	var list []T
	if err := sel(tx).Where("x.association_id = ?", association).Where("x.id IN (?)", bun.In(rows)).OrderExpr("x.id").Scan(ctx, &list); err != nil {
		return err
	}
	facts := make([]publiclog.Fact, len(list))
	for i, x := range list {
		f, err := x.fact()
		if err != nil {
			return err
		}
		f.At = s.clock.Now()
		facts[i] = f
	}
	return s.needs.Enter(ctx, tx, facts...)
}

// explained tells whether the audit trail knows an operation that changed the row after since, as one of a release without a log would have.
func explained(ctx context.Context, q db.IDB, f publiclog.Fact, action string, since time.Time) (bool, error) {
	subject := f.Subject
	if f.Kind == LogSignature { // the trail names the declaration that was signed
		var err error
		if subject, err = id.Parse(f.Public["declaration"]); err != nil {
			return false, err
		}
	}
	return q.NewSelect().Model((*audit.Entry)(nil)).Where("association_id = ?", f.Association).Where("subject_id = ?", subject).Where("action = ?", action).Where("at > ?", since).Exists(ctx)
}

type declarationFact struct{ Declaration }

func declarationFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("declarations AS x").ColumnExpr("x.*")
}

func (x declarationFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x declarationFact) name() string        { return "declaration " + x.Slug }
func (x declarationFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogDeclaration, Association: x.AssociationID, Subject: x.ID, At: x.CreatedAt, Public: map[string]string{
		"slug": x.Slug, "title": x.Title, "preamble": x.Preamble, "edition": decimal(x.Edition), "supersedes": optionalID(x.SupersedesID), "period_from": x.PeriodFrom.String(),
		"period_to": x.PeriodTo.String(), "adopted_on": x.AdoptedOn.String(), "created_at": publiclog.Time(x.CreatedAt)}}, nil
}

type promiseFact struct {
	Commitment
	Slug      string
	CreatedAt time.Time
}

func promiseFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("commitments AS x").ColumnExpr("x.*, d.slug, d.created_at").Join("JOIN declarations AS d ON d.association_id = x.association_id AND d.id = x.declaration_id")
}

func (x promiseFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x promiseFact) name() string {
	return fmt.Sprintf("promise %d of %s as declared", x.Number, x.Slug)
}
func (x promiseFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogPromise, Association: x.AssociationID, Subject: x.ID, At: x.CreatedAt, Public: map[string]string{
		"declaration": x.DeclarationID.String(), "number": decimal(x.Number), "wording": x.Wording}}, nil
}

type signatureFact struct {
	Signature
	Slug     string
	Document string
}

func signatureFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("signatures AS x").ColumnExpr("x.*, d.slug, f.sha256 AS document").Join("JOIN declarations AS d ON d.association_id = x.home_id AND d.id = x.declaration_id").
		Join("LEFT JOIN files AS f ON f.association_id = x.association_id AND f.id = x.file_id")
}

func (x signatureFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x signatureFact) name() string        { return "signature of " + x.Slug }
func (x signatureFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogSignature, Association: x.AssociationID, Subject: x.ID, At: x.AdoptedAt, Revises: true, Public: map[string]string{
		"home": x.HomeID.String(), "declaration": x.DeclarationID.String(), "signed_on": x.SignedOn.String(), "adopted_at": publiclog.Time(x.AdoptedAt)},
		Hidden: map[string]string{"decision": x.Decision, "document": x.Document, "file": optionalID(x.FileID), "import": optionalID(x.ImportID), "adopted_by": optionalID(x.AdoptedBy)}}, nil
}

type wordingFact struct {
	Wording
	HomeID        id.ID
	DeclarationID id.ID
	CommitmentID  id.ID
	Number        int64
	Slug          string
	ReplacesID    id.ID
}

func wordingFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("wordings AS x").ColumnExpr("x.*, p.home_id, p.declaration_id, p.commitment_id, p.number, d.slug, w.id AS replaces_id").
		Join("JOIN pledges AS p ON p.association_id = x.association_id AND p.id = x.pledge_id").
		Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
		Join("LEFT JOIN wordings AS w ON w.association_id = x.association_id AND w.pledge_id = x.pledge_id AND w.version = x.version - 1")
}

func (x wordingFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x wordingFact) name() string {
	return fmt.Sprintf("wording %d of promise %d of %s", x.Version, x.Number, x.Slug)
}
func (x wordingFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogWording, Association: x.AssociationID, Subject: x.ID, At: x.AdoptedAt, Public: map[string]string{
		"promise": x.PledgeID.String(), "home": x.HomeID.String(), "declaration": x.DeclarationID.String(), "declared": x.CommitmentID.String(), "number": decimal(x.Number), "version": decimal(x.Version),
		"wording": x.Wording.Wording, "replaces": optionalID(x.ReplacesID), "adopted_on": x.AdoptedOn.String(), "adopted_at": publiclog.Time(x.AdoptedAt)},
		Hidden: map[string]string{"reason": x.Reason, "decision": x.Decision, "adopted_by": optionalID(x.AdoptedBy)}}, nil
}

type replacementFact struct {
	AssociationID, ID, ReplacedByID id.ID
	ReplacedOn                      period.Date
	Number                          int64
	Slug                            string
}

func replacementFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("pledges AS x").ColumnExpr("x.association_id, x.id, x.replaced_by_id, x.replaced_on, x.number, d.slug").
		Join("JOIN declarations AS d ON d.association_id = x.home_id AND d.id = x.declaration_id").Where("x.replaced_by_id IS NOT NULL")
}

func (x replacementFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x replacementFact) name() string {
	return fmt.Sprintf("replacement of promise %d of %s", x.Number, x.Slug)
}
func (x replacementFact) fact() (publiclog.Fact, error) {
	at := time.Date(x.ReplacedOn.Year, x.ReplacedOn.Month, x.ReplacedOn.Day, 0, 0, 0, 0, clock.Stockholm)
	return publiclog.Fact{Kind: LogReplacement, Association: x.AssociationID, Subject: x.ID, At: at, Revises: true, Public: map[string]string{
		"promise": x.ID.String(), "by": x.ReplacedByID.String(), "on": x.ReplacedOn.String()}}, nil
}

type stateFact struct {
	StateChange
	Number int64
	Slug   string
}

func stateFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("state_changes AS x").ColumnExpr("x.*, p.number, d.slug").Join("JOIN pledges AS p ON p.association_id = x.association_id AND p.id = x.pledge_id").
		Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id")
}

func (x stateFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x stateFact) name() string {
	return fmt.Sprintf("change of state of promise %d of %s on %s", x.Number, x.Slug, x.ChangedOn)
}
func (x stateFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogState, Association: x.AssociationID, Subject: x.ID, At: x.At, Public: map[string]string{
		"promise": x.PledgeID.String(), "milestone": optionalID(x.MilestoneID), "from": x.FromState, "to": x.ToState, "on": x.ChangedOn.String(), "reason": x.Reason, "at": publiclog.Time(x.At)}}, nil
}

type followUpFact struct {
	SnapshotRow
	Title                string
	PeriodFrom, PeriodTo period.Date
	FrozenBy             id.ID
	FrozenAt             time.Time
}

func followUpFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("snapshots AS x").ColumnExpr("x.*, r.title, r.period_from, r.period_to, r.frozen_by, r.frozen_at").
		Join("JOIN rounds AS r ON r.association_id = x.association_id AND r.id = x.round_id")
}

func (x followUpFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x followUpFact) name() string        { return "follow-up " + x.Title }
func (x followUpFact) fact() (publiclog.Fact, error) {
	return publiclog.Fact{Kind: LogFollowUp, Association: x.AssociationID, Subject: x.ID, At: x.SnapshotRow.At, Public: map[string]string{
		"round": x.RoundID.String(), "from": x.PeriodFrom.String(), "to": x.PeriodTo.String(), "frozen_at": publiclog.Time(x.FrozenAt), "at": publiclog.Time(x.SnapshotRow.At)},
		Hidden: map[string]string{"title": x.Title, "content": x.ContentJSON, "sha256": x.SHA256, "frozen_by": optionalID(x.FrozenBy)}}, nil
}

type publicationFact struct {
	AssociationID, ID id.ID
	Title             string
	Public            bool
	PublishedAt       time.Time
	ContentJSON       string
}

func publicationFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("rounds AS x").ColumnExpr("x.association_id, x.id, x.title, x.public, x.published_at, s.content_json").
		Join("JOIN snapshots AS s ON s.association_id = x.association_id AND s.round_id = x.id").Where("x.published_at IS NOT NULL")
}

func (x publicationFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x publicationFact) name() string        { return "publication of the follow-up " + x.Title }
func (x publicationFact) fact() (publiclog.Fact, error) {
	f := publiclog.Fact{Kind: LogPublication, Association: x.AssociationID, Subject: x.ID, At: x.PublishedAt, Revises: true, Public: map[string]string{
		"round": x.ID.String(), "public": strconv.FormatBool(x.Public), "published_at": publiclog.Time(x.PublishedAt)}}
	var content Snapshot
	if err := json.Unmarshal([]byte(x.ContentJSON), &content); err != nil { // its own entry tells what is wrong with it
		return f, nil
	}
	text, _, err := content.published().canonical()
	f.Hidden = map[string]string{"report": text}
	return f, err
}

type figureFact struct{ Evidence }

func figureFacts(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("evidence AS x").ColumnExpr("x.*").Where("x.kind = ?", EvidenceFigure).Where("x.status = ?", Accepted).Where("x.public")
}

func (x figureFact) key() (id.ID, id.ID) { return x.AssociationID, x.ID }
func (x figureFact) name() string        { return "figure " + x.Title }
func (x figureFact) fact() (publiclog.Fact, error) {
	figure := ""
	if x.Figure != nil {
		figure = decimal(*x.Figure)
	}
	return publiclog.Fact{Kind: LogFigure, Association: x.AssociationID, Subject: x.ID, At: x.ReviewedAt, Public: map[string]string{
		"activity": optionalID(x.ActivityID), "activity_home": optionalID(x.ActivityHomeID), "milestone": optionalID(x.MilestoneID), "promise": optionalID(x.PledgeID), "figure": figure,
		"happened_on": x.HappenedOn.String(), "filed_on": x.FiledOn.String(), "reviewed_on": x.ReviewedOn.String(), "own_review": strconv.FormatBool(x.OwnReview)},
		Hidden: map[string]string{"title": x.Title, "text": x.Body, "unit": x.FigureUnit, "source": x.FigureSource, "filed_by": optionalID(x.FiledBy), "reviewed_by": optionalID(x.ReviewedBy)}}, nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func optionalID(x id.ID) string {
	if x == id.None {
		return ""
	}
	return x.String()
}

// LogAgrees checks what pages show of a promise against the rows that the public log proves: which wording is in force, and the state.
func (s *Service) LogAgrees(ctx context.Context, q db.IDB) error {
	var list []struct {
		Number          int64
		Slug, State     string
		WordingVersion  int64
		StateSince      period.Date
		Wordings, Known int64
	}
	err := q.NewSelect().TableExpr("pledges AS p").ColumnExpr("p.number, d.slug, p.state, p.wording_version, p.state_since").
		ColumnExpr("(SELECT max(w.version) FROM wordings w WHERE w.association_id = p.association_id AND w.pledge_id = p.id) AS wordings").
		Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
		Where(`p.wording_version <> (SELECT max(w.version) FROM wordings w WHERE w.association_id = p.association_id AND w.pledge_id = p.id)
			OR p.state <> 'not_started' AND NOT EXISTS (SELECT 1 FROM state_changes h WHERE h.association_id = p.association_id AND h.pledge_id = p.id AND h.milestone_id IS NULL AND h.to_state = p.state AND h.changed_on = p.state_since)
			OR p.state = 'not_started' AND EXISTS (SELECT 1 FROM state_changes h WHERE h.association_id = p.association_id AND h.pledge_id = p.id AND h.milestone_id IS NULL)
				AND NOT EXISTS (SELECT 1 FROM state_changes h WHERE h.association_id = p.association_id AND h.pledge_id = p.id AND h.milestone_id IS NULL AND h.to_state = p.state AND h.changed_on = p.state_since)
			OR EXISTS (SELECT 1 FROM state_changes h WHERE h.association_id = p.association_id AND h.pledge_id = p.id AND h.milestone_id IS NULL AND h.changed_on > p.state_since)`).
		OrderExpr("d.slug, p.number").Limit(1).Scan(ctx, &list)
	if err != nil || len(list) == 0 {
		return err
	}
	x := list[0]
	if x.WordingVersion != x.Wordings {
		return publiclog.Disagrees("promise %d of %s would be shown with wording %d, and the last one adopted is %d", x.Number, x.Slug, x.WordingVersion, x.Wordings)
	}
	return publiclog.Disagrees("promise %d of %s would be shown as %s since %s, which its history does not say", x.Number, x.Slug, x.State, x.StateSince)
}
