-- +goose Up
CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT 'sv',
    admin BOOLEAN NOT NULL DEFAULT FALSE,
    calendar_token_hash TEXT UNIQUE,
    reminders BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    last_login_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ
);

CREATE TABLE roles (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    body_id UUID,
    organisation TEXT NOT NULL DEFAULT '',
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, body_id) REFERENCES bodies (association_id, id)
);
CREATE INDEX roles_of_account ON roles (account_id);

CREATE TABLE passkeys (
    account_id UUID NOT NULL REFERENCES accounts (id),
    id UUID NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    credential TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE passkey_ceremonies (
    token_hash TEXT PRIMARY KEY,
    account_id UUID REFERENCES accounts (id),
    data TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX passkey_ceremonies_by_age ON passkey_ceremonies (expires_at);

CREATE TABLE login_codes (
    pending_hash TEXT PRIMARY KEY,
    account_id UUID REFERENCES accounts (id),
    email TEXT NOT NULL,
    code_salt TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX login_codes_by_age ON login_codes (expires_at);

CREATE TABLE email_changes (
    account_id UUID PRIMARY KEY REFERENCES accounts (id),
    new_email TEXT NOT NULL,
    old_token_hash TEXT NOT NULL UNIQUE,
    new_token_hash TEXT NOT NULL UNIQUE,
    old_confirmed_at TIMESTAMPTZ,
    new_confirmed_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE setup_links (
    token_hash TEXT PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    account_id UUID NOT NULL REFERENCES accounts (id),
    data BYTEA NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_of_account ON sessions (account_id);

CREATE TABLE rate_limits (
    bucket TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (bucket, window_start)
);

-- +goose Down
DROP TABLE rate_limits;
DROP TABLE sessions;
DROP TABLE setup_links;
DROP TABLE email_changes;
DROP TABLE login_codes;
DROP TABLE passkey_ceremonies;
DROP TABLE passkeys;
DROP TABLE roles;
DROP TABLE accounts;
