"""The questions asked today, as data, and the check of one answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from tautband.clinical.amounts import parse_amount, parse_decimal, plain
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import KnowledgeError, Row, knowledge
from tautband.clinical.terms import Answer
from tautband.clinical.words import known, say
from tautband.errors import Refused

LONGEST_TEXT = 200
UNKNOWN = "unknown"


class DetailType(StrEnum):
    """What a detail field takes; `amount` is a decimal or the word "unknown"."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One field shown when the answer is yes; bounds are plausibility only."""

    name: str
    label: str
    type: DetailType
    unit: str
    choices: tuple[str, ...]
    required: bool
    lowest: Decimal | None
    highest: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, answered yes, no or unknown."""

    id: str
    words: str
    help: str
    details: tuple[Detail, ...]
    source: Source


def _bound(row: Row, key: str) -> Decimal | None:
    return row.decimal(key) if key in row.fields else None


def _detail(row: Row) -> Detail:
    try:
        kind = DetailType(row.text("type"))
    except ValueError as error:
        raise KnowledgeError(f"{row.place}: {error}") from error
    return Detail(
        name=row.text("name"),
        label=known(row.text("label")),
        type=kind,
        unit=known(row.text("unit")) if "unit" in row.fields else "",
        choices=tuple(map(known, row.words("choices"))),
        required=row.flag("required") if "required" in row.fields else False,
        lowest=_bound(row, "lowest"),
        highest=_bound(row, "highest"),
    )


def _question(row: Row) -> Question:
    return Question(
        id=row.text("id"),
        words=known(row.text("words")),
        help=known(row.text("help")),
        details=tuple(map(_detail, row.rows("detail"))),
        source=row.source(),
    )


@cache
def _by_id() -> Mapping[str, Question]:
    return MappingProxyType({q.id: q for q in map(_question, knowledge().questions)})


def questions() -> tuple[Question, ...]:
    """The questions in the order they are asked."""
    return tuple(_by_id().values())


def question(question_id: str) -> Question:
    """The question of an id; raises Refused when there is none."""
    found = _by_id().get(question_id)
    if found is None:
        raise Refused(
            say("There is no such question."), fields={"question": say("Not a question.")}
        )
    return found


def check_answer(question_id: str, answer: str, details: Mapping[str, str]) -> dict[str, str]:
    """The answer and its details, cleaned: dates ISO, numbers plain, empty fields left out.

    Details count only with a yes. The result holds "answer" and the detail names. Raises
    Refused with every field at fault named; fields the question does not have are refused.
    """
    asked = question(question_id)
    if answer not in {a.value for a in Answer}:
        words = say("Choose yes, no or unknown.")
        raise Refused(words, fields={"answer": words})
    cleaned = {"answer": answer}
    if answer != Answer.YES:
        return cleaned
    faults: dict[str, str] = {}
    known = {d.name for d in asked.details}
    for name in details:
        if name not in known:
            faults[name] = say("This question has no such field.")
    for detail in asked.details:
        try:
            value = _clean(detail, details.get(detail.name, ""))
        except Refused as refused:
            faults |= refused.fields
            continue
        if value:
            cleaned[detail.name] = value
    if faults:
        raise Refused(say("Some details need another look."), fields=faults)
    return cleaned


def _clean(detail: Detail, typed: str) -> str:
    text = " ".join(typed.split())
    if not text:
        if detail.required:
            raise _fault(detail, say("Fill this in."))
        return ""
    match detail.type:
        case DetailType.TEXT:
            if len(text) > LONGEST_TEXT:
                raise _fault(detail, say("Keep it under {most} characters.", most=LONGEST_TEXT))
            return text
        case DetailType.CHOICE:
            if text not in detail.choices:
                raise _fault(detail, say("Choose one of the list."))
            return text
        case DetailType.DATE:
            return _iso(detail, text)
        case DetailType.TIME:
            return _clock(detail, text)
        case DetailType.INTEGER:
            return str(
                parse_amount(
                    text,
                    field=detail.name,
                    lowest=detail.lowest,
                    highest=detail.highest,
                    unit=detail.unit,
                )
            )
        case DetailType.AMOUNT if text.casefold() == UNKNOWN:
            return UNKNOWN
        case _:
            return plain(
                parse_decimal(
                    text,
                    field=detail.name,
                    lowest=detail.lowest,
                    highest=detail.highest,
                    unit=detail.unit,
                )
            )


def _iso(detail: Detail, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise _fault(detail, say("Enter a date.")) from error


def _clock(detail: Detail, text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError as error:
        raise _fault(detail, say("Enter a time.")) from error


def _fault(detail: Detail, words: str) -> Refused:
    return Refused(words, fields={detail.name: words})
