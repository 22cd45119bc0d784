"""Expiry and hours since reconstitution."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tautband.clinical.findings import Severity
from tautband.clinical.stock import StockFacts, check_expiry, check_reconstitution
from tests.unit.clinical.build import CANNOT_TELL, CLEAR, FIRES, NOW, TABLES, TODAY

pytestmark = pytest.mark.hazard("HAZ-017")
PACK = StockFacts(label="A", product="Lidocaine 1 %", lot="LX1", expires_on=TODAY, rows=(1, 0))
VIAL = replace(PACK, is_reconstituted=True, reconstituted_at=NOW, use_within_hours=24)


def test_a_pack_is_good_through_its_day() -> None:
    assert check_expiry([PACK], on=TODAY).answer is CLEAR
    late = check_expiry([PACK], on=TODAY + timedelta(days=1))
    assert (late.answer, late.severity, late.rows) == (FIRES, Severity.CRITICAL, (0, 1))
    assert "LX1" in late.words
    nameless = check_expiry([replace(PACK, lot="")], on=TODAY + timedelta(days=1))
    assert "not given" in nameless.words


@pytest.mark.parametrize("changes", [{"expires_on": None}, {"lot": ""}])
def test_a_pack_without_lot_or_expiry_is_not_safe(changes: dict[str, object]) -> None:
    found = check_expiry([replace(PACK, **changes)], on=TODAY)
    assert (found.answer, found.missing) == (CANNOT_TELL, ("syringe.A",))


def test_a_reconstituted_vial_stands_its_hours_and_no_longer() -> None:
    at = NOW + timedelta(hours=24)
    assert check_reconstitution([VIAL, PACK], at=at).answer is CLEAR
    late = check_reconstitution([VIAL], at=at + timedelta(seconds=1))
    assert (late.answer, late.severity) == (FIRES, Severity.CRITICAL)


def test_hours_nobody_read_at_the_label_warn_only() -> None:
    at = NOW + timedelta(hours=25)
    for agent, expected in (
        ("onabotulinumtoxin_a", Severity.CRITICAL),
        ("incobotulinumtoxin_a", Severity.CRITICAL),
        ("abobotulinumtoxin_a", Severity.WARNING),
    ):
        late = check_reconstitution([replace(VIAL, agent=agent)], at=at, tables=TABLES)
        assert (late.answer, late.severity) == (FIRES, expected), agent


@pytest.mark.parametrize(
    "changes",
    [
        {"reconstituted_at": None},
        {"use_within_hours": None},
        {"reconstituted_at": NOW + timedelta(minutes=1)},
    ],
)
def test_a_vial_of_unknown_age_is_not_safe(changes: dict[str, object]) -> None:
    assert check_reconstitution([replace(VIAL, **changes)], at=NOW).answer is CANNOT_TELL
