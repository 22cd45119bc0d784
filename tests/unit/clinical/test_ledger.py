"""The three bars at the top of a session."""

from dataclasses import replace
from datetime import date

import pytest

from tautband.clinical import check_session
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import LedgerLine
from tests.unit.clinical.build import facts, of, past, patient, product, row, syringe, toxin

THIN = patient(weight_g=58_000)


def lines(session: SessionFacts) -> tuple[LedgerLine, LedgerLine, LedgerLine]:
    one, two, three = check_session(session).ledger
    return one, two, three


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_mock_up_reads_as_drawn() -> None:
    anaesthetic, botulinum, steroid = lines(
        of(
            product(ml="3.5"),
            who=THIN,
            history=(
                past(product("bupivacaine", "25", "1"), hours_ago=2, where="dentist"),
                past(toxin("155"), days_ago=77, name="b"),
                replace(past(product("triamcinolone", "20", "1"), name="c"), on=date(2026, 2, 24)),
            ),
        )
    )
    assert plain(anaesthetic.left) == "16.9 mL lidocaine 1 % left"
    assert plain(anaesthetic.detail) == "dentist 09:00, bupivacaine 25 mg · now 35 mg"
    assert plain(anaesthetic.limit_words) == "4.5 mg/kg, label"
    assert (anaesthetic.used_before_permille, anaesthetic.used_now_permille) == (216, 134)
    assert anaesthetic.warn_permille == 800
    assert botulinum.left == "Not before 1 Dec 2026"
    assert botulinum.detail == "Day 77 of 84 · 155 of 400 units onabotulinumtoxinA"
    assert botulinum.used_before_permille == 916
    assert steroid.left == "2 sessions left"
    assert plain(steroid.detail) == "1 of 3 · triamcinolone 20 mg, 24 Feb"


def test_an_empty_session_shows_what_is_free() -> None:
    anaesthetic, botulinum, steroid = lines(facts(syringes=(), who=THIN))
    assert plain(anaesthetic.left) == "26.1 mL lidocaine 1 % left"
    assert anaesthetic.detail == "none today"
    assert (botulinum.left, botulinum.detail) == ("may be given", "none on record")
    assert botulinum.used_before_permille == 0
    assert steroid.left == "3 sessions left"


def test_the_limit_says_its_ceiling_and_whether_a_label_sets_it() -> None:
    lowered = lines(of(product(), who=patient(weight_g=58_000, ceiling_percent=80)))[0]
    assert plain(lowered.limit_words) == "80 % of 4.5 mg/kg, label"
    reference = lines(of(product("bupivacaine", "2.5"), who=THIN))[0]
    assert plain(reference.limit_words) == "2 mg/kg, reference"


def test_without_a_weight_no_share_is_shown() -> None:
    anaesthetic, _, _ = lines(of(product(), who=patient(weight_g=None)))
    assert anaesthetic.used_before_permille is None
    assert anaesthetic.used_now_permille is None
    assert anaesthetic.left == "weight needed"


def test_a_drug_no_table_limits_is_an_unknown_amount() -> None:
    anaesthetic, _, _ = lines(of(product("unknown-local-anaesthetic")))
    assert anaesthetic.left == "amount unknown"


def test_over_the_limit_nothing_is_left() -> None:
    anaesthetic, _, _ = lines(of(product(ml="31")))
    assert anaesthetic.left == "over the limit"


def test_what_is_left_counts_the_lift_of_epinephrine() -> None:
    anaesthetic, _, _ = lines(of(product(ml="10", epinephrine="5")))
    assert plain(anaesthetic.left) == "39 mL lidocaine 1 % left"


def test_an_unknown_amount_is_said_and_what_is_left_is_at_most() -> None:
    anaesthetic, _, _ = lines(
        of(product(ml="1"), history=(past(product("bupivacaine", "5", None)),))
    )
    assert anaesthetic.left.startswith("at most ")
    assert plain(anaesthetic.detail) == (
        "elsewhere, bupivacaine unknown amount · now 10 mg · an amount is unknown"
    )


def test_two_doses_of_one_agent_add_up_and_an_unknown_one_hides_the_sum() -> None:
    twice = past(product("bupivacaine", "5", "2"), product("bupivacaine", "5", "2"))
    assert "bupivacaine 20 mg" in plain(lines(of(product(), history=(twice,)))[0].detail)
    unsure = past(product("bupivacaine", "5", None), product("bupivacaine", "5", "2"))
    assert "unknown amount" in lines(of(product(), history=(unsure,)))[0].detail


def test_our_own_earlier_sitting_is_called_here_and_saline_is_not_told() -> None:
    ours = replace(past(product(ml="1"), hours_ago=1), given_elsewhere=False)
    salt = past(product("saline", None, "1"), name="s")
    detail = plain(lines(of(product(ml="1"), history=(ours, salt)))[0].detail)
    assert detail == "here 10:00, lidocaine 10 mg · now 10 mg"


def test_after_84_days_the_last_day_is_told() -> None:
    _, botulinum, _ = lines(of(product(), history=(past(toxin(), days_ago=84),)))
    assert (botulinum.left, botulinum.detail) == ("may be given", "last on 1 Sep 2026")
    assert botulinum.used_before_permille == 1000


def test_units_are_told_product_by_product_with_what_is_planned() -> None:
    session = facts(
        row(ml=None, units="50"),
        syringes=(syringe(toxin("100")),),
        history=(
            past(toxin("500", "abobotulinumtoxin_a"), days_ago=80),
            past(toxin(None), days_ago=50, name="x"),
        ),
    )
    assert lines(session)[1].detail == (
        "Day 50 of 84 · 50 or more of 400 units onabotulinumtoxinA"
        " · 500 units abobotulinumtoxinA before"
    )


def test_one_session_left_is_singular_and_the_plan_counts() -> None:
    session = of(
        product("triamcinolone", "20", "1"),
        history=(past(product("triamcinolone", None, "1"), days_ago=100),),
    )
    steroid = lines(session)[2]
    assert steroid.left == "1 session left"
    assert steroid.detail == "2 of 3 · triamcinolone, 16 Aug"
    assert (steroid.used_before_permille, steroid.used_now_permille) == (334, 334)


@pytest.mark.parametrize("count", [3, 4])
def test_steroid_sessions_left_never_go_below_none(count: int) -> None:
    history = tuple(
        past(product("triamcinolone", "20", "1"), days_ago=90 + i, name=str(i))
        for i in range(count)
    )
    assert lines(of(product(), history=history))[2].left == "0 sessions left"


def test_a_mixed_sitting_names_each_steroid_once() -> None:
    both = past(product("triamcinolone", "20", "1"), product("triamcinolone", "20", "1"))
    assert "triamcinolone 40" in lines(of(product(), history=(both,)))[2].detail
    unsure = past(product("triamcinolone", None, "1"), product("triamcinolone", "20", "1"))
    assert lines(of(product(), history=(unsure,)))[2].detail.endswith("triamcinolone, 24 Nov")
