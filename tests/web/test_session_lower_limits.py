"""Less than the label allows: a ceiling and a weight to reckon on, which only ever lower."""

from decimal import Decimal

import pytest

from tautband.records.models import AdverseEvent, Procedure
from tests import builders
from tests.web.test_session_journey import arrive, clinic, plan, settle, sign_in, url

__all__ = ["clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-003")]


@pytest.fixture
def sitting(clinic) -> Procedure:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    return procedure


@pytest.fixture
def doctor(clinic):
    return sign_in(clinic["clinician"])


def lower(client, sitting, *, percent="", weight="", seen=None):
    shown = client.get(url("session_plan", sitting.pk)).context["limits"]["seen"]
    return client.post(
        url("session_lower_limits", sitting.pk),
        {"ceiling_percent": percent, "dosing_weight": weight, "seen": seen or shown},
    )


def ledger(client, sitting) -> str:
    lines = client.get(url("session_plan", sitting.pk)).context["ledger"]
    return " ".join(line.limit_words for line in lines)


def test_a_lower_limit_counts_in_the_ledger_and_stands_in_the_note(doctor, sitting) -> None:
    assert lower(doctor, sitting, percent="50", weight="60").status_code == 302
    sitting.refresh_from_db()
    assert (sitting.ceiling_percent, sitting.dosing_weight_g) == (50, 60_000)
    assert "50\u00a0% of" in ledger(doctor, sitting)
    text = " ".join(doctor.get(url("note_text", sitting.pk)).content.decode().split())
    assert "local anaesthetic to 50 %; reckoned on 60 kg" in text


def test_a_ceiling_so_low_that_the_plan_is_too_much_stops_it(doctor, sitting) -> None:
    assert lower(doctor, sitting, percent="1").status_code == 302
    refused = doctor.post(url("session_settle", sitting.pk), {})
    assert refused.status_code == 422
    assert "Too much local anaesthetic" in refused.content.decode()
    sitting.refresh_from_db()
    assert sitting.planned_at is None


@pytest.mark.parametrize(
    ("percent", "weight", "field"),
    [
        ("0", "", "ceiling_percent"), ("101", "", "ceiling_percent"),
        ("-5", "", "ceiling_percent"), ("half", "", "ceiling_percent"),
        ("", "71", "dosing_weight"), ("", "0", "dosing_weight"), ("", "heavy", "dosing_weight"),
    ],
)  # fmt: skip
def test_what_is_no_lower_limit_is_told_beside_what_was_typed(
    doctor, sitting, percent, weight, field
) -> None:
    refused = lower(doctor, sitting, percent=percent, weight=weight)
    assert refused.status_code == 422
    assert field in refused.context["refusal"].fields
    assert f'value="{percent or weight}"' in refused.content.decode()
    sitting.refresh_from_db()
    assert (sitting.ceiling_percent, sitting.dosing_weight_g) == (None, None)


def test_a_settled_plan_is_settled_anew_under_a_lower_limit(clinic, doctor, sitting) -> None:
    settle(clinic, sitting)
    assert lower(doctor, sitting, percent="80").status_code == 302
    sitting.refresh_from_db()
    assert sitting.planned_at is None


def test_twice_is_once_and_an_old_page_overwrites_nothing(doctor, sitting) -> None:
    old = doctor.get(url("session_plan", sitting.pk)).context["limits"]["seen"]
    assert lower(doctor, sitting, percent="80", seen=old).status_code == 302
    sitting.refresh_from_db()
    revision = sitting.revision
    assert lower(doctor, sitting, percent="80", seen=old).status_code == 302
    assert lower(doctor, sitting, percent="60", seen=old).status_code == 409
    sitting.refresh_from_db()
    assert (sitting.ceiling_percent, sitting.revision) == (80, revision)
    assert not AdverseEvent.objects.exists()


def test_it_is_taken_back_by_emptying_it(doctor, sitting) -> None:
    lower(doctor, sitting, percent="80", weight="60")
    assert lower(doctor, sitting).status_code == 302
    sitting.refresh_from_db()
    assert (sitting.ceiling_percent, sitting.dosing_weight_g) == (None, None)
