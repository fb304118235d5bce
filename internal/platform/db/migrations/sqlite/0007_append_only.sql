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
-- +goose StatementBegin
CREATE TRIGGER commitments_keep_wording BEFORE UPDATE ON commitments
WHEN new.wording IS NOT old.wording OR new.number IS NOT old.number OR new.declaration_id IS NOT old.declaration_id
BEGIN
    SELECT RAISE(ABORT, 'the adopted text in commitments is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER commitments_refuse_delete BEFORE DELETE ON commitments
BEGIN
    SELECT RAISE(ABORT, 'commitments is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER declarations_keep_text BEFORE UPDATE ON declarations
WHEN new.title IS NOT old.title OR new.preamble IS NOT old.preamble OR new.slug IS NOT old.slug OR new.edition IS NOT old.edition OR new.adopted_on IS NOT old.adopted_on
BEGIN
    SELECT RAISE(ABORT, 'the adopted text in declarations is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER declarations_refuse_delete BEFORE DELETE ON declarations
BEGIN
    SELECT RAISE(ABORT, 'declarations is append-only');
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
DROP TRIGGER commitments_keep_wording;
DROP TRIGGER commitments_refuse_delete;
DROP TRIGGER declarations_keep_text;
DROP TRIGGER declarations_refuse_delete;
