"""Sentences that remember how they were made, so that a page can say them in another language.

A `Sentence` is the English text, and a `str` like any other: rules, records and exchange formats
use it as such. It also keeps its template and its values, from which the pages can make the same
sentence anew. Nothing here knows any other language.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self


class Sentence(str):
    """English words with the template and the values they were made from.

    `plural` and `number` are set where the number decides the form. A joined or capitalised
    sentence has no template of its own: `parts` are what it joins, `separator` what lies between.
    """

    __slots__ = ("number", "parts", "plural", "separator", "template", "values")
    template: str
    values: Mapping[str, Any]
    plural: str
    number: int
    parts: tuple[str, ...]
    separator: str

    @classmethod
    def of(
        cls,
        text: str,
        *,
        template: str = "",
        values: Mapping[str, Any] | None = None,
        plural: str = "",
        number: int = 0,
        parts: tuple[str, ...] = (),
        separator: str = "",
    ) -> Self:
        """The sentence that reads so in English."""
        made = cls(text)
        made.template, made.values = template, values or {}
        made.plural, made.number = plural, number
        made.parts, made.separator = parts, separator
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Kept somewhere, a sentence is its English text."""
        return str, (str(self),)

    def __html__(self) -> str:
        """What a template engine writes into a page: the reader's own language, escaped."""
        return _write(self)


def say(template: str, /, **values: Any) -> Sentence:
    """A sentence from its English template: `say("{used} of the day's limit", used=…)`.

    The template is a literal, so that it is found and translated; values may be sentences.
    """
    return Sentence.of(template.format(**values), template=template, values=values)


def say_n(one: str, many: str, /, n: int, **values: Any) -> Sentence:
    """A sentence whose form depends on a number, which is its value `n`."""
    values = {"n": n, **values}
    text = (one if n == 1 else many).format(**values)
    return Sentence.of(text, template=one, values=values, plural=many, number=n)


def joined(separator: str, parts: Iterable[str]) -> Sentence:
    """Sentences or names in a row."""
    kept = tuple(parts)
    return Sentence.of(separator.join(kept), parts=kept, separator=separator)


def known(text: str) -> Sentence:
    """Words of a table, such as the name of a muscle: translated by themselves, as a whole."""
    return Sentence.of(text, parts=(text,))


def lowered(text: str) -> Sentence:
    """A name as it stands in the middle of a sentence."""
    return Sentence.of(text.lower(), parts=(text,))


def capital(text: str) -> Sentence:
    """The same with a capital letter first, where a language has them."""
    return Sentence.of(f"{text[:1].upper()}{text[1:]}", parts=(text,))


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def _write_english(sentence: Sentence) -> str:
    return str(sentence).translate(_ESCAPES)


_write: Callable[[Sentence], str] = _write_english


def written_by(write: Callable[[Sentence], str]) -> None:
    """Tell how a sentence is written into a page: in the reader's language, and escaped.

    The pages say so once, when they start.
    """
    global _write
    _write = write
