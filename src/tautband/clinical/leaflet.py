"""The patient's leaflet: what is planned and what it may do, or what was done and what to watch.

Composed from one plan or one sitting, in English or Arabic; a line stands in it only where it
applies. The sentences are rows of `knowledge/leaflets.toml`, each with its source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from string import Formatter

from tautband.clinical import amounts, dosing
from tautband.clinical.anatomy import muscle
from tautband.clinical.facts import InjectionFacts, SessionFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import KnowledgeError, knowledge
from tautband.clinical.knowledge.arabic import arabic_names
from tautband.clinical.knowledge.tables import Row, read, toml_row
from tautband.clinical.occasions import OCCASIONS, occasions
from tautband.clinical.terms import AgentKind, Side

TABLE = "leaflets.toml"


class Part(StrEnum):
    """Before consent, or after the needle."""

    BEFORE = "before"
    AFTER = "after"


class Language(StrEnum):
    """What a leaflet can be written in."""

    ENGLISH = "en"
    ARABIC = "ar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephones:
    """Whom the patient rings."""

    emergency: str
    out_of_hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing the patient is told."""

    id: str
    words: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines under one heading."""

    id: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    id: str
    part: str
    section: str
    when: str
    words: Mapping[str, str]
    source: Source

    @property
    def blanks(self) -> tuple[str, ...]:
        """What is to be filled in."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.words["en"]) if name)


_ORDER = {
    Part.BEFORE: ("what", "why", "tell", "thinner", "how", "risks"),
    Part.AFTER: ("done", "emergency", "call", "after", "thinner"),
}
# Names of muscles have commas of their own.
_AND = {Language.ENGLISH: "; ", Language.ARABIC: "؛ "}
_UNNAMED = {Language.ENGLISH: "a place not written down", Language.ARABIC: "مكان لم يُسجَّل"}
_SIDES = {
    Language.ENGLISH: {Side.LEFT: "left", Side.RIGHT: "right", Side.MIDLINE: "middle"},
    Language.ARABIC: {
        Side.LEFT: "الجهة اليسرى", Side.RIGHT: "الجهة اليمنى", Side.MIDLINE: "الوسط",
    },
}  # fmt: skip
_ARABIC_UNITS = {"mg": "ملغ", "units": "وحدة"}
_SALINE = {Language.ENGLISH: "salt water", Language.ARABIC: "ماء مالح"}


@cache
def _labels(kind: str) -> Mapping[str, Mapping[str, str]]:
    rows = toml_row(TABLE, read(TABLE)).rows(kind)
    return {row.text("id"): _words(row) for row in rows}


def word(id_: str, language: Language) -> str:
    """A word around the sections: the title of a part, or what an identity line calls a thing."""
    return _labels("word")[id_][language]


@cache
def _texts() -> tuple[_Text, ...]:
    found = tuple(_text(row) for row in toml_row(TABLE, read(TABLE)).rows("line"))
    for text in found:
        if text.when not in OCCASIONS or text.section not in _labels("section"):
            raise KnowledgeError(f"{TABLE}: {text.id}: unknown occasion or section")
    return found


def _words(row: Row) -> Mapping[str, str]:
    return {language: row.text(language) for language in Language}


def _text(row: Row) -> _Text:
    return _Text(
        id=row.text("id"), part=row.text("part"), section=row.text("section"),
        when=row.text("when"), words=_words(row), source=row.source(),
    )  # fmt: skip


def muscle_name(muscle_id: str, language: Language) -> str:
    """A muscle as the leaflet names it."""
    if language is Language.ARABIC:
        return arabic_names()[("muscle", muscle_id)]
    return muscle(muscle_id).name_en


def agent_name(agent: str, language: Language) -> str:
    """A drug as the leaflet names it, in full; its id where no table knows it."""
    if language is Language.ARABIC:
        return arabic_names().get(("agent", agent), agent)
    return knowledge().name(agent)


def compose(
    part: Part, facts: SessionFacts, *, language: Language, ring: Telephones
) -> tuple[Section, ...]:
    """The sections of a leaflet, in order; `facts.planned` holds what was planned or was given."""
    told = occasions(facts, of_rows=part is Part.AFTER)
    filled = _filled(facts, part, language) | {
        "emergency": _number(ring.emergency, language),
        "out_of_hours": _number(ring.out_of_hours, language),
    }  # fmt: skip
    sections = []
    for section in _ORDER[part]:
        lines = tuple(
            Line(id=text.id, words=text.words[language].format_map(filled), source=text.source)
            for text in _texts()
            if text.section == section
            and text.part in {part, "both"}
            and text.when in told
            # A sentence about nothing is left out: a sitting of dry needles has no doses.
            and all(filled[blank] for blank in text.blanks)
        )
        if lines:
            heading = _labels("section")[section][language].format_map(filled)
            sections.append(Section(id=section, heading=heading, lines=lines))
    return tuple(sections)


def _filled(facts: SessionFacts, part: Part, language: Language) -> dict[str, str]:
    rows = facts.planned.injections
    over_lung = [row for row in rows if row.muscle is None or muscle(row.muscle).over_lung]
    used = {row.syringe for row in facts.planned.injections}
    agents = [
        item.agent
        for syringe in facts.planned.syringes
        if part is Part.BEFORE or syringe.id in used
        for item in syringe.ingredients
    ]

    def of(kind: AgentKind) -> str:
        return _listed(
            (agent_name(a, language) for a in agents if knowledge().kind(a) is kind), language
        )

    return {
        "muscles": _listed((site(row, language) for row in rows), language),
        "lung_sites": _listed((site(row, language) for row in over_lung), language),
        "anaesthetics": of(AgentKind.LOCAL_ANAESTHETIC),
        "steroids": of(AgentKind.CORTICOSTEROID),
        "toxins": of(AgentKind.BOTULINUM_TOXIN),
        "doses": _listed(_doses(facts, language), language),
    }


def _number(telephone: str, language: Language) -> str:
    """A telephone number whose groups stay in their order inside a line that runs right to left."""
    if telephone and language is Language.ARABIC:
        return f"\u2066{telephone}\u2069"
    return telephone


def site(row: InjectionFacts, language: Language) -> str:
    """A row's muscle and side, as far as they were written down."""
    name = _UNNAMED[language] if row.muscle is None else muscle_name(row.muscle, language)
    return f"{name} ({_SIDES[language][row.side]})" if row.side is not None else str(name)


def _listed(parts: Iterable[str], language: Language) -> str:
    return _AND[language].join(dict.fromkeys(parts))


def _doses(facts: SessionFacts, language: Language) -> list[str]:
    """What went in, drug by drug; a drug whose amount nobody knows is named without one."""
    ug: dict[str, Fraction | None] = {}
    units: dict[str, Fraction | None] = {}
    said: list[str] = []
    for dose in dosing.planned_doses(facts, knowledge()):
        if dose.kind is AgentKind.INERT:
            said.append(_SALINE[language])
            continue
        held = units if dose.kind is AgentKind.BOTULINUM_TOXIN else ug
        amount = dose.units_centi if held is units else dose.ug
        before = held.get(dose.agent, Fraction(0))
        held[dose.agent] = None if amount is None or before is None else before + amount
    words = [dose_words(agent, total, "mg", language) for agent, total in ug.items()]
    words += [dose_words(agent, total, "units", language) for agent, total in units.items()]
    return [*words, *said]


def dose_words(agent: str, total: Fraction | None, unit: str, language: Language) -> str:
    """A drug and how much of it in µg or hundredths of a unit; `unit` is "mg" or "units"."""
    name = agent_name(agent, language)
    if total is None:
        # Plain text: what is written in one language is not said in the reader's.
        return str(name)
    worded = amounts.format_mg(total) if unit == "mg" else amounts.format_units(total)
    if language is Language.ARABIC:
        worded = f"{worded.split(amounts.NBSP)[0]}{amounts.NBSP}{_ARABIC_UNITS[unit]}"
    return f"{name} {worded}"
