"""Half a year of visits, with what went well, what went wrong, and how people were afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tautband.accounts.models import User
from tautband.demo.cast import RELIEF, WEEKS, Member
from tautband.demo.clock import Clock
from tautband.demo.plans import Plan
from tautband.demo.sitting import Walk
from tautband.demo.staff import Staff
from tautband.demo.visit import Pain, Visit
from tautband.records.actions import (
    appointments,
    encounters,
    injections,
    outcomes,
    signatures,
)
from tautband.records.actions.injections import Given
from tautband.records.actions.rows import Row
from tautband.records.actions.syringes import Drawn
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import Instrument
from tautband.records.queries import procedures as sittings

# The visits that did not go as planned, by name and which visit it was, the first being 0.
BRUISE, FAINT = ("Sofia Lindqvist", 0), ("Liam Doherty", 0)
ROW_LEFT_OUT, CALLED_OFF = ("Dalia Mansour", 1), ("Uriel Cohen", 1)
OVERDOSE, EXPIRED_LOT = ("Chidi Eze", 2), ("Rasmus Holm", 0)
AMENDED = ("Wafaa Sayegh", 0)
# Who did not come, or rang off, so many days ago.
DID_NOT_COME = {"Zaid Hamdan": 11, "Isabel Moreau": 16, "Kofi Mensah": 24}
RANG_OFF = {"Usha Iyer": 9, "Radu Ionescu": 18}
# Who is booked in the coming fortnight: many, so that the days after today are not empty.
AHEAD_FROM, AHEAD = 12, 26


class Diary:
    """Which slots are taken: every clinician sees one patient at a time."""

    def __init__(self, *, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.today = now.astimezone(zone).date()
        self._next: dict[tuple[date, object], int] = {}

    def slot(self, days_ago: int, clinician: User) -> datetime:
        """The next free slot so many days ago, on a weekday."""
        day = self.today - timedelta(days=days_ago)
        # Saturday's patients came on Friday, Sunday's on Monday.
        day += timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
        number = self._next.get((day, clinician.pk), 0)
        self._next[day, clinician.pk] = number + 1
        return datetime.combine(day, time(9, 0), tzinfo=self.zone) + timedelta(minutes=40 * number)


def write(
    members: Mapping[str, Member],
    *,
    staff: Staff,
    clock: Clock,
    random: Random,
    diary: Diary,
    now: datetime,
) -> int:
    """Every visit of the past, and every answer afterwards; returns how many visits."""
    visits = 0
    for member in members.values():
        course = member.sheet.course
        for number, (days, plan) in enumerate(course):
            following = course[number + 1][0] if number + 1 < len(course) else 0
            visit = _visit(member, number, plan, staff=staff, random=random)
            procedure = _come(visit, days, clock=clock, random=random, diary=diary)
            if (member.sheet.name, number) == AMENDED:
                _amend(procedure, visit, clock=clock)
            if not visit.cancelled:
                _tell_later(
                    visit, procedure, member.sheet.response, weeks_until=(days - following) / 7,
                    clock=clock, now=now, random=random,
                )  # fmt: skip
            visits += 1
    _missed(members, staff=staff, clock=clock, diary=diary)
    return visits


def _visit(member: Member, number: int, plan: Plan, *, staff: Staff, random: Random) -> Visit:
    in_training = plan.mix == "lidocaine" and random.random() < 0.12
    clinician = staff.amari if in_training else random.choice(staff.clinicians[:2])
    visit = Visit(
        patient=member.patient,
        clinician=clinician,
        supervisor=staff.okafor if in_training else None,
        nurse=random.choice(staff.nurses),
        desk=staff.desk,
        plan=plan,
        side=member.side,
        pain=member.pain_at(number, random),
        # People weigh a little more or less each time.
        weight_g=member.weight_g + 100 * random.randint(-9, 9) if member.weight_g else 70_000,
        answers=member.answers(inr=f"2.{random.randint(1, 8)}"),
        skin=member.skin,
        interpreter=f"{member.sheet.interpreter}, by telephone" if member.sheet.interpreter else "",
        jitter=random.randint(0, 40),
    )
    return _with_story(visit, (member.sheet.name, number))


def _with_story(visit: Visit, which: tuple[str, int]) -> Visit:
    """The same visit, unless it is one of those that did not go as planned."""
    if which == BRUISE:
        return replace(visit, complication="Bruise, 3 cm, after firm pressure for 5 minutes")
    if which == FAINT:
        return replace(
            visit,
            complication="Fainted after the first needle; lay flat, well after 10 minutes",
            note="Faint at the first needle. Pulse and pressure as before when leaving.",
        )
    if which == ROW_LEFT_OUT:
        return replace(visit, skipped_row="The patient asked to stop here")
    if which == CALLED_OFF:
        return replace(visit, cancelled="Cough and chills since last night. Comes back when well.")
    if which == OVERDOSE:
        return _overdose(visit)
    if which == EXPIRED_LOT:
        return replace(visit, expired_lot=True, written_up_later=True)
    return visit


def _overdose(visit: Visit) -> Visit:
    """Twice the strength and far too much of it, found when it was written up afterwards."""
    lidocaine = Drawn(
        agent="lidocaine", product="Lidocaine 2 %", volume_ul=22_000,
        concentration_ug_per_ml=20_000, epinephrine_ng_per_ml=0, lot="LX4619",
        expires_on=date(2099, 12, 31),
    )  # fmt: skip
    row = Row(
        muscle="infraspinatus", side=visit.side, volume_ul=10_000, sites=4, needle_gauge=25,
        needle_um=25_000, depth_um=15_000, pleura_depth_um=39_000, guidance="ultrasound",
    )  # fmt: skip
    return replace(
        visit,
        tray=(lidocaine,),
        rows=(row, replace(row, muscle="deltoid_middle", pleura_depth_um=None, guidance="")),
        written_up_later=True,
        note="20 mL of 2 % drawn up instead of 1 %. Watched for two hours, no symptoms.",
    )


def _come(visit: Visit, days: int, *, clock: Clock, random: Random, diary: Diary) -> Procedure:
    at = diary.slot(days, visit.clinician)
    room = f"Room {random.randint(1, 3)}"
    if random.random() < 0.8:
        clock.set(at - timedelta(days=random.randint(3, 12), minutes=random.randint(0, 50)))
        booked = appointments.book(
            patient_id=visit.patient.pk, clinician_id=visit.clinician.pk, starts_at=at,
            reason=visit.plan.reason, region=visit.plan.region, room=room, actor=visit.desk,
        )  # fmt: skip
        clock.set(at - timedelta(minutes=random.randint(0, 9)))
        procedure = encounters.receive(appointment_id=booked.pk, actor=visit.desk)
    else:
        clock.set(at)
        procedure = encounters.walk_in(
            patient_id=visit.patient.pk, clinician=visit.clinician, reason=visit.plan.reason,
            region=visit.plan.region, room=room, actor=visit.desk,
        )  # fmt: skip
    Walk(visit, procedure, clock).run()
    return procedure


def _tell_later(
    visit: Visit,
    procedure: Procedure,
    response: str,
    *,
    weeks_until: float,
    clock: Clock,
    now: datetime,
    random: Random,
) -> None:
    """How they are 1, 2, 4, 6 and 12 weeks on, as far as no other visit comes first."""
    came = procedure.encounter.arrived_at.replace(minute=0)
    for week, percent in zip(WEEKS, RELIEF[response][1], strict=True):
        at = came + timedelta(weeks=week, minutes=random.randint(0, 119))
        if week >= weeks_until or at > now:
            break
        if random.random() < 0.3:
            continue  # not everybody answers every time
        clock.set(at)
        outcomes.record(
            patient_id=visit.patient.pk,
            encounter_id=procedure.encounter_id,
            scores=_eased(visit.pain, percent, random),
            answered_at=at,
            actor=visit.nurse,
        )


def _eased(pain: Pain, percent: int, random: Random) -> dict[str, int]:
    """The scores once so much of the pain is gone, in hundredths; PEG is a mean of three."""

    def less(score: int) -> int:
        left = round(score * (100 - percent) / 100) + random.choice((-1, 0, 0, 0, 1))
        return max(0, min(10, left))

    return {
        Instrument.NRS_AVERAGE: less(pain.average) * 100,
        Instrument.NRS_WORST: less(pain.worst) * 100,
        Instrument.PEG: round(sum(less(item) for item in pain.peg) * 100 / 3),
    }


def _amend(procedure: Procedure, visit: Visit, *, clock: Clock) -> None:
    """The morning after, the clinician sets one score right and signs again."""
    clock.wait(18 * 60)
    version = signatures.amend(
        procedure_id=procedure.pk, actor=visit.clinician,
        reason="Pain after the first needle was entered for the wrong row.",
    )  # fmt: skip
    row = sittings.rows(version)[0]
    clock.wait(2)
    injections.record_given(
        procedure_id=version.pk,
        injection_id=row.pk,
        given=Given(
            volume_ul=row.given_volume_ul, depth_um=row.given_depth_um, passes=row.passes,
            aspiration=row.aspiration, twitch=row.twitch, released=row.released,
            pain_before=row.pain_before, pain_after=max(0, visit.pain.after - 1),
            given_at=row.given_at,
        ),
        actor=visit.clinician,
    )  # fmt: skip
    clock.wait(1)
    signatures.sign(procedure_id=version.pk, actor=visit.clinician)


def _missed(members: Mapping[str, Member], *, staff: Staff, clock: Clock, diary: Diary) -> None:
    for names, came in ((DID_NOT_COME, False), (RANG_OFF, True)):
        for name, days in names.items():
            member = members[name]
            at = diary.slot(days, staff.vance)
            clock.set(at - timedelta(days=6))
            booked = appointments.book(
                patient_id=member.patient.pk, clinician_id=staff.vance.pk, starts_at=at,
                reason=member.sheet.plan.reason, region=member.sheet.plan.region,
                actor=staff.desk,
            )  # fmt: skip
            if came:
                clock.wait(3 * 24 * 60)
                appointments.cancel(
                    appointment_id=booked.pk, reason="Feels better, rings again", actor=staff.desk
                )
            else:
                clock.set(at + timedelta(minutes=45))
                appointments.did_not_attend(appointment_id=booked.pk, actor=staff.desk)


def book_ahead(
    members: Mapping[str, Member], *, staff: Staff, clock: Clock, diary: Diary, now: datetime
) -> None:
    """The coming fortnight, and a series of twelve weeks for those on botulinum toxin."""
    clock.set(now)
    coming = list(members.values())[AHEAD_FROM : AHEAD_FROM + AHEAD]
    for number, member in enumerate(coming):
        clinician = staff.clinicians[number % 2]
        keep(
            member, member.sheet.plan, clinician=clinician,
            starts_at=diary.slot(-1 - number // 2, clinician), actor=staff.desk,
        )  # fmt: skip


def keep(member: Member, plan: Plan, *, clinician: User, starts_at: datetime, actor: User) -> None:
    """Book one appointment, or three twelve weeks apart for botulinum toxin."""
    if plan.mix == "botulinum":
        appointments.book_series(
            patient_id=member.patient.pk, clinician_id=clinician.pk, starts_at=starts_at,
            count=3, reason=plan.reason, region=plan.region, actor=actor,
        )  # fmt: skip
        return
    appointments.book(
        patient_id=member.patient.pk, clinician_id=clinician.pk, starts_at=starts_at,
        reason=plan.reason, region=plan.region, actor=actor,
    )  # fmt: skip
