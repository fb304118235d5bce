package db

import (
	"context"
	"errors"
	"sync"
)

// Kept keeps what was read or computed, each under its key, for as long as nothing of its kind has changed. It never gives what is older than the
// question: see DB.Versions. When it changes, one who asks does the work anew and the others wait for it. The values are shared; nobody may change
// them. The zero Kept keeps up to keptAtMost values of Content.
type Kept[K comparable, V any] struct {
	Kind Kinds // Content when 0
	Most int   // keptAtMost when 0

	mu     sync.Mutex
	at     uint64 // the version of everything in it
	values map[K]*keptValue[V]
}

var errPanicked = errors.New("the question failed")

// keptAtMost is how many values are kept when nobody says otherwise.
const keptAtMost = 1000

type keptValue[V any] struct {
	done chan struct{}
	v    V
	err  error
}

// Get gives the value of key; load is asked when it is not known. An error is not kept.
func (k *Kept[K, V]) Get(ctx context.Context, d *DB, key K, load func(context.Context) (V, error)) (V, error) {
	version, err := d.Versions(ctx)
	if err != nil {
		var none V
		return none, err
	}
	at := version.Of(k.Kind)
	k.mu.Lock()
	if at > k.at || k.values == nil {
		k.at, k.values = max(at, k.at), map[K]*keptValue[V]{}
	}
	if x := k.values[key]; x != nil {
		k.mu.Unlock()
		<-x.done
		if x.err != nil { // the other's trouble, such as a deadline, need not be ours
			return load(ctx)
		}
		return x.v, nil
	}
	if at < k.at { // what this request reads may be older than what is kept by now
		k.mu.Unlock()
		return load(ctx)
	}
	most := k.Most
	if most == 0 {
		most = keptAtMost
	}
	if len(k.values) >= most {
		for other := range k.values { // any
			delete(k.values, other)
			break
		}
	}
	x := &keptValue[V]{done: make(chan struct{})}
	k.values[key] = x
	k.mu.Unlock()
	defer func() {
		if x.err != nil {
			k.mu.Lock()
			if k.values[key] == x {
				delete(k.values, key)
			}
			k.mu.Unlock()
		}
		close(x.done)
	}()
	x.err = errPanicked // stays when load panics
	x.v, x.err = load(ctx)
	return x.v, x.err
}

// Set puts a value in the place of what is kept, for a part of it that changes without a change of its version. It does nothing when the version of
// ctx is not that of what is kept.
func (k *Kept[K, V]) Set(ctx context.Context, d *DB, key K, v V) error {
	version, err := d.Versions(ctx)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at == version.Of(k.Kind) && k.values[key] != nil {
		x := &keptValue[V]{done: make(chan struct{}), v: v}
		close(x.done)
		k.values[key] = x
	}
	return nil
}
