"""Botulinum toxin: not too soon, not too much, never two products."""

from datetime import timedelta

import pytest

from tautband.clinical.facts import Sitting
from tautband.clinical.findings import Severity
from tautband.clinical.terms import Sex, Side
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
    toxin,
)

pytestmark = pytest.mark.hazard("HAZ-006")
ABO, INCO, UNNAMED = "abobotulinumtoxin_a", "incobotulinumtoxin_a", "unknown-botulinum-toxin"


@pytest.mark.parametrize("days", [0, 1, 83])
def test_any_product_within_84_days_stops(days: int) -> None:
    for agent in ("onabotulinumtoxin_a", ABO, UNNAMED):
        session = of(toxin(), history=(past(toxin(agent=agent), days_ago=days),))
        assert answer("bont-interval", session) == (FIRES, Severity.CRITICAL)


def test_exactly_84_days_is_long_enough_and_no_longer_counted() -> None:
    session = of(toxin("400"), history=(past(toxin("400"), days_ago=84),))
    assert answer("bont-interval", session) == (CLEAR, None)
    assert answer("bont-total", session) == (CLEAR, None)


def test_83_days_counts_toward_the_total() -> None:
    session = of(toxin("100"), history=(past(toxin("301"), days_ago=83),))
    assert answer("bont-total", session) == (FIRES, Severity.CRITICAL)


def test_the_latest_sitting_sets_the_interval_and_the_words_say_when() -> None:
    history = (past(toxin(), days_ago=77, name="b"), past(toxin(), days_ago=200, name="a"))
    assert "Not before 1 Dec 2026" in finding("bont-interval", of(toxin(), history=history)).words


def test_a_date_given_as_about_is_not_trusted_near_the_limit() -> None:
    def session(days: int) -> object:
        return of(toxin(), history=(past(toxin(), days_ago=days, on_is_about=True),))

    assert answer("bont-interval", session(83))[0] is FIRES
    assert answer("bont-interval", session(84)) == (CANNOT_TELL, Severity.WARNING)
    assert answer("bont-interval", session(113))[0] is CANNOT_TELL
    assert answer("bont-interval", session(114))[0] is CLEAR


def test_a_sitting_in_the_future_is_not_the_past() -> None:
    later = past(toxin(), days_ago=-3)
    assert answer("bont-interval", of(toxin(), history=(later,))) == (CLEAR, None)


def test_no_toxin_planned_no_interval() -> None:
    assert answer("bont-interval", of(product(), history=(past(toxin()),))) == (CLEAR, None)


@pytest.mark.parametrize(
    ("agent", "units", "expected"),
    [
        ("onabotulinumtoxin_a", "400", (CLEAR, None)),
        ("onabotulinumtoxin_a", "400.01", (FIRES, Severity.CRITICAL)),
        (INCO, "400", (CLEAR, None)),
        (INCO, "400.01", (FIRES, Severity.CRITICAL)),
        (ABO, "1500", (CLEAR, None)),
        (ABO, "1500.01", (FIRES, Severity.CRITICAL)),
        (UNNAMED, "1", (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_each_product_has_its_own_total(
    agent: str, units: str, expected: tuple[object, object]
) -> None:
    assert answer("bont-total", of(toxin(units, agent))) == expected


def test_units_of_two_products_are_never_added() -> None:
    session = of(toxin("300"), history=(past(toxin("1000", ABO), days_ago=40),))
    assert answer("bont-total", session) == (CLEAR, None)


def test_only_the_rows_of_the_product_are_named() -> None:
    session = facts(
        row(ml="2", syringe="B"),
        row(ml="2"),
        syringes=(syringe(toxin("401")), syringe(toxin("50", INCO), name="B")),
    )
    assert finding("bont-total", session).rows == (1,)


def test_much_dysport_in_the_neck_warns() -> None:
    def session(units: str) -> object:
        return of(toxin(units, ABO), muscle="trapezius_upper")

    assert answer("bont-total", session("1000")) == (CLEAR, None)
    assert answer("bont-total", session("1000.01")) == (FIRES, Severity.WARNING)
    assert answer("bont-total", session("1600")) == (FIRES, Severity.CRITICAL)


def test_given_earlier_the_same_day_is_the_same_session() -> None:
    session = of(toxin("200", INCO), history=(past(toxin("201", INCO)),))
    assert answer("bont-total", session) == (FIRES, Severity.CRITICAL)


def test_unknown_units_are_not_safe() -> None:
    history = (past(toxin(None), days_ago=30),)
    found = finding("bont-total", of(toxin(), history=history))
    assert (found.answer, found.missing) == (CANNOT_TELL, ("history.units",))
    mine = facts(row(ml=None), syringes=(syringe(toxin(None)),))
    assert finding("bont-total", mine).missing == ("planned.injections[0].units",)
    assert answer("bont-per-site", mine)[0] is CANNOT_TELL


def test_an_unnamed_product_in_the_window_is_not_safe() -> None:
    session = of(toxin(), history=(past(toxin("50", UNNAMED), days_ago=30),))
    assert answer("bont-total", session)[0] is CANNOT_TELL


def test_a_known_overdose_fires_whatever_else_is_unknown() -> None:
    history = (past(toxin("350"), days_ago=30), past(toxin(None), days_ago=20, name="x"))
    assert answer("bont-total", of(toxin(), history=history)) == (FIRES, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("agent", "units", "sites", "expected"),
    [
        ("onabotulinumtoxin_a", "50", 1, CLEAR),
        ("onabotulinumtoxin_a", "50.01", 1, FIRES),
        ("onabotulinumtoxin_a", "100", 2, CLEAR),
        ("onabotulinumtoxin_a", "50", 0, CLEAR),
        (ABO, "500", 1, CLEAR),
        (ABO, "501", 1, FIRES),
        (INCO, "400", 1, CLEAR),
    ],
)
def test_a_single_site_takes_so_much(agent: str, units: str, sites: int, expected: object) -> None:
    assert answer("bont-per-site", of(toxin(units, agent), sites=sites))[0] is expected


def test_two_products_in_one_session_stop() -> None:
    two = facts(
        row(), row(syringe="B"), syringes=(syringe(toxin()), syringe(toxin(agent=ABO), name="B"))
    )
    assert answer("bont-mixed-products", two) == (FIRES, Severity.CRITICAL)
    today = of(toxin(), history=(past(toxin(agent=ABO)),))
    assert answer("bont-mixed-products", today) == (FIRES, Severity.CRITICAL)
    assert answer("bont-mixed-products", of(toxin())) == (CLEAR, None)


def test_an_unnamed_product_may_be_another() -> None:
    session = of(toxin(), history=(past(toxin(agent=UNNAMED)),))
    assert answer("bont-mixed-products", session)[0] is CANNOT_TELL


def test_the_sternocleidomastoid_takes_100_units() -> None:
    def session(units: str | None, agent: str = "onabotulinumtoxin_a") -> object:
        vial = toxin(units, agent)
        return facts(
            row("sternocleidomastoid_sternal", Side.LEFT, ml="1"),
            row("sternocleidomastoid_clavicular", ml="1"),
            syringes=(syringe(vial),),
        )

    assert answer("bont-scm", session("100"))[0] is CLEAR
    assert answer("bont-scm", session("100.1")) == (FIRES, Severity.WARNING)
    assert answer("bont-scm", session("500", ABO))[0] is CLEAR
    assert answer("bont-scm", session(None))[0] is CANNOT_TELL


@pytest.mark.parametrize(
    ("rule", "changes", "agent", "expected"),
    [
        ("bont-milk-allergy", {"allergies": (term("Cow's milk"),)}, ABO, Severity.CRITICAL),
        (
            "bont-neuromuscular",
            {"conditions": (term("Myasthenia gravis"),)},
            INCO,
            Severity.CRITICAL,
        ),
        (
            "bont-aminoglycoside",
            {"medications": (term("Gentamicin 80 mg"),)},
            INCO,
            Severity.WARNING,
        ),
        ("pregnancy-bont", {"pregnant": True}, INCO, Severity.WARNING),
        ("pregnancy-bont", {"breastfeeding": True}, INCO, Severity.WARNING),
    ],
)
def test_who_should_not_have_botulinum_toxin(
    rule: str, changes: dict[str, object], agent: str, expected: Severity
) -> None:
    session = of(toxin(agent=agent), who=patient(**changes))
    assert answer(rule, session) == (FIRES, expected)
    assert answer(rule, of(product(), who=patient(**changes))) == (CLEAR, None)
    assert answer(rule, of(toxin(agent=agent))) == (CLEAR, None)


def test_milk_matters_only_to_the_product_that_holds_it() -> None:
    who = patient(allergies=(term("حليب البقر"),))
    assert answer("bont-milk-allergy", of(toxin(), who=who)) == (CLEAR, None)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("bont-milk-allergy", {"allergies": None}),
        ("bont-neuromuscular", {"conditions": None}),
        ("bont-aminoglycoside", {"medications": (term(code="9", system="RxNorm"),)}),
        ("pregnancy-bont", {"pregnant": None}),
        ("pregnancy-bont", {"breastfeeding": None}),
    ],
)
def test_what_nobody_asked_is_not_safe(rule: str, changes: dict[str, object]) -> None:
    assert answer(rule, of(toxin(agent=ABO), who=patient(**changes)))[0] is CANNOT_TELL


def test_a_man_is_not_asked_about_pregnancy() -> None:
    who = patient(sex=Sex.MALE, pregnant=None, breastfeeding=None)
    assert answer("pregnancy-bont", of(toxin(), who=who)) == (CLEAR, None)


def test_leap_days_are_days() -> None:
    session = of(toxin(), history=(past(toxin(), days_ago=0),))
    moved = Sitting(
        id="leap",
        on=session.planned.on.replace(year=2028, month=2, day=1),
        given_elsewhere=True,
        syringes=(syringe(toxin()),),
    )
    later = moved.on + timedelta(days=84)
    assert later.isoformat() == "2028-04-25"
    for days, expected in ((83, FIRES), (84, CLEAR)):
        planned = facts(
            row(),
            syringes=(syringe(toxin()),),
            history=(moved,),
            on=moved.on + timedelta(days=days),
        )
        assert answer("bont-interval", planned)[0] is expected
