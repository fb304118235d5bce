-- +goose Up
CREATE TABLE followup_units (
    association_id UUID NOT NULL REFERENCES associations (id),
    from_year BIGINT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('half_year', 'month')),
    PRIMARY KEY (association_id, from_year)
);

CREATE TABLE followup_codes (
    association_id UUID NOT NULL REFERENCES associations (id),
    variable TEXT NOT NULL,
    code TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    valid_from TEXT,
    valid_to TEXT,
    PRIMARY KEY (association_id, variable, code)
);

CREATE TABLE followup_periods (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    period TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'complete', 'approved', 'accepted')),
    edition BIGINT NOT NULL DEFAULT 1,
    comment TEXT NOT NULL DEFAULT '',
    completed_by UUID,
    completed_on TEXT,
    approved_by UUID,
    approved_on TEXT,
    accepted_by UUID,
    accepted_on TEXT,
    returned_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (association_id, initiative_id, period),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE followup_cells (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    period TEXT NOT NULL,
    moment TEXT NOT NULL CHECK (moment IN ('began', 'took_part', 'left')),
    cell TEXT NOT NULL,
    n BIGINT NOT NULL CHECK (n > 0),
    PRIMARY KEY (association_id, initiative_id, period, moment, cell),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE followup_tallies (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    period TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    added BIGINT NOT NULL DEFAULT 0,
    removed BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (association_id, initiative_id, period, account_id),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE followup_accepted (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    period TEXT NOT NULL,
    edition BIGINT NOT NULL,
    cells_json TEXT NOT NULL,
    accepted_on TEXT NOT NULL,
    PRIMARY KEY (association_id, initiative_id, period, edition),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

CREATE TABLE followup_publications (
    association_id UUID NOT NULL REFERENCES associations (id),
    number BIGINT NOT NULL,
    family TEXT NOT NULL,
    family_json TEXT NOT NULL,
    result_json TEXT NOT NULL,
    coverage_json TEXT NOT NULL DEFAULT '',
    through TEXT NOT NULL,
    published_by UUID,
    published_on TEXT NOT NULL,
    PRIMARY KEY (association_id, family, number)
);

CREATE TABLE followup_national (
    association_id UUID NOT NULL,
    initiative_id UUID NOT NULL,
    year BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('counts', 'facts')),
    sheet_json TEXT NOT NULL,
    entered_by UUID,
    entered_on TEXT NOT NULL,
    PRIMARY KEY (association_id, initiative_id, year, kind, edition),
    FOREIGN KEY (association_id, initiative_id) REFERENCES initiatives (association_id, id)
);

-- +goose Down
DROP TABLE followup_national;
DROP TABLE followup_publications;
DROP TABLE followup_accepted;
DROP TABLE followup_tallies;
DROP TABLE followup_cells;
DROP TABLE followup_periods;
DROP TABLE followup_codes;
DROP TABLE followup_units;
