"""What a procedure may become next, and which step of the session it is at."""

from dataclasses import dataclass
from enum import StrEnum


class ProcedureStatus(StrEnum):
    """Where a procedure stands, spelled as FHIR spells it where FHIR has the word."""

    PREPARATION = "preparation"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    NOT_DONE = "not-done"
    SUPERSEDED = "superseded"
    ENTERED_IN_ERROR = "entered-in-error"


NEXT: dict[ProcedureStatus, frozenset[ProcedureStatus]] = {
    ProcedureStatus.PREPARATION: frozenset({ProcedureStatus.IN_PROGRESS, ProcedureStatus.NOT_DONE}),
    ProcedureStatus.IN_PROGRESS: frozenset(
        {
            ProcedureStatus.COMPLETED,
            ProcedureStatus.NOT_DONE,
            ProcedureStatus.ENTERED_IN_ERROR,
        }
    ),
    ProcedureStatus.COMPLETED: frozenset(
        {ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR}
    ),
    ProcedureStatus.NOT_DONE: frozenset(
        {ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR}
    ),
    ProcedureStatus.SUPERSEDED: frozenset(),
    ProcedureStatus.ENTERED_IN_ERROR: frozenset(),
}


def may_become(now: ProcedureStatus, then: ProcedureStatus) -> bool:
    """Whether a procedure may go from one status to another."""
    return then in NEXT[now]


class Step(StrEnum):
    """The steps of a session, in their order."""

    ARRIVE = "arrive"
    ASK = "ask"
    ASSESS = "assess"
    PLAN = "plan"
    CONSENT = "consent"
    TIME_OUT = "time-out"
    INJECT = "inject"
    OBSERVE = "observe"
    SIGN = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """What has happened in a session so far; the steps are read off it, never stored."""

    arrived: bool = False
    asked: bool = False
    assessed: bool = False
    planned: bool = False
    consented: bool = False
    timed_out: bool = False
    injecting: bool = False
    injected: bool = False
    observed: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The step to do now (None once signed) and the steps already done."""

    current: Step | None
    done: frozenset[Step]


def step_of(milestones: Milestones) -> Progress:
    """The first step not done, and all that are; steps may be done out of order."""
    reached = {
        Step.ARRIVE: milestones.arrived,
        Step.ASK: milestones.asked,
        Step.ASSESS: milestones.assessed,
        Step.PLAN: milestones.planned,
        Step.CONSENT: milestones.consented,
        Step.TIME_OUT: milestones.timed_out,
        Step.INJECT: milestones.injected,
        Step.OBSERVE: milestones.observed,
        Step.SIGN: milestones.signed,
    }
    done = frozenset(step for step, is_done in reached.items() if is_done)
    if milestones.signed:
        return Progress(current=None, done=done)
    if milestones.injecting and not milestones.injected:
        return Progress(current=Step.INJECT, done=done)
    return Progress(current=next(step for step in Step if step not in done), done=done)
