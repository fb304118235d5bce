package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"maps"
	"strings"
	"time"
)

// bun writes values into the text of a query. SQLite then parses and plans the same question anew for every value, which costs more than
// answering it: two fifths of a public page were that. So the connections that read lift the texts in quotes out of a query, keep one
// prepared statement for what is left, and bind the texts. The answers are the same; only the work is not repeated.

// statementsKept is how many statements a connection keeps. The whole program asks some hundreds of different questions.
const statementsKept = 300

// reader opens connections that keep their statements.
type reader struct {
	driver driver.Driver
	dsn    string
	limit  time.Duration // of one question
}

func (r reader) Driver() driver.Driver { return r.driver }

func (r reader) Connect(context.Context) (driver.Conn, error) {
	c, err := r.driver.Open(r.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(readerConn)
	if !ok {
		c.Close()
		return nil, errors.New("the SQLite driver has lost a method that reading needs")
	}
	return &keeping{readerConn: inner, statements: map[string]*statement{}, limit: r.limit}, nil
}

// readerConn is what a connection of the driver can do; without one of them database/sql falls back to something slower or less safe.
type readerConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// A page's queries are not told when the browser goes away (web.Server): a context that can end costs seven microseconds for each of them, as
// much as the query itself. So that none of them runs on for ever, a question is given readLimit, and watched over when nobody knows how long it
// takes: the first time a connection asks it, and for as long as it took more than slow the last time. A question that was quick a moment ago
// does not take half a minute now. What has many rows is looked at between them.
const (
	readLimit = 30 * time.Second
	slow      = 20 * time.Millisecond
)

type statement struct {
	driver.Stmt
	query driver.StmtQueryContext
	busy  bool // its rows are being read
	quick bool // the last time it took less than slow
}

// keeping is a connection that keeps its statements. Like every driver connection it is used by one goroutine at a time.
type keeping struct {
	readerConn
	statements map[string]*statement
	text       []byte
	limit      time.Duration
}

// QueryContext asks by a kept statement.
func (c *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) > 0 {
		return c.unkept(ctx, query, args)
	}
	var values []driver.NamedValue
	var ok bool
	if c.text, values, ok = lift(c.text[:0], query); !ok {
		return c.unkept(ctx, query, nil)
	}
	s := c.statements[string(c.text)]
	if s == nil {
		prepared, err := c.PrepareContext(ctx, string(c.text))
		if err != nil { // where SQL wants a text and nothing else, the question is asked as it was written
			return c.unkept(ctx, query, nil)
		}
		s = &statement{Stmt: prepared, query: prepared.(driver.StmtQueryContext)}
		c.keep(string(c.text), s)
	}
	if s.busy {
		return c.unkept(ctx, query, nil)
	}
	begin := time.Now()
	if !s.quick {
		limited, cancel := context.WithTimeout(ctx, c.limit)
		defer cancel()
		ctx = limited
	}
	rows, err := s.query.QueryContext(ctx, values)
	s.quick = err == nil && time.Since(begin) < slow
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{Rows: rows, statement: s, until: begin.Add(c.limit)}, nil
}

// unkept asks by the text as it is. What a query runs under is of no matter to its rows.
func (c *keeping) unkept(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	rows, err := c.readerConn.QueryContext(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return &keptRows{Rows: rows, until: time.Now().Add(c.limit)}, nil
}

func (c *keeping) keep(text string, s *statement) {
	if len(c.statements) >= statementsKept {
		for other, old := range c.statements { // in no order, so that no pattern of use is the worst
			if !old.busy {
				old.Close()
				delete(c.statements, other)
				break
			}
		}
	}
	c.statements[text] = s
}

func (c *keeping) Close() error {
	var faults []error
	for s := range maps.Values(c.statements) {
		faults = append(faults, s.Close())
	}
	return errors.Join(append(faults, c.readerConn.Close())...)
}

// keptRows lets go of the statement when they have been read.
type keptRows struct {
	driver.Rows
	statement *statement // nil for a question that is not kept
	until     time.Time
	n         int
}

func (r *keptRows) Next(row []driver.Value) error {
	if r.n++; r.n%64 == 0 && time.Now().After(r.until) {
		return context.DeadlineExceeded
	}
	return r.Rows.Next(row)
}

func (r *keptRows) Close() error {
	if r.statement != nil {
		r.statement.busy = false
	}
	return r.Rows.Close()
}

func (r *keptRows) ColumnTypeDatabaseTypeName(i int) string {
	return r.Rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i)
}

// lift replaces the texts in single quotes by parameters, appending to text, and gives what they held. Names in double quotes stay; for
// anything that may not be what it seems – a comment, a parameter, bytes, a quote without end – ok is false.
func lift(text []byte, query string) (lifted []byte, values []driver.NamedValue, ok bool) {
	for i := 0; i < len(query); i++ {
		switch ch := query[i]; ch {
		default:
			text = append(text, ch)
		case '?', '`', '[', 0:
			return text, nil, false
		case '-', '/':
			if i+1 < len(query) && (query[i+1] == '-' || query[i+1] == '*') {
				return text, nil, false
			}
			text = append(text, ch)
		case '"':
			end := strings.IndexByte(query[i+1:], '"')
			if end < 0 {
				return text, nil, false
			}
			text = append(text, query[i:i+end+2]...)
			i += end + 1
		case '\'':
			if i > 0 && (query[i-1]|0x20 == 'x' || query[i-1] == '\'') {
				return text, nil, false
			}
			value, length := quoted(query[i:])
			if length < 0 {
				return text, nil, false
			}
			text = append(text, '?')
			values = append(values, driver.NamedValue{Ordinal: len(values) + 1, Value: value})
			i += length - 1
		}
	}
	return text, values, true
}

// quoted reads the text in quotes that s begins with, and says how long it is with its quotes; -1 when it does not end.
func quoted(s string) (value string, length int) {
	doubled := false
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			doubled = true
			i++
			continue
		}
		value = s[1:i]
		if doubled {
			value = strings.ReplaceAll(value, "''", "'")
		}
		return value, i + 1
	}
	return "", -1
}
