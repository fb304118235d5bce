-- Copies of release 0.1.0, and people at a prompt, write without putting a stamp into content_versions. For them the database does. A statement of a
-- program that puts its own begins with a mark (db.Stamps) and passes.
--
-- Without a transaction, so that no two tables are locked at a time while copies of the last release work.

-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION stamp_for_others() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed TEXT;
        new_stamp BIGINT;
    BEGIN
        FOREACH changed IN ARRAY TG_ARGV LOOP
            new_stamp := floor(random() * 281474976710656);
            IF current_setting('transaction_isolation') <> 'read committed' THEN -- a slot that somebody has touched meanwhile would be refused
                INSERT INTO content_versions (kind, slot, stamp) VALUES (changed, 16 + floor(random() * 4611686018427387904)::BIGINT, new_stamp);
                CONTINUE;
            END IF;
            -- These slots are below those of the program, and nobody ever waits for one: a transaction that holds one may still come to wait for others.
            UPDATE content_versions SET stamp = new_stamp WHERE kind = changed
                AND slot = (SELECT slot FROM content_versions WHERE kind = changed AND slot < 0 LIMIT 1 FOR UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                INSERT INTO content_versions (kind, slot, stamp) VALUES (changed, -1 - floor(random() * 4611686018427387904)::BIGINT, new_stamp);
            END IF;
        END LOOP;
        RETURN NULL;
    END
$$;
-- +goose StatementEnd
CREATE OR REPLACE TRIGGER accessibility_reports_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON accessibility_reports FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER accounts_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON accounts FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content', 'access');
CREATE OR REPLACE TRIGGER activities_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON activities FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER activity_organisers_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON activity_organisers FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER activity_people_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON activity_people FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER activity_serves_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON activity_serves FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER associations_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON associations FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER audit_entries_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER bodies_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON bodies FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER commitments_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON commitments FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER declarations_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON declarations FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER evidence_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON evidence FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER files_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON files FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER imports_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON imports FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_checkpoints_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_checkpoints FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_cosignatures_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_cosignatures FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_entries_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_entries FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_hashes_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_hashes FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_leaves_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_leaves FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_salts_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_salts FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_waiting_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_waiting FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_witnessed_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_witnessed FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER log_witnesses_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON log_witnesses FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER logs_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON logs FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER members_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON members FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER milestones_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON milestones FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER oidc_identities_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON oidc_identities FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER oidc_roles_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON oidc_roles FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER pledges_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pledges FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER roles_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON roles FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content', 'access');
CREATE OR REPLACE TRIGGER round_comments_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON round_comments FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER rounds_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rounds FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER sessions_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sessions FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('access');
CREATE OR REPLACE TRIGGER signatures_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON signatures FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER snapshots_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON snapshots FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER state_changes_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON state_changes FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');
CREATE OR REPLACE TRIGGER wordings_stamped AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON wordings FOR EACH STATEMENT WHEN (current_query() NOT LIKE '/*stamps*/%') EXECUTE FUNCTION stamp_for_others('content');

-- +goose Down
DROP TRIGGER accessibility_reports_stamped ON accessibility_reports;
DROP TRIGGER accounts_stamped ON accounts;
DROP TRIGGER activities_stamped ON activities;
DROP TRIGGER activity_organisers_stamped ON activity_organisers;
DROP TRIGGER activity_people_stamped ON activity_people;
DROP TRIGGER activity_serves_stamped ON activity_serves;
DROP TRIGGER associations_stamped ON associations;
DROP TRIGGER audit_entries_stamped ON audit_entries;
DROP TRIGGER bodies_stamped ON bodies;
DROP TRIGGER commitments_stamped ON commitments;
DROP TRIGGER declarations_stamped ON declarations;
DROP TRIGGER evidence_stamped ON evidence;
DROP TRIGGER files_stamped ON files;
DROP TRIGGER imports_stamped ON imports;
DROP TRIGGER log_checkpoints_stamped ON log_checkpoints;
DROP TRIGGER log_cosignatures_stamped ON log_cosignatures;
DROP TRIGGER log_entries_stamped ON log_entries;
DROP TRIGGER log_hashes_stamped ON log_hashes;
DROP TRIGGER log_leaves_stamped ON log_leaves;
DROP TRIGGER log_salts_stamped ON log_salts;
DROP TRIGGER log_waiting_stamped ON log_waiting;
DROP TRIGGER log_witnessed_stamped ON log_witnessed;
DROP TRIGGER log_witnesses_stamped ON log_witnesses;
DROP TRIGGER logs_stamped ON logs;
DROP TRIGGER members_stamped ON members;
DROP TRIGGER milestones_stamped ON milestones;
DROP TRIGGER oidc_identities_stamped ON oidc_identities;
DROP TRIGGER oidc_roles_stamped ON oidc_roles;
DROP TRIGGER pledges_stamped ON pledges;
DROP TRIGGER roles_stamped ON roles;
DROP TRIGGER round_comments_stamped ON round_comments;
DROP TRIGGER rounds_stamped ON rounds;
DROP TRIGGER sessions_stamped ON sessions;
DROP TRIGGER signatures_stamped ON signatures;
DROP TRIGGER snapshots_stamped ON snapshots;
DROP TRIGGER state_changes_stamped ON state_changes;
DROP TRIGGER wordings_stamped ON wordings;
DROP FUNCTION stamp_for_others();
