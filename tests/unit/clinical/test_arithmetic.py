"""The dose arithmetic against a second one that is slow and obvious, and what must hold of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.clinical import amounts, check_session, dosing
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, RuleAnswer, Severity
from tests.unit.clinical import reference
from tests.unit.clinical.build import TABLES, TODAY, facts, finding, product, row, syringe
from tests.unit.clinical.strategies import full_sessions, sessions

pytestmark = pytest.mark.hazard("HAZ-003")
EVERY = settings(max_examples=60, deadline=None)
EACH = settings(deadline=None)


def said(session: SessionFacts) -> dict[str, Finding]:
    return {f.rule: f for f in check_session(session).findings}


@EVERY
@given(st.one_of(sessions(), full_sessions()))
def test_the_load_is_what_the_reference_reckons(session: SessionFacts) -> None:
    assert dosing.local_anaesthetic_load(session, TABLES).total == reference.load(session)


@EVERY
@given(st.one_of(sessions(), full_sessions()))
def test_the_finding_follows_the_reference(session: SessionFacts) -> None:
    found = finding("la-load", session)
    used = reference.load(session)
    assert (used > 1) == (found.words.startswith("Too much"))
    if found.answer is RuleAnswer.CLEAR:
        assert used < Fraction(4, 5)
    if Fraction(4, 5) <= used <= 1:
        assert found.answer is not RuleAnswer.CLEAR


@pytest.mark.hazard("HAZ-013")
@EVERY
@given(st.one_of(sessions(), full_sessions()))
def test_the_epinephrine_is_what_the_reference_reckons(session: SessionFacts) -> None:
    found = finding("epinephrine-total", session)
    total = reference.epinephrine_ug(session)
    assert (total > 500) == (found.severity is Severity.CRITICAL)
    if found.answer is RuleAnswer.CLEAR:
        assert total <= 200


@pytest.mark.hazard("HAZ-006")
@EVERY
@given(full_sessions())
def test_the_units_of_84_days_are_what_the_reference_reckons(session: SessionFacts) -> None:
    ona = "onabotulinumtoxin_a"
    planned = any(d.agent == ona for d in dosing.planned_doses(session, TABLES))
    over = reference.units_since(session, ona, TODAY - timedelta(days=84)) > 400
    if planned and over:
        assert finding("bont-total", session).severity is Severity.CRITICAL
    if finding("bont-total", session).answer is RuleAnswer.CLEAR:
        assert not planned or not over


@EVERY
@given(full_sessions(), st.integers(1, 9), st.data())
def test_a_row_split_in_two_changes_no_sum(
    session: SessionFacts, tenths: int, data: st.DataObject
) -> None:
    rows = session.planned.injections
    if not rows:
        return
    index = data.draw(st.integers(0, len(rows) - 1))
    whole = rows[index]
    first, second = (
        replace(
            whole,
            volume_ul=whole.volume_ul and whole.volume_ul * part // 10,
            units_centi=whole.units_centi and whole.units_centi * part // 10,
        )
        for part in (tenths, 10 - tenths)
    )
    split = replace(
        session,
        planned=replace(
            session.planned, injections=(*rows[:index], first, second, *rows[index + 1 :])
        ),
    )
    assert dosing.local_anaesthetic_load(split, TABLES).total == (
        dosing.local_anaesthetic_load(session, TABLES).total
    )
    before, after = said(session), said(split)
    for rule in ("la-load", "la-24h", "epinephrine-total", "bont-total", "la-strength"):
        one, two = before[rule], after[rule]
        assert (one.answer, one.severity) == (two.answer, two.severity), rule


@EVERY
@given(full_sessions(), st.integers(2, 5))
def test_the_same_in_other_units_of_volume_is_the_same(session: SessionFacts, times: int) -> None:
    """So many times the volume at so many times less strength is the same dose."""
    thin = [
        i
        for s in session.planned.syringes
        for i in s.ingredients
        if i.concentration_ug_per_ml is not None and i.concentration_ug_per_ml % times == 0
    ]
    for item in thin:
        weaker = replace(
            item,
            concentration_ug_per_ml=item.concentration_ug_per_ml // times,
            volume_ul=item.volume_ul * times,
            epinephrine_ng_per_ml=0,
        )
        strong = replace(item, epinephrine_ng_per_ml=0)
        doses = [
            dosing.planned_doses(
                facts(
                    replace(row(), volume_ul=each.volume_ul),
                    syringes=(syringe(each),),
                ),
                TABLES,
            )[0]
            for each in (strong, weaker)
        ]
        assert doses[0].ug == doses[1].ug


CAUTION = {None: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}


@EVERY
@given(st.one_of(sessions(), full_sessions()), st.integers(2, 4))
def test_more_of_everything_never_looks_safer(session: SessionFacts, times: int) -> None:
    more = replace(
        session,
        planned=replace(
            session.planned,
            injections=tuple(
                replace(
                    r,
                    volume_ul=r.volume_ul and r.volume_ul * times,
                    units_centi=r.units_centi and r.units_centi * times,
                )
                for r in session.planned.injections
            ),
        ),
    )
    before, after = said(session), said(more)
    for rule in (
        "la-load", "la-24h", "epinephrine-total", "steroid-dose", "bont-total", "bont-per-site",
        "bont-scm",
    ):  # fmt: skip
        one, two = before[rule], after[rule]
        assert CAUTION[two.severity] >= CAUTION[one.severity], rule
        assert not (one.answer is RuleAnswer.FIRES and two.answer is not RuleAnswer.FIRES), rule


@EVERY
@given(sessions(), st.integers(30, 150), st.integers(1, 60))
def test_a_lighter_patient_never_looks_safer(session: SessionFacts, kg: int, lighter: int) -> None:
    if kg - lighter < 1:
        return
    heavy, light = (
        replace(session, patient=replace(session.patient, weight_g=grams * 1000))
        for grams in (kg, kg - lighter)
    )
    assert (
        CAUTION[finding("la-load", light).severity] >= CAUTION[finding("la-load", heavy).severity]
    )


@EACH
@given(st.fractions(min_value=0, max_value=3))
def test_a_share_is_never_shown_smaller_than_it_is(share: Fraction) -> None:
    permille = dosing.permille(share)
    assert Fraction(permille, 1000) >= share
    shown = amounts.format_permille(permille).split(amounts.NBSP)[0]
    assert Fraction(shown) / 100 >= share


@EACH
@given(st.fractions(min_value=0, max_value=10**7))
def test_an_amount_is_never_shown_smaller_than_it_is(ug: Fraction) -> None:
    shown = Decimal(amounts.format_mg(ug).split(amounts.NBSP)[0])
    assert Fraction(shown) * 1000 >= ug
    units = Decimal(amounts.format_units(ug).split(amounts.NBSP)[0])
    assert Fraction(units) * 100 >= ug


@EACH
@given(st.integers(10, 99_999))
def test_millilitres_typed_as_shown_are_the_same(ul: int) -> None:
    assert amounts.parse_ml(amounts.format_ml(ul).split(amounts.NBSP)[0]) == ul


@EACH
@given(st.integers(1, 500_000))
def test_units_typed_as_shown_are_the_same(centi: int) -> None:
    assert amounts.parse_units(amounts.format_units(centi).split(amounts.NBSP)[0]) == centi


@EACH
@given(st.integers(10, 200_000))
def test_strengths_typed_as_shown_are_the_same(ug_per_ml: int) -> None:
    shown = amounts.format_mg_per_ml(ug_per_ml).split(amounts.NBSP)[0]
    assert amounts.parse_mg_per_ml(shown) == ug_per_ml
    # 1 % is 10 mg in 1 mL.
    percent = amounts.format_strength(ug_per_ml).split(amounts.NBSP)[0]
    assert Decimal(percent) * 10 == Decimal(shown)


@EACH
@given(st.decimals(min_value=3, max_value=800, places=2))
def test_pounds_never_weigh_more_than_they_do(pounds: Decimal) -> None:
    grams = amounts.parse_weight(str(pounds), unit="lb")
    exact = pounds * Decimal("453.59237")
    assert grams <= exact < grams + 1


@EACH
@given(st.integers(1, 3), st.integers(0, 999), st.integers(1, 5_000_000))
def test_the_syringe_never_holds_more_than_it_does(rows: int, odd: int, volume: int) -> None:
    whole = replace(product(), volume_ul=volume)
    taken = tuple(replace(row(), volume_ul=odd) for _ in range(rows))
    left = dosing.left_in_syringe_ul(syringe(whole), taken)
    assert left == volume - rows * odd


@EACH
@given(st.integers(1, 40_000), st.integers(1, 40_000))
def test_a_part_by_units_leaves_no_more_than_it_does(units: int, volume: int) -> None:
    vial = replace(product("onabotulinumtoxin_a", None), volume_ul=volume, units_centi=40_000)
    used = replace(row(), volume_ul=None, units_centi=units)
    left = dosing.left_in_syringe_ul(syringe(vial), (used,))
    assert left is not None
    assert left <= volume - Fraction(units * volume, 40_000) < left + 1
