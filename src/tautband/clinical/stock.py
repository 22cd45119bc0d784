"""Whether what is in the syringe may still be used: expiry, and hours since reconstitution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tautband.clinical.findings import Finding, Gate, RuleAnswer, Severity, Source

EXPIRY = Source(cite="The expiry date on the pack", verified=True)
STORAGE = Source(cite="The product's own storage limit after reconstitution", verified=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFacts:
    """One product as drawn up: `label` of its syringe, lot, expiry, hours it may stand.

    `rows` are the indices of the injections it goes into. None means unknown.
    """

    label: str
    product: str
    lot: str
    expires_on: date | None
    reconstituted_at: datetime | None = None
    use_within_hours: int | None = None
    is_reconstituted: bool = False
    rows: tuple[int, ...] = ()


def check_expiry(stock: Sequence[StockFacts], *, on: date) -> Finding:
    """Fires when a product is past its date; a pack is good through the day printed on it."""
    expired = [item for item in stock if item.expires_on is not None and item.expires_on < on]
    if expired:
        words = "Expired: " + "; ".join(
            f"{item.product}, lot {item.lot or 'not given'}, on {item.expires_on:%d %b %Y}"
            for item in expired
        )
        return _finding(
            "lot-expired", RuleAnswer.FIRES, f"{words}. Draw up from another pack.", EXPIRY, expired
        )
    unknown = [item for item in stock if item.expires_on is None or not item.lot]
    if unknown:
        names = ", ".join(f"{item.product} in syringe {item.label}" for item in unknown)
        return _finding(
            "lot-expired",
            RuleAnswer.CANNOT_TELL,
            f"Lot or expiry not given: {names}.",
            EXPIRY,
            unknown,
        )
    return _clear("lot-expired", "Every lot is in date.", EXPIRY)


def check_reconstitution(stock: Sequence[StockFacts], *, at: datetime) -> Finding:
    """Fires when a reconstituted product has stood longer than its product allows."""
    rule = "reconstituted-too-long"
    late: list[StockFacts] = []
    unknown: list[StockFacts] = []
    for item in stock:
        if not item.is_reconstituted:
            continue
        if item.reconstituted_at is None or item.use_within_hours is None:
            unknown.append(item)
        elif at - item.reconstituted_at > timedelta(hours=item.use_within_hours):
            late.append(item)
    if late:
        words = "; ".join(
            f"{item.product} in syringe {item.label} was made up more than "
            f"{item.use_within_hours} h ago"
            for item in late
        )
        return _finding(rule, RuleAnswer.FIRES, f"{words}. Use a new vial.", STORAGE, late)
    if unknown:
        names = ", ".join(f"{item.product} in syringe {item.label}" for item in unknown)
        return _finding(
            rule, RuleAnswer.CANNOT_TELL, f"When was it made up? {names}.", STORAGE, unknown
        )
    return _clear(rule, "Nothing has stood too long since it was made up.", STORAGE)


def _finding(
    rule: str, answer: RuleAnswer, words: str, source: Source, items: Sequence[StockFacts]
) -> Finding:
    fires = answer is RuleAnswer.FIRES
    return Finding(
        rule=rule,
        answer=answer,
        severity=Severity.CRITICAL if fires else Severity.WARNING,
        gate=Gate.TIME_OUT,
        words=words,
        source=source,
        rows=tuple(sorted({row for item in items for row in item.rows})),
        missing=() if fires else tuple(f"syringe.{item.label}" for item in items),
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
