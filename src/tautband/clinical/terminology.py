"""What a word or a code in an allergy, medicine or problem list stands for.

Matching is by whole words, forgiving case, accents and Arabic spelling; codes match only in
their own system. What cannot be read at all is "cannot tell", never "nothing".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from tautband.clinical.anatomy import fold
from tautband.clinical.facts import PatientFacts, Term
from tautband.clinical.knowledge import NamedThing, knowledge
from tautband.clinical.terms import AllergySeverity

_SYSTEMS = {
    "rxnorm": "rxnorm",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "snomed": "snomed",
    "snomed ct": "snomed",
    "sct": "snomed",
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "atc": "atc",
    "http://www.whocc.no/atc": "atc",
    "icd-10-cm": "icd-10-cm",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd-10-cm",
    "icd-10": "icd-10",
    "http://hl7.org/fhir/sid/icd-10": "icd-10",
}


def _folded(*sayings: str) -> frozenset[str]:
    return frozenset(fold(words) for words in sayings)


_NONE_WORDS = _folded(
    "none", "nil", "no", "nka", "nkda", "none known", "nil known", "none reported",
    "no allergies", "no allergy", "no drug allergies", "no drug allergy",
    "no known allergies", "no known allergy", "no known allergy (situation)",
    "no known drug allergies", "no known drug allergy", "no known drug allergy (situation)",
    "no known medication allergies", "not on any medicines", "no medicines", "no medication",
    "no medications", "لا يوجد", "لا توجد", "لا شيء", "لا توجد حساسية", "لا يوجد حساسية",
    "لا توجد حساسية معروفة", "لا يوجد حساسية معروفة",
)  # fmt: skip
_NONE_CODES = frozenset({("snomed", "716186003"), ("snomed", "409137002")})
# "None" of one kind only says nothing about what is injected.
_PARTLY_NONE_WORDS = _folded(
    "nkfa", "no known food allergies", "no known food allergy", "no food allergies",
    "no known environmental allergies", "no known environmental allergy",
    "no known insect allergies", "no known insect allergy", "no known latex allergy",
)  # fmt: skip
_PARTLY_NONE_CODES = frozenset(
    {("snomed", "428607008"), ("snomed", "429625007"), ("snomed", "428197003")}
)
_UNKNOWN_WORDS = _folded(
    "unknown", "not known", "unsure", "not sure", "uncertain", "unidentified", "something",
    "cannot remember", "does not remember", "do not know", "don't know", "to be confirmed", "tbc",
    "unknown allergy", "unknown drug", "unknown medicine", "unknown substance", "other",
    "غير معروف", "غير معروفة", "لا أعرف", "لا يعرف", "لا تعرف", "غير متأكد",
)  # fmt: skip
# What parts two things that were written in one line.
_PARTS = re.compile(r"[,;+/&،]|\band\b|\bor\b|\s+و(?=\s)", re.IGNORECASE)
_ANAPHYLAXIS = ("anaphyla", fold("صدمة تحسسية"), fold("تأق"), fold("الحساسية المفرطة"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a term stands for: ids of agents, substances or conditions, and their groups.

    `none` says the term is a statement of absence ("NKDA"), `partly_none` that it rules out one
    kind only ("no food allergies"). `readable` is False for a code no table knows with no words
    beside it, and for words that say that nobody knows. `recognised` is stricter: the tables
    know every thing the words name ("penicillin and plaster" are two).
    """

    ids: frozenset[str]
    groups: frozenset[str]
    names: tuple[str, ...]
    none: bool
    partly_none: bool
    readable: bool
    recognised: bool


def _system(system: str) -> str:
    return _SYSTEMS.get(system.strip().casefold(), system.strip().casefold())


@cache
def _index() -> tuple[
    tuple[tuple[str, NamedThing], ...], dict[tuple[str, str], tuple[NamedThing, ...]]
]:
    """Every folded name with what it names, and every code."""
    tables = knowledge()
    things: tuple[NamedThing, ...] = (
        *tables.agents.values(),
        *tables.substances.values(),
        *tables.conditions.values(),
    )
    words = [(fold(name), thing) for thing in things for name in thing.names]
    codes: dict[tuple[str, str], tuple[NamedThing, ...]] = {}
    for thing in things:
        for system, code in thing.codes:
            key = (_system(system), code)
            codes[key] = (*codes.get(key, ()), thing)
    return tuple(words), codes


def match_term(term: Term) -> Match:
    """What one term stands for, by its words and by its code together."""
    return _match(term.text, term.system, term.code)


# Bounded: the words are of patients, and a server runs for months.
@lru_cache(maxsize=4096)
def _match(words: str, system: str, code: str) -> Match:
    text = fold(words)
    coded = (_system(system), code.strip())
    none = text in _NONE_WORDS or coded in _NONE_CODES
    partly_none = text in _PARTLY_NONE_WORDS or coded in _PARTLY_NONE_CODES
    settled = none or partly_none
    by_code = () if settled else _index()[1].get(coded, ())
    found = {thing.id: thing for thing in (*(() if settled else _named_in(text)), *by_code)}
    return Match(
        ids=frozenset(found),
        groups=frozenset(group for thing in found.values() for group in thing.groups),
        names=tuple(thing.name for thing in found.values()),
        none=none,
        partly_none=partly_none,
        readable=settled or bool(found) or (bool(text) and text not in _UNKNOWN_WORDS),
        recognised=settled or bool(by_code) or _every_part_named(words),
    )


def _named_in(text: str) -> tuple[NamedThing, ...]:
    padded = f" {text} "
    return tuple(thing for name, thing in _index()[0] if f" {name} " in padded)


def _every_part_named(words: str) -> bool:
    parts = [fold(part) for part in _PARTS.split(words)]
    return any(parts) and all(_named_in(part) for part in parts if part)


def is_anaphylaxis(term: Term) -> bool:
    """Whether an allergy was anaphylaxis, by its grade or by the words beside it."""
    said = fold(f"{term.text} {term.reaction}")
    return term.severity is AllergySeverity.ANAPHYLAXIS or any(
        word in said for word in _ANAPHYLAXIS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a whole list says about a group: who belongs to it, and whether any is unreadable.

    `known` is False when the list itself was never asked for.
    """

    known: bool
    named: tuple[str, ...]
    unreadable: bool

    @property
    def sure(self) -> bool:
        """Whether "not in the list" may be believed."""
        return self.known and not self.unreadable


def listed(terms: Iterable[Term] | None, *groups: str) -> Listed:
    """The active entries of a list that belong to any of the groups."""
    if terms is None:
        return Listed(known=False, named=(), unreadable=False)
    active = [match_term(t) for t in terms if t.active]
    things = _things()
    named = [
        things[i].name
        for match in active
        for i in sorted(match.ids)
        if set(things[i].groups) & set(groups)
    ]
    return Listed(
        known=True,
        named=tuple(dict.fromkeys(named)),
        unreadable=any(not m.readable for m in active),
    )


def medicines(patient: PatientFacts, *groups: str) -> Listed:
    """The patient's medicines of any of the groups, by the list and by today's answers."""
    return _with_answers(listed(patient.medications, *groups), patient, groups)


def conditions(patient: PatientFacts, *groups: str) -> Listed:
    """The patient's conditions of any of the groups, by the list and by today's answers."""
    return _with_answers(listed(patient.conditions, *groups), patient, groups)


def _with_answers(found: Listed, patient: PatientFacts, groups: tuple[str, ...]) -> Listed:
    """A no today settles the groups it was about; "I do not know" unsettles them."""
    if patient.unsure & set(groups):
        return replace(found, known=False)
    if set(groups) <= patient.denied:
        return replace(found, known=True, unreadable=False)
    return found


def allergies(patient: PatientFacts, *groups: str) -> Listed:
    """The patient's allergies of any of the groups; words no table knows may be any of them."""
    found = listed(patient.allergies, *groups)
    told = [match_term(t) for t in patient.allergies or () if t.active]
    only_partly = bool(told) and all(m.partly_none for m in told)
    return replace(
        found,
        known=found.known and not only_partly,
        unreadable=any(not m.recognised for m in told),
    )


@cache
def _things() -> dict[str, NamedThing]:
    return {thing.id: thing for _, thing in _index()[0]}


def is_anticoagulant(term: Term) -> bool:
    """Whether a medicine thins the blood or stops platelets."""
    return bool(match_term(term).groups & {"anticoagulant", "antiplatelet"})
