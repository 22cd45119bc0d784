"""Status and steps."""

import pytest

from tautband.clinical.lifecycle import (
    NEXT,
    Milestones,
    ProcedureStatus,
    Step,
    may_become,
    step_of,
)

ORDER = (
    "arrived",
    "asked",
    "assessed",
    "planned",
    "consented",
    "timed_out",
    "injected",
    "observed",
    "signed",
)


def test_every_status_has_its_row() -> None:
    assert set(NEXT) == set(ProcedureStatus)


def test_what_is_final_stays_final() -> None:
    assert not NEXT[ProcedureStatus.SUPERSEDED]
    assert not NEXT[ProcedureStatus.ENTERED_IN_ERROR]
    assert may_become(ProcedureStatus.COMPLETED, ProcedureStatus.SUPERSEDED)
    assert not may_become(ProcedureStatus.COMPLETED, ProcedureStatus.IN_PROGRESS)


@pytest.mark.parametrize("count", range(len(ORDER)))
def test_the_current_step_is_the_first_not_done(count: int) -> None:
    progress = step_of(Milestones(**dict.fromkeys(ORDER[:count], True)))
    assert progress.current is list(Step)[count]
    assert progress.done == frozenset(list(Step)[:count])


def test_signed_is_the_end() -> None:
    assert step_of(Milestones(**dict.fromkeys(ORDER, True))).current is None


def test_once_a_needle_is_in_the_step_is_inject() -> None:
    assert step_of(Milestones(arrived=True, injecting=True)).current is Step.INJECT
    assert step_of(Milestones(injecting=True, injected=True)).current is Step.ARRIVE
