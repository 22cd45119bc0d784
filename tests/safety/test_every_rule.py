"""What holds for every rule: once each, three answers, sums never cleared by more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.clinical import check_session
from tautband.clinical.facts import InjectionFacts, SessionFacts
from tautband.clinical.findings import RuleAnswer, Severity
from tautband.clinical.rules import BEDSIDE, PACKS
from tautband.errors import Refused
from tests.unit.clinical.build import (
    CLEAR,
    FIRES,
    facts,
    of,
    patient,
    product,
    row,
    toxin,
)
from tests.unit.clinical.strategies import injections, sessions

CONTRACT = {
    "la-load", "la-24h", "la-weight-basis", "la-strength", "epinephrine-total",
    "la-reduced-ceiling", "la-child", "steroid-reason", "steroid-dose", "steroid-12-months",
    "steroid-diabetes", "steroid-cyp3a4", "steroid-neuraxis", "syringe-incompatible",
    "bont-interval", "bont-total", "bont-per-site", "bont-mixed-products", "bont-milk-allergy",
    "bont-neuromuscular", "bont-aminoglycoside", "bont-scm", "pregnancy-bont", "allergy-agent",
    "allergy-supplies",
    "infection-site", "anticoagulant", "needle-pleura", "pleura-both-sides", "needle-hub",
    "diaphragm-refused", "lung-disease", "indication-missing", "consent-missing",
    "resuscitation-missing", "identity-unconfirmed",
}  # fmt: skip
SUMS = ("la-load", "la-24h", "epinephrine-total", "bont-total", "steroid-12-months")
RANK = {RuleAnswer.CLEAR: 0, RuleAnswer.CANNOT_TELL: 1, RuleAnswer.FIRES: 2}


def answers(session: SessionFacts) -> dict[str, tuple[RuleAnswer, Severity | None]]:
    return {f.rule: (f.answer, f.severity) for f in check_session(session).findings}


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_every_rule_answers_once_and_severity_is_none_exactly_when_clear(
    session: SessionFacts,
) -> None:
    found = check_session(session).findings
    assert [f.rule for f in found] == list(dict.fromkeys(f.rule for f in found))
    assert {f.rule for f in found} == CONTRACT
    assert len(found) == sum(len(PACKS[pack]) for pack in BEDSIDE)
    for f in found:
        assert (f.severity is None) == (f.answer is CLEAR)
        assert f.answer is not RuleAnswer.CANNOT_TELL or f.missing
        assert f.words
        assert f.source.cite
        assert all(0 <= i < len(session.planned.injections) for i in f.rows)


@settings(max_examples=150, deadline=None)
@given(sessions(), injections())
def test_adding_an_injection_never_clears_a_sum_rule(
    session: SessionFacts, more: InjectionFacts
) -> None:
    grown = replace(
        session,
        planned=replace(session.planned, injections=(*session.planned.injections, more)),
    )
    before, after = answers(session), answers(grown)
    for rule in SUMS:
        assert RANK[after[rule][0]] >= RANK[before[rule][0]] or before[rule][0] is not FIRES, rule
        assert not (before[rule][0] is not CLEAR and after[rule][0] is CLEAR), rule


@settings(max_examples=100, deadline=None)
@given(sessions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_history_changes_nothing(
    session: SessionFacts, random: object
) -> None:
    rows = list(session.planned.injections)
    history = list(session.history)
    random.shuffle(rows)
    random.shuffle(history)
    shuffled = replace(
        session,
        planned=replace(session.planned, injections=tuple(rows)),
        history=tuple(history),
    )
    assert answers(shuffled) == answers(session)


@settings(max_examples=100, deadline=None)
@given(sessions(), st.integers(-3000, 3000))
def test_shifting_all_dates_changes_nothing_that_counts_days(
    session: SessionFacts, days: int
) -> None:
    by = timedelta(days=days)
    moved = replace(
        session,
        planned=replace(session.planned, on=session.planned.on + by, at=None),
        history=tuple(replace(s, on=s.on + by) for s in session.history),
    )
    before, after = (
        answers(replace(session, planned=replace(session.planned, at=None))),
        answers(moved),
    )
    for rule in ("la-load", "la-24h", "bont-interval", "bont-total"):
        assert before[rule] == after[rule]


def test_the_rules_are_deterministic() -> None:
    session = of(product(ml="31"), history=())
    assert check_session(session) == check_session(session)


def test_an_empty_session_asks_and_stops_nothing_at_the_plan() -> None:
    found = check_session(SessionFacts(patient=patient(), planned=facts().planned))
    assert found.speaking() == ()


def test_findings_are_heard_worst_first() -> None:
    heard = check_session(
        of(product(ml="31"), who=patient(allergies=None, height_mm=None))
    ).speaking()
    assert [f.severity for f in heard] == sorted(
        (f.severity for f in heard), key=["critical", "warning", "info"].index
    )


def test_a_muscle_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="no such muscle"):
        check_session(facts(row("third_leg")))


def test_nothing_names_the_patient() -> None:
    for f in check_session(of(toxin("900"), who=patient(allergies=None))).findings:
        assert "Noor" not in f.words
