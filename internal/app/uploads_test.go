package app

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
)

// distant is a store that takes its time, in which somebody else writes.
type distant struct {
	files.Store
	meanwhile func() error
	puts      int
	gone      error
}

func (d *distant) Put(ctx context.Context, r io.Reader, max int64) (files.Stored, error) {
	d.puts++
	if err := errors.Join(d.meanwhile(), d.gone); err != nil {
		return files.Stored{}, err
	}
	return d.Store.Put(ctx, r, max)
}

// While a file is on its way to where files lie, others write; who may not file evidence puts nothing there; and what could not be put leaves no row.
func TestAnUploadHoldsUpNobody(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx, head := t.Context(), in.actors["head"]
		store := &distant{Store: in.files, meanwhile: func() error {
			soon, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			return in.db.WithTx(soon, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw("UPDATE associations SET name = name WHERE id = ?", in.here.ID).Exec(ctx)
				return err
			})
		}}
		in.files = store
		ref, err := in.commitments.PlanActivity(ctx, head, in.here, commitments.ActivityFields{Title: "Seminarium", Kind: "seminar", When: period.OnDay(period.On(2026, 11, 20)), PlanYear: 2026})
		if err != nil {
			t.Fatal(err)
		}
		file := func(by string) error {
			f := commitments.EvidenceFields{Target: commitments.Target{Activity: commitments.Ref{Home: in.here.ID, ID: ref}}, Kind: commitments.EvidenceFile, Title: "Anteckningar", HappenedOn: period.On(2026, 11, 20)}
			return in.commitments.FileEvidence(ctx, in.actors[by], in.here, f, "anteckningar.txt", strings.NewReader("Vi var fjorton."))
		}
		rows := func() (evidence, named int) {
			t.Helper()
			if err := in.db.Read().NewRaw("SELECT (SELECT count(*) FROM evidence), (SELECT count(*) FROM files)").Scan(ctx, &evidence, &named); err != nil {
				t.Fatal(err)
			}
			return evidence, named
		}
		for _, who := range []string{"visitor", "head elsewhere"} {
			if err := file(who); err == nil || store.puts != 0 {
				t.Errorf("%s: %v, %d files were put", who, err, store.puts)
			}
		}
		store.gone = errs.E(errs.Unavailable, "error.unavailable")
		if err := file("head"); !errs.Is(err, errs.Unavailable) {
			t.Errorf("with the place away: %v", err)
		}
		if evidence, named := rows(); evidence != 0 || named != 0 {
			t.Errorf("%d pieces of evidence and %d files are there", evidence, named)
		}
		store.gone = nil
		if err := file("head"); err != nil {
			t.Error(err)
		}
		if _, err := in.commitments.StartImport(ctx, head, in.here, "deklaration.txt", strings.NewReader("Vi lovar att lyssna på dem det gäller."), 2026); err != nil {
			t.Error(err)
		}
		if evidence, named := rows(); evidence != 1 || named != 2 || store.puts != 3 {
			t.Errorf("%d pieces of evidence and %d files are there after %d uploads", evidence, named, store.puts)
		}
	})
}
