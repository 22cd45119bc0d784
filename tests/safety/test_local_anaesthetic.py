"""Local anaesthetic: nobody is poisoned."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tautband.clinical.dosing import is_lifted
from tautband.clinical.findings import Severity
from tautband.clinical.terms import Sex
from tests.unit.clinical.build import (
    CANNOT_TELL,
    CLEAR,
    FIRES,
    NOW,
    TABLES,
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

pytestmark = pytest.mark.hazard("HAZ-003")


@pytest.mark.parametrize("weight", [None, 50_000, 70_000, 150_000])
def test_31_ml_of_lidocaine_1_percent_is_too_much_at_any_weight(weight: int | None) -> None:
    session = of(product(ml="31"), who=patient(weight_g=weight))
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("agent", "mg_per_ml", "ml", "expected"),
    [
        ("lidocaine", "10", "30.001", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "10", "30", (FIRES, Severity.WARNING)),
        ("lidocaine", "10", "24", (FIRES, Severity.WARNING)),
        ("lidocaine", "10", "23.999", (CLEAR, None)),
        ("bupivacaine", "2.5", "56", (FIRES, Severity.WARNING)),
        ("bupivacaine", "2.5", "56.001", (FIRES, Severity.CRITICAL)),
        ("ropivacaine", "2", "100", (FIRES, Severity.WARNING)),
        ("ropivacaine", "2", "100.001", (FIRES, Severity.CRITICAL)),
        ("mepivacaine", "10", "31.5", (FIRES, Severity.WARNING)),
        ("mepivacaine", "10", "31.501", (FIRES, Severity.CRITICAL)),
        ("procaine", "5", "98", (FIRES, Severity.WARNING)),
        ("procaine", "5", "98.001", (FIRES, Severity.CRITICAL)),
        ("chloroprocaine", "10", "77", (FIRES, Severity.WARNING)),
        ("chloroprocaine", "10", "77.001", (FIRES, Severity.CRITICAL)),
        ("prilocaine", "10", "56.001", (FIRES, Severity.CRITICAL)),
    ],
)
def test_each_agent_stops_just_above_its_limit_at_70_kg(
    agent: str, mg_per_ml: str, ml: str, expected: tuple[object, object]
) -> None:
    who = patient(weight_g=70_000) if agent != "lidocaine" else patient(weight_g=100_000)
    assert answer("la-load", of(product(agent, mg_per_ml, ml), who=who)) == expected


def test_a_limit_nobody_read_at_its_source_acts_only_as_a_warning() -> None:
    session = of(product("levobupivacaine", "5", "60"))
    assert answer("la-load", session) == (FIRES, Severity.WARNING)


def test_epinephrine_lifts_the_limit_of_lidocaine() -> None:
    with_it = of(product(ml="45", epinephrine="5"))
    assert answer("la-load", with_it) == (FIRES, Severity.WARNING)
    assert answer("la-load", of(product(ml="45"))) == (FIRES, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("epinephrine", "expected"), [("5", Severity.WARNING), ("4.999", Severity.CRITICAL)]
)
def test_the_weakest_labelled_epinephrine_lifts_and_a_weaker_one_does_not(
    epinephrine: str, expected: Severity
) -> None:
    session = of(product(ml="45", epinephrine=epinephrine))
    assert answer("la-load", session) == (FIRES, expected)


@pytest.mark.parametrize(
    ("saline", "expected"), [("45", Severity.WARNING), ("45.001", Severity.CRITICAL)]
)
def test_epinephrine_thinned_below_what_delays_anything_lifts_nothing(
    saline: str, expected: Severity
) -> None:
    total = str(Decimal(45) + Decimal(saline))
    mixed = syringe(product(ml="45", epinephrine="5"), product("saline", None, saline))
    assert answer("la-load", facts(row(ml=total), syringes=(mixed,))) == (FIRES, expected)


def test_epinephrine_in_a_mixture_of_unknown_volume_lifts_nothing() -> None:
    mixed = syringe(product(ml=None, epinephrine="5"), product("saline", None, "1"))
    assert not is_lifted(mixed.ingredients[0], mixed, TABLES)


def test_bupivacaine_three_quarter_percent_is_named_for_what_it_is() -> None:
    found = finding("la-strength", of(product("bupivacaine", "7.5", "1")))
    assert "no place in trigger points" in found.words
    other = finding("la-strength", of(product("bupivacaine", "6", "1")))
    assert "is not a strength" in other.words


@pytest.mark.parametrize("epinephrine", [None, "0", "2.5"])
def test_unknown_or_weak_epinephrine_lifts_nothing(epinephrine: str | None) -> None:
    session = of(product(ml="45", epinephrine=epinephrine))
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)


def test_epinephrine_does_not_lift_ropivacaine() -> None:
    session = of(product("ropivacaine", "5", "41", epinephrine="5"))
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)


def test_two_anaesthetics_add_up() -> None:
    session = facts(
        row(ml="20"),
        row(ml="30", syringe="B"),
        syringes=(
            syringe(product(ml="20")),
            syringe(product("bupivacaine", "2.5", "30"), name="B"),
        ),
    )
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)


def test_what_the_dentist_gave_today_counts_in_full() -> None:
    session = of(product(ml="16"), history=(past(product("bupivacaine", "25", "3"), hours_ago=2),))
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)
    assert answer("la-load", of(product(ml="16"))) == (CLEAR, None)


def test_yesterday_does_not_count_toward_todays_load() -> None:
    session = of(product(ml="20"), history=(past(product(ml="30"), days_ago=1),))
    assert answer("la-load", session) == (CLEAR, None)


def test_what_came_later_the_same_day_does_not_count() -> None:
    session = of(product(ml="20"), history=(past(product(ml="30"), hours_ago=-2),))
    assert answer("la-load", session) == (CLEAR, None)


def test_without_a_weight_there_is_no_plan() -> None:
    found = finding("la-load", of(product(), who=patient(weight_g=None)))
    assert (found.answer, found.severity) == (CANNOT_TELL, Severity.CRITICAL)
    assert found.stops
    assert "patient.weight_kg" in found.missing


def test_without_a_weight_even_near_the_limit_the_plan_stops() -> None:
    found = finding("la-load", of(product(ml="29"), who=patient(weight_g=None)))
    assert found.stops


def test_dry_needling_needs_no_weight() -> None:
    session = facts(row(syringe=None, ml=None), syringes=(), who=patient(weight_g=None))
    assert answer("la-load", session) == (CLEAR, None)
    assert answer("la-weight-basis", session) == (CLEAR, None)


def test_an_unknown_volume_is_not_safe() -> None:
    found = finding("la-load", facts(row(ml=None), syringes=(syringe(product(ml=None)),)))
    assert (found.answer, found.severity, found.stops) == (CANNOT_TELL, Severity.WARNING, False)
    assert found.missing == ("planned.injections[0].volume_ml",)


def test_an_unknown_amount_elsewhere_is_not_safe() -> None:
    session = of(product(), history=(past(product(ml=None)),))
    assert finding("la-load", session).missing == ("history.volume_ml",)


def test_an_unknown_amount_does_not_hide_that_the_limit_is_near() -> None:
    session = of(product(ml="25"), history=(past(product(ml=None)),))
    found = finding("la-load", session)
    assert (found.answer, found.severity) == (FIRES, Severity.WARNING)
    assert found.missing


@pytest.mark.parametrize("agent", ["other", "unknown-local-anaesthetic", "no-such-agent"])
def test_an_unknown_drug_is_not_safe(agent: str) -> None:
    found = finding("la-load", of(product(agent, "10", "5", epinephrine=None)))
    assert found.answer is CANNOT_TELL
    assert found.missing == ("planned.injections[0].agent",)


def test_a_row_whose_syringe_nobody_recorded_is_not_safe() -> None:
    assert answer("la-load", facts(row(syringe="lost")))[0] is CANNOT_TELL


def test_only_given_earlier_and_over_the_limit_still_fires() -> None:
    session = facts(
        row(syringe=None, ml=None), syringes=(), history=(past(product(ml="40"), hours_ago=1),)
    )
    found = finding("la-load", session)
    assert found.severity is Severity.CRITICAL
    assert "earlier" in found.words


def test_the_smaller_of_actual_and_dosing_weight_counts() -> None:
    who = patient(weight_g=120_000, dosing_weight_g=50_000)
    assert answer("la-load", of(product(ml="23"), who=who)) == (FIRES, Severity.CRITICAL)


def test_a_recorded_ceiling_lowers_the_limit_and_none_raises_it() -> None:
    assert answer("la-load", of(product(ml="16"), who=patient(ceiling_percent=50))) == (
        FIRES,
        Severity.CRITICAL,
    )
    assert answer("la-load", of(product(ml="31"), who=patient(ceiling_percent=500))) == (
        FIRES,
        Severity.CRITICAL,
    )


def test_a_ceiling_of_nothing_permits_nothing() -> None:
    who = patient(ceiling_percent=0)
    assert answer("la-load", of(product(ml="1"), who=who)) == (FIRES, Severity.CRITICAL)
    assert answer("la-load", of(product(mg_per_ml="0"), who=who)) == (CLEAR, None)


@pytest.mark.parametrize(
    ("ml", "expected"), [("30.001", FIRES), ("30", CLEAR)], ids=["above", "at"]
)
def test_bupivacaine_has_a_limit_for_24_hours(ml: str, expected: object) -> None:
    session = of(
        product("bupivacaine", "5", "20"),
        history=(past(product("bupivacaine", "10", ml), hours_ago=23),),
    )
    assert answer("la-24h", session)[0] is expected


def test_exactly_24_hours_ago_is_out_of_the_window() -> None:
    bupivacaine = product("bupivacaine", "10", "35")
    inside = of(product("bupivacaine", "5", "20"), history=(past(bupivacaine, hours_ago=23),))
    outside = of(product("bupivacaine", "5", "20"), history=(past(bupivacaine, hours_ago=24),))
    assert answer("la-24h", inside) == (FIRES, Severity.CRITICAL)
    assert answer("la-24h", outside) == (CLEAR, None)


def test_two_days_ago_is_out_of_the_window() -> None:
    history = (past(product("bupivacaine", "10", "40"), days_ago=2),)
    assert answer("la-24h", of(product("bupivacaine", "5", "20"), history=history)) == (CLEAR, None)


def test_yesterday_at_an_unknown_time_may_still_count() -> None:
    history = (past(product("bupivacaine", "10", "35"), days_ago=1),)
    assert (
        answer("la-24h", of(product("bupivacaine", "5", "20"), history=history))[0] is CANNOT_TELL
    )
    small = (past(product("bupivacaine", "10", "1"), days_ago=1),)
    assert answer("la-24h", of(product("bupivacaine", "5", "20"), history=small))[0] is CLEAR


@pytest.mark.parametrize("agent", ["bupivacaine", "other", "unknown-local-anaesthetic"])
def test_an_unknown_amount_in_24_hours_is_not_safe(agent: str) -> None:
    for days in (0, 1):
        history = (past(product(agent, "10", None), days_ago=days),)
        session = of(product("bupivacaine", "5", "20"), history=history)
        assert answer("la-24h", session)[0] is CANNOT_TELL


def test_lidocaine_has_no_limit_for_24_hours() -> None:
    session = of(product(ml="20"), history=(past(product(ml="100"), hours_ago=20),))
    assert answer("la-24h", session) == (CLEAR, None)


def test_levobupivacaine_only_warns_for_24_hours() -> None:
    session = of(
        product("levobupivacaine", "5", "20"),
        history=(past(product("levobupivacaine", "10", "40"), hours_ago=2),),
    )
    assert answer("la-24h", session) == (FIRES, Severity.WARNING)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (patient(weight_g=None), (FIRES, Severity.WARNING)),
        (patient(weight_g=39_999), (FIRES, Severity.WARNING)),
        (patient(weight_g=40_000, height_mm=1500), (CLEAR, None)),
        (patient(height_mm=None), (CANNOT_TELL, Severity.INFO)),
        (patient(height_mm=0), (CANNOT_TELL, Severity.INFO)),
        (patient(weight_g=76_800, height_mm=1600), (CLEAR, None)),
        (patient(weight_g=76_801, height_mm=1600), (FIRES, Severity.WARNING)),
        (patient(weight_g=96_000, height_mm=1600, dosing_weight_g=60_000), (CLEAR, None)),
        (patient(weight_g=None, dosing_weight_g=60_000), (FIRES, Severity.WARNING)),
    ],
)
def test_the_weight_a_dose_is_reckoned_on_is_questioned(
    who: object, expected: tuple[object, object]
) -> None:
    assert answer("la-weight-basis", of(product(), who=who)) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (patient(), CLEAR),
        (patient(age_years=70), CLEAR),
        (patient(age_years=71), FIRES),
        (patient(age_years=71, ceiling_percent=80), CLEAR),
        (patient(age_years=None), CANNOT_TELL),
        (patient(conditions=None), CANNOT_TELL),
        (patient(conditions=(term("Liver cirrhosis"),)), FIRES),
        (patient(conditions=(term("Congestive heart failure"),)), FIRES),
        (patient(conditions=(term("Flat feet"),)), CLEAR),
        (patient(conditions=(term(code="1", system="x"),)), CANNOT_TELL),
        (patient(egfr=29), FIRES),
        (patient(egfr=30), CLEAR),
        (patient(pregnant=True), CANNOT_TELL),
        (patient(pregnant=None), CANNOT_TELL),
        (patient(pregnant=None, sex=Sex.MALE), CLEAR),
        (patient(unsure=frozenset({"heart"})), CANNOT_TELL),
        (patient(pregnant=True, gestation_weeks=27), CLEAR),
        (patient(pregnant=True, gestation_weeks=28), FIRES),
    ],
)
def test_who_tolerates_less_needs_a_ceiling(who: object, expected: object) -> None:
    assert answer("la-reduced-ceiling", of(product(), who=who))[0] is expected


def test_a_ceiling_is_not_asked_for_without_local_anaesthetic() -> None:
    session = of(product("saline", None, "5"), who=patient(age_years=90))
    assert answer("la-reduced-ceiling", session)[0] is CLEAR


@pytest.mark.hazard("HAZ-016")
@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (17, (FIRES, Severity.CRITICAL)),
        (18, (CLEAR, None)),
        (None, (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_children_are_not_injected(age: int | None, expected: tuple[object, object]) -> None:
    assert answer("la-child", of(product(), who=patient(age_years=age))) == expected


@pytest.mark.parametrize(
    ("agent", "mg_per_ml", "expected"),
    [
        ("lidocaine", "10", (CLEAR, None)),
        ("lidocaine", "2.5", (CLEAR, None)),
        ("lidocaine", "100", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "990", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "99.999", (FIRES, Severity.WARNING)),
        ("lidocaine", "1", (FIRES, Severity.WARNING)),
        ("lidocaine", "0.5", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "0", (FIRES, Severity.CRITICAL)),
        ("bupivacaine", "7.5", (FIRES, Severity.WARNING)),
        ("triamcinolone", "400", (FIRES, Severity.CRITICAL)),
        ("lidocaine", None, (CANNOT_TELL, Severity.WARNING)),
        ("saline", None, (CLEAR, None)),
        ("no-such-agent", "3", (CLEAR, None)),
    ],
)
def test_a_strength_nobody_sells_is_questioned(
    agent: str, mg_per_ml: str | None, expected: tuple[object, object]
) -> None:
    assert answer("la-strength", of(product(agent, mg_per_ml, "1"))) == expected


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("50", (CLEAR, None)),
        ("52.5", (CLEAR, None)),
        ("52.51", (FIRES, Severity.WARNING)),
        ("249.99", (FIRES, Severity.WARNING)),
        ("250", (FIRES, Severity.CRITICAL)),
        ("5", (FIRES, Severity.CRITICAL)),
    ],
)
def test_units_that_do_not_fit_their_volume_are_a_slip(
    units: str, expected: tuple[object, object]
) -> None:
    vial = product("onabotulinumtoxin_a", None, "2", units="100")
    session = facts(row(ml="1", units=units), syringes=(syringe(vial),))
    assert answer("la-strength", session) == expected


@pytest.mark.parametrize(
    ("agent", "units", "ml", "expected"),
    [
        ("onabotulinumtoxin_a", "100", "1", (CLEAR, None)),
        ("onabotulinumtoxin_a", "100", "10", (CLEAR, None)),
        ("onabotulinumtoxin_a", "100", "0.99", (FIRES, Severity.WARNING)),
        ("onabotulinumtoxin_a", "100", "10.1", (FIRES, Severity.WARNING)),
        ("onabotulinumtoxin_a", "1000", "2", (FIRES, Severity.CRITICAL)),
        ("onabotulinumtoxin_a", "100", "50", (FIRES, Severity.CRITICAL)),
        ("abobotulinumtoxin_a", "500", "1", (CLEAR, None)),
        ("abobotulinumtoxin_a", "500", "5.1", (FIRES, Severity.WARNING)),
        ("incobotulinumtoxin_a", "100", "40", (CLEAR, None)),
        ("onabotulinumtoxin_a", None, "2", (CANNOT_TELL, Severity.WARNING)),
        ("onabotulinumtoxin_a", "100", None, (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_a_toxin_made_up_as_no_label_does_is_questioned(
    agent: str, units: str | None, ml: str | None, expected: tuple[object, object]
) -> None:
    session = facts(row(ml="0.1"), syringes=(syringe(toxin(units, agent, ml)),))
    assert answer("la-strength", session) == expected


def test_a_toxin_thinned_with_more_saline_is_weaker_than_its_vial() -> None:
    mixed = syringe(toxin("100", ml="8"), product("saline", None, "4"))
    assert answer("la-strength", facts(row(), syringes=(mixed,))) == (FIRES, Severity.WARNING)


def test_the_worst_strength_speaks_for_all_rows() -> None:
    session = facts(
        row(),
        row(syringe="B"),
        syringes=(syringe(product(mg_per_ml="7")), syringe(product(mg_per_ml="200"), name="B")),
    )
    found = finding("la-strength", session)
    assert found.severity is Severity.CRITICAL
    assert found.rows == (0, 1)


@pytest.mark.hazard("HAZ-013")
@pytest.mark.parametrize(
    ("ml", "ug_per_ml", "conditions", "expected"),
    [
        ("100.001", "5", (), (FIRES, Severity.CRITICAL)),
        ("100", "5", (), (FIRES, Severity.WARNING)),
        ("40.001", "5", (), (FIRES, Severity.WARNING)),
        ("40", "5", (), (CLEAR, None)),
        ("8.001", "5", (term("Angina"),), (FIRES, Severity.WARNING)),
        ("8", "5", (term("Angina"),), (CLEAR, None)),
        ("8", "5", None, (CLEAR, None)),
        ("8.001", "5", None, (CANNOT_TELL, Severity.INFO)),
        ("2", None, (term("Angina"),), (CLEAR, None)),
        ("3", None, (term("Angina"),), (CANNOT_TELL, Severity.INFO)),
        ("10", None, (), (CLEAR, None)),
        ("11", None, (), (CANNOT_TELL, Severity.INFO)),
    ],
)
def test_epinephrine_stays_within_what_a_heart_takes(
    ml: str, ug_per_ml: str | None, conditions: object, expected: tuple[object, object]
) -> None:
    session = of(product(ml=ml, epinephrine=ug_per_ml), who=patient(conditions=conditions))
    assert answer("epinephrine-total", session) == expected


@pytest.mark.hazard("HAZ-013")
def test_unknown_epinephrine_elsewhere_is_not_safe() -> None:
    history = (past(product(ml="1", epinephrine=None)),)
    found = finding("epinephrine-total", of(product("saline", None, "1"), history=history))
    assert (found.answer, found.missing) == (CANNOT_TELL, ("history",))


def test_a_sitting_without_a_time_today_counts() -> None:
    session = of(product(ml="16"), history=(past(product(ml="16")),))
    assert answer("la-load", session) == (FIRES, Severity.CRITICAL)


def test_midnight_parts_two_days() -> None:
    before = past(product(ml="30"), hours_ago=12)
    assert before.on == date(2026, 11, 23)
    assert before.at == NOW - timedelta(hours=12)
    assert answer("la-load", of(product(ml="20"), history=(before,))) == (CLEAR, None)


def test_exactly_the_limit_is_close_and_not_too_much() -> None:
    found = finding("la-load", of(product(ml="30")))
    assert found.words.startswith("Close to the limit")


def test_a_limit_passed_only_by_an_unread_number_warns() -> None:
    session = facts(
        row(ml="30"),
        row(ml="1", syringe="B"),
        syringes=(syringe(product(ml="30")), syringe(product("levobupivacaine"), name="B")),
    )
    found = finding("la-load", session)
    assert found.severity is Severity.WARNING
    assert found.words.startswith("Too much")


def test_an_unknown_amount_at_the_warning_level_warns() -> None:
    session = of(product(ml="24"), history=(past(product(ml=None)),))
    assert answer("la-load", session) == (FIRES, Severity.WARNING)
