"""Botulinum toxin: how soon again, how much of one product, and never two products.

Units of one product say nothing about another's: each total is within one product.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from tautband.clinical.anatomy import muscle
from tautband.clinical.dates import shown
from tautband.clinical.dosing import (
    Dose,
    earlier_today,
    format_units,
    past,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import BotulinumLimits, Knowledge, Number
from tautband.clinical.rules.answers import Rule
from tautband.clinical.rules.steroid import rows_of
from tautband.clinical.terms import AgentKind

INTERVAL = Rule("bont-interval")
TOTAL = Rule("bont-total")
PER_SITE = Rule("bont-per-site")
MIXED = Rule("bont-mixed-products")
SCM = Rule("bont-scm")
UNNAMED = "unknown-botulinum-toxin"
NECK = frozenset({"neck", "shoulder_girdle"})


def toxins(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """The botulinum toxin among some doses."""
    return tuple(d for d in doses if d.kind is AgentKind.BOTULINUM_TOXIN)


def sittings_with_toxin(facts: SessionFacts, tables: Knowledge) -> tuple[Sitting, ...]:
    """The past sittings with any botulinum toxin, oldest first."""
    return tuple(s for s in past(facts) if toxins(sitting_doses(s, tables)))


def not_before(last: date, tables: Knowledge) -> date:
    """The first day another botulinum toxin may be given after one."""
    return last + timedelta(days=int(tables.limit("botulinum.interval_days").value))


def check_interval(facts: SessionFacts, tables: Knowledge) -> Finding:
    """84 calendar days lie between two botulinum toxins of any product."""
    planned = toxins(planned_doses(facts, tables))
    before = sittings_with_toxin(facts, tables)
    if not planned or not before:
        return INTERVAL.clear(
            tables,
            "No botulinum toxin before." if planned else "No botulinum toxin is planned.",
        )
    apart = tables.limit("botulinum.interval_days")
    last = before[-1]
    days = (facts.planned.on - last.on).days
    again = not_before(last.on, tables)
    if days < apart.value:
        return INTERVAL.fires(
            tables,
            Severity.CRITICAL if apart.verified else Severity.WARNING,
            f"Too soon: botulinum toxin {days} days ago. Not before {shown(again)}.",
            rows=rows_of(planned),
            source=apart.source,
        )
    margin = tables.limit("botulinum.about_days").value
    vague = [
        s for s in before if s.on_is_about and (facts.planned.on - s.on).days < apart.value + margin
    ]
    if vague:
        return INTERVAL.cannot_tell(
            tables,
            f'Cannot tell the interval: the last date is only "about {shown(vague[-1].on)}".'
            " Ask for the exact day.",
            missing=("history.performed_at",),
            rows=rows_of(planned),
        )
    return INTERVAL.clear(tables, f"Botulinum toxin {days} days ago; allowed since {shown(again)}.")


def check_total(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Each product stays within its own total; other products' units do not count."""
    planned = toxins(planned_doses(facts, tables))
    warning: Finding | None = None
    missing: list[str] = []
    for product in dict.fromkeys(d.agent for d in planned):
        limits = tables.toxin(product)
        for number, doses, words in _ceilings(product, limits, planned, facts, tables):
            used = sum((_known(d) for d in doses if d.agent == product), Fraction(0))
            if used > number.value * 100:
                finding = TOTAL.fires(
                    tables,
                    Severity.CRITICAL
                    if number.verified and number is not limits.neck_units
                    else Severity.WARNING,
                    f"{tables.agents[product].name}: {format_units(used)} {words}; up to"
                    f" {format_units(int(number.value * 100))}.",
                    rows=rows_of(d for d in planned if d.agent == product),
                    source=number.source,
                )
                if finding.severity is Severity.CRITICAL:
                    return finding
                warning = warning or finding
            missing += [
                "history.units" if d.row is None else f"planned.injections[{d.row}].units"
                for d in doses
                if d.units_centi is None or d.agent != product
            ]
    if warning:
        return warning
    if missing:
        return TOTAL.cannot_tell(
            tables,
            "Cannot tell the total of botulinum toxin: some units are unknown.",
            missing=tuple(dict.fromkeys(missing)),
            rows=rows_of(planned),
        )
    return TOTAL.clear(
        tables,
        "Within the total of the product." if planned else "No botulinum toxin is planned.",
    )


def _known(dose: Dose) -> Fraction:
    return dose.units_centi or Fraction(0)


def window(product: str, facts: SessionFacts, tables: Knowledge, *, days: int) -> tuple[Dose, ...]:
    """The past doses of one product, or of an unnamed one, fewer than so many days ago."""
    return tuple(
        d
        for s in past(facts)
        if (facts.planned.on - s.on).days < days
        for d in toxins(sitting_doses(s, tables))
        if d.agent in {product, UNNAMED}
    )


def _ceilings(
    product: str,
    limits: BotulinumLimits,
    planned: tuple[Dose, ...],
    facts: SessionFacts,
    tables: Knowledge,
) -> list[tuple[Number, tuple[Dose, ...], str]]:
    """Each limit of the product with the doses it counts."""
    mine = tuple(d for d in planned if d.agent == product)
    today = tuple(
        d
        for s in earlier_today(facts)
        for d in toxins(sitting_doses(s, tables))
        if d.agent in {product, UNNAMED}
    )
    found: list[tuple[Number, tuple[Dose, ...], str]] = []
    if limits.total_units and limits.total_days:
        days = int(limits.total_days.value)
        counted = (*window(product, facts, tables, days=days), *mine)
        found.append((limits.total_units, counted, f"within {days} days"))
    if limits.session_units:
        found.append((limits.session_units, (*today, *mine), "in one session"))
    if limits.neck_units:
        neck = tuple(d for d in (*today, *mine) if d.muscle is None or _in_neck(d.muscle))
        found.append((limits.neck_units, neck, "in neck and shoulder girdle"))
    return found


def _in_neck(muscle_id: str) -> bool:
    return muscle(muscle_id).region in NECK


def check_per_site(facts: SessionFacts, tables: Knowledge) -> Finding:
    """No single site takes more units than its product's label allows."""
    planned = toxins(planned_doses(facts, tables))
    for dose in planned:
        limit = tables.toxin(dose.agent).site_units
        if limit is None or dose.units_centi is None:
            continue
        each = dose.units_centi / dose.sites
        if each > limit.value * 100:
            return PER_SITE.fires(
                tables,
                Severity.WARNING,
                f"{tables.agents[dose.agent].name}: {format_units(each)} at one site; up to"
                f" {format_units(int(limit.value * 100))}. Spread it over more sites.",
                rows=rows_of([dose]),
                source=limit.source,
            )
    unknown = [d for d in planned if d.units_centi is None]
    if unknown:
        return PER_SITE.cannot_tell(
            tables,
            "Cannot tell the units at each site: some units are unknown.",
            missing=tuple(f"planned.injections[{d.row}].units" for d in unknown),
            rows=rows_of(unknown),
        )
    return PER_SITE.clear(tables, "No site takes too many units.")


def check_mixed_products(facts: SessionFacts, tables: Knowledge) -> Finding:
    """One session, one product: units do not convert."""
    planned = toxins(planned_doses(facts, tables))
    today = tuple(d for s in earlier_today(facts) for d in toxins(sitting_doses(s, tables)))
    products = dict.fromkeys(d.agent for d in (*today, *planned) if d.agent != UNNAMED)
    if planned and len(products) > 1:
        names = " and ".join(tables.agents[p].name for p in products)
        return MIXED.fires(
            tables,
            Severity.CRITICAL,
            f"Two botulinum products in one session: {names}. Units do not convert; use one.",
            rows=rows_of(planned),
        )
    if planned and any(d.agent == UNNAMED for d in (*today, *planned)):
        return MIXED.cannot_tell(
            tables,
            "Cannot tell whether two products meet: one has no name. Ask which it was.",
            missing=("history.agent",),
            rows=rows_of(planned),
        )
    return MIXED.clear(tables, "One botulinum product at most.")


def check_sternocleidomastoid(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Much toxin in the sternocleidomastoid makes swallowing hard."""
    planned = toxins(planned_doses(facts, tables))
    mine = tuple(d for d in planned if (d.muscle or "").startswith("sternocleidomastoid"))
    for product in dict.fromkeys(d.agent for d in mine):
        limit = tables.toxin(product).scm_units
        used = sum((_known(d) for d in mine if d.agent == product), Fraction(0))
        if limit and used > limit.value * 100:
            return SCM.fires(
                tables,
                Severity.WARNING,
                f"{format_units(used)} in the sternocleidomastoid; under"
                f" {format_units(int(limit.value * 100))} to spare swallowing.",
                rows=rows_of(mine),
                source=limit.source,
            )
    if any(d.units_centi is None for d in mine):
        return SCM.cannot_tell(
            tables,
            "Cannot tell the units in the sternocleidomastoid: some are unknown.",
            missing=tuple(f"planned.injections[{d.row}].units" for d in mine),
            rows=rows_of(mine),
        )
    return SCM.clear(tables, "The sternocleidomastoid is spared.")
