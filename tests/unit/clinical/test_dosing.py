"""Dose arithmetic, exact."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tautband.clinical import dosing
from tautband.clinical.facts import Sitting
from tautband.clinical.observation import observation_minutes
from tests.unit.clinical.build import (
    NOW,
    TABLES,
    TODAY,
    facts,
    of,
    past,
    patient,
    product,
    row,
    syringe,
    toxin,
)


def test_a_shared_syringe_gives_each_ingredient_in_proportion() -> None:
    mixed = syringe(product(ml="8"), product("triamcinolone", "40", "2"))
    session = facts(row(ml="2.5"), syringes=(mixed,))
    lidocaine, steroid = dosing.planned_doses(session, TABLES)
    assert lidocaine.ug == 20_000
    assert steroid.ug == 20_000
    assert lidocaine.row == 0


def test_botulinum_goes_by_units_when_no_volume_is_said() -> None:
    made_up = syringe(toxin("100", ml=None), product("saline", None, "2"))
    dose = dosing.planned_doses(facts(row(ml=None, units="5"), syringes=(made_up,)), TABLES)[0]
    assert dose.units_centi == 500


def test_where_volume_and_units_differ_the_larger_counts() -> None:
    session = facts(row(ml="1", units="5"), syringes=(syringe(toxin("100", ml="2")),))
    assert dosing.planned_doses(session, TABLES)[0].units_centi == 5_000


def test_a_syringe_of_its_own_needs_no_total() -> None:
    lidocaine = facts(row(ml="3"), syringes=(syringe(product(ml=None)),))
    assert dosing.planned_doses(lidocaine, TABLES)[0].ug == 30_000
    vial = facts(row(ml=None, units="30"), syringes=(syringe(toxin(None, ml=None)),))
    assert dosing.planned_doses(vial, TABLES)[0].units_centi == 3_000


def test_an_unknown_part_leaves_the_share_unknown() -> None:
    mixed = syringe(product(ml="8"), product("triamcinolone", "40", None))
    for dose in dosing.planned_doses(facts(row(), syringes=(mixed,)), TABLES):
        assert dose.ug is None
    assert dosing.volume_of(mixed) is None


def test_a_dry_needle_brings_nothing() -> None:
    assert dosing.planned_doses(facts(row(syringe=None)), TABLES) == ()


def test_the_maximum_is_the_smaller_of_two_figures() -> None:
    def most(weight: int | None, agent: str = "lidocaine", *, lifted: bool = False) -> Fraction:
        found = dosing.maximum(agent, patient(weight_g=weight), lifted=lifted, tables=TABLES)
        assert found
        return found.ug

    assert most(58_000) == 261_000
    assert most(100_000) == 300_000
    assert most(None) == 300_000
    assert most(50_000, lifted=True) == 350_000
    assert most(100_000, lifted=True) == 500_000
    assert most(50_000, "bupivacaine") == 100_000
    assert most(50_000, "bupivacaine", lifted=True) == 150_000
    assert dosing.maximum("saline", patient(), lifted=False, tables=TABLES) is None


def test_the_mock_up_adds_up() -> None:
    session = of(
        product(ml="3.5"),
        who=patient(weight_g=58_000),
        history=(past(product("bupivacaine", "25", "1"), hours_ago=2),),
    )
    load = dosing.local_anaesthetic_load(session, TABLES)
    assert load.total == Fraction(25, 116) + Fraction(35, 261)
    assert dosing.permille(load.total) == 350


def test_sittings_are_ordered_by_day_time_and_id() -> None:
    sittings = (
        past(product(), hours_ago=1, name="c"),
        past(product(), name="b"),
        past(product(), days_ago=3, name="d"),
        past(product(), name="a"),
    )
    ordered = dosing.past(facts(history=sittings))
    assert [s.id for s in ordered] == ["d", "a", "b", "c"]


def test_our_own_sitting_counts_only_what_was_injected() -> None:
    ours = Sitting(
        id="o", on=TODAY, at=NOW, syringes=(syringe(product(ml="10")),), injections=(row(ml="2"),)
    )
    assert [d.ug for d in dosing.sitting_doses(ours, TABLES)] == [20_000]


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ((row(ml="1"), row(ml="1.5")), 2_500),
        ((row(ml="1"), row(ml="9", syringe="B")), 4_000),
        ((row(ml="6"),), -1_000),
        ((row(ml=None),), None),
    ],
)
def test_what_stays_in_the_syringe_is_waste(rows: tuple[object, ...], left: int | None) -> None:
    assert dosing.left_in_syringe_ul(syringe(), rows) == left


def test_waste_of_an_unknown_syringe_is_unknown() -> None:
    assert dosing.left_in_syringe_ul(syringe(product(ml=None)), ()) is None


@pytest.mark.parametrize(
    ("session", "minutes"),
    [
        (of(product(ml="1")), 15),
        (of(product(ml="24")), 30),
        (of(product(ml="1"), muscle="trapezius_upper"), 30),
        (of(product(), who=patient(weight_g=None)), 30),
        (facts(row(muscle=None)), 30),
    ],
)
def test_the_patient_is_watched_for_longer_after_more(session: object, minutes: int) -> None:
    found = observation_minutes(session)
    assert found.minutes == minutes
    assert found.source.cite
    assert found == observation_minutes(session, TABLES)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_the_parts_of_a_syringe_make_the_whole(first: int, second: int) -> None:
    from dataclasses import replace

    whole = replace(product(), volume_ul=first + second)
    rows = (replace(row(), volume_ul=first), replace(row(), volume_ul=second))
    doses = dosing.planned_doses(facts(*rows, syringes=(syringe(whole),)), TABLES)
    assert sum(d.ug or 0 for d in doses) == Fraction((first + second) * 10)
    assert dosing.left_in_syringe_ul(syringe(whole), rows) == 0
