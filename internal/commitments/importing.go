package commitments

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments/reading"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/document"

	"github.com/uptrace/bun"
)

// MaxDocument is the largest document that can be read in, in bytes.
const MaxDocument = 20 << 20

// A draft beyond this size is no declaration: it is something else that was uploaded by mistake.
const (
	maxDraftPromises   = 300
	maxDraftActivities = 1500
)

// checkSize refuses a draft that nobody could look through.
func (d Draft) checkSize() error {
	if len(d.Promises) > maxDraftPromises || len(d.Activities) > maxDraftActivities {
		return errs.E(errs.TooLarge, "import.too_many", "promises", maxDraftPromises, "activities", maxDraftActivities)
	}
	return nil
}

// ImportStatus is where the reading in of a document stands.
type ImportStatus string

const (
	ImportOpen      ImportStatus = "open"
	ImportAdopted   ImportStatus = "adopted"
	ImportDiscarded ImportStatus = "discarded"
)

// Import is a signed document that was read in. Until it is adopted it is only a draft, which everybody with the right may go on with.
type Import struct {
	bun.BaseModel     `bun:"table:imports"`
	AssociationID     id.ID `bun:",pk"`
	ID                id.ID `bun:",pk"`
	FileID            id.ID
	FileName          string
	Status            ImportStatus
	Year              int
	DocumentText      string
	ReadingJSON       string
	DraftJSON         string
	DeclarationHomeID id.ID `bun:",nullzero"`
	DeclarationID     id.ID `bun:",nullzero"`
	CreatedBy         id.ID `bun:",nullzero"`
	CreatedAt         time.Time
	ClosedAt          time.Time `bun:",nullzero"`
	Version           int64
}

// Passages are the parts of the document's text by what they were understood as.
type Passages struct {
	Parts  []reading.Part    `json:"parts"`
	Unread []reading.Passage `json:"unread"`
}

// ImportPage is an import with its draft and what the document's text was understood as.
type ImportPage struct {
	Import
	Draft    Draft
	Passages Passages
}

// ReadDocument reads a file as the upload page and the command line do, and stores nothing.
func ReadDocument(ctx context.Context, name string, r io.Reader, opts reading.Options) (reading.Reading, error) {
	doc, err := document.Read(ctx, name, r, document.Limits{Bytes: MaxDocument})
	if err != nil {
		return reading.Reading{}, err
	}
	return reading.Read(doc, opts), nil
}

// StartImport reads a signed document and keeps it with a first draft.
func (s *Service) StartImport(ctx context.Context, a actor.Actor, assoc scope.Association, name string, r io.Reader, year int) (imp id.ID, err error) {
	if err := access.Check(a, access.DocumentImport, access.Object{Association: assoc.ID}); err != nil {
		return id.None, err
	}
	content, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return id.None, err
	}
	read, err := ReadDocument(ctx, name, bytes.NewReader(content), reading.Options{Year: year, Association: assoc.Name})
	if err != nil {
		return id.None, err
	}
	row := Import{AssociationID: assoc.ID, ID: id.New(), FileName: name, Status: ImportOpen, Year: year, DocumentText: read.Document.Text, CreatedBy: a.Account, CreatedAt: s.clock.Now(), Version: 1}
	draft := newDraft(read)
	if err := draft.checkSize(); err != nil {
		return id.None, err
	}
	if err := s.proposeJoin(ctx, assoc, &draft); err != nil {
		return id.None, err
	}
	if row.ReadingJSON, err = encode(Passages{read.Parts, read.Unread}); err != nil {
		return id.None, err
	}
	if row.DraftJSON, err = encode(draft); err != nil {
		return id.None, err
	}
	naming, err := s.needs.Store(ctx, assoc.ID, a, name, bytes.NewReader(content), MaxDocument)
	if err != nil {
		return id.None, err
	}
	err = s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if row.FileID, err = naming(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "import.start", "import", row.ID, nil, map[string]any{"file": name, "promises": len(draft.Promises), "activities": len(draft.Activities)})
	})
	return row.ID, err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// proposeJoin pairs the draft's promises with those of the declaration it is most like, if there is one.
func (s *Service) proposeJoin(ctx context.Context, assoc scope.Association, d *Draft) error {
	ref, err := s.LikeliestDeclaration(ctx, assoc, *d)
	if err != nil || ref.ID == id.None {
		return err
	}
	p, err := s.DeclarationPage(ctx, ref)
	if err != nil {
		return err
	}
	d.Join = ref
	for _, m := range PairPromises(*d, p) {
		d.Promises[m.Promise].Joins = m.Commitment.ID
	}
	return nil
}

// LikeliestDeclaration finds the declaration, not yet signed by the association, that holds the most of the draft's promises; at least
// half of them, else the zero Ref.
func (s *Service) LikeliestDeclaration(ctx context.Context, assoc scope.Association, d Draft) (best Ref, err error) {
	declarations, err := s.Declarations(ctx)
	if err != nil {
		return best, err
	}
	most := 0
	for _, other := range declarations {
		p, err := s.DeclarationPage(ctx, other.Ref())
		if err != nil {
			return best, err
		}
		if n := len(PairPromises(d, p)); !signedBy(p, assoc.ID) && n > most && 2*n >= len(d.Promises) {
			most, best = n, p.Ref()
		}
	}
	return best, nil
}

func signedBy(p DeclarationPage, association id.ID) bool {
	for _, s := range p.Signatures {
		if s.AssociationID == association {
			return true
		}
	}
	return false
}

// PromiseMatch pairs a promise of a draft with a commitment of a declaration.
type PromiseMatch struct {
	Promise    int // index in the draft
	Commitment Commitment
	Score      float64
}

// PairPromises finds which promises of the draft are commitments of the declaration, in other words or the same.
func PairPromises(d Draft, p DeclarationPage) []PromiseMatch {
	var mine, theirs []reading.Commitment
	for _, x := range d.Promises {
		mine = append(mine, reading.Commitment{Number: x.Number, Text: x.Wording})
	}
	for _, c := range p.Commitments {
		theirs = append(theirs, reading.Commitment{Number: int(c.Number), Text: c.Wording})
	}
	var out []PromiseMatch
	for _, m := range reading.Pair(mine, theirs) {
		out = append(out, PromiseMatch{m.A, p.Commitments[m.B].Commitment, m.Score})
	}
	return out
}

// Imports lists the documents an association has read in, the newest first.
func (s *Service) Imports(ctx context.Context, a actor.Actor, assoc scope.Association) ([]Import, error) {
	if err := access.Check(a, access.DocumentImport, access.Object{Association: assoc.ID}); err != nil {
		return nil, err
	}
	var list []Import
	err := s.db.Read().NewSelect().Model(&list).ExcludeColumn("document_text", "reading_json", "draft_json").Where("association_id = ?", assoc.ID).Order("id DESC").Limit(100).Scan(ctx)
	return list, err
}

// Import reads one import with its draft.
func (s *Service) Import(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID) (ImportPage, error) {
	if err := access.Check(a, access.DocumentImport, access.Object{Association: assoc.ID}); err != nil {
		return ImportPage{}, err
	}
	return readImport(ctx, s.db.Read(), assoc.ID, imp)
}

// ImportedFile finds the file of an import: for everybody inside once it is adopted, before that for those who read it in.
func (s *Service) ImportedFile(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID) (file id.ID, err error) {
	on := access.Object{Association: assoc.ID}
	if err := access.Check(a, access.DeskRead, on); err != nil {
		return id.None, err
	}
	var row Import
	err = one(ctx, s.db.Read().NewSelect().Model(&row).Column("file_id", "status").Where("association_id = ?", assoc.ID).Where("id = ?", imp))
	if err == nil && row.Status != ImportAdopted {
		err = access.Check(a, access.DocumentImport, on)
	}
	if err != nil {
		return id.None, err
	}
	return row.FileID, nil
}

func readImport(ctx context.Context, q db.IDB, association, imp id.ID) (ImportPage, error) {
	var p ImportPage
	if err := one(ctx, q.NewSelect().Model(&p.Import).Where("association_id = ?", association).Where("id = ?", imp)); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(p.DraftJSON), &p.Draft); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(p.ReadingJSON), &p.Passages)
}

// ChangeDraft lets fn change the draft of an import that is still open.
func (s *Service) ChangeDraft(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID, version int64, fn func(*Draft) error) error {
	return s.change(ctx, a, access.DocumentImport, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		p, err := readImport(ctx, tx, assoc.ID, imp)
		if err != nil {
			return err
		}
		if p.Status != ImportOpen {
			return errs.E(errs.Refused, "import.closed")
		}
		if err := fn(&p.Draft); err != nil {
			return err
		}
		if err := p.Draft.checkSize(); err != nil {
			return err
		}
		if p.DraftJSON, err = encode(p.Draft); err != nil {
			return err
		}
		return update(ctx, tx, &p.Import, version, "draft_json")
	})
}

// AdoptImport adopts the draft: all of it or nothing, once.
func (s *Service) AdoptImport(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID, version int64) (declaration Ref, err error) {
	err = s.change(ctx, a, access.DocumentImport, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		p, err := readImport(ctx, tx, assoc.ID, imp)
		if err != nil {
			return err
		}
		if p.Status != ImportOpen {
			return errs.E(errs.Refused, "import.closed")
		}
		if declaration, err = s.adopt(ctx, tx, a, assoc, p.Draft.adoption(p.FileID, p.ID, s.Today().Year)); err != nil {
			return err
		}
		p.Status, p.ClosedAt = ImportAdopted, s.clock.Now()
		p.DeclarationHomeID, p.DeclarationID = declaration.Home, declaration.ID
		return update(ctx, tx, &p.Import, version, "status", "closed_at", "declaration_home_id", "declaration_id")
	})
	return declaration, err
}

// DiscardImport puts an import away. It and its document are removed after a while (retention).
func (s *Service) DiscardImport(ctx context.Context, a actor.Actor, assoc scope.Association, imp id.ID, version int64) error {
	return s.change(ctx, a, access.DocumentImport, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		p, err := readImport(ctx, tx, assoc.ID, imp)
		if err != nil {
			return err
		}
		if p.Status != ImportOpen {
			return errs.E(errs.Refused, "import.closed")
		}
		p.Status, p.ClosedAt = ImportDiscarded, s.clock.Now()
		if err := update(ctx, tx, &p.Import, version, "status", "closed_at"); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "import.discard", "import", p.ID, map[string]any{"file": p.FileName}, nil)
	})
}

// Replaceable lists the declarations an association has signed that a new one could take the place of: those with pledges in force.
func (s *Service) Replaceable(ctx context.Context, assoc scope.Association) ([]Declaration, error) {
	var list []Declaration
	err := s.db.Read().NewSelect().Model(&list).
		Where("EXISTS (SELECT 1 FROM pledges p WHERE p.association_id = ? AND p.declaration_id = declaration.id AND p.replaced_by_id IS NULL)", assoc.ID).
		Order("adopted_on DESC", "id").Scan(ctx)
	return list, err
}

// Replaces counts how many pledges in force of the declaration that a draft supersedes would be replaced by its promises, and how many
// there are.
func (s *Service) Replaces(ctx context.Context, assoc scope.Association, d Draft) (replaced, all int, err error) {
	old, err := wordedPledges(ctx, s.db.Read(), assoc.ID, d.Supersedes)
	if err != nil {
		return 0, 0, err
	}
	return len(pairWordings(old, d.adoption(id.None, id.None, 0).Promises)), len(old), nil
}
