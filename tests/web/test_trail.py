"""Reading the trail, as the auditor does it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit import trail
from tests.builders import make_auditor, make_centre, make_clinician, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    make_centre()
    client.force_login(make_auditor())
    return client


def happen(count: int, action: str = "test.happened", actor: User | None = None) -> None:
    with transaction.atomic():
        for n in range(count):
            trail.record(action, actor_id=actor.pk if actor else None, detail={"n": n})


def shown(auditor: Client, query: str = "") -> list[str]:
    response = auditor.get(f"/trail/{query}")
    assert response.status_code == 200
    return [f"{event.action} {event.detail.get('n')}" for event, _ in response.context["events"]]


def test_no_patient_is_named(auditor: Client) -> None:
    patient = make_patient(given_name="Xerxes", family_name="Vandermolen")
    page = auditor.get("/trail/").content.decode()
    assert str(patient.pk) in page
    for part in ("Xerxes", "Vandermolen", patient.number):
        assert part not in page


def test_it_is_read_in_pages_that_neither_skip_nor_repeat(auditor: Client) -> None:
    happen(150)
    first = auditor.get("/trail/?action=test.happened")
    older = first.context["older"]
    # More happens between one page and the next.
    happen(5)
    second = auditor.get(f"/trail/{older}")
    numbers = [e.detail["n"] for page in (first, second) for e, _ in page.context["events"]]
    assert numbers == list(range(149, -1, -1))
    assert second.context["older"] == ""


def test_it_is_narrowed_by_person_action_record_and_day(auditor: Client) -> None:
    person = make_clinician()
    happen(2, "test.one", person)
    happen(3, "test.two")
    assert shown(auditor, f"?person={person.pk}") == ["test.one 1", "test.one 0"]
    assert len(shown(auditor, "?action=test.two")) == 3
    today = timezone.localdate()
    assert len(shown(auditor, f"?action=test.two&day={today}")) == 3
    assert shown(auditor, f"?action=test.two&day={today - timedelta(days=1)}") == []
    patient = make_patient()
    assert "patient.register None" in shown(auditor, f"?record={patient.pk}")


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?person=x", "?action=drop", "?record=1", "?before=-1"]
)
def test_nonsense_is_said_in_place(auditor: Client, query: str) -> None:
    assert auditor.get(f"/trail/{query}").status_code == 422


def test_a_page_costs_few_queries(auditor: Client, django_assert_max_num_queries) -> None:
    happen(150)
    with django_assert_max_num_queries(12):
        auditor.get("/trail/")
