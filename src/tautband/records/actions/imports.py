"""Taking in what another system says of a patient, without overwriting what a person wrote here.

A row that came in by import is updated by the next import as long as nobody here has touched it;
once somebody has, `source` says so and the difference is reported instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

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
from tautband.records.actions.patients import ENTERED, Identifier, create, insist
from tautband.records.models import ClinicalStatement, Measurement, Patient, PatientIdentifier
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.queries import centre
from tautband.records.queries.patients import holders_of

TAKEN_OVER = "imported, changed here"


class Outcome(StrEnum):
    """What an import did to one patient."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedStatement:
    """One allergy, medicine or condition as another system states it; `withdrawn`, or no longer."""

    kind: StatementKind
    source_id: str
    text: str = ""
    system: str = ""
    code: str = ""
    reaction: str = ""
    severity: str = ""
    active: bool = True
    started_on: date | None = None
    ended_on: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMeasurement:
    """One weighing (grams) or height (millimetres); `withdrawn`, or no longer stated."""

    kind: MeasurementKind
    source_id: str
    amount: int = 0
    as_entered: str = ""
    measured_on: date | None = None
    measured_at: datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPatient:
    """One patient, whole, as another system states them."""

    source: str
    who: Demographics
    identifiers: Sequence[Identifier]
    statements: Sequence[ImportedStatement] = ()
    measurements: Sequence[ImportedMeasurement] = ()
    no_known_allergies: bool = False


@dataclass(slots=True)
class Intake:
    """What became of one imported patient; `differences` are codes and ids, never values."""

    patient_id: UUID
    outcome: Outcome
    differences: list[str] = field(default_factory=list)


_STATEMENT_COLUMNS = (
    "text", "system", "code", "reaction", "severity", "active", "started_on", "ended_on",
)  # fmt: skip
_MEASUREMENT_COLUMNS = ("amount", "as_entered", "measured_on", "measured_at")


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
    who = demographics.check(imported.who, today=centre.today(now or timezone.now()))
    holders = holders_of(imported.identifiers)
    if len(holders) > 1:
        raise Refused(_("These identifiers belong to two different patients here."))
    patient = Patient.objects.select_for_update().get(pk=holders[0].pk) if holders else None
    if patient is None:
        intake = Intake(uuid4(), Outcome.CREATED)
        patient = create(
            who,
            patient_id=intake.patient_id,
            source=imported.source,
            identifiers=list(dict.fromkeys(imported.identifiers)),
            actor=actor,
        )
        touched = _take_rows(patient, imported, actor=actor, differences=intake.differences)
    else:
        _insist_same_person(patient, who)
        intake = Intake(patient.pk, Outcome.UNCHANGED)
        columns = _take_demographics(patient, who, imported.source, intake.differences)
        columns += _take_identifiers(patient, imported.identifiers)
        touched = _take_rows(patient, imported, actor=actor, differences=intake.differences)
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


def _insist_same_person(patient: Patient, who: Demographics) -> None:
    known = search.tokens(patient.given_name, patient.family_name, patient.other_name)
    alike = search.name_likeness(search.tokens(*who.names), known) >= search.CLOSE_NAME
    if not alike and not search.are_near(patient.born_on, who.born_on):
        raise Refused(
            _("The identifier belongs to a patient here with another name and birth date.")
        )


def _take_demographics(
    patient: Patient, who: Demographics, source: str, differences: list[str]
) -> list[str]:
    changes = demographics.changed(patient, who)
    if patient.source != source:
        differences += [f"Patient.{name}" for name in changes]
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


def _take_rows(
    patient: Patient, imported: ImportedPatient, *, actor: User, differences: list[str]
) -> int:
    statements = {
        row.source_id: row
        for row in ClinicalStatement.objects.filter(patient=patient).exclude(source_id="")
    }
    measurements = {
        row.source_id: row
        for row in Measurement.objects.filter(patient=patient).exclude(source_id="")
    }
    new_statements: list[ClinicalStatement] = []
    new_measurements: list[Measurement] = []
    touched = 0
    for statement in imported.statements:
        held = statements.get(statement.source_id)
        if held is not None:
            touched += _renew(held, statement, _STATEMENT_COLUMNS, imported.source, differences)
        elif not statement.withdrawn:
            values = {name: getattr(statement, name) for name in _STATEMENT_COLUMNS}
            new_statements.append(
                ClinicalStatement(
                    patient=patient, kind=statement.kind, source=imported.source,
                    source_id=statement.source_id, recorded_by=actor, **values,
                )
            )  # fmt: skip
    for measurement in imported.measurements:
        known = measurements.get(measurement.source_id)
        if known is not None:
            touched += _renew(
                known, measurement, _MEASUREMENT_COLUMNS, imported.source, differences
            )
        elif not measurement.withdrawn:
            values = {name: getattr(measurement, name) for name in _MEASUREMENT_COLUMNS}
            new_measurements.append(
                Measurement(
                    patient=patient, kind=measurement.kind, source=imported.source,
                    source_id=measurement.source_id, recorded_by=actor, **values,
                )
            )  # fmt: skip
    ClinicalStatement.objects.bulk_create(new_statements)
    Measurement.objects.bulk_create(new_measurements)
    touched += len(new_statements) + len(new_measurements)
    return touched + _take_no_known_allergies(patient, imported, differences)


def _renew(
    row: ClinicalStatement | Measurement,
    stated: ImportedStatement | ImportedMeasurement,
    columns: Sequence[str],
    source: str,
    differences: list[str],
) -> int:
    """Bring one row up to what is stated; 1 if it changed, 0 if not or if it is ours by now."""
    wanted: dict[str, object] = {"entered_in_error": stated.withdrawn}
    if not stated.withdrawn:
        wanted |= {name: getattr(stated, name) for name in columns}
    changes = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changes:
        return 0
    if row.source != source:
        differences += [f"{row.source_id}.{name}" for name in changes]
        return 0
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    return 1


def _take_no_known_allergies(
    patient: Patient, imported: ImportedPatient, differences: list[str]
) -> int:
    """None known stands only while no allergy does; an allergy that comes in ends it."""
    allergic = ClinicalStatement.objects.filter(
        patient=patient, kind=StatementKind.ALLERGY, active=True, entered_in_error=False
    ).exists()
    if allergic and patient.no_known_allergies:
        if patient.source == ENTERED:
            differences.append("Patient.no_known_allergies")
        patient.no_known_allergies = False
        return 1
    if imported.no_known_allergies and not allergic and not patient.no_known_allergies:
        if patient.source != imported.source:
            differences.append("Patient.no_known_allergies")
            return 0
        patient.no_known_allergies = True
        return 1
    return 0
