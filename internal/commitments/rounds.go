package commitments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Round is a follow-up of a tertial or half-year. While it is open, comments are written beside what the ledger knows; freezing it stores
// all of that as a snapshot that nothing changes any more. A mistake found later is put right by a new round that refers to it.
type Round struct {
	bun.BaseModel `bun:"table:rounds"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	Title         string
	PeriodFrom    period.Date
	PeriodTo      period.Date
	ClosesOn      period.Date
	CorrectsID    id.ID     `bun:",nullzero"` // an earlier, frozen round
	Public        bool      // a frozen round is for the board until the association says that everybody may read it
	PublishedAt   time.Time `bun:",nullzero"` // when it said so the last time
	OpenedBy      id.ID     `bun:",nullzero"`
	OpenedAt      time.Time
	FrozenBy      id.ID     `bun:",nullzero"`
	FrozenAt      time.Time `bun:",nullzero"`
	Version       int64
}

// Frozen tells whether the round has become a report.
func (r Round) Frozen() bool { return !r.FrozenAt.IsZero() }

// RoundComment is what the office says about one promise in a round.
type RoundComment struct {
	bun.BaseModel `bun:"table:round_comments"`
	AssociationID id.ID `bun:",pk"`
	RoundID       id.ID `bun:",pk"`
	PledgeID      id.ID `bun:",pk"`
	Comment       string
	UpdatedBy     id.ID `bun:",nullzero"`
	UpdatedAt     time.Time
	Version       int64
}

// SnapshotRow is a frozen round as it is stored.
type SnapshotRow struct {
	bun.BaseModel `bun:"table:snapshots"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	RoundID       id.ID
	ContentJSON   string
	SHA256        string `bun:"sha256"`
	At            time.Time
}

// Snapshot is what was known when a round was frozen. Its JSON has these fields in this order, no white space and no escapes beyond what
// JSON asks for, so that the same content has the same SHA-256 for ever; fields are only ever added at the end.
type Snapshot struct {
	Format      int               `json:"format"` // 1
	Association string            `json:"association"`
	Title       string            `json:"title"`
	From        period.Date       `json:"from"`
	To          period.Date       `json:"to"`
	FrozenOn    period.Date       `json:"frozen_on"`
	FrozenBy    string            `json:"frozen_by,omitempty"`
	Corrects    string            `json:"corrects,omitempty"` // title of the round it puts right
	Figures     SnapshotFigures   `json:"figures"`
	Promises    []SnapshotPromise `json:"promises"`
}

// SnapshotFigures are the sums of the period. An activity that serves several promises, or is held with others, counts once.
type SnapshotFigures struct {
	Promises    int   `json:"promises"`
	Kept        int   `json:"kept"`
	Overdue     int   `json:"overdue"`
	Done        int   `json:"activities_done"`
	Cancelled   int   `json:"activities_cancelled"`
	Reached     int64 `json:"reached"`
	ReachedFrom int   `json:"reached_from"` // activities the number comes from
}

// SnapshotPromise is one promise.
type SnapshotPromise struct {
	Declaration    string             `json:"declaration"`
	Slug           string             `json:"slug"`
	Number         int64              `json:"number"`
	Title          string             `json:"title"`
	Wording        string             `json:"wording"`
	WordingVersion int64              `json:"wording_version"`
	State          string             `json:"state"`
	StateSince     period.Date        `json:"state_since"`
	OverdueSince   period.Date        `json:"overdue_since"`
	StepsTotal     int64              `json:"steps_total"`
	StepsDone      int64              `json:"steps_done"`
	StepsOverdue   int64              `json:"steps_overdue"`
	Comment        string             `json:"comment"`
	Activities     []SnapshotActivity `json:"activities"`
}

// SnapshotActivity is an activity of the period.
type SnapshotActivity struct {
	Title     string           `json:"title"`
	Status    Status           `json:"status"`
	State     string           `json:"state"`
	Precision period.Precision `json:"precision"`
	From      period.Date      `json:"from"`
	To        period.Date      `json:"to"`
	Reached   *int64           `json:"reached"`
	How       ReachedHow       `json:"reached_how,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	Public    bool             `json:"public"`
}

// When is the activity's date with its precision.
func (a SnapshotActivity) When() period.When {
	return period.When{Precision: a.Precision, From: a.From, To: a.To}
}

// canonical is the snapshot's JSON and its SHA-256 in hexadecimal.
func (s Snapshot) canonical() (content, sum string, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", "", err
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	h := sha256.Sum256(text)
	return string(text), hex.EncodeToString(h[:]), nil
}

// RoundFields is what a person says when opening a round.
type RoundFields struct {
	Title    string
	Period   [2]period.Date
	ClosesOn period.Date
	Corrects id.ID
}

// Check tells what is wrong with the fields.
func (f RoundFields) Check() error {
	var e errs.Form
	required(&e, "title", f.Title, "round.title_missing")
	if f.Period[0].IsZero() || f.Period[1].IsZero() {
		e.Add("period", "round.period_missing")
	} else if f.Period[1].Before(f.Period[0]) {
		e.Add("period", "adopt.period_reversed")
	}
	if f.ClosesOn.IsZero() {
		e.Add("closes_on", "round.closes_missing")
	}
	return e.Err()
}

// OpenRound begins a follow-up.
func (s *Service) OpenRound(ctx context.Context, a actor.Actor, assoc scope.Association, f RoundFields) (round id.ID, err error) {
	err = s.change(ctx, a, access.RoundManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		if err := f.Check(); err != nil {
			return err
		}
		if f.Corrects != id.None {
			earlier, err := ownRound(ctx, tx, assoc.ID, f.Corrects)
			if err != nil {
				return err
			}
			if !earlier.Frozen() {
				return errs.E(errs.Refused, "round.corrects_open")
			}
		}
		r := Round{AssociationID: assoc.ID, ID: id.New(), Title: f.Title, PeriodFrom: f.Period[0], PeriodTo: f.Period[1], ClosesOn: f.ClosesOn, CorrectsID: f.Corrects, OpenedBy: a.Account, OpenedAt: s.clock.Now(), Version: 1}
		round = r.ID
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "round.open", "round", r.ID, nil, map[string]any{"title": r.Title, "from": r.PeriodFrom, "to": r.PeriodTo, "closes": r.ClosesOn})
	})
	return round, err
}

func ownRound(ctx context.Context, q db.IDB, association, round id.ID) (Round, error) {
	var r Round
	err := one(ctx, q.NewSelect().Model(&r).Where("association_id = ?", association).Where("id = ?", round))
	return r, err
}

// heldRound is ownRound for those who write to it: a comment is either in the snapshot or refused, never lost beside it. The row is written,
// not only locked: a freezing that began to read before the comment was there then meets a row that has changed, and begins again.
func heldRound(ctx context.Context, tx *db.Tx, association, round id.ID) (Round, error) {
	_, err := tx.NewUpdate().Model((*Round)(nil)).Set("version = version").Where("association_id = ?", association).Where("id = ?", round).Where("frozen_at IS NULL").Exec(ctx)
	if err != nil {
		return Round{}, err
	}
	return ownRound(ctx, tx, association, round)
}

const maxComment = 4000

// CommentOn writes the comment on a promise in an open round; version is the one that was read, 0 for the first comment. It answers with the
// new version, so that a page may go on saving as somebody writes. The same words sent twice by the same person, as when a page saved them by
// itself just before the button was pressed, are written once. What somebody else has written since is never written over: errs.Conflict.
// The audit trail keeps what a round held when it was frozen, not every pause in the writing.
func (s *Service) CommentOn(ctx context.Context, a actor.Actor, assoc scope.Association, round, pledge id.ID, version int64, comment string) (now int64, err error) {
	err = s.change(ctx, a, access.RoundManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		r, err := heldRound(ctx, tx, assoc.ID, round)
		if err != nil {
			return err
		}
		if r.Frozen() {
			return errs.E(errs.Refused, "round.is_frozen")
		}
		if _, err := ownPledge(ctx, tx, assoc.ID, pledge); err != nil {
			return err
		}
		if n := len([]rune(comment)); n > maxComment {
			var e errs.Form
			e.Add("comment", "error.too_long", "max", maxComment, "now", n)
			return e.Err()
		}
		var was RoundComment // its version is 0 when there is none
		err = one(ctx, tx.NewSelect().Model(&was).Where("association_id = ?", assoc.ID).Where("round_id = ?", round).Where("pledge_id = ?", pledge))
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if was.Version != version {
			if now = was.Version; was.Comment == comment && was.UpdatedBy == a.Account {
				return nil
			}
			return errs.E(errs.Conflict, "round.conflict")
		}
		now = version + 1
		c := RoundComment{AssociationID: assoc.ID, RoundID: round, PledgeID: pledge, Comment: comment, UpdatedBy: a.Account, UpdatedAt: s.clock.Now(), Version: now}
		if version == 0 {
			_, err := tx.NewInsert().Model(&c).Exec(ctx)
			return err
		}
		return update(ctx, tx, &c, version, "comment", "updated_by", "updated_at")
	})
	return now, err
}

// FreezeRound makes the round a report: everything that is known at one moment, with the comments, as one text with its hash.
func (s *Service) FreezeRound(ctx context.Context, a actor.Actor, assoc scope.Association, round id.ID, version int64) error {
	return s.changeAtOnce(ctx, a, access.RoundManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		r, err := heldRound(ctx, tx, assoc.ID, round)
		if err != nil {
			return err
		}
		if r.Frozen() {
			return errs.E(errs.Refused, "round.is_frozen")
		}
		page, err := s.roundPage(ctx, tx, assoc, r)
		if err != nil {
			return err
		}
		snapshot := page.Content
		snapshot.FrozenOn, snapshot.FrozenBy = s.Today(), a.Name
		content, sum, err := snapshot.canonical()
		if err != nil {
			return err
		}
		r.FrozenBy, r.FrozenAt = a.Account, s.clock.Now()
		if err := update(ctx, tx, &r, version, "frozen_by", "frozen_at"); err != nil {
			return err
		}
		row := SnapshotRow{AssociationID: assoc.ID, ID: id.New(), RoundID: r.ID, ContentJSON: content, SHA256: sum, At: r.FrozenAt}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if err := enter[followUpFact](ctx, s, tx, followUpFacts, assoc.ID, row.ID); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "round.freeze", "round", r.ID, nil, map[string]any{"title": r.Title, "sha256": sum})
	})
}

// PublishRound says whether everybody may read a frozen round, or only those who are logged in.
func (s *Service) PublishRound(ctx context.Context, a actor.Actor, assoc scope.Association, round id.ID, version int64, public bool) error {
	return s.change(ctx, a, access.RoundManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		r, err := ownRound(ctx, tx, assoc.ID, round)
		if err != nil {
			return err
		}
		if !r.Frozen() {
			return errs.E(errs.Refused, "round.not_frozen")
		}
		before := map[string]any{"public": r.Public}
		if r.Public = public; public {
			r.PublishedAt = s.clock.Now()
		}
		if err := update(ctx, tx, &r, version, "public", "published_at"); err != nil {
			return err
		}
		if err := enter[publicationFact](ctx, s, tx, publicationFacts, assoc.ID, r.ID); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "round.publish", "round", r.ID, before, map[string]any{"public": public})
	})
}

// RoundLine is a round as lists show it.
type RoundLine struct {
	Round
	Promises  int // in force
	Commented int // of them with a comment
}

// Rounds lists the association's rounds, the newest first.
func (s *Service) Rounds(ctx context.Context, a actor.Actor, assoc scope.Association) ([]RoundLine, error) {
	if err := works(a, assoc); err != nil {
		return nil, err
	}
	var list []RoundLine
	return list, rounds(s.db.Read(), assoc.ID).Scan(ctx, &list)
}

// rounds selects RoundLines.
func rounds(q db.IDB, association id.ID) *bun.SelectQuery {
	return q.NewSelect().TableExpr("rounds AS r").ColumnExpr("r.*").
		ColumnExpr("(SELECT count(*) FROM pledges p WHERE p.association_id = r.association_id AND p.replaced_by_id IS NULL) AS promises").
		ColumnExpr("(SELECT count(*) FROM round_comments c JOIN pledges p ON p.association_id = c.association_id AND p.id = c.pledge_id WHERE c.association_id = r.association_id AND c.round_id = r.id AND c.comment <> '' AND p.replaced_by_id IS NULL) AS commented").
		Where("r.association_id = ?", association).OrderExpr("r.id DESC")
}

// RoundPage is a round with what it holds: as it stands now while it is open, as it was when it has been frozen.
type RoundPage struct {
	Round
	Content   Snapshot
	SHA256    string // of a frozen round
	Corrected []Round
	Comments  map[id.ID]RoundComment // by pledge, while it is open
	Pledges   []Promise              // in the order of Content.Promises, while it is open
}

// Round reads a round. One that is frozen and published is everybody's, but for activities that are not public and the name of whoever froze it.
func (s *Service) Round(ctx context.Context, a actor.Actor, assoc scope.Association, round id.ID) (RoundPage, error) {
	q := s.db.Read()
	r, err := shownRound(ctx, q, a, assoc, round)
	if err != nil {
		return RoundPage{}, err
	}
	if !r.Frozen() {
		return s.roundPage(ctx, q, assoc, r)
	}
	p := RoundPage{Round: r}
	var row SnapshotRow
	if err := one(ctx, q.NewSelect().Model(&row).Where("association_id = ?", assoc.ID).Where("round_id = ?", r.ID)); err != nil {
		return p, err
	}
	p.SHA256 = row.SHA256
	if err := json.Unmarshal([]byte(row.ContentJSON), &p.Content); err != nil {
		return p, err
	}
	inside := Inside(a, assoc.ID)
	if !inside {
		p.Content = p.Content.published()
		var err error
		if _, p.SHA256, err = p.Content.canonical(); err != nil {
			return p, err
		}
	}
	later := q.NewSelect().Model(&p.Corrected).Where("association_id = ?", assoc.ID).Where("corrects_id = ?", r.ID).Where("frozen_at IS NOT NULL").Order("id")
	if !inside {
		later = later.Where("public")
	}
	return p, later.Scan(ctx)
}

// shownRound is a round of the association that a may read.
func shownRound(ctx context.Context, q db.IDB, a actor.Actor, assoc scope.Association, round id.ID) (Round, error) {
	r, err := ownRound(ctx, q, assoc.ID, round)
	if err != nil || r.Frozen() && r.Public {
		return r, err
	}
	return r, works(a, assoc)
}

// FrozenJSON is the text of a frozen round whose SHA-256 Round tells: to those inside as it is stored, to everybody else, once it is published, as
// they may see it.
func (s *Service) FrozenJSON(ctx context.Context, a actor.Actor, assoc scope.Association, round id.ID) (string, error) {
	q := s.db.Read()
	r, err := shownRound(ctx, q, a, assoc, round)
	if err != nil {
		return "", err
	}
	var row SnapshotRow
	err = one(ctx, q.NewSelect().Model(&row).Where("association_id = ?", assoc.ID).Where("round_id = ?", r.ID))
	if err != nil || Inside(a, assoc.ID) {
		return row.ContentJSON, err
	}
	var content Snapshot
	if err := json.Unmarshal([]byte(row.ContentJSON), &content); err != nil {
		return "", err
	}
	text, _, err := content.published().canonical()
	return text, err
}

// roundPage reads what an open round would freeze now.
func (s *Service) roundPage(ctx context.Context, q db.IDB, assoc scope.Association, r Round) (RoundPage, error) {
	p := RoundPage{Round: r, Comments: map[id.ID]RoundComment{}, Content: Snapshot{Format: 1, Association: assoc.Name, Title: r.Title, From: r.PeriodFrom, To: r.PeriodTo}}
	if r.CorrectsID != id.None {
		earlier, err := ownRound(ctx, q, assoc.ID, r.CorrectsID)
		if err != nil {
			return p, err
		}
		p.Content.Corrects = earlier.Title
	}
	list, err := promises(ctx, q, assoc.ID)
	if err != nil {
		return p, err
	}
	list = slices.DeleteFunc(list, func(x Promise) bool { return progress.State(x.State) == progress.Replaced })
	byNumber(list)
	p.Pledges = list
	var comments []RoundComment
	if err := q.NewSelect().Model(&comments).Where("association_id = ?", assoc.ID).Where("round_id = ?", r.ID).Scan(ctx); err != nil {
		return p, err
	}
	for _, c := range comments {
		p.Comments[c.PledgeID] = c
	}
	var wordings []Wording
	if err := q.NewSelect().Model(&wordings).Where("association_id = ?", assoc.ID).Order("version").Scan(ctx); err != nil {
		return p, err
	}
	inForce := map[id.ID]Wording{}
	for _, w := range wordings {
		inForce[w.PledgeID] = w
	}
	acts, err := s.roundActivities(ctx, q, assoc.ID, r, &p.Content.Figures)
	if err != nil {
		return p, err
	}
	for _, x := range list {
		state := progress.State(x.State)
		p.Content.Figures.Promises++
		if state.Kept() {
			p.Content.Figures.Kept++
		}
		if state.Overdue() {
			p.Content.Figures.Overdue++
		}
		p.Content.Promises = append(p.Content.Promises, SnapshotPromise{Declaration: x.Declaration, Slug: x.Slug, Number: x.Number, Title: x.Title, Wording: inForce[x.ID].Wording, WordingVersion: x.WordingVersion,
			State: x.State, StateSince: x.StateSince, OverdueSince: x.OverdueSince, StepsTotal: x.StepsTotal, StepsDone: x.StepsDone, StepsOverdue: x.StepsOverdue,
			Comment: p.Comments[x.ID].Comment, Activities: acts[x.ID]})
	}
	return p, nil
}

// roundActivities reads the activities of the period by pledge, and sums each of them once.
func (s *Service) roundActivities(ctx context.Context, q db.IDB, association id.ID, r Round, f *SnapshotFigures) (map[id.ID][]SnapshotActivity, error) {
	var held []ActivityLine
	err := lines(q, association, true).Where("o.confirmed_at IS NOT NULL").Where("a.to_on BETWEEN ? AND ?", r.PeriodFrom, r.PeriodTo).Where("a.date_precision <> ?", period.NotSet).Scan(ctx, &held)
	if err != nil {
		return nil, err
	}
	for _, a := range held {
		switch a.Status {
		case Done:
			f.Done++
			if n := a.CountedReach(); n != nil {
				f.Reached += *n
				f.ReachedFrom++
			}
		case Cancelled:
			f.Cancelled++
		}
	}
	var served []Serving
	if err := q.NewSelect().Model(&served).Where("pledge_association_id = ?", association).Where("plan_year BETWEEN ? AND ?", r.PeriodFrom.Year-1, r.PeriodTo.Year).Scan(ctx); err != nil {
		return nil, err
	}
	pledges := map[id.ID][]id.ID{}
	for _, v := range served {
		pledges[v.ActivityID] = append(pledges[v.ActivityID], v.PledgeID)
	}
	by := map[id.ID][]SnapshotActivity{}
	for _, a := range held {
		for _, pledge := range pledges[a.ID] {
			by[pledge] = append(by[pledge], SnapshotActivity{Title: a.Title, Status: a.Status, State: a.State, Precision: a.DatePrecision, From: a.FromOn, To: a.ToOn, Reached: a.CountedReach(), How: a.CountedHow(), Reason: a.StatusReason, Public: a.Public})
		}
	}
	return by, nil
}
