"""Whether what is in the syringe may still be used: expiry, and hours since reconstitution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tautband.clinical.dates import shown
from tautband.clinical.findings import Finding, Gate, RuleAnswer, Severity, Source
from tautband.clinical.knowledge import Knowledge, knowledge
from tautband.clinical.words import joined, say

EXPIRED = "lot-expired"
STOOD = "reconstituted-too-long"
EXPIRY = Source(cite="The expiry date on the pack", verified=True)
STORAGE = Source(cite="The product's own storage limit after reconstitution", verified=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFacts:
    """One product as drawn up: `label` of its syringe, lot, expiry, hours it may stand.

    `agent` is an id of knowledge/agents, `rows` are the indices of the injections it goes into.
    None means unknown.
    """

    label: str
    product: str
    lot: str
    expires_on: date | None
    agent: str = ""
    reconstituted_at: datetime | None = None
    use_within_hours: int | None = None
    is_reconstituted: bool = False
    rows: tuple[int, ...] = ()


def check_expiry(stock: Sequence[StockFacts], *, on: date) -> Finding:
    """Fires when a product is past its date; a pack is good through the day printed on it."""
    expired = [item for item in stock if item.expires_on is not None and item.expires_on < on]
    if expired:
        words = joined(
            "; ",
            (
                say(
                    "{product}, lot {lot}, on {date}",
                    product=item.product,
                    lot=item.lot or say("not given"),
                    date=shown(item.expires_on),
                )
                for item in expired
                if item.expires_on is not None
            ),
        )
        return _fires(
            EXPIRED,
            say("Expired: {packs}. Draw up from another pack.", packs=words),
            EXPIRY,
            expired,
            sure=True,
        )
    unknown = [item for item in stock if item.expires_on is None or not item.lot]
    if unknown:
        return _cannot_tell(
            EXPIRED,
            say("Lot or expiry not given: {names}. Read the pack.", names=_names(unknown)),
            EXPIRY,
            unknown,
        )
    return _clear(EXPIRED, say("Every lot is in date."), EXPIRY)


def check_reconstitution(
    stock: Sequence[StockFacts], *, at: datetime, tables: Knowledge | None = None
) -> Finding:
    """Fires when a reconstituted product has stood longer than its product allows.

    Hours that nobody read at their source warn at most.
    """
    tables = tables or knowledge()
    late: list[StockFacts] = []
    unknown: list[StockFacts] = []
    for item in stock:
        if not item.is_reconstituted:
            continue
        made_up, hours = item.reconstituted_at, item.use_within_hours
        if made_up is None or hours is None or made_up > at:
            unknown.append(item)
        elif at - made_up > timedelta(hours=hours):
            late.append(item)
    if late:
        words = joined(
            "; ",
            (
                say(
                    "{product} in syringe {label} was made up more than {use_within_hours} h ago",
                    product=item.product,
                    label=item.label,
                    use_within_hours=item.use_within_hours,
                )
                for item in late
            ),
        )
        numbers = [tables.toxin(item.agent).storage_hours for item in late]
        sure = any(number is None or number.verified for number in numbers)
        return _fires(STOOD, say("{packs}. Use a new vial.", packs=words), STORAGE, late, sure=sure)
    if unknown:
        return _cannot_tell(
            STOOD,
            say(
                "Cannot tell how long it has stood: {names}. Enter when it was made up, and"
                " read on the pack how long it keeps.",
                names=_names(unknown),
            ),
            STORAGE,
            unknown,
        )
    return _clear(STOOD, say("Nothing has stood too long since it was made up."), STORAGE)


def _names(items: Sequence[StockFacts]) -> str:
    return joined(
        ", ",
        (
            say("{product} in syringe {label}", product=item.product, label=item.label)
            for item in items
        ),
    )


def _rows(items: Sequence[StockFacts]) -> tuple[int, ...]:
    return tuple(sorted({row for item in items for row in item.rows}))


def _fires(
    rule: str, words: str, source: Source, items: Sequence[StockFacts], *, sure: bool
) -> Finding:
    return Finding(
        rule=rule,
        answer=RuleAnswer.FIRES,
        severity=Severity.CRITICAL if sure else Severity.WARNING,
        gate=Gate.TIME_OUT,
        words=words,
        source=source,
        rows=_rows(items),
    )


def _cannot_tell(rule: str, words: str, source: Source, items: Sequence[StockFacts]) -> Finding:
    return Finding(
        rule=rule,
        answer=RuleAnswer.CANNOT_TELL,
        severity=Severity.WARNING,
        gate=Gate.TIME_OUT,
        words=words,
        source=source,
        rows=_rows(items),
        missing=tuple(f"syringe.{item.label}" for item in items),
    )


def _clear(rule: str, words: str, source: Source) -> Finding:
    return Finding(
        rule=rule,
        answer=RuleAnswer.CLEAR,
        severity=None,
        gate=Gate.TIME_OUT,
        words=words,
        source=source,
    )
