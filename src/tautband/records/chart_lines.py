"""One patient's chart and today's answers in one query, whatever their length.

A row of the plan is saved many times a session, and each time every rule runs again: five small
queries would be most of its cost. The tables are read as one union of the same columns.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    F,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from tautband.clinical.facts import Term
from tautband.clinical.terms import AllergySeverity, Answer
from tautband.records.models import (
    ClinicalStatement,
    ElsewhereDose,
    Measurement,
    Patient,
    PregnancyStatus,
    Procedure,
    ScreeningAnswer,
)
from tautband.records.models.vocabulary import Pregnancy
from tautband.records.prepared import Prepared

# The source of a line that today's answers put on the chart.
ASKED = "asked"
Answers = dict[str, tuple[Answer, dict[str, str]]]

_TEXT: Any = TextField()
_NUMBER: Any = BigIntegerField()
_FLAG: Any = BooleanField()
# A bare NULL would be text to PostgreSQL by the time the second union sees it: each is cast.
_EMPTY: dict[str, Any] = {
    "word_1": Value("", output_field=_TEXT),
    "word_2": Value("", output_field=_TEXT),
    "word_3": Value("", output_field=_TEXT),
    "word_4": Value("", output_field=_TEXT),
    "word_5": Value("", output_field=_TEXT),
    "word_6": Value("", output_field=_TEXT),
    "number_1": Cast(Value(None), _NUMBER),
    "number_2": Cast(Value(None), _NUMBER),
    "flag": Value(False, output_field=_FLAG),
    "day": Cast(Value(None), DateField()),
    "instant": Cast(Value(None), DateTimeField()),
    "written": Cast(Value(None), DateTimeField()),
}


def _lines(rows: "QuerySet[Any]", tag: str, **columns: Any) -> "QuerySet[Any, Any]":
    given = {"tag": Value(tag, output_field=_TEXT), **_EMPTY, **columns}
    listed: QuerySet[Any, Any] = rows.order_by().annotate(**given).values_list("id", *given)
    return listed


def _text(name: str) -> Cast:
    return Cast(name, _TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One measurement, in grams or millimetres."""

    id: UUID
    kind: str
    amount: int
    day: date
    instant: datetime | None
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One dose given elsewhere, as told."""

    id: UUID
    agent: str
    amount_ug: int | None
    units_centi: int | None
    on: date
    at: datetime | None
    is_about: bool
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLines:
    """Everything that stands on the chart, and today's answers where there is a sitting.

    `kept` names the lists somebody keeps: a line that only came from a question about its own
    topic does not make its list a whole one.
    """

    measurements: list[Weighing] = field(default_factory=list)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    elsewhere: list[Told] = field(default_factory=list)
    #: What other systems reported, and on which day.
    pregnancies: list[tuple[date, Pregnancy]] = field(default_factory=list)
    answers: Answers = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)


def _chart(patient_id: UUID) -> "QuerySet[Any, Any]":
    """Four tables as one; what was entered in error is left out."""
    standing = {"patient": patient_id, "entered_in_error": False}
    parts = [
        _lines(
            Measurement.objects.filter(**standing),
            "measurement",
            word_1=_text("kind"),
            number_1=Cast("amount", _NUMBER),
            day=F("measured_on"),
            instant=F("measured_at"),
            written=F("recorded_at"),
        ),
        _lines(
            ClinicalStatement.objects.filter(**standing),
            "statement",
            word_1=_text("kind"),
            word_2=_text("text"),
            word_3=_text("system"),
            word_4=_text("code"),
            word_5=_text("severity"),
            word_6=_text("reaction"),
            number_1=Case(
                When(source=ASKED, then=Value(0)), default=Value(1), output_field=_NUMBER
            ),
            flag=F("active"),
            day=F("ended_on"),
            written=F("recorded_at"),
        ),
        _lines(
            ElsewhereDose.objects.filter(**standing),
            "elsewhere",
            word_1=_text("agent"),
            word_2=_text("place"),
            number_1=F("amount_ug"),
            number_2=F("units_centi"),
            flag=F("date_is_about"),
            day=F("given_on"),
            instant=F("given_at"),
            written=F("recorded_at"),
        ),
        _lines(
            PregnancyStatus.objects.filter(**standing),
            "pregnancy",
            word_1=_text("status"),
            day=F("observed_on"),
            written=F("recorded_at"),
        ),
    ]
    return parts[0].union(*parts[1:], all=True)


def _chart_and_answers(patient_id: UUID, encounter_id: UUID) -> "QuerySet[Any, Any]":
    answers = _lines(
        ScreeningAnswer.objects.filter(encounter_id=encounter_id),
        "answer",
        word_1=_text("question"),
        word_2=_text("answer"),
        word_3=_text("details"),
        written=F("answered_at"),
    )
    return _chart(patient_id).union(answers, all=True)


_read_chart: Prepared[tuple[Any, ...]] = Prepared(_chart)
_read_both: Prepared[tuple[Any, ...]] = Prepared(_chart_and_answers)


def read(patient: Patient, procedure: Procedure | None) -> ChartLines:
    """Read all tables at once; the answers where there is a sitting."""
    if procedure is None:
        rows = _read_chart(patient.pk)
    else:
        rows = _read_both(patient.pk, procedure.encounter_id)
    lines = ChartLines()
    for row in rows:
        _sort_in(lines, *row)
    return lines


def _sort_in(
    lines: ChartLines,
    key: UUID,
    tag: str,
    word_1: str,
    word_2: str,
    word_3: str,
    word_4: str,
    word_5: str,
    word_6: str,
    number_1: int | None,
    number_2: int | None,
    flag: bool,
    day: date | None,
    instant: datetime | None,
    written: datetime,
) -> None:
    if tag == "measurement" and number_1 is not None and day is not None:
        lines.measurements.append(
            Weighing(
                id=key, kind=word_1, amount=number_1, day=day, instant=instant, written=written
            )
        )
    elif tag == "statement":
        if number_1:
            lines.kept.add(word_1)
        lines.terms.setdefault(word_1, []).append(
            Term(
                text=word_2,
                system=word_3,
                code=word_4,
                severity=AllergySeverity(word_5) if word_5 else None,
                reaction=word_6,
                active=flag and day is None,
            )
        )
    elif tag == "elsewhere" and day is not None:
        lines.elsewhere.append(
            Told(
                id=key,
                agent=word_1,
                amount_ug=number_1,
                units_centi=number_2,
                on=day,
                at=instant,
                is_about=flag,
                place=word_2,
            )
        )
    elif tag == "pregnancy" and day is not None:
        lines.pregnancies.append((day, Pregnancy(word_1)))
    else:
        lines.answers[word_1] = (Answer(word_2), json.loads(word_3))
