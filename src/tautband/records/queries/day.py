"""One day at the centre: who is booked, who is here, and how far along each of them is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, F, Max, Min, Q, Sum
from django.db.models.functions import Cast

from tautband.clinical.facts import Term
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import Milestones, ProcedureStatus
from tautband.clinical.terminology import is_anticoagulant, match_term
from tautband.clinical.terms import AgentKind
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    ElsewhereDose,
    Ingredient,
    Injection,
    Procedure,
)
from tautband.records.models.vocabulary import (
    AppointmentStatus,
    InjectionStatus,
    StatementKind,
)
from tautband.records.queries.appointments import span_of_day
from tautband.records.queries.progress import with_progress

NO_LONGER_STANDS = (ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR)


@dataclass(slots=True, kw_only=True)
class DayLine:
    """One patient on one day: a booking, a visit, or a booking that became a visit.

    `observe_until` is set while somebody under observation has not been let go.
    """

    at: datetime
    patient_id: UUID
    given_name: str
    family_name: str
    born_on: date
    number: str
    interpreter: str
    clinician_id: UUID
    clinician: str
    reason: str
    region: str
    room: str = ""
    minutes: int = 0
    series: bool = False
    appointment_id: UUID | None = None
    appointment_status: str = ""
    procedure_id: UUID | None = None
    procedure_status: str = ""
    milestones: Milestones = field(default_factory=Milestones)
    arrived_at: datetime | None = None
    weighed: bool = False
    observe_until: datetime | None = None


_PATIENT = ("given_name", "family_name", "born_on", "number", "interpreter_language")


def lines_of(day: date, *, zone: ZoneInfo) -> list[DayLine]:
    """Everybody of the day in the order of time; cancelled bookings are left out."""
    lines = [*_visits(day), *_bookings(day, zone)]
    lines.sort(key=lambda line: (line.at, line.number))
    return lines


def _bookings(day: date, zone: ZoneInfo) -> Iterable[DayLine]:
    begin, end = span_of_day(day, zone)
    rows = Appointment.objects.filter(
        starts_at__gte=begin,
        starts_at__lt=end,
        status__in=[AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND],
    ).values_list(
        "id", "starts_at", "minutes", "status", "series", "reason", "region", "room",
        "patient_id", *(f"patient__{name}" for name in _PATIENT),
        "clinician_id", "clinician__short_name",
    )  # fmt: skip
    for row in rows:
        (
            key, at, minutes, status, series, reason, region, room,
            patient_id, given, family, born_on, number, interpreter, clinician_id, clinician,
        ) = row  # fmt: skip
        yield DayLine(
            at=at, patient_id=patient_id, given_name=given, family_name=family, born_on=born_on,
            number=number, interpreter=interpreter, clinician_id=clinician_id,
            clinician=clinician, reason=reason, region=region, room=room, minutes=minutes,
            series=series is not None, appointment_id=key, appointment_status=status,
        )  # fmt: skip


#: Whether each milestone is reached, asked of the database as yes or no: reading 300 times ten
#: instants only to compare them with None would cost more than the rest of the page.
_REACHED: dict[str, Q] = {
    "is_arrived": Q(encounter__identity_checked_at__isnull=False),
    "is_asked": Q(encounter__asked_at__isnull=False),
    "is_assessed": Q(encounter__assessed_at__isnull=False),
    "is_planned": Q(planned_at__isnull=False),
    "is_injecting": Q(started_at__isnull=False),
    "is_injected": Q(ended_at__isnull=False),
    "is_let_go": Q(recovery__fit_to_leave_at__isnull=False),
    "is_signed": Q(signed_at__isnull=False) & ~Q(status=ProcedureStatus.NOT_DONE),
    "is_weighed": Q(encounter__weight__isnull=False),
}


def _visits(day: date) -> Iterable[DayLine]:
    rows = (
        with_progress(Procedure.objects.filter(encounter__on=day))
        .exclude(status__in=NO_LONGER_STANDS)
        .annotate(**_REACHED, booked_at=F("encounter__appointment__starts_at"))
        .values_list(
            "id", "status", "encounter__arrived_at", "encounter__reason", "encounter__region",
            "encounter__room", "encounter__appointment_id", "booked_at", "patient_id",
            *(f"patient__{name}" for name in _PATIENT),
            "encounter__clinician_id", "encounter__clinician__short_name",
            "has_consent", "has_time_out", "observed_since", "observe_minutes", *_REACHED,
        )
    )  # fmt: skip
    for row in rows:
        (
            key, status, arrived_at, reason, region, room, appointment_id, booked_at, patient_id,
            given, family, born_on, number, interpreter, clinician_id, clinician,
            has_consent, has_time_out, since, minutes,
            arrived, asked, assessed, planned, injecting, injected, let_go, signed, weighed,
        ) = row  # fmt: skip
        watched = since is not None and not let_go and not signed
        yield DayLine(
            at=booked_at or arrived_at, patient_id=patient_id, given_name=given,
            family_name=family, born_on=born_on, number=number, interpreter=interpreter,
            clinician_id=clinician_id, clinician=clinician, reason=reason, region=region,
            room=room, appointment_id=appointment_id, procedure_id=key, procedure_status=status,
            arrived_at=arrived_at, weighed=weighed,
            observe_until=since + timedelta(minutes=minutes) if watched else None,
            # The same reading of the record as progress.milestones; a test holds them together.
            milestones=Milestones(
                arrived=arrived, asked=asked, assessed=assessed, planned=planned,
                consented=planned and has_consent, timed_out=planned and has_time_out,
                injecting=injecting, injected=injected, observed=let_go, signed=signed,
            ),
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class PlanSummary:
    """What is planned or given in one sitting, small enough for one line."""

    muscles: int = 0
    one_muscle: str = ""
    one_side: str = ""
    rows: int = 0
    given: int = 0
    units_centi: int = 0
    agents: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLot:
    """One lot that is in a syringe of today."""

    lot: str
    agent: str
    product: str
    concentration_ug_per_ml: int | None
    expires_on: date | None


def plans_of(day: date) -> tuple[dict[UUID, PlanSummary], list[OpenLot]]:
    """What each sitting of the day holds, and the lots its syringes were drawn from."""
    # By the id as text: an id is worth reading once a sitting, not once a row.
    plans: dict[str, PlanSummary] = defaultdict(PlanSummary)
    counted = (
        Injection.objects.filter(procedure__encounter__on=day)
        .exclude(procedure__status__in=NO_LONGER_STANDS)
        .annotate(whose=Cast("procedure_id", CharField()))
        .values_list("whose")
        .annotate(
            muscles=Count("muscle", distinct=True),
            rows=Count("pk"),
            given=Count("pk", filter=Q(status=InjectionStatus.GIVEN)),
            units=Sum("units_centi"),
            one_muscle=Min("muscle"),
            one_side=Min("side"),
        )
    )
    for key, muscles, rows, given, units, muscle, side in counted:
        plans[key] = PlanSummary(
            muscles=muscles, rows=rows, given=given, units_centi=units or 0,
            one_muscle=muscle if muscles == 1 else "", one_side=side if rows == 1 else "",
        )  # fmt: skip
    drawn = (
        Ingredient.objects.filter(syringe__procedure__encounter__on=day)
        .exclude(syringe__procedure__status__in=NO_LONGER_STANDS)
        .annotate(whose=Cast("syringe__procedure_id", CharField()))
        .order_by("syringe__label", "position")
        .values_list(
            "whose", "agent", "product", "concentration_ug_per_ml", "lot",
            "expires_on",
        )
    )  # fmt: skip
    lots: dict[OpenLot, None] = {}
    for key, agent, product, concentration, lot, expires_on in drawn:
        agents = plans[key].agents
        if agent not in agents:
            agents.append(agent)
        if lot:
            lots[
                OpenLot(
                    lot=lot, agent=agent, product=product,
                    concentration_ug_per_ml=concentration, expires_on=expires_on,
                )
            ] = None  # fmt: skip
    return {UUID(whose): plan for whose, plan in plans.items()}, sorted(
        lots, key=lambda each: (each.agent, each.lot)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinner:
    """A blood thinner on a patient's list; `by_inr` when its effect is read as an INR."""

    name: str
    by_inr: bool


@lru_cache(maxsize=4096)
def _thinner(text: str, system: str, code: str) -> Thinner | None:
    term = Term(text=text, system=system, code=code)
    if not is_anticoagulant(term):
        return None
    match = match_term(term)
    return Thinner(
        name=match.names[0] if match.names else text,
        by_inr="vitamin-k-antagonist" in match.groups,
    )


def thinners_of(patients: Sequence[UUID]) -> dict[UUID, Thinner]:
    """The blood thinner on each patient's list of medicines, as a reminder and not as a check."""
    found: dict[UUID, Thinner] = {}
    rows = (
        ClinicalStatement.objects.filter(
            patient_id__in=patients,
            kind=StatementKind.MEDICINE,
            active=True,
            entered_in_error=False,
            ended_on__isnull=True,
        )
        # Few medicines are thinners; only theirs is worth reading as an id.
        .annotate(whose=Cast("patient_id", CharField()))
        .values_list("whose", "text", "system", "code")
    )
    for whose, text, system, code in rows:
        thinner = _thinner(text, system, code)
        if thinner is not None:
            found.setdefault(UUID(whose), thinner)
    return found


@lru_cache(maxsize=1)
def _toxins() -> tuple[str, ...]:
    agents = knowledge().agents.values()
    return tuple(each.id for each in agents if each.kind is AgentKind.BOTULINUM_TOXIN)


def botulinum_not_before(patients: Sequence[UUID], *, day: date) -> dict[UUID, date]:
    """When the interval since the last botulinum toxin ends, for those for whom it has not yet.

    Doses given elsewhere count. Calendar days in the centre's time zone.
    """
    days = timedelta(days=int(knowledge().limit("botulinum.interval_days").value))
    ours: Any = (
        Ingredient.objects.filter(
            agent__in=_toxins(),
            syringe__procedure__patient_id__in=patients,
            syringe__procedure__started_at__isnull=False,
            syringe__procedure__encounter__on__lt=day,
            syringe__procedure__encounter__on__gt=day - days,
        )
        .exclude(syringe__procedure__status__in=NO_LONGER_STANDS)
        .values_list("syringe__procedure__patient_id")
        .annotate(last=Max("syringe__procedure__encounter__on"))
        .order_by()
    )
    elsewhere: Any = (
        ElsewhereDose.objects.filter(
            agent__in=_toxins(),
            patient_id__in=patients,
            entered_in_error=False,
            given_on__lte=day,
            given_on__gt=day - days,
        )
        .values_list("patient_id")
        .annotate(last=Max("given_on"))
        .order_by()
    )
    ends: dict[UUID, date] = {}
    for patient_id, last in ours.union(elsewhere, all=True):
        ends[patient_id] = max(last + days, ends.get(patient_id, date.min))
    return ends
