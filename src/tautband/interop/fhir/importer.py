"""Taking patients in from FHIR R4 files: each patient whole, or not at all.

A bundle that stands for itself is taken in as soon as it is read. Pages of a search and single
resources wait until every file is read, since what belongs to one patient may lie in several.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.interop.fhir.concepts import Ignored, resource_id
from tautband.interop.fhir.elements import Bad, Element
from tautband.interop.fhir.files import Origin, origins, read_json
from tautband.interop.fhir.observations import read_observation
from tautband.interop.fhir.patient import ReadPatient, read_patient
from tautband.interop.fhir.statements import (
    NoKnownAllergies,
    read_allergy,
    read_condition,
    read_medication,
)
from tautband.records.actions import demographics, imports
from tautband.records.actions.imports import (
    ImportedMeasurement,
    ImportedPatient,
    ImportedStatement,
    Outcome,
)
from tautband.records.queries import centre

SOURCE = "fhir"
# Where each kind we keep says whose it is.
SUBJECTS = {
    "AllergyIntolerance": "patient",
    "Condition": "subject",
    "MedicationRequest": "subject",
    "Observation": "subject",
}
# The elements in which a Patient carries what our record calls otherwise.
ELEMENTS = {
    "given_name": "name",
    "family_name": "name",
    "other_name": "name",
    "born_on": "birthDate",
    "sex": "gender",
    "phone": "telecom",
    "email": "telecom",
    "deceased_on": "deceased[x]",
}
_SELF_CONTAINED = frozenset({"transaction", "batch", "collection", "document", "message"})
_BUNDLE_TYPES = _SELF_CONTAINED | {"searchset", "history", "transaction-response", "batch-response"}
Stated = ImportedStatement | ImportedMeasurement | NoKnownAllergies


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
    differences: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 something was refused, 2 nothing readable or no patient in it."""
        if not sum(self.patients.values()):
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

    def to_json(self) -> dict[str, object]:
        """The report as plain values."""
        return {
            "patients": {outcome.value: self.patients[outcome] for outcome in Outcome},
            "resources": {
                name: {"kept": kept, "ignored": ignored, "refused": refused}
                for name, kept, ignored, refused in self.types
            },
            "refused": [{"where": one.where, "why": one.why} for one in self.refused],
            "differences": list(self.differences),
        }


@dataclass(frozen=True, slots=True)
class _Entry:
    """One resource of a file, and by which name others point to it."""

    resource: Element
    full_url: str
    where: str


@dataclass(slots=True)
class _Draft:
    """One patient as read so far."""

    where: str
    read: ReadPatient | None
    stated: dict[str, Stated] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    types: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Batch:
    """Resources that may point at each other."""

    patients: list[_Entry] = field(default_factory=list)
    others: list[_Entry] = field(default_factory=list)
    medications: dict[str, Element] = field(default_factory=dict)

    def extend(self, other: "_Batch") -> None:
        self.patients += other.patients
        self.others += other.others
        self.medications |= other.medications


def run(paths: Iterable[Path | str], *, actor: User) -> ImportReport:
    """Read every file and take in every patient; what cannot be taken is in the report."""
    return run_origins(origins(Path(path) for path in paths), actor=actor)


def run_files(files: Iterable[tuple[str, Callable[[], BinaryIO]]], *, actor: User) -> ImportReport:
    """The same for uploads: each a name, and how to open it. The import page calls this."""
    return run_origins([Origin(name, opened) for name, opened in files], actor=actor)


def run_origins(files: Iterable[Origin], *, actor: User) -> ImportReport:
    """The same for files wherever they are, read one at a time."""
    imports.insist_may(actor)
    with centre.held(centre.current()):
        return _Import(actor).run(files)


class _Import:
    """One run: the report as it grows, and whose identifiers were seen."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.report = ImportReport()
        self.seen: dict[tuple[str, str], tuple[str, ReadPatient]] = {}
        now = timezone.now()
        self.today: date = centre.today(now)
        self.zone = centre.zone()

    def run(self, files: Iterable[Origin]) -> ImportReport:
        waiting = _Batch()
        for origin in files:
            try:
                batch, stands_alone = self._read(origin)
            except Bad as bad:
                self._refuse(_place(origin.name, bad.path), bad.why)
                continue
            if stands_alone:
                self._take_in(batch)
            else:
                waiting.extend(batch)
        self._take_in(waiting)
        return self.report

    def _refuse(self, where: str, why: str, *types: str) -> None:
        self.report.refused.append(Refusal(where, why))
        self.report.refused_resources.update(types)

    # --- reading ---

    def _read(self, origin: Origin) -> tuple[_Batch, bool]:
        """The resources of one file, and whether they need no other file."""
        root = Element.of(read_json(origin), "")
        kind = root.required("resourceType")
        batch = _Batch()
        if kind != "Bundle":
            self._sort_in(batch, _Entry(Element(root.fields, kind), "", origin.name))
            return batch, False
        stands_alone = root.code("type", _BUNDLE_TYPES, required=True) in _SELF_CONTAINED
        bundle = Element(root.fields, "Bundle")
        for entry in _entries(bundle):
            if not entry.has("resource"):
                continue
            # An entry that cannot be read might be an allergy: then the whole file is refused.
            resource = Element.of(entry.fields["resource"], entry.at("resource"))
            self._sort_in(batch, _Entry(resource, entry.text("fullUrl"), origin.name))
        return batch, stands_alone

    def _sort_in(self, batch: _Batch, entry: _Entry) -> None:
        kind = entry.resource.required("resourceType")
        if kind == "Patient":
            batch.patients.append(entry)
        elif kind in SUBJECTS:
            batch.others.append(entry)
        else:
            if kind == "Medication":
                batch.medications |= dict.fromkeys(_names_of(entry), entry.resource)
            self.report.ignored[_known_type(kind)] += 1

    # --- putting together ---

    def _take_in(self, batch: _Batch) -> None:
        drafts: list[_Draft] = []
        by_name: dict[str, _Draft] = {}
        for entry in batch.patients:
            draft = self._draft(entry)
            twins = [by_name[name] for name in draft.names if name in by_name]
            if twins and not draft.refusals and all(twin.read == draft.read for twin in twins):
                self.report.ignored["Patient"] += 1
                continue
            drafts.append(draft)
            by_name |= dict.fromkeys(draft.names, draft)
            for one in (draft, *twins) if twins else ():
                why = _("two patients in these files have this id")
                one.refusals.append(Refusal(one.where, why))
        for entry in batch.others:
            self._attach(entry, by_name, batch.medications)
        for draft in drafts:
            self._finish(draft)

    def _draft(self, entry: _Entry) -> _Draft:
        where = _place(entry.where, entry.resource.path)
        draft = _Draft(where, None, types=Counter({"Patient": 1}), names=_names_of(entry))
        try:
            resource_id(entry.resource, entry.full_url)
            draft.read = read_patient(entry.resource, full_url=entry.full_url, zone=self.zone)
            demographics.check(draft.read.who, today=self.today)
        except Bad as bad:
            draft.refusals.append(Refusal(_place(entry.where, bad.path), bad.why))
        except Refused as refusal:
            for name, why in refusal.fields.items():
                path = entry.resource.at(ELEMENTS.get(name, name))
                draft.refusals.append(Refusal(_place(entry.where, path), why))
        return draft

    def _attach(
        self, entry: _Entry, by_name: dict[str, _Draft], medications: dict[str, Element]
    ) -> None:
        """Read one resource and put it to its patient; a bad one refuses the patient."""
        resource = entry.resource
        kind = resource.required("resourceType")
        draft = by_name.get(_subject(resource, kind))
        try:
            source_id = resource_id(resource, entry.full_url)
            stated = self._stated(resource, kind, source_id, medications)
            if draft is None:
                path = resource.at(SUBJECTS[kind])
                raise Bad(path, _("the patient this belongs to is not in these files"))
            if source_id in draft.stated and draft.stated[source_id] != stated:
                raise Bad(resource.at("id"), _("another resource of this patient has this id"))
            draft.types[kind] += 1
            draft.stated[source_id] = stated
            draft.places[source_id] = _place(entry.where, resource.path)
        except Ignored:
            self.report.ignored[kind] += 1
        except Bad as bad:
            refusal = Refusal(_place(entry.where, bad.path), bad.why)
            if draft is None:
                self._refuse(refusal.where, refusal.why, kind)
            else:
                draft.types[kind] += 1
                draft.refusals.append(refusal)

    def _stated(
        self, resource: Element, kind: str, source_id: str, medications: dict[str, Element]
    ) -> Stated:
        if kind == "AllergyIntolerance":
            return read_allergy(resource, source_id=source_id, zone=self.zone)
        if kind == "Condition":
            return read_condition(resource, source_id=source_id, zone=self.zone)
        if kind == "MedicationRequest":
            return read_medication(
                resource, source_id=source_id, zone=self.zone, medications=medications
            )
        return read_observation(resource, source_id=source_id, zone=self.zone)

    def _finish(self, draft: _Draft) -> None:
        """Hand one patient to the record, whole, or report why not."""
        if draft.read is not None and not draft.refusals:
            self._check_days(draft, draft.read)
            self._check_identifiers(draft, draft.read)
        if draft.read is None or draft.refusals:
            self._give_up(draft, draft.refusals)
            return
        withdrawn = Counter(
            source_id.partition("/")[0]
            for source_id, stated in draft.stated.items()
            if not isinstance(stated, NoKnownAllergies) and stated.withdrawn
        )
        stated = draft.stated.values()
        whole = ImportedPatient(
            source=SOURCE,
            who=draft.read.who,
            identifiers=draft.read.identifiers,
            statements=[one for one in stated if isinstance(one, ImportedStatement)],
            measurements=[one for one in stated if isinstance(one, ImportedMeasurement)],
            no_known_allergies=any(isinstance(one, NoKnownAllergies) for one in stated),
        )
        try:
            intake = imports.take_in(imported=whole, actor=self.actor)
        except Refused as refusal:
            why = "; ".join(dict.fromkeys([refusal.message, *refusal.fields.values()]))
            self._give_up(draft, [Refusal(draft.where, why)])
            return
        self.report.patients[intake.outcome] += 1
        self.report.kept += draft.types - withdrawn
        self.report.ignored += withdrawn
        self.report.differences += [f"{intake.patient_id}: {one}" for one in intake.differences]

    def _give_up(self, draft: _Draft, refusals: Sequence[Refusal]) -> None:
        self.report.refused += dict.fromkeys(refusals)
        self.report.refused_resources += draft.types

    def _check_days(self, draft: _Draft, read: ReadPatient) -> None:
        """Nothing is measured, begun or ended before birth or after today."""
        for source_id, stated in draft.stated.items():
            if isinstance(stated, NoKnownAllergies) or stated.withdrawn:
                continue
            days = (
                [stated.measured_on]
                if isinstance(stated, ImportedMeasurement)
                else [stated.started_on, stated.ended_on]
            )
            known = [day for day in days if day is not None]
            if any(day > self.today for day in known):
                why = _("a day in the future")
            elif isinstance(stated, ImportedMeasurement) and known[0] < read.who.born_on:
                why = _("measured before the patient was born")
            else:
                continue
            draft.refusals.append(Refusal(draft.places[source_id], why))

    def _check_identifiers(self, draft: _Draft, read: ReadPatient) -> None:
        for identifier in read.identifiers:
            where, first = self.seen.setdefault(identifier, (draft.where, read))
            if first != read:
                why = _("another patient in these files has the same identifier: %s") % where
                draft.refusals.append(Refusal(draft.where, why))
                return


def _entries(bundle: Element) -> Iterator[Element]:
    """The entries of a bundle; nothing nested is followed."""
    yield from bundle.objects("entry")


def _names_of(entry: _Entry) -> frozenset[str]:
    """Every reference by which another resource may mean this one."""
    kind = entry.resource.fields.get("resourceType")
    given = entry.resource.fields.get("id")
    names = {entry.full_url} if entry.full_url else set()
    if isinstance(given, str) and given:
        names.add(f"{kind}/{given}")
    return frozenset(names)


def _subject(resource: Element, kind: str) -> str:
    """The reference to the patient, without a version; "" where there is none to be read."""
    pointer = resource.fields.get(SUBJECTS[kind])
    reference = pointer.get("reference") if isinstance(pointer, dict) else None
    return reference.partition("/_history/")[0] if isinstance(reference, str) else ""


def _known_type(kind: str) -> str:
    """The type as it is counted; what cannot be a type is counted under one name."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= 40 else "?"


def _place(name: str, path: str) -> str:
    return f"{name}: {path}" if path else name
