"""Where the words of the interface stand: templates, Python, and the tables a clinician signs."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

SOURCE = "src/tautband"
#: How a call names a message: which arguments are msgid, plural and context ("c").
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # The clinical heart knows no gettext; it says a sentence, and the page translates it.
    "say": None,
    "say_n": (1, 2),
    # Kept answers of gettext, where a page asks for the same words hundreds of times.
    "say_plural": (1, 2),
}
#: The fields of the clinical tables that are words shown to a person, by table.
WORDS_OF_TABLES: Mapping[str, frozenset[str]] = {
    "ask_today.toml": frozenset({"id", "words", "help", "label", "unit", "choices"}),
    "emergency.toml": frozenset({"words", "title", "signs", "steps"}),
    "risks.toml": frozenset({"words"}),
    "conditions.toml": frozenset({"name"}),
    "substances.toml": frozenset({"name"}),
    "depths.toml": frozenset({"shown"}),
}
#: Of these fields the id is shown as words, too.
IDS = frozenset({"id"})
#: Closed vocabularies: each value is a word that may be shown.
VOCABULARIES = frozenset({"records/models/vocabulary.py", "clinical/terms.py"})
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(
    rf"\b(_|gettext|ngettext|pgettext|npgettext)\(({_LITERAL}(?:\s*,\s*{_LITERAL})*)"
)
_PIECE = re.compile(_LITERAL)


@dataclass(slots=True)
class Message:
    """One message of the interface, with its plural, and where it was met."""

    msgid: str
    plural: str | None = None
    context: str | None = None
    comments: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


Key = tuple[str | None, str]


def gather(root: Path) -> dict[Key, Message]:
    """Every message of the product, by context and msgid."""
    found: dict[Key, Message] = {}
    for path in sorted((root / SOURCE).rglob("*")):
        if "migrations" in path.parts:
            continue
        place = path.relative_to(root).as_posix()
        if path.suffix == ".html":
            messages = _of_template(path.read_text("utf-8"), place)
        elif path.suffix == ".py":
            messages = _of_python(path)
            if path.relative_to(root / SOURCE).as_posix() in VOCABULARIES:
                messages = chain(messages, _of_vocabulary(path))
        elif path.suffix == ".toml" and path.name in WORDS_OF_TABLES:
            messages = _of_table(path)
        else:
            continue
        for message in messages:
            _add(found, message, place)
    return found


def _add(found: dict[Key, Message], message: Message, place: str) -> None:
    key = (message.context, message.msgid)
    kept = found.setdefault(key, message)
    if message.plural is not None:
        if kept.plural not in (None, message.plural):
            raise ValueError(f"{place}: two plurals of one message: {message.msgid!r}")
        kept.plural = message.plural
    kept.comments.extend(c for c in message.comments if c not in kept.comments)
    if place not in kept.places:
        kept.places.append(place)


def _of_template(text: str, place: str) -> Iterator[Message]:
    for call in _CALL.finditer(templatize(text, origin=place)):
        words = [ast.literal_eval(piece) for piece in _PIECE.findall(call[2])]
        match call[1]:
            case "ngettext":
                yield Message(words[0], plural=words[1])
            case "pgettext":
                yield Message(words[1], context=words[0])
            case "npgettext":
                yield Message(words[1], plural=words[2], context=words[0])
            case _:
                yield Message(words[0])


def _of_python(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        for _line, words, comments, context in extract(
            "python", file, dict(KEYWORDS), comment_tags=("Translators:",), strip_comment_tags=True
        ):
            msgid, plural = words if isinstance(words, tuple) else (words, None)
            yield Message(msgid, plural=plural, context=context, comments=[*comments])


def _of_vocabulary(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ClassDef) or ast.unparse(node.bases[0]) != "StrEnum":
            continue
        for line in node.body:
            match line:
                case ast.Assign(value=ast.Constant(value=str(word))):
                    yield Message(word.replace("-", " "))


def _of_table(path: Path) -> Iterator[Message]:
    yield from _walk(tomllib.loads(path.read_text("utf-8")), WORDS_OF_TABLES[path.name])


def _walk(value: object, wanted: frozenset[str]) -> Iterator[Message]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, wanted)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk_field(key, inner, wanted)


def _walk_field(key: str, inner: object, wanted: frozenset[str]) -> Iterator[Message]:
    if key not in wanted:
        yield from _walk(inner, wanted)
    elif isinstance(inner, str):
        yield Message(inner.replace("_", " ") if key in IDS else inner)
    elif isinstance(inner, list):
        yield from (Message(each) for each in inner)
