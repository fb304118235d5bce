-- +goose Up
CREATE TABLE survey_instruments (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    owner_name TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, name)
);

CREATE TABLE survey_indicators (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    instrument_id UUID NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, instrument_id, name),
    FOREIGN KEY (association_id, instrument_id) REFERENCES survey_instruments (association_id, id)
);

CREATE TABLE survey_questions (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    instrument_id UUID NOT NULL,
    indicator_id UUID NOT NULL,
    number TEXT NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, instrument_id, number),
    FOREIGN KEY (association_id, instrument_id) REFERENCES survey_instruments (association_id, id),
    FOREIGN KEY (association_id, indicator_id) REFERENCES survey_indicators (association_id, id)
);

CREATE TABLE survey_wordings (
    association_id UUID NOT NULL,
    question_id UUID NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    options_json TEXT NOT NULL,
    valid_from TEXT,
    PRIMARY KEY (association_id, question_id, version),
    FOREIGN KEY (association_id, question_id) REFERENCES survey_questions (association_id, id)
);

CREATE TABLE survey_rounds (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    instrument_id UUID NOT NULL,
    name TEXT NOT NULL,
    first_day TEXT NOT NULL,
    PRIMARY KEY (association_id, id),
    UNIQUE (association_id, instrument_id, name),
    FOREIGN KEY (association_id, instrument_id) REFERENCES survey_instruments (association_id, id)
);

CREATE TABLE survey_asked (
    association_id UUID NOT NULL,
    round_id UUID NOT NULL,
    respondents TEXT NOT NULL,
    number BIGINT NOT NULL,
    result_json TEXT NOT NULL,
    noted_by UUID,
    noted_on TEXT NOT NULL,
    PRIMARY KEY (association_id, round_id, respondents, number),
    FOREIGN KEY (association_id, round_id) REFERENCES survey_rounds (association_id, id)
);

CREATE TABLE survey_counts (
    association_id UUID NOT NULL,
    round_id UUID NOT NULL,
    respondents TEXT NOT NULL,
    question_id UUID NOT NULL,
    version BIGINT NOT NULL,
    counts_json TEXT NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, round_id, respondents, question_id),
    FOREIGN KEY (association_id, round_id) REFERENCES survey_rounds (association_id, id),
    FOREIGN KEY (association_id, question_id) REFERENCES survey_questions (association_id, id)
);

CREATE TABLE survey_publications (
    association_id UUID NOT NULL,
    round_id UUID NOT NULL,
    respondents TEXT NOT NULL,
    question_id UUID NOT NULL,
    number BIGINT NOT NULL,
    version BIGINT NOT NULL,
    composition_json TEXT NOT NULL,
    result_json TEXT NOT NULL,
    left_json TEXT NOT NULL DEFAULT '[]',
    published_by UUID,
    published_on TEXT NOT NULL,
    PRIMARY KEY (association_id, round_id, respondents, question_id, number),
    FOREIGN KEY (association_id, round_id) REFERENCES survey_rounds (association_id, id),
    FOREIGN KEY (association_id, question_id) REFERENCES survey_questions (association_id, id)
);

-- +goose Down
DROP TABLE survey_publications;
DROP TABLE survey_counts;
DROP TABLE survey_asked;
DROP TABLE survey_rounds;
DROP TABLE survey_wordings;
DROP TABLE survey_questions;
DROP TABLE survey_indicators;
DROP TABLE survey_instruments;
