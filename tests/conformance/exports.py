"""Files of a fictional patient as other systems export them, and taking them in."""

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from tautband.accounts.models import User
from tautband.interop.fhir import importer
from tautband.interop.fhir.files import Origin

SYNTHEA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea"
OWN = Path(__file__).parent / "fhir" / "quillfeather.json"
# A fresh clone has no Synthea beside it; the bundle of our own is always there.
BUNDLES = [OWN, *sorted(SYNTHEA.glob("*.json.gz"))]
PATIENT = "urn:uuid:11111111-1111-4111-8111-111111111111"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
# What must never stand in a message: name, number and birth year of the patient of OWN.
SECRETS = ("Zebediah", "Quillfeather", "ZQ-778812", "1961")


def coded(code: str, words: str, system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def status(code: str, system: str = "condition-clinical") -> dict[str, Any]:
    system = f"http://terminology.hl7.org/CodeSystem/{system}"
    return {"coding": [{"system": system, "code": code}]}


def quantity(**changes: Any) -> dict[str, Any]:
    return {"value": 80, "unit": "kg", "system": UCUM, "code": "kg", **changes}


def bundle() -> dict[str, Any]:
    """One fictional patient with one of everything we keep, and a Procedure we do not."""
    content: dict[str, Any] = json.loads(OWN.read_text(encoding="utf-8"))
    return content


def resource(content: dict[str, Any], kind: str, nth: int = 0) -> dict[str, Any]:
    found = [e["resource"] for e in content["entry"] if e["resource"]["resourceType"] == kind]
    return found[nth]


def person(key: str = "a", **fields: Any) -> dict[str, Any]:
    """A Patient as a bulk export has it."""
    return {
        "resourceType": "Patient",
        "id": f"pat-{key}",
        "identifier": [{"system": "urn:example:mrn", "value": f"N-{key}"}],
        "name": [{"family": f"Marrow{key}", "given": ["Ines"]}],
        "gender": "female",
        "birthDate": "1970-05-06",
        **fields,
    }


def about(key: str, kind: str, resource_id: str, **fields: Any) -> dict[str, Any]:
    """A resource about that patient."""
    where = {"AllergyIntolerance": "patient", "Coverage": "beneficiary"}.get(kind, "subject")
    return {
        "resourceType": kind, "id": resource_id,
        where: {"reference": f"Patient/pat-{key}"}, **fields,
    }  # fmt: skip


def allergy(key: str, resource_id: str = "al-1", **fields: Any) -> dict[str, Any]:
    return about(
        key, "AllergyIntolerance", resource_id, code=coded("111088007", "Latex"),
        clinicalStatus=status("active", "allergyintolerance-clinical"), **fields,
    )  # fmt: skip


def observed(
    key: str, code: str, resource_id: str = "ob-1", *, value: Any = None, **fields: Any
) -> dict[str, Any]:
    said = {} if value is None else {"valueQuantity": value}
    given = {"status": "final", "effectiveDateTime": "2026-02-03", **said, **fields}
    return about(key, "Observation", resource_id, code=coded(code, "measured", LOINC), **given)


def lines(resources: Iterable[object]) -> bytes:
    """NDJSON: what is bytes already stands as it is."""
    return (
        b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in resources)
        + b"\n"
    )


def collection(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    return {
        "resourceType": "Bundle", "type": kind,
        "entry": [
            {"fullUrl": f"http://there.example/fhir/{one['resourceType']}/{one['id']}",
             "resource": one} for one in resources
        ],
    }  # fmt: skip


def origin(content: object, name: str = "export.json") -> Origin:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Origin(name, lambda: BytesIO(raw), len(raw))


def take(
    content: object, *, actor: User, name: str = "export.json", source: str = ""
) -> importer.ImportReport:
    return importer.run_origins([origin(content, name)], actor=actor, source=source)


def take_files(actor: User, **files: object) -> importer.ImportReport:
    """Take in several files at once; `__` in a name stands for the point before its ending."""
    named = [origin(raw, name.replace("__", ".")) for name, raw in files.items()]
    return importer.run_origins(named, actor=actor)


def said(report: importer.ImportReport) -> str:
    return " | ".join(f"{one.where} {one.why}" for one in report.refused)
