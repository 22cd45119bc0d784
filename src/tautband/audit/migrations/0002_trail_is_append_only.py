"""The database itself refuses to change or delete what stands in the trail."""

from django.db import migrations

WORDS = "the trail is append-only"

SQLITE = {
    "audit_trail_no_update": (
        "CREATE TRIGGER audit_trail_no_update BEFORE UPDATE ON audit_auditevent "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    ),
    "audit_trail_no_delete": (
        "CREATE TRIGGER audit_trail_no_delete BEFORE DELETE ON audit_auditevent "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    ),
    # REPLACE deletes without firing the trigger above.
    "audit_trail_no_replace": (
        "CREATE TRIGGER audit_trail_no_replace BEFORE INSERT ON audit_auditevent "
        "WHEN EXISTS (SELECT 1 FROM audit_auditevent WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    ),
}

POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION audit_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
POSTGRESQL = {
    "audit_trail_no_change": (
        "CREATE TRIGGER audit_trail_no_change BEFORE UPDATE OR DELETE ON audit_auditevent "
        "FOR EACH ROW EXECUTE FUNCTION audit_trail_refuse()"
    ),
    "audit_trail_no_truncate": (
        "CREATE TRIGGER audit_trail_no_truncate BEFORE TRUNCATE ON audit_auditevent "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_refuse()"
    ),
}


def harden(apps, schema_editor):
    """Create the triggers of the engine in use."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE.values():
            schema_editor.execute(statement)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION)
        for statement in POSTGRESQL.values():
            schema_editor.execute(statement)


def soften(apps, schema_editor):
    """Drop them again."""
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}")
    if schema_editor.connection.vendor == "postgresql":
        for name in POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER {name} ON audit_auditevent")
        schema_editor.execute("DROP FUNCTION audit_trail_refuse()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(harden, soften)]
