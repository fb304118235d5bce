package surveys

import (
	"errors"

	"samklang/internal/core/errs"
	"samklang/internal/disclosure"
)

// refusal says why nothing can be told.
func refusal(err error) error {
	if _, ok := errors.AsType[*disclosure.UnsafeError](err); ok {
		return errs.E(errs.Refused, "surveys.unsafe").Because(err)
	}
	if errors.Is(err, disclosure.ErrUnfinished) {
		return errs.E(errs.Refused, "surveys.unfinished").Because(err)
	}
	return err
}
