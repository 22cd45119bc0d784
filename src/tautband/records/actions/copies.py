"""One sitting written again: as the next version of itself, or on the right patient.

Rows are copied with new ids, so that neither record can ever change the other.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.terms import Answer
from tautband.errors import Refused
from tautband.records.actions import chart, encounters, patients
from tautband.records.actions.encounters import AskedToday
from tautband.records.models import (
    ClinicalStatement,
    Encounter,
    Ingredient,
    Injection,
    Measurement,
    Patient,
    PatientReportedOutcome,
    Procedure,
    RangeOfMotion,
    Recovery,
    Syringe,
    TriggerPoint,
    VitalSigns,
)
from tautband.records.queries import centre

# What a version takes over from the one it replaces.
SITTING = (
    "steroid_reason", "plan_note", "ceiling_percent", "dosing_weight_g", "planned_at", "planned_by",
    "plan_fingerprint",
    "skin_preparation", "operator", "supervisor", "started_at", "ended_at", "already_happened",
    "second_lung_side_confirmed_at", "needles_opened", "needles_disposed", "aftercare_note",
)  # fmt: skip
# What is taken over from an encounter that was another patient's record.
FOUND = (
    "reason", "region", "room", "pain_now", "pain_average", "pain_worst", "pain_recall", "peg_pain",
    "peg_enjoyment", "peg_activity", "onset", "pattern", "tried", "diagnoses", "history_note",
    "assessed_at", "assessed_by",
)  # fmt: skip


def next_version(procedure: Procedure) -> int:
    """The number of the next version; one that was given up keeps its own."""
    versions = Procedure.objects.filter(encounter_id=procedure.encounter_id)
    return int(versions.aggregate(last=Max("version"))["last"] or 0) + 1


def tray_and_rows(source: Procedure, target: Procedure) -> None:
    """Copy what was drawn up and what was given."""
    syringes: dict[UUID, Syringe] = {}
    for syringe in source.syringes.prefetch_related("ingredients").order_by("label"):
        copies = list(syringe.ingredients.all())
        old = syringe.pk
        syringe.pk = uuid4()
        syringe.procedure = target
        syringe.save(force_insert=True)
        syringes[old] = syringe
        for ingredient in copies:
            ingredient.pk = uuid4()
            ingredient.syringe = syringe
        Ingredient.objects.bulk_create(copies)
    rows = list(source.injections.order_by("number"))
    for row in rows:
        row.pk = uuid4()
        row.procedure = target
        row.syringe = syringes[row.syringe_id] if row.syringe_id else None
    Injection.objects.bulk_create(rows)


def consent_and_watch(source: Procedure, target: Procedure) -> None:
    """Copy what was agreed, read back and observed, in the order in which it was recorded."""
    for consent in source.consents.order_by("recorded_at", "taken_at"):
        consent.pk = uuid4()
        consent.procedure = target
        consent.save(force_insert=True)
    for time_out in source.time_outs.order_by("recorded_at", "taken_at"):
        time_out.pk = uuid4()
        time_out.procedure = target
        time_out.save(force_insert=True)
    watch = Recovery.objects.filter(procedure=source).first()
    if watch is not None:
        watch.pk = target.pk
        watch.procedure = target
        watch.save(force_insert=True)
    VitalSigns.objects.bulk_create(_moved(source.vital_signs.order_by("taken_at"), target))


def _moved(rows: Iterable[VitalSigns], target: Procedure) -> list[VitalSigns]:
    moved = list(rows)
    for each in moved:
        each.pk = uuid4()
        each.procedure = target
    return moved


def take_back(encounter: Encounter, *, wrong_patient: bool) -> dict[str, int]:
    """Take what a visit brought into the chart out of it again; how much, by kind.

    Scores never count where nothing happened. Weight, allergies, medicines and doses elsewhere
    that were told or measured at the visit were another person's only if the patient was wrong.
    """
    taken = {"scores": encounter.outcomes.update(entered_in_error=True)}
    if not wrong_patient:
        return taken
    since = encounter.recorded_at
    patient = Patient.objects.select_for_update().get(pk=encounter.patient_id)
    taken["doses"] = encounter.elsewhere_doses.update(entered_in_error=True)
    weighed = Measurement.objects.filter(patient=patient, recorded_at__gte=since)
    if encounter.weight_id is not None:
        taken["weights"] = weighed.filter(pk=encounter.weight_id).update(entered_in_error=True)
    taken["statements"] = ClinicalStatement.objects.filter(
        patient=patient, source="asked", recorded_at__gte=since
    ).update(entered_in_error=True)
    said_none = encounter.answers.filter(question="allergies", answer=Answer.NO)
    if patient.no_known_allergies and said_none.exists():
        # "None known" may have been the other person's word: it has to be asked again.
        patient.no_known_allergies = False
        taken["none_known"] = 1
    patient.revision += 1
    patient.save(update_fields=["no_known_allergies", "revision"])
    return taken


def to_patient(source: Procedure, *, patient_id: UUID, actor: User) -> Procedure:
    """The same sitting on another patient, as something that has already happened."""
    patient = Patient.objects.select_for_update().filter(pk=patient_id).first()
    if patient is None:
        raise Refused(_("This patient does not exist."))
    patients.insist_stands(patient)
    there = source.encounter
    now = timezone.now()
    happened_at = source.started_at or there.arrived_at
    encounter = Encounter.objects.create(
        patient=patient,
        clinician=there.clinician,
        arrived_at=min(there.arrived_at, happened_at),
        on=centre.today(happened_at),
        **{name: getattr(there, name) for name in FOUND},
    )
    target = Procedure.objects.create(
        patient=patient,
        encounter=encounter,
        status=ProcedureStatus.IN_PROGRESS,
        moved_from=source,
        **{
            **{name: getattr(source, name) for name in SITTING},
            "started_at": happened_at,
            "already_happened": True,
        },
    )
    tray_and_rows(source, target)
    consent_and_watch(source, target)
    _findings(there, encounter)
    if there.asked_at is not None:
        encounters.answer_questions(
            procedure_id=target.pk,
            answers={
                row.question: AskedToday(answer=row.answer, details=row.details)
                for row in there.answers.all()
            },
            actor=actor,
        )
    _weight(there, target, happened_at=happened_at, now=now, actor=actor)
    target.refresh_from_db()
    return target


def _findings(there: Encounter, here: Encounter) -> None:
    points, motions = list(there.trigger_points.all()), list(there.motions.all())
    scores = list(there.outcomes.all())
    of_visit: list[TriggerPoint | RangeOfMotion | PatientReportedOutcome]
    of_visit = [*points, *motions, *scores]
    for row in of_visit:
        row.pk = uuid4()
        row.encounter = here
    for score in scores:
        score.patient_id = here.patient_id
        score.entered_in_error = False
    TriggerPoint.objects.bulk_create(points)
    RangeOfMotion.objects.bulk_create(motions)
    PatientReportedOutcome.objects.bulk_create(scores)


def _weight(
    there: Encounter, target: Procedure, *, happened_at: datetime, now: datetime, actor: User
) -> None:
    """The weight measured at the visit is the right patient's; an earlier one is not."""
    weight = there.weight
    if weight is None or weight.recorded_at < there.recorded_at:
        return
    measured = chart.weighed(
        target.patient,
        weight_g=weight.amount,
        as_entered=weight.as_entered,
        measured_on=weight.measured_on,
        measured_at=weight.measured_at,
        confirmed=True,
        token=None,
        actor=actor,
        now=now,
    )
    Encounter.objects.filter(pk=target.encounter_id).update(
        weight=measured, weight_accepted_by=actor
    )
