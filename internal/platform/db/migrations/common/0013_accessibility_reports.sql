-- +goose Up
-- association_id is the zero id for what concerns the installation's own pages, so it refers to no table.
CREATE TABLE accessibility_reports (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    language TEXT NOT NULL,
    page TEXT NOT NULL DEFAULT '',
    what TEXT NOT NULL,
    aid TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    reported_at TIMESTAMPTZ NOT NULL,
    answer_by TEXT NOT NULL,
    answered_at TIMESTAMPTZ,
    answered_by UUID REFERENCES accounts (id),
    answer TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '',
    decided_at TIMESTAMPTZ,
    public_sv TEXT NOT NULL DEFAULT '',
    public_simple TEXT NOT NULL DEFAULT '',
    public_en TEXT NOT NULL DEFAULT '',
    closed_at TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id)
);

-- +goose Down
DROP TABLE accessibility_reports;
