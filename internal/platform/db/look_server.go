package db

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// serverLook looks at PostgreSQL over a connection of its own, so that nobody waits behind the pages that are being read.
type serverLook struct {
	config   *pgx.ConnConfig
	patience time.Duration
	reset    func() // lets go of the other connections
	conn     *pgx.Conn
	prepared bool
}

// lookLimit is how long one try may take.
const lookLimit = 3 * time.Second

var errStandby = errors.New("the server is a standby, whose rows may be older")

// look waits, as every other question does, while the server does not answer.
func (p *serverLook) look() (stamps, error) {
	for begin := time.Now(); ; {
		fresh := p.conn == nil
		s, err := p.try()
		away := lost(err) || errors.Is(err, errStandby) || errors.Is(err, context.DeadlineExceeded)
		switch {
		case !away:
			return s, err
		case time.Since(begin) > p.patience:
			return s, ErrUnreachable.Because(err)
		case fresh:
			time.Sleep(pause)
		default: // what cut this connection has cut the others, which nobody has noticed yet; new ones may be had at once
			p.reset()
		}
	}
}

func (p *serverLook) try() (s stamps, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
	defer cancel()
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.conn == nil {
		if err = p.connect(ctx); err != nil {
			return s, err
		}
	}
	row, err := p.ask(ctx)
	if err != nil {
		return s, err
	}
	if s.content, err = strconv.ParseInt(string(row[0]), 10, 64); err != nil {
		return s, err
	}
	s.access, err = strconv.ParseInt(string(row[1]), 10, 64)
	return s, err
}

// sumsHere are nothing on a server that follows another one: it has older rows than the one the pages come from.
const sumsHere = sumOfStamps + " HAVING NOT pg_is_in_recovery()"

// connect also prepares the question when no pooler is in the way: planning it would take the server longer than answering it.
func (p *serverLook) connect(ctx context.Context) (err error) {
	if p.conn, err = pgx.ConnectConfig(ctx, p.config); err != nil {
		return err
	}
	var process uint32
	if err := p.conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&process); err != nil {
		return err
	}
	if p.prepared = process == p.conn.PgConn().PID(); p.prepared {
		_, err = p.conn.PgConn().Prepare(ctx, preparedSums, sumsHere, nil)
	}
	return err
}

const preparedSums = "sums"

func (p *serverLook) ask(ctx context.Context) ([][]byte, error) {
	var rows [][][]byte
	if p.prepared {
		r := p.conn.PgConn().ExecPrepared(ctx, preparedSums, nil, nil, nil).Read()
		if r.Err != nil {
			return nil, r.Err
		}
		rows = r.Rows
	} else {
		results, err := p.conn.PgConn().Exec(ctx, sumsHere).ReadAll()
		if err != nil {
			return nil, err
		}
		if len(results) == 1 {
			rows = results[0].Rows
		}
	}
	if len(rows) != 1 {
		return nil, errStandby
	}
	return rows[0], nil
}

func (p *serverLook) close() {
	if p.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		p.conn.Close(ctx)
	}
	p.conn = nil
}
