"""A clock that can be set, so that a made-up half year is written at made-up hours.

Many actions take the time from `django.utils.timezone.now` and from nowhere else, because nobody
may choose when something was recorded. The demo has to: six months are written in seconds. So
the loader, and nothing but the loader, runs under this clock. Everything follows it, the
`recorded_at` of every row and of every event of the trail included; the demo's trail therefore
reads as a real one would.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone


class Clock:
    """What time it is; it stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time this clock shows."""
        return self.at

    def set(self, at: datetime) -> None:
        """Show another time."""
        self.at = at

    def wait(self, minutes: float) -> None:
        """Let some minutes pass."""
        self.at += timedelta(minutes=minutes)


@contextmanager
def ruling(clock: Clock) -> Iterator[Clock]:
    """Let this clock say what time it is in this process until the block ends.

    Only for a process that serves nobody meanwhile: the time is one for all its threads.
    """
    real = timezone.now
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real
