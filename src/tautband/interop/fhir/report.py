"""What an import did: counts, what it refused and where, what differs from what stands here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from tautband.records.actions.imported import Difference, Intake, Outcome

# A gigabyte of broken lines is told by its first ones.
MOST_REFUSALS = 10_000
MOST_DIFFERENCES = 10_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was turned down: the file and the element, and why."""

    where: str
    why: str


@dataclass(slots=True)
class ImportReport:
    """What an import did, in counts; what it refused, by place."""

    patients: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    refused_resources: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    differences: list[tuple[UUID, Difference]] = field(default_factory=list)
    # Whether a Patient was there to be read, whatever became of them.
    has_patient: bool = False
    _left_unsaid: int = 0

    @property
    def exit_code(self) -> int:
        """0 all well, 1 something was refused, 2 nothing readable or no patient in it."""
        if not self.has_patient:
            return 2
        return 1 if self.refused else 0

    @property
    def types(self) -> list[tuple[str, int, int, int]]:
        """Each resource type with how many were kept, ignored and refused."""
        names = sorted({*self.kept, *self.ignored, *self.refused_resources})
        return [
            (name, self.kept[name], self.ignored[name], self.refused_resources[name])
            for name in names
        ]

    def refuse(self, where: str, why: str, *types: str) -> None:
        """Note one refusal, and the types of the resources it takes with it."""
        self.refused_resources.update(types)
        if len(self.refused) < MOST_REFUSALS:
            self.refused.append(Refusal(where, why))
        else:
            self._left_unsaid += 1

    def took_in(self, intake: Intake, types: Counter[str], not_kept: Counter[str]) -> None:
        """Note one patient who came in, with the resources read; some of those were not kept."""
        self.patients[intake.outcome] += 1
        self.kept += types - not_kept
        self.ignored += not_kept
        room = MOST_DIFFERENCES - len(self.differences)
        self.differences += [(intake.patient_id, one) for one in intake.differences[:room]]

    def end(self) -> None:
        """Say how much was left unsaid, if anything was."""
        if self._left_unsaid:
            self.refused.append(Refusal("…", _("and %d more") % self._left_unsaid))

    def to_json(self) -> dict[str, object]:
        """The report as plain values; `differences` only where there are some."""
        said: dict[str, object] = {
            "patients": {outcome.value: self.patients[outcome] for outcome in Outcome},
            "resources": {
                name: {"kept": kept, "ignored": ignored, "refused": refused}
                for name, kept, ignored, refused in self.types
            },
            "refused": [{"where": one.where, "why": one.why} for one in self.refused],
        }
        if self.differences:
            said["differences"] = [
                {
                    "patient": str(patient_id), "about": one.about, "field": one.name,
                    "here": one.here, "there": one.there,
                }
                for patient_id, one in self.differences
            ]  # fmt: skip
        return said


def place(name: str, path: str) -> str:
    """A file and an element in it."""
    return f"{name}: {path}" if path else name


def known_type(kind: str) -> str:
    """The type as it is counted; what cannot be a type is counted under one name."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= 40 else "?"


def once(refusals: Iterable[Refusal]) -> list[Refusal]:
    """The same without repetition, in order."""
    return list(dict.fromkeys(refusals))
