"""Signing in and out, locking out, and the two limits of a session."""

import time
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tautband.accounts import actions as accounts
from tautband.accounts.models import User
from tautband.accounts.session_limits import POLL_HEADER
from tautband.audit.models import AuditEvent
from tautband.records.models import Draft
from tautband.records.queries import drafts as draft_query
from tests.builders import PASSWORD, make_auditor, make_centre, make_clinician, make_desk

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@pytest.fixture
def person() -> User:
    make_centre()
    return make_clinician()


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_the_right_password_opens_the_day(client: Client, person: User) -> None:
    response = sign_in(client, person.username.upper())
    assert response.status_code == 302
    assert response.url == "/"
    assert client.get("/").status_code == 200
    assert AuditEvent.objects.filter(action="person.sign-in", actor=person).count() == 1


def test_an_auditor_lands_where_an_auditor_may_be(client: Client) -> None:
    make_centre()
    assert sign_in(client, make_auditor().username).url == "/trail/"


def test_a_wrong_name_and_a_wrong_password_get_the_same_words(client: Client, person: User) -> None:
    def words(username: str, password: str) -> str:
        response = sign_in(client, username, password)
        assert response.status_code == 422
        page = response.content.decode().replace(username, "…")
        # The token differs on every page.
        return "".join(line for line in page.splitlines() if "csrf" not in line.lower())

    assert words(person.username, "not the password") == words("nobody-here", PASSWORD)


@pytest.mark.hazard("HAZ-019")
def test_somebody_who_left_does_not_get_in(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert sign_in(client, person.username).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/patients/", "/patients/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-in/?next=/sign-in/", "/"),
    ],
)
def test_after_signing_in_one_goes_on_but_never_elsewhere(
    client: Client, person: User, wanted: str, where: str
) -> None:
    assert sign_in(client, person.username, next=wanted).url == where


@pytest.mark.hazard("HAZ-019")
def test_five_wrong_passwords_close_the_name_for_a_while_and_say_so(
    client: Client, person: User
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, person.username, "not the password")
    assert response.status_code == 429
    assert "Too many wrong passwords" in response.content.decode()
    # Even the right one does not help now, and the page is the same page.
    response = sign_in(client, person.username)
    assert response.status_code == 429
    assert "Too many wrong passwords" in response.content.decode()
    assert f'value="{person.username}"' in response.content.decode()
    [event] = AuditEvent.objects.filter(action="person.lock-out")
    assert event.actor is None
    assert event.target_id == person.pk


def test_a_name_that_nobody_has_is_locked_the_same_way(client: Client, person: User) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, "nobody-here", "x")
    assert response.status_code == 429


def test_signing_out_ends_it(client: Client, person: User) -> None:
    sign_in(client, person.username)
    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/")
    assert response.url == "/sign-in/?ended=self"
    assert client.get("/").status_code == 302
    assert AuditEvent.objects.filter(action="person.sign-out").count() == 1


def at(seconds: float) -> Any:
    return patch("tautband.accounts.session_limits.time.time", return_value=seconds)


@pytest.mark.hazard("HAZ-019")
def test_fifteen_idle_minutes_end_the_sign_in(client: Client, person: User) -> None:
    now = time.time()
    sign_in(client, person.username)
    with at(now):
        client.get("/")
    with at(now + settings.TAUTBAND_IDLE_SECONDS - 1):
        assert client.get("/").status_code == 200
    with at(now + 2 * settings.TAUTBAND_IDLE_SECONDS):
        response = client.get("/?show=waiting")
    assert response.status_code == 302
    assert response.url == "/sign-in/?next=%2F%3Fshow%3Dwaiting&ended=idle"
    page = client.get(response.url).content.decode()
    assert "What you typed is kept" in page


@pytest.mark.hazard("HAZ-019")
def test_twelve_hours_end_the_sign_in_however_busy(client: Client, person: User) -> None:
    now = time.time()
    sign_in(client, person.username)
    step = settings.TAUTBAND_IDLE_SECONDS - 60
    at_last = now
    while at_last + step < now + settings.TAUTBAND_HARD_SECONDS:
        at_last += step
        with at(at_last):
            assert client.get("/account/").status_code == 200
    with at(now + settings.TAUTBAND_HARD_SECONDS + 2):
        assert "ended=idle" in client.get("/account/").url


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(client: Client, person: User) -> None:
    now = time.time()
    sign_in(client, person.username)
    poll = {
        POLL_HEADER: "1",
        "HX-Request": "true",
        "HX-Current-URL": "http://testserver/?show=done",
    }
    with at(now):
        client.get("/")
    for minutes in (5, 10, 14):
        with at(now + 60 * minutes):
            assert client.get("/?show=done", headers=poll).status_code == 200
    with at(now + settings.TAUTBAND_IDLE_SECONDS + 60):
        response = client.get("/?show=done", headers=poll)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in/?next=%2F%3Fshow%3Ddone&ended=idle"


def test_a_lost_post_leads_back_to_its_page_and_never_elsewhere(
    client: Client, person: User
) -> None:
    now = time.time()
    sign_in(client, person.username)
    with at(now + settings.TAUTBAND_IDLE_SECONDS + 60):
        response = client.post(
            "/account/", {"theme": "dark"}, headers={"Referer": "http://testserver/account/"}
        )
    assert response.url == "/sign-in/?next=%2Faccount%2F&ended=idle"
    sign_in(client, person.username)
    with at(now + 3 * settings.TAUTBAND_IDLE_SECONDS):
        response = client.post(
            "/account/", headers={"Referer": "https://elsewhere.example/account/"}
        )
    assert response.url == "/sign-in/?ended=idle"


def test_what_was_typed_is_there_after_an_idle_sign_out(client: Client, person: User) -> None:
    now, subject = time.time(), uuid4()
    sign_in(client, person.username)
    url = reverse("clinic:draft", args=["plan", subject])
    with at(now):
        assert client.post(url, {"note": "half a sente", "password": "x"}).status_code == 204
    with at(now + settings.TAUTBAND_IDLE_SECONDS + 60):
        assert client.get("/").status_code == 302
    sign_in(client, person.username)
    kept = draft_query.of(person, "plan", subject)
    assert kept is not None
    assert kept.dict() == {"note": "half a sente"}


def test_drafts_are_only_posted_and_only_for_known_forms(client: Client, person: User) -> None:
    client.force_login(person)
    url = reverse("clinic:draft", args=["plan", uuid4()])
    assert client.get(url).status_code == 405
    assert client.post(reverse("clinic:draft", args=["nonsense", uuid4()])).status_code == 422
    assert client.post(url, {"note": "x" * 70_000}).status_code == 422
    assert client.post(url, {"note": "x"}).status_code == 204
    assert client.post(f"{url}?discard=1").status_code == 204
    assert not Draft.objects.exists()


@pytest.mark.hazard("HAZ-019")
def test_a_post_without_the_token_is_refused(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, person.username).status_code == 403
    strict.force_login(person)
    for url in ("/sign-out/", "/account/", "/account/theme/", "/account/password/"):
        assert strict.post(url, {"theme": "dark"}).status_code == 403
    person.refresh_from_db()
    assert person.theme == "auto"


def test_a_given_password_must_be_changed_before_anything_else(client: Client) -> None:
    make_centre()
    person = make_desk()
    accounts.set_password(
        person=person, password="given by the manager", actor=None, must_change_password=True
    )
    sign_in(client, person.username, "given by the manager")
    assert client.get("/").url == "/account/password/"
    assert client.get("/patients/", headers={"HX-Request": "true"})["HX-Redirect"] == (
        "/account/password/"
    )
    assert client.get("/emergency/").status_code == 200
    page = client.get("/account/password/")
    assert "Choose your own password first" in page.content.decode()
    chosen = {"current": "given by the manager", "password": "four made up words"}
    response = client.post("/account/password/", {**chosen, "again": "four made up words"})
    assert response.url == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"current": "wrong"}, "not your password until now"),
        ({"again": "something else"}, "passwords differ"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": PASSWORD, "again": PASSWORD}, "other than the one until now"),
    ],
)
def test_a_password_is_changed_only_by_who_knows_it_and_only_to_a_good_one(
    client: Client, person: User, changes: dict[str, str], words: str
) -> None:
    client.force_login(person)
    typed = {"current": PASSWORD, "password": "four made up words", "again": "four made up words"}
    response = client.post("/account/password/", {**typed, **changes})
    assert response.status_code == 422
    assert words in response.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_theme_and_language_follow_the_person(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.post("/account/theme/", {"theme": "dark"}).status_code == 204
    assert client.post("/account/theme/", {"theme": "sepia"}).status_code == 422
    assert 'data-bs-theme="dark"' in client.get("/").content.decode()
    client.post("/account/", {"theme": "light", "language": "ar"})
    page = client.get("/").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert 'data-bs-theme="light"' in page
    # The next person on the same server is not greeted in Arabic.
    assert '<html lang="en" dir="ltr"' in Client().get("/sign-in/").content.decode()
