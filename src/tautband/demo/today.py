"""Today's list, under way: somebody at every step, spread around the moment of loading.

Minutes count from now. When the day is too young for all of it (a demo made at night), everything
is squeezed between midnight and now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tautband.accounts.models import User
from tautband.clinical.lifecycle import Step
from tautband.demo.cast import Member
from tautband.demo.clock import Clock
from tautband.demo.history import keep
from tautband.demo.plans import PLANS, Plan, drawn
from tautband.demo.sitting import Walk
from tautband.demo.staff import Staff
from tautband.demo.visit import Visit
from tautband.errors import Refused
from tautband.records.actions import appointments, encounters, rescue_kits
from tautband.records.actions.rows import Row
from tautband.records.models import Procedure
from tautband.records.queries import centre

# How long before now the first of the day came, in minutes, with room to spare.
EARLIEST = 200
TWO_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One line of the list: who, when (minutes from now, past ones below 0), and how far."""

    who: str
    minutes: int
    clinician: str
    room: str = ""
    until: Step | None = None
    given: int | None = None
    walks_in: bool = False
    # Stretches or squeezes the steps, so that the visit stands where it should by now.
    pace: float = 1


HERE = (
    Slot(who="Farid Nassar", minutes=-174, clinician="okafor"),
    Slot(who="Ingrid Sole", minutes=-154, clinician="vance"),
    Slot(who="Maryam Haddad", minutes=-134, clinician="okafor", room="Recovery",
         until=Step.OBSERVE),
    Slot(who="Tomasz Wrona", minutes=-104, clinician="vance", room="Recovery",
         until=Step.OBSERVE, pace=3.2),
    Slot(who="Amina Diallo", minutes=-74, clinician="amari", room="Room 3", until=Step.INJECT,
         given=8, pace=1.6),
    Slot(who="Lucía Fernández", minutes=-54, clinician="vance", room="Room 2",
         until=Step.INJECT, given=2, pace=1.9),
    Slot(who="Noor Al-Rashid", minutes=-34, clinician="okafor", room="Room 1", until=Step.PLAN),
    Slot(who="Grace Mbeki", minutes=-26, clinician="okafor", until=Step.ARRIVE, walks_in=True),
    Slot(who="Samuel Ortiz", minutes=-24, clinician="vance", until=Step.TIME_OUT),
)  # fmt: skip
TO_COME = (
    Slot(who="Jan de Wit", minutes=26, clinician="vance"),
    Slot(who="Yusuf Demir", minutes=126, clinician="okafor"),
    Slot(who="Hana Novak", minutes=146, clinician="vance"),
)


def write(
    members: Mapping[str, Member],
    *,
    staff: Staff,
    clock: Clock,
    random: Random,
    now: datetime,
) -> int:
    """The rescue kit, the visits and the bookings of today; returns how many visits."""
    midnight = datetime.combine(centre.today(now), time(0), tzinfo=centre.zone())
    squeeze = min(1.0, (now - midnight).total_seconds() / 60 / EARLIEST)
    clock.set(now - timedelta(minutes=EARLIEST * squeeze))
    rescue_kits.check(
        place="Room 1", lipid_ml=1000, lipid_expires_on=date(now.year + 1, 9, 30), actor=staff.rana
    )
    for slot in HERE:
        _visit(slot, members[slot.who], squeeze, staff=staff, clock=clock, random=random, now=now)
    clock.set(now)
    for slot in TO_COME:
        _book(slot, members[slot.who], staff=staff, clock=clock, now=now)
    return len(HERE)


def _visit(
    slot: Slot,
    member: Member,
    squeeze: float,
    *,
    staff: Staff,
    clock: Clock,
    random: Random,
    now: datetime,
) -> None:
    clinician: User = getattr(staff, slot.clinician)
    at = now + timedelta(minutes=slot.minutes * squeeze)
    visit = Visit(
        patient=member.patient,
        clinician=clinician,
        supervisor=staff.okafor if clinician == staff.amari else None,
        nurse=staff.rana,
        desk=staff.desk,
        plan=member.sheet.plan,
        side=member.side,
        pain=member.pain_at(len(member.sheet.course), random),
        weight_g=member.weight_g,
        answers=member.answers(inr=None),
        skin=member.skin,
        jitter=random.randint(0, 40),
        until=slot.until,
        given=slot.given,
        pace=slot.pace * squeeze,
    )
    if slot.who == "Maryam Haddad":
        visit = _over_the_lung(visit)
    if slot.who == "Noor Al-Rashid":
        visit = _four_muscles(visit, now=now)
    procedure = _arrive(slot, visit, at, clock=clock)
    walk = Walk(visit, procedure, clock)
    walk.run()
    if slot.who == "Maryam Haddad":
        # Still here after more than an hour: somebody asked, and she is not let go.
        clock.set(now - timedelta(minutes=6 * squeeze))
        walk.watch(pain_at_30_min=visit.pain.at_30_min)


def _arrive(slot: Slot, visit: Visit, at: datetime, *, clock: Clock) -> Procedure:
    """Booked a while ago and received, or a walk-in where the diary does not allow that time."""
    patient, plan = visit.patient.pk, visit.plan
    if not slot.walks_in:
        starts_at = _round(at)
        clock.set(starts_at - TWO_DAYS)
        try:
            booked = appointments.book(
                patient_id=patient, clinician_id=visit.clinician.pk, starts_at=starts_at,
                reason=plan.reason, region=plan.region, room=slot.room, actor=visit.desk,
            )  # fmt: skip
        except Refused:
            pass
        else:
            clock.set(at)
            return encounters.receive(appointment_id=booked.pk, actor=visit.desk)
    clock.set(at)
    return encounters.walk_in(
        patient_id=patient, clinician=visit.clinician, reason=plan.reason, region=plan.region,
        room=slot.room, actor=visit.desk,
    )  # fmt: skip


def _round(at: datetime) -> datetime:
    """The last full five minutes."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)


def _over_the_lung(visit: Visit) -> Visit:
    """One needle over the lung whose depth nobody measured, and a chest that hurts afterwards."""
    row = Row(
        muscle="trapezius_upper", side="right", volume_ul=1000, needle_gauge=25,
        needle_um=25_000, depth_um=20_000, guidance="landmark",
    )  # fmt: skip
    return replace(visit, rows=(row,), chest_symptoms="Short of breath, chest pain on breathing in")


def _four_muscles(visit: Visit, *, now: datetime) -> Visit:
    """A plan with something to answer: two sides over the lung, one of them not measured.

    The dentist gave bupivacaine at nine, or earlier when the demo is made before that.
    """
    nine = datetime.combine(centre.today(now), time(9, 0), tzinfo=centre.zone())
    told = min(nine, now - timedelta(hours=1)).astimezone(centre.zone())
    first = Row(
        muscle="trapezius_upper", side="right", volume_ul=1000, needle_gauge=25,
        needle_um=25_000, depth_um=18_000, pleura_depth_um=41_200, guidance="ultrasound",
    )  # fmt: skip
    rows = (
        first,
        replace(first, muscle="levator_scapulae", pleura_depth_um=38_600),
        replace(
            first, muscle="rhomboid_major", side="left", volume_ul=500, depth_um=None,
            pleura_depth_um=None, guidance="landmark",
        ),
        replace(
            first, muscle="infraspinatus", needle_um=38_000, depth_um=15_000,
            pleura_depth_um=None, guidance="landmark",
        ),
    )  # fmt: skip
    enough = sum(row.volume_ul or 0 for row in rows) + 500
    tray = [replace(each, volume_ul=enough) for each in drawn(visit.plan, day=told.date())]
    dentist = {
        "agent": "bupivacaine", "amount": "25", "on": told.date().isoformat(),
        "at": f"{told:%H:%M}", "about": "exact",
    }  # fmt: skip
    answers = {**visit.answers, "anaesthetic_elsewhere": dentist}
    return replace(visit, rows=rows, tray=tray, answers=answers)


def _book(slot: Slot, member: Member, *, staff: Staff, clock: Clock, now: datetime) -> None:
    """Booked for later today; once the centre closes soon, for a time that has just gone by."""
    clinician: User = getattr(staff, slot.clinician)
    plan: Plan = PLANS["neck-toxin"] if slot.who == "Yusuf Demir" else member.sheet.plan
    for starts_at in _times(slot, now):
        clock.set(min(now, starts_at) - TWO_DAYS)
        try:
            keep(member, plan, clinician=clinician, starts_at=starts_at, actor=staff.desk)
        except Refused:
            continue
        return
    raise AssertionError(f"no slot today for {slot.who}")


def _times(slot: Slot, now: datetime) -> list[datetime]:
    """The wanted time, then every free one of today, the nearest first."""
    wanted = _round(now + timedelta(minutes=slot.minutes))
    day = centre.today(now)
    place = centre.current()
    assert place is not None
    opens = datetime.combine(day, place.opens_at, tzinfo=centre.zone())
    minutes = (place.closes_at.hour - place.opens_at.hour) * 60
    others = [opens + timedelta(minutes=step) for step in range(0, minutes, 20)]
    others.sort(key=lambda at: abs((at - wanted).total_seconds()))
    if wanted.astimezone(centre.zone()).date() != day:
        return others
    return [wanted, *others]
