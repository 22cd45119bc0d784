"""A patient's course in words and as a picture: what the record holds, as the chart wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.words import capital
from tautband.design.charts import (
    CourseEvent,
    CourseRow,
    Measure,
    ScorePoint,
    SessionFlag,
    course_chart,
    course_rows,
)
from tautband.design.languages import listed, said, worded
from tautband.records.models import AdverseEvent
from tautband.records.models.vocabulary import Instrument
from tautband.records.queries.courses import SittingLine

_TENTH = Decimal("0.1")
_MEASURES = {Instrument.NRS_AVERAGE: Measure.PAIN, Instrument.PEG: Measure.FUNCTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The picture, and the same facts as lines of a table."""

    chart: SafeString
    rows: Sequence[CourseRow]


def course_of(
    scores: Mapping[Instrument, Sequence[tuple[datetime, Decimal]]],
    sittings: Sequence[SittingLine],
    troubles: Sequence[AdverseEvent],
    *,
    since: datetime,
    now: datetime,
) -> Course:
    """The course from `since` to `now`, days as the centre counts them."""
    first, today = timezone.localdate(since), timezone.localdate(now)
    points = [
        ScorePoint(
            on=timezone.localdate(at), measure=_MEASURES[instrument], score=score.quantize(_TENTH)
        )
        for instrument, answers in scores.items()
        for at, score in answers
    ]
    flags = [_flag(one) for one in sittings if one.on >= first and _happened(one)]
    events = [
        CourseEvent(on=day, words=trouble_words(trouble))
        for trouble in troubles
        if (day := timezone.localdate(trouble.occurred_at)) >= first
    ]
    return Course(
        chart=course_chart(points, flags, events, today=today),
        rows=course_rows(points, flags, events),
    )


def _happened(line: SittingLine) -> bool:
    return line.procedure.status in {ProcedureStatus.COMPLETED, ProcedureStatus.IN_PROGRESS}


def _flag(line: SittingLine) -> SessionFlag:
    page = "clinic:session" if line.is_open else "clinic:note"
    return SessionFlag(
        on=line.on, words=sitting_words(line), url=reverse(page, args=[line.procedure.pk])
    )


def drug_words(line: SittingLine) -> str:
    """The agents of a sitting by name."""
    agents = knowledge().agents
    names = [said(agents[one].name) if one in agents else one for one in line.agents]
    return " + ".join(names) or (_("Dry needle") if line.muscles else _("No plan yet"))


def muscle_words(line: SittingLine) -> str:
    """How many muscles."""
    return str(ngettext("%d muscle", "%d muscles", len(line.muscles)) % len(line.muscles))


def sitting_words(line: SittingLine) -> str:
    """A sitting in a few words: drugs and how many muscles."""
    return listed(", ", (drug_words(line), muscle_words(line)))


def trouble_words(trouble: AdverseEvent) -> str:
    """A complication in a few words, its grade where there is one."""
    kind = str(capital(worded(trouble.kind)))
    if trouble.grade is None:
        return kind
    return _("%(kind)s, grade %(grade)d") % {"kind": kind, "grade": trouble.grade}
