-- +goose Up
CREATE TABLE logs (
    epoch BIGINT PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    verifier TEXT NOT NULL,
    previous TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    begun_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE log_entries (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    association_id UUID,
    subject_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX log_entries_of_subject ON log_entries (subject_id, kind, id);

CREATE TABLE log_salts (
    entry_id UUID PRIMARY KEY REFERENCES log_entries (id),
    salt TEXT NOT NULL,
    destroyed_at TIMESTAMPTZ
);

CREATE TABLE log_waiting (
    entry_id UUID PRIMARY KEY REFERENCES log_entries (id),
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX log_waiting_by_age ON log_waiting (at, entry_id);

CREATE TABLE log_leaves (
    epoch BIGINT NOT NULL REFERENCES logs (epoch),
    seq BIGINT NOT NULL,
    entry_id UUID NOT NULL REFERENCES log_entries (id),
    hash BYTEA NOT NULL,
    PRIMARY KEY (epoch, seq),
    UNIQUE (entry_id, epoch)
);

CREATE TABLE log_hashes (
    epoch BIGINT NOT NULL REFERENCES logs (epoch),
    idx BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (epoch, idx)
);

CREATE TABLE log_checkpoints (
    epoch BIGINT NOT NULL REFERENCES logs (epoch),
    size BIGINT NOT NULL,
    follows BIGINT NOT NULL,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (epoch, size)
);

CREATE TABLE log_cosignatures (
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    verifier TEXT NOT NULL,
    line TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (epoch, size, verifier),
    FOREIGN KEY (epoch, size) REFERENCES log_checkpoints (epoch, size)
);

CREATE TABLE log_witnesses (
    verifier TEXT PRIMARY KEY,
    size BIGINT NOT NULL DEFAULT 0,
    asked_at TIMESTAMPTZ NOT NULL,
    cosigned_at TIMESTAMPTZ,
    refused_since TIMESTAMPTZ,
    fault TEXT NOT NULL DEFAULT ''
);

CREATE TABLE log_witnessed (
    origin TEXT PRIMARY KEY,
    verifier TEXT NOT NULL,
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE log_witnessed;
DROP TABLE log_witnesses;
DROP TABLE log_cosignatures;
DROP TABLE log_checkpoints;
DROP TABLE log_hashes;
DROP TABLE log_leaves;
DROP TABLE log_waiting;
DROP TABLE log_salts;
DROP TABLE log_entries;
DROP TABLE logs;
