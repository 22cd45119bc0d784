"""Finding and registering patients, as the desk does it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tautband.audit.models import AuditEvent
from tautband.records.actions import patients
from tautband.records.actions.demographics import Demographics
from tautband.records.models import Draft, Patient
from tests.builders import make_auditor, make_clinician, make_desk, make_manager, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    make_patient(given_name="Xerxes", family_name="Vandermolen", born_on=date(1940, 1, 1))
    client.force_login(make_desk())
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "given_name": "Noor",
        "family_name": "Al-Rashid",
        "born_on": "1969-03-03",
        "sex": "female",
        "phone": "01632 960 555",
        "token": str(uuid4()),
        **changes,
    }


def register(desk: Client, **changes: Any) -> Any:
    return desk.post(reverse("clinic:patient_new"), typed(**changes))


def test_a_patient_is_registered_and_numbered(desk: Client) -> None:
    response = register(desk)
    patient = Patient.objects.get(family_name="Al-Rashid")
    assert response.status_code == 302
    assert response.url == reverse("clinic:patient", args=[patient.pk])
    assert patient.number.count("-") == 2
    assert [len(part) for part in patient.number.split("-")] == [2, 3, 2]
    assert AuditEvent.objects.filter(action="patient.register", patient_id=patient.pk).count() == 1


def test_numbers_follow_each_other(desk: Client) -> None:
    first = make_patient()
    second = make_patient()
    assert int(second.number.replace("-", "")) == int(first.number.replace("-", "")) + 1


def test_a_double_click_registers_once(desk: Client) -> None:
    form = typed()
    first = desk.post(reverse("clinic:patient_new"), form)
    second = desk.post(reverse("clinic:patient_new"), form)
    assert first.url == second.url
    assert Patient.objects.filter(family_name="Al-Rashid").count() == 1


@pytest.mark.parametrize(
    "alike",
    [
        {"given_name": "نور", "family_name": "الراشد", "phone": ""},
        {"given_name": "Nour", "family_name": "Alrashed", "phone": ""},
        {"family_name": "El Rashid", "born_on": "1968-03-03", "phone": ""},
        {"given_name": "Somebody", "family_name": "Else", "born_on": "1999-09-09"},
    ],
)
def test_somebody_alike_is_shown_before_a_second_record_is_made(
    desk: Client, alike: dict[str, str]
) -> None:
    register(desk)
    response = register(desk, **alike)
    assert response.status_code == 422
    assert b"Is it one of these?" in response.content
    assert Patient.objects.count() == 2
    shown = Patient.objects.get(family_name="Al-Rashid").pk
    again = register(desk, **alike, different="on", shown=str(shown))
    assert again.status_code == 302
    assert Patient.objects.count() == 3
    event = AuditEvent.objects.filter(action="patient.register").latest("pk")
    assert event.detail["different_from"] == [str(shown)]


def test_saying_different_counts_only_for_those_who_were_shown(desk: Client) -> None:
    register(desk)
    response = register(desk, phone="", different="on")
    assert response.status_code == 422
    assert b'name="different"' in response.content
    assert b"checked" not in response.content.split(b'name="different"')[1][:80]


def test_the_same_number_elsewhere_is_refused_even_if_different(desk: Client) -> None:
    number = {"identifier_system": "urn:tautband:national-number", "identifier": "QQ 12 34 56 A"}
    register(desk, **number)
    shown = Patient.objects.get(family_name="Al-Rashid").pk
    other = {"given_name": "Piet", "family_name": "Vance", "born_on": "1980-01-01", "phone": ""}
    response = register(desk, **other, **number, different="on", shown=str(shown))
    assert response.status_code == 422
    assert Patient.objects.filter(family_name="Vance").count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("born_on", (timezone.now().date() + timedelta(days=2)).isoformat()),
        ("born_on", "1899-01-01"),
        ("born_on", "1969-02-30"),
        ("born_on", ""),
        ("sex", "robot"),
        ("email", "nobody@"),
        ("phone", "none"),
        ("given_name", "x" * 81),
    ],
)
def test_what_cannot_be_right_is_said_in_place(desk: Client, field: str, value: str) -> None:
    response = register(desk, **{field: value})
    assert response.status_code == 422
    assert f"id_{field}".encode() in response.content
    assert b"Al-Rashid" in response.content
    assert not Patient.objects.filter(family_name="Al-Rashid").exists()


def test_a_child_can_be_registered(desk: Client) -> None:
    assert register(desk, born_on="2020-01-01").status_code == 302


def test_what_was_being_typed_is_there_again(desk: Client) -> None:
    actor = desk.session["_auth_user_id"]
    desk.post(
        reverse("clinic:draft", args=["patient", actor]), {"family_name": "Half", "sex": "male"}
    )
    assert b'value="Half"' in desk.get(reverse("clinic:patient_new")).content
    register(desk)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "asked",
    ["noor", "nour rashed", "نور", "الراشد", "3.3.1969", "01632960555", "rashid 1969-03-03"],
)
def test_search_finds_the_patient_whatever_the_spelling(desk: Client, asked: str) -> None:
    register(desk)
    for headers in ({}, {"HX-Request": "true"}):
        response = desk.post(reverse("clinic:patients"), {"q": asked}, headers=headers)
        assert response.status_code == 200
        assert b"Al-Rashid" in response.content
        assert b"Vandermolen" not in response.content


def test_search_by_the_beginning_of_the_number(desk: Client) -> None:
    patient = make_patient(family_name="Quist")
    response = desk.post(reverse("clinic:patients"), {"q": patient.number[:6]})
    assert patient.number.encode() in response.content


def test_a_search_leaves_no_name_in_a_url(desk: Client) -> None:
    page = desk.get(reverse("clinic:patients")).content.decode()
    assert 'method="post"' in page
    assert 'method="get"' not in page


def test_search_costs_few_queries(desk: Client, django_assert_max_num_queries: Any) -> None:
    for _number in range(30):
        make_patient()
    make_patient(family_name="Albright")
    desk.get(reverse("clinic:patients"))
    with django_assert_max_num_queries(8):  # the last three write who was found on the trail
        found = desk.post(reverse("clinic:patients"), {"q": "albright"})
    assert b"Albright" in found.content


def test_details_are_corrected_and_search_follows(desk: Client) -> None:
    patient = make_patient(family_name="Wrongname")
    url = reverse("clinic:patient_edit", args=[patient.pk])
    assert b"Wrongname" in desk.get(url).content
    form = {
        "given_name": patient.given_name,
        "family_name": "Rightname",
        "born_on": patient.born_on.isoformat(),
        "sex": patient.sex,
        "revision": patient.revision,
    }
    assert desk.post(url, form).status_code == 302
    found = desk.post(reverse("clinic:patients"), {"q": "rightname"}).content
    assert b"Rightname" in found
    stale = desk.post(url, {**form, "family_name": "Othername"})
    assert stale.status_code == 409
    assert b'value="Othername"' in stale.content
    patient.refresh_from_db()
    assert patient.family_name == "Rightname"


def test_a_name_is_shown_and_never_run(desk: Client) -> None:
    register(desk, family_name="<script>alert(1)</script>")
    patient = Patient.objects.latest("recorded_at")
    for url in (reverse("clinic:patients"), reverse("clinic:patient", args=[patient.pk])):
        content = desk.get(url).content
        assert b"<script>alert" not in content
        assert b"&lt;script&gt;" in content


def test_invisible_characters_do_not_make_another_name() -> None:
    patient = make_patient()
    actor = make_clinician()
    again = Demographics(
        given_name=patient.given_name + "\u200e",
        family_name=f" {patient.family_name}\u202e ",
        born_on=patient.born_on,
        sex=patient.sex,
    )
    with pytest.raises(patients.MayBeHereAlready):
        patients.register(who=again, actor=actor)


@pytest.mark.parametrize("somebody", [make_manager, make_auditor])
def test_who_may_not_see_patients_does_not(client: Client, somebody: Any) -> None:
    patient = make_patient()
    client.force_login(somebody())
    for name, args in (
        ("patients", []),
        ("patient_new", []),
        ("patient_import", []),
        ("patient", [patient.pk]),
        ("patient_edit", [patient.pk]),
        ("chart", [patient.pk]),
    ):
        assert client.get(reverse(f"clinic:{name}", args=args)).status_code == 403
