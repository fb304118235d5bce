package rows

import (
	"context"
	"fmt"
	"strings"

	"samklang/internal/platform/db"
)

// Served tells by whom a database is being served just now, in words, "" when by nobody that can be seen: for SQLite another process on this
// machine, for PostgreSQL other connections of the program. Of a database file it is asked before the file is opened.
func Served(ctx context.Context, dsn string) (string, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		pid, err := servedFile(path)
		if err != nil || pid == 0 {
			return "", err
		}
		return fmt.Sprintf("process %d has the file open", pid), nil
	}
	d, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		return "", err
	}
	defer d.Close()
	var n int
	err = d.Read().NewRaw("SELECT count(DISTINCT coalesce(client_addr::text, '') || ' ' || client_port) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'samklang' AND pid <> pg_backend_pid()").Scan(ctx, &n)
	if err != nil || n == 0 {
		return "", err
	}
	return fmt.Sprintf("%d connections of the program are open; PgBouncer keeps some for a while after it has ended, until it is restarted", n), nil
}
