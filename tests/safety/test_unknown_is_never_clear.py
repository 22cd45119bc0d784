"""What a rule clears with a fact missing it must clear whatever that fact turns out to be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.clinical import check_session
from tautband.clinical.facts import SessionFacts, Term
from tautband.clinical.findings import RuleAnswer
from tautband.clinical.terms import AgentKind
from tests.unit.clinical.build import TABLES, TODAY
from tests.unit.clinical.strategies import full_sessions

pytestmark = [
    pytest.mark.hazard("HAZ-003"),
    pytest.mark.hazard("HAZ-004"),
    pytest.mark.hazard("HAZ-005"),
    pytest.mark.hazard("HAZ-006"),
]
Eraser = Callable[[SessionFacts], SessionFacts]
UNNAMED = {
    AgentKind.LOCAL_ANAESTHETIC: "unknown-local-anaesthetic",
    AgentKind.CORTICOSTEROID: "unknown-corticosteroid",
    AgentKind.BOTULINUM_TOXIN: "unknown-botulinum-toxin",
}


def of_patient(**changes: Any) -> Eraser:
    return lambda s: replace(s, patient=replace(s.patient, **changes))


def of_plan(**changes: Any) -> Eraser:
    return lambda s: replace(s, planned=replace(s.planned, **changes))


def of_rows(**changes: Any) -> Eraser:
    def erase(s: SessionFacts) -> SessionFacts:
        rows = tuple(replace(r, **changes) for r in s.planned.injections)
        return replace(s, planned=replace(s.planned, injections=rows))

    return erase


def of_amounts(s: SessionFacts) -> SessionFacts:
    return of_rows(volume_ul=None, units_centi=None)(s)


def of_ingredients(change: Callable[[Any], Any]) -> Eraser:
    def erase(s: SessionFacts) -> SessionFacts:
        syringes = tuple(
            replace(each, ingredients=tuple(map(change, each.ingredients)))
            for each in s.planned.syringes
        )
        return replace(s, planned=replace(s.planned, syringes=syringes))

    return erase


def unnamed(item: Any) -> Any:
    return replace(item, agent=UNNAMED.get(TABLES.kind(item.agent), item.agent))


def of_history(change: Callable[[Any], Any]) -> Eraser:
    return lambda s: replace(s, history=tuple(map(change, s.history or ())))


def of_past_ingredients(change: Callable[[Any], Any]) -> Eraser:
    return of_history(
        lambda sitting: replace(
            sitting,
            syringes=tuple(
                replace(each, ingredients=tuple(map(change, each.ingredients)))
                for each in sitting.syringes
            ),
        )
    )


def of_past_rows(**changes: Any) -> Eraser:
    return of_history(
        lambda sitting: replace(
            sitting, injections=tuple(replace(r, **changes) for r in sitting.injections)
        )
    )


def unsure(*groups: str) -> Eraser:
    return lambda s: replace(s, patient=replace(s.patient, unsure=frozenset(groups)))


def list_with_a_code(name: str) -> Eraser:
    """One entry of the list becomes a code that no table knows."""

    def erase(s: SessionFacts) -> SessionFacts:
        known = getattr(s.patient, name)
        blurred = known and tuple(Term(system="x", code="1") for _ in known)
        return of_patient(**{name: blurred})(s)

    return erase


ERASERS: dict[str, Eraser] = {
    "age": of_patient(age_years=None),
    "weight": of_patient(weight_g=None),
    "height": of_patient(height_mm=None),
    "pregnant": of_patient(pregnant=None),
    "weeks": of_patient(gestation_weeks=None),
    "breastfeeding": of_patient(breastfeeding=None),
    "insulin": of_patient(insulin=None),
    "lung": of_patient(lung_disease=None),
    "cpap": of_patient(cpap=None),
    "infection": of_patient(infection=None),
    "allergies": of_patient(allergies=None),
    "allergies in a code": list_with_a_code("allergies"),
    "allergies in strange words": of_patient(allergies=(Term(text="the jab at school"),)),
    "medicines": of_patient(medications=None),
    "medicines in a code": list_with_a_code("medications"),
    "conditions": of_patient(conditions=None),
    "conditions in a code": list_with_a_code("conditions"),
    "consent": of_plan(consent=None),
    "identity": of_plan(identity_confirmed=None),
    "resuscitation": of_plan(resuscitation=None),
    "trigger points": of_plan(trigger_points=None),
    "muscles": of_rows(muscle=None),
    "sides": of_rows(side=None),
    "needles": of_rows(needle_um=None),
    "depths": of_rows(depth_um=None),
    "needles and depths": of_rows(depth_um=None, needle_um=None),
    "amounts": of_amounts,
    "strengths": of_ingredients(lambda i: replace(i, concentration_ug_per_ml=None)),
    "epinephrine": of_ingredients(lambda i: replace(i, epinephrine_ng_per_ml=None)),
    "volumes drawn": of_ingredients(lambda i: replace(i, volume_ul=None)),
    "units drawn": of_ingredients(lambda i: replace(i, units_centi=None)),
    "names of products": of_ingredients(unnamed),
    "history": lambda s: replace(s, history=None),
    "times": of_history(lambda sitting: replace(sitting, at=None)),
    "past sides": of_past_rows(side=None),
    "past muscles": of_past_rows(muscle=None),
    "past needles": of_past_rows(needle_um=None),
    "past amounts": of_past_rows(volume_ul=None, units_centi=None),
    "past strengths": of_past_ingredients(lambda i: replace(i, concentration_ug_per_ml=None)),
    "past epinephrine": of_past_ingredients(lambda i: replace(i, epinephrine_ng_per_ml=None)),
    "past names": of_past_ingredients(unnamed),
    "what was given elsewhere": lambda s: replace(
        unsure(*AgentKind)(s), history=tuple(h for h in s.history or () if not h.given_elsewhere)
    ),
}
# A past row with neither muscle nor needle is a dose elsewhere: only its drug counts.
A_DOSE_ELSEWHERE = {"past muscles", "past needles"}


def answers(session: SessionFacts) -> dict[str, RuleAnswer]:
    return {f.rule: f.answer for f in check_session(session).findings}


@pytest.mark.parametrize("name", ERASERS)
@settings(max_examples=25, deadline=None)
@given(session=full_sessions())
def test_no_rule_is_cleared_by_forgetting(name: str, session: SessionFacts) -> None:
    known, forgotten = answers(session), answers(ERASERS[name](session))
    for rule, answer in forgotten.items():
        if answer is RuleAnswer.CLEAR:
            assert known[rule] is RuleAnswer.CLEAR, rule


@settings(max_examples=80, deadline=None)
@given(full_sessions(), st.lists(st.sampled_from(sorted(ERASERS)), min_size=2, max_size=4))
def test_nor_by_forgetting_several_things(session: SessionFacts, names: list[str]) -> None:
    forgotten = session
    for name in names:
        forgotten = ERASERS[name](forgotten)
    known, left = answers(session), answers(forgotten)
    if set(names) >= A_DOSE_ELSEWHERE:
        del left["pleura-both-sides"]
    for rule, answer in left.items():
        if answer is RuleAnswer.CLEAR:
            assert known[rule] is RuleAnswer.CLEAR, rule


@settings(max_examples=80, deadline=None)
@given(full_sessions(), st.integers(-29, 29))
def test_a_date_told_as_about_is_not_trusted_to_the_day(session: SessionFacts, days: int) -> None:
    """The true day lies within a month of the one told."""

    def blurred(sitting: Any) -> Any:
        told = min(TODAY, sitting.on + timedelta(days=days))
        return replace(sitting, on=told, at=None, on_is_about=True)

    known, told = answers(session), answers(of_history(blurred)(session))
    for rule in ("bont-interval", "bont-total", "steroid-12-months"):
        if told[rule] is RuleAnswer.CLEAR:
            assert known[rule] is RuleAnswer.CLEAR, rule


@settings(max_examples=60, deadline=None)
@given(full_sessions())
def test_what_is_known_to_be_there_fires_whatever_else_is_missing(session: SessionFacts) -> None:
    """An overdose at any weight stays one when everything else about the patient is forgotten."""
    bare = replace(
        session,
        patient=replace(type(session.patient)(), weight_g=session.patient.weight_g),
    )
    known, left = answers(session), answers(bare)
    for rule in ("la-load", "la-24h", "bont-interval", "bont-total", "steroid-dose",
                 "syringe-incompatible", "la-strength", "diaphragm-refused"):  # fmt: skip
        if known[rule] is RuleAnswer.FIRES:
            assert left[rule] is RuleAnswer.FIRES, rule
