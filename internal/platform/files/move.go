package files

import (
	"context"
	"errors"
	"fmt"

	"samklang/internal/core/errs"
)

// Moved is what Move has done.
type Moved struct {
	Put     int      // files that were carried over
	There   int      // files that were there already
	Bytes   int64    // of those that were carried over
	Damaged []string // files that are not what their names say where they come from
}

// Move puts every file of one store into another and reads each back there. Nothing is removed where it comes from. Run again it goes on where it
// was interrupted. told is called after each file.
func Move(ctx context.Context, from, to Store, told func(Moved)) (m Moved, err error) {
	err = from.Each(ctx, func(s Stored) error {
		switch err := to.Verify(ctx, s.SHA256); {
		case err == nil:
			m.There++
			told(m)
			return nil
		case !errs.Is(err, errs.NotFound) && !errors.Is(err, ErrDamaged):
			return err
		}
		if err := from.Verify(ctx, s.SHA256); errors.Is(err, ErrDamaged) {
			m.Damaged = append(m.Damaged, s.SHA256)
			return nil
		} else if errs.Is(err, errs.NotFound) {
			return nil // it has served its time meanwhile
		} else if err != nil {
			return err
		}
		f, _, err := from.Open(ctx, s.SHA256)
		if err != nil {
			return err
		}
		defer f.Close()
		put, err := to.Put(ctx, f, s.Size)
		if err != nil {
			return err
		}
		if put.SHA256 != s.SHA256 {
			return fmt.Errorf("the file %s changed while it was read", s.SHA256)
		}
		if err := to.Verify(ctx, s.SHA256); err != nil {
			return err
		}
		m.Put++
		m.Bytes += s.Size
		told(m)
		return nil
	})
	return m, err
}
