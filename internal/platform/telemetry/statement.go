package telemetry

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"

	"samklang/internal/platform/db"
)

// Statements sees every statement that goes to the database. Of its text it takes two words, the operation and the table, and both only when
// they are ones it knows: values stand in the text beside them.
type Statements struct {
	Metrics *Metrics        // nil counts nothing
	Tracer  *Tracer         // nil traces nothing
	Engine  string          // "sqlite" or "postgres"
	Tables  map[string]bool // the names that may be told
}

type statementKey struct{}

// BeforeQuery implements bun.QueryHook.
func (s *Statements) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if s.Tracer == nil || !traced(ctx) {
		return ctx
	}
	operation, table := s.words(e.Query)
	ctx, span := s.Tracer.begin(ctx, client, statementName(operation, table))
	system := s.Engine
	if system == string(db.Postgres) {
		system = "postgresql" // as OpenTelemetry's conventions name it
	}
	span.text("db.system.name", system)
	span.text("db.operation.name", operation)
	span.text("db.collection.name", table)
	return context.WithValue(ctx, statementKey{}, span)
}

// AfterQuery implements bun.QueryHook.
func (s *Statements) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	err := e.Err
	if db.IsNoRows(err) {
		err = nil
	}
	if s.Metrics != nil {
		operation, table := s.words(e.Query)
		s.Metrics.statements.add(1, operation, table, outcome(err))
		s.Metrics.statementTime.observe(time.Since(e.StartTime).Seconds(), operation)
	}
	if span, ok := ctx.Value(statementKey{}).(*Span); ok {
		if err != nil {
			span.fail(errorType(err))
		}
		span.End()
	}
}

func statementName(operation, table string) string { return operation + " " + table }

var operations = map[string]string{
	"select": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "with": "WITH", "begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK", "set": "SET",
}

// words are a statement's operation and table as far as they are known, "other" otherwise.
func (s *Statements) words(query string) (operation, table string) {
	first, _ := word(query)
	operation, ok := operations[strings.ToLower(first)]
	if !ok {
		operation = other
	}
	return operation, s.table(query)
}

// table is the first known table after FROM, INTO or UPDATE, outside quoted texts. A WITH names its own tables first; they are not known, so
// it goes on to one that is.
func (s *Statements) table(query string) string {
	for rest, next := query, false; rest != ""; {
		w, after := word(rest)
		if w == "" {
			break
		}
		rest = after
		if next {
			if s.Tables[w] {
				return w
			}
			next = false
		}
		switch len(w) {
		case 4, 6:
			next = strings.EqualFold(w, "FROM") || strings.EqualFold(w, "INTO") || strings.EqualFold(w, "UPDATE")
		}
	}
	return other
}

// word is the next word of a statement and what follows it. Texts in single quotes are passed over, double quotes around a name are left out.
func word(s string) (w, rest string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'':
			end := strings.IndexByte(s[i+1:], '\'') // a doubled quote begins the next text at once
			if end < 0 {
				return "", ""
			}
			i += end + 1
		case wordByte(c):
			end := i + 1
			for end < len(s) && wordByte(s[end]) {
				end++
			}
			return s[i:end], s[end:]
		}
	}
	return "", ""
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// errorType is what sort of error it is, without its words, which may hold values.
func errorType(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code // five letters and digits of the standard
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return "sqlite_" + number(float64(e.Code()))
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return other
}

// TableNames asks a database which tables it has.
func TableNames(ctx context.Context, d *db.DB) (map[string]bool, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if d.Engine == db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	var list []string
	err := d.Read().NewRaw(query).Scan(ctx, &list)
	names := make(map[string]bool, len(list))
	for _, n := range list {
		names[n] = true
	}
	return names, err
}
