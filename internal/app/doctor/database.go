package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"samklang/internal/platform/db"

	"github.com/jackc/pgx/v5/pgconn"
)

// database looks at whether the database answers and is recent enough.
func database(ctx context.Context, p *Patient) []Finding {
	if p.DB == nil {
		return fault(cure(p.DBFault), "The database cannot be opened: %v.", p.DBFault)
	}
	begin := time.Now()
	if err := p.DB.Ping(ctx); err != nil {
		return fault(cure(err), "The database does not answer: %v.", err)
	}
	took := time.Since(begin)
	if p.DB.Engine == db.SQLite {
		var version string
		if err := p.DB.Read().NewRaw("SELECT sqlite_version()").Scan(ctx, &version); err != nil {
			return unread(err)
		}
		return ok("SQLite %s, in the program itself.", version)
	}
	var name string
	var number int
	err := p.DB.Read().NewRaw("SELECT current_setting('server_version'), CAST(current_setting('server_version_num') AS integer)").Scan(ctx, &name, &number)
	if err != nil {
		return unread(err)
	}
	return judgeServer(name, number, took)
}

// leastServer is the oldest PostgreSQL the program is tried with.
const leastServer = 15

func judgeServer(name string, number int, took time.Duration) []Finding {
	if number/10000 < leastServer {
		return fault(fmt.Sprintf("Upgrade the database server to PostgreSQL %d or newer.", leastServer), "PostgreSQL %s is older than what the program is made for.", name)
	}
	if took > 50*time.Millisecond {
		return warning("Put the program and its database nearer to each other: a page asks several times.", "PostgreSQL %s takes %d ms for an empty question.", name, took.Milliseconds())
	}
	return ok("PostgreSQL %s answers in %.1f ms.", name, float64(took.Microseconds())/1000)
}

// cure is what to do about a database that does not open.
func cure(err error) string {
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && strings.HasPrefix(refused.Code, "28"):
		return "The server refuses the user or the password: correct the setting database, or pg_hba.conf on the server."
	case errors.As(err, &refused) && refused.Code == "3D000":
		return "Create the database on the server: createdb --owner samklang samklang."
	case errors.As(err, &refused) && refused.Code == "53300":
		return "All connections of the server are taken: raise max_connections there, or put PgBouncer in between."
	case errors.Is(err, os.ErrPermission):
		return "Run the doctor as the user the program runs as."
	case errors.Is(err, os.ErrNotExist):
		return "Start the program once, which makes the file, or correct the settings data and database."
	}
	return "See whether the database server runs and the setting database names it; 'samklang config' prints it."
}

// schema looks at whether the tables are those of this program.
func schema(ctx context.Context, p *Patient) []Finding {
	if p.DB == nil {
		return skipped("Not looked at: the database cannot be opened.")
	}
	pending, err := p.DB.Pending(ctx)
	if err != nil {
		return unread(err)
	}
	switch {
	case pending > 0:
		return fault("Start this version of the program: it brings the database up to date by itself. If it runs already, look into its log.", "The database is older than this program.")
	case pending < 0:
		return warning("Finish the upgrade on this machine.", "The database is of a newer program than this one, which can work beside it for the time of an upgrade.")
	}
	return ok("The tables are those of this program.")
}

// pooler looks at whether statements end when PgBouncer stands between the program and PostgreSQL.
func pooler(ctx context.Context, p *Patient) []Finding {
	if p.DB.Engine == db.SQLite {
		return skipped("Of no concern to SQLite.")
	}
	var process uint32
	conn, err := p.DB.Pool().Acquire(ctx)
	if err != nil {
		return unread(err)
	}
	defer conn.Release()
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&process); err != nil {
		return unread(err)
	}
	pooled := process != conn.Conn().PgConn().PID() // a pooler tells a number of its own at the beginning
	var role, limit string
	err = p.DB.Read().NewRaw(`SELECT current_user, coalesce((SELECT x FROM pg_roles r, unnest(r.rolconfig) x WHERE r.rolname = current_user AND x LIKE 'statement_timeout=%'), '')`).Scan(ctx, &role, &limit)
	if err != nil {
		return unread(err)
	}
	return judgePooler(pooled, role, limit)
}

func judgePooler(pooled bool, role, limit string) []Finding {
	if !pooled {
		return ok("The program speaks to PostgreSQL directly and ends statements by itself.")
	}
	if _, value, _ := strings.Cut(limit, "="); value == "" || value == "0" {
		return warning(fmt.Sprintf("In the database, as its administrator: ALTER ROLE %s SET statement_timeout = '30s'", role), "A pooler stands between the program and PostgreSQL, and nothing ends a statement that takes too long.")
	}
	return ok("A pooler stands between the program and PostgreSQL, and the role's %s ends long statements.", limit)
}

// largeWAL is a write-ahead log that should long have been taken into the database file.
const largeWAL = 256 << 20

// databaseFile looks at a SQLite file: whether it is whole, and whether its log is taken in.
func databaseFile(ctx context.Context, p *Patient) []Finding {
	if p.DB.Engine != db.SQLite {
		return skipped("Of no concern to PostgreSQL.")
	}
	path := strings.TrimPrefix(p.Config.Database, "sqlite:")
	var found []Finding
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > largeWAL {
		found = append(found, warning("Restart the program when it suits. If it comes back, a program that reads the file for hours keeps it from being taken in, such as a backup tool: end that.",
			"The file beside the database that collects changes has grown to %d MB.", info.Size()>>20)...)
	}
	var answer []string
	if err := p.DB.Read().NewRaw("PRAGMA quick_check(5)").Scan(ctx, &answer); err != nil {
		answer = []string{err.Error()}
	}
	if len(answer) != 1 || answer[0] != "ok" {
		found = append(found, fault("Stop the program, keep the damaged file aside, and restore the last backup: samklang restore. Then look for what damages the disk.", "The database file %s is damaged: %s.", path, strings.Join(answer, "; "))...)
	}
	if len(found) == 0 {
		return ok("The database file is whole.")
	}
	return found
}
