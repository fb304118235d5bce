-- +goose Up
CREATE TABLE equality_cases (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    comparison TEXT NOT NULL,
    publication BIGINT NOT NULL,
    owner_id UUID NOT NULL REFERENCES accounts (id),
    promise_id UUID,
    step TEXT NOT NULL CHECK (step IN ('examine', 'analyse', 'act', 'follow_up', 'closed')),
    due_on TEXT,
    taken_by UUID NOT NULL REFERENCES accounts (id),
    taken_on TEXT NOT NULL,
    closed_on TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id)
);

CREATE TABLE equality_notes (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('examine', 'analyse', 'act', 'follow_up')),
    body TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    done BOOLEAN NOT NULL DEFAULT FALSE,
    written_by UUID NOT NULL REFERENCES accounts (id),
    written_on TEXT NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, case_id) REFERENCES equality_cases (association_id, id)
);
CREATE INDEX equality_notes_of_case ON equality_notes (association_id, case_id);

-- +goose Down
DROP TABLE equality_notes;
DROP TABLE equality_cases;
