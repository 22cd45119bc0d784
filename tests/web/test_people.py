"""People and the centre, as the manager keeps them."""

import re
from typing import Any

import pytest
from django.test import Client

from tautband.accounts.models import User
from tautband.records.models import Centre, RescueKitCheck
from tests.builders import PASSWORD, make_centre, make_desk, make_manager, make_nurse

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    make_centre()
    client.force_login(make_manager())
    return client


def add(manager: Client, **changes: Any) -> Any:
    typed = {"full_name": "Nia Stone", "username": "Nia", "roles": ["nurse"], **changes}
    return manager.post("/people/", typed)


def password_on(response: Any) -> str:
    [password] = re.findall(r'class="secret">([^<]+)<', response.content.decode())
    return str(password)


def test_somebody_is_added_with_a_password_that_is_shown_once(manager: Client) -> None:
    response = add(manager)
    assert response.status_code == 201
    person = User.objects.get(username="nia")
    assert person.check_password(password_on(response))
    assert person.must_change_password
    assert (person.roles, person.short_name) == (["nurse"], "Stone")
    assert "secret" not in manager.get("/people/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"full_name": " "}, "required"),
        ({"username": "two words"}, "without spaces"),
        ({"roles": []}, "required"),
        ({"roles": ["emperor"]}, "Select a valid choice"),
    ],
)
def test_nobody_is_added_by_mistake(manager: Client, changes: dict[str, Any], words: str) -> None:
    before = User.objects.count()
    response = add(manager, **changes)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert User.objects.count() == before


def test_a_name_is_given_once(manager: Client) -> None:
    add(manager)
    response = add(manager, username="NIA")
    assert response.status_code == 422
    assert "already signs in with this name" in response.content.decode()


def test_roles_change_and_a_person_is_deactivated_never_deleted(manager: Client) -> None:
    nurse = make_nurse()
    url = f"/people/{nurse.pk}/"
    assert manager.get(url).status_code == 200
    manager.post(url, {"roles": ["nurse", "desk"], "is_active": "on"})
    nurse.refresh_from_db()
    assert (nurse.roles, nurse.is_active) == (["nurse", "desk"], True)
    manager.post(url, {"roles": ["nurse"]})
    nurse.refresh_from_db()
    assert not nurse.is_active


def test_every_role_can_be_taken(manager: Client) -> None:
    nurse = make_nurse()
    assert manager.post(f"/people/{nurse.pk}/").status_code == 302
    nurse.refresh_from_db()
    assert (nurse.roles, nurse.is_active) == ([], False)


def test_the_only_manager_cannot_lock_everybody_out(client: Client) -> None:
    make_centre()
    others = User.objects.filter(roles__icontains="manager")
    only = make_manager()
    others.exclude(pk=only.pk).update(is_active=False)
    client.force_login(only)
    response = client.post(f"/people/{only.pk}/", {"roles": ["desk"], "is_active": "on"})
    assert response.status_code == 422
    assert "only manager" in response.content.decode()


def test_a_forgotten_password_is_replaced(manager: Client) -> None:
    nurse = make_nurse()
    response = manager.post(f"/people/{nurse.pk}/password/")
    nurse.refresh_from_db()
    assert nurse.check_password(password_on(response))
    assert nurse.must_change_password
    assert not nurse.check_password(PASSWORD)


def test_who_is_not_there_is_not_found(manager: Client) -> None:
    assert manager.get("/people/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_the_centre_changes_in_place(manager: Client) -> None:
    page = manager.get("/centre/").content.decode()
    assert "Harbour Street Medical Centre" in page
    typed = {
        "name": "Other Centre",
        "time_zone": "Africa/Cairo",
        "languages": ["ar"],
        "emergency_number": "123",
        "out_of_hours_number": "16000",
        "opens_at": "09:00",
        "closes_at": "17:00",
        "slot_minutes": "30",
        "paper_size": "letter",
        "rooms": "A\nB",
    }
    assert manager.post("/centre/", {**typed, "closes_at": "08:00"}).status_code == 422
    assert manager.post("/centre/", typed).status_code == 302
    centre = Centre.objects.get()
    assert (centre.name, centre.rooms, centre.slot_minutes) == ("Other Centre", ["A", "B"], 30)


def test_a_nurse_checks_the_rescue_kit(client: Client) -> None:
    make_centre()
    client.force_login(make_nurse())
    page = client.get("/rescue-kit/")
    token = page.context["form"]["token"].value()
    typed = {"place": "Room 1", "lipid_ml": "1000", "lipid_expires_on": "2099-01-31"}
    assert (
        client.post("/rescue-kit/", {**typed, "lipid_ml": "-1", "token": token}).status_code == 422
    )
    for _ in range(2):
        assert client.post("/rescue-kit/", {**typed, "token": token}).status_code == 302
    assert RescueKitCheck.objects.count() == 1
    assert "Room 1" in client.get("/").content.decode()


def test_the_desk_sees_the_kit_but_does_not_check_it(client: Client) -> None:
    make_centre()
    client.force_login(make_desk())
    assert client.get("/rescue-kit/").status_code == 403
