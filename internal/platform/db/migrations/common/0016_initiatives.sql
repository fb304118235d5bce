-- +goose Up
CREATE TABLE initiatives (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    orientation TEXT NOT NULL CHECK (orientation IN ('individual', 'structural')),
    method TEXT NOT NULL CHECK (method IN ('cards', 'sex', 'total')),
    esf BOOLEAN NOT NULL DEFAULT FALSE,
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'confirmed', 'closed')),
    owner_id UUID,
    from_on TEXT,
    to_on TEXT,
    target_groups TEXT NOT NULL DEFAULT '',
    target_other TEXT NOT NULL DEFAULT '',
    replaces_id UUID,
    joint_association_id UUID,
    joint_id UUID,
    sort_key TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, owner_id) REFERENCES members (association_id, id),
    FOREIGN KEY (association_id, replaces_id) REFERENCES initiatives (association_id, id),
    FOREIGN KEY (joint_association_id, joint_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE initiative_members (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    member_id UUID NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('party', 'municipality')),
    PRIMARY KEY (association_id, initiative_id, part, member_id),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id),
    FOREIGN KEY (association_id, member_id) REFERENCES members (association_id, id)
);

CREATE TABLE initiative_years (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    year BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    PRIMARY KEY (association_id, initiative_id, year),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE initiative_associations (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    other_id UUID NOT NULL REFERENCES associations (id),
    PRIMARY KEY (association_id, initiative_id, other_id),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);
CREATE INDEX initiative_associations_of_other ON initiative_associations (other_id);

CREATE TABLE initiative_people (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('initiative_lead', 'initiative_staff')),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);
CREATE INDEX initiative_people_of_initiative ON initiative_people (association_id, initiative_id);
CREATE INDEX initiative_people_of_account ON initiative_people (account_id, association_id);

-- +goose Down
DROP TABLE initiative_people;
DROP TABLE initiative_associations;
DROP TABLE initiative_years;
DROP TABLE initiative_members;
DROP TABLE initiatives;
