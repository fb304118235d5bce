package publiclog

import (
	"context"

	"samklang/internal/platform/db"

	"golang.org/x/mod/sumdb/tlog"
)

// StoredHashes reads hashes of a log by their numbers in package tlog.
func StoredHashes(ctx context.Context, q db.IDB, epoch int64, indexes []int64) ([]tlog.Hash, error) {
	return stored(ctx, q, epoch).ReadHashes(indexes)
}

// NewLeaf makes the leaf of a fact.
var NewLeaf = newLeaf
