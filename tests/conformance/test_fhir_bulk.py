"""Exports in many files: what belongs to one patient may lie in several, in any order."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.interop.fhir import importer
from tautband.records.models import ClinicalStatement, Measurement, Patient
from tests.conformance.exports import (
    LOINC,
    about,
    allergy,
    coded,
    collection,
    lines,
    observed,
    person,
    quantity,
    said,
    take,
    take_files,
)

pytestmark = pytest.mark.django_db


def weight(key: str, resource_id: str = "ob-1", **fields: Any) -> dict[str, Any]:
    return observed(key, "29463-7", resource_id, value=quantity(), **fields)


def families() -> set[str]:
    return set(Patient.objects.values_list("family_name", flat=True))


def test_what_comes_before_its_patient_waits(actor: User, tmp_path: Path) -> None:
    (tmp_path / "AllergyIntolerance.ndjson").write_bytes(lines([allergy("a"), allergy("b", "x")]))
    packed = gzip.compress(lines([weight("b"), weight("a", "ob-2")]))
    (tmp_path / "Observation.ndjson.gz").write_bytes(packed)
    (tmp_path / "Patient.ndjson").write_bytes(lines([person("a"), person("b")]))
    report = importer.run([tmp_path], actor=actor)
    assert report.to_json() == {
        "patients": {"created": 2, "updated": 0, "unchanged": 0},
        "resources": {
            "AllergyIntolerance": {"kept": 2, "ignored": 0, "refused": 0},
            "Observation": {"kept": 2, "ignored": 0, "refused": 0},
            "Patient": {"kept": 2, "ignored": 0, "refused": 0},
        },
        "refused": [],
    }
    assert report.exit_code == 0
    for patient in Patient.objects.all():
        assert patient.statements.count() == 1
        assert patient.measurements.count() == 1


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset"])
def test_a_bundle_may_hold_several_patients(kind: str, actor: User) -> None:
    content = collection(
        allergy("b"), person("a"), weight("a"), person("b"), weight("b", "ob-2"), kind=kind
    )
    assert take(content, actor=actor).exit_code == 0
    assert families() == {"Marrowa", "Marrowb"}
    assert ClinicalStatement.objects.get().patient.family_name == "Marrowb"
    assert Measurement.objects.count() == 2


def test_pages_of_a_search_belong_together(actor: User) -> None:
    report = take_files(
        actor,
        page1__json=collection(weight("a"), person("a"), kind="searchset"),
        page2__json=collection(person("a"), allergy("a"), kind="searchset"),
    )
    assert report.exit_code == 0, report.refused
    patient = Patient.objects.get()
    assert (patient.statements.count(), patient.measurements.count()) == (1, 1)
    # The patient stood on both pages.
    assert report.to_json()["resources"]["Patient"] == {"kept": 1, "ignored": 1, "refused": 0}  # type: ignore[index]


def test_a_bundle_looks_for_its_patient_at_home_first(actor: User) -> None:
    """Two systems may both call a patient by the same id."""
    other = person("a", identifier=[{"system": "urn:other", "value": "7"}])
    other["name"] = [{"family": "Quill", "given": ["Aaron"]}]
    here, there = collection(person("a"), allergy("a")), collection(other, weight("a"))
    report = take_files(actor, here__json=here, there__json=there)
    assert report.exit_code == 0, report.refused
    assert ClinicalStatement.objects.get().patient.family_name == "Marrowa"
    assert Measurement.objects.get().patient.family_name == "Quill"


def test_a_name_that_two_patients_elsewhere_go_by_is_nobodys(actor: User) -> None:
    other = person("a", identifier=[{"system": "urn:other", "value": "7"}])
    report = take_files(
        actor, a__json=collection(person("a")), b__json=collection(other), c__ndjson=lines(
            [allergy("a")]
        ),
    )  # fmt: skip
    assert report.exit_code == 1
    assert said(report) == (
        "c.ndjson: line 1: AllergyIntolerance.patient"
        " the patient this belongs to is not in these files"
    )


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/pat-a"},
        {"reference": "Patient/pat-a/_history/3"},
        {"reference": "http://there.example/fhir/Patient/pat-a"},
        {"reference": "http://there.example/fhir/Patient/pat-a/_history/2"},
        {"reference": "Patient?identifier=urn:example:mrn|N-a"},
        {"type": "Patient", "identifier": {"system": "urn:example:mrn", "value": "N-a"}},
    ],
)
def test_however_a_patient_is_called_they_are_found(reference: dict[str, Any], actor: User) -> None:
    found = weight("a", subject=reference)
    assert take_files(actor, a__ndjson=lines([found, person("a")])).exit_code == 0
    assert Measurement.objects.get().patient.family_name == "Marrowa"


def test_what_is_about_no_patient_is_ignored(actor: User) -> None:
    group = weight("a", subject={"reference": "Group/1"})
    report = take_files(actor, a__ndjson=lines([person("a"), group]))
    assert report.exit_code == 0
    assert report.to_json()["resources"]["Observation"] == {"kept": 0, "ignored": 1, "refused": 0}  # type: ignore[index]


def test_an_observation_of_another_kind_is_counted_however_it_looks_inside(actor: User) -> None:
    pressure = about("a", "Observation", "bp", status="?", code=coded("85354-9", "BP", LOINC))
    assert take_files(actor, a__ndjson=lines([person("a"), pressure])).exit_code == 0


def test_resources_of_any_type_may_stand_beside_them(actor: User) -> None:
    """Elements mean one thing in a Bundle and another elsewhere: Claim.type, List.entry."""
    others = [
        {"resourceType": "Claim", "id": "1", "type": {"text": "institutional"}, "entry": 3},
        {"resourceType": "List", "id": "2", "entry": [{"item": {"reference": "Patient/pat-a"}}]},
    ]
    files = {f"{one['resourceType']}__json": one for one in others}
    report = take_files(actor, all__ndjson=lines([person("a"), *others]), **files)
    assert report.exit_code == 0, report.refused
    assert report.to_json()["resources"]["List"] == {"kept": 0, "ignored": 2, "refused": 0}  # type: ignore[index]


def test_references_to_nothing_are_told_and_refuse_nobody_else(actor: User) -> None:
    report = take_files(actor, a__ndjson=lines([person("a"), allergy("b"), weight("a")]))
    assert report.exit_code == 1
    assert "line 2: AllergyIntolerance.patient" in said(report)
    assert families() == {"Marrowa"}
    assert report.to_json()["resources"]["AllergyIntolerance"]["refused"] == 1  # type: ignore[index]


def test_a_bad_resource_refuses_its_patient_whole_and_nobody_else(actor: User) -> None:
    heavy = observed("b", "29463-7", value=quantity(value=9000))
    report = take_files(
        actor,
        Observation__ndjson=lines([weight("a"), heavy, weight("b", "ob-3")]),
        Patient__ndjson=lines([person("a"), person("b")]),
        Allergy__ndjson=lines([allergy("b")]),
    )
    assert report.exit_code == 1
    assert said(report).startswith("Observation.ndjson: line 2: Observation.valueQuantity.value")
    assert families() == {"Marrowa"}
    assert report.to_json()["resources"] == {
        "AllergyIntolerance": {"kept": 0, "ignored": 0, "refused": 1},
        "Observation": {"kept": 1, "ignored": 0, "refused": 2},
        "Patient": {"kept": 1, "ignored": 0, "refused": 1},
    }


def test_a_line_that_cannot_be_read_refuses_whom_it_names(actor: User) -> None:
    broken = json.dumps(allergy("b")).encode()[:-3] + b"!}"
    report = take_files(
        actor,
        Allergy__ndjson=lines([broken, allergy("a", "al-2")]),
        Patient__ndjson=lines([person("a"), person("b")]),
    )
    assert report.exit_code == 1
    assert families() == {"Marrowa"}
    assert said(report).startswith("Allergy.ndjson: line 1")


def test_a_line_that_may_be_anybodys_refuses_everybody_it_may_concern(actor: User) -> None:
    broken = b'{"resourceType": "AllergyIntolerance", "id": }'
    report = take_files(
        actor,
        Allergy__ndjson=lines([broken]),
        Patient__ndjson=lines([person("a"), person("b")]),
        alone__json=collection(person("c"), weight("c")),
    )
    assert report.exit_code == 1
    # What stands in a Bundle of its own lacks nothing.
    assert families() == {"Marrowc"}


@pytest.mark.parametrize("line", [b"{}", b"[]", b"1", b"rubbish", b'{"resourceType": "Claim", }'])
def test_a_line_of_nothing_we_keep_is_told_and_refuses_nobody(line: bytes, actor: User) -> None:
    report = take_files(actor, Claim__ndjson=lines([line]), Patient__ndjson=lines([person("a")]))
    assert report.exit_code == 1
    assert families() == {"Marrowa"}
    assert said(report).startswith("Claim.ndjson: line 1")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_breaks_off_refuses_everybody_it_may_concern(packed: bool, actor: User) -> None:
    whole = lines([allergy("a"), allergy("b", "al-2")])
    cut = gzip.compress(whole)[:-20] if packed else whole[:-60]
    report = take_files(
        actor,
        Allergy__ndjson=cut,
        Patient__ndjson=lines([person("a"), person("b")]),
        Coverage__ndjson=lines([{"resourceType": "Claim", "id": "1"}]),
    )
    assert report.exit_code == 1
    assert not Patient.objects.exists()


def test_a_file_that_breaks_off_at_once_is_told_by_its_name(actor: User) -> None:
    report = take_files(
        actor, AllergyIntolerance__ndjson=b'{"res', Patient__ndjson=lines([person("a")])
    )
    assert report.exit_code == 1
    assert not Patient.objects.exists()


def test_a_file_of_nothing_we_keep_may_break_off(actor: User) -> None:
    claims = lines([{"resourceType": "Claim", "id": str(n)} for n in range(9)])[:-20]
    report = take_files(actor, Claim__ndjson=claims, Patient__ndjson=lines([person("a")]))
    assert report.exit_code == 1
    assert families() == {"Marrowa"}


@pytest.mark.parametrize("at", [0.3, 0.6, 0.99])
def test_a_bundle_that_breaks_off_is_nothing_readable(at: float, actor: User) -> None:
    raw = json.dumps(collection(person("a"), weight("a"), allergy("a"))).encode()
    report = take(raw[: int(len(raw) * at)], actor=actor)
    assert report.exit_code == 2
    assert not Patient.objects.exists()
    assert "breaks off" in said(report)


def test_a_patient_who_cannot_be_read_is_one_refusal(actor: User) -> None:
    broken = json.dumps(person("b")).replace('"female"', "female").encode()
    report = take_files(
        actor,
        Patient__ndjson=lines([person("a"), broken]),
        Allergy__ndjson=lines([allergy("a"), allergy("b", "al-2"), weight("b")]),
    )
    assert report.exit_code == 1
    assert families() == {"Marrowa"}
    assert len(report.refused) == 1


def test_the_same_resource_twice_is_one(actor: User) -> None:
    report = take_files(actor, a__ndjson=lines([person("a"), weight("a"), weight("a")]))
    assert report.exit_code == 0
    assert Measurement.objects.count() == 1


def test_two_resources_of_one_id_refuse_their_patient(actor: User) -> None:
    other = observed("a", "29463-7", value=quantity(value=81))
    report = take_files(actor, a__ndjson=lines([person("a"), weight("a"), other]))
    assert report.exit_code == 1
    assert "a.ndjson: line 3: Observation.id" in said(report)
    assert not Patient.objects.exists()


def test_one_object_on_one_line_needs_no_special_name(actor: User) -> None:
    assert take(lines([person("a"), weight("a")]), actor=actor, name="export.json").exit_code == 0
    assert take(lines([collection(person("b"))]), actor=actor, name="x.ndjson").exit_code == 0
    assert families() == {"Marrowa", "Marrowb"}


def test_a_mark_at_the_beginning_and_windows_line_ends_do_no_harm(actor: User) -> None:
    raw = b"\xef\xbb\xbf" + lines([person("a"), weight("a")]).replace(b"\n", b"\r\n")
    assert take(raw, actor=actor, name="a.ndjson").exit_code == 0
    assert Measurement.objects.count() == 1


def test_text_that_is_not_utf_8_is_refused(actor: User) -> None:
    raw = json.dumps(collection(person("a"))).encode().replace(b"Ines", b"In\xe8s")
    report = take(raw, actor=actor)
    assert report.exit_code == 2
    assert "UTF-8" in said(report)


@pytest.mark.parametrize("kind", ["", "subscription-notification"])
def test_a_bundle_of_no_known_type_is_refused(kind: str, actor: User) -> None:
    report = take(collection(person("a"), kind=kind), actor=actor)
    assert report.exit_code == 2
    assert "Bundle.type" in said(report)
    assert not Patient.objects.exists()


def test_ids_of_two_systems_are_kept_apart_by_the_name_of_the_system(actor: User) -> None:
    first = lines([person("a"), weight("a")])
    heavier = observed("a", "29463-7", value=quantity(value=95))
    second = lines([person("a"), heavier])
    assert take(first, actor=actor, source="north").exit_code == 0
    assert take(second, actor=actor, source="south").exit_code == 0
    assert sorted(Measurement.objects.values_list("amount", flat=True)) == [80_000, 95_000]
    assert take(second, actor=actor, source="south").patients["unchanged"] == 1


def test_ids_of_two_servers_are_kept_apart_by_their_addresses(actor: User) -> None:
    here = collection(person("a"), weight("a"))
    there = json.loads(json.dumps(here).replace("there.example", "elsewhere.example"))
    there["entry"][1]["resource"]["valueQuantity"]["value"] = 95
    assert take(here, actor=actor).exit_code == 0
    assert take(there, actor=actor).exit_code == 0
    assert sorted(Measurement.objects.values_list("amount", flat=True)) == [80_000, 95_000]
