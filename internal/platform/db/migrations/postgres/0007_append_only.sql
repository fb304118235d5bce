-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wordings_append_only BEFORE UPDATE OR DELETE ON wordings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wordings_no_truncate BEFORE TRUNCATE ON wordings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER state_changes_append_only BEFORE UPDATE OR DELETE ON state_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER state_changes_no_truncate BEFORE TRUNCATE ON state_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshots_append_only BEFORE UPDATE OR DELETE ON snapshots FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshots_no_truncate BEFORE TRUNCATE ON snapshots FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commitments_keep_wording BEFORE UPDATE ON commitments FOR EACH ROW
    WHEN (new.wording IS DISTINCT FROM old.wording OR new.number IS DISTINCT FROM old.number OR new.declaration_id IS DISTINCT FROM old.declaration_id)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commitments_refuse_delete BEFORE DELETE ON commitments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commitments_no_truncate BEFORE TRUNCATE ON commitments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declarations_keep_text BEFORE UPDATE ON declarations FOR EACH ROW
    WHEN (new.title IS DISTINCT FROM old.title OR new.preamble IS DISTINCT FROM old.preamble OR new.slug IS DISTINCT FROM old.slug
        OR new.edition IS DISTINCT FROM old.edition OR new.adopted_on IS DISTINCT FROM old.adopted_on)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declarations_refuse_delete BEFORE DELETE ON declarations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declarations_no_truncate BEFORE TRUNCATE ON declarations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER commitments_keep_wording ON commitments;
DROP TRIGGER commitments_refuse_delete ON commitments;
DROP TRIGGER commitments_no_truncate ON commitments;
DROP TRIGGER declarations_keep_text ON declarations;
DROP TRIGGER declarations_refuse_delete ON declarations;
DROP TRIGGER declarations_no_truncate ON declarations;
DROP TRIGGER audit_entries_append_only ON audit_entries;
DROP TRIGGER audit_entries_no_truncate ON audit_entries;
DROP TRIGGER wordings_append_only ON wordings;
DROP TRIGGER wordings_no_truncate ON wordings;
DROP TRIGGER state_changes_append_only ON state_changes;
DROP TRIGGER state_changes_no_truncate ON state_changes;
DROP TRIGGER snapshots_append_only ON snapshots;
DROP TRIGGER snapshots_no_truncate ON snapshots;
DROP FUNCTION refuse_change();
