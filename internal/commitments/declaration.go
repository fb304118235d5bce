package commitments

import (
	"time"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Declaration is a text that one or several associations have signed. It is kept by the association that adopted it first (its home);
// the others refer to it.
type Declaration struct {
	bun.BaseModel `bun:"table:declarations"`
	AssociationID id.ID `bun:",pk"` // home
	ID            id.ID `bun:",pk"`
	Slug          string
	Title         string
	Preamble      string
	AboutSimple   string // what it is about, in easy-read Swedish; editorial, unlike the preamble
	AboutEn       string
	Edition       int64 // 1, and one more for each declaration that takes the place of an earlier one
	Version       int64
	SupersedesID  id.ID `bun:",nullzero"`
	PeriodFrom    period.Date
	PeriodTo      period.Date
	AdoptedOn     period.Date
	CreatedAt     time.Time
}

// Ref names a declaration, a commitment or an activity together with the association that keeps it.
type Ref struct {
	Home id.ID `json:"home"`
	ID   id.ID `json:"id"`
}

// Ref names the declaration.
func (d Declaration) Ref() Ref { return Ref{d.AssociationID, d.ID} }

// Commitment is one numbered promise of a declaration, in the wording of its home association when it was adopted. What others signed
// may differ by some words; their pledges hold their own wording.
type Commitment struct {
	bun.BaseModel `bun:"table:commitments"`
	AssociationID id.ID `bun:",pk"` // home
	ID            id.ID `bun:",pk"`
	DeclarationID id.ID
	Number        int64
	Wording       string
	Title         string // short, for lists; editorial, unlike the wording
	TitleSimple   string
	TitleEn       string
	Plain         string // the promise in plain language; editorial
	Forms         Forms
	Grounds       Grounds
	ExtraGrounds  string
	Version       int64
}

// TitleIn is the short title in a language, Swedish where there is none.
func (c Commitment) TitleIn(l lang.Lang) string { return titleIn(l, c.Title, c.TitleSimple, c.TitleEn) }

func titleIn(l lang.Lang, sv, simple, en string) string {
	switch {
	case l == lang.Simple && simple != "":
		return simple
	case l == lang.English && en != "":
		return en
	}
	return sv
}

// Signature is an association's signing of a declaration.
type Signature struct {
	bun.BaseModel `bun:"table:signatures"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	HomeID        id.ID
	DeclarationID id.ID
	SignedOn      period.Date
	Decision      string // decision reference, such as "§ 34/2026, dnr 2026-14"
	FileID        id.ID  `bun:",nullzero"` // the signed document
	ImportID      id.ID  `bun:",nullzero"`
	AdoptedBy     id.ID  `bun:",nullzero"`
	AdoptedAt     time.Time
}

// Pledge is one association's share of a commitment. State and what follows it are computed; they stand here so that a page needs
// not compute them again.
type Pledge struct {
	bun.BaseModel    `bun:"table:pledges"`
	AssociationID    id.ID `bun:",pk"`
	ID               id.ID `bun:",pk"`
	HomeID           id.ID // of declaration and commitment
	DeclarationID    id.ID
	CommitmentID     id.ID
	Number           int64
	ResponsibleID    id.ID `bun:",nullzero"`
	PeriodFrom       period.Date
	PeriodTo         period.Date
	Ambition         Ambition
	Verifiable       bool
	VerifiableReason string
	Forms            Forms
	Grounds          Grounds
	ExtraGrounds     string
	AdoptedOn        period.Date
	WordingVersion   int64
	ReplacedByID     id.ID `bun:",nullzero"`
	ReplacedOn       period.Date

	State        string
	Reason       progress.Reason // the rule that gives the state
	StateSince   period.Date
	OverdueSince period.Date
	StepsTotal   int64
	StepsDone    int64
	StepsOverdue int64
	NextOn       period.Date // the next day something is planned
	RecomputeOn  period.Date // the next day the calendar alone may change the state
	Version      int64
}

// Wording is the text of a pledge as adopted. Rows are never changed: a later wording supersedes an earlier one.
type Wording struct {
	bun.BaseModel `bun:"table:wordings"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	PledgeID      id.ID
	Version       int64
	Wording       string
	Reason        string
	Decision      string
	AdoptedOn     period.Date
	AdoptedBy     id.ID `bun:",nullzero"`
	AdoptedAt     time.Time
}

// Milestone is a step towards keeping a pledge that has a last day and is no activity of its own.
type Milestone struct {
	bun.BaseModel   `bun:"table:milestones"`
	AssociationID   id.ID `bun:",pk"`
	ID              id.ID `bun:",pk"`
	PledgeID        id.ID
	Title           string
	DueOn           period.Date
	State           string
	StateSince      period.Date
	WithdrawnOn     period.Date
	WithdrawnReason string
	Version         int64
	CreatedAt       time.Time
}

// StateChange is one line of a pledge's or milestone's history. Rows are never changed.
type StateChange struct {
	bun.BaseModel `bun:"table:state_changes"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	PledgeID      id.ID
	MilestoneID   id.ID `bun:",nullzero"`
	FromState     string
	ToState       string
	ChangedOn     period.Date
	Reason        string
	At            time.Time
}
