from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tautband.errors import NotAllowed, Refused
from tautband.records.actions import rescue_kits
from tautband.records.models import RescueKitCheck
from tautband.records.queries import centre
from tests.builders import make_centre, make_desk, make_nurse

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def check(**changes):
    make_centre()
    return rescue_kits.check(
        **{
            "place": "Room 1",
            "lipid_ml": 1000,
            "lipid_expires_on": date(2027, 6, 30),
            "actor": changes.pop("actor", None) or make_nurse(),
            "now": NOW,
            **changes,
        }
    )


def test_a_check_is_kept_and_is_the_latest() -> None:
    check(now=datetime(2026, 11, 23, 8, 0, tzinfo=UTC), place="Room 2")
    done = check()
    assert centre.latest_rescue_kit_check() == done


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": " "}, "place"),
        ({"lipid_ml": 0}, "lipid_ml"),
        ({"lipid_ml": -5}, "lipid_ml"),
        ({"lipid_ml": 10_001}, "lipid_ml"),
        ({"lipid_expires_on": date(2026, 11, 23)}, "lipid_expires_on"),
    ],
)
def test_what_cannot_be_right_is_refused(changes, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(**changes)
    assert field in refusal.value.fields
    assert not RescueKitCheck.objects.exists()


def test_the_desk_does_not_check_it_and_a_second_click_is_harmless() -> None:
    with pytest.raises(NotAllowed):
        check(actor=make_desk())
    token = uuid4()
    assert check(token=token).pk == check(token=token).pk
    assert RescueKitCheck.objects.count() == 1
