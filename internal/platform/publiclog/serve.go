package publiclog

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/platform/db"
)

// Handlers are the addresses of the log that are no pages, by their patterns: checkpoint and tiles of every log, and where others submit theirs.
func (l *Log) Handlers() map[string]http.Handler {
	tile := func(epoch func(*http.Request) int64) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			l.serveTile(w, r, epoch(r), "tile/"+r.PathValue("path"))
		})
	}
	checkpoint := func(epoch func(*http.Request) int64) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serveCheckpoint(w, r, epoch(r)) })
	}
	one := func(*http.Request) int64 { return 1 }
	named := func(r *http.Request) int64 {
		n, err := strconv.ParseInt(r.PathValue("epoch"), 10, 64)
		if err != nil || n < 2 || strconv.FormatInt(n, 10) != r.PathValue("epoch") {
			return 0 // which no log has
		}
		return n
	}
	return map[string]http.Handler{
		"GET /log/checkpoint":                  checkpoint(one),
		"GET /log/tile/{path...}":              tile(one),
		"GET /log/anew/{epoch}/checkpoint":     checkpoint(named),
		"GET /log/anew/{epoch}/tile/{path...}": tile(named),
		"POST /log/add-checkpoint":             http.HandlerFunc(l.serveAddCheckpoint),
	}
}

// read finds a log and its last checkpoint: of a closed log the one it was closed with.
func (l *Log) read(r *http.Request, epoch int64) (logRow, Checkpoint, error) {
	ctx, q := r.Context(), l.db.Read()
	var rows []logRow
	if err := q.NewSelect().Model(&rows).Where("epoch IN (?, ?)", epoch, epoch+1).Order("epoch").Scan(ctx); err != nil {
		return logRow{}, Checkpoint{}, err
	}
	if len(rows) == 0 || rows[0].Epoch != epoch {
		return logRow{}, Checkpoint{}, ErrNoLog
	}
	if len(rows) == 2 {
		c, err := ParseCheckpoint(rows[1].Previous)
		return rows[0], c, err
	}
	c, err := l.Shown(ctx)
	if err != nil {
		return rows[0], c, err
	}
	c.Note, err = l.withCosignatures(ctx, c)
	return rows[0], c, err
}

func (l *Log) serveCheckpoint(w http.ResponseWriter, r *http.Request, epoch int64) {
	_, c, err := l.read(r, epoch)
	if err != nil {
		l.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=2")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Write([]byte(c.Note))
}

func (l *Log) serveTile(w http.ResponseWriter, r *http.Request, epoch int64, path string) {
	t, err := ParseTile(path)
	if err != nil {
		l.fail(w, r, err)
		return
	}
	log, c, err := l.read(r, epoch)
	if err != nil {
		l.fail(w, r, err)
		return
	}
	if has, err := sizeOf(r, l.db.Read(), log.Epoch); err != nil || has < c.Size {
		c.Size = has // what a closed log lost with its database
	}
	data, err := t.data(r.Context(), l.db.Read(), epoch, c.Size)
	if err != nil {
		l.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Write(data)
}

func sizeOf(r *http.Request, q db.IDB, epoch int64) (n int64, err error) {
	err = q.NewRaw("SELECT coalesce(max(size), 0) FROM log_checkpoints WHERE epoch = ?", epoch).Scan(r.Context(), &n)
	return n, err
}

// fail answers in one line: programs ask here.
func (l *Log) fail(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case errors.Is(err, errNoTile):
		http.Error(w, "there is no such part of the log", http.StatusNotFound)
	case errors.Is(err, ErrNoLog):
		http.Error(w, "there is no such log", http.StatusNotFound)
	default:
		l.log.ErrorContext(r.Context(), "the public log could not answer", "path", strings.ToValidUTF8(r.URL.Path, "?"), "error", err)
		http.Error(w, "the log cannot answer now", http.StatusServiceUnavailable)
	}
}
