package publiclog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Overtaken asks each witness of the settings whether it has cosigned more entries than the database's log has: then the database was put back
// from an older time. A witness that does not answer is passed over and told of in silent.
func (l *Log) Overtaken(ctx context.Context) (silent []string, err error) {
	if len(l.set.Ask) == 0 {
		return nil, nil
	}
	c, err := Latest(ctx, l.db.Read())
	if errors.Is(err, ErrNoLog) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, w := range l.set.Ask {
		_, fault := l.submit(ctx, w, c, c.Size)
		r, ok := errors.AsType[*Refusal](fault)
		switch {
		case ok && r.Status == http.StatusConflict && r.Size > c.Size:
			return silent, forked("the witness %s has cosigned %d entries of the log; in this database it has %d", w.Key.Name(), r.Size, c.Size)
		case ok && r.Status == http.StatusConflict, fault == nil:
		default:
			silent = append(silent, fmt.Sprintf("%s (%v)", w.Key.Name(), fault))
		}
	}
	return silent, nil
}
