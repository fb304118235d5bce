package commitments

import (
	"net/url"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// EvidenceKind is what a piece of evidence consists of.
type EvidenceKind string

const (
	EvidenceFile     EvidenceKind = "file"
	EvidenceLink     EvidenceKind = "link"
	EvidenceFigure   EvidenceKind = "figure"   // a number with its unit and source
	EvidenceDecision EvidenceKind = "decision" // a decision reference
	EvidenceAccount  EvidenceKind = "account"  // a short account in words
)

// EvidenceKinds lists every kind.
var EvidenceKinds = [...]EvidenceKind{EvidenceAccount, EvidenceFile, EvidenceLink, EvidenceFigure, EvidenceDecision}

// EvidenceStatus is where a piece of evidence stands.
type EvidenceStatus string

const (
	Filed     EvidenceStatus = "filed"
	Accepted  EvidenceStatus = "accepted"
	Returned  EvidenceStatus = "returned"
	Withdrawn EvidenceStatus = "withdrawn"
)

// Evidence shows that something was done. It belongs to an activity, to a milestone or to a pledge itself – to exactly one of them. The
// person who filed it is not the one who reviews it; where an office has only one person, the review is marked as her own.
type Evidence struct {
	bun.BaseModel  `bun:"table:evidence"`
	AssociationID  id.ID `bun:",pk"`
	ID             id.ID `bun:",pk"`
	ActivityHomeID id.ID `bun:",nullzero"`
	ActivityID     id.ID `bun:",nullzero"`
	MilestoneID    id.ID `bun:",nullzero"`
	PledgeID       id.ID `bun:",nullzero"`
	Kind           EvidenceKind
	Title          string
	Body           string
	URL            string `bun:"url"`
	Figure         *int64
	FigureUnit     string
	FigureSource   string
	FileID         id.ID `bun:",nullzero"`
	HappenedOn     period.Date
	Completes      bool // says that the whole step is done
	Public         bool
	Status         EvidenceStatus
	FiledBy        id.ID `bun:",nullzero"`
	FiledOn        period.Date
	FiledAt        time.Time
	ReviewedBy     id.ID `bun:",nullzero"`
	ReviewedOn     period.Date
	ReviewedAt     time.Time `bun:",nullzero"`
	ReviewComment  string
	OwnReview      bool
	Version        int64
}

// Target is what a piece of evidence belongs to.
type Target struct {
	Activity  Ref
	Milestone id.ID
	Pledge    id.ID
}

// Target is what the evidence belongs to.
func (e Evidence) Target() Target {
	return Target{Ref{e.ActivityHomeID, e.ActivityID}, e.MilestoneID, e.PledgeID}
}

func (t Target) check() error {
	n := 0
	for _, x := range []id.ID{t.Activity.ID, t.Milestone, t.Pledge} {
		if x != id.None {
			n++
		}
	}
	if n != 1 {
		return errs.E(errs.Invalid, "evidence.target_missing")
	}
	return nil
}

// EvidenceFields is what a person writes when filing evidence.
type EvidenceFields struct {
	Target       Target
	Kind         EvidenceKind
	Title, Body  string
	URL          string
	Figure       *int64
	FigureUnit   string
	FigureSource string
	File         id.ID
	HappenedOn   period.Date
	Completes    bool
	Public       bool
}

// Check tells what is wrong with the fields, by form field.
func (f EvidenceFields) Check(today period.Date) error {
	if err := f.Target.check(); err != nil {
		return err
	}
	var e errs.Form
	if f.Title == "" {
		e.Add("title", "evidence.title_missing")
	}
	switch f.Kind {
	case EvidenceFile:
		if f.File == id.None {
			e.Add("file", "evidence.file_missing")
		}
	case EvidenceLink:
		if u, err := url.Parse(f.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			e.Add("url", "evidence.link_faulty")
		}
	case EvidenceFigure:
		if f.Figure == nil {
			e.Add("figure", "evidence.figure_missing")
		}
		if f.FigureSource == "" {
			e.Add("figure_source", "evidence.source_missing")
		}
	case EvidenceDecision, EvidenceAccount:
		if f.Body == "" {
			e.Add("body", "evidence.body_missing")
		}
	default:
		e.Add("kind", "error.not_a_choice")
	}
	if !f.HappenedOn.IsZero() && f.HappenedOn.After(today) {
		e.Add("happened_on", "evidence.in_future")
	}
	return e.Err()
}
