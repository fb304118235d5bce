-- +goose Up
CREATE TABLE equality_comparisons (
    association_id UUID NOT NULL REFERENCES associations (id),
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    outcome_variable TEXT NOT NULL,
    outcome_code TEXT NOT NULL,
    variable TEXT NOT NULL,
    group_code TEXT NOT NULL,
    reference_code TEXT NOT NULL,
    strata TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    declared_by UUID NOT NULL REFERENCES accounts (id),
    declared_on TEXT NOT NULL,
    released_in BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (association_id, number),
    UNIQUE (association_id, source, outcome_variable, outcome_code, variable, group_code, reference_code)
);

ALTER TABLE equality_notes ADD COLUMN file_id UUID;

-- +goose Down
ALTER TABLE equality_notes DROP COLUMN file_id;
DROP TABLE equality_comparisons;
