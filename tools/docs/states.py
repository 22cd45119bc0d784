"""docs/reference/states.md, out of `clinical/lifecycle.py`."""

from pathlib import Path

from tautband.clinical.lifecycle import NEXT, Milestones, ProcedureStatus, Step, step_of
from tautband.records.models.vocabulary import (
    AdverseEventStatus,
    AppointmentStatus,
    ConsentStatus,
    InjectionStatus,
)
from tools.docs.markdown import page, table

MEANING = {
    ProcedureStatus.PREPARATION: "arrived; planned, consented and timed out in this status",
    ProcedureStatus.IN_PROGRESS: "the needle has been in, or it is written up afterwards",
    ProcedureStatus.COMPLETED: "signed; final",
    ProcedureStatus.NOT_DONE: "nothing was injected, with a reason",
    ProcedureStatus.SUPERSEDED: "a later signed version replaces it; still readable",
    ProcedureStatus.ENTERED_IN_ERROR: "wrong patient, or it never happened; counts for nothing",
}
MILESTONE = {
    Step.ARRIVE: "arrived",
    Step.ASK: "asked",
    Step.ASSESS: "assessed",
    Step.PLAN: "planned",
    Step.CONSENT: "consented",
    Step.TIME_OUT: "timed_out",
    Step.INJECT: "injected",
    Step.OBSERVE: "observed",
    Step.SIGN: "signed",
}


def render(root: Path) -> str:
    """The states of a procedure, the steps of a session, and the smaller vocabularies."""
    return page(
        "States",
        "A session is one `Procedure`. Its status is stored and moves only along this table"
        " (`NEXT` in `src/tautband/clinical/lifecycle.py`); any other move is refused.",
        _diagram(),
        table(
            ["Status", "Meaning", "May become"],
            [
                [f"`{status}`", MEANING[status], _words(NEXT[status]) or "nothing: it ends here"]
                for status in ProcedureStatus
            ],
        ),
        "## Steps",
        "The step of a session is never stored. It is read off what has happened"
        " (`step_of`): the first step that is not done. Once injecting has begun it is"
        " `inject` until every row is answered.",
        table(
            ["Step", "Done when this milestone is reached", "The step before it done, now at"],
            [[f"`{step}`", f"`{MILESTONE[step]}`", _at(step)] for step in Step],
        ),
        "## Smaller vocabularies",
        table(
            ["What", "Words"],
            [
                ["`Injection.status`", _words(InjectionStatus)],
                ["`Consent.status`", _words(ConsentStatus)],
                ["`Appointment.status`", _words(AppointmentStatus)],
                ["`AdverseEvent.status`", _words(AdverseEventStatus)],
            ],
        ),
    )


def _words(values: object) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values))  # type: ignore[call-overload]


def _at(step: Step) -> str:
    earlier = {MILESTONE[each]: True for each in list(Step)[: list(Step).index(step)]}
    return f"`{step_of(Milestones(**earlier)).current}`"


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> preparation"]
    for status in ProcedureStatus:
        for then in sorted(NEXT[status]):
            lines.append(f"    {_name(status)} --> {_name(then)}")
        if not NEXT[status]:
            lines.append(f"    {_name(status)} --> [*]")
    return "\n".join([*lines, "```"])


def _name(status: ProcedureStatus) -> str:
    return status.replace("-", "_")
