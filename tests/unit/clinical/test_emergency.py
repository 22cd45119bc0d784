"""The emergency sheet always answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tautband.clinical.emergency import emergency_sheet

pytestmark = pytest.mark.hazard("HAZ-011")


def amounts(weight_g: int | None) -> list[list[str]]:
    return [
        [a.amount.replace("\u00a0", " ") for a in c.amounts]
        for c in emergency_sheet(weight_g).columns
    ]


def test_up_to_70_kg_goes_by_weight() -> None:
    assert amounts(58_000) == [["87 mL", "14.5 mL/min", "2 times", "15 min", "696 mL", "58 µg"]]
    assert amounts(70_000) == [["105 mL", "17.5 mL/min", "2 times", "15 min", "840 mL", "70 µg"]]


def test_above_70_kg_is_fixed_but_for_the_cap() -> None:
    assert amounts(70_001)[0][:2] == ["100 mL", "200 to 250 mL"]
    assert amounts(90_900) == [["100 mL", "200 to 250 mL", "2 times", "15 min", "1090 mL", "90 µg"]]


@pytest.mark.parametrize("weight", [None, 0, -5, 10**40])
def test_an_unknown_or_absurd_weight_gives_both_columns(weight: int | None) -> None:
    sheet = emergency_sheet(weight)
    assert not sheet.weight_known
    assert [c.title.replace("\u00a0", " ") for c in sheet.columns] == [
        "70 kg or less",
        "over 70 kg",
    ]
    assert amounts(weight) == [
        ["1.5 mL/kg", "0.25 mL/kg/min", "2 times", "15 min", "12 mL/kg", "1 µg/kg"],
        ["100 mL", "200 to 250 mL", "2 times", "15 min", "12 mL/kg", "1 µg/kg"],
    ]


def test_how_long_to_go_on_is_shown_as_not_read_at_its_source() -> None:
    unread = {a.what: a.source.verified for a in emergency_sheet(58_000).columns[0].amounts}
    assert [what for what, verified in unread.items() if not verified] == [
        "keep it running once the pulse and the pressure hold, at least"
    ]


def test_four_situations_in_order_each_with_steps_and_a_source() -> None:
    sheet = emergency_sheet(None)
    assert [s.id for s in sheet.situations] == ["toxicity", "anaphylaxis", "faint", "pneumothorax"]
    for situation in sheet.situations:
        assert situation.steps
        assert situation.signs
        assert situation.source.cite


@given(st.one_of(st.none(), st.integers()))
def test_it_never_raises(weight: int | None) -> None:
    assert emergency_sheet(weight).columns
