"""What this plan may do to this patient, in words for them: what consent is asked about."""

from dataclasses import dataclass, replace
from functools import cache

from tautband.clinical.anatomy import muscle
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge.tables import read, toml_row
from tautband.clinical.leaflet import Language, site
from tautband.clinical.occasions import occasions
from tautband.clinical.words import joined, known, lowered

TABLE = "risks.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One thing that may happen; `when` says for which plans it is named."""

    id: str
    words: str
    words_ar: str
    when: str
    source: Source


@cache
def _risks() -> tuple[Risk, ...]:
    return tuple(
        Risk(
            id=row.text("id"),
            words=known(row.text("words")),
            words_ar=row.text("words_ar"),
            when=row.text("when"),
            source=row.source(),
        )
        for row in toml_row(TABLE, read(TABLE)).rows("risk")
    )


def risks_of(facts: SessionFacts) -> tuple[Risk, ...]:
    """The risks to name for this plan; the one over the lung lists its muscles."""
    told = occasions(facts)
    named = []
    for risk in _risks():
        if risk.when not in told:
            continue
        sites = _lung_sites(facts) if risk.when == "lung" else ""
        named.append(
            replace(
                risk,
                words=joined(": ", (risk.words, sites)) if sites else risk.words,
                words_ar=f"{risk.words_ar}: {_lung_sites_ar(facts)}" if sites else risk.words_ar,
            )
        )
    return tuple(named)


def _lung_sites(facts: SessionFacts) -> str:
    rows = [(muscle(row.muscle), row.side) for row in facts.planned.injections if row.muscle]
    sites = [
        joined(" ", (lowered(each.name_en), *(() if side is None else (side,))))
        for each, side in rows
        if each.over_lung
    ]
    return joined(", ", dict.fromkeys(sites))


def _lung_sites_ar(facts: SessionFacts) -> str:
    rows = [row for row in facts.planned.injections if row.muscle and muscle(row.muscle).over_lung]
    return "؛ ".join(dict.fromkeys(site(row, Language.ARABIC) for row in rows))
