"""Reading the trail, narrowed."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from tautband.audit import trail
from tautband.audit.models import AuditEvent
from tautband.records.queries.appointments import span_of_day


def events(
    *,
    zone: ZoneInfo,
    day: date | None = None,
    actor_id: UUID | None = None,
    action: str = "",
    record_id: UUID | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEvent]:
    """The latest events that fit; `before` is the id of the last event already shown."""
    found = trail.latest()
    if day is not None:
        begin, end = span_of_day(day, zone)
        found = found.filter(recorded_at__gte=begin, recorded_at__lt=end)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if action:
        found = found.filter(action=action)
    if record_id is not None:
        found = found.filter(Q(patient_id=record_id) | Q(target_id=record_id))
    if before is not None:
        # Ids rise with time, and paging by them neither skips nor repeats while events arrive.
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])


def actions() -> list[str]:
    """Every kind of action that stands in the trail."""
    return list(AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct())
