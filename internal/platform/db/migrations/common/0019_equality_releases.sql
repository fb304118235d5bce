-- +goose Up
CREATE TABLE equality_releases (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'published', 'withdrawn')),
    content_json TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    prepared_by UUID NOT NULL REFERENCES accounts (id),
    prepared_on TEXT NOT NULL,
    approved_by UUID REFERENCES accounts (id),
    published_on TEXT,
    published_at TIMESTAMPTZ,
    withdrawn_by UUID REFERENCES accounts (id),
    withdrawn_on TEXT,
    withdrawn_reason TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, number),
    CHECK (state = 'prepared' OR approved_by IS NOT NULL AND approved_by <> prepared_by)
);

-- +goose Down
DROP TABLE equality_releases;
