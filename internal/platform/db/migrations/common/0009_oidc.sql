-- +goose Up
CREATE TABLE oidc_ceremonies (
    token_hash TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    provider TEXT NOT NULL,
    account_id UUID REFERENCES accounts (id),
    data TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX oidc_ceremonies_by_age ON oidc_ceremonies (expires_at);

CREATE TABLE oidc_identities (
    account_id UUID NOT NULL REFERENCES accounts (id),
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject_hash TEXT NOT NULL UNIQUE,
    admin_by_rule BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE oidc_roles (
    association_id UUID NOT NULL,
    role_id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    provider TEXT NOT NULL,
    PRIMARY KEY (association_id, role_id),
    FOREIGN KEY (association_id, role_id) REFERENCES roles (association_id, id)
);
CREATE INDEX oidc_roles_of_account ON oidc_roles (account_id);

CREATE TABLE oidc_sessions (
    session_id UUID PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    subject_hash TEXT NOT NULL,
    sid_hash TEXT
);
CREATE INDEX oidc_sessions_of_subject ON oidc_sessions (subject_hash);
CREATE INDEX oidc_sessions_by_sid ON oidc_sessions (sid_hash);

CREATE TABLE oidc_logouts (
    token_hash TEXT PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE oidc_logouts;
DROP TABLE oidc_sessions;
DROP TABLE oidc_roles;
DROP TABLE oidc_identities;
DROP TABLE oidc_ceremonies;
