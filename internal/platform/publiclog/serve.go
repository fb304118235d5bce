package publiclog

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/platform/db"
)

// Handlers are the addresses of the log that are no pages, by their patterns: checkpoint and tiles of every log, and where others submit theirs.
func (l *Log) Handlers() map[string]http.Handler {
	file := http.HandlerFunc(l.serveFile)
	return map[string]http.Handler{
		"GET /log/status.json":            http.HandlerFunc(l.serveStatus),
		"GET /log/checkpoint":             file,
		"GET /log/tile/{path...}":         file,
		"GET /log/anew/{epoch}/{path...}": file,
		"POST /log/add-checkpoint":        http.HandlerFunc(l.serveAddCheckpoint),
	}
}

// serveFile answers with a part of a log: of the first at /log, of one that was begun anew below its number.
func (l *Log) serveFile(w http.ResponseWriter, r *http.Request) {
	epoch, path := int64(1), strings.TrimPrefix(r.URL.Path, "/log/")
	if rest, anew := strings.CutPrefix(path, "anew/"); anew {
		var n string
		n, path, _ = strings.Cut(rest, "/")
		if epoch = int64(number(n, 1<<30)); epoch < 2 {
			l.fail(w, r, ErrNoLog)
			return
		}
	}
	if path == "checkpoint" {
		l.serveCheckpoint(w, r, epoch)
		return
	}
	l.serveTile(w, r, epoch, path)
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

func (l *Log) serveStatus(w http.ResponseWriter, r *http.Request) {
	s, err := l.Status(r.Context())
	if err != nil {
		l.fail(w, r, err)
		return
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		l.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=2")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Write(append(text, '\n'))
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
