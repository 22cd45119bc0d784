"""Scores and the locked response scale."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tautband.clinical.outcomes import (
    Reading,
    Response,
    check_score,
    peg_mean,
    percent_relief,
    response,
)
from tautband.errors import Refused


def test_peg_is_the_mean_of_three() -> None:
    assert peg_mean(7, 6, 6) == Fraction(19, 3)
    assert peg_mean(7, None, 6) is None


@pytest.mark.parametrize("score", [-1, 11, True])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    with pytest.raises(Refused):
        check_score(score, field="pain")


def test_relief_is_percent_of_what_it_was() -> None:
    assert percent_relief(8, 2) == 75
    assert percent_relief(4, 6) == -50
    assert percent_relief(0, 0) is None


@pytest.mark.parametrize(
    ("before", "readings", "expected"),
    [
        (10, [(30, 7)], Response.IMMEDIATE),
        (10, [(30, 8)], Response.CANNOT_TELL),
        (10, [(31, 7)], Response.DELAYED),
        (10, [(30, 9), (10_080, 5)], Response.DELAYED),
        (10, [(30, 10), (10_080, 9)], Response.PARTIAL),
        (10, [(30, 10), (10_080, 10)], Response.NONE),
        (10, [(10_080, 10)], Response.NONE),
        (10, [], Response.CANNOT_TELL),
        (None, [(30, 0)], Response.CANNOT_TELL),
        (0, [(30, 0)], Response.CANNOT_TELL),
    ],
)
def test_the_response_is_read_off_a_locked_scale(
    before: int | None, readings: list[tuple[int, int]], expected: Response
) -> None:
    verdict = response(before, tuple(Reading(minutes=m, pain=p) for m, p in readings))
    assert verdict.response is expected
    assert verdict.source.cite


@given(st.integers(1, 10), st.lists(st.tuples(st.integers(0, 99_999), st.integers(0, 10))))
def test_the_order_of_readings_changes_nothing(
    before: int, readings: list[tuple[int, int]]
) -> None:
    made = tuple(Reading(minutes=m, pain=p) for m, p in readings)
    assert response(before, made) == response(before, made[::-1])
