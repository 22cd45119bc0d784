"""The centre itself, its time zone, and which calendar day it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from tautband.errors import Refused
from tautband.records.models import Centre, RescueKitCheck

# One centre per request or command, read once and forgotten at its end. Nothing is kept longer,
# because another process may change the centre at any time.
_held: ContextVar[Centre | None] = ContextVar("held_centre", default=None)


def current() -> Centre | None:
    """The centre, or None before the first run is finished."""
    return _held.get() or Centre.objects.filter(pk=1).first()


@contextmanager
def held(centre: Centre | None) -> Iterator[None]:
    """Let every `current()` inside this block answer with this centre, without a query."""
    before = _held.set(centre)
    try:
        yield
    finally:
        _held.reset(before)


def hold(centre: Centre) -> None:
    """Let `current()` answer with this centre until the surrounding `held` block ends."""
    _held.set(centre)


def forget() -> None:
    """Read the centre anew from here on: it was just changed."""
    _held.set(None)


def _existing() -> Centre:
    centre = current()
    if centre is None:
        raise Refused(_("The centre is not set up yet. Finish the first run."))
    return centre


def zone() -> ZoneInfo:
    """The centre's time zone, in which its calendar days are counted."""
    return ZoneInfo(_existing().time_zone)


def today(now: datetime) -> date:
    """The calendar day at the centre at this instant."""
    return now.astimezone(zone()).date()


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Every time zone a centre may stand in, by name."""
    regions = (
        "Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
    )  # fmt: skip
    named = [name for name in available_timezones() if name.split("/")[0] in regions]
    return (*sorted(named), "UTC")


def latest_rescue_kit_check() -> RescueKitCheck | None:
    """When somebody last looked into the rescue kit, and who."""
    return RescueKitCheck.objects.select_related("checked_by").order_by("-checked_at").first()
