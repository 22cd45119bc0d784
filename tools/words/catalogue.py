"""The catalogue of one language as files: what stands in the sources, with its translations."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.words.sources import Key, Message

LANGUAGES = ("ar",)
#: As Django's own catalogue of the language has it, so that both are read by one rule.
PLURALS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 && n%100<=99 ? 4 : 5;"
}
# "20 % lipid", "0.5 mL of 1 mg/mL": after an Arabic letter the parts would change places.
_NUMBER = r"(?:\d+(?:[.,:/×-]\d+)*|%\(\w+\)[sd]|\{\w+\})"
_UNIT = r"(?:mg|mL|µg|kg|mm|cm|min|h|G|MB|%%|%)(?:/(?:mL|kg|min|cm²))*"
_AMOUNT = re.compile(
    rf"(?<!\w){_NUMBER}(?:\s?[±–×-]\s?{_NUMBER})*[ \u00a0]?{_UNIT}(?![\w(])"
    r"|(?<!\w)\d+(?:-\d+)+(?!\w)"
)
HEADER = """\
# The words of tautband in another language. Written by tools/generate_catalogue.py: only msgstr
# is for hands. A translation is ours and unread until its entry says who checked it, as a
# comment above it: "# checked: NAME, DATE". docs/how-to/translate.md tells how.
"""


class _Quiet(Catalog):
    """A catalogue whose header holds nothing that changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Language", str(self.locale)),
            ("Plural-Forms", PLURALS[str(self.locale)]),
        ]


def folder(root: Path, language: str) -> Path:
    """Where the catalogue of a language stands."""
    return root / "src/tautband/locale" / language / "LC_MESSAGES"


def read(root: Path, language: str) -> Catalog:
    """The catalogue as it is kept; an empty one where there is none."""
    path = folder(root, language) / "django.po"
    if not path.exists():
        return _Quiet(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(kept: Catalog, language: str, found: Mapping[Key, Message]) -> Catalog:
    """What stands in the sources, with the translations kept so far and nothing else."""
    fresh = _Quiet(locale=language, header_comment=HEADER.rstrip(), fuzzy=False)
    for (context, msgid), message in sorted(
        found.items(), key=lambda item: (item[0][1], item[0][0] or "")
    ):
        words = msgid if message.plural is None else (msgid, message.plural)
        before = kept.get(msgid, context)
        added = fresh.add(words, context=context, auto_comments=message.comments)
        if before is None:
            continue
        added.user_comments = before.user_comments
        if isinstance(before.string, str) == (message.plural is None):
            added.string = before.string
    return fresh


def set_apart(text: str) -> str:
    """Amounts with their unit kept in their own order, in a language that runs right to left."""
    return _AMOUNT.sub(lambda found: f"\u2066{found[0]}\u2069", text)


def translated(message: object) -> bool:
    """Whether every form of a message has words."""
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


def files(root: Path, language: str, found: Mapping[Key, Message]) -> dict[Path, bytes]:
    """What the two files of a language should hold."""
    whole = merged(read(root, language), language, found)
    text, compiled = BytesIO(), BytesIO()
    write_po(text, whole, no_location=True, width=100)
    # An entry without words would be shown as nothing; left out, its English is shown.
    for message in [m for m in whole if m.id and not translated(m)]:
        whole.delete(message.id, message.context)
    if whole.locale and whole.locale.character_order == "right-to-left":
        for message in whole:
            if message.id:
                forms = message.string
                message.string = (
                    tuple(map(set_apart, forms)) if isinstance(forms, tuple) else set_apart(forms)
                )
    write_mo(compiled, whole)
    at = folder(root, language)
    return {at / "django.po": text.getvalue(), at / "django.mo": compiled.getvalue()}
