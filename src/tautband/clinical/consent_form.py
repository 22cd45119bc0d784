"""The consent form in words: what is planned, what may go wrong, what else there is, who agrees.

Every sentence stands in English and in Arabic, side by side, so that whoever explains reads what
the patient signs. The sentences are rows of `knowledge/consent_form.toml` and `risks.toml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tautband.clinical import dosing
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import KnowledgeError, knowledge
from tautband.clinical.knowledge.tables import Row, read, toml_row
from tautband.clinical.leaflet import Language, dose_words, site
from tautband.clinical.occasions import OCCASIONS, occasions
from tautband.clinical.risks import risks_of
from tautband.clinical.terms import AgentKind

TABLE = "consent_form.toml"
Words = Mapping[str, str]
SIGNERS = frozenset({"both", "patient", "proxy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in both languages; `is_named` is None where nothing was asked yet."""

    id: str
    words: Words
    source: Source
    is_named: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlace:
    """One row of the plan: where, and what goes in, each dose by itself."""

    where: Words
    doses: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWords:
    """The sentences of a form, section by section."""

    places: tuple[PlannedPlace, ...]
    aims: tuple[Sentence, ...]
    risks: tuple[Sentence, ...]
    choices: tuple[Sentence, ...]
    agreement: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    sentence: Sentence
    section: str
    when: str
    signer: str


def _words(row: Row) -> Words:
    return {language: row.text(language) for language in Language}


@cache
def _lines() -> tuple[_Line, ...]:
    found = tuple(
        _Line(
            sentence=Sentence(id=row.text("id"), words=_words(row), source=row.source()),
            section=row.text("section"),
            when=row.text("when"),
            signer=row.text("for"),
        )
        for row in toml_row(TABLE, read(TABLE)).rows("line")
    )
    for line in found:
        known = line.when in OCCASIONS and line.signer in SIGNERS and line.section in words()
        if not known:
            raise KnowledgeError(f"{TABLE}: {line.sentence.id}: unknown occasion or section")
    return found


@cache
def words() -> Mapping[str, Words]:
    """The headings and labels of the form, by their id."""
    return {row.text("id"): _words(row) for row in toml_row(TABLE, read(TABLE)).rows("word")}


def consent_words(
    facts: SessionFacts, *, by_proxy: bool, named: Sequence[str] | None
) -> ConsentWords:
    """The form for a plan; `named` are the risks that were named, None while nobody asked."""
    told = occasions(facts)

    def of(section: str) -> tuple[Sentence, ...]:
        signer = "proxy" if by_proxy else "patient"
        return tuple(
            line.sentence
            for line in _lines()
            if line.section == section and line.when in told and line.signer in {"both", signer}
        )

    return ConsentWords(
        places=_places(facts),
        aims=of("for"),
        risks=tuple(
            Sentence(
                id=risk.id,
                # Plain text: a page must not say the English column in its reader's language.
                words={Language.ENGLISH: str(risk.words), Language.ARABIC: risk.words_ar},
                source=risk.source,
                is_named=None if named is None else risk.words in named,
            )
            for risk in risks_of(facts)
        ),
        choices=of("choices"),
        agreement=of("agree"),
    )


def _places(facts: SessionFacts) -> tuple[PlannedPlace, ...]:
    doses = dosing.planned_doses(facts, knowledge())
    places = []
    for number, row in enumerate(facts.planned.injections):
        own = [dose for dose in doses if dose.row == number]
        nothing = words()["dry" if row.syringe is None else "unsaid"]
        put_in: dict[str, tuple[str, ...]] = {}
        where: dict[str, str] = {}
        for language in Language:
            said = tuple(_dose(dose, language) for dose in own)
            put_in[language] = said or (nothing[language],)
            where[language] = site(row, language)
        places.append(PlannedPlace(where=where, doses=put_in))
    return tuple(places)


def _dose(dose: dosing.Dose, language: Language) -> str:
    in_units = dose.kind is AgentKind.BOTULINUM_TOXIN
    amount: Fraction | None = dose.units_centi if in_units else dose.ug
    if dose.kind is AgentKind.INERT:
        amount = None
    return dose_words(dose.agent, amount, "units" if in_units else "mg", language)
