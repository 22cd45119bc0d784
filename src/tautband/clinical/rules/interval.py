"""Botulinum toxin: how soon again, how much of one product, and never two products.

Units of one product say nothing about another's: each total is within one product.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from tautband.clinical.amounts import format_units
from tautband.clinical.anatomy import muscle
from tautband.clinical.dates import shown
from tautband.clinical.dosing import (
    Dose,
    earlier_today,
    may_hide,
    past,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import BotulinumLimits, Knowledge, Number
from tautband.clinical.rules.answers import Rule, rows_of
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import joined, say, say_n

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


def maybe_within(
    facts: SessionFacts, tables: Knowledge, sittings: Iterable[Sitting], days: int
) -> tuple[Sitting, ...]:
    """Those at least so many days ago whose date is only "about" known, so that it may be less."""
    margin = int(tables.limit("botulinum.about_days").value)
    return tuple(
        s
        for s in sittings
        if s.on_is_about and days <= (facts.planned.on - s.on).days < days + margin
    )


def check_interval(facts: SessionFacts, tables: Knowledge) -> Finding:
    """84 calendar days lie between two botulinum toxins of any product."""
    planned = toxins(planned_doses(facts, tables))
    if not planned:
        return INTERVAL.clear(tables, say("No botulinum toxin is planned."))
    before = sittings_with_toxin(facts, tables)
    apart = tables.limit("botulinum.interval_days")
    last = before[-1] if before else None
    days = (facts.planned.on - last.on).days if last else None
    if last is not None and days is not None and days < apart.value:
        ago = say("earlier today") if days == 0 else say_n("{n} day ago", "{n} days ago", days)
        return INTERVAL.fires(
            tables,
            Severity.CRITICAL if apart.verified else Severity.WARNING,
            say(
                "Too soon: botulinum toxin {ago}. Not before {date}.",
                ago=ago,
                date=shown(not_before(last.on, tables)),
            ),
            rows=rows_of(planned),
            source=apart.source,
        )
    doubt = _doubt(facts, tables, before, int(apart.value))
    if doubt:
        return INTERVAL.cannot_tell(
            tables,
            say("Cannot tell the interval: {doubt}", doubt=doubt),
            missing=("history.performed_at",),
            rows=rows_of(planned),
        )
    if last is None:
        return INTERVAL.clear(tables, say("No botulinum toxin before."))
    return INTERVAL.clear(
        tables,
        say(
            "Botulinum toxin {days} days ago; allowed since {date}.",
            days=days,
            date=shown(not_before(last.on, tables)),
        ),
    )


def _doubt(facts: SessionFacts, tables: Knowledge, before: tuple[Sitting, ...], days: int) -> str:
    """Why the interval may be shorter than the record says."""
    if may_hide(facts, AgentKind.BOTULINUM_TOXIN):
        return say(
            "nobody knows whether botulinum toxin was given elsewhere, for wrinkles too. Ask"
            " for the clinic's letter, or wait."
        )
    vague = maybe_within(facts, tables, before, days)
    if vague:
        return say(
            'the last date is only "about {date}". Ask for the exact day, or wait until {until}.',
            date=shown(vague[-1].on),
            until=shown(not_before(_latest(vague[-1], tables), tables)),
        )
    unknown = [
        s
        for s in past(facts)
        if (facts.planned.on - s.on).days < days
        and any(d.kind is AgentKind.OTHER for d in sitting_doses(s, tables))
    ]
    if unknown:
        return say(
            "a drug of no table was given on {date}. If it was a botulinum toxin: not before"
            " {until}.",
            date=shown(unknown[-1].on),
            until=shown(not_before(unknown[-1].on, tables)),
        )
    return ""


def _latest(sitting: Sitting, tables: Knowledge) -> date:
    """The latest day an "about" date may mean."""
    return sitting.on + timedelta(days=int(tables.limit("botulinum.about_days").value))


def check_total(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Each product stays within its own total; other products' units do not count."""
    planned = toxins(planned_doses(facts, tables))
    warning: Finding | None = None
    missing: list[str] = []
    if planned and may_hide(facts, AgentKind.BOTULINUM_TOXIN):
        missing.append("history")
    for product in dict.fromkeys(d.agent for d in planned):
        if product == UNNAMED:
            missing += [f"planned.injections[{d.row}].agent" for d in planned if d.agent == product]
        limits = tables.toxin(product)
        for number, doses, maybe, words in _ceilings(product, limits, planned, facts, tables):
            used = _used(product, doses)
            if used > number.value * 100:
                finding = TOTAL.fires(
                    tables,
                    Severity.CRITICAL
                    if number.verified and number is not limits.neck_units
                    else Severity.WARNING,
                    say(
                        "{name}: {used} {words}; up to {most}. Use less.",
                        name=_capital(product, tables),
                        used=format_units(used),
                        words=words,
                        most=format_units(int(number.value * 100)),
                    ),
                    rows=rows_of(d for d in planned if d.agent == product),
                    source=number.source,
                )
                if finding.severity is Severity.CRITICAL:
                    return finding
                warning = warning or finding
            missing += _gaps(product, doses)
            if used + _used(product, maybe) > number.value * 100 or _gaps(product, maybe):
                missing.append("history.performed_at")
    if warning:
        return warning
    if missing:
        return TOTAL.cannot_tell(
            tables,
            say(
                "Cannot tell the total of botulinum toxin: some units, a product or a date is"
                " unknown. Ask for them."
            ),
            missing=tuple(dict.fromkeys(missing)),
            rows=rows_of(planned),
        )
    return TOTAL.clear(
        tables,
        say("Within the total of the product.")
        if planned
        else say("No botulinum toxin is planned."),
    )


def _capital(product: str, tables: Knowledge) -> str:
    return tables.agents[product].name


def _used(product: str, doses: tuple[Dose, ...]) -> Fraction:
    return sum((d.units_centi or Fraction(0) for d in doses if d.agent == product), Fraction(0))


def _gaps(product: str, doses: tuple[Dose, ...]) -> list[str]:
    return [
        "history.units" if d.row is None else f"planned.injections[{d.row}].units"
        for d in doses
        if d.units_centi is None or d.agent != product
    ]


def window(product: str, facts: SessionFacts, tables: Knowledge, *, days: int) -> tuple[Dose, ...]:
    """The past doses of one product, or of an unnamed one, fewer than so many days ago."""
    return _doses_of(
        product, (s for s in past(facts) if (facts.planned.on - s.on).days < days), tables
    )


def _doses_of(product: str, sittings: Iterable[Sitting], tables: Knowledge) -> tuple[Dose, ...]:
    return tuple(
        d
        for s in sittings
        for d in toxins(sitting_doses(s, tables))
        if d.agent in {product, UNNAMED}
    )


def _ceilings(
    product: str,
    limits: BotulinumLimits,
    planned: tuple[Dose, ...],
    facts: SessionFacts,
    tables: Knowledge,
) -> list[tuple[Number, tuple[Dose, ...], tuple[Dose, ...], str]]:
    """Each limit of the product, the doses it counts, those it may count, and its words."""
    mine = tuple(d for d in planned if d.agent == product)
    today = _doses_of(product, earlier_today(facts), tables)
    found: list[tuple[Number, tuple[Dose, ...], tuple[Dose, ...], str]] = []
    if limits.total_units and limits.total_days:
        days = int(limits.total_days.value)
        counted = (*window(product, facts, tables, days=days), *mine)
        maybe = _doses_of(product, maybe_within(facts, tables, past(facts), days), tables)
        found.append((limits.total_units, counted, maybe, say("within {days} days", days=days)))
    if limits.session_units:
        found.append((limits.session_units, (*today, *mine), (), say("in one session")))
    if limits.neck_units:
        neck = tuple(d for d in (*today, *mine) if d.muscle is None or _in_neck(d.muscle))
        found.append((limits.neck_units, neck, (), say("in neck and shoulder girdle")))
    return found


def _in_neck(muscle_id: str) -> bool:
    return muscle(muscle_id).region in NECK


def check_per_site(facts: SessionFacts, tables: Knowledge) -> Finding:
    """No single site takes more units than its product's label allows."""
    planned = toxins(planned_doses(facts, tables))
    over = [
        (d, limit, d.units_centi / d.sites)
        for d in planned
        if (limit := tables.toxin(d.agent).site_units) is not None
        and d.units_centi is not None
        and d.units_centi / d.sites > limit.value * 100
    ]
    if over:
        dose, limit, each = max(over, key=lambda found: found[2])
        return PER_SITE.fires(
            tables,
            Severity.WARNING,
            say(
                "{name}: {each} at one site; up to {limit}. Spread it over more sites.",
                name=_capital(dose.agent, tables),
                each=format_units(each),
                limit=format_units(int(limit.value * 100)),
            ),
            rows=rows_of(d for d, _, _ in over),
            source=limit.source,
        )
    unknown = [d for d in planned if d.units_centi is None or d.agent == UNNAMED]
    if unknown:
        return PER_SITE.cannot_tell(
            tables,
            say("Cannot tell the units at each site: the units or the product are unknown."),
            missing=tuple(f"planned.injections[{d.row}].units" for d in unknown),
            rows=rows_of(unknown),
        )
    return PER_SITE.clear(tables, say("No site takes too many units."))


def check_mixed_products(facts: SessionFacts, tables: Knowledge) -> Finding:
    """One session, one product: units do not convert."""
    planned = toxins(planned_doses(facts, tables))
    today = _today(facts, tables)
    products = dict.fromkeys(d.agent for d in (*today, *planned) if d.agent != UNNAMED)
    if planned and len(products) > 1:
        names = joined(" and ", (tables.agents[p].name for p in products))
        return MIXED.fires(
            tables,
            Severity.CRITICAL,
            say(
                "Two botulinum products in one session: {names}. Units do not convert; use one.",
                names=names,
            ),
            rows=rows_of(planned),
        )
    if planned and (
        any(d.agent == UNNAMED for d in (*today, *planned))
        or may_hide(facts, AgentKind.BOTULINUM_TOXIN)
    ):
        return MIXED.cannot_tell(
            tables,
            say(
                "Cannot tell whether two products meet: one has no name, or nobody knows what"
                " was given elsewhere. Ask which it was."
            ),
            missing=("history.agent",),
            rows=rows_of(planned),
        )
    return MIXED.clear(tables, say("One botulinum product at most."))


def _today(facts: SessionFacts, tables: Knowledge) -> tuple[Dose, ...]:
    return tuple(d for s in earlier_today(facts) for d in toxins(sitting_doses(s, tables)))


def check_sternocleidomastoid(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Much toxin in the sternocleidomastoid makes swallowing hard."""
    planned = toxins(planned_doses(facts, tables))
    every = tuple(
        d for d in (*_today(facts, tables), *planned) if d.muscle is None or _is_scm(d.muscle)
    )
    mine = tuple(d for d in every if d.muscle is not None)
    for product in dict.fromkeys(d.agent for d in mine):
        limit = tables.toxin(product).scm_units
        used = _used(product, mine)
        if planned and limit and used > limit.value * 100:
            return SCM.fires(
                tables,
                Severity.WARNING,
                say(
                    "{used} of {name} in the sternocleidomastoid; up to {limit}, to spare"
                    " swallowing. Use less.",
                    used=format_units(used),
                    name=_capital(product, tables),
                    limit=format_units(int(limit.value * 100)),
                ),
                rows=rows_of(mine),
                source=limit.source,
            )
    unknown = [d for d in every if d.units_centi is None or d.muscle is None or d.agent == UNNAMED]
    if planned and unknown:
        return SCM.cannot_tell(
            tables,
            say(
                "Cannot tell the units in the sternocleidomastoid: units, product or muscle"
                " unknown."
            ),
            missing=tuple(
                dict.fromkeys(
                    "history" if d.row is None else f"planned.injections[{d.row}].units"
                    for d in unknown
                )
            ),
            rows=rows_of(unknown),
        )
    return SCM.clear(tables, say("The sternocleidomastoid is spared."))


def _is_scm(muscle_id: str) -> bool:
    return muscle_id.startswith("sternocleidomastoid")
