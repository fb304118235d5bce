package jobs

import (
	"context"
	"log/slog"
)

// quietly passes on what River says from warnings up; its start and stop are no news to an operator.
func quietly(log *slog.Logger) *slog.Logger { return slog.New(fromWarning{log.Handler()}) }

type fromWarning struct{ slog.Handler }

func (h fromWarning) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h fromWarning) WithAttrs(a []slog.Attr) slog.Handler {
	return fromWarning{h.Handler.WithAttrs(a)}
}

func (h fromWarning) WithGroup(name string) slog.Handler {
	return fromWarning{h.Handler.WithGroup(name)}
}
