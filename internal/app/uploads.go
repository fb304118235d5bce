package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/web"

	"github.com/uptrace/bun"
)

// upload is the row that names a stored file for an association.
type upload struct {
	bun.BaseModel `bun:"table:files"`
	AssociationID id.ID  `bun:",pk"`
	ID            id.ID  `bun:",pk"`
	SHA256        string `bun:"sha256"`
	Size          int64
	MediaType     string
	Name          string
	CreatedBy     id.ID `bun:",nullzero"`
	CreatedAt     time.Time
}

// keep checks a file by its content and stores it; what it gives names it. The bytes are there before the transaction that names them begins, since
// putting them into a distant place may take long and SQLite has one writer. When the transaction does not commit they lie there without a name, until
// the sweep takes them.
func (a *App) keep(ctx context.Context, association id.ID, by actor.Actor, name string, r io.Reader, max int64) (commitments.Naming, error) {
	content, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > max {
		return nil, errs.E(errs.TooLarge, "error.too_large", "max", int(max>>20))
	}
	kind, err := files.Inspect(name, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	stored, err := a.files.Put(ctx, bytes.NewReader(content), max)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		row := upload{AssociationID: association, ID: id.New(), SHA256: stored.SHA256, Size: stored.Size, MediaType: kind, Name: files.CleanName(name), CreatedBy: by.Account, CreatedAt: a.clock.Now()}
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return row.ID, err
	}, nil
}

// uploadRoutes are the addresses of stored files.
func (a *App) uploadRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/underlag/{evidence}", Allow: access.Public, Handle: a.evidenceFile},
		{Method: "GET", Path: "/underskrifter/{signature}", Allow: access.DeskRead, Handle: a.signedFile},
		{Method: "GET", Path: "/dokument/{import}", Allow: access.DeskRead, Handle: a.importFile},
	}
}

// evidenceFile serves the file of a piece of evidence: to everybody once it is accepted and public, before that to those who work here.
func (a *App) evidenceFile(w http.ResponseWriter, r *web.Request) error {
	e, err := id.Parse(r.PathValue("evidence"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	file, err := a.commitments.EvidenceFile(r.Context(), r.Actor, r.Scope(), e)
	if err != nil {
		return err
	}
	return a.serveFile(w, r, file)
}

// signedFile serves the document an association has signed, to everybody who works with it.
func (a *App) signedFile(w http.ResponseWriter, r *web.Request) error {
	list, err := a.commitments.OwnSignatures(r.Context(), r.Actor, r.Scope())
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.ID.String() == r.PathValue("signature") && s.FileID != id.None {
			return a.serveFile(w, r, s.FileID)
		}
	}
	return errs.E(errs.NotFound, "error.not_found")
}

// importFile serves the document of an import, as it was uploaded.
func (a *App) importFile(w http.ResponseWriter, r *web.Request) error {
	i, err := id.Parse(r.PathValue("import"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	file, err := a.commitments.ImportedFile(r.Context(), r.Actor, r.Scope(), i)
	if err != nil {
		return err
	}
	return a.serveFile(w, r, file)
}

// upload finds the row that names a stored file.
func (a *App) upload(ctx context.Context, association, file id.ID) (upload, error) {
	var row upload
	err := a.db.Read().NewSelect().Model(&row).Where("association_id = ?", association).Where("id = ?", file).Scan(ctx)
	if db.IsNoRows(err) {
		err = errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return row, err
}

func (a *App) serveFile(w http.ResponseWriter, r *web.Request, file id.ID) error {
	row, err := a.upload(r.Context(), r.Association.ID, file)
	if err != nil {
		return err
	}
	content, _, err := a.files.Open(r.Context(), row.SHA256)
	if err != nil {
		return err
	}
	defer content.Close()
	files.Headers(w.Header(), row.Name, row.MediaType, false)
	http.ServeContent(w, r.Request, "", row.CreatedAt, content)
	return nil
}
