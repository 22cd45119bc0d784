"""Handing data out of the house: it is on the trail before anything leaves."""

from datetime import date
from uuid import UUID

from django.db import transaction

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused
from tautband.records.actions.patients import insist
from tautband.records.models import Patient
from tautband.records.queries import merging
from tautband.records.queries.audit_table import AuditRow, injections_given


@transaction.atomic
def hand_over_record(*, patient_id: UUID, actor: User) -> Patient:
    """Let somebody who may read a record take a copy of it along."""
    insist(actor, Permission.VIEW_RECORD)
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise Refused("This patient does not exist.")
    # Of two records that were merged, everything is told of by the one that stays.
    patient = merging.survivor_of(patient)
    trail.record("patient.export", actor_id=actor.pk, patient_id=patient.pk, target_id=patient.pk)
    return patient


@transaction.atomic
def hand_over_audit(
    *, actor: User, first: date | None = None, last: date | None = None
) -> list[AuditRow]:
    """Let somebody take along what was injected between two days, without anybody's name."""
    insist(actor, Permission.EXPORT_AUDIT)
    rows = injections_given(first=first, last=last)
    trail.record(
        "audit.export",
        actor_id=actor.pk,
        detail={
            "first": str(first) if first else None,
            "last": str(last) if last else None,
            "rows": len(rows),
        },
    )
    return rows
