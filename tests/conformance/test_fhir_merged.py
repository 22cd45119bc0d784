"""Import, export and `show` of records that were merged."""

import json
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.clinic.note_documents import documents_of
from tautband.config.cli import parser
from tautband.errors import Refused
from tautband.interop.fhir.export import bundle as exporting
from tautband.interop.fhir.export.elements import PATIENT_ID
from tautband.records.actions import exports
from tautband.records.models import Appointment, ClinicalStatement, Measurement, Patient
from tautband.records.queries import chart as charts
from tautband.records.queries import merging, patients
from tests.builders import make_patient
from tests.conformance.exports import PATIENT, bundle, coded, resource, take
from tests.conformance.test_fhir_round_trip import assert_comes_back, written
from tests.merged import fresh, merge, unmerge, visit_of

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-021")]


def imported(actor: User) -> Patient:
    """The patient that the bundle of our own makes."""
    assert take(bundle(), actor=actor).exit_code == 0
    [found] = patients.holders_of([("urn:example:mrn", "ZQ-778812")])
    return found


def with_allergy(text: str) -> dict[str, Any]:
    """The same bundle, and one allergy more."""
    content = bundle()
    content["entry"].append(
        {
            "fullUrl": "urn:uuid:99999999-1111-4111-8111-111111111111",
            "resource": {
                "resourceType": "AllergyIntolerance", "id": "more",
                "patient": {"reference": PATIENT}, "code": coded("1", text),
                "clinicalStatus": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/"
                            "allergyintolerance-clinical",
                            "code": "active",
                        }
                    ]
                },
            },
        }
    )  # fmt: skip
    return content


# ── import ───────────────────────────────────────────────────────────────────────────────────


def test_an_import_of_the_merged_record_goes_on_with_the_one_that_stays(actor: User) -> None:
    survivor, merged = make_patient(), imported(actor)
    merge(survivor, merged)
    again = take(bundle(), actor=actor)
    assert again.refused == []
    assert again.to_json()["patients"] == {"created": 0, "updated": 0, "unchanged": 1}
    more = take(with_allergy("Peanut"), actor=actor)
    assert more.to_json()["patients"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert ClinicalStatement.objects.get(text="Peanut").patient_id == survivor.pk
    assert Patient.objects.count() == 2
    assert not ClinicalStatement.objects.filter(patient=merged).exists()


def test_an_import_does_not_rename_the_one_that_stays(actor: User) -> None:
    survivor, merged = make_patient(), imported(actor)
    Patient.objects.filter(pk=survivor.pk).update(source=merged.source)
    merge(survivor, merged)
    report = take(bundle(), actor=actor)
    assert report.refused == []
    assert fresh(survivor).full_name == survivor.full_name


def test_identifiers_of_both_are_those_of_one_patient(actor: User) -> None:
    merged = imported(actor)
    other = bundle()
    other_identifier = {"system": "urn:example:mrn", "value": "ZQ-000001"}
    person = next(
        one["resource"] for one in other["entry"] if one["resource"]["resourceType"] == "Patient"
    )
    person["identifier"] = [other_identifier]
    assert take(other, actor=actor).exit_code == 0
    [survivor] = patients.holders_of([("urn:example:mrn", "ZQ-000001")])
    person["identifier"].append({"system": "urn:example:mrn", "value": "ZQ-778812"})
    assert take(other, actor=actor).refused
    done = merge(survivor, merged)
    assert take(other, actor=actor).refused == []
    # Both came from one source with the same ids: each row of the merged one stands beside its twin
    assert done.relabelled
    assert Measurement.objects.filter(patient=survivor, source_id="").exists()
    unmerge(done)
    assert not Measurement.objects.filter(source_id="").exists()
    assert take(bundle(), actor=actor).to_json()["patients"]["unchanged"] == 1


def test_somebody_quite_different_is_still_refused(actor: User) -> None:
    survivor, merged = make_patient(), imported(actor)
    merge(survivor, merged)
    content = bundle()
    who = resource(content, "Patient")
    who["name"] = [{"family": "Ostrander", "given": ["Philippa"]}]
    who["birthDate"] = "2001-09-19"
    assert take(content, actor=actor).refused


def test_taken_apart_the_next_import_finds_each_again(actor: User) -> None:
    survivor, merged = make_patient(), imported(actor)
    unmerge(merge(survivor, merged))
    report = take(with_allergy("Peanut"), actor=actor)
    assert report.to_json()["patients"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert ClinicalStatement.objects.get(text="Peanut").patient_id == merged.pk


# ── show and export ──────────────────────────────────────────────────────────────────────────


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, actor: User) -> str:
    args = parser().parse_args(["show", "--as", actor.username, *arguments])
    assert args.run(args) == 0
    return capsys.readouterr().out


def test_show_says_that_the_record_was_merged_and_shows_the_other(
    actor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    survivor, merged = make_patient(), make_patient(allergies=("Latex",))
    merge(survivor, merged)
    for name in (str(merged.pk), merged.number):
        record = json.loads(shown(capsys, name, "--json", actor=actor))
        assert record["asked_for"] == {"number": merged.number, "merged_into": survivor.number}
        assert record["demographics"]["family_name"] == survivor.family_name
        assert [one["text"] for one in record["allergies"]] == ["Latex"]
        [said] = record["demographics"]["merged_into_this"]
        assert said["number"] == merged.number
    assert f"merged into: {survivor.number}" in shown(capsys, merged.number, actor=actor)
    assert "asked_for" not in json.loads(shown(capsys, survivor.number, "--json", actor=actor))


def test_an_export_of_the_merged_record_is_that_of_the_one_that_stays(actor: User) -> None:
    survivor, merged = make_patient(), make_patient()
    merge(survivor, merged)
    assert exports.hand_over_record(patient_id=merged.pk, actor=actor) == survivor
    [person] = [
        one["resource"]
        for one in json.loads(written(fresh(survivor)))["entry"]
        if one["resource"]["resourceType"] == "Patient"
    ]
    assert person["link"] == [
        {
            "other": {
                "type": "Patient", "identifier": {"system": PATIENT_ID, "value": str(merged.pk)},
            },
            "type": "replaces",
        }
    ]  # fmt: skip


def test_a_merge_that_was_undone_is_no_link(actor: User) -> None:
    survivor, merged = make_patient(), make_patient()
    unmerge(merge(survivor, merged))
    assert b'"link"' not in written(fresh(survivor))
    assert merged.number.encode() in written(fresh(survivor))
    assert b'"link"' not in written(fresh(merged))


def test_an_older_export_of_the_merged_record_changes_nothing(actor: User) -> None:
    survivor, merged = make_patient(), make_patient(allergies=("Latex",))
    raw = exporting.export(fresh(merged), now=merged.recorded_at, notes=exporting.no_notes)
    merge(survivor, merged)
    report = take(raw, actor=actor)
    assert report.to_json()["patients"] == {"created": 0, "updated": 0, "unchanged": 1}
    assert fresh(merged).merged_into_id == survivor.pk
    assert [one.text for one in charts.of_patient(fresh(survivor)).allergies] == ["Latex"]


def test_no_file_says_that_somebody_here_was_merged_away(actor: User) -> None:
    survivor, other = make_patient(), make_patient()
    content = json.loads(written(survivor))
    for one in content["entry"][0]["resource"]["extension"]:
        one["extension"].append({"url": "merged_into", "valueId": str(other.pk)})
    assert take(json.dumps(content).encode(), actor=actor).refused


@pytest.mark.django_db(transaction=True)
def test_a_merged_record_goes_elsewhere_and_comes_back_with_nothing_lost() -> None:
    survivor = make_patient(allergies=("Latex",))
    merged = make_patient(allergies=("Penicillin",), phone="01632 960 666")
    visit_of(merged)
    gone = make_patient()
    unmerge(merge(survivor, gone))
    done = merge(survivor, merged)
    key = merged.pk
    again = assert_comes_back(survivor, notes=documents_of)
    # There, the id of the merged record leads to the one that came; apart it is taken only here.
    assert patients.known_as(str(key)) == [again]
    assert Patient.objects.count() == 1
    [there] = merging.merges_into(again)
    assert there.pk == done.pk
    with pytest.raises(Refused, match="merged elsewhere"):
        unmerge(done)
    assert not Appointment.objects.exists()
