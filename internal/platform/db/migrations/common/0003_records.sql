-- +goose Up
CREATE TABLE installation_keys (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE form_keys (
    form_key TEXT PRIMARY KEY,
    location TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX form_keys_by_age ON form_keys (created_at);

CREATE TABLE files (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    name TEXT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id)
);

CREATE TABLE audit_entries (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    before_json TEXT NOT NULL DEFAULT '',
    after_json TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (association_id, id)
);
CREATE INDEX audit_of_subject ON audit_entries (association_id, subject_id, id);

CREATE TABLE mails (
    id UUID PRIMARY KEY,
    association_id UUID,
    kind TEXT NOT NULL,
    to_address TEXT NOT NULL,
    from_name TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL DEFAULT '',
    unsubscribe_url TEXT NOT NULL DEFAULT '',
    unique_key TEXT UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mails_by_age ON mails (created_at);

-- +goose Down
DROP TABLE mails;
DROP TABLE audit_entries;
DROP TABLE files;
DROP TABLE form_keys;
DROP TABLE installation_keys;
