"""Two records that may be of one person: what each holds, and where they contradict each other."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    ElsewhereDose,
    Encounter,
    Measurement,
    Patient,
    PatientMerge,
    Procedure,
)
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import chart as charts
from tautband.records.queries import courses
from tautband.records.queries.chart import UNLIKELY_CHANGE_PERCENT, Chart
from tautband.records.queries.courses import SittingLine


class Matter(StrEnum):
    """What two records may contradict each other in, so that a person has to decide."""

    BORN_ON = "born-on"
    SEX = "sex"
    DIED_ON = "died-on"
    WEIGHT = "weight"
    ALLERGIES = "allergies"
    IDENTIFIERS = "identifiers"


# What may be decided of weights that are far apart.
EACH_IN_ITS_TIME = "each-in-its-time"
WEIGH_FIRST = "weigh-first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two records."""

    patient: Patient
    identifiers: Sequence[tuple[str, str]]
    chart: Chart
    sittings: Sequence[SittingLine]
    bookings: Sequence[Appointment]

    @property
    def allergies(self) -> frozenset[tuple[str, str, str, str]]:
        """The allergies that stand, as what is compared of them."""
        return frozenset(
            ((row.text or row.code).casefold(), row.severity, row.reaction.casefold(), row.code)
            for row in self.chart.allergies
        )


def side_of(patient: Patient) -> Side:
    """Everything that is laid beside the other record."""
    return Side(
        patient=patient,
        identifiers=list(patient.identifiers.order_by("pk").values_list("system", "value")),
        chart=charts.of_patient(patient),
        sittings=courses.sittings_of(patient),
        bookings=list(
            Appointment.objects.filter(patient=patient)
            .select_related("clinician")
            .order_by("-starts_at")
        ),
    )


def matters_of(one: Side, other: Side) -> frozenset[Matter]:
    """Where the two contradict each other."""
    mine, theirs = one.patient, other.patient
    found = {
        Matter.BORN_ON: mine.born_on != theirs.born_on,
        Matter.SEX: mine.sex != theirs.sex,
        Matter.DIED_ON: mine.deceased_on != theirs.deceased_on,
        Matter.WEIGHT: _are_far_apart(one.chart.weight, other.chart.weight),
        Matter.ALLERGIES: one.allergies != other.allergies
        or mine.no_known_allergies != theirs.no_known_allergies,
        Matter.IDENTIFIERS: _two_of_one_kind(one.identifiers, other.identifiers),
    }
    return frozenset(matter for matter, differs in found.items() if differs)


def _are_far_apart(one: Measurement | None, other: Measurement | None) -> bool:
    if one is None or other is None:
        return False
    less, more = sorted((one.amount, other.amount))
    return (more - less) * 100 > UNLIKELY_CHANGE_PERCENT * less


def _two_of_one_kind(mine: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> bool:
    """Whether one system knows the two under different numbers: two people, or counted twice."""
    systems = {system for system, _ in mine} & {system for system, _ in theirs}
    return any(
        {value for system, value in mine if system == each}
        != {value for system, value in theirs if system == each}
        for each in systems
    )


def shown(one: Side, other: Side) -> str:
    """What a page shows of the two, as a hash: a decision holds for this and nothing else.

    It is the same whichever of the two comes first.
    """
    said = sorted(repr(_what_counts(side)) for side in (one, other))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _what_counts(side: Side) -> tuple[object, ...]:
    patient, weight = side.patient, side.chart.weight
    return (
        patient.pk, patient.revision, patient.born_on, patient.sex, patient.deceased_on,
        patient.no_known_allergies, sorted(side.allergies), sorted(side.identifiers),
        None if weight is None else (weight.pk, weight.amount),
        sorted(str(line.procedure.pk) for line in side.sittings),
    )  # fmt: skip


# ── records merged before ────────────────────────────────────────────────────────────────────


def survivor_of(patient: Patient) -> Patient:
    """The record that stands for this one: itself, unless it was merged into another."""
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient


def merges_into(patient: Patient) -> list[PatientMerge]:
    """The merges into this record that stand, the latest first."""
    return list(
        PatientMerge.objects.filter(survivor=patient, undone_at__isnull=True)
        .select_related("merged_by")
        .order_by("-merged_at", "-pk")
    )


def merge_named(merge_id: UUID) -> PatientMerge | None:
    """One merge, with the record that stays."""
    return PatientMerge.objects.select_related("survivor").filter(pk=merge_id).first()


def merged_records(patient: Patient) -> list[Patient]:
    """Every record that was merged into this one, and into those, and so on."""
    found: list[Patient] = []
    looking: Iterable[UUID] = [patient.pk]
    while next_ones := list(Patient.objects.filter(merged_into__in=list(looking))):
        found += next_ones
        looking = [one.pk for one in next_ones]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSince:
    """What was written on the surviving record after a merge: undoing it leaves this there."""

    statements: Sequence[ClinicalStatement]
    measurements: Sequence[Measurement]
    doses: Sequence[ElsewhereDose]
    bookings: Sequence[Appointment]
    sittings: Sequence[Procedure]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written since."""
        return not any(
            (self.statements, self.measurements, self.doses, self.bookings, self.sittings)
        )


def made_since(merge: PatientMerge) -> MadeSince:
    """What stays with the surviving record; what belongs to a visit that goes back is left out."""
    since = {"patient": merge.survivor_id, "recorded_at__gte": merge.merged_at}
    visits = merge.moved.get("Encounter", [])
    going = Encounter.objects.filter(pk__in=visits, weight__isnull=False)
    staying = Encounter.objects.filter(patient=merge.survivor_id).exclude(pk__in=visits)
    # A weighing goes back with its visit, unless another visit reckons from it, too.
    weighed = set(going.values_list("weight_id", flat=True)) - set(
        staying.values_list("weight_id", flat=True)
    )
    return MadeSince(
        statements=list(ClinicalStatement.objects.filter(**since).order_by("recorded_at")),
        measurements=list(
            Measurement.objects.filter(**since).exclude(pk__in=weighed).order_by("recorded_at")
        ),
        doses=list(
            ElsewhereDose.objects.filter(**since)
            .exclude(encounter__in=visits)
            .order_by("recorded_at")
        ),
        bookings=list(Appointment.objects.filter(**since).order_by("starts_at")),
        sittings=list(
            Procedure.objects.filter(**since)
            .exclude(encounter__in=visits)
            .select_related("encounter")
            .order_by("recorded_at")
        ),
    )


def has_allergy_since(merge: PatientMerge) -> bool:
    """Whether an allergy was written on the surviving record after the merge, whatever became."""
    return ClinicalStatement.objects.filter(
        patient=merge.survivor_id, kind=StatementKind.ALLERGY, recorded_at__gte=merge.merged_at,
        entered_in_error=False,
    ).exists()  # fmt: skip


def doubted_since(procedure: Procedure, weight: Measurement) -> datetime | None:
    """When it became uncertain whose this weight is; None where it counts for the sitting.

    What is over keeps the weight it had.
    """
    since = None if procedure.is_history else weigh_first_since(procedure.patient)
    return since if since is not None and weight.recorded_at < since else None


def weigh_first_since(patient: Patient) -> datetime | None:
    """When weights that nobody could reconcile came together here: none from before it counts."""
    records = [patient.pk, *(one.pk for one in merged_records(patient))]
    merges = PatientMerge.objects.filter(survivor__in=records, undone_at__isnull=True)
    return max(
        (one.merged_at for one in merges if one.decided.get(Matter.WEIGHT) == WEIGH_FIRST),
        default=None,
    )
