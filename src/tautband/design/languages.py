"""Says the sentences of the clinical heart in the reader's language.

The heart makes them in English and keeps their templates; here each template and each value is
looked up in the catalogue and put together again. What no table translates stays as it is, and
in a line that runs from right to left it is set apart, so that "25 mg" keeps its order.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from django.utils.html import escape
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext

from tautband.clinical.names import arabic_by_english
from tautband.clinical.words import Sentence

ISOLATE, END = "\u2068", "\u2069"
_LEFT_TO_RIGHT = "\u2066"
#: A number that was set apart by itself already is taken along with its unit.
_NO_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
_NUMBER_AND_UNIT = re.compile(
    r"(?:\u2068\d[\d.,]*\u2069|\d[\d.,]*)(?:[ \u00a0](?:mL/kg/min|mL/kg|mL/min|mL|mg/mL|mg/kg|mg"
    r"|\u00b5g/mL|\u00b5g/kg|\u00b5g|kg/cm\u00b2|kg/m\u00b2|kg|mm|cm|min|G)(?!\w)|[ \u00a0]?%)"
)
_ARABIC_MARKS = str.maketrans({",": "،", ";": "؛"})


def is_english() -> bool:
    """Whether the page is in the language the sentences are made in."""
    return (get_language() or "en").startswith("en")


def said(text: object) -> str:
    """Some words in the reader's language: a sentence of the heart, or words of a table."""
    if is_english():
        return str(text)
    if isinstance(text, Sentence):
        return _sentence(text)
    return _known(str(text)) or str(text)


def written(sentence: Sentence) -> str:
    """A sentence as it is written into a page: said, and escaped."""
    return escape(said(sentence))


def apart(text: str) -> str:
    """The same words, in their own order inside a line that runs from right to left.

    A list whose parts are apart already is left alone: set apart as a whole it would be taken for
    one that runs from left to right, since what is inside its parts does not count.
    """
    if not text or is_english() or END in text or not get_language_bidi():
        return text
    return f"{ISOLATE}{text}{END}"


def doses_apart(text: object) -> str:
    """A sentence in the reader's language, or words as somebody typed them, each amount in order.

    Inside a line that runs from right to left "0.5 mg" would else be drawn "mg 0.5".
    """
    if is_english():
        return str(text)
    words = said(text) if isinstance(text, Sentence) else str(text)
    if not get_language_bidi():
        return words
    return _NUMBER_AND_UNIT.sub(
        lambda found: f"{_LEFT_TO_RIGHT}{found[0].translate(_NO_ISOLATES)}{END}", words
    )


def worded(value: str) -> str:
    """A word of a closed vocabulary, spelled as it is stored: `not-given` is "not given"."""
    return said(value.replace("-", " ").replace("_", " "))


def _sentence(sentence: Sentence) -> str:
    if getattr(sentence, "template", ""):
        return _form(sentence).format(**_pieces(sentence.values))
    parts = getattr(sentence, "parts", ())
    if not parts:
        return str(sentence)
    if len(parts) == 1 and not isinstance(parts[0], Sentence):
        return _known(parts[0]) or apart(parts[0])
    return listed(sentence.separator, parts)


def listed(separator: str, parts: Iterable[object]) -> str:
    """The parts that say something, one after the other, in the reader's language."""
    if is_english():
        return separator.join(_english(part) for part in parts if part)
    mark = separator
    if get_language_bidi():
        mark = gettext(" and ") if separator == " and " else separator.translate(_ARABIC_MARKS)
    return mark.join(piece(part) for part in parts if part)


def _form(sentence: Sentence) -> str:
    if sentence.plural:
        return ngettext(sentence.template, sentence.plural, sentence.number)
    return gettext(sentence.template)


def _pieces(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: piece(value) for name, value in values.items()}


def piece(value: object) -> str:
    """One value inside a text: a sentence said, a drug or a muscle named, all else set apart.

    Whatever a person typed stays as it was typed: a name is never taken for a word of ours.
    """
    if is_english():
        return _english(value)
    if isinstance(value, Sentence):
        return _sentence(value)
    if isinstance(value, Enum):
        return said(str(value.value))
    text = str(value)
    if not text or text.isdigit():
        return text
    return _name(text) or apart(text)


def _english(value: object) -> str:
    """A value as English says it, which is what it is made of: nothing to look up, or to turn."""
    return str(value.value if isinstance(value, Enum) else value)


def _name(text: str) -> str:
    """The name of a drug or a muscle; empty where it is none."""
    return arabic_by_english().get(text.casefold(), "") if get_language() == "ar" else ""


def _known(text: str) -> str:
    """Words that a table or the catalogue has as a whole; empty where neither has."""
    if not text.strip():
        return ""
    if named := _name(text):
        return named
    translated = gettext(text)
    return translated if translated != text else ""
