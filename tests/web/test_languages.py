"""The language of the pages: the person's own, else the machine's, else the centre's."""

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tautband.accounts import actions as accounts
from tautband.clinic.forms.centre import CentreForm
from tests.builders import make_centre, make_clinician, make_manager

pytestmark = pytest.mark.django_db


def switch(client: Client, language: str, *, back: str = "/account/") -> HttpResponse:
    return client.post(reverse("clinic:language"), {"language": language, "next": back})


def opening(client: Client, page: str = "account") -> str:
    return client.get(reverse(f"clinic:{page}")).content.decode()[:3000]


def test_before_sign_in_the_page_is_in_the_language_of_the_centre(client: Client) -> None:
    centre = make_centre()
    centre.languages = ["ar", "en"]
    centre.save(update_fields=["languages"])
    assert '<html lang="ar" dir="rtl"' in opening(client, "sign_in")
    switch(client, "en", back=reverse("clinic:sign_in"))
    assert '<html lang="en" dir="ltr"' in opening(client, "sign_in")


def test_a_person_who_chose_no_language_has_that_of_the_centre(client: Client) -> None:
    centre = make_centre()
    centre.languages = ["ar", "en"]
    centre.save(update_fields=["languages"])
    client.force_login(make_clinician())
    assert '<html lang="ar" dir="rtl"' in opening(client)


def test_the_switch_stands_on_every_page_and_stays_with_the_person(client: Client) -> None:
    make_centre()
    person = make_clinician()
    client.force_login(person)
    assert 'lang="ar"><bdi>العربية</bdi></button>' in client.get("/account/").content.decode()
    answer = switch(client, "ar")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/")
    page = client.get("/account/")
    assert page.headers["Content-Language"] == "ar"
    assert "bootstrap.rtl.min" in page.content.decode()
    person.refresh_from_db()
    assert person.language == "ar"
    # Another machine, the same person.
    other = Client()
    other.force_login(person)
    assert '<html lang="ar" dir="rtl"' in opening(other)


def test_the_emergency_sheet_opens_in_the_language_last_used_on_the_machine(
    client: Client,
) -> None:
    make_centre()
    client.force_login(make_clinician())
    switch(client, "ar")
    client.get("/account/")
    client.post(reverse("clinic:sign_out"))
    assert '<html lang="ar" dir="rtl"' in opening(client, "emergency")


@pytest.mark.parametrize("language", ["", "xx", "../ar", "EN", "ar" * 400])
def test_a_language_there_is_not_is_refused_and_changes_nothing(
    client: Client, language: str
) -> None:
    make_centre()
    person = make_clinician()
    accounts.set_preferences(person=person, language="ar")
    client.force_login(person)
    assert switch(client, language).status_code == 422
    person.refresh_from_db()
    assert person.language == "ar"


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(client: Client, back: str) -> None:
    make_centre()
    client.force_login(make_clinician())
    assert switch(client, "ar", back=back).headers["Location"] == "/"


def test_after_a_refused_form_the_switch_leads_back_to_its_page(client: Client) -> None:
    make_centre()
    page = client.post(
        reverse("clinic:sign_in"), {"username": ""}, headers={"Referer": "http://testserver/x/?a=1"}
    )
    assert page.status_code == 422
    assert 'name="next" value="/x/?a=1"' in page.content.decode()


def test_doses_keep_a_point_and_western_digits_in_arabic() -> None:
    with translation.override("ar"):
        page = Template("{% load tautband %}{{ ul|ml }} {{ number }} {{ big }}").render(
            Context({"ul": 500, "number": 0.5, "big": 12345})
        )
    assert page == "\u20680.5\u00a0mL\u2069 0.5 12345"


def test_the_manager_says_which_language_comes_first(client: Client) -> None:
    centre = make_centre()
    client.force_login(make_manager())
    typed = CentreForm(initial=CentreForm.initial_of(centre)).initial
    answer = client.post(
        reverse("clinic:centre"),
        {**typed, "opens_at": "08:00", "closes_at": "17:00", "first_language": "ar"},
    )
    assert answer.status_code == 302
    centre.refresh_from_db()
    assert centre.languages == ["ar", "en"]


def test_the_emergency_sheet_changes_its_language_without_an_account(client: Client) -> None:
    make_centre()
    page = client.get(reverse("clinic:emergency"), {"language": "ar", "weight_kg": "58"})
    assert '<html lang="ar" dir="rtl"' in page.content.decode()
    assert 'href="?language=en&amp;weight_kg=58"' in page.content.decode()
    assert page.headers["Content-Language"] == "ar"
    # It stays, also on paper.
    assert '<html lang="ar" dir="rtl"' in opening(client, "emergency")
    wrong = client.get(reverse("clinic:emergency"), {"language": "../xx"})
    assert (wrong.status_code, wrong.headers["Content-Language"]) == (200, "ar")
