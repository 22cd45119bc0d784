"""Bookings made in another system, put into the diary where the slot is free.

The diary is the centre's promise to people, so nothing is moved aside for an imported booking:
what does not fit is left out and said, and somebody books it by hand.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.records.actions.appointments import FURTHEST, LONGEST_MINUTES, SHORTEST_MINUTES
from tautband.records.actions.demographics import tidy
from tautband.records.actions.imported import Difference, ImportedAppointment, Intake
from tautband.records.models import Appointment, Patient
from tautband.records.models.vocabulary import AppointmentStatus
from tautband.records.queries import appointments as bookings
from tautband.records.queries import centre, people
from tautband.records.queries.slots import overlaps


def take_bookings(
    patient: Patient,
    stated: Sequence[ImportedAppointment],
    *,
    source: str,
    actor: User,
    intake: Intake,
    now: datetime,
) -> int:
    """Write the bookings that still lie ahead; how many rows changed."""
    if not stated:
        return 0
    held = {
        row.source_id: row
        for row in Appointment.objects.filter(patient=patient).exclude(source_id="")
    }
    touched = 0
    for one in stated:
        known = held.get(one.source_id)
        if known is not None:
            touched += _follow(known, one, source=source, intake=intake)
        else:
            touched += _book(patient, one, source=source, actor=actor, intake=intake, now=now)
    return touched


def _leave_out(intake: Intake, stated: ImportedAppointment, why: str) -> int:
    intake.left_out.append(stated.source_id)
    if why:
        there = _instant(stated.starts_at)
        intake.differences.append(Difference(stated.source_id, "starts_at", why, there))
    return 0


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="minutes") if moment else ""


def _book(
    patient: Patient,
    stated: ImportedAppointment,
    *,
    source: str,
    actor: User,
    intake: Intake,
    now: datetime,
) -> int:
    if stated.withdrawn or stated.starts_at is None or stated.starts_at <= now:
        # What is over or off is nothing to keep a slot for.
        return _leave_out(intake, stated, "")
    minutes = _minutes(stated)
    clinician = _clinician(stated.clinicians)
    if clinician is None:
        return _leave_out(intake, stated, _("not booked: no clinician here has this name"))
    if patient.deceased_on is not None:
        return _leave_out(intake, stated, _("not booked: the patient has died"))
    if stated.starts_at - now > FURTHEST:
        return _leave_out(intake, stated, _("not booked: more than three years away"))
    if not _is_free(stated.starts_at, minutes, clinician=clinician, patient=patient):
        return _leave_out(intake, stated, _("not booked: something else is booked then"))
    Appointment.objects.create(
        patient=patient, clinician=clinician, starts_at=stated.starts_at, minutes=minutes,
        reason=tidy(stated.reason)[:160], source=source, source_id=stated.source_id,
        booked_by=actor,
    )  # fmt: skip
    return 1


def _minutes(stated: ImportedAppointment) -> int:
    place = centre.current()
    minutes = stated.minutes or (place.slot_minutes if place else SHORTEST_MINUTES)
    return min(max(minutes, SHORTEST_MINUTES), LONGEST_MINUTES)


def _clinician(names: Sequence[str]) -> User | None:
    """Who is meant: the one clinician of that name, or the only one there is."""
    here = people.clinicians()
    wanted = {tidy(name).casefold() for name in names}
    named = [
        person
        for person in here
        if {person.full_name.casefold(), person.username.casefold()} & wanted
    ]
    found = named or here
    if len(found) != 1:
        return None
    # Locked, so that two bookings for one clinician are decided one after the other.
    return User.objects.select_for_update().get(pk=found[0].pk)


def _is_free(
    starts_at: datetime,
    minutes: int,
    *,
    clinician: User,
    patient: Patient,
    except_for: Appointment | None = None,
) -> bool:
    busy = bookings.taken(
        between=(starts_at, starts_at + timedelta(minutes=minutes)),
        clinician_id=clinician.pk,
        patient_id=patient.pk,
        except_for=except_for.pk if except_for else None,
    )
    return not overlaps(starts_at, minutes, busy)


def _follow(row: Appointment, stated: ImportedAppointment, *, source: str, intake: Intake) -> int:
    """What became at its source of a booking that stands in the diary."""
    if stated.withdrawn:
        if row.status != AppointmentStatus.BOOKED:
            return 0
        if row.source != source:
            said = Difference(row.source_id, "status", row.status, AppointmentStatus.CANCELLED)
            intake.differences.append(said)
            return 0
        row.status = AppointmentStatus.CANCELLED
        row.cancelled_reason = _("Cancelled in the system it came from.")
        row.save(update_fields=["status", "cancelled_reason"])
        return 1
    if stated.starts_at is None or row.status == AppointmentStatus.ARRIVED:
        return 0
    minutes = _minutes(stated)
    is_as_stated = (row.starts_at, row.minutes) == (stated.starts_at, minutes)
    if is_as_stated and row.status == AppointmentStatus.BOOKED:
        return 0
    if row.source != source or not _is_free(
        stated.starts_at, minutes, clinician=row.clinician, patient=row.patient, except_for=row
    ):
        here = _instant(row.starts_at)
        if row.status != AppointmentStatus.BOOKED:
            here = f"{here} ({row.status})"
        there = _instant(stated.starts_at)
        intake.differences.append(Difference(row.source_id, "starts_at", here, there))
        return 0
    row.starts_at, row.minutes = stated.starts_at, minutes
    row.status, row.cancelled_reason = AppointmentStatus.BOOKED, ""
    row.save(update_fields=["starts_at", "minutes", "status", "cancelled_reason"])
    return 1
