-- +goose Up
CREATE TRIGGER logs_append_only BEFORE UPDATE OR DELETE ON logs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER logs_no_truncate BEFORE TRUNCATE ON logs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_append_only BEFORE UPDATE OR DELETE ON log_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_no_truncate BEFORE TRUNCATE ON log_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_leaves_append_only BEFORE UPDATE OR DELETE ON log_leaves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_leaves_no_truncate BEFORE TRUNCATE ON log_leaves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_hashes_append_only BEFORE UPDATE OR DELETE ON log_hashes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_hashes_no_truncate BEFORE TRUNCATE ON log_hashes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_append_only BEFORE UPDATE OR DELETE ON log_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_no_truncate BEFORE TRUNCATE ON log_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_cosignatures_append_only BEFORE UPDATE OR DELETE ON log_cosignatures FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_cosignatures_no_truncate BEFORE TRUNCATE ON log_cosignatures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_salts_keep BEFORE UPDATE ON log_salts FOR EACH ROW
    WHEN (new.entry_id IS DISTINCT FROM old.entry_id OR new.salt <> '' OR new.destroyed_at IS NULL)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_salts_refuse_delete BEFORE DELETE ON log_salts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_salts_no_truncate BEFORE TRUNCATE ON log_salts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_witnessed_forward_only BEFORE UPDATE ON log_witnessed FOR EACH ROW
    WHEN (new.origin IS DISTINCT FROM old.origin OR new.size < old.size OR new.size = old.size AND new.root IS DISTINCT FROM old.root)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_witnessed_refuse_delete BEFORE DELETE ON log_witnessed FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_witnessed_no_truncate BEFORE TRUNCATE ON log_witnessed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER logs_append_only ON logs;
DROP TRIGGER logs_no_truncate ON logs;
DROP TRIGGER log_entries_append_only ON log_entries;
DROP TRIGGER log_entries_no_truncate ON log_entries;
DROP TRIGGER log_leaves_append_only ON log_leaves;
DROP TRIGGER log_leaves_no_truncate ON log_leaves;
DROP TRIGGER log_hashes_append_only ON log_hashes;
DROP TRIGGER log_hashes_no_truncate ON log_hashes;
DROP TRIGGER log_checkpoints_append_only ON log_checkpoints;
DROP TRIGGER log_checkpoints_no_truncate ON log_checkpoints;
DROP TRIGGER log_cosignatures_append_only ON log_cosignatures;
DROP TRIGGER log_cosignatures_no_truncate ON log_cosignatures;
DROP TRIGGER log_salts_keep ON log_salts;
DROP TRIGGER log_salts_refuse_delete ON log_salts;
DROP TRIGGER log_salts_no_truncate ON log_salts;
DROP TRIGGER log_witnessed_forward_only ON log_witnessed;
DROP TRIGGER log_witnessed_refuse_delete ON log_witnessed;
DROP TRIGGER log_witnessed_no_truncate ON log_witnessed;
