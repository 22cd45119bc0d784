"""Taking patients in from FHIR R4 files: each patient whole, or not at all.

Every file is read to its end before anybody is taken in, since what belongs to one patient may
lie in several files and in any order; until then it waits on disk. Each patient is then one
transaction, so that an import may be stopped at any moment and run again to the same end.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from tautband.accounts.models import User
from tautband.interop.fhir.assembling import Assembler
from tautband.interop.fhir.export import reading_back
from tautband.interop.fhir.files import Origin, origins
from tautband.interop.fhir.reading import Reader
from tautband.interop.fhir.report import ImportReport
from tautband.interop.fhir.sorting import Sorter
from tautband.interop.fhir.staging import Staging
from tautband.records.actions import imports
from tautband.records.queries import centre

__all__ = ["ImportReport", "Progress", "run", "run_files", "run_origins"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes of the files, then patients; a total of 0 is not known yet."""

    bytes_read: int = 0
    bytes_total: int = 0
    patients_done: int = 0
    patients_total: int = 0


Tell = Callable[[Progress], None]


def run(
    paths: Iterable[Path | str], *, actor: User, source: str = "", tell: Tell | None = None
) -> ImportReport:
    """Read every file and take in every patient; what cannot be taken is in the report.

    `source` names the system the files come from, where ids of two systems might be the same.
    """
    return run_origins(origins(Path(path) for path in paths), actor=actor, source=source, tell=tell)


def run_files(
    files: Iterable[tuple[str, Callable[[], BinaryIO], int]],
    *,
    actor: User,
    source: str = "",
    tell: Tell | None = None,
) -> ImportReport:
    """The same for uploads: each a name, how to open it, and its size. The import page calls it."""
    named = [Origin(name, opened, size) for name, opened, size in files]
    return run_origins(named, actor=actor, source=source, tell=tell)


def run_origins(
    files: Iterable[Origin], *, actor: User, source: str = "", tell: Tell | None = None
) -> ImportReport:
    """The same for files wherever they are."""
    imports.insist_may(actor)
    report = ImportReport()
    with centre.held(centre.current()), Staging(Path(settings.TAUTBAND_DATA)) as staging:
        reader = Reader(zone=centre.zone(), source=source, find=staging.target)
        today = centre.today(timezone.now())
        follow = _Follow(list(files), tell)
        sorter = Sorter(staging, report)
        for origin in follow.origins:
            origin, is_ours = reading_back.look(origin)
            if is_ours:
                reading_back.take(
                    origin, report=report, actor=actor, now=timezone.now(), passed=follow.passed
                )
            else:
                sorter.sort(origin, passed=follow.passed)
        assembler = Assembler(staging, reader, report, actor=actor, today=today)
        assembler.introduce()
        follow.begin_patients(staging.count_of_patients())
        assembler.take_in_all(done=follow.patient_done)
    report.end()
    return report


class _Follow:
    """Tells how far the import is."""

    def __init__(self, files: Sequence[Origin], tell: Tell | None) -> None:
        self.origins = files
        self._tell = tell or (lambda _progress: None)
        self._total = sum(origin.size for origin in files)
        self._read = 0
        self._patients = 0
        self._done = 0

    def passed(self, count: int) -> None:
        """So many bytes more were read."""
        self._read += count
        self._say()

    def begin_patients(self, count: int) -> None:
        """All is read; so many patients are to be taken in."""
        self._read = self._total
        self._patients = count
        self._say()

    def patient_done(self) -> None:
        """One patient more was taken in or refused."""
        self._done += 1
        self._say()

    def _say(self) -> None:
        self._tell(Progress(min(self._read, self._total), self._total, self._done, self._patients))
