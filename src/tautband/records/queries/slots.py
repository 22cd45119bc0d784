"""When a clinician is free: reckoned from opening hours, slot length and what is booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When the centre is open, in its own time zone; slots begin at `opens_at`."""

    opens_at: time
    closes_at: time
    slot_minutes: int
    zone: ZoneInfo


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall-clock time; None where the clocks skip it in spring."""
    local = datetime.combine(day, clock, tzinfo=zone)
    there_and_back = local.astimezone(UTC).astimezone(zone)
    return local if there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def slots_of_day(day: date, *, hours: OpeningHours) -> list[datetime]:
    """The beginning of every slot of the day that ends before the centre closes."""
    step = timedelta(minutes=max(1, hours.slot_minutes))
    wall = datetime.combine(day, hours.opens_at)
    closes = datetime.combine(day, hours.closes_at)
    slots = []
    while wall + step <= closes:
        slot = at_local(day, wall.time(), hours.zone)
        if slot is not None:
            slots.append(slot)
        wall += step
    return slots


def overlaps(start: datetime, minutes: int, busy: Iterable[Span]) -> bool:
    """Whether something else lies within these minutes."""
    # Compared as instants: wall-clock subtraction is wrong on the days when the clocks change.
    begin = start.astimezone(UTC)
    end = begin + timedelta(minutes=minutes)
    return any(begin < other_end and other_start < end for other_start, other_end in busy)


def free_slots(
    day: date, *, hours: OpeningHours, busy: Iterable[Span], now: datetime
) -> list[datetime]:
    """The slots of the day that are still to come and that nobody has taken."""
    taken = list(busy)
    return [
        slot
        for slot in slots_of_day(day, hours=hours)
        if slot > now and not overlaps(slot, hours.slot_minutes, taken)
    ]


def is_within(start: datetime, minutes: int, *, hours: OpeningHours) -> bool:
    """Whether the centre is open from the first to the last of these minutes."""
    local = start.astimezone(hours.zone)
    begin = datetime.combine(local.date(), local.time())
    opens = datetime.combine(local.date(), hours.opens_at)
    closes = datetime.combine(local.date(), hours.closes_at)
    return opens <= begin and begin + timedelta(minutes=minutes) <= closes
