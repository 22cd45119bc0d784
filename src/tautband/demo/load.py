"""Making the demo clinic: people, patients, half a year, and a day that is under way.

Everything is written by the actions that the pages use, so that it obeys every rule and stands
on the trail. The same seed and the same moment give the same clinic, but for passwords and ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.demo import cast, history, today
from tautband.demo.cast import Member
from tautband.demo.clock import Clock, ruling
from tautband.demo.history import Diary
from tautband.demo.staff import Login, Staff, hire
from tautband.errors import Refused
from tautband.records.actions import centres
from tautband.records.models import Centre
from tautband.records.queries import centre as centre_query
from tautband.records.queries import people

ZONE = "Europe/London"
HALF_YEAR = timedelta(days=290)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """What was made: how everybody signs in, and how much there is to see."""

    logins: tuple[Login, ...]
    patients: int
    sessions: int

    def __iter__(self) -> Iterator[Login]:
        """One login after the other."""
        return iter(self.logins)


@transaction.atomic
def load(*, seed: int = 1, now: datetime | None = None) -> DemoSummary:
    """Make the demo clinic in an empty store; Refused, with nothing written, in any other.

    `now` is the moment around which today's list is spread.
    """
    if centre_query.current() is not None or people.everybody():
        raise Refused(_("This store holds a clinic or its people already. The demo makes its own."))
    now = (now or timezone.now()).astimezone(UTC)
    random = Random(seed)  # noqa: S311 nothing secret comes of it
    with ruling(Clock(now - HALF_YEAR)) as clock, centre_query.held(None):
        staff, logins = hire()
        centre_query.hold(_open(staff))
        members = _enrol(staff, clock=clock, random=random, now=now)
        diary = Diary(zone=centre_query.zone(), now=now)
        sessions = history.write(
            members, staff=staff, clock=clock, random=random, diary=diary, now=now
        )
        sessions += today.write(members, staff=staff, clock=clock, random=random, now=now)
        history.book_ahead(members, staff=staff, clock=clock, diary=diary, now=now)
    return DemoSummary(logins=logins, patients=len(members), sessions=sessions)


def _open(staff: Staff) -> Centre:
    return centres.open_centre(
        fields=centres.CentreFields(
            name="Harbour Street Medical Centre",
            time_zone=ZONE,
            emergency_number="555 0100",
            out_of_hours_number="555 0142",
            opens_at=time(7, 0),
            closes_at=time(20, 0),
            slot_minutes=20,
            languages=("en", "ar"),
            rooms=("Room 1", "Room 2", "Room 3", "Recovery"),
        ),
        actor=staff.manager,
    )


def _enrol(staff: Staff, *, clock: Clock, random: Random, now: datetime) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for number, sheet in enumerate(cast.sheets()):
        first = max((days for days, _plan in sheet.course), default=0)
        # Whoever comes for the first time today was put on record when they rang to book.
        clock.set(_morning(now, days=first + 3))
        members[sheet.name] = cast.enrol(
            sheet, number=number, at=clock.at, staff=staff, random=random
        )
    return members


def _morning(now: datetime, *, days: int) -> datetime:
    day: date = (now - timedelta(days=days)).date()
    return datetime.combine(day, time(9, 10), tzinfo=UTC)
