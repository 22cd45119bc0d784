"""Writing the trail, and reading it."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tautband.audit.models import AuditEvent


class OutsideTransaction(AssertionError):
    """An event was written outside the transaction of what it records: a bug, never a refusal."""


def record(
    action: str,
    *,
    actor_id: UUID | None,
    patient_id: UUID | None = None,
    target_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one event, in the same transaction as what it records."""
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(action)
    AuditEvent.objects.create(
        action=action,
        actor_id=actor_id,
        patient_id=patient_id,
        target_id=target_id,
        detail=dict(detail or {}),
    )


def record_view(
    what: str, *, actor_id: UUID, patient_id: UUID, target_id: UUID | None = None
) -> None:
    """Write that somebody looked at a patient's record."""
    with transaction.atomic():
        record(f"{what}.view", actor_id=actor_id, patient_id=patient_id, target_id=target_id)


def record_day_view(*, actor_id: UUID, day: date, patients: int) -> None:
    """Write that somebody looked at the list of a day."""
    with transaction.atomic():
        record("day.view", actor_id=actor_id, detail={"day": str(day), "patients": patients})


def record_list_view(what: str, *, actor_id: UUID, patients: Iterable[UUID]) -> None:
    """Write that somebody saw these patients in a list: what was found, never what was typed."""
    with transaction.atomic():
        record(f"{what}.view", actor_id=actor_id, detail={"patients": [str(p) for p in patients]})


def of_patient(patient_id: UUID, *merged: UUID) -> QuerySet[AuditEvent]:
    """Everything done to or seen of one patient's record, latest first.

    `merged` are the records that were merged into it, whose events stay under their own ids.
    """
    return (
        AuditEvent.objects.filter(patient_id__in=[patient_id, *merged])
        .select_related("actor")
        .order_by("-recorded_at", "-id")
    )


def latest() -> QuerySet[AuditEvent]:
    """The whole trail, latest first."""
    return AuditEvent.objects.select_related("actor").order_by("-recorded_at", "-id")
