"""Taking in what another system says of a patient, without overwriting what a person wrote here.

A row that came in by import is updated by the next import as long as nobody here has touched it;
once somebody has, `source` says so and the difference is reported instead.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused
from tautband.records import search
from tautband.records.actions import demographics
from tautband.records.actions.demographics import Demographics
from tautband.records.actions.import_bookings import take_bookings
from tautband.records.actions.import_rows import spoken, take_rows
from tautband.records.actions.imported import (
    Difference,
    ImportedAppointment,
    ImportedCoverage,
    ImportedMeasurement,
    ImportedPatient,
    ImportedPregnancyStatus,
    ImportedStatement,
    Intake,
    Outcome,
)
from tautband.records.actions.patients import ENTERED, Identifier, create, insist
from tautband.records.models import ClinicalStatement, Patient, PatientIdentifier
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import centre, merging
from tautband.records.queries.patients import holders_of

__all__ = [
    "Difference", "ImportedAppointment", "ImportedCoverage", "ImportedMeasurement",
    "ImportedPatient", "ImportedPregnancyStatus", "ImportedStatement", "Intake", "Outcome",
    "insist_may", "take_in",
]  # fmt: skip


def insist_may(actor: User) -> None:
    """Refuse somebody whose roles do not import, before anything is read."""
    insist(actor, Permission.IMPORT_PATIENTS)


@transaction.atomic
def take_in(*, imported: ImportedPatient, actor: User, now: datetime | None = None) -> Intake:
    """Create, complete or leave one patient, whole or not at all.

    Refused if the identifiers belong to two patients here, or to one who is plainly somebody else.
    """
    insist_may(actor)
    if not imported.identifiers:
        raise Refused(_("The patient has no identifier by which to be recognised again."))
    now = now or timezone.now()
    who = demographics.check(imported.who, today=centre.today(now))
    patient = _hold_known(imported.identifiers)
    if patient is None:
        intake = Intake(uuid4(), Outcome.CREATED)
        patient = create(
            who,
            patient_id=intake.patient_id,
            source=imported.source,
            identifiers=list(dict.fromkeys(imported.identifiers)),
            actor=actor,
        )
        touched = _take_rows(patient, imported, actor=actor, intake=intake, now=now)
    else:
        _insist_same_person(patient, who)
        intake = Intake(patient.pk, Outcome.UNCHANGED)
        columns = _take_demographics(patient, who, imported.source, intake.differences)
        columns += _take_identifiers(patient, imported.identifiers)
        touched = _take_rows(patient, imported, actor=actor, intake=intake, now=now)
        if columns or touched:
            intake.outcome = Outcome.UPDATED
    if intake.outcome is not Outcome.UNCHANGED:
        patient.revision += intake.outcome is Outcome.UPDATED
        patient.save()
        trail.record(
            f"patient.import-{intake.outcome}",
            actor_id=actor.pk,
            patient_id=patient.pk,
            target_id=patient.pk,
            detail={"rows": touched, "differences": len(intake.differences)},
        )
    return intake


def _hold_known(identifiers: Sequence[Identifier]) -> Patient | None:
    """The patient here who has these identifiers, locked."""
    while True:
        holders = holders_of(identifiers)
        if len(holders) > 1:
            raise Refused(_("These identifiers belong to two different patients here."))
        if not holders:
            return None
        patient = Patient.objects.select_for_update().get(pk=holders[0].pk)
        if patient.merged_into_id is None:
            return patient
        # Merged while this waited: its identifiers went to the record that stays. Look again.


def _take_rows(
    patient: Patient, imported: ImportedPatient, *, actor: User, intake: Intake, now: datetime
) -> int:
    touched = take_rows(patient, imported, actor=actor, differences=intake.differences)
    touched += _take_no_known_allergies(patient, imported, intake.differences)
    return touched + take_bookings(
        patient, imported.appointments, source=imported.source, actor=actor, intake=intake, now=now
    )


def _insist_same_person(patient: Patient, who: Demographics) -> None:
    # The other system may know them by the name of a record that was merged into this one.
    alike = _is_like(patient, who) or any(
        _is_like(one, who) for one in merging.merged_records(patient)
    )
    if not alike:
        raise Refused(
            _("The identifier belongs to a patient here with another name and birth date.")
        )


def _is_like(patient: Patient, who: Demographics) -> bool:
    known = search.tokens(*demographics.of(patient).names)
    alike = search.name_likeness(search.tokens(*who.names), known) >= search.CLOSE_NAME
    return alike or search.are_near(patient.born_on, who.born_on)


def _take_demographics(
    patient: Patient, who: Demographics, source: str, differences: list[Difference]
) -> list[str]:
    changes = demographics.changed(patient, who)
    if patient.source != source:
        differences += [
            Difference("Patient", name, spoken(getattr(patient, name)), spoken(value))
            for name, value in changes.items()
        ]
        return []
    for name, value in changes.items():
        setattr(patient, name, value)
    if changes:
        demographics.index(patient)
    return list(changes)


def _take_identifiers(patient: Patient, identifiers: Sequence[Identifier]) -> list[str]:
    held = set(patient.identifiers.values_list("system", "value"))
    fresh = [pair for pair in dict.fromkeys(identifiers) if pair not in held]
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(patient=patient, system=system, value=value) for system, value in fresh
    )
    return ["identifiers"] if fresh else []


def _take_no_known_allergies(
    patient: Patient, imported: ImportedPatient, differences: list[Difference]
) -> int:
    """None known stands only while no allergy does; an allergy that comes in ends it."""
    allergic = ClinicalStatement.objects.filter(
        patient=patient, kind=StatementKind.ALLERGY, active=True, entered_in_error=False
    ).exists()
    if allergic and patient.no_known_allergies:
        if patient.source == ENTERED:
            differences.append(Difference("Patient", "no_known_allergies", "yes", "no"))
        patient.no_known_allergies = False
        return 1
    if imported.no_known_allergies and not allergic and not patient.no_known_allergies:
        if patient.source != imported.source:
            differences.append(Difference("Patient", "no_known_allergies", "no", "yes"))
            return 0
        patient.no_known_allergies = True
        return 1
    return 0
