"""The fast way through the gate says yes to nothing that the whole gate refuses."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.interop.fhir import fieldwise, gate, strict_json
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.primitives import CHECKS, UNSET, Broken
from tautband.interop.fhir.references import SUBJECTS
from tests.conformance.r4 import defects

HERE = Path(__file__).parent
OWN = (HERE / "r4" / "own.json", HERE / "fhir" / "quillfeather.json")
SECRETS = ("Tamarisk", "Ottoline", "TK-550912", "Zebediah", "Quillfeather", "ZQ-778812")


def resources() -> list[dict[str, Any]]:
    found = [e["resource"] for path in OWN for e in json.loads(path.read_bytes())["entry"]]
    lines = (HERE / "r4" / "hl7_examples.ndjson").read_text("utf-8").splitlines()
    return [*found, *map(json.loads, lines)]


@pytest.fixture(autouse=True)
def _from_nothing() -> Iterator[None]:
    fieldwise.forget()
    yield
    fieldwise.forget()


def line(**changes: Any) -> bytes:
    whole = {
        "resourceType": "Observation", "id": "x1", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Weight"},
        "subject": {"reference": "Patient/1"}, "effectiveDateTime": "2020-02-29T10:00:00Z",
        "valueQuantity": {"value": 80, "unit": "kg"},
    }  # fmt: skip
    fields = {**whole, **changes}
    return json.dumps({name: one for name, one in fields.items() if one is not None}).encode()


def is_refused(raw: bytes) -> bool:
    """Whether the whole gate refuses it, whatever the fast way says."""
    try:
        gate.read_closely(raw, "")
    except Bad:
        return True
    return False


# --- it says yes where it is meant to ---


def test_what_comes_by_the_thousand_goes_the_fast_way() -> None:
    own = [e["resource"] for path in OWN for e in json.loads(path.read_bytes())["entry"]]
    kept = [one for one in own if one["resourceType"] in {"Patient", *SUBJECTS}]
    kept = [one for one in kept if "contained" not in one and "null" not in json.dumps(one)]
    assert len(kept) > 8
    assert [one["id"] for one in kept if not fieldwise.is_valid(json.dumps(one).encode())] == []


@pytest.mark.parametrize(
    "raw",
    [
        line(),
        line(id="another", valueQuantity={"value": -1.5}),
        line(valueQuantity={"value": 1, "unit": "µg", "system": "http://x.org", "code": "ug"}),
        line(subject={"reference": "http://example.org/fhir/Patient/1", "display": "A. B."}),
        line(subject={"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}),
        line(subject={"display": 'called "B"'}),
        line(effectiveDateTime="2020"),
        line(note=[{"text": "a\nb \\ c"}]),
        json.dumps(json.loads(line()), indent=2).encode(),
        b" \r\n" + line().replace(b'": ', b'" :\t') + b"\n",
    ],
    ids=range(10),
)
def test_the_usual_ways_of_writing_are_known(raw: bytes) -> None:
    assert fieldwise.is_valid(raw)
    assert fieldwise.is_valid(raw)
    assert not is_refused(raw)


def test_what_is_read_is_the_same_either_way() -> None:
    raw = line(valueQuantity={"value": "@", "unit": "kg"}).replace(b'"@"', b"1.10")
    found = gate.checked(raw, "")
    assert fieldwise.is_valid(raw)
    assert found == gate.read_closely(raw, "")
    assert str(found["valueQuantity"]["value"]) == "1.10"
    assert isinstance(found["valueQuantity"]["value"], Decimal)


# --- and nowhere else ---


@pytest.mark.parametrize("name", defects.KINDS)
def test_having_seen_what_is_valid_makes_nobody_blind(name: str) -> None:
    places = 0
    for base in resources():
        if base["resourceType"] in defects.READ:
            gate.refuse_invalid(json.dumps(base, separators=(",", ":")).encode(), "")
    for base in resources():
        if base["resourceType"] in {"Patient", *SUBJECTS}:
            for site, raw in defects.mutants(base, defects.KINDS[name]):
                places += 1
                assert not fieldwise.is_valid(raw), site.path
    assert places or name in NOT_OF_THESE


#: Defects of other kinds of resource than come by the thousand.
NOT_OF_THESE = frozenset(
    {"an organization without name or number (org-1)", "a consent under no policy (ppc-1)",
     "an entry without a request (bdl-3)", "two entries of one address (bdl-7)",
     "an address with a version (bdl-8)", "a relative address", "an address of another type"}
)  # fmt: skip

ODD = [
    line().replace(b'"status"', b'"id": "x2", "status"'),
    line().replace(b'"id": "x1"', b'"id": "x1", "\\u0069d": "x1"'),
    line().replace(b'"unit": "kg"', b'"unit": "kg", "unit": "kg"'),
    line().replace(b'"text": "Weight"', b'"text": "Weight", "te\\u0078t": "\\u0022\\u0022"'),
    line().replace(b"80", b'"80"'),
    line().replace(b"80", b"1e999"),
    line().replace(b"80", b"1E400"),
    line().replace(b"80", b"9" * 61),
    line().replace(b"80", b"080"),
    line().replace(b"80", b"NaN"),
    line().replace(b"80", b"null"),
    line().replace(b"x1", b"\xff"),
    line().replace(b"Weight", b"\xed\xa0\x80"),
    line().replace(b"Weight", b"\\ud800"),
    line().replace(b"Weight", b"\\u0000"),
    line().replace(b"Weight", b"\\b"),
    line().replace(b"Weight", b"a\x01"),
    line().replace(b"kg", b"\xff"),
    line(code={}),
    line(code={"id": 'a"b'}),
    line(code={"@": "a"}).replace(b'"@"', b'"\\u0069d"'),
    line(code={"text": " "}),
    line(valueQuantity={"id": "a"}),
    line(valueQuantity={"value": 1, "unit": ""}),
    line(valueQuantity={"value": 1, "system": "a b", "code": "kg"}),
    line(valueQuantity={"value": 1, "system": "http://x.org", "code": "k  g"}),
    line(valueQuantity={"value": 1, "code": "kg"}),
    line(subject={"reference": "Practitioner/1"}),
    line(subject={"reference": "#a"}),
    line(subject={"reference": "Patient/1", "display": ""}),
    line(subject={"reference": "http://example.org/Practitioner/1"}),
    line(effectiveDateTime="2021-02-29T10:00:00Z"),
    line(effectiveDateTime="2020-02-29 10:00:00Z"),
    line(effectivePeriod={"start": "2020"}),
    line(effectiveDateTime=None, effectivePeriod={"start": "2021", "end": "2020"}),
    line(dataAbsentReason={"text": "x"}),
    line(status="Final"),
    line(code=None),
    line(performer=[]),
    line(performer=[None]),
    line(zebra=1),
    line() + b"x",
    line()[:-1],
    line().replace(b'"Observation"', b'"Patents"'),
    b'{"resourceType": "Observation"}',
    b"[]",
    b"null",
    b"",
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    line(extension="@").replace(
        b'"@"', b'[{"url":"urn:x","extension":' * 60 + b"[]" + b"}]" * 60
    ),
]  # fmt: skip


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_what_is_odd_is_left_to_the_gate(raw: bytes) -> None:
    # In the memory of all that is valid in it.
    for one in (line(), line(valueQuantity={"value": 0, "unit": "kg"})):
        assert fieldwise.is_valid(one)
    assert not fieldwise.is_valid(raw)
    assert is_refused(raw)


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ({"clinicalStatus": "resolved", "abatementDateTime": "2020"},
         {"clinicalStatus": "active", "abatementDateTime": "2020"}),
        ({"verificationStatus": "confirmed", "clinicalStatus": "active"},
         {"verificationStatus": "entered-in-error", "clinicalStatus": "active"}),
        ({"clinicalStatus": "active"}, {"clinicalStatus": "cured"}),
    ],
)  # fmt: skip
def test_fields_that_bear_upon_others_are_looked_at_each_time(
    kept: dict[str, str], broken: dict[str, str]
) -> None:
    systems = {"clinicalStatus": "condition-clinical", "verificationStatus": "condition-ver-status"}

    def condition(fields: dict[str, str]) -> bytes:
        whole: dict[str, Any] = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}}
        for name, value in fields.items():
            system = f"http://terminology.hl7.org/CodeSystem/{systems.get(name)}"
            coding = {"coding": [{"system": system, "code": value}]}
            whole[name] = coding if name in systems else value
        return json.dumps(whole).encode()

    assert fieldwise.is_valid(condition(kept))
    assert not fieldwise.is_valid(condition(broken))
    assert is_refused(condition(broken))
    assert fieldwise.is_valid(condition(kept))


class Untouched:
    """A value of which only that it is there may be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)

    def __eq__(self, other: object) -> bool:
        assert other is UNSET
        return False

    def __hash__(self) -> int:
        raise AssertionError


@pytest.mark.parametrize("kind", fieldwise.DECISIVE)
def test_no_other_field_bears_upon_what_stands_beside_it(kind: str) -> None:
    """So that one resource may stand for all that have the same fields."""
    struct = getattr(r4, kind)
    names = [one for one in struct.__struct_fields__ if not one.startswith("_")]
    free = [one for one in names if one not in {*fieldwise.DECISIVE[kind], *fieldwise.ACROSS}]
    of_strings = {*r4.LISTS.get(struct, ())}
    for present in [free, *([name] for name in free), *([a, b] for a in free for b in free)]:
        made: Any = type("Made", (), dict.fromkeys(struct.__struct_fields__, UNSET))()
        for name in present:
            setattr(made, name, ["x"] if name in of_strings else Untouched())
        for check in CHECKS[struct]:
            try:
                check(made)
            except Broken:
                continue


def test_closed_lists_of_concepts_bear_upon_their_owner() -> None:
    for kind, decisive in fieldwise.DECISIVE.items():
        assert decisive >= r4.CONCEPTS.get(getattr(r4, kind), {}).keys()


# --- what is remembered ---


def everything_remembered() -> bytes:
    found: list[bytes] = []
    for form in fieldwise._forms.values():
        found += form.known
    for shape in fieldwise._memory.shapes.values():
        for known in vars(shape).values():
            if isinstance(known, set):
                found += [piece for one in known for piece in one]
    return b"".join(found)


def test_nothing_said_of_a_person_is_remembered() -> None:
    for resource in resources():
        fieldwise.is_valid(json.dumps(resource, separators=(",", ":")).encode())
    assert fieldwise.is_valid(line(code={"text": "as Zebediah told it"}))
    kept = everything_remembered()
    assert b"loinc.org" in kept
    assert [word for word in SECRETS if word.encode() in kept] == []


def test_what_is_remembered_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fieldwise, "_MOST_BYTES", 10_000)
    for number in range(1000):
        assert fieldwise.is_valid(line(code={"coding": [{"code": f"number-{number}"}]}))
        assert len(everything_remembered()) <= 10_000


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["#x", "Patient/1", "2020", "http://loinc.org", "kg", "active", "final"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "id", "extension", "url", "valueString", "reference", "code", "coding", "text",
            "system", "status", "display", "value", "unit", "start", "end", "name", "given",
        ]),
        inner, max_size=4,
    ),
    max_leaves=10,
)  # fmt: skip
KINDS = sorted({"Patient", *SUBJECTS})


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_a_yes_is_a_yes_of_the_whole_gate(kind: str, data: st.DataObject) -> None:
    bases = [one for one in resources() if one["resourceType"] == kind]
    base = data.draw(st.sampled_from(bases))
    name = data.draw(st.sampled_from(sorted(base)))
    other = data.draw(st.sampled_from(getattr(r4, kind).__struct_encode_fields__))
    changed = {**base, name: data.draw(JSON_VALUES)}
    if data.draw(st.booleans()):
        changed[other] = data.draw(JSON_VALUES)
    for raw in (json.dumps(base).encode(), json.dumps(changed).encode()):
        if fieldwise.is_valid(raw):
            assert gate.checked(raw, "") == gate.read_closely(raw, "") == strict_json.parse(raw, "")
