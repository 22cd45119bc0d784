"""Scores and response, reckoned from the patient's own answers on one locked scale."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tautband.clinical.findings import Source
from tautband.clinical.knowledge import Knowledge, knowledge
from tautband.clinical.words import say
from tautband.errors import Refused

LOWEST, HIGHEST = 0, 10


class Response(StrEnum):
    """How a session worked for the pain: at once, later, somewhat, not, or nobody can tell."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"
    PARTIAL = "partial"
    NONE = "none"
    CANNOT_TELL = "cannot-tell"


def check_score(score: int, *, field: str) -> int:
    """The same whole number if it lies on the 0–10 scale; raises Refused otherwise."""
    if isinstance(score, bool) or not LOWEST <= score <= HIGHEST:
        words = say(
            "Choose a whole number from {lowest} to {highest}.", lowest=LOWEST, highest=HIGHEST
        )
        raise Refused(words, fields={field: words})
    return score


def peg_mean(pain: int | None, enjoyment: int | None, activity: int | None) -> Fraction | None:
    """The mean of the three PEG items (Krebs 2009), None unless all three are answered."""
    items = {"pain": pain, "enjoyment": enjoyment, "activity": activity}
    scores = [check_score(v, field=name) for name, v in items.items() if v is not None]
    return Fraction(sum(scores), len(items)) if len(scores) == len(items) else None


def percent_relief(before: int, after: int) -> Fraction | None:
    """How much less pain, in percent of what it was; None when there was none to relieve."""
    check_score(before, field="before")
    check_score(after, field="after")
    return Fraction(100 * (before - after), before) if before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A pain score so many minutes after the session."""

    minutes: int
    pain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The response with the relief it rests on (percent) and the scale's source."""

    response: Response
    best_percent: Fraction | None
    source: Source


def response(
    before: int | None, readings: tuple[Reading, ...], tables: Knowledge | None = None
) -> Verdict:
    """The response on the locked scale, from pain before and at any later time.

    Immediate: 30 % less within about half an hour. Delayed: 30 % less only later. Partial:
    10 % less at best. None: less than that, at a reading later than half an hour. Without a
    score before, or with only early ones that show little, nobody can tell.
    """
    tables = tables or knowledge()
    responder = tables.limit("response.responder_percent")
    minimal = tables.limit("response.minimal_percent").value
    early = int(tables.limit("response.immediate_minutes").value)
    relief = [
        (r.minutes, percent)
        for r in readings
        if before is not None and (percent := percent_relief(before, r.pain)) is not None
    ]
    if not relief:
        return Verdict(response=Response.CANNOT_TELL, best_percent=None, source=responder.source)
    best = max(percent for _, percent in relief)
    if any(percent >= responder.value for minutes, percent in relief if minutes <= early):
        found = Response.IMMEDIATE
    elif best >= responder.value:
        found = Response.DELAYED
    elif all(minutes <= early for minutes, _ in relief):
        found = Response.CANNOT_TELL
    elif best >= minimal:
        found = Response.PARTIAL
    else:
        found = Response.NONE
    return Verdict(response=found, best_percent=best, source=responder.source)
