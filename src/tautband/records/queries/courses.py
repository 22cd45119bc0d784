"""One patient's course: scores over time, sittings, complications, bookings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.models import (
    AdverseEvent,
    Appointment,
    Ingredient,
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


def sittings_of(patient: Patient) -> list[SittingLine]:
    """Every standing sitting, latest first: three queries, however many injections."""
    procedures = list(
        Procedure.objects.filter(patient=patient)
        .exclude(status__in=_GONE)
        .select_related("encounter", "operator")
        .order_by("-encounter__on", "-recorded_at")
    )
    injections: dict[UUID, list[Injection]] = defaultdict(list)
    for injection in Injection.objects.filter(procedure__in=procedures).order_by("number"):
        injections[injection.procedure_id].append(injection)
    agents: dict[UUID, list[str]] = defaultdict(list)
    ingredients = Ingredient.objects.filter(syringe__procedure__in=procedures)
    for procedure_id, agent in ingredients.order_by("syringe__label", "position").values_list(
        "syringe__procedure_id", "agent"
    ):
        agents[procedure_id].append(agent)
    return [_line(one, injections[one.pk], agents[one.pk]) for one in procedures]


def _line(procedure: Procedure, rows: Sequence[Injection], agents: Sequence[str]) -> SittingLine:
    done = [row for row in rows if row.status != InjectionStatus.NOT_GIVEN]
    before = [row.pain_before for row in done if row.pain_before is not None]
    after = [row.pain_after for row in done if row.pain_after is not None]
    units = (
        row.units_centi if row.given_units_centi is None else row.given_units_centi for row in done
    )
    return SittingLine(
        procedure=procedure,
        on=procedure.encounter.on,
        muscles=tuple(dict.fromkeys((row.muscle, row.side) for row in done)),
        agents=tuple(dict.fromkeys(agents)),
        units_centi=sum(unit or 0 for unit in units),
        pain_before=max(before, default=None),
        pain_after=max(after, default=None),
    )


def scores_of(
    patient: Patient, *, since: datetime
) -> dict[Instrument, list[tuple[datetime, Decimal]]]:
    """Average pain of the past week and PEG, as (instant, 0 to 10), earliest first."""
    wanted = (Instrument.NRS_AVERAGE, Instrument.PEG)
    rows = PatientReportedOutcome.objects.filter(
        patient=patient, instrument__in=wanted, answered_at__gte=since
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
