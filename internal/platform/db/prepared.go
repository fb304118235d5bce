package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// bun writes the values into a query's text, so that each text is new to PostgreSQL, which then spends ten times as long on reading and planning
// it as on answering it. On the way out the quoted values are taken out of the text again and sent as parameters; the text that is left is the
// same every time, and a connection keeps it prepared.

const (
	mostLifted   = 48  // values; longer lists of them seldom come twice in the same length
	keptPrepared = 160 // statements a connection keeps
)

// preparing opens connections that keep prepared what is asked again and again, where nothing stands between them and the server: a pooler in
// transaction mode gives every transaction another connection of the server.
type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner := c.(*underneath)
	if kept, ok := inner.Conn().PgConn().CustomData()[preparedHere].(map[string]bool); ok {
		return &preparedConn{underneath: inner, kept: kept}, nil
	}
	return c, nil
}

// preparedHere is where a connection that reaches the server directly says what it has prepared.
const preparedHere = "samklang.prepared"

// underneath is named so that what is embedded does not hide its method Conn.
type underneath = stdlib.Conn

// preparedConn is a connection that keeps its statements. Like every driver connection it is used by one goroutine at a time.
type preparedConn struct {
	*underneath
	kept  map[string]bool // by text; false for what cannot be prepared
	ahead *answers        // what ReadTogether has asked for already
}

// QueryContext asks by a prepared statement when the query is one that can be lifted.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.ahead != nil {
		return c.ahead.next(query)
	}
	if len(args) > 0 {
		return c.underneath.QueryContext(ctx, query, args)
	}
	text, values, ok := numbered(query)
	if !ok {
		return c.underneath.QueryContext(ctx, query, nil)
	}
	if ready, err := c.prepare(ctx, text); err != nil {
		return nil, err
	} else if !ready {
		return c.underneath.QueryContext(ctx, query, nil)
	}
	for i, v := range values {
		args = append(args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	rows, err := c.underneath.QueryContext(ctx, text, args)
	if c.outdated(ctx, text, err) && c.Conn().PgConn().TxStatus() == 'I' {
		return c.underneath.QueryContext(ctx, query, nil)
	}
	return rows, err
}

// prepare makes sure that a text is prepared, and tells whether it is. Where PostgreSQL cannot tell what a parameter is, the question is asked as it
// was written, from then on. In a transaction nothing new is prepared: a refusal would end it.
func (c *preparedConn) prepare(ctx context.Context, text string) (ready bool, err error) {
	ready, known := c.kept[text]
	if known || c.Conn().PgConn().TxStatus() != 'I' {
		return ready, nil
	}
	if len(c.kept) >= keptPrepared {
		for other := range c.kept { // in no order, so that no pattern of use is the worst
			if err := c.forget(ctx, other); err != nil {
				return false, err
			}
			break
		}
	}
	_, err = c.Conn().Prepare(ctx, text, text)
	if _, refused := errors.AsType[*pgconn.PgError](err); err != nil && !refused {
		return false, err
	}
	c.kept[text] = err == nil
	return err == nil, nil
}

func (c *preparedConn) forget(ctx context.Context, text string) error {
	ready := c.kept[text]
	delete(c.kept, text)
	if !ready {
		return nil
	}
	return c.Conn().Deallocate(ctx, text)
}

func (c *preparedConn) forgetAll(ctx context.Context) error {
	clear(c.kept)
	return c.Conn().DeallocateAll(ctx)
}

// outdated tells whether err says that a table or a type is another now than when the statement was prepared, as after the migration of a new
// release beside this one. The statement is forgotten.
func (c *preparedConn) outdated(ctx context.Context, text string, err error) bool {
	if !changedShape(err) {
		return false
	}
	return c.forget(ctx, text) == nil
}

func changedShape(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "0A000" && strings.Contains(e.Message, "cached plan") || e.Code == "XX000" && strings.Contains(e.Message, "cache lookup failed"))
}

// numbered takes the quoted values out of a SELECT. Equal values become one parameter, so that an expression that stands twice, to be grouped or sorted
// by, stays the same expression. It declines whatever it does not know for certain: other statements, escapes, comments, dollar quotes, parameters,
// typed literals such as DATE '2026-01-01'.
func numbered(query string) (text string, values []string, ok bool) {
	if !strings.HasPrefix(query, "SELECT ") && !strings.HasPrefix(query, "WITH ") {
		return "", nil, false
	}
	var b strings.Builder
	b.Grow(len(query))
	for i := 0; i < len(query); {
		switch c := query[i]; c {
		case '"':
			end := strings.IndexByte(query[i+1:], '"')
			if end < 0 {
				return "", nil, false
			}
			b.WriteString(query[i : i+end+2])
			i += end + 2
		case '\'':
			value, length := quoted(query[i:])
			if length < 0 || typed(query[:i]) {
				return "", nil, false
			}
			n := 0
			for n < len(values) && values[n] != value {
				n++
			}
			if n == len(values) {
				if n == mostLifted {
					return "", nil, false
				}
				values = append(values, value)
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n + 1))
			i += length
		case '$', '\\', ';':
			return "", nil, false
		case '-', '/':
			if i+1 < len(query) && (query[i+1] == '-' || query[i+1] == '*') {
				return "", nil, false
			}
			fallthrough
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), values, true
}

// typed tells whether a word that gives a literal its type, or its way of writing, stands right before it.
func typed(before string) bool {
	if strings.HasSuffix(before, "&") { // U&'…'
		return true
	}
	trimmed := strings.TrimRight(before, " \t\n")
	word := trimmed[strings.LastIndexFunc(trimmed, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_') })+1:]
	switch strings.ToUpper(word) {
	case "", "SELECT", "IN", "AND", "OR", "NOT", "LIKE", "BETWEEN", "THEN", "ELSE", "WHEN", "CASE", "DISTINCT", "IS", "FROM", "BY", "ON", "WHERE", "HAVING":
		return len(trimmed) == len(before) && word != ""
	}
	return true
}
