"""`{% load sessions %}`: amounts as an input holds them, without their unit, and a row's words."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from tautband.clinic.forms.sessions import GUIDANCE_WORDS, POSITION_WORDS
from tautband.design.parts import with_chosen

register = template.Library()


def bare(value: int | None, scale: int) -> str:
    """A whole number of small units as a plain decimal ("25", "41.2"); nothing when unknown."""
    if value is None:
        return ""
    text = f"{Decimal(value) / scale:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def bare_mm(um: int | None) -> str:
    """µm as millimetres without the unit."""
    return bare(um, 1000)


@register.filter
def position_word(position: str) -> str:
    """How the patient lies or sits, in the middle of a line; nothing when it was not said."""
    return next(
        (str(words).lower() for each, words in POSITION_WORDS.items() if each == position), ""
    )


@register.simple_tag
def guidance_options(chosen: str = "") -> SafeString:
    """How a needle can be guided, as options of a select."""
    return with_chosen(_guidance_options(get_language()), chosen or "")


@register.simple_tag
def position_options(chosen: str = "") -> SafeString:
    """How somebody can lie or sit, as options of a select."""
    return with_chosen(_position_options(get_language()), chosen or "")


@register.simple_tag
def row_labels(number: int) -> Mapping[str, str]:
    """What the fields of the n-th row are called to somebody who hears the page."""
    return _row_labels(number, get_language())


@lru_cache(maxsize=256)
def _row_labels(number: int, _language: str) -> Mapping[str, str]:
    row = {"n": number}
    return {
        "drug": gettext("Drug, row %(n)s") % row,
        "less": gettext("Less, row %(n)s") % row,
        "more": gettext("More, row %(n)s") % row,
        "units": gettext("Units, row %(n)s") % row,
        "millilitres": gettext("Millilitres, row %(n)s") % row,
        "guidance": gettext("Guidance, row %(n)s") % row,
    }


# The same options stand in every row of every plan: drawn once for each language.
@lru_cache(maxsize=8)
def _guidance_options(_language: str) -> SafeString:
    return _options(GUIDANCE_WORDS.items())


@lru_cache(maxsize=8)
def _position_options(_language: str) -> SafeString:
    return _options([("", gettext("Not said")), *POSITION_WORDS.items()])


def _options(words: Iterable[tuple[str, object]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', words)


@register.filter
def in_language(said: Mapping[str, Any], language: str) -> Any:
    """What stands in a table of words under a language."""
    return said[language]
