"""The first run, which works once."""

from typing import Any

import pytest
from django.test import Client

from tautband.accounts.models import User
from tautband.records.actions import centres
from tautband.records.models import Centre
from tests.builders import make_centre

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "code": centres.setup_code(),
        "name": "Harbour Street Medical Centre",
        "time_zone": "Europe/London",
        "languages": ["en", "ar"],
        "emergency_number": "999",
        "out_of_hours_number": "01632 960 000",
        "opens_at": "08:00",
        "closes_at": "18:00",
        "slot_minutes": "20",
        "paper_size": "a4",
        "rooms": "Room 1\r\nRoom 2\r\n",
        "full_name": "Dr Lena Okafor",
        "username": "lena",
        "is_clinician": "on",
        "is_senior": "on",
        "password": "four made up words",
        "again": "four made up words",
        **changes,
    }


@pytest.mark.parametrize("url", ["/", "/sign-in/", "/patients/", "/people/", "/trail/"])
def test_everything_leads_to_the_first_run(client: Client, url: str) -> None:
    assert client.get(url).url == "/setup/"


def test_the_emergency_sheet_does_not_wait_for_a_centre(client: Client) -> None:
    assert client.get("/emergency/").status_code == 200


def test_the_first_run_opens_the_centre_and_signs_its_manager_in(client: Client) -> None:
    assert client.get("/setup/").status_code == 200
    response = client.post("/setup/", typed())
    assert response.status_code == 302
    assert response.url == "/people/"
    assert client.get("/people/").status_code == 200
    centre, person = Centre.objects.get(), User.objects.get()
    assert (centre.rooms, centre.languages) == (["Room 1", "Room 2"], ["en", "ar"])
    assert (person.roles, person.is_senior) == (["clinician", "manager"], True)


def test_a_stranger_without_the_code_opens_nothing(client: Client) -> None:
    response = client.post("/setup/", typed(code="guess"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "not the code" in page
    # Nothing typed is lost, except what must not stand in a page.
    assert "Dr Lena Okafor" in page
    assert "four made up words" not in page
    assert not Centre.objects.exists()
    assert not User.objects.exists()


def test_a_second_first_run_changes_nothing(client: Client) -> None:
    make_centre()
    before = User.objects.count()
    assert client.get("/setup/").url == "/sign-in/"
    assert client.post("/setup/", typed(name="Mine now")).url == "/sign-in/"
    assert Centre.objects.get().name == "Harbour Street Medical Centre"
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"opens_at": "25:00"}, "Enter a valid time"),
        ({"closes_at": "07:00"}, "closes later than it opens"),
        ({"slot_minutes": "0"}, "greater than or equal to 5"),
        ({"emergency_number": "help"}, "telephone number"),
        ({"again": "other"}, "passwords differ"),
        ({"username": "two words"}, "without spaces"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"name": "x" * 500}, "at most 120"),
    ],
)
def test_what_cannot_be_right_is_said_in_place(
    client: Client, changes: dict[str, str], words: str
) -> None:
    response = client.post("/setup/", typed(**changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Centre.objects.exists()
    assert not User.objects.exists()
