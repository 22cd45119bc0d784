"""Sittings of long ago, written straight into the tables: only reading them counts here."""

from datetime import timedelta

from django.utils import timezone

from tautband.accounts.models import User
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.models import (
    AdverseEvent,
    Encounter,
    Ingredient,
    Injection,
    Patient,
    PatientReportedOutcome,
    Procedure,
    Syringe,
)


def past_sitting(patient: Patient, actor: User, *, days_ago: int, injections: int) -> Procedure:
    """One signed sitting with its syringe, rows, pain score and a bruise."""
    at = timezone.now() - timedelta(days=days_ago)
    encounter = Encounter.objects.create(
        patient=patient, clinician=actor, arrived_at=at, on=at.date()
    )
    procedure = Procedure.objects.create(
        patient=patient, encounter=encounter, status=ProcedureStatus.COMPLETED, operator=actor,
        started_at=at, ended_at=at, signed_at=at, signed_by=actor,
    )  # fmt: skip
    syringe = Syringe.objects.create(procedure=procedure, label="A")
    Ingredient.objects.create(
        syringe=syringe, agent="lidocaine", concentration_ug_per_ml=10_000, volume_ul=10_000
    )
    Injection.objects.bulk_create(
        Injection(
            procedure=procedure, number=number + 1, muscle="trapezius_upper", side="left",
            syringe=syringe, volume_ul=500, given_volume_ul=500, status="given", given_at=at,
            pain_before=7, pain_after=3,
        )
        for number in range(injections)
    )  # fmt: skip
    PatientReportedOutcome.objects.create(
        patient=patient, encounter=encounter, instrument="nrs-average", score_centi=700,
        answered_at=at, recorded_by=actor,
    )  # fmt: skip
    AdverseEvent.objects.create(
        patient=patient, procedure=procedure, kind="bruise", words="A bruise.", grade=1,
        occurred_at=at, opened_by=actor,
    )  # fmt: skip
    return procedure
