"""`{% load sessions %}`: amounts as an input holds them, without their unit, and a row's words."""

from decimal import Decimal

from django import template

from tautband.clinic.forms.sessions import POSITION_WORDS

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
