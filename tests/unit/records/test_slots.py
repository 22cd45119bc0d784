import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tautband.records.queries.slots import (
    OpeningHours,
    at_local,
    free_slots,
    is_within,
    overlaps,
    slots_of_day,
)

LONDON = ZoneInfo("Europe/London")
HOURS = OpeningHours(opens_at=time(9), closes_at=time(10), slot_minutes=20, zone=LONDON)
DAY = date(2026, 11, 24)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def clock(hour: int, minute: int, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


def test_slots_fill_the_opening_hours() -> None:
    assert slots_of_day(DAY, hours=HOURS) == [clock(9, 0), clock(9, 20), clock(9, 40)]


def test_a_slot_that_would_end_after_closing_is_not_offered() -> None:
    hours = OpeningHours(opens_at=time(9), closes_at=time(9, 50), slot_minutes=20, zone=LONDON)
    assert slots_of_day(DAY, hours=hours) == [clock(9, 0), clock(9, 20)]


def test_the_hour_that_spring_takes_away_has_no_slots() -> None:
    hours = OpeningHours(opens_at=time(0), closes_at=time(4), slot_minutes=60, zone=LONDON)
    spring = date(2026, 3, 29)
    assert [slot.hour for slot in slots_of_day(spring, hours=hours)] == [0, 2, 3]
    assert at_local(spring, time(1, 30), LONDON) is None


def test_the_hour_that_autumn_gives_twice_is_offered_once() -> None:
    hours = OpeningHours(opens_at=time(0), closes_at=time(4), slot_minutes=60, zone=LONDON)
    slots = slots_of_day(date(2026, 10, 25), hours=hours)
    assert [slot.hour for slot in slots] == [0, 1, 2, 3]
    assert len({slot.astimezone(UTC) for slot in slots}) == 4


def test_what_is_taken_or_past_is_not_free() -> None:
    busy = [(clock(9, 20), clock(9, 40))]
    assert free_slots(DAY, hours=HOURS, busy=busy, now=LONG_AGO) == [clock(9, 0), clock(9, 40)]
    assert free_slots(DAY, hours=HOURS, busy=[], now=clock(9, 20)) == [clock(9, 40)]


def test_a_long_booking_takes_every_slot_it_touches() -> None:
    busy = [(clock(8, 50), clock(9, 25))]
    assert free_slots(DAY, hours=HOURS, busy=busy, now=LONG_AGO) == [clock(9, 40)]


def test_touching_is_not_overlapping() -> None:
    assert not overlaps(clock(9, 0), 20, [(clock(9, 20), clock(9, 40))])
    assert not overlaps(clock(9, 40), 20, [(clock(9, 20), clock(9, 40))])
    assert overlaps(clock(9, 1), 20, [(clock(9, 20), clock(9, 40))])


def test_within_opening_hours_counts_the_last_minute() -> None:
    assert is_within(clock(9, 40), 20, hours=HOURS)
    assert not is_within(clock(9, 41), 20, hours=HOURS)
    assert not is_within(clock(8, 59), 20, hours=HOURS)


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    zone=st.sampled_from(["Europe/London", "Africa/Cairo", "Asia/Kolkata", "America/Sao_Paulo"]),
    minutes=st.integers(5, 240),
)
def test_slots_of_any_day_are_apart_and_within_opening_hours(
    day: date, zone: str, minutes: int
) -> None:
    hours = OpeningHours(
        opens_at=time(0), closes_at=time(23, 59), slot_minutes=minutes, zone=ZoneInfo(zone)
    )
    slots = [slot.astimezone(UTC) for slot in slots_of_day(day, hours=hours)]
    assert slots == sorted(slots)
    for one, other in itertools.pairwise(slots):
        assert other - one >= timedelta(minutes=minutes) or minutes > 30
    assert all(is_within(slot, minutes, hours=hours) for slot in slots)
