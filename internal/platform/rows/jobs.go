package rows

import "samklang/internal/platform/db"

// jobTable is River's table of jobs as far as it concerns an installation: what has not been done yet, and what was given up and may be tried again.
// Each engine keeps jobs in columns of its own. A job that is running is not done, so it runs again where it comes to; done ones stay behind.
var jobTable = Table{Name: "river_job", Key: []string{"id"}, Columns: []Column{
	{"id", Integer}, {"kind", Text}, {"args", JSON}, {"state", Text}, {"queue", Text}, {"priority", Integer}, {"attempt", Integer}, {"max_attempts", Integer},
	{"scheduled_at", Timestamp}, {"created_at", Timestamp}, {"attempted_at", Timestamp}, {"finalized_at", Timestamp}, {"errors", JSON}, {"metadata", JSON}, {"tags", JSON},
}}

const jobState = `CASE CAST(state AS TEXT) WHEN 'running' THEN 'available' ELSE CAST(state AS TEXT) END`

var jobSelection = map[db.Engine]string{
	db.SQLite: `SELECT id, kind, json(args), ` + jobState + `, queue, priority, attempt, max_attempts, CAST(scheduled_at AS TEXT), CAST(created_at AS TEXT), CAST(attempted_at AS TEXT),
		CAST(finalized_at AS TEXT), json(errors), json(metadata), json(tags) FROM river_job WHERE state NOT IN ('completed', 'cancelled') ORDER BY id`,
	db.Postgres: `SELECT id, kind, args, ` + jobState + `, queue, priority::bigint, attempt::bigint, max_attempts::bigint, scheduled_at, created_at, attempted_at,
		finalized_at, to_jsonb(errors), metadata, to_jsonb(tags) FROM river_job WHERE state NOT IN ('completed', 'cancelled') ORDER BY id`,
}

// River compares its times on SQLite as texts in this form (jobs.stamp), and reads JSON there as text.
const jobTime = "2006-01-02 15:04:05.999999"

var jobInsertion = map[db.Engine]string{
	db.SQLite: `INSERT INTO river_job (id, kind, args, state, queue, priority, attempt, max_attempts, scheduled_at, created_at, attempted_at, finalized_at, errors, metadata, tags)
		VALUES (?, ?, CAST(? AS BLOB), ?, ?, ?, ?, ?, ?, ?, ?, ?, json(?), json(?), json(?))`,
	db.Postgres: `INSERT INTO river_job (id, kind, args, state, queue, priority, attempt, max_attempts, scheduled_at, created_at, attempted_at, finalized_at, errors, metadata, tags)
		VALUES ($1, $2, $3::jsonb, $4::text::river_job_state, $5, $6, $7, $8, $9::timestamptz, $10::timestamptz, $11::timestamptz, $12::timestamptz,
			CASE WHEN $13::text IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements($13::text::jsonb)) END, $14::jsonb, ARRAY(SELECT jsonb_array_elements_text($15::text::jsonb)))`,
}

// jobNumbers lets PostgreSQL count on from the highest number.
const jobNumbers = `SELECT setval(pg_get_serial_sequence('river_job', 'id'), greatest(max(id), 1), max(id) IS NOT NULL) FROM river_job`
