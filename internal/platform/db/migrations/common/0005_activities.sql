-- +goose Up
CREATE TABLE activities (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    forms BIGINT NOT NULL DEFAULT 0,
    grounds BIGINT NOT NULL DEFAULT 0,
    status TEXT NOT NULL CHECK (status IN ('planned', 'confirmed', 'done', 'postponed', 'cancelled')),
    status_reason TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'not_started',
    plan_year BIGINT NOT NULL,
    date_precision TEXT NOT NULL,
    from_on TEXT,
    to_on TEXT,
    date_text TEXT NOT NULL DEFAULT '',
    clock_time TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    digital BOOLEAN NOT NULL DEFAULT FALSE,
    description TEXT NOT NULL DEFAULT '',
    audience TEXT NOT NULL DEFAULT '',
    project TEXT NOT NULL DEFAULT '',
    reach_min BIGINT,
    reach_max BIGINT,
    reach_text TEXT NOT NULL DEFAULT '',
    reached BIGINT,
    reached_how TEXT NOT NULL DEFAULT '',
    owner_id UUID REFERENCES accounts (id),
    follow_up_on TEXT,
    notes TEXT NOT NULL DEFAULT '',
    public BOOLEAN NOT NULL DEFAULT TRUE,
    series_id UUID,
    copied_from_id UUID,
    import_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id)
);
CREATE INDEX activities_by_end ON activities (to_on, state);
CREATE INDEX activities_of_series ON activities (association_id, series_id);
CREATE INDEX activities_of_owner ON activities (owner_id, plan_year);

CREATE TABLE activity_organisers (
    association_id UUID NOT NULL,
    activity_id UUID NOT NULL,
    organiser_id UUID NOT NULL REFERENCES associations (id),
    confirmed_at TIMESTAMPTZ,
    declined_at TIMESTAMPTZ,
    plan_year BIGINT NOT NULL,
    sort_on TEXT NOT NULL,
    PRIMARY KEY (association_id, activity_id, organiser_id),
    FOREIGN KEY (association_id, activity_id) REFERENCES activities (association_id, id)
);
CREATE INDEX activity_organisers_by_year ON activity_organisers (organiser_id, plan_year, sort_on);

CREATE TABLE activity_serves (
    association_id UUID NOT NULL,
    activity_id UUID NOT NULL,
    pledge_association_id UUID NOT NULL,
    pledge_id UUID NOT NULL,
    plan_year BIGINT NOT NULL,
    how TEXT NOT NULL DEFAULT '',
    score DOUBLE PRECISION,
    PRIMARY KEY (association_id, activity_id, pledge_association_id, pledge_id),
    FOREIGN KEY (association_id, activity_id) REFERENCES activities (association_id, id),
    FOREIGN KEY (pledge_association_id, pledge_id) REFERENCES pledges (association_id, id)
);
CREATE INDEX activity_serves_by_year ON activity_serves (pledge_association_id, plan_year, pledge_id, association_id, activity_id);
CREATE INDEX activity_serves_pledge ON activity_serves (pledge_association_id, pledge_id);

CREATE TABLE activity_people (
    association_id UUID NOT NULL,
    activity_id UUID NOT NULL,
    position BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('partner', 'speaker')),
    name TEXT NOT NULL,
    PRIMARY KEY (association_id, activity_id, position),
    FOREIGN KEY (association_id, activity_id) REFERENCES activities (association_id, id)
);

CREATE TABLE evidence (
    association_id UUID NOT NULL REFERENCES associations (id),
    id UUID NOT NULL,
    activity_home_id UUID,
    activity_id UUID,
    milestone_id UUID,
    pledge_id UUID,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'link', 'figure', 'decision', 'account')),
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    figure BIGINT,
    figure_unit TEXT NOT NULL DEFAULT '',
    figure_source TEXT NOT NULL DEFAULT '',
    file_id UUID,
    happened_on TEXT,
    completes BOOLEAN NOT NULL DEFAULT TRUE,
    public BOOLEAN NOT NULL DEFAULT FALSE,
    status TEXT NOT NULL CHECK (status IN ('filed', 'accepted', 'returned', 'withdrawn')),
    filed_by UUID,
    filed_on TEXT NOT NULL,
    filed_at TIMESTAMPTZ NOT NULL,
    reviewed_by UUID,
    reviewed_on TEXT,
    reviewed_at TIMESTAMPTZ,
    review_comment TEXT NOT NULL DEFAULT '',
    own_review BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id),
    FOREIGN KEY (association_id, milestone_id) REFERENCES milestones (association_id, id),
    FOREIGN KEY (activity_home_id, activity_id) REFERENCES activities (association_id, id),
    FOREIGN KEY (association_id, file_id) REFERENCES files (association_id, id)
);
CREATE INDEX evidence_of_activity ON evidence (activity_home_id, activity_id);
CREATE INDEX evidence_of_milestone ON evidence (association_id, milestone_id);
CREATE INDEX evidence_of_pledge ON evidence (association_id, pledge_id);
CREATE INDEX evidence_by_status ON evidence (association_id, status);

CREATE TABLE state_changes (
    association_id UUID NOT NULL,
    id UUID NOT NULL,
    pledge_id UUID NOT NULL,
    milestone_id UUID,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    changed_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (association_id, id),
    FOREIGN KEY (association_id, pledge_id) REFERENCES pledges (association_id, id)
);
CREATE INDEX state_changes_of_pledge ON state_changes (association_id, pledge_id, id);

-- +goose Down
DROP TABLE state_changes;
DROP TABLE evidence;
DROP TABLE activity_people;
DROP TABLE activity_serves;
DROP TABLE activity_organisers;
DROP TABLE activities;
