package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"maps"
	"strings"
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
	return &keeping{readerConn: inner, statements: map[string]*statement{}}, nil
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

type statement struct {
	driver.Stmt
	query driver.StmtQueryContext
	busy  bool // its rows are being read
}

// keeping is a connection that keeps its statements. Like every driver connection it is used by one goroutine at a time.
type keeping struct {
	readerConn
	statements map[string]*statement
	text       []byte
}

// QueryContext asks by a kept statement.
func (c *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) > 0 {
		return c.readerConn.QueryContext(ctx, query, args)
	}
	var values []driver.NamedValue
	var ok bool
	if c.text, values, ok = lift(c.text[:0], query); !ok {
		return c.readerConn.QueryContext(ctx, query, nil)
	}
	s := c.statements[string(c.text)]
	if s == nil {
		prepared, err := c.PrepareContext(ctx, string(c.text))
		if err != nil { // where SQL wants a text and nothing else, the question is asked as it was written
			return c.readerConn.QueryContext(ctx, query, nil)
		}
		s = &statement{Stmt: prepared, query: prepared.(driver.StmtQueryContext)}
		c.keep(string(c.text), s)
	}
	if s.busy {
		return c.readerConn.QueryContext(ctx, query, nil)
	}
	rows, err := s.query.QueryContext(ctx, values)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{rows, s}, nil
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
	statement *statement
}

func (r *keptRows) Close() error {
	r.statement.busy = false
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
