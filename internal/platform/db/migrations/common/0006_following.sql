-- +goose Up
CREATE TABLE rounds (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    title TEXT NOT NULL,
    period_from TEXT NOT NULL,
    period_to TEXT NOT NULL,
    closes_on TEXT NOT NULL,
    corrects_id UUID,
    public BOOLEAN NOT NULL DEFAULT FALSE,
    published_at TIMESTAMPTZ,
    opened_by UUID,
    opened_at TIMESTAMPTZ NOT NULL,
    frozen_by UUID,
    frozen_at TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, corrects_id) REFERENCES rounds (association_id, id)
);

CREATE TABLE round_comments (
    association_id UUID NOT NULL,
    round_id UUID NOT NULL,
    pledge_id UUID NOT NULL,
    comment TEXT NOT NULL,
    updated_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, round_id, pledge_id),
    FOREIGN KEY (association_id, round_id) REFERENCES rounds (association_id, id),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id)
);

CREATE TABLE snapshots (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    round_id UUID NOT NULL,
    content_json TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, round_id),
    FOREIGN KEY (association_id, round_id) REFERENCES rounds (association_id, id)
);

CREATE TABLE subscriptions (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    pledge_id UUID,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    confirm_hash TEXT UNIQUE,
    confirmed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id)
);
CREATE INDEX subscriptions_of_pledge ON subscriptions (association_id, pledge_id);

CREATE TABLE drafts (
    account_id UUID NOT NULL REFERENCES accounts (id),
    page TEXT NOT NULL,
    form TEXT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, page)
);

-- +goose Down
DROP TABLE drafts;
DROP TABLE subscriptions;
DROP TABLE snapshots;
DROP TABLE round_comments;
DROP TABLE rounds;
