-- +goose Up
CREATE TABLE declarations (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    preamble TEXT NOT NULL DEFAULT '',
    about_simple TEXT NOT NULL DEFAULT '',
    about_en TEXT NOT NULL DEFAULT '',
    edition BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL DEFAULT 1,
    supersedes_id UUID,
    period_from TEXT,
    period_to TEXT,
    adopted_on TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, supersedes_id) REFERENCES declarations (association_id, id)
);

CREATE TABLE commitments (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    declaration_id UUID NOT NULL,
    number BIGINT NOT NULL,
    wording TEXT NOT NULL,
    title TEXT NOT NULL,
    title_simple TEXT NOT NULL DEFAULT '',
    title_en TEXT NOT NULL DEFAULT '',
    plain TEXT NOT NULL DEFAULT '',
    forms BIGINT NOT NULL DEFAULT 0,
    grounds BIGINT NOT NULL DEFAULT 0,
    extra_grounds TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, declaration_id, number),
    FOREIGN KEY (association_id, declaration_id) REFERENCES declarations (association_id, id)
);

CREATE TABLE signatures (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    home_id UUID NOT NULL,
    declaration_id UUID NOT NULL,
    signed_on TEXT,
    decision TEXT NOT NULL DEFAULT '',
    file_id UUID,
    import_id UUID,
    adopted_by UUID,
    adopted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, declaration_id),
    FOREIGN KEY (home_id, declaration_id) REFERENCES declarations (association_id, id),
    FOREIGN KEY (association_id, file_id) REFERENCES files (association_id, id)
);
CREATE INDEX signatures_of_declaration ON signatures (home_id, declaration_id);

CREATE TABLE pledges (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    home_id UUID NOT NULL,
    declaration_id UUID NOT NULL,
    commitment_id UUID NOT NULL,
    number BIGINT NOT NULL,
    responsible_id UUID REFERENCES accounts (id),
    period_from TEXT,
    period_to TEXT,
    ambition TEXT NOT NULL DEFAULT 'modest',
    verifiable BOOLEAN NOT NULL DEFAULT FALSE,
    verifiable_reason TEXT NOT NULL DEFAULT '',
    forms BIGINT NOT NULL DEFAULT 0,
    grounds BIGINT NOT NULL DEFAULT 0,
    extra_grounds TEXT NOT NULL DEFAULT '',
    adopted_on TEXT NOT NULL,
    wording_version BIGINT NOT NULL DEFAULT 1,
    replaced_by_id UUID,
    replaced_on TEXT,
    state TEXT NOT NULL DEFAULT 'not_started',
    reason TEXT NOT NULL DEFAULT 'nothing',
    state_since TEXT NOT NULL,
    overdue_since TEXT,
    steps_total BIGINT NOT NULL DEFAULT 0,
    steps_done BIGINT NOT NULL DEFAULT 0,
    steps_overdue BIGINT NOT NULL DEFAULT 0,
    next_on TEXT,
    recompute_on TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, commitment_id),
    UNIQUE (association_id, declaration_id, number),
    FOREIGN KEY (home_id, commitment_id) REFERENCES commitments (association_id, id),
    FOREIGN KEY (home_id, declaration_id) REFERENCES declarations (association_id, id),
    FOREIGN KEY (association_id, replaced_by_id) REFERENCES pledges (association_id, id)
);
CREATE INDEX pledges_of_commitment ON pledges (home_id, commitment_id);
CREATE INDEX pledges_to_recompute ON pledges (recompute_on);

CREATE TABLE wordings (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    pledge_id UUID NOT NULL,
    version BIGINT NOT NULL,
    wording TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '',
    adopted_on TEXT NOT NULL,
    adopted_by UUID,
    adopted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, pledge_id, version),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id)
);

CREATE TABLE milestones (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    pledge_id UUID NOT NULL,
    title TEXT NOT NULL,
    due_on TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'not_started',
    state_since TEXT NOT NULL,
    withdrawn_on TEXT,
    withdrawn_reason TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id)
);
CREATE INDEX milestones_of_pledge ON milestones (association_id, pledge_id, due_on);

CREATE TABLE imports (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    file_id UUID NOT NULL,
    file_name TEXT NOT NULL,
    status TEXT NOT NULL,
    year BIGINT NOT NULL DEFAULT 0,
    document_text TEXT NOT NULL,
    reading_json TEXT NOT NULL,
    draft_json TEXT NOT NULL,
    declaration_home_id UUID,
    declaration_id UUID,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, file_id) REFERENCES files (association_id, id)
);

-- +goose Down
DROP TABLE imports;
DROP TABLE milestones;
DROP TABLE wordings;
DROP TABLE pledges;
DROP TABLE signatures;
DROP TABLE commitments;
DROP TABLE declarations;
