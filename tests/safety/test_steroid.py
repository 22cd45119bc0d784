"""Corticosteroid: for a reason, within the label, not too often, never with ritonavir."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tautband.clinical.findings import Severity
from tautband.clinical.terms import Side
from tests.unit.clinical.build import (
    CANNOT_TELL,
    CLEAR,
    FIRES,
    answer,
    facts,
    finding,
    of,
    past,
    patient,
    product,
    row,
    syringe,
    term,
)

pytestmark = pytest.mark.hazard("HAZ-007")


def steroid(mg: str = "20", agent: str = "triamcinolone") -> object:
    return product(agent, mg, "1")


def test_a_steroid_needs_a_stated_reason() -> None:
    plain = of(steroid())
    assert answer("steroid-reason", plain) == (CLEAR, None)
    without = facts(row(), syringes=(syringe(steroid()),), steroid_reason="  ")
    assert answer("steroid-reason", without) == (FIRES, Severity.WARNING)
    assert answer("steroid-reason", of(product())) == (CLEAR, None)


@pytest.mark.parametrize(
    ("agent", "mg", "sites", "expected"),
    [
        ("triamcinolone", "40", 1, CLEAR),
        ("triamcinolone", "40.001", 1, FIRES),
        ("triamcinolone", "80", 2, CLEAR),
        ("triamcinolone", "80.001", 4, FIRES),
        ("methylprednisolone", "30", 1, CLEAR),
        ("methylprednisolone", "30.001", 1, FIRES),
        ("dexamethasone", "4", 1, CLEAR),
        ("dexamethasone", "4.001", 1, FIRES),
        ("dexamethasone", "4", 2, CLEAR),
        ("dexamethasone", "4", 3, FIRES),
        ("betamethasone", "6", 1, CLEAR),
        ("betamethasone", "6.001", 1, FIRES),
        ("hydrocortisone", "50.001", 1, FIRES),
        ("unknown-corticosteroid", "1", 1, CANNOT_TELL),
    ],
)
def test_site_session_and_number_of_sites_stay_within_the_label(
    agent: str, mg: str, sites: int, expected: object
) -> None:
    assert answer("steroid-dose", of(steroid(mg, agent), sites=sites))[0] is expected


def test_an_unknown_steroid_dose_is_not_safe() -> None:
    session = of(product("triamcinolone", None, "1"))
    found = finding("steroid-dose", session)
    assert (found.answer, found.missing) == (CANNOT_TELL, ("planned.injections[0].volume_ml",))
    assert answer("steroid-dose", of(product())) == (CLEAR, None)


def test_the_fourth_session_in_12_months_warns() -> None:
    def session(count: int) -> object:
        history = tuple(past(steroid(), days_ago=100 + i, name=str(i)) for i in range(count))
        return of(steroid(), history=history)

    assert answer("steroid-12-months", session(2)) == (CLEAR, None)
    assert answer("steroid-12-months", session(3)) == (FIRES, Severity.WARNING)


def test_a_year_ago_to_the_day_is_out() -> None:
    history = tuple(past(steroid(), days_ago=365, name=str(i)) for i in range(3))
    assert history[0].on == date(2025, 11, 24)
    assert answer("steroid-12-months", of(steroid(), history=history)) == (CLEAR, None)
    later = tuple(past(steroid(), days_ago=364, name=str(i)) for i in range(3))
    assert answer("steroid-12-months", of(steroid(), history=later)) == (FIRES, Severity.WARNING)


def test_a_leap_day_looks_back_to_28_february() -> None:
    history = tuple(replace(past(steroid(), name=str(i)), on=date(2027, 3, 1)) for i in range(3))
    session = facts(
        row(), syringes=(syringe(steroid()),), on=date(2028, 2, 29), at=None, history=history
    )
    assert answer("steroid-12-months", session) == (FIRES, Severity.WARNING)


@pytest.mark.parametrize(("days", "expected"), [(83, FIRES), (84, CLEAR)])
def test_the_same_site_waits_12_weeks(days: int, expected: object) -> None:
    history = (past(steroid(), days_ago=days, rows=(row(),)),)
    assert answer("steroid-12-months", of(steroid(), history=history))[0] is expected


def test_the_other_side_is_another_site() -> None:
    history = (past(steroid(), days_ago=10, rows=(row(side=Side.LEFT),)),)
    assert answer("steroid-12-months", of(steroid(), history=history)) == (CLEAR, None)


def test_a_steroid_elsewhere_at_an_unknown_site_is_not_safe() -> None:
    history = (past(steroid(), days_ago=10),)
    assert answer("steroid-12-months", of(steroid(), history=history))[0] is CANNOT_TELL
    assert answer("steroid-12-months", of(product(), history=history)) == (CLEAR, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"insulin": True}, FIRES),
        ({"medications": (term("Insulin glargine"),)}, FIRES),
        ({"hba1c_percent": Decimal("7.1")}, FIRES),
        ({"hba1c_percent": Decimal(7)}, CLEAR),
        ({"conditions": (term("Type 2 diabetes"),)}, CLEAR),
        ({"conditions": (term("Type 2 diabetes"),), "hba1c_percent": None}, CANNOT_TELL),
        ({"conditions": (term("Diabetes"),), "insulin": None}, CLEAR),
        ({"conditions": (term("Diabetes"),), "insulin": None, "medications": None}, CANNOT_TELL),
        ({"medications": (term("Metformin"),), "hba1c_percent": None}, CANNOT_TELL),
        ({"medications": None}, CANNOT_TELL),
        (
            {
                "medications": None,
                "conditions": None,
                "denied": frozenset({"diabetes", "insulin", "antidiabetic"}),
            },
            CLEAR,
        ),
        ({"conditions": None}, CANNOT_TELL),
        ({"hba1c_percent": None, "insulin": None}, CLEAR),
    ],
)
def test_diabetes_is_asked_about_before_a_steroid(
    changes: dict[str, object], expected: object
) -> None:
    assert answer("steroid-diabetes", of(steroid(), who=patient(**changes)))[0] is expected
    assert answer("steroid-diabetes", of(product(), who=patient(**changes))) == (CLEAR, None)


@pytest.mark.parametrize(
    ("agent", "medications", "expected"),
    [
        ("triamcinolone", (term("Ritonavir 100 mg"),), (FIRES, Severity.CRITICAL)),
        ("dexamethasone", (term("Ritonavir"),), (FIRES, Severity.WARNING)),
        ("triamcinolone", (term("Itraconazole"),), (FIRES, Severity.WARNING)),
        ("triamcinolone", (term("Paracetamol"),), (CLEAR, None)),
        ("triamcinolone", None, (CANNOT_TELL, Severity.WARNING)),
        ("triamcinolone", (term("HIV medicines"),), (CANNOT_TELL, Severity.WARNING)),
        ("triamcinolone", (term("Paxlovid"),), (FIRES, Severity.CRITICAL)),
        ("lidocaine", None, (CLEAR, None)),
    ],
)
def test_what_slows_the_breakdown_of_a_steroid_is_caught(
    agent: str, medications: object, expected: tuple[object, object]
) -> None:
    session = of(steroid("10", agent), who=patient(medications=medications))
    assert answer("steroid-cyp3a4", session) == expected


def test_no_particles_beside_the_cervical_spine() -> None:
    for agent, expected in (("triamcinolone", FIRES), ("dexamethasone", CLEAR)):
        for muscle in ("multifidus_cervicis", "suboccipital_obliquus_inferior"):
            session = of(steroid("4", agent), muscle=muscle)
            assert answer("steroid-neuraxis", session)[0] is expected
    assert answer("steroid-neuraxis", of(steroid()))[0] is CLEAR


@pytest.mark.hazard("HAZ-012")
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ropivacaine", "dexamethasone", (FIRES, Severity.CRITICAL)),
        ("ropivacaine", "betamethasone", (FIRES, Severity.CRITICAL)),
        ("bupivacaine", "betamethasone", (FIRES, Severity.CRITICAL)),
        ("levobupivacaine", "betamethasone", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "triamcinolone", (CLEAR, None)),
        ("bupivacaine", "dexamethasone", (CLEAR, None)),
        ("lidocaine", "other", (CANNOT_TELL, Severity.WARNING)),
        ("unknown-local-anaesthetic", "betamethasone", (CANNOT_TELL, Severity.WARNING)),
        ("saline", "other", (CLEAR, None)),
        ("ropivacaine", "triamcinolone", (CLEAR, None)),
    ],
)
def test_what_crystallises_is_not_mixed(
    one: str, other: str, expected: tuple[object, object]
) -> None:
    session = facts(row(), syringes=(syringe(product(one, "5", "4"), product(other, "4", "1")),))
    assert answer("syringe-incompatible", session) == expected


@pytest.mark.hazard("HAZ-012")
def test_in_two_syringes_they_do_not_meet() -> None:
    session = facts(
        row(),
        row(syringe="B"),
        syringes=(
            syringe(product("ropivacaine", "5")),
            syringe(steroid("4", "dexamethasone"), name="B"),
        ),
    )
    assert answer("syringe-incompatible", session) == (CLEAR, None)


@pytest.mark.hazard("HAZ-012")
def test_only_the_rows_of_the_bad_mixture_are_named() -> None:
    bad = syringe(product("ropivacaine", "5", "4"), product("dexamethasone", "4", "1"), name="B")
    session = facts(row(), row(syringe="B"), syringes=(syringe(), bad))
    assert finding("syringe-incompatible", session).rows == (1,)


@pytest.mark.hazard("HAZ-012")
def test_an_unknown_product_alone_in_its_syringe_mixes_with_nothing() -> None:
    session = of(product("other", "5", "1"))
    assert answer("syringe-incompatible", session) == (CLEAR, None)
