"""Putting a patient together from everything about them, and handing them over whole."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused
from tautband.interop.fhir import references
from tautband.interop.fhir.concepts import Ignored
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.patient import ReadPatient
from tautband.interop.fhir.reading import Reader, Stated
from tautband.interop.fhir.references import SUBJECTS
from tautband.interop.fhir.report import ImportReport, Refusal, once, place
from tautband.interop.fhir.staging import Staged, Staging
from tautband.interop.fhir.statements import NoKnownAllergies
from tautband.records.actions import demographics, imports
from tautband.records.actions.imports import (
    ImportedAppointment,
    ImportedCoverage,
    ImportedMeasurement,
    ImportedPatient,
    ImportedPregnancyStatus,
    ImportedStatement,
)

SOURCE = "fhir"
# Nobody has so many allergies, medicines, conditions and measurements; what has is no patient.
MOST_RESOURCES = 50_000
_MOST_REFUSALS = 50
# The elements in which a Patient carries what our record calls otherwise.
_ELEMENTS = {
    "given_name": "name",
    "family_name": "name",
    "other_name": "name",
    "born_on": "birthDate",
    "sex": "gender",
    "phone": "telecom",
    "email": "telecom",
    "deceased_on": "deceased[x]",
}


class _Id(msgspec.Struct):
    id: Any = None


_id = msgspec.json.Decoder(_Id)


@dataclass(frozen=True, slots=True)
class _Line:
    """One thing stated of a patient, where it stands, and what kind of resource said it."""

    stated: Stated
    where: str
    kind: str


@dataclass(slots=True)
class _Draft:
    """One patient as read so far, by the ids at the source."""

    lines: dict[str, _Line] = field(default_factory=dict)
    types: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)


class Assembler:
    """Takes the staged patients in, one transaction each."""

    def __init__(
        self, staging: Staging, reader: Reader, report: ImportReport, *, actor: User, today: date
    ) -> None:
        self._staging = staging
        self._reader = reader
        self._report = report
        self._actor = actor
        self._today = today

    def introduce(self) -> None:
        """Read every Patient once: by which names they are called, and who is who."""
        for staged in self._staging.patients():
            try:
                read = self._reader.patient(staged)
                demographics.check(read.who, today=self._today)
            except (Bad, Refused):
                # Why is told when it is their turn.
                self._staging.know(staged, names=_names(staged), identifiers=[], digest="")
                continue
            identifiers = [references.identifier_name(*pair) for pair in read.identifiers]
            self._staging.know(
                staged,
                names=[*_names(staged), *identifiers],
                identifiers=identifiers,
                digest=hashlib.sha256(repr(read).encode()).hexdigest(),
            )
        self._report.ignored["Patient"] += self._staging.join_twins()
        for patient, where in self._staging.one_identifier_for_two():
            why = _("another patient in these files has the same identifier: %s") % where
            self._staging.refuse_patient(patient, why)
        for patient, where in self._staging.one_name_for_two():
            why = _("another patient in these files has the same id: %s") % where
            self._staging.refuse_patient(patient, why)
        self._staging.find_patients()
        self._staging.refuse_broken(
            _("a part of the files cannot be read, and something of this patient may be in it")
        )

    def take_in_all(self, *, done: Callable[[], None]) -> None:
        """Hand over each patient, whole or not at all; then say what belongs to nobody."""
        for staged, refused, is_readable in self._staging.each_patient_once():
            self._report.has_patient |= is_readable
            if refused:
                self._give_up(staged, [Refusal(staged.where, refused)])
            else:
                self._take_in(staged)
            done()
        for staged in self._staging.resources_of_nobody():
            self._refuse_orphan(staged)

    def _give_up(self, staged: Staged, refusals: list[Refusal]) -> None:
        for one in once(refusals):
            self._report.refuse(one.where, one.why)
        self._report.refused_resources["Patient"] += 1
        self._report.refused_resources.update(self._staging.kinds_of(staged.seq))

    def _refuse_orphan(self, staged: Staged) -> None:
        if self._staging.is_broken(staged.scope) and not staged.broken:
            # Its patient may be in the part that cannot be read, which has been told.
            self._report.refused_resources[staged.kind] += 1
            return
        path = f"{staged.path}.{SUBJECTS[staged.kind]}"
        why = staged.broken or _("the patient this belongs to is not in these files")
        where = staged.where if staged.broken else place(staged.origin, path)
        self._report.refuse(where, why, staged.kind)

    def _take_in(self, staged: Staged) -> None:
        draft = _Draft(types=Counter({"Patient": 1}))
        read = self._read_patient(staged, draft)
        if self._staging.count_of(staged.seq) > MOST_RESOURCES:
            why = _("more than %d resources of one patient") % MOST_RESOURCES
            draft.refusals.append(Refusal(staged.where, why))
        else:
            self._read_resources(staged, draft)
        if read is not None:
            self._check_days(draft, read)
        if read is None or draft.refusals:
            self._give_up(staged, draft.refusals)
            return
        try:
            intake = imports.take_in(imported=_whole(read, draft), actor=self._actor)
        except Refused as refusal:
            why = "; ".join(dict.fromkeys([refusal.message, *refusal.fields.values()]))
            self._give_up(staged, [Refusal(staged.where, why)])
            return
        not_kept = Counter(
            line.kind
            for source_id, line in draft.lines.items()
            if _is_withdrawn(line.stated) or source_id in intake.left_out
        )
        if intake.differences:
            # The report shows what stands here: whoever imports has looked at this record.
            trail.record_view(
                "patient.differences", actor_id=self._actor.pk, patient_id=intake.patient_id
            )
        self._report.took_in(intake, draft.types, not_kept)
        self._report.ignored += draft.ignored

    def _read_patient(self, staged: Staged, draft: _Draft) -> ReadPatient | None:
        try:
            read = self._reader.patient(staged)
            demographics.check(read.who, today=self._today)
        except Bad as bad:
            draft.refusals.append(_refusal(staged, bad))
            return None
        except Refused as refusal:
            for name, why in refusal.fields.items():
                path = f"{staged.path}.{_ELEMENTS.get(name, name)}"
                draft.refusals.append(Refusal(place(staged.origin, path), why))
            return None
        return read

    def _read_resources(self, patient: Staged, draft: _Draft) -> None:
        for staged in self._staging.resources_of(patient.seq):
            try:
                source_id, stated = self._reader.stated(staged)
                known = draft.lines.get(source_id)
                if known is not None and known.stated != stated:
                    raise Bad(
                        f"{staged.path}.id", _("another resource of this patient has this id")
                    )
                draft.types[staged.kind] += 1
                draft.lines[source_id] = _Line(stated, staged.where, staged.kind)
            except Ignored:
                draft.ignored[staged.kind] += 1
            except Bad as bad:
                draft.refusals.append(_refusal(staged, bad))
                if len(draft.refusals) >= _MOST_REFUSALS:
                    return

    def _check_days(self, draft: _Draft, read: ReadPatient) -> None:
        """Nothing is measured, begun or ended before birth or after today."""
        for line in draft.lines.values():
            measured, told = _days_of(line.stated)
            if any(day > self._today for day in (*measured, *told)):
                draft.refusals.append(Refusal(line.where, _("a day in the future")))
            elif any(day < read.who.born_on for day in measured):
                why = _("measured before the patient was born")
                draft.refusals.append(Refusal(line.where, why))


def _names(staged: Staged) -> list[str]:
    """By which names others may point to a Patient, however little else can be read of them."""
    try:
        given = _id.decode(staged.raw).id
    except (msgspec.DecodeError, RecursionError):
        return [*references.names_in(staged.raw, "Patient"), staged.full_url]
    return references.names_of("Patient", given, staged.full_url)


def _refusal(staged: Staged, bad: Bad) -> Refusal:
    return Refusal(place(staged.origin, bad.path), bad.why)


def _is_withdrawn(stated: Stated) -> bool:
    return not isinstance(stated, NoKnownAllergies) and stated.withdrawn


def _days_of(stated: Stated) -> tuple[list[date], list[date]]:
    """The days on which something was measured, and those from and until which something held."""
    measured: tuple[date | None, ...] = ()
    told: tuple[date | None, ...] = ()
    match stated:
        case ImportedMeasurement():
            measured = (stated.measured_on,)
        case ImportedPregnancyStatus():
            measured = (stated.observed_on,)
        case ImportedStatement():
            told = (stated.started_on, stated.ended_on)
    return [day for day in measured if day], [day for day in told if day]


def _whole(read: ReadPatient, draft: _Draft) -> ImportedPatient:
    stated = [line.stated for line in draft.lines.values()]
    return ImportedPatient(
        source=SOURCE,
        who=read.who,
        identifiers=read.identifiers,
        statements=[one for one in stated if isinstance(one, ImportedStatement)],
        measurements=[one for one in stated if isinstance(one, ImportedMeasurement)],
        pregnancies=[one for one in stated if isinstance(one, ImportedPregnancyStatus)],
        coverages=[one for one in stated if isinstance(one, ImportedCoverage)],
        appointments=[one for one in stated if isinstance(one, ImportedAppointment)],
        no_known_allergies=any(isinstance(one, NoKnownAllergies) for one in stated),
    )
