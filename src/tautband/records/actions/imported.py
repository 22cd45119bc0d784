"""What another system says of a patient, in the words of the record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tautband.records.actions.demographics import Demographics
from tautband.records.actions.patients import ENTERED, Identifier
from tautband.records.models.vocabulary import MeasurementKind, Pregnancy, StatementKind

# The source of a row that came by import and was changed here since: no import overwrites it.
TAKEN_OVER = "imported, changed here"


def touched(source: str) -> str:
    """The source of a row that somebody here has just changed."""
    return ENTERED if source == ENTERED else TAKEN_OVER


class Outcome(StrEnum):
    """What an import did to one patient."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedStatement:
    """One allergy, medicine or condition as another system states it; `withdrawn`, or no longer."""

    kind: StatementKind
    source_id: str
    text: str = ""
    system: str = ""
    code: str = ""
    reaction: str = ""
    severity: str = ""
    active: bool = True
    started_on: date | None = None
    ended_on: date | None = None
    withdrawn: bool = False

    columns: ClassVar[tuple[str, ...]] = (
        "kind", "text", "system", "code", "reaction", "severity", "active", "started_on",
        "ended_on",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMeasurement:
    """One measurement, in the small unit of its kind; `withdrawn`, or no longer stated."""

    kind: MeasurementKind
    source_id: str
    amount: int = 0
    as_entered: str = ""
    measured_on: date | None = None
    measured_at: datetime | None = None
    withdrawn: bool = False

    columns: ClassVar[tuple[str, ...]] = (
        "kind", "amount", "as_entered", "measured_on", "measured_at",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPregnancyStatus:
    """Whether the patient was pregnant on a day; `withdrawn`, or no longer stated."""

    source_id: str
    status: Pregnancy = Pregnancy.UNKNOWN
    observed_on: date | None = None
    withdrawn: bool = False

    columns: ClassVar[tuple[str, ...]] = ("status", "observed_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCoverage:
    """Who pays, and from when until when; `withdrawn`, or no longer stated."""

    source_id: str
    payer: str = ""
    active: bool = True
    started_on: date | None = None
    ended_on: date | None = None
    withdrawn: bool = False

    columns: ClassVar[tuple[str, ...]] = ("payer", "active", "started_on", "ended_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedAppointment:
    """One booking made elsewhere, with whom by name; `withdrawn`, or no longer standing."""

    source_id: str
    starts_at: datetime | None = None
    minutes: int | None = None
    reason: str = ""
    clinicians: tuple[str, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPatient:
    """One patient, whole, as another system states them."""

    source: str
    who: Demographics
    identifiers: Sequence[Identifier]
    statements: Sequence[ImportedStatement] = ()
    measurements: Sequence[ImportedMeasurement] = ()
    pregnancies: Sequence[ImportedPregnancyStatus] = ()
    coverages: Sequence[ImportedCoverage] = ()
    appointments: Sequence[ImportedAppointment] = ()
    no_known_allergies: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands here and what the other system says instead; shown to people, never logged.

    `about` is "Patient" or the id of the resource at its source, `name` the column.
    """

    about: str
    name: str
    here: str
    there: str


@dataclass(slots=True)
class Intake:
    """What became of one imported patient.

    `left_out` are the ids, at their source, of bookings that could not be kept.
    """

    patient_id: UUID
    outcome: Outcome
    differences: list[Difference] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
