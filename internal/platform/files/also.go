package files

import (
	"context"

	"samklang/internal/core/errs"
)

// Also finds in a second store what the first one lacks, while files are moved from one to the other. It stores and sweeps in the first alone.
func Also(first, second Store) Store { return also{first, second} }

type also struct {
	Store
	second Store
}

func (a also) Open(ctx context.Context, sum string) (File, Stored, error) {
	f, s, err := a.Store.Open(ctx, sum)
	if errs.Is(err, errs.NotFound) {
		return a.second.Open(ctx, sum)
	}
	return f, s, err
}

func (a also) Verify(ctx context.Context, sum string) error { return verify(ctx, a, sum) }

func (a also) Close() error {
	err := a.Store.Close()
	if e := a.second.Close(); err == nil {
		err = e
	}
	return err
}
