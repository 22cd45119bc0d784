"""What a word or a code in an allergy, medicine or problem list stands for.

Matching is by whole words, forgiving case, accents and Arabic spelling; codes match only in
their own system. What cannot be read at all is "cannot tell", never "nothing".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tautband.clinical.anatomy import fold
from tautband.clinical.facts import Term
from tautband.clinical.knowledge import NamedThing, knowledge

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
_NONE_WORDS = frozenset(
    fold(words)
    for words in (
        "none",
        "nil",
        "no",
        "nka",
        "nkda",
        "nkfa",
        "no allergies",
        "no allergy",
        "no known allergies",
        "no known allergy",
        "no known drug allergies",
        "no known drug allergy",
        "no known food allergies",
        "none known",
        "nil known",
        "not on any medicines",
        "no medicines",
        "no medication",
        "no known allergy (situation)",
        "no known drug allergy (situation)",
        "لا يوجد",
        "لا توجد",
        "لا شيء",
        "لا توجد حساسية",
        "لا يوجد حساسية",
        "لا توجد حساسية معروفة",
        "لا يوجد حساسية معروفة",
    )
)
_NONE_CODES = frozenset({("snomed", "716186003"), ("snomed", "409137002")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a term stands for: ids of agents, substances or conditions, and their groups.

    `none` says the term is a statement of absence ("NKDA"); `readable` is False for a code
    no table knows and no words beside it: nobody can tell what it is.
    """

    ids: frozenset[str]
    groups: frozenset[str]
    names: tuple[str, ...]
    none: bool
    readable: bool


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


@cache
def match_term(term: Term) -> Match:
    """What one term stands for, by its words and by its code together."""
    words, codes = _index()
    text = fold(term.text)
    code = (_system(term.system), term.code.strip())
    if text in _NONE_WORDS or code in _NONE_CODES:
        return Match(ids=frozenset(), groups=frozenset(), names=(), none=True, readable=True)
    padded = f" {text} "
    found = {thing.id: thing for name, thing in words if f" {name} " in padded}
    found |= {thing.id: thing for thing in codes.get(code, ())}
    return Match(
        ids=frozenset(found),
        groups=frozenset(group for thing in found.values() for group in thing.groups),
        names=tuple(thing.name for thing in found.values()),
        none=False,
        readable=bool(found) or bool(text),
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


@cache
def _things() -> dict[str, NamedThing]:
    return {thing.id: thing for _, thing in _index()[0]}


def is_anticoagulant(term: Term) -> bool:
    """Whether a medicine thins the blood or stops platelets."""
    return bool(match_term(term).groups & {"anticoagulant", "antiplatelet"})
