package db

import (
	"context"
	"errors"
	"time"
)

// ErrRepeated says that the form was sent before and its effect is already there.
var ErrRepeated = errors.New("this form has been sent before")

type onceKey struct{}

type once struct{ key string }

// WithOnce makes the first transaction that runs under the returned context take effect at most once for the key: the key is
// stored in that transaction, and a second attempt fails with ErrRepeated. A form carries such a key, so that pressing the button
// twice or reloading does nothing twice.
func WithOnce(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{key: key})
}

// claim stores the key of ctx in tx, if there is one that has not been stored yet.
func claim(ctx context.Context, tx *Tx, now time.Time) (claimed bool, err error) {
	o, _ := ctx.Value(onceKey{}).(*once)
	if o == nil || o.key == "" {
		return false, nil
	}
	res, err := tx.NewRaw("INSERT INTO form_keys (form_key, created_at) VALUES (?, ?) ON CONFLICT (form_key) DO NOTHING", o.key, now).Exec(ctx)
	if err != nil {
		return false, err
	}
	if Affected(res) == 0 {
		return false, ErrRepeated
	}
	return true, nil
}

func hasKey(ctx context.Context) bool {
	o, _ := ctx.Value(onceKey{}).(*once)
	return o != nil && o.key != ""
}

func forgetKey(ctx context.Context) {
	if o, _ := ctx.Value(onceKey{}).(*once); o != nil {
		o.key = ""
	}
}

// RememberLocation notes where the person was sent after the form with the key.
func (d *DB) RememberLocation(ctx context.Context, key, location string) error {
	_, err := d.write.NewRaw("UPDATE form_keys SET location = ? WHERE form_key = ?", location, key).Exec(ctx)
	return err
}

// Location is where the person was sent the first time, "" when that is not known.
func (d *DB) Location(ctx context.Context, key string) (string, error) {
	var location string
	err := d.read.NewRaw("SELECT location FROM form_keys WHERE form_key = ?", key).Scan(ctx, &location)
	if IsNoRows(err) {
		return "", nil
	}
	return location, err
}

// settle makes sure that a form's key, which was found, will be found after anything that may happen now: what was committed by somebody whose
// commit was not answered is seen here before the standby has it. A commit that is answered says so of all before it.
func (d *DB) settle(ctx context.Context) error {
	o, _ := ctx.Value(onceKey{}).(*once)
	if d.Engine == SQLite || o == nil {
		return nil
	}
	return d.once(WithoutOnce(ctx), nil, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewRaw("UPDATE form_keys SET created_at = created_at WHERE form_key = ?", o.key).Exec(ctx)
		return err
	})
}

// WithoutOnce lets transactions run that are not what the form is about, such as counting an attempt, without using up its key.
func WithoutOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, (*once)(nil))
}
