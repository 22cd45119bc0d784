"""How far an import is that somebody started on the page: a small file that any worker can read.

It holds counts alone. Whoever knows the token of the page that started the import may ask.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

_PREFIX = "import-progress-"
_EVERY_SECONDS = 0.3
_LEFT_BEHIND_SECONDS = 24 * 60 * 60


class Told(Protocol):
    """What an importer tells while it runs."""

    @property
    def bytes_read(self) -> int:
        """How many bytes of the files are read."""

    @property
    def bytes_total(self) -> int:
        """How many there are."""

    @property
    def patients_done(self) -> int:
        """How many patients were taken in or refused."""

    @property
    def patients_total(self) -> int:
        """How many there are; 0 until all is read."""


@dataclass(frozen=True, slots=True)
class HowFar:
    """Counts of a running import."""

    bytes_read: int
    bytes_total: int
    patients_done: int
    patients_total: int

    @property
    def percent(self) -> int:
        """Of the whole, reading being one half and taking in the other."""
        read = self.bytes_read / self.bytes_total if self.bytes_total else 0
        done = self.patients_done / self.patients_total if self.patients_total else 0
        return min(100, int(50 * read + 50 * done))

    @property
    def megabytes_read(self) -> str:
        """For the person who waits."""
        return f"{self.bytes_read / 1_000_000:.1f}"

    @property
    def megabytes_total(self) -> str:
        """For the person who waits."""
        return f"{self.bytes_total / 1_000_000:.1f}"


class Followed:
    """Writes down how far the import of one page is; a context manager."""

    def __init__(self, token: UUID) -> None:
        self._path = _path(token)
        self._told_at = 0.0

    def __enter__(self) -> "Followed":
        """Begin; what an import left behind whose process was ended goes."""
        for left in self._path.parent.glob(f"{_PREFIX}*"):
            try:
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                    left.unlink()
            except FileNotFoundError:
                continue
        return self

    def __exit__(self, *_failure: object) -> None:
        """It has ended, one way or another."""
        self._path.unlink(missing_ok=True)

    def tell(self, told: Told) -> None:
        """Write it down, a few times a second at most."""
        now = time.monotonic()
        if now - self._told_at < _EVERY_SECONDS:
            return
        self._told_at = now
        draft = self._path.with_suffix(".draft")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(
                [told.bytes_read, told.bytes_total, told.patients_done, told.patients_total], file
            )
        draft.replace(self._path)


def how_far(token: UUID) -> HowFar | None:
    """How far that import is; None before it has begun, after it has ended, and for any other."""
    try:
        return HowFar(*json.loads(_path(token).read_text("ascii")))
    except FileNotFoundError:
        return None


def _path(token: UUID) -> Path:
    return Path(settings.TAUTBAND_DATA) / f"{_PREFIX}{token}"
