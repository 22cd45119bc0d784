"""What was given before, here or elsewhere: it counts, and not knowing it is not "nothing"."""

from datetime import timedelta

import pytest

from tautband.clinical import check_session
from tautband.clinical.findings import Severity
from tautband.clinical.terms import AgentKind, Side
from tests.unit.clinical.build import (
    CANNOT_TELL,
    CLEAR,
    FIRES,
    NOW,
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

LA, STEROID, TOXIN = (
    AgentKind.LOCAL_ANAESTHETIC,
    AgentKind.CORTICOSTEROID,
    AgentKind.BOTULINUM_TOXIN,
)
UNNAMED_TOXIN = "unknown-botulinum-toxin"


def unsure(*kinds: AgentKind) -> object:
    return patient(unsure=frozenset(kinds))


@pytest.mark.hazard("HAZ-003")
def test_who_cannot_say_what_they_had_today_is_asked_again() -> None:
    for session in (
        of(product(), who=unsure(LA)),
        facts(row(ml="5"), history=None),
    ):
        found = finding("la-load", session)
        assert (found.answer, found.severity) == (CANNOT_TELL, Severity.WARNING)
        assert "elsewhere today" in found.words
        assert answer("epinephrine-total", session) == (CANNOT_TELL, Severity.INFO)


@pytest.mark.hazard("HAZ-003")
def test_the_limit_may_be_near_when_something_is_not_known() -> None:
    found = finding("la-load", of(product(ml="25"), who=unsure(LA)))
    assert found.answer is FIRES
    assert "may be more" in found.words


@pytest.mark.hazard("HAZ-003")
def test_a_dry_needle_is_not_stopped_by_what_somebody_else_gave() -> None:
    session = facts(
        row(syringe=None, ml=None),
        syringes=(),
        who=patient(weight_g=None),
        history=(past(product(ml="2"), hours_ago=1),),
    )
    found = finding("la-load", session)
    assert (found.answer, found.severity, found.stops) == (CANNOT_TELL, Severity.INFO, False)
    assert "weight" in found.words


@pytest.mark.hazard("HAZ-003")
def test_without_weight_and_amount_the_missing_weight_still_stops() -> None:
    session = facts(row(ml=None), syringes=(syringe(product(ml=None)),), who=patient(weight_g=None))
    found = finding("la-load", session)
    assert found.stops
    assert set(found.missing) == {"patient.weight_kg", "planned.injections[0].volume_ml"}


@pytest.mark.hazard("HAZ-003")
def test_the_words_name_what_was_planned_and_what_was_given_earlier() -> None:
    session = of(
        product(ml="28"),
        who=patient(weight_g=58_000),
        history=(past(product("bupivacaine", "25", "1"), hours_ago=2),),
    )
    words = finding("la-load", session).words.replace("\u00a0", " ")
    assert "Planned: 280 mg lidocaine at 58 kg." in words
    assert "Given earlier today: 25 mg bupivacaine." in words


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(("days_ago", "expected"), [(0, FIRES), (1, CANNOT_TELL), (2, CLEAR)])
def test_an_anaesthetic_told_as_about_yesterday_may_be_todays(
    days_ago: int, expected: object
) -> None:
    history = (past(product(ml="30"), days_ago=days_ago, on_is_about=True),)
    assert answer("la-load", of(product(ml="20"), history=history))[0] is expected


@pytest.mark.hazard("HAZ-003")
def test_where_a_time_is_told_only_the_time_is_about() -> None:
    yesterday = past(product(ml="30"), hours_ago=20, on_is_about=True)
    assert answer("la-load", of(product(ml="20"), history=(yesterday,))) == (CLEAR, None)


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(("hours", "expected"), [(20, CANNOT_TELL), (30, CANNOT_TELL), (70, CLEAR)])
def test_a_time_told_as_about_may_lie_within_24_hours(hours: int, expected: object) -> None:
    history = (past(product("bupivacaine", "10", "35"), hours_ago=hours, on_is_about=True),)
    session = of(product("bupivacaine", "5", "20"), history=history)
    assert answer("la-24h", session)[0] is expected


@pytest.mark.hazard("HAZ-003")
def test_an_anaesthetic_nobody_can_name_has_a_limit_nobody_knows() -> None:
    session = of(product("unknown-local-anaesthetic", "5", "1"))
    found = finding("la-24h", session)
    assert (found.answer, found.rows) == (CANNOT_TELL, (0,))
    assert answer("la-24h", of(product("bupivacaine", "5", "1"), who=unsure(LA)))[0] is CANNOT_TELL
    assert answer("la-24h", of(product(), who=unsure(LA))) == (CLEAR, None)


@pytest.mark.hazard("HAZ-003")
def test_the_worst_of_two_totals_in_24_hours_speaks() -> None:
    both = (
        past(product("levobupivacaine", "10", "50"), hours_ago=2, name="a"),
        past(product("bupivacaine", "10", "50"), hours_ago=2, name="b"),
    )
    session = facts(
        row(),
        row(syringe="B"),
        syringes=(
            syringe(product("levobupivacaine", "5", "1")),
            syringe(product("bupivacaine", "5", "1"), name="B"),
        ),
        history=both,
    )
    found = finding("la-24h", session)
    assert found.severity is Severity.CRITICAL
    assert "Too much bupivacaine" in found.words


@pytest.mark.hazard("HAZ-013")
def test_epinephrine_that_may_have_been_today_is_counted_with_the_worst() -> None:
    history = (past(product(ml="60", epinephrine="5"), days_ago=1, on_is_about=True),)
    found = finding("epinephrine-total", of(product(ml="1"), history=history))
    assert (found.answer, found.missing) == (CANNOT_TELL, ("history",))


@pytest.mark.hazard("HAZ-013")
def test_heart_disease_is_named_before_the_higher_level() -> None:
    session = of(product(ml="41", epinephrine="5"), who=patient(conditions=(term("Angina"),)))
    assert "heart disease" in finding("epinephrine-total", session).words


@pytest.mark.hazard("HAZ-006")
def test_who_cannot_say_about_botulinum_toxin_is_not_cleared() -> None:
    session = of(toxin(), who=unsure(TOXIN))
    for rule in ("bont-interval", "bont-total", "bont-mixed-products"):
        assert answer(rule, session) == (CANNOT_TELL, Severity.WARNING), rule
    assert "wrinkles" in finding("bont-interval", session).words
    assert answer("bont-interval", of(product(), who=unsure(TOXIN))) == (CLEAR, None)


@pytest.mark.hazard("HAZ-006")
def test_a_drug_of_no_table_may_have_been_another_botulinum_toxin() -> None:
    def session(days: int) -> object:
        return of(toxin(), history=(past(product("other", None, "1"), days_ago=days),))

    found = finding("bont-interval", session(83))
    assert found.answer is CANNOT_TELL
    assert "not before 25 Nov 2026" in found.words
    assert answer("bont-interval", session(84)) == (CLEAR, None)


@pytest.mark.hazard("HAZ-006")
def test_earlier_today_is_said_in_words() -> None:
    assert "earlier today" in finding("bont-interval", of(toxin(), history=(past(toxin()),))).words
    assert (
        "1 day ago"
        in finding("bont-interval", of(toxin(), history=(past(toxin(), days_ago=1),))).words
    )


@pytest.mark.hazard("HAZ-006")
def test_units_of_a_vague_date_may_belong_to_the_84_days() -> None:
    def session(units: str | None, days: int) -> object:
        history = (past(toxin(units), days_ago=days, on_is_about=True),)
        return of(toxin("300"), history=history)

    assert answer("bont-total", session("100", 100)) == (CLEAR, None)
    assert answer("bont-total", session("100.01", 100))[0] is CANNOT_TELL
    assert answer("bont-total", session(None, 100))[0] is CANNOT_TELL
    assert answer("bont-total", session("400", 114)) == (CLEAR, None)


@pytest.mark.hazard("HAZ-006")
def test_a_product_without_a_name_has_no_limit_anybody_knows() -> None:
    session = of(toxin("1", UNNAMED_TOXIN), muscle="sternocleidomastoid_sternal")
    for rule in ("bont-total", "bont-per-site", "bont-scm", "bont-mixed-products", "la-strength"):
        assert answer(rule, session)[0] is CANNOT_TELL, rule
    milk = patient(allergies=(term("milk"),))
    assert answer("bont-milk-allergy", of(toxin("1", UNNAMED_TOXIN), who=milk))[0] is FIRES


@pytest.mark.hazard("HAZ-006")
def test_the_sternocleidomastoid_counts_what_it_had_earlier_today() -> None:
    where = row("sternocleidomastoid_sternal", ml=None, units="60")
    session = facts(
        where, syringes=(syringe(toxin("100")),), history=(past(toxin("100"), rows=(where,)),)
    )
    assert answer("bont-scm", session) == (FIRES, Severity.WARNING)
    elsewhere = of(toxin("50"), history=(past(toxin("100")),))
    assert finding("bont-scm", elsewhere).missing == ("history",)


@pytest.mark.hazard("HAZ-007")
def test_a_steroid_elsewhere_that_nobody_could_tell_of_is_not_none() -> None:
    session = of(product("triamcinolone", "20", "1"), who=unsure(STEROID))
    assert answer("steroid-12-months", session) == (CANNOT_TELL, Severity.WARNING)


@pytest.mark.hazard("HAZ-007")
def test_a_vague_date_may_lie_within_the_12_months() -> None:
    def session(days: int) -> object:
        vague = tuple(
            past(product("triamcinolone", "20", "1"), days_ago=days, on_is_about=True, name=str(i))
            for i in range(3)
        )
        return of(product("triamcinolone", "20", "1"), history=vague)

    assert answer("steroid-12-months", session(364))[0] is FIRES
    assert answer("steroid-12-months", session(365))[0] is CANNOT_TELL
    assert answer("steroid-12-months", session(394))[0] is CANNOT_TELL
    assert answer("steroid-12-months", session(395))[0] is CLEAR


@pytest.mark.hazard("HAZ-007")
@pytest.mark.parametrize(
    ("days", "expected"), [(83, FIRES), (84, CANNOT_TELL), (113, CANNOT_TELL), (114, CLEAR)]
)
def test_a_vague_date_at_the_same_site_is_not_trusted_near_the_limit(
    days: int, expected: object
) -> None:
    history = (
        past(product("triamcinolone", "20", "1"), days_ago=days, on_is_about=True, rows=(row(),)),
    )
    session = of(product("triamcinolone", "20", "1"), history=history)
    assert answer("steroid-12-months", session)[0] is expected


@pytest.mark.hazard("HAZ-007")
@pytest.mark.parametrize(
    ("planned", "before", "expected"),
    [
        (row(), row(side=None), CANNOT_TELL),
        (row(side=None), row(), CANNOT_TELL),
        (row(muscle=None), row(), CANNOT_TELL),
        (row(), row("soleus", None), CLEAR),
        (row(), row(side=Side.LEFT), CLEAR),
    ],
)
def test_an_unknown_side_or_muscle_may_be_the_same_site(
    planned: object, before: object, expected: object
) -> None:
    steroid = product("triamcinolone", "20", "1")
    session = facts(
        planned,
        syringes=(syringe(steroid),),
        history=(past(steroid, days_ago=10, rows=(before,)),),
    )
    assert answer("steroid-12-months", session)[0] is expected


@pytest.mark.hazard("HAZ-007")
def test_a_steroid_earlier_today_counts_toward_the_session() -> None:
    def session(mg: str | None) -> object:
        today = past(product("triamcinolone", mg, "1"), rows=(row("soleus"),))
        return of(product("triamcinolone", "40", "1"), history=(today,))

    assert answer("steroid-dose", session("40")) == (CLEAR, None)
    assert answer("steroid-dose", session("40.001")) == (FIRES, Severity.WARNING)
    assert finding("steroid-dose", session(None)).missing == ("history",)


@pytest.mark.hazard("HAZ-004")
@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (row("rhomboid_major", None), CANNOT_TELL),
        (row("rhomboid_major", Side.LEFT, needle=None), CANNOT_TELL),
        (row(None, None, needle="25"), CANNOT_TELL),
        (row(None, None, needle=None), CLEAR),
        (row("sternalis", Side.MIDLINE), CLEAR),
    ],
)
def test_an_unknown_side_or_needle_earlier_today_may_be_the_other_lung(
    earlier: object, expected: object
) -> None:
    session = facts(
        row("trapezius_upper", Side.RIGHT), history=(past(product(), hours_ago=2, rows=(earlier,)),)
    )
    assert answer("pleura-both-sides", session)[0] is expected


def test_the_ledger_does_not_say_that_it_may_be_given_while_nobody_knows() -> None:
    for session in (
        of(toxin(), who=unsure(TOXIN)),
        of(toxin(), history=(past(toxin(), days_ago=90, on_is_about=True),)),
    ):
        assert check_session(session).ledger[1].left == "ask when the last one was"
    vague = of(toxin(), history=(past(toxin(), days_ago=90, on_is_about=True),))
    assert "last on about 26 Aug 2026" in check_session(vague).ledger[1].detail
    unknown = check_session(of(product(), who=unsure(STEROID))).ledger[2]
    assert unknown.detail.endswith("elsewhere unknown")


def test_a_session_limit_shows_only_what_is_given_today() -> None:
    abo = "abobotulinumtoxin_a"
    session = of(toxin("300", abo), history=(past(toxin("1500", abo), days_ago=40),))
    assert check_session(session).ledger[1].detail == (
        "Day 40 of 84 · 300 of 1500 units abobotulinumtoxinA · 1500 units abobotulinumtoxinA before"
    )
    unnamed = check_session(of(toxin("3", UNNAMED_TOXIN))).ledger[1].detail
    assert unnamed.endswith("3 units a botulinum toxin of unknown product")


@pytest.mark.hazard("HAZ-003")
def test_exactly_24_hours_counts_from_the_instant_not_from_the_calendar() -> None:
    late = past(product("bupivacaine", "10", "35"), hours_ago=24)
    assert late.at == NOW - timedelta(hours=24)
    session = of(product("bupivacaine", "5", "20"), history=(late,))
    assert answer("la-24h", session) == (CLEAR, None)
