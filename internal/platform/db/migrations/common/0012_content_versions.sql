-- What the content of the database is, told by random stamps: who sees the same stamps sees the same content. A transaction that writes what can
-- show on a page puts a new stamp on one of a few slots, so that writers seldom wait for each other.

-- +goose Up
CREATE TABLE content_versions (
    kind TEXT NOT NULL,
    slot BIGINT NOT NULL,
    stamp BIGINT NOT NULL,
    PRIMARY KEY (kind, slot)
);

-- +goose Down
DROP TABLE content_versions;
