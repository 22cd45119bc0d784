"""Booking, moving and ending appointments. What stands is never double booked."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, Role, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinical.knowledge import knowledge
from tautband.errors import NotAllowed, Refused, Stale
from tautband.records.actions.imported import touched
from tautband.records.actions.patients import insist_stands
from tautband.records.models import Appointment, Centre, Patient
from tautband.records.models.vocabulary import AppointmentStatus
from tautband.records.queries import appointments as bookings
from tautband.records.queries import centre as centre_query
from tautband.records.queries.slots import at_local, is_within, overlaps

LONGEST_SERIES = 6
SHORTEST_MINUTES = 5
LONGEST_MINUTES = 240
FURTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesResult:
    """What of a series was booked, and what was not free, with the reason in words."""

    booked: tuple[Appointment, ...]
    not_free: tuple[tuple[datetime, str], ...]


def series_step() -> timedelta:
    """How far apart the appointments of a series lie: the toxins' interval, in whole weeks.

    Whether a dose may be given on the day is for the rules to say, not for the diary.
    """
    return timedelta(weeks=math.ceil(knowledge().limit("botulinum.interval_days").value / 7))


def _insist(actor: User) -> None:
    if not may(actor, Permission.BOOK):
        raise NotAllowed(_("Your role does not book. Ask a colleague who may."))


def _hold_clinician(clinician_id: UUID) -> User:
    # Locked, so that two bookings for one clinician are decided one after the other.
    clinician = User.objects.select_for_update().filter(pk=clinician_id, is_active=True).first()
    if clinician is None or Role.CLINICIAN not in clinician.roles:
        words = _("Choose a clinician who works here.")
        raise Refused(words, fields={"clinician": words})
    return clinician


def _hold_patient(patient_id: UUID) -> Patient:
    patient = Patient.objects.select_for_update().filter(pk=patient_id).first()
    if patient is None:
        raise Refused(_("This patient does not exist."))
    insist_stands(patient)
    if patient.deceased_on is not None:
        raise Refused(_("This patient has died. Nothing can be booked."))
    return patient


def _existing_centre() -> Centre:
    centre = centre_query.current()
    if centre is None:
        raise Refused(_("The centre is not set up yet. Finish the first run."))
    return centre


def _why_not(
    starts_at: datetime,
    minutes: int,
    *,
    clinician_id: UUID,
    patient_id: UUID,
    centre: Centre,
    now: datetime,
    except_for: UUID | None = None,
) -> str:
    """Why this cannot be booked, in words; empty when it can."""
    if starts_at < now:
        return _("This time has passed. Choose a later one, or add a walk-in.")
    if starts_at - now > FURTHEST:
        return _("This is more than three years away.")
    if not is_within(starts_at, minutes, hours=bookings.hours_of(centre)):
        return _("The centre is closed then.")
    between = (starts_at, starts_at + timedelta(minutes=minutes))
    for who, words in (
        ({"clinician_id": clinician_id}, _("The clinician is already booked then.")),
        ({"patient_id": patient_id}, _("The patient already has another appointment then.")),
    ):
        busy = bookings.taken(between=between, except_for=except_for, **who)
        if overlaps(starts_at, minutes, busy):
            return words
    return ""


@contextmanager
def _booked_once() -> Iterator[None]:
    # The check before cannot see a booking that another process commits meanwhile (SQLite and
    # PostgreSQL lock differently); the constraint can.
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = _("Somebody else has just taken this time. Choose another.")
        raise Refused(words, fields={"starts_at": words}) from error


def _check_minutes(minutes: int | None, centre: Centre) -> int:
    if minutes is None:
        return centre.slot_minutes
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        words = _("An appointment is 5 to 240 minutes long.")
        raise Refused(words, fields={"minutes": words})
    return minutes


def _kept(
    *,
    patient_id: UUID,
    clinician: User,
    starts_at: datetime,
    minutes: int,
    reason: str,
    region: str,
    room: str,
    series: UUID | None,
    actor: User,
    pk: UUID,
) -> Appointment:
    with _booked_once():
        return Appointment.objects.create(
            pk=pk,
            patient_id=patient_id,
            clinician=clinician,
            starts_at=starts_at,
            minutes=minutes,
            room=room.strip()[:40],
            reason=reason.strip()[:160],
            region=region.strip()[:60],
            series=series,
            booked_by=actor,
        )


@transaction.atomic
def book(
    *,
    patient_id: UUID,
    clinician_id: UUID,
    starts_at: datetime,
    actor: User,
    minutes: int | None = None,
    reason: str = "",
    region: str = "",
    room: str = "",
    token: UUID | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Keep a slot for a patient. `token` makes a second click harmless."""
    _insist(actor)
    if token is not None:
        again = Appointment.objects.filter(pk=token, patient_id=patient_id).first()
        if again is not None:
            return again
    patient = _hold_patient(patient_id)
    clinician = _hold_clinician(clinician_id)
    centre = _existing_centre()
    minutes = _check_minutes(minutes, centre)
    words = _why_not(
        starts_at, minutes, clinician_id=clinician.pk, patient_id=patient.pk, centre=centre,
        now=now or timezone.now(),
    )  # fmt: skip
    if words:
        raise Refused(words, fields={"starts_at": words})
    appointment = _kept(
        patient_id=patient.pk, clinician=clinician, starts_at=starts_at, minutes=minutes,
        reason=reason, region=region, room=room, series=None, actor=actor, pk=token or uuid4(),
    )  # fmt: skip
    trail.record(
        "appointment.book", actor_id=actor.pk, patient_id=patient.pk, target_id=appointment.pk,
        detail={"clinician": str(clinician.pk), "minutes": minutes},
    )  # fmt: skip
    return appointment


def series_times(first: datetime, count: int, *, centre: Centre) -> list[tuple[datetime, bool]]:
    """The times of a series: same weekday, same time on the wall, twelve weeks apart.

    The second of each pair is False where the clocks skip that time on that day.
    """
    zone = bookings.hours_of(centre).zone
    local = first.astimezone(zone)
    times = []
    for n in range(count):
        day = local.date() + n * series_step()
        at = at_local(day, local.time(), zone)
        times.append((at or datetime.combine(day, local.time(), tzinfo=zone), at is not None))
    return times


@transaction.atomic
def book_series(
    *,
    patient_id: UUID,
    clinician_id: UUID,
    starts_at: datetime,
    count: int,
    actor: User,
    minutes: int | None = None,
    reason: str = "",
    region: str = "",
    token: UUID | None = None,
    now: datetime | None = None,
) -> SeriesResult:
    """Keep a slot every twelve weeks. What is free is booked; what is not comes back in words.

    The first must be free, or nothing is booked.
    """
    _insist(actor)
    if not 2 <= count <= LONGEST_SERIES:
        words = _("A series is 2 to 6 appointments.")
        raise Refused(words, fields={"count": words})
    token = token or uuid4()
    again = tuple(Appointment.objects.filter(series=token, patient_id=patient_id))
    if again:
        return SeriesResult(booked=again, not_free=())
    patient = _hold_patient(patient_id)
    clinician = _hold_clinician(clinician_id)
    centre = _existing_centre()
    minutes = _check_minutes(minutes, centre)
    now = now or timezone.now()
    booked: list[Appointment] = []
    not_free: list[tuple[datetime, str]] = []
    for at, exists in series_times(starts_at, count, centre=centre):
        words = _("The clocks skip this time on that day.")
        if exists:
            words = _why_not(
                at, minutes, clinician_id=clinician.pk, patient_id=patient.pk, centre=centre,
                now=now,
            )  # fmt: skip
        if words and not booked:
            raise Refused(words, fields={"starts_at": words})
        if words:
            not_free.append((at, words))
            continue
        booked.append(
            _kept(
                patient_id=patient.pk, clinician=clinician, starts_at=at, minutes=minutes,
                reason=reason, region=region, room="", series=token, actor=actor, pk=uuid4(),
            )
        )  # fmt: skip
    trail.record(
        "appointment.book-series", actor_id=actor.pk, patient_id=patient.pk, target_id=token,
        detail={
            "clinician": str(clinician.pk),
            "booked": [str(each.pk) for each in booked],
            "not_free": len(not_free),
        },
    )  # fmt: skip
    return SeriesResult(booked=tuple(booked), not_free=tuple(not_free))


def _hold_booked(appointment_id: UUID) -> Appointment:
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("clinician")
        .filter(pk=appointment_id)
        .first()
    )
    if appointment is None:
        raise Refused(_("This appointment does not exist."))
    if appointment.status != AppointmentStatus.BOOKED:
        raise Stale(_("This appointment is no longer open: the patient came, or it was ended."))
    return appointment


@transaction.atomic
def move(
    *,
    appointment_id: UUID,
    clinician_id: UUID,
    starts_at: datetime,
    was: datetime,
    actor: User,
    now: datetime | None = None,
) -> Appointment:
    """Give an appointment another time or clinician. `was` is the time the page showed."""
    _insist(actor)
    clinician = _hold_clinician(clinician_id)
    appointment = _hold_booked(appointment_id)
    if appointment.starts_at != was:
        raise Stale(_("Somebody moved this appointment meanwhile. Look at it as it is now."))
    words = _why_not(
        starts_at, appointment.minutes, clinician_id=clinician.pk,
        patient_id=appointment.patient_id, centre=_existing_centre(), now=now or timezone.now(),
        except_for=appointment.pk,
    )  # fmt: skip
    if words:
        raise Refused(words, fields={"starts_at": words})
    appointment.clinician = clinician
    appointment.starts_at = starts_at
    appointment.source = touched(appointment.source)
    with _booked_once():
        appointment.save(update_fields=["clinician", "starts_at", "source"])
    trail.record(
        "appointment.move", actor_id=actor.pk, patient_id=appointment.patient_id,
        target_id=appointment.pk, detail={"from": was.astimezone(UTC).isoformat()},
    )  # fmt: skip
    return appointment


@transaction.atomic
def cancel(*, appointment_id: UUID, reason: str, actor: User) -> Appointment:
    """Give a slot back, and say why."""
    _insist(actor)
    if not reason.strip():
        words = _("Say why it is cancelled.")
        raise Refused(words, fields={"reason": words})
    appointment = _hold_booked(appointment_id)
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_reason = reason.strip()[:160]
    appointment.source = touched(appointment.source)
    appointment.save(update_fields=["status", "cancelled_reason", "source"])
    trail.record(
        "appointment.cancel", actor_id=actor.pk, patient_id=appointment.patient_id,
        target_id=appointment.pk,
    )  # fmt: skip
    return appointment


@transaction.atomic
def did_not_attend(
    *, appointment_id: UUID, actor: User, now: datetime | None = None
) -> Appointment:
    """The patient did not come. Only once the time has passed."""
    _insist(actor)
    appointment = _hold_booked(appointment_id)
    if appointment.starts_at > (now or timezone.now()):
        raise Refused(_("The appointment is still to come. Cancel it instead."))
    appointment.status = AppointmentStatus.DID_NOT_ATTEND
    appointment.source = touched(appointment.source)
    appointment.save(update_fields=["status", "source"])
    trail.record(
        "appointment.did-not-attend", actor_id=actor.pk, patient_id=appointment.patient_id,
        target_id=appointment.pk,
    )  # fmt: skip
    return appointment
