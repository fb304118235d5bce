-- +goose Up
CREATE TABLE job_keys (
    unique_key TEXT PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE job_ticks (
    name TEXT PRIMARY KEY,
    tick TIMESTAMPTZ NOT NULL
);

CREATE TABLE job_copies (
    id TEXT PRIMARY KEY,
    beats BIGINT NOT NULL
);

-- +goose Down
DROP TABLE job_copies;
DROP TABLE job_ticks;
DROP TABLE job_keys;
