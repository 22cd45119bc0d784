"""What R4 asks of a Bundle, as far as it decides who or what is meant."""

from copy import deepcopy
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.interop.fhir.report import ImportReport
from tautband.records.models import ClinicalStatement, Patient
from tests.conformance.exports import (
    SECRETS,
    allergy,
    bundle,
    collection,
    person,
    resource,
    said,
    take,
)

pytestmark = pytest.mark.django_db
Entry = dict[str, Any]


def refused(report: ImportReport) -> list[tuple[str, str]]:
    assert not any(secret in said(report) for secret in SECRETS)
    return [(one.where, one.why) for one in report.refused]


def entry_of(content: dict[str, Any], kind: str) -> Entry:
    found: Entry = next(e for e in content["entry"] if e["resource"]["resourceType"] == kind)
    return found


def place_of(content: dict[str, Any], entry: Entry, name: str) -> str:
    return f"export.json: Bundle.entry[{content['entry'].index(entry)}].{name}"


VERSION, OTHER_TYPE = (
    "an address without a version is needed",
    "this is the address of a resource of another type",
)


@pytest.mark.parametrize("kind", ["Patient", "AllergyIntolerance"])
@pytest.mark.parametrize(
    ("address", "why"),
    [("http://there.example/fhir/%s/1/_history/2", VERSION),
     ("http://there.example/fhir/Group/1", OTHER_TYPE)],
)  # fmt: skip
def test_an_address_says_what_it_is_the_address_of(
    kind: str, address: str, why: str, actor: User
) -> None:
    content = bundle()
    entry = entry_of(content, kind)
    entry["fullUrl"] = address.replace("%s", kind)
    report = take(content, actor=actor)
    assert report.exit_code in {1, 2}
    assert (place_of(content, entry, "fullUrl"), why) in refused(report)
    assert not Patient.objects.exists()


def test_of_what_is_not_kept_the_address_does_not_matter(actor: User) -> None:
    content = bundle()
    entry_of(content, "Procedure")["fullUrl"] = "http://there.example/fhir/Procedure/1/_history/2"
    assert refused(take(content, actor=actor)) == []
    assert Patient.objects.count() == 1


def test_an_entry_that_holds_nothing_may_be_anybodys(actor: User) -> None:
    content = bundle()
    content["entry"].append({"fullUrl": "urn:uuid:00000000-0000-4000-8000-00000000000f"})
    report = take(content, actor=actor)
    assert refused(report)[0] == (
        place_of(content, content["entry"][-1], "resource"), "this is missing",
    )  # fmt: skip
    assert not Patient.objects.exists()


@pytest.mark.parametrize("kind", ["transaction", "history"])
@pytest.mark.parametrize("has_resource", [True, False])
def test_what_is_deleted_is_not_taken_in(kind: str, has_resource: bool, actor: User) -> None:
    content = collection(person(), allergy("a"), kind=kind)
    content["entry"][1]["request"] = {"method": "DELETE", "url": "AllergyIntolerance/al-1"}
    if not has_resource:
        del content["entry"][1]["resource"]
    report = take(content, actor=actor)
    where = "export.json: Bundle.entry[1].request.method"
    assert (where, "this deletes something, which an import does not do") in refused(report)
    assert not Patient.objects.exists()
    assert not ClinicalStatement.objects.exists()


def _medicines(*names: str, **versions: str) -> dict[str, Any]:
    """A patient with a medicine that is told elsewhere in the Bundle, once or several times."""
    content = bundle()
    address = "urn:uuid:00000000-0000-4000-8000-0000000000aa"
    for name in names:
        told: dict[str, Any] = {"resourceType": "Medication", "code": {"text": name}}
        if name in versions:
            told["meta"] = {"versionId": versions[name]}
        content["entry"].append({"fullUrl": address, "resource": told})
    asked = resource(content, "MedicationRequest")
    asked.pop("medicationCodeableConcept", None)
    asked["medicationReference"] = {"reference": address}
    return content


def test_two_things_of_one_address_are_confused(actor: User) -> None:
    content = _medicines("warfarin", "aspirin")
    report = take(content, actor=actor)
    assert refused(report)[0] == (
        place_of(content, content["entry"][-1], "fullUrl"),
        "something else in this Bundle has the same address",
    )
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    "content",
    [_medicines("warfarin"), _medicines("warfarin", "warfarin"),
     _medicines("warfarin", "aspirin", warfarin="2", aspirin="1")],
    ids=["once", "twice the same", "two versions"],
)  # fmt: skip
def test_one_thing_told_twice_confuses_nobody(content: dict[str, Any], actor: User) -> None:
    assert refused(take(content, actor=actor)) == []
    assert ClinicalStatement.objects.filter(text="warfarin").exists()
    assert not ClinicalStatement.objects.filter(text="aspirin").exists()


def test_servers_may_give_the_same_id_to_two_things(actor: User) -> None:
    content = _medicines("warfarin")
    for server, name in (("a", "aspirin"), ("b", "heparin")):
        told = {"resourceType": "Medication", "id": "1", "code": {"text": name}}
        address = f"http://{server}.example/fhir/Medication/1"
        content["entry"].append({"fullUrl": address, "resource": told})
    assert refused(take(content, actor=actor)) == []


def test_what_a_server_was_asked_and_answered_does_not_matter(actor: User) -> None:
    content = bundle()
    content |= {"type": "collection", "total": 3}
    for entry in content["entry"]:
        entry |= {"search": {"mode": "match"}, "response": {"status": "200"}}
        entry.pop("request", None)
    assert refused(take(content, actor=actor)) == []
    assert Patient.objects.count() == 1


def test_a_page_with_a_hole_in_it_stays_by_itself(actor: User) -> None:
    """Whoever is in a page of a search that cannot be read whole is refused with it."""
    content = collection(person(), allergy("a"), kind="searchset")
    content["entry"].append({"fullUrl": "urn:uuid:00000000-0000-4000-8000-00000000000f"})
    report = take(deepcopy(content), actor=actor)
    assert report.exit_code in {1, 2}
    assert not Patient.objects.exists()
