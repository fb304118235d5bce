-- +goose Up
CREATE TABLE associations (
    id UUID PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    host TEXT UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    org_number TEXT NOT NULL DEFAULT '',
    seat TEXT NOT NULL DEFAULT '',
    county TEXT NOT NULL DEFAULT '',
    about_sv TEXT NOT NULL DEFAULT '',
    about_simple TEXT NOT NULL DEFAULT '',
    about_en TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    brand TEXT NOT NULL DEFAULT 'spruce',
    founded_on TEXT,
    ended_on TEXT,
    lapse_after_days BIGINT NOT NULL DEFAULT 180,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE members (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fk', 'af', 'region', 'municipality')),
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id)
);

CREATE TABLE bodies (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('board', 'prep', 'office', 'auditors', 'other')),
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id)
);

-- +goose Down
DROP TABLE bodies;
DROP TABLE members;
DROP TABLE associations;
