"""`{% load tautband %}`: icons, amounts with their units, and the drawn parts of a page."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tautband.clinical import amounts, anatomy
from tautband.clinical.findings import Finding, LedgerLine
from tautband.clinical.terms import Side
from tautband.clinical.words import lowered
from tautband.design import forms, parts
from tautband.design.icons import icon_svg
from tautband.design.languages import apart, said, worded
from tautband.design.languages import doses_apart as with_doses_apart
from tautband.design.looks import look_of

register = template.Library()

#: No eval, no inline styles, no page kept in the browser, and a refusal is shown in its place.
_HTMX = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "timeout": 20000,
        "scrollIntoViewOnBoost": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "403|409|422", "swap": True, "error": False},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


@register.simple_tag
def htmx_config() -> SafeString:
    """The settings of htmx, for the meta element that it reads."""
    return mark_safe(_HTMX)  # noqa: S308 - a constant


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; give a label when no word stands beside it."""
    return icon_svg(name, label)


def _amount(amount: int | str | None, words: Callable[[int], str]) -> str:
    """An amount in words; kept in one piece, number first, also inside right-to-left text."""
    if amount is None or amount == "":
        return ""
    return said(words(int(amount)))


@register.filter
def in_own_order(text: object) -> str:
    """What somebody typed, in its own order inside a line that runs the other way."""
    return apart(str(text))


@register.filter
def doses_apart(text: object) -> str:
    """Words in the reader's language, each number with its unit in its own order."""
    return with_doses_apart(text)


@register.filter
def ml(ul: int | str | None) -> str:
    """µL as "0.5 mL"; nothing for an unknown amount."""
    return _amount(ul, amounts.format_ml)


@register.filter
def mg(ug: int | str | None) -> str:
    """µg as "35 mg"; nothing for an unknown amount."""
    return _amount(ug, amounts.format_mg)


@register.filter
def units(centi: int | str | None) -> str:
    """Hundredths of a unit as "155 units"; nothing for an unknown amount."""
    return _amount(centi, amounts.format_units)


@register.filter
def mm(um: int | str | None) -> str:
    """µm as "41.2 mm"; nothing for an unknown amount."""
    return _amount(um, amounts.format_mm)


@register.filter
def kg(g: int | str | None) -> str:
    """Grams as "58 kg"; nothing for an unknown amount."""
    return _amount(g, amounts.format_kg)


@register.filter
def pain(score: int | str | None) -> str:
    """A score of 0 to 10 as "6 of 10"; says so when it was not asked."""
    if score is None or score == "":
        return gettext("not asked")
    return gettext("%(score)s of 10") % {"score": score}


@register.filter
def percent(permille: int | None) -> str:
    """Parts per thousand as "35 %"."""
    return parts.percent(permille)


@register.filter(name="said")
def said_filter(words: object) -> str:
    """Words of a table or of the clinical heart, in the reader's language."""
    return said(words) if words else ""


@register.filter(name="worded")
def worded_filter(word: str | None) -> str:
    """A word of a closed vocabulary, in the reader's language."""
    return worded(word) if word else ""


@register.filter
def in_line(name: str) -> str:
    """A name in the middle of a line, without a capital letter where there are any."""
    return lowered(name)


@register.filter
def side_word(side: Side | str | None) -> str:
    """The patient's side in words; nothing when there is none."""
    if not side:
        return ""
    return parts.side_words(Side(side))


@register.filter
def muscle_name(muscle: str | None) -> str:
    """The name of a muscle by its id; the id itself when the table no longer knows it."""
    return _muscle_names().get(muscle, muscle) if muscle else ""


@cache
def _muscle_names() -> dict[str, str]:
    return {each.id: each.name_en for each in anatomy.muscles()}


@register.simple_tag
def muscle_options(chosen: str = "") -> SafeString:
    """Every muscle and side as options of a select, the chosen one selected."""
    return parts.muscle_options(chosen or "")


@register.simple_tag
def bar(line: LedgerLine) -> SafeString:
    """One ledger line as a bar."""
    return parts.ledger_bar(line)


@register.filter
def used_permille(line: LedgerLine) -> int | None:
    """The whole share used, or None when it cannot be known."""
    return parts.used_permille(line)


@register.filter
def is_over(line: LedgerLine) -> bool:
    """Whether more than the limit is used."""
    return (parts.used_permille(line) or 0) > parts.FULL


@register.simple_tag
def beads(done: int, total: int = 8, now: bool = False) -> SafeString:
    """The care path: `done` full beads, the next one open and haloed while it is under way."""
    return parts.care_path(done, total, now=bool(now))


@register.simple_tag
def wait_bar(minutes: int) -> SafeString:
    """How long somebody waits, as a bar."""
    return parts.wait_bar(minutes)


@register.simple_block_tag
def finding(content: SafeString, finding: Finding, rows: str = "") -> SafeString:
    """A finding with its shape, icon and word; what stands inside the block becomes its buttons.

    `rows` says which rows it concerns when it does not stand under one of them.
    """
    look = look_of(finding)
    # Words that already begin with the answer ("Cannot tell …") do not say it twice.
    begins = said(finding.words).casefold().startswith(str(look.word).rstrip(":").casefold())
    return render_to_string(
        "design/_finding_body.html",
        {
            "finding": finding,
            "look": look,
            "lead": "" if begins else look.word,
            "actions": mark_safe(content.strip()),  # noqa: S308 - rendered by the template engine
            "row_words": rows,
        },
    )


@register.simple_tag
def field_parts(field: BoundField, look: str = "") -> forms.FieldParts:
    """How a form field is drawn."""
    return forms.field_parts(field, look or "")


@register.simple_tag
def error_lines(
    form: BaseForm | None = None, errors: Iterable[Mapping[str, str]] | None = None
) -> list[forms.ErrorLine]:
    """The lines of an error summary."""
    return forms.error_lines(form or None, errors or None)
