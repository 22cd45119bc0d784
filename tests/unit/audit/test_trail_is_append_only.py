"""The database itself keeps the trail, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from tautband.audit import trail
from tautband.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    with transaction.atomic():
        trail.record("test.happened", actor_id=None, detail={"n": 1})
    return AuditEvent.objects.get(action="test.happened")


def refused(sql: str, *values: object) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


@pytest.mark.hazard("HAZ-019")
def test_an_event_cannot_be_changed(event: AuditEvent) -> None:
    refused("UPDATE audit_auditevent SET action = 'other' WHERE id = %s", event.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(action="other")
    event.refresh_from_db()
    assert event.action == "test.happened"


@pytest.mark.hazard("HAZ-019")
def test_an_event_cannot_be_deleted(event: AuditEvent) -> None:
    refused("DELETE FROM audit_auditevent WHERE id = %s", event.pk)
    refused("DELETE FROM audit_auditevent")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.filter(action="test.happened").exists()


@pytest.mark.hazard("HAZ-019")
def test_no_way_of_the_orm_changes_or_empties_the_trail(event: AuditEvent) -> None:
    event.action = "other"
    ways = {
        "save": lambda: event.save(),
        "queryset delete": lambda: AuditEvent.objects.all().delete(),
        "filtered delete": lambda: AuditEvent.objects.filter(pk=event.pk).delete(),
        "raw delete": lambda: AuditEvent.objects.filter(pk=event.pk)._raw_delete("default"),
        "bulk update": lambda: AuditEvent.objects.bulk_update([event], ["action"]),
        "upsert": lambda: AuditEvent.objects.bulk_create(
            [event], update_conflicts=True, unique_fields=["id"], update_fields=["action"]
        ),
        "update or create": lambda: AuditEvent.objects.update_or_create(
            pk=event.pk, defaults={"action": "other"}
        ),
    }
    for name, way in ways.items():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            way()
        assert AuditEvent.objects.get(pk=event.pk).action == "test.happened", name


@pytest.mark.hazard("HAZ-019")
def test_an_event_cannot_be_replaced_or_the_trail_emptied(event: AuditEvent) -> None:
    if connection.vendor == "sqlite":
        refused(
            "INSERT OR REPLACE INTO audit_auditevent (id, action, detail, recorded_at)"
            " VALUES (%s, 'other', '{}', '2026-01-01')",
            event.pk,
        )
    else:
        with connection.cursor() as cursor:
            # Or PostgreSQL refuses for another reason: checks of this transaction still pending.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused("TRUNCATE audit_auditevent CASCADE")
        refused(
            "INSERT INTO audit_auditevent (id, action, detail, recorded_at)"
            " VALUES (%s, 'other', '{}', now())"
            " ON CONFLICT (id) DO UPDATE SET action = 'other'",
            event.pk,
        )


def test_the_triggers_outlive_every_later_migration() -> None:
    # A migration that rebuilds the table on SQLite drops its triggers without a word.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                " AND tbl_name = 'audit_auditevent'"
            )
            wanted = {"audit_trail_no_update", "audit_trail_no_delete", "audit_trail_no_replace"}
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger"
                " WHERE tgrelid = 'audit_auditevent'::regclass AND NOT tgisinternal"
            )
            wanted = {"audit_trail_no_change", "audit_trail_no_truncate"}
        assert {name for (name,) in cursor.fetchall()} == wanted


def test_an_event_outside_a_transaction_is_a_bug() -> None:
    assert issubclass(trail.OutsideTransaction, AssertionError)
