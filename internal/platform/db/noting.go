package db

import (
	"context"
	"database/sql"
	"strings"

	"github.com/uptrace/bun"
)

// noting is the connection of a transaction that notes which kinds of versions its statements change. All queries of a Tx run on it, so that
// nobody who writes a row needs to think of the pages that show it.
type noting struct {
	*sql.Tx
	tx *Tx
}

func (n noting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	query = n.tx.note(query)
	return n.Tx.ExecContext(ctx, query, args...)
}

func (n noting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query = n.tx.note(query)
	return n.Tx.QueryContext(ctx, query, args...)
}

func (n noting) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	query = n.tx.note(query)
	return n.Tx.QueryRowContext(ctx, query, args...)
}

func (t *Tx) noting() noting { return noting{t.Tx.Tx, t} }

// Unseen says that what this transaction writes shows nowhere, whatever the table: for a column that only the program itself reads.
func (t *Tx) Unseen() { t.unseen = true }

// Stamps begins a statement whose transaction ends with a stamp, where that is needed. PostgreSQL stamps for all others (migration 0015): for copies of
// release 0.1.0, and for people at a prompt. It is part of the statement, because a pooler may pass on nothing else.
const Stamps = "/*stamps*/"

// note gives the statement to send.
func (t *Tx) note(query string) string {
	tables := written(query)
	if len(tables) == 0 {
		return query
	}
	if !t.unseen {
		for _, table := range tables {
			t.wrote |= t.shows(table)
		}
	}
	if t.Engine == Postgres {
		return Stamps + query
	}
	return query
}

// everything is what a table counts for when nobody has said so.
func everything(string) Kinds { return Content | Access }

// written lists the tables that a statement writes to. For a statement that changes more than rows it gives "".
func written(query string) (tables []string) {
	words := lexer{rest: query}
	first, before, verb := true, "", ""
	for {
		word := words.next()
		if word == "" {
			return tables
		}
		up := word
		if len(word) <= 8 {
			up = strings.ToUpper(word)
		}
		switch {
		case first && up == "SELECT":
			return nil // what a SELECT may contain changes nothing: only WITH does
		case first && (up == "DROP" || up == "ALTER" || up == "CREATE" || up == "TRUNCATE" || up == "MERGE" || up == "COPY" || up == "CALL" || up == "DO"):
			tables = append(tables, "")
		case verb != "":
			switch {
			case verb == "UPDATE" && (up == "OR" || up == "ONLY") || verb == "INSERT" && up != "INTO" && before != "INTO" || verb == "DELETE" && up != "FROM" && before != "FROM":
				// between the verb and the name
			case up == "INTO" || up == "FROM":
			case verb == "UPDATE" && before == "OR":
			default:
				tables = append(tables, name(word))
				verb = ""
			}
		case up == "INSERT" || up == "REPLACE" && first:
			verb = "INSERT"
		case up == "DELETE":
			verb = "DELETE"
		case up == "UPDATE" && before != "FOR" && before != "DO" && before != "KEY": // SELECT … FOR [NO KEY] UPDATE, ON CONFLICT DO UPDATE
			verb = "UPDATE"
		}
		first, before = false, up
	}
}

// name is a table's name without its schema and quotes.
func name(word string) string {
	word = word[strings.LastIndexByte(word, '.')+1:]
	return strings.ToLower(strings.Trim(word, `"`))
}

// lexer gives the words of a statement: keywords, and names with their quotes and dots. What stands in quotes as a text, and comments, are left out.
type lexer struct{ rest string }

func (l *lexer) next() string {
	for i := 0; i < len(l.rest); i++ {
		switch c := l.rest[i]; {
		case c == '\'':
			end := strings.IndexByte(l.rest[i+1:], '\'')
			if end < 0 {
				l.rest = ""
				return ""
			}
			i += end + 1
		case c == '-' && strings.HasPrefix(l.rest[i:], "--"):
			end := strings.IndexByte(l.rest[i:], '\n')
			if end < 0 {
				l.rest = ""
				return ""
			}
			i += end
		case c == '/' && strings.HasPrefix(l.rest[i:], "/*"):
			end := strings.Index(l.rest[i+2:], "*/")
			if end < 0 {
				l.rest = ""
				return ""
			}
			i += end + 3
		case letter(c) || c == '"':
			end, quoted := i, false
			for end < len(l.rest) && (quoted || letter(l.rest[end]) || l.rest[end] == '"' || l.rest[end] == '.' || l.rest[end] >= '0' && l.rest[end] <= '9') {
				if l.rest[end] == '"' {
					quoted = !quoted
				}
				end++
			}
			word := l.rest[i:end]
			l.rest = l.rest[end:]
			return word
		}
	}
	l.rest = ""
	return ""
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

// The queries of a transaction, on its noting connection.

func (t *Tx) NewSelect() *bun.SelectQuery { return t.Tx.NewSelect().Conn(t.noting()) }
func (t *Tx) NewInsert() *bun.InsertQuery { return t.Tx.NewInsert().Conn(t.noting()) }
func (t *Tx) NewUpdate() *bun.UpdateQuery { return t.Tx.NewUpdate().Conn(t.noting()) }
func (t *Tx) NewDelete() *bun.DeleteQuery { return t.Tx.NewDelete().Conn(t.noting()) }
func (t *Tx) NewMerge() *bun.MergeQuery   { return t.Tx.NewMerge().Conn(t.noting()) }
func (t *Tx) NewRaw(query string, args ...any) *bun.RawQuery {
	return t.Tx.NewRaw(query, args...).Conn(t.noting())
}

func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	return t.ExecContext(context.Background(), query, args...)
}

func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	query = t.note(query)
	return t.Tx.ExecContext(ctx, query, args...)
}

func (t *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	return t.QueryContext(context.Background(), query, args...)
}

func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query = t.note(query)
	return t.Tx.QueryContext(ctx, query, args...)
}

func (t *Tx) QueryRow(query string, args ...any) *sql.Row {
	return t.QueryRowContext(context.Background(), query, args...)
}

func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	query = t.note(query)
	return t.Tx.QueryRowContext(ctx, query, args...)
}

// The rest of bun's ways into a transaction, which the program has no use for and which would go past the noting.

func (t *Tx) NewTruncateTable() *bun.TruncateTableQuery { panic("db: rows are deleted, not truncated") }
func (t *Tx) BeginTx(context.Context, *sql.TxOptions) (bun.Tx, error) {
	panic("db: a transaction within a transaction")
}
func (t *Tx) RunInTx(context.Context, *sql.TxOptions, func(context.Context, bun.Tx) error) error {
	panic("db: a transaction within a transaction")
}
