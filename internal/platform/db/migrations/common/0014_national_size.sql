-- +goose Up
-- Each of these lets a page or the nightly run read what it shows or changes, and not what has gathered over the years.
CREATE INDEX activities_by_start ON activities (from_on, id);
CREATE INDEX activities_by_status ON activities (association_id, status, to_on);
CREATE INDEX activities_to_follow_up ON activities (association_id, status, follow_up_on) WHERE follow_up_on IS NOT NULL;
CREATE INDEX activities_not_begun ON activities (to_on) WHERE state = 'not_started' AND status <> 'cancelled';
CREATE INDEX activity_organisers_unanswered ON activity_organisers (organiser_id, confirmed_at, declined_at) WHERE confirmed_at IS NULL AND declined_at IS NULL;
CREATE INDEX activity_organisers_asked ON activity_organisers (association_id, activity_id) WHERE confirmed_at IS NULL AND declined_at IS NULL;
CREATE INDEX activity_organisers_of ON activity_organisers (organiser_id, activity_id);
CREATE INDEX activity_serves_years ON activity_serves (pledge_association_id, pledge_id, plan_year);
CREATE INDEX evidence_for_pledge ON evidence (association_id, pledge_id, status, filed_on) WHERE pledge_id IS NOT NULL;
CREATE INDEX evidence_for_milestone ON evidence (association_id, milestone_id, status, filed_on) WHERE milestone_id IS NOT NULL;
CREATE INDEX evidence_of_activity_by_day ON evidence (activity_home_id, activity_id, filed_on, status);
CREATE INDEX evidence_by_review ON evidence (association_id, status, reviewed_on);
CREATE INDEX milestones_by_day ON milestones (association_id, due_on);
CREATE INDEX pledges_standing ON pledges (association_id, state, overdue_since, state_since);

-- +goose Down
DROP INDEX pledges_standing;
DROP INDEX milestones_by_day;
DROP INDEX evidence_by_review;
DROP INDEX evidence_of_activity_by_day;
DROP INDEX evidence_for_milestone;
DROP INDEX evidence_for_pledge;
DROP INDEX activity_serves_years;
DROP INDEX activity_organisers_of;
DROP INDEX activity_organisers_asked;
DROP INDEX activity_organisers_unanswered;
DROP INDEX activities_to_follow_up;
DROP INDEX activities_by_status;
DROP INDEX activities_not_begun;
DROP INDEX activities_by_start;
