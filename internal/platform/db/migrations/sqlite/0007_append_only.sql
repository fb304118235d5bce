-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_entries_refuse_update BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit_entries is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_refuse_delete BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit_entries is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER wordings_refuse_update BEFORE UPDATE ON wordings
BEGIN
    SELECT RAISE(ABORT, 'wordings is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER wordings_refuse_delete BEFORE DELETE ON wordings
BEGIN
    SELECT RAISE(ABORT, 'wordings is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER state_changes_refuse_update BEFORE UPDATE ON state_changes
BEGIN
    SELECT RAISE(ABORT, 'state_changes is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER state_changes_refuse_delete BEFORE DELETE ON state_changes
BEGIN
    SELECT RAISE(ABORT, 'state_changes is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER snapshots_refuse_update BEFORE UPDATE ON snapshots
BEGIN
    SELECT RAISE(ABORT, 'snapshots is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER snapshots_refuse_delete BEFORE DELETE ON snapshots
BEGIN
    SELECT RAISE(ABORT, 'snapshots is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER audit_entries_refuse_update;
DROP TRIGGER audit_entries_refuse_delete;
DROP TRIGGER wordings_refuse_update;
DROP TRIGGER wordings_refuse_delete;
DROP TRIGGER state_changes_refuse_update;
DROP TRIGGER state_changes_refuse_delete;
DROP TRIGGER snapshots_refuse_update;
DROP TRIGGER snapshots_refuse_delete;
