-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER logs_refuse_update BEFORE UPDATE ON logs
BEGIN
    SELECT RAISE(ABORT, 'logs is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER logs_refuse_delete BEFORE DELETE ON logs
BEGIN
    SELECT RAISE(ABORT, 'logs is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_entries_refuse_update BEFORE UPDATE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'log_entries is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_entries_refuse_delete BEFORE DELETE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'log_entries is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_leaves_refuse_update BEFORE UPDATE ON log_leaves
BEGIN
    SELECT RAISE(ABORT, 'log_leaves is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_leaves_refuse_delete BEFORE DELETE ON log_leaves
BEGIN
    SELECT RAISE(ABORT, 'log_leaves is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_hashes_refuse_update BEFORE UPDATE ON log_hashes
BEGIN
    SELECT RAISE(ABORT, 'log_hashes is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_hashes_refuse_delete BEFORE DELETE ON log_hashes
BEGIN
    SELECT RAISE(ABORT, 'log_hashes is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_checkpoints_refuse_update BEFORE UPDATE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'log_checkpoints is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_checkpoints_refuse_delete BEFORE DELETE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'log_checkpoints is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_cosignatures_refuse_update BEFORE UPDATE ON log_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'log_cosignatures is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_cosignatures_refuse_delete BEFORE DELETE ON log_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'log_cosignatures is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_salts_keep BEFORE UPDATE ON log_salts
WHEN new.entry_id IS NOT old.entry_id OR new.salt <> '' OR new.destroyed_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a salt in log_salts is only ever destroyed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_salts_refuse_delete BEFORE DELETE ON log_salts
BEGIN
    SELECT RAISE(ABORT, 'log_salts is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_witnessed_forward_only BEFORE UPDATE ON log_witnessed
WHEN new.origin IS NOT old.origin OR new.size < old.size OR new.size = old.size AND new.root IS NOT old.root
BEGIN
    SELECT RAISE(ABORT, 'log_witnessed only goes forward');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_witnessed_refuse_delete BEFORE DELETE ON log_witnessed
BEGIN
    SELECT RAISE(ABORT, 'log_witnessed only goes forward');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER logs_refuse_update;
DROP TRIGGER logs_refuse_delete;
DROP TRIGGER log_entries_refuse_update;
DROP TRIGGER log_entries_refuse_delete;
DROP TRIGGER log_leaves_refuse_update;
DROP TRIGGER log_leaves_refuse_delete;
DROP TRIGGER log_hashes_refuse_update;
DROP TRIGGER log_hashes_refuse_delete;
DROP TRIGGER log_checkpoints_refuse_update;
DROP TRIGGER log_checkpoints_refuse_delete;
DROP TRIGGER log_cosignatures_refuse_update;
DROP TRIGGER log_cosignatures_refuse_delete;
DROP TRIGGER log_salts_keep;
DROP TRIGGER log_salts_refuse_delete;
DROP TRIGGER log_witnessed_forward_only;
DROP TRIGGER log_witnessed_refuse_delete;
