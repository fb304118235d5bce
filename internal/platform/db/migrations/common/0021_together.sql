-- +goose Up
-- Associations that look at their figures together. A group belongs to the association that invited, and names those that are in it.
CREATE TABLE followup_groups (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    started_by UUID NOT NULL REFERENCES accounts (id),
    started_on TEXT NOT NULL,
    PRIMARY KEY (association_id, id)
);

CREATE TABLE followup_group_members (
    association_id UUID NOT NULL,
    group_id UUID NOT NULL,
    member_id UUID NOT NULL REFERENCES associations (id),
    state TEXT NOT NULL CHECK (state IN ('invited', 'joined', 'declined', 'left')),
    answered_by UUID REFERENCES accounts (id),
    answered_on TEXT,
    PRIMARY KEY (association_id, group_id, member_id),
    FOREIGN KEY (association_id, group_id) REFERENCES followup_groups (association_id, id)
);
CREATE INDEX followup_group_members_of ON followup_group_members (member_id);

-- members are the ids of the associations whose people it is about, in order and with blanks between.
CREATE TABLE followup_joint_publications (
    association_id UUID NOT NULL,
    group_id UUID NOT NULL,
    family TEXT NOT NULL,
    number BIGINT NOT NULL,
    members TEXT NOT NULL,
    family_json TEXT NOT NULL,
    result_json TEXT NOT NULL,
    coverage_json TEXT NOT NULL DEFAULT '',
    through TEXT NOT NULL,
    published_for UUID NOT NULL REFERENCES associations (id),
    published_by UUID NOT NULL REFERENCES accounts (id),
    published_on TEXT NOT NULL,
    PRIMARY KEY (association_id, group_id, family, number),
    FOREIGN KEY (association_id, group_id) REFERENCES followup_groups (association_id, id)
);

CREATE TABLE equality_joint_releases (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    group_id UUID NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'published', 'withdrawn')),
    content_json TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    prepared_for UUID NOT NULL REFERENCES associations (id),
    prepared_by UUID NOT NULL REFERENCES accounts (id),
    prepared_on TEXT NOT NULL,
    published_on TEXT,
    published_at TIMESTAMPTZ,
    withdrawn_for UUID REFERENCES associations (id),
    withdrawn_by UUID REFERENCES accounts (id),
    withdrawn_on TEXT,
    withdrawn_reason TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, group_id, number),
    FOREIGN KEY (association_id, group_id) REFERENCES followup_groups (association_id, id)
);

-- What a joint release is to each of those it is about. The public log tells of these rows, one entry for each association.
CREATE TABLE equality_joint_parts (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    release_id UUID NOT NULL,
    member_id UUID NOT NULL REFERENCES associations (id),
    approved_by UUID REFERENCES accounts (id),
    approved_on TEXT,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, release_id, member_id),
    FOREIGN KEY (association_id, release_id) REFERENCES equality_joint_releases (association_id, id)
);
CREATE INDEX equality_joint_parts_of ON equality_joint_parts (member_id);

-- +goose Down
DROP TABLE equality_joint_parts;
DROP TABLE equality_joint_releases;
DROP TABLE followup_joint_publications;
DROP TABLE followup_group_members;
DROP TABLE followup_groups;
