"""The emergency sheet always answers."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connections
from django.test import Client

from tests.builders import make_centre, make_clinician


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/emergency/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_anybody_may_read_it(client: Client) -> None:
    make_centre()
    text = page(client)
    assert "999" in text
    assert "Anaphylaxis" in text
    assert "70\u00a0kg or less" in text
    assert "over 70\u00a0kg" in text


@pytest.mark.django_db
def test_a_weight_gives_its_own_amounts(client: Client) -> None:
    text = page(client, "?weight_kg=58")
    assert "87\u00a0mL" in text
    assert "58\u00a0µg" in text
    assert "over 70" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "weight", ["600", "-5", "0", "abc", "NaN", "1e3", "70kg", "<script>", "९९", "9" * 5000]
)
def test_an_absurd_weight_gives_both_columns_and_says_so(client: Client, weight: str) -> None:
    text = client.get("/emergency/", {"weight_kg": weight}).content.decode()
    assert "cannot be right" in text
    assert "or less" in text
    assert "over 70" in text
    assert "<script>alert" not in text


@pytest.mark.django_db
def test_it_asks_the_database_for_nothing_but_the_numbers(
    client: Client, django_assert_num_queries
) -> None:
    make_centre()
    client.force_login(make_clinician())
    with django_assert_num_queries(1):
        page(client)


@pytest.mark.django_db
def test_it_answers_when_the_database_does_not(client: Client) -> None:
    make_centre()
    client.force_login(make_clinician())
    # Whatever touches the database fails; signed in or not, the sheet is drawn.
    with patch.object(
        type(connections["default"]),
        "create_cursor",
        side_effect=OperationalError("disk I/O error"),
    ):
        text = page(client)
    assert "Call for help now" in text
    assert "Anaphylaxis" in text


def test_it_is_read_only(client: Client) -> None:
    assert client.post("/emergency/").status_code in {403, 405}
