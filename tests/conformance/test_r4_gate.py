"""What is valid FHIR R4 passes the gate, and no kind of defect does, wherever it is made."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from gzip import decompress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.interop.fhir import gate, strict_json
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.r4 import invariants, structs
from tests.conformance.r4 import defects

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SYNTHEA = ROOT.parent / "shared" / "data" / "fhir" / "synthea"
EXAMPLES = os.environ.get("TAUTBAND_FHIR_EXAMPLES", "")
EVERY_PLACE = os.environ.get("TAUTBAND_EVERY_PLACE", "")
OWN = (HERE / "r4" / "own.json", HERE / "fhir" / "quillfeather.json")
SECRETS = ("Tamarisk", "Ottoline", "TK-550912", "Zebediah", "Quillfeather", "ZQ-778812")
#: Examples that HL7 publishes although they break its own definitions, and where.
BROKEN = {
    # bdl-7: three entries of one address.
    "Bundle-dataelements.json": "Bundle.entry[6769].fullUrl",
    # A performer who is a Practitioner, where R4 has Reference(Organization).
    "MedicationRequest-medrx0301.json": "MedicationRequest.dispenseRequest.performer.reference",
    # A performer that is an Encounter.
    "Observation-clinical-gender.json": "Observation.performer[0].reference",
}


def example_lines() -> list[str]:
    return (HERE / "r4" / "hl7_examples.ndjson").read_text("utf-8").splitlines()


def all_examples() -> Iterator[Path]:
    """HL7's examples of the types read, where they are at hand."""
    for path in sorted(Path(EXAMPLES).glob("*.json")) if EXAMPLES else ():
        if path.name.partition("-")[0] in defects.READ:
            yield path


def synthea() -> Iterator[bytes]:
    for path in sorted(SYNTHEA.glob("*.json.gz")):
        yield decompress(path.read_bytes())


def refusal(raw: bytes, path: str = "") -> tuple[str, str] | None:
    try:
        gate.refuse_invalid(raw, path)
    except Bad as bad:
        return bad.path, bad.why
    return None


def entries(raw: bytes) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(raw)["entry"]]


# --- what is valid ---


def test_the_gate_reads_what_the_tests_read() -> None:
    assert invariants.READ == defects.READ
    kinds = {json.loads(line)["resourceType"] for line in example_lines()}
    assert kinds == defects.READ


@pytest.mark.parametrize("number", range(27))
def test_an_example_of_hl7_is_taken(number: int) -> None:
    assert refusal(example_lines()[number].encode()) is None


def test_every_example_of_hl7_is_taken_but_those_that_break_its_own_rules() -> None:
    refused = {}
    for path in all_examples():
        found = refusal(path.read_bytes())
        if found:
            refused[path.name] = found[0]
    assert refused == (BROKEN if EXAMPLES else {})


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_patients_are_taken(path: Path) -> None:
    for resource in entries(path.read_bytes()):
        assert refusal(json.dumps(resource).encode()) is None


def test_synthea_is_taken_whole_and_piece_by_piece() -> None:
    for raw in synthea():
        assert refusal(raw) is None
        for resource in entries(raw):
            assert refusal(json.dumps(resource).encode(), "Bundle.entry[0].resource") is None


def test_the_structs_are_what_the_generator_wrote() -> None:
    text = Path(structs.__file__).read_text("utf-8")
    body, _mark, digest = text.rpartition("\n# sha256 of all above: ")
    assert sha256(body.encode()).hexdigest() == digest.strip()
    if EXAMPLES:
        command = [sys.executable, str(ROOT / "tools" / "fhir_structs.py"), EXAMPLES, "--check"]
        assert subprocess.run(command, check=False).returncode == 0


def _patient(**fields: Any) -> bytes:
    return json.dumps({"resourceType": "Patient", **fields}).encode()


def _observation(**fields: Any) -> bytes:
    whole = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **fields}
    return json.dumps(whole).encode()


ABSENT = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}


@pytest.mark.parametrize(
    "raw",
    [
        b'\xef\xbb\xbf{"resourceType": "Patient"}',
        b'{"resourceType": "Patient", "name": [{"text": "\\ud83d\\ude00"}]}',
        b'{"resourceType": "Patient", "name": [{"text": "C:\\\\bin [[[["}]}',
        _patient(birthDate="2000-02-29"),
        _patient(birthDate="1961"),
        _patient(birthDate="1961-05"),
        _patient(_birthDate=ABSENT),
        _patient(deceasedDateTime="2016-12-31T23:59:60Z"),
        _patient(name=[{"given": [None, "B"], "_given": [ABSENT, None]}]),
        _patient(name=[{"text": "<b>O'Brien</b>"}]),
        _patient(text={"status": "empty", "_status": ABSENT, "div": "<div><img src='x'/></div>"}),
        _observation(status=None).replace(
            b'"status": null', b'"_status": ' + json.dumps(ABSENT).encode()
        ),
        _observation(valueQuantity={"value": 80}),
        _observation(valueQuantity={"value": 1e-300}),
        _observation(subject={"reference": "Patient?identifier=urn:x|1"}),
        _observation(subject={"reference": "http://example.org/fhir/Patient/1/_history/2"}),
        _observation(subject={"reference": "urn:uuid:nobody", "type": "Patient"}),
        _observation(subject={"display": "somebody"}),
        _observation(subject={"display": "somebody", "type": "http://example.org/Person"}),
        _observation(
            subject={
                "type": "http://hl7.org/fhir/StructureDefinition/Patient",
                "identifier": {"value": "1"},
            }
        ),
        _observation(
            subject={"reference": "#p"},
            contained=[
                {
                    "resourceType": "Patient",
                    "id": "p",
                    "link": [{"other": {"reference": "#"}, "type": "seealso"}],
                }
            ],
        ).replace(b'"#"', b'"#p"'),
        _observation(
            device={"reference": "#d"},
            contained=[{"resourceType": "Device", "id": "d", "anything": {}}],
        ),
        json.dumps({"resourceType": "Questionnaire", "status": {}, "item": []}).encode(),
    ],
)
def test_what_fhir_allows_is_taken(raw: bytes) -> None:
    assert refusal(raw) is None


# --- what is not ---


@cache
def bases() -> list[dict[str, Any]]:
    """What the defects are made in: our own resources, HL7's, and Synthea's.

    Of Synthea's, one of each shape is taken, unless TAUTBAND_EVERY_PLACE asks for all.
    """
    found = [one for path in OWN for one in entries(path.read_bytes())]
    found += [json.loads(line) for line in example_lines()]
    shapes: dict[object, dict[str, Any]] = {}
    for raw in synthea():
        for resource in entries(raw):
            if resource["resourceType"] in defects.READ:
                shape = frozenset(site.path for site in defects.sites(resource))
                shapes.setdefault((shape, EVERY_PLACE and len(shapes)), resource)
    return [one for one in (*found, *shapes.values()) if one["resourceType"] in defects.READ]


@pytest.mark.parametrize("name", defects.KINDS)
def test_no_defect_is_taken_wherever_it_is_made(name: str) -> None:
    places, taken = 0, []
    for base in bases():
        for site, raw in defects.mutants(base, defects.KINDS[name]):
            places += 1
            found = refusal(raw)
            if found is None:
                taken.append(site.path)
                continue
            path, why = found
            assert path.partition(".")[0] in defects.READ | {"", "resourceType"}
            assert why
            assert not any(secret in f"{path} {why}" for secret in SECRETS)
    assert places > 0
    assert taken == []


NO_OBJECT, MISSING = "an object is expected here", "this is missing"
TOGETHER = "this may not be given together with what stands beside it"
NOT_ALLOWED = "this is not one of the allowed codes"
PLACES: list[tuple[bytes, str, str]] = [
    (_patient(birthDate="1961-02-30"), "Patient.birthDate",
     "this is not a day, month or year that exists"),
    (_patient(birthDate=None), "Patient.birthDate", "a string is expected here"),
    (_patient(name=[{"given": ["A", 5]}]), "Patient.name[0].given[1]", "a string is expected here"),
    (_patient(name=[{"given": ["A", None]}]), "Patient.name[0].given[1]",
     "neither a value nor a reason for none"),
    (_patient(name=[{"given": ["A"], "_given": [None, ABSENT]}]), "Patient.name[0]._given",
     "this list is not as long as the one it belongs to"),
    (_patient(name={"text": "A"}), "Patient.name", "a list is expected here"),
    (_patient(name=[]), "Patient.name", "an empty list is not allowed"),
    (_patient(name=[{}]), "Patient.name[0]", "an empty object is not allowed"),
    (_patient(_birthDate={"id": "x"}), "Patient._birthDate", "an empty object is not allowed"),
    (_patient(gender="Male"), "Patient.gender", NOT_ALLOWED),
    (_patient(active="true"), "Patient.active", "true or false is expected here"),
    (_patient(id="a/b"), "Patient.id", "this is not a FHIR id"),
    (_patient(Name=[]), "Patient.Name", "FHIR R4 knows no such element here"),
    (_patient(**{"Zebediah Q": 1}), "Patient.?", "FHIR R4 knows no such element here"),
    (_patient(deceasedBoolean=True, deceasedDateTime="2020"), "Patient.deceased[x]",
     "only one form of this may be given"),
    (_patient(contact=[{"gender": "male"}]), "Patient.contact[0].name", MISSING),
    (_patient(extension=[{"url": "urn:x"}]), "Patient.extension[0].value[x]", MISSING),
    (_patient(managingOrganization={"reference": "Patient/1"}),
     "Patient.managingOrganization.reference",
     "this points to a resource of another type than belongs here"),
    (_patient(managingOrganization={"reference": "#org"}),
     "Patient.managingOrganization.reference", "what this points to is not in the file"),
    (_patient(contained=[{"resourceType": "Organization", "id": "o", "name": "x"}]),
     "Patient.contained[0]", "nothing beside it points to this"),
    (b'{"resourceType": "Patient", "name": [{"text": "a", "text": "b"}]}',
     "Patient.name[0].text", "this is given twice"),
    (b'{"resourceType": "Patient", "name": [{"text": "\\u0000"}]}', "Patient.name[0].text",
     "a character that is not text is not allowed"),
    (b'{"resourceType": "Patient", "name": [{"text": "\\ud800"}]}', "Patient.name[0].text",
     "a character that is not text is not allowed"),
    (b'{"resourceType": "Patient", "name": [{"\\u0000": "a"}]}', "Patient.name[0].?",
     "a character that is not text is not allowed"),
    (_patient(managingOrganization={"display": "x", "type": "Organisation"}),
     "Patient.managingOrganization.type", "FHIR R4 knows no such resource type"),
    (_patient(contained=[{"resourceType": "Organization", "name": "x"}]),
     "Patient.contained[0].id", MISSING),
    # Brackets in a string that hide from a first count how deep the rest is.
    (_patient(name=[{"text": "]" * 900}], extension="@").replace(
        b'"@"', b'[{"url":"urn:x","extension":' * 300 + b"[]" + b"}]" * 300),
     "", "the file is nested too deeply"),
    (_observation(code=None), "Observation.code", NO_OBJECT),
    (b'{"resourceType": "Observation", "status": "final"}', "Observation.code", MISSING),
    (b'{"resourceType": "Observation", "code": {"text": "x"}}', "Observation.status", MISSING),
    (_observation(valueQuantity={"value": "80"}), "Observation.valueQuantity.value",
     "a number is expected here"),
    (_observation(component=[{"code": {"text": "x"}, "valueInteger": 2**31}]),
     "Observation.component[0].valueInteger", "this number is out of all bounds"),
    (_observation(valueQuantity={"value": 0}).replace(b": 0", b": 1e999"),
     "Observation.valueQuantity.value", "this number is out of all bounds"),
    (_observation(valueString="x", dataAbsentReason={"text": "x"}),
     "Observation.dataAbsentReason", TOGETHER),
    (_observation(effectivePeriod={"start": "2020-01-02", "end": "2020-01-01"}),
     "Observation.effectivePeriod.end", "this is before its beginning"),
    (_observation(effectivePeriod={"start": "2020-01-01T10:00:00Z",
                                   "end": "2020-01-01T10:30:00+01:00"}),
     "Observation.effectivePeriod.end", "this is before its beginning"),
    (b'{"resourceType": "Patents"}', "resourceType", "FHIR R4 knows no such resource type"),
    (b'{"resourceType": 3}', "resourceType", "FHIR R4 knows no such resource type"),
    (b"{}", "resourceType", MISSING),
    (b"[]", "", NO_OBJECT),
    (b"null", "", NO_OBJECT),
    (b"", "", "the file is not JSON"),
    (b'{"resourceType": "Patient"', "", "the file is not JSON"),
    (b'{"resourceType": "Patient"} x', "", "the file is not JSON"),
    (b'{"resourceType": "Patient", "a": 1, "a": }', "", "the file is not JSON"),
    (b'{"resourceType": "Patient", "multipleBirthInteger": NaN}', "", "the file is not JSON"),
    (b'{"resourceType": "Patient", "id": "\xff"}', "", "the file is not UTF-8 text"),
    (b"[" * 10_000 + b"]" * 10_000, "", "the file is nested too deeply"),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "", "the file is nested too deeply"),
    # Brackets in a string that hide the depth from a count of brackets.
    (b'["' + b"]" * 20_000 + b'",' + b"[" * 10_000 + b"]" * 10_001, "",
     "the file is nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "path", "why"), PLACES, ids=range(len(PLACES)))
def test_what_is_wrong_is_said_by_its_place(raw: bytes, path: str, why: str) -> None:
    assert refusal(raw) == (path, why)


def test_the_place_is_told_from_where_the_resource_stands() -> None:
    where = "Bundle.entry[3].resource"
    assert refusal(_patient(gender="x"), where) == (f"{where}.gender", NOT_ALLOWED)
    assert refusal(b"{", where) == (where, "the file is not JSON")


def _bundle(**fields: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "collection", **fields}).encode()


def test_a_reference_is_held_against_what_it_points_to_in_the_bundle() -> None:
    practitioner = {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Practitioner"}}
    weight = json.loads(_observation(subject={"reference": "urn:uuid:p"}))
    found = refusal(_bundle(entry=[{"fullUrl": "urn:uuid:o", "resource": weight}, practitioner]))
    assert found is not None
    assert found[0] == "Bundle.entry[0].resource.subject.reference"


def test_a_piece_of_a_bundle_can_be_held_against_the_rest() -> None:
    weight = _observation(subject={"reference": "urn:uuid:p"})
    assert gate.checked(weight, "", known={"urn:uuid:p": "Patient"})
    with pytest.raises(Bad) as caught:
        gate.checked(weight, "", known={"urn:uuid:p": "Practitioner"})
    assert caught.value.path == "Observation.subject.reference"


def test_what_is_contained_in_one_entry_is_not_seen_from_another() -> None:
    organization = {"resourceType": "Organization", "id": "o", "name": "x"}
    link = {"managingOrganization": {"reference": "#o"}}
    inside = {"resourceType": "Patient", "contained": [organization], **link}
    assert refusal(_bundle(entry=[{"resource": inside}])) is None
    outside = {"resourceType": "Patient", **link}
    found = refusal(_bundle(entry=[{"resource": inside}, {"resource": outside}]))
    assert found is not None
    assert found[0] == "Bundle.entry[1].resource.managingOrganization.reference"


def test_a_bundle_in_a_bundle_is_left_alone() -> None:
    assert refusal(_bundle(entry=[{"resource": {"resourceType": "Bundle", "entry": 1}}])) is None


def test_decimals_keep_their_digits() -> None:
    raw = b'{"resourceType": "Observation", "status": "final", "code": {"text": "x"},'
    raw += b' "valueQuantity": {"value": 1.10}}'
    assert str(gate.checked(raw, "")["valueQuantity"]["value"]) == "1.10"
    made = gate.made(gate.checked(raw, ""))
    assert isinstance(made, structs.Observation)
    assert isinstance(made.valueQuantity, structs.Quantity)
    assert made.valueQuantity.value == Decimal("1.10")
    assert str(made.valueQuantity.value) == "1.10"


def test_files_side_by_side_do_not_see_each_other() -> None:
    good = _observation(subject={"reference": "Patient/1"})
    bad = _observation(subject={"reference": "#gone"})
    found: list[bool] = []

    def run(raw: bytes, expected: bool) -> None:
        found.extend((refusal(raw) is None) is expected for _ in range(300))

    threads = [threading.Thread(target=run, args=one) for one in ((good, True), (bad, False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 600


def test_brackets_in_text_are_no_depth() -> None:
    assert refusal(_patient(name=[{"text": "[" * (strict_json.DEEPEST + 1)}])) is None


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["#", "#x", "Patient/1", "2020", "http://loinc.org", "Patient", "Bundle"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "resourceType", "id", "_id", "extension", "url", "valueString", "contained", "entry",
            "resource", "reference", "code", "coding", "text", "div", "status", "_status", "name",
            "given", "_given", "valueQuantity", "value", "start", "end", "period", "timing",
        ]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(defects.READ)), JSON_VALUES, st.binary(max_size=3))
def test_whatever_comes_is_taken_or_refused(kind: str, value: object, tail: bytes) -> None:
    whole = {"resourceType": kind, **value} if isinstance(value, dict) else value
    for raw in (json.dumps(whole).encode(), json.dumps(whole).encode() + tail, tail):
        refusal(raw)
