"""How rows and syringes are shown: amounts in words, doses reckoned, what is left over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tautband.clinic.templatetags.sessions import bare
from tautband.clinical import amounts, anatomy, dosing
from tautband.clinical.findings import RuleAnswer
from tautband.clinical.knowledge import Agent, knowledge
from tautband.clinical.terms import AgentKind
from tautband.design.languages import apart, listed, said
from tautband.errors import Refused, Stale
from tautband.records.actions.rows import row_fingerprint
from tautband.records.checks import ASKED_AT_TIME_OUT, Review, Reviewed
from tautband.records.models import Ingredient, Injection, Syringe

TRAY_LINES = 3
# Nothing is chosen beforehand: a label that nobody read is not one that says "without".
EPINEPHRINE = (
    ("", _("Read it from the label")),
    ("0", _("without epinephrine")),
    ("5000", _("epinephrine 1:200,000 (5 µg/mL)")),
    ("10000", _("epinephrine 1:100,000 (10 µg/mL)")),
    ("12500", _("epinephrine 1:80,000 (12.5 µg/mL)")),
)


def strength_words(agent: Agent, concentration_ug_per_ml: int | None) -> str:
    """A strength as the label prints it: percent for anaesthetics, mg/mL beside it."""
    if not concentration_ug_per_ml:
        return ""
    per_ml = amounts.format_mg_per_ml(concentration_ug_per_ml)
    if agent.kind is AgentKind.LOCAL_ANAESTHETIC:
        return f"{said(amounts.format_strength(concentration_ug_per_ml))} · {said(per_ml)}"
    return said(per_ml)


def products() -> list[dict[str, Any]]:
    """What can be drawn up, one line per marketed strength, as "agent:µg/mL"."""
    lines: list[dict[str, Any]] = []
    for agent in knowledge().agents.values():
        # A dry needle is a row without a syringe; the unknown ones are for what others gave.
        if agent.id == "none" or agent.id.startswith("unknown-"):
            continue
        for strength in agent.strengths or (0,):
            words = " ".join(filter(None, [said(agent.name), strength_words(agent, strength)]))
            lines.append({"value": f"{agent.id}:{strength}", "words": words, "kind": agent.kind})
    return lines


def draw_up_fields(typed: Mapping[str, str]) -> SafeString:
    """The fields of the draw-up form, with what was typed in them."""
    return _fields(typed) if typed else _blank_fields(get_language())


def as_typed(syringe: Syringe, items: Sequence[Ingredient]) -> dict[str, str]:
    """A syringe as the fields of the draw-up form would hold it."""
    typed: dict[str, str] = {"reconstituted_at": ""}
    if syringe.reconstituted_at is not None:
        local = timezone.localtime(syringe.reconstituted_at)
        typed["reconstituted_at"] = local.strftime("%Y-%m-%dT%H:%M")
    on_the_market = {line["value"] for line in products()}
    for i, item in enumerate(items):
        strength = item.concentration_ug_per_ml or 0
        product = f"{item.agent}:{strength}"
        if product not in on_the_market:
            # A strength that is not on the market is written beside the product.
            product = next(
                (value for value in sorted(on_the_market) if value.startswith(f"{item.agent}:")), ""
            )
            typed[f"{i}.strength"] = bare(strength, 1000)
        typed |= {
            f"{i}.product": product,
            f"{i}.brand": item.product,
            f"{i}.volume": bare(item.volume_ul, 1000),
            f"{i}.lot": item.lot,
            f"{i}.expires": item.expires_on.isoformat() if item.expires_on else "",
            f"{i}.epinephrine": bare(item.epinephrine_ng_per_ml, 1),
            f"{i}.units": bare(item.units_centi, 100),
        }
    return typed


# Drawn once for each language: it is a fifth of a page that is drawn at every change of a row.
@lru_cache(maxsize=8)
def _blank_fields(_language: str) -> SafeString:
    return _fields({})


def _fields(typed: Mapping[str, str]) -> SafeString:
    names = ("product", "brand", "volume", "lot", "expires", "epinephrine", "units", "strength")
    lines = [
        {"i": i, **{name: typed.get(f"{i}.{name}", "") for name in names}}
        for i in range(TRAY_LINES)
    ]
    context = {
        "tray_lines": lines,
        "made_up": typed.get("reconstituted_at", ""),
        "products": products(),
        "epinephrine": EPINEPHRINE,
    }
    return render_to_string("clinic/sessions/_syringe_form.html", context)


def agent_name(agent: str) -> str:
    """The name of an agent; its id where the table no longer knows it."""
    found = knowledge().agents.get(agent)
    return said(found.name) if found else agent


@dataclass(frozen=True, kw_only=True)
class Card:
    """One syringe on the tray."""

    syringe: Syringe
    lines: tuple[dict[str, Any], ...]
    left: str
    overdrawn: bool
    words: str
    in_units: bool


def per_ml(item: Ingredient) -> str:
    """How many botulinum units one millilitre holds, once it is made up."""
    if item.units_centi is None:
        return ""
    return apart(
        f"{said(amounts.format_units(Fraction(item.units_centi * 1000, item.volume_ul)))}/mL"
    )


def cards_of(review: Review) -> list[Card]:
    """The tray as the review read it."""
    return [_card(syringe, items, review) for syringe, items in review.facts.tray]


def _card(syringe: Syringe, items: Sequence[Ingredient], review: Review) -> Card:
    """A syringe with its products, what is left in it, and its name in one line."""
    lines: list[dict[str, Any]] = []
    for item in items:
        agent = knowledge().agents.get(item.agent)
        lines.append(
            {
                "item": item,
                "name": apart(item.product) or agent_name(item.agent),
                "strength": strength_words(agent, item.concentration_ug_per_ml) if agent else "",
                "epinephrine": item.epinephrine_ng_per_ml
                and apart(f"{amounts.format_ug(item.epinephrine_ng_per_ml)}/mL"),
                "per_ml": per_ml(item),
            }
        )
    planned = review.facts.session.planned
    facts = next((s for s in planned.syringes if s.id == str(syringe.pk)), None)
    left = dosing.left_in_syringe_ul(facts, planned.injections) if facts else None
    return Card(
        syringe=syringe,
        lines=tuple(lines),
        left="" if left is None else amounts.format_ml(max(left, 0)),
        overdrawn=left is not None and left < 0,
        words=" + ".join(_one_line(line["name"], line["strength"]) for line in lines),
        in_units=any(line["item"].units_centi is not None for line in lines),
    )


def _one_line(name: str, strength: str) -> str:
    """A product and its strength; a trade name often says the strength already."""
    percent = strength.split(" · ")[0]
    return name if _bare(percent) in _bare(name) else f"{name} {percent}"


def _bare(words: str) -> str:
    return words.replace(amounts.NBSP, " ").strip("\u2066\u2068\u2069")


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One row as the page shows it, with what the rules say of it alone."""

    injection: Injection
    muscle: anatomy.Muscle
    doses: str
    amount: str
    unit: str
    lot: str
    findings: tuple[Reviewed, ...]
    state: str
    seen: str
    label: str
    #: What stands in the fields of the row, as text: what is on record, or what was typed.
    fields: Mapping[str, str]
    error: str = ""


def _row_fields(row: Injection) -> dict[str, str]:
    return {
        "gauge": bare(row.needle_gauge, 1),
        "needle": bare(row.needle_um, 1000),
        "depth": bare(row.depth_um, 1000),
        "pleura_depth": bare(row.pleura_depth_um, 1000),
        "angle": bare(row.entry_angle_deg, 1),
        "sites": bare(row.sites, 1),
        "guidance": row.guidance,
        "position": row.position,
    }


def with_typed(
    rows: Sequence[RowView], row_id: UUID | None, typed: Mapping[str, str], refusal: Refused
) -> list[RowView]:
    """The rows, the refused one with what was typed in it and why it cannot be.

    A row that somebody else changed meanwhile shows what they made of it: the next change of
    anything in it would otherwise send the old amount along. What was typed is told beside it.
    """
    words = " ".join(map(said, refusal.fields.values())) or said(refusal.message)
    views = []
    for row in rows:
        amount = typed.get("amount", row.amount)
        if row.injection.pk != row_id:
            views.append(row)
        elif not isinstance(refusal, Stale):
            kept = {name: typed.get(name, value) for name, value in row.fields.items()}
            views.append(replace(row, amount=amount, fields=kept, error=words))
        else:
            views.append(replace(row, error=joined_words(words, _unsaved(row, typed))))
    return views


def _unsaved(row: RowView, typed: Mapping[str, str]) -> str:
    """What was typed and differs from what the row is now."""
    now = {"amount": row.amount, **row.fields}
    lost = [typed[name] for name, value in now.items() if typed.get(name, value) != value]
    if not lost:
        return ""
    return gettext("You had typed %(words)s; it was not saved.") % {"words": ", ".join(lost)}


def joined_words(*parts: str) -> str:
    """The parts that say something, as one text."""
    return " ".join(part for part in parts if part)


def _doses(review: Review) -> dict[int, str]:
    words: dict[int, list[str]] = {}
    for dose in dosing.planned_doses(review.facts.session, knowledge()):
        if dose.row is None:
            continue
        if dose.units_centi is not None:
            words.setdefault(dose.row, []).append(amounts.format_units(dose.units_centi))
        elif dose.ug:
            words.setdefault(dose.row, []).append(amounts.format_mg(dose.ug))
    return {row: listed(" + ", parts) for row, parts in words.items()}


def rows_of(review: Review, cards: Sequence[Card], *, given: bool = False) -> list[RowView]:
    """Every row with its dose, lot and findings."""
    by_syringe = {card.syringe.pk: card for card in cards}
    indices = {row_id: index for index, row_id in enumerate(review.facts.row_ids)}
    doses = _doses(review)
    alone = _alone(review.findings)
    views = []
    for injection in review.facts.rows:
        card = by_syringe.get(injection.syringe_id) if injection.syringe_id else None
        was_given = given and injection.status == "given"
        volume = injection.given_volume_ul if was_given else injection.volume_ul
        units = injection.given_units_centi if was_given else injection.units_centi
        found = tuple(alone.get(injection.pk, ()))
        views.append(
            RowView(
                injection=injection,
                muscle=anatomy.muscle(injection.muscle),
                doses=doses.get(indices.get(injection.pk, -1), ""),
                amount=bare(units, 100) if units is not None else bare(volume, 1000),
                unit="units" if units is not None or (card and card.in_units) else "mL",
                lot=", ".join(line["item"].lot for line in card.lines if line["item"].lot)
                if card
                else "",
                findings=found,
                state=_state(found),
                seen=row_fingerprint(injection),
                label=card.syringe.label if card else "",
                fields=_row_fields(injection),
            )
        )
    return views


def _alone(findings: Iterable[Reviewed]) -> dict[UUID, list[Reviewed]]:
    """Findings that concern one row only stand under it; the others stand below all rows."""
    alone: dict[UUID, list[Reviewed]] = {}
    for each in findings:
        if len(each.row_ids) == 1:
            alone.setdefault(each.row_ids[0], []).append(each)
    return alone


def _state(findings: Sequence[Reviewed]) -> str:
    if any(each.finding.answer is RuleAnswer.CANNOT_TELL for each in findings):
        return "unk"
    return "on"


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A finding that stands below the rows, with the numbers of the rows it concerns."""

    finding: Reviewed
    row_words: str


def shared(review: Review, rows: Sequence[RowView]) -> list[Shared]:
    """The findings that concern no row, or several."""
    numbers = {row.injection.pk: row.injection.number for row in rows}
    return [
        Shared(
            finding=each, row_words=_row_words([numbers[i] for i in each.row_ids if i in numbers])
        )
        for each in review.findings
        if len(each.row_ids) != 1 and each.finding.rule not in ASKED_AT_TIME_OUT
    ]


def everything(review: Review, rows: Sequence[RowView]) -> list[Shared]:
    """Every finding with its rows, for the pages that show no row by itself."""
    numbers = {row.injection.pk: row.injection.number for row in rows}
    return [
        Shared(
            finding=each, row_words=_row_words([numbers[i] for i in each.row_ids if i in numbers])
        )
        for each in review.findings
    ]


def _row_words(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    spelled = ", ".join(str(number) for number in numbers)
    return ngettext("Row %(rows)s", "Rows %(rows)s", len(numbers)) % {"rows": spelled}


def chosen(views: Sequence[RowView]) -> list[dict[str, Any]]:
    """What the body map paints."""
    return [
        {
            "muscle": view.injection.muscle,
            "side": view.injection.side,
            "number": view.injection.number,
            "state": view.state,
        }
        for view in views
    ]


def totals(review: Review) -> str:
    """What the rows add up to, agent by agent."""
    sums: dict[str, dict[str, Any]] = {}
    for dose in dosing.planned_doses(review.facts.session, knowledge()):
        entry = sums.setdefault(dose.agent, {"ug": 0, "centi": 0})
        entry["ug"] += dose.ug or 0
        entry["centi"] += dose.units_centi or 0
    parts = []
    for agent, entry in sums.items():
        if entry["centi"]:
            parts.append(f"{said(amounts.format_units(entry['centi']))} {agent_name(agent)}")
        elif entry["ug"]:
            parts.append(f"{said(amounts.format_mg(entry['ug']))} {agent_name(agent).lower()}")
    return " · ".join(parts)


def has_kind(review: Review, kind: AgentKind) -> bool:
    """Whether any syringe of the plan holds a product of this family."""
    return any(
        knowledge().kind(item.agent) is kind
        for syringe in review.facts.session.planned.syringes
        for item in syringe.ingredients
    )
