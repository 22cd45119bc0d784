"""The emergency sheet always answers."""

import re
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client

from tautband.clinic.views import emergency as emergency_view
from tests.builders import make_centre, make_clinician
from tests.web.printed import Printed, printed


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


# ── on paper ─────────────────────────────────────────────────────────────────────────────────


def paper(client: Client, query: str = "") -> Printed:
    return printed(client.get(f"/emergency.pdf{query}"))


@pytest.mark.django_db
@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("weight", ["", "58", "92", "600"])
def test_the_sheet_is_one_page_of_the_paper_that_the_centre_has(
    client: Client, size: str, weight: str
) -> None:
    make_centre(paper_size=size)
    sheet = paper(client, f"?weight_kg={weight}")
    assert sheet.all_on(size)
    assert len(sheet.pages) == 1
    assert sheet.on_every_page("Harbour Street")
    assert (sheet.title, sheet.language) == ("Emergency sheet", "en")
    assert sheet.is_in_our_fonts
    for words in ("Local-anaesthetic toxicity", "Anaphylaxis", "Faint", "Suspected pneumothorax",
                  "999", "01632 960 000", "Harbour Street"):  # fmt: skip
        assert words in sheet.text


@pytest.mark.django_db
@pytest.mark.hazard("HAZ-011")
def test_paper_and_page_give_the_same_amounts(client: Client) -> None:
    make_centre()
    for query in ("", "?weight_kg=58", "?weight_kg=92", "?weight_kg=abc"):
        column = re.findall(
            r'<td class="num"><b>([^<]+)</b>', client.get(f"/emergency/{query}").content.decode()
        )
        on_paper = " ".join(paper(client, query).text.split())
        assert len(column) >= 6
        for amount in column:
            assert amount.replace("\u00a0", " ") in on_paper


@pytest.mark.django_db
def test_the_other_size_can_be_asked_for_and_nonsense_gets_the_usual_one(client: Client) -> None:
    make_centre()
    assert paper(client, "?paper=letter").all_on("letter")
    assert paper(client, "?paper=a5").all_on("a4")


@pytest.mark.django_db
def test_paper_too_is_there_when_the_database_is_not_and_before_there_is_a_centre(
    client: Client,
) -> None:
    assert "Call for help now" in paper(client).text
    with patch.object(
        type(connections["default"]),
        "create_cursor",
        side_effect=OperationalError("disk I/O error"),
    ):
        assert "Anaphylaxis" in paper(client).text


@pytest.mark.django_db
def test_a_machine_that_makes_no_pdf_gives_the_page_that_prints(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_centre()
    monkeypatch.setattr(emergency_view.paper, "available", lambda: False)
    text = client.get("/emergency.pdf?weight_kg=58").content.decode()
    assert "makes no PDF" in text
    assert "87\u00a0mL" in text
    assert "emergency.pdf" not in page(client)


@pytest.mark.django_db
def test_the_file_is_named_after_what_it_is(client: Client) -> None:
    named = client.get("/emergency.pdf")["Content-Disposition"]
    assert named == 'inline; filename="emergency-sheet.pdf"'


@pytest.mark.django_db
@pytest.mark.parametrize("size", ["a4", "letter"])
def test_in_the_other_language_it_is_still_one_page(client: Client, size: str) -> None:
    make_centre(paper_size=size)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    for query in ("", "?weight_kg=58"):
        sheet = paper(client, query)
        assert sheet.language == "ar"
        assert len(sheet.pages) == 1
        assert sheet.missing_letters == 0


@pytest.mark.django_db
@pytest.mark.hazard("HAZ-011")
def test_a_dose_keeps_its_order_in_a_line_from_right_to_left(client: Client) -> None:
    make_centre()
    assert "\u2066" not in page(client)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    text = page(client, "?weight_kg=58")
    for dose in ("0.5 mg", "0.5 mL", "1 mg/mL", "87\u00a0mL", "58\u00a0µg", "20 %"):
        assert f"\u2066{dose}\u2069" in text, dose
