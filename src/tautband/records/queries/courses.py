"""One patient's course: scores over time, sittings, complications, bookings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models.functions import Coalesce

from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.models import (
    AdverseEvent,
    Appointment,
    Injection,
    Patient,
    PatientReportedOutcome,
    Procedure,
)
from tautband.records.models.vocabulary import AppointmentStatus, InjectionStatus, Instrument

OPEN = (ProcedureStatus.PREPARATION, ProcedureStatus.IN_PROGRESS)
_GONE = (ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingLine:
    """One sitting as a line of a list: ids of muscles and agents, no words yet."""

    procedure: Procedure
    on: date
    muscles: Sequence[tuple[str, str]]
    agents: Sequence[str]
    units_centi: int
    pain_before: int | None
    pain_after: int | None

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.procedure.status in OPEN


@dataclass(frozen=True, slots=True)
class _Row:
    """One injection with one ingredient of its syringe: what a single query can bring."""

    number: int
    muscle: str
    side: str
    units_centi: int | None
    pain_before: int | None
    pain_after: int | None
    agent: str | None


def sittings_of(patient: Patient) -> list[SittingLine]:
    """Every standing sitting, latest first: two queries, however many injections."""
    procedures = list(
        Procedure.objects.filter(patient=patient)
        .exclude(status__in=_GONE)
        .select_related("encounter")
        .order_by("-encounter__on", "-recorded_at")
    )
    rows: dict[UUID, list[_Row]] = defaultdict(list)
    found = (
        Injection.objects.filter(procedure__patient=patient)
        .exclude(procedure__status__in=_GONE)
        .exclude(status=InjectionStatus.NOT_GIVEN)
        .order_by("number", "syringe__ingredients__position")
        .values_list(
            "procedure_id",
            "number",
            "muscle",
            "side",
            Coalesce("given_units_centi", "units_centi"),
            "pain_before",
            "pain_after",
            "syringe__ingredients__agent",
        )
    )
    for procedure_id, *values in found:
        rows[procedure_id].append(_Row(*values))
    return [_line(one, rows[one.pk]) for one in procedures]


def _line(procedure: Procedure, rows: Sequence[_Row]) -> SittingLine:
    # A syringe of two ingredients brings each of its injections twice.
    injections = {row.number: row for row in rows}.values()
    before = [row.pain_before for row in injections if row.pain_before is not None]
    after = [row.pain_after for row in injections if row.pain_after is not None]
    return SittingLine(
        procedure=procedure,
        on=procedure.encounter.on,
        muscles=tuple(dict.fromkeys((row.muscle, row.side) for row in injections)),
        agents=tuple(dict.fromkeys(row.agent for row in rows if row.agent)),
        units_centi=sum(row.units_centi or 0 for row in injections),
        pain_before=max(before, default=None),
        pain_after=max(after, default=None),
    )


def scores_of(
    patient: Patient, *, since: datetime
) -> dict[Instrument, list[tuple[datetime, Decimal]]]:
    """Average pain of the past week and PEG, as (instant, 0 to 10), earliest first."""
    wanted = (Instrument.NRS_AVERAGE, Instrument.PEG)
    rows = PatientReportedOutcome.objects.filter(
        patient=patient,
        instrument__in=wanted,
        answered_at__gte=since,
        entered_in_error=False,
    ).order_by("answered_at")
    scores: dict[Instrument, list[tuple[datetime, Decimal]]] = {one: [] for one in wanted}
    for row in rows:
        scores[Instrument(row.instrument)].append((row.answered_at, Decimal(row.score_centi) / 100))
    return scores


def complications_of(patient: Patient) -> list[AdverseEvent]:
    """Everything that went wrong, latest first."""
    return list(AdverseEvent.objects.filter(patient=patient).order_by("-occurred_at"))


def bookings_of(patient: Patient, *, now: datetime, at_most: int = 12) -> list[Appointment]:
    """What is booked from now on, soonest first."""
    return list(
        Appointment.objects.filter(
            patient=patient, status=AppointmentStatus.BOOKED, starts_at__gte=now
        )
        .select_related("clinician")
        .order_by("starts_at")[:at_most]
    )


def past_bookings_of(patient: Patient, *, now: datetime, at_most: int = 12) -> list[Appointment]:
    """What was booked before now, latest first."""
    return list(
        Appointment.objects.filter(patient=patient, starts_at__lt=now)
        .select_related("clinician")
        .order_by("-starts_at")[:at_most]
    )
