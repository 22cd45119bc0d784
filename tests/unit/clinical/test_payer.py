"""The payer's pack: what is covered, what is not, and what nobody can tell yet."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tautband.clinical import check_session
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.rules import payer
from tautband.clinical.terms import Guidance
from tests.unit.clinical.build import TODAY, facts, row, term

HELPED: dict[str, Any] = {
    "relief_percent": Decimal(50), "relief_days": 42, "function_percent": Decimal(50),
}  # fmt: skip


def sitting(days_ago: int, *, muscle: str | None = "soleus", **changes: Any) -> Sitting:
    return Sitting(
        id=f"{days_ago:05}",
        on=TODAY - timedelta(days=days_ago),
        injections=(row(muscle),),
        **changes,
    )


def said(rule: str, session: SessionFacts) -> tuple[str, str | None]:
    [found] = [
        each
        for each in check_session(session, packs=[payer.PACK]).findings
        if each.rule == f"payer-{rule}"
    ]
    assert (found.pack, str(found.gate)) == ("us-medicare-2024", "record")
    assert not found.stops
    return str(found.answer), str(found.severity) if found.severity else None


def unknown(session: SessionFacts) -> SessionFacts:
    return replace(session, history=None)


def test_the_pack_runs_only_where_it_is_named() -> None:
    session = facts(row())
    assert not [f for f in check_session(session).findings if f.pack == payer.PACK]
    assert len(check_session(session, packs=[payer.PACK]).findings) == len(payer.CHECKS) == 7
    with pytest.raises(KeyError):
        check_session(session, packs=["moon"])


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((), ("clear", None)), ((10, 20), ("clear", None)), ((10, 20, 30), ("fires", "warning")),
        ((10, 20, 364), ("fires", "warning")), ((10, 20, 365), ("clear", None)),
        ((10, 20, 366), ("clear", None)), ((0, 10, 20), ("fires", "warning")),
    ],
)  # fmt: skip
def test_three_sessions_in_a_rolling_year(days: tuple[int, ...], expected: object) -> None:
    assert said("sessions", facts(row(), history=tuple(map(sitting, days)))) == expected


def test_a_dose_elsewhere_without_a_muscle_may_have_been_a_session() -> None:
    two = (sitting(10), sitting(20), sitting(30, muscle=None))
    assert said("sessions", facts(row(), history=two)) == ("cannot_tell", "info")
    assert said("sessions", facts(row(), history=two[1:])) == ("clear", None)
    assert said("sessions", unknown(facts(row()))) == ("cannot_tell", "info")
    assert said("sessions", unknown(facts())) == ("clear", None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("clear", None)),
        ({"relief_percent": Decimal("49.9")}, ("fires", "warning")),
        ({"relief_days": 41}, ("fires", "warning")),
        ({"function_percent": Decimal(49)}, ("fires", "warning")),
        ({"relief_percent": None}, ("cannot_tell", "warning")),
        ({"relief_days": None, "function_percent": None}, ("cannot_tell", "warning")),
        ({"relief_days": None, "relief_percent": Decimal(0)}, ("fires", "warning")),
    ],
)  # fmt: skip
def test_a_repeat_needs_relief_for_six_weeks_and_function(
    changes: dict[str, Any], expected: object
) -> None:
    last = sitting(100, **(HELPED | changes))
    assert said("repeat", facts(row(), history=(sitting(200), last))) == expected


def test_the_first_session_is_no_repeat() -> None:
    assert said("repeat", facts(row())) == ("clear", None)
    assert said("repeat", facts(history=(sitting(100),))) == ("clear", None)
    assert said("repeat", unknown(facts(row()))) == ("cannot_tell", "info")
    elsewhere = facts(row(), history=(sitting(10, muscle=None),))
    assert said("repeat", elsewhere) == ("cannot_tell", "info")


@pytest.mark.parametrize(
    ("days", "muscle", "expected"),
    [
        (41, "soleus", ("fires", "warning")), (42, "soleus", ("clear", None)),
        (41, "infraspinatus", ("clear", None)), (41, None, ("cannot_tell", "info")),
        (42, None, ("clear", None)),
    ],
)  # fmt: skip
def test_six_weeks_before_the_same_muscle(days: int, muscle: str | None, expected: object) -> None:
    session = facts(row("soleus"), history=(sitting(days, muscle=muscle),))
    assert said("interval", session) == expected


def test_which_row_is_too_soon_is_told() -> None:
    session = facts(row("infraspinatus"), row("soleus"), row(None), history=(sitting(10),))
    [found] = [
        each
        for each in check_session(session, packs=[payer.PACK]).findings
        if each.rule == "payer-interval"
    ]
    assert found.rows == (1,)
    assert said("interval", facts(row(None), history=(sitting(10),))) == ("cannot_tell", "info")
    assert said("interval", unknown(facts(row()))) == ("cannot_tell", "info")
    assert said("interval", facts()) == ("clear", None)


def test_one_region_a_session() -> None:
    assert said("region", facts(row("soleus"), row("tibialis_anterior"))) == ("clear", None)
    assert said("region", facts(row("soleus"), row("infraspinatus"))) == ("fires", "warning")
    assert said("region", facts(row("soleus"), row(None))) == ("cannot_tell", "info")
    assert said("region", facts()) == ("clear", None)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (None, ("cannot_tell", "warning")), ((), ("fires", "warning")),
        ((term("myalgia", system="icd-10-cm", code="M79.18"),), ("clear", None)),
        ((term(system="http://hl7.org/fhir/sid/icd-10-cm", code="g44.209"),), ("clear", None)),
        ((term(system="icd-10-cm", code="M79.7"),), ("fires", "warning")),
        ((term(system="snomed", code="M79.18"),), ("fires", "warning")),
    ],
)  # fmt: skip
def test_the_diagnosis_stands_in_the_list(terms: Any, expected: object) -> None:
    assert said("diagnosis", facts(row(), diagnoses=terms)) == expected


def test_imaging_is_used_and_not_billed() -> None:
    assert said("guidance", facts(row(guidance=Guidance.ULTRASOUND))) == ("fires", "info")
    assert said("guidance", facts(row(guidance=Guidance.LANDMARK))) == ("clear", None)


def test_conservative_care_is_documented() -> None:
    assert said("conservative", facts(row())) == ("cannot_tell", "warning")
    assert said("conservative", facts(row(), conservative_care=True)) == ("clear", None)
    assert said("conservative", facts(row(), conservative_care=False)) == ("fires", "warning")
