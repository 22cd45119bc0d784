"""Bookings: one of them, and what is taken and free on a day."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from tautband.records.models import Appointment, Centre
from tautband.records.models.vocabulary import AppointmentStatus
from tautband.records.queries.slots import OpeningHours, Span, free_slots

STANDING = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
# No booking is longer than this, so a wider look back cannot find an overlap.
LONGEST = timedelta(hours=12)


def find(appointment_id: UUID) -> Appointment | None:
    """One booking by id, with its patient and clinician."""
    return (
        Appointment.objects.select_related("patient", "clinician").filter(pk=appointment_id).first()
    )


def hours_of(centre: Centre) -> OpeningHours:
    """The centre's opening hours as the slot arithmetic wants them."""
    return OpeningHours(
        opens_at=centre.opens_at,
        closes_at=centre.closes_at,
        slot_minutes=centre.slot_minutes,
        zone=ZoneInfo(centre.time_zone),
    )


def span_of_day(day: date, zone: ZoneInfo) -> Span:
    """The first instant of a calendar day and of the next one."""
    begin = datetime.combine(day, time.min, tzinfo=zone)
    return begin, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def taken(
    *,
    between: Span,
    clinician_id: UUID | None = None,
    patient_id: UUID | None = None,
    except_for: UUID | None = None,
) -> list[Span]:
    """When this clinician, or this patient, is already booked within these instants."""
    who = Q()
    if clinician_id is not None:
        who |= Q(clinician_id=clinician_id)
    if patient_id is not None:
        who |= Q(patient_id=patient_id)
    rows = Appointment.objects.filter(
        who,
        status__in=STANDING,
        starts_at__gt=between[0] - LONGEST,
        starts_at__lt=between[1],
    )
    if except_for is not None:
        rows = rows.exclude(pk=except_for)
    return [
        (start, start + timedelta(minutes=minutes))
        for start, minutes in rows.values_list("starts_at", "minutes")
    ]


def free_on(
    day: date,
    *,
    centre: Centre,
    clinician_id: UUID,
    now: datetime,
    except_for: UUID | None = None,
) -> list[datetime]:
    """The slots this clinician still has free on a day."""
    hours = hours_of(centre)
    busy = taken(
        between=span_of_day(day, hours.zone), clinician_id=clinician_id, except_for=except_for
    )
    return free_slots(day, hours=hours, busy=busy, now=now)


def upcoming(patient_id: UUID, *, now: datetime) -> list[Appointment]:
    """A patient's bookings still to come, soonest first."""
    return list(
        Appointment.objects.select_related("clinician")
        .filter(patient_id=patient_id, status=AppointmentStatus.BOOKED, starts_at__gte=now)
        .order_by("starts_at")
    )
