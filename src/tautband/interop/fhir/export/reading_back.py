"""Taking in a Bundle that this software wrote: the record as it was, sessions and all.

The rows come from the extensions that carry them. What another reader of the Bundle sees, its
statuses and doses, must say the same: so the record is written, exported again, and compared with
what came in, all in one transaction. What differs was changed on the way, and nothing is kept.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.interop.fhir import gate
from tautband.interop.fhir.elements import Bad, Element
from tautband.interop.fhir.export import bundle, rows
from tautband.interop.fhir.export.elements import (
    BASE,
    PATIENT_ID,
    PATIENT_NUMBER,
    PROFILE,
    Resource,
    system,
)
from tautband.interop.fhir.files import Origin, read
from tautband.interop.fhir.report import ImportReport, place
from tautband.records.actions import restorations
from tautband.records.actions.imported import Outcome
from tautband.records.actions.restorations import CarriedPerson, CarriedRecord
from tautband.records.models import Patient

# Our own Bundles say what they are in their first lines.
_HEAD_BYTES = 4096
_GZIP = b"\x1f\x8b"
# The largest record of the demo clinic is half a megabyte; this is no record of one patient.
MOST_BYTES = 64 * 1024 * 1024
# Written anew at each place from what is stored, or not stored at all.
_NOT_KEPT = frozenset({"DocumentReference"})
_OWN_SYSTEMS = frozenset({PATIENT_ID, PATIENT_NUMBER})
# Concepts whose names and other codes come from tables that a centre may have in a newer version.
_OF_TABLES = frozenset({system("agent"), system("muscle")})
_SIDES = frozenset({"7771000", "24028007"})


def look(origin: Origin) -> tuple[Origin, bool]:
    """Whether a file is a Bundle of ours, and the file to go on with: it is opened only once."""
    try:
        raw = origin.open()
    except OSError:
        return origin, False
    again = replace(origin, open=lambda: raw)
    if not raw.seekable():
        return again, False
    head = raw.read(_HEAD_BYTES)
    raw.seek(0)
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
        except zlib.error:
            return again, False
    return again, PROFILE.encode() in head


def take(
    origin: Origin,
    *,
    report: ImportReport,
    actor: User,
    now: datetime,
    passed: Callable[[int], None],
) -> None:
    """Restore the one patient of a Bundle of ours; why not, if not, is in the report."""
    types: Counter[str] = Counter()
    try:
        content = gate.checked(_whole(origin, passed), "")
        resources = list(_resources(Element(content, "")))
        types.update(each.text("resourceType") for each in resources)
        report.has_patient |= "Patient" in types
        record = CarriedRecord(
            rows=[(row.model, row.values) for each in resources for row in rows.from_fhir(each)],
            identifiers=list(_identifiers(resources)),
            people=list(_people(resources)),
        )
        with transaction.atomic():
            intake = restorations.restore(record=record, actor=actor, now=now)
            if intake.outcome is Outcome.CREATED:
                _insist_says_the_same(content, intake.patient_id, now=now)
    except Bad as bad:
        _refuse(report, types, place(origin.name, bad.path), bad.why)
    except Refused as refused:
        why = "; ".join(dict.fromkeys([refused.message, *refused.fields.values()]))
        _refuse(report, types, origin.name, why)
    except IntegrityError:
        _refuse(report, types, origin.name, _("parts of this record contradict each other"))
    else:
        not_kept = Counter({kind: types[kind] for kind in _NOT_KEPT if types[kind]})
        report.took_in(intake, types, not_kept)


def _refuse(report: ImportReport, types: Counter[str], where: str, why: str) -> None:
    report.refuse(where, why)
    report.refused_resources += types


def _whole(origin: Origin, passed: Callable[[int], None]) -> bytes:
    content = bytearray()
    for chunk in read(origin, passed=passed):
        content += chunk
        if len(content) > MOST_BYTES:
            raise Bad("", _("this is longer than the record of any patient"))
    return bytes(content)


def _resources(content: Element) -> Iterator[Element]:
    for entry in content.objects("entry"):
        resource = entry.object("resource")
        if resource is not None:
            yield resource


def _identifiers(resources: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for resource in resources:
        if resource.text("resourceType") == "Patient":
            for one in resource.objects("identifier"):
                if one.text("system") not in _OWN_SYSTEMS:
                    yield one.required("system"), one.required("value")


def _people(resources: Iterable[Element]) -> Iterator[CarriedPerson]:
    for resource in resources:
        if resource.text("resourceType") != "Practitioner":
            continue
        names = {one.text("use"): one.required("text") for one in resource.objects("name")}
        full_name = names.get("official", "")
        short_name = names.get("nickname", full_name)
        try:
            key = UUID(resource.required("id"))
        except ValueError:
            raise Bad(resource.at("id"), _("this is no id of ours")) from None
        if not 0 < len(full_name) <= 120 or len(short_name) > 40:
            raise Bad(resource.at("name"), _("this is not a name of somebody who works there"))
        yield CarriedPerson(id=key, full_name=full_name, short_name=short_name)


def _insist_says_the_same(content: Resource, patient_id: UUID, *, now: datetime) -> None:
    patient = Patient.objects.get(pk=patient_id)
    written = bundle.bundle_of(patient, now=now, notes=bundle.no_notes)
    ours = {one["fullUrl"]: one["resource"] for one in written["entry"]}
    seen = set()
    for index, one in enumerate(content["entry"]):
        path, name, came = f"Bundle.entry[{index}]", one.get("fullUrl"), one.get("resource")
        if came is None:
            raise Bad(f"{path}.resource", _("this is missing"))
        if came["resourceType"] in _NOT_KEPT:
            continue
        if name != f"urn:uuid:{came.get('id')}":
            raise Bad(f"{path}.fullUrl", _("this is not the id of its resource"))
        if name not in ours or _plain(came) != _plain(ours[name]):
            why = _("this says something else than the row that it carries")
            raise Bad(f"{path}.resource", why)
        seen.add(name)
    if ours.keys() - seen:
        raise Bad("Bundle.entry", _("a part of this record is missing"))


def _plain(part: Any) -> Any:
    """The same without what may rightly differ: names from tables, and the number given here."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("system") == PATIENT_NUMBER or (part.get("url") == "number" and _is_number(part)):
        return {"number": "given by the centre"}
    codings = part.get("coding")
    if isinstance(codings, list) and any(one.get("system") in _OF_TABLES for one in codings):
        own = [
            one
            for one in codings
            if one.get("system", "").startswith(BASE) or one.get("code") in _SIDES
        ]
        return {"coding": _plain(own)}
    return {name: _plain(value) for name, value in part.items()}


def _is_number(part: Resource) -> bool:
    # The number of a patient is text; that of an injection is a whole number.
    return isinstance(part.get("valueString"), str)
