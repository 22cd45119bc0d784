"""The muscles: names, sides, hazards, usual needle; and a forgiving search over them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from tautband.clinical.findings import Source
from tautband.clinical.knowledge import KnowledgeError, Row, knowledge
from tautband.clinical.knowledge.arabic import arabic_names
from tautband.clinical.terms import LungRisk, Side
from tautband.clinical.words import known, say
from tautband.errors import Refused

SHORTEST_SEARCH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """One muscle a needle may be meant for.

    Needle lengths are µm, volumes µL; both from the usual practice column, None when the
    table gives none. `lung_risk_verified` says whether the lung risk was read at a source;
    `compressible` whether a hand can press on it to stop bleeding.
    """

    id: str
    name_en: str
    name_la: str
    name_ar: str
    lay: tuple[str, ...]
    region: str
    sides: tuple[Side, ...]
    innervation: str
    refers_to: tuple[str, ...]
    views: tuple[str, ...]
    layer: str
    hazards: tuple[str, ...]
    lung_risk: LungRisk
    lung_risk_verified: bool
    compressible: bool
    needle_gauge: str
    needle_length_words: str
    needle_lowest_um: int | None
    needle_highest_um: int | None
    position: str
    volume_words: str
    volume_lowest_ul: int | None
    volume_highest_ul: int | None
    preempt_units_centi: int | None
    preempt_sites: str
    published_depth: str
    note: str
    codes: tuple[tuple[str, str], ...]
    clinical_status: str
    source: Source

    @property
    def pneumothorax_risk(self) -> LungRisk:
        """Whether a needle into the muscle can reach the lung."""
        return self.lung_risk

    @property
    def over_lung(self) -> bool:
        """Whether the lung may lie behind it: risk high or low."""
        return self.lung_risk is not LungRisk.NONE

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a search looks at: English, Latin, Arabic, lay."""
        return tuple(filter(None, (self.name_en, self.name_la, self.name_ar, *self.lay)))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _range(text: str, scale: int, place: str) -> tuple[int | None, int | None]:
    """The two ends of `25-38 (13-25 BoNT)`, in small units; the bracket is only words."""
    ends = text.split("(")[0].strip()
    if not ends:
        return None, None
    low, _, high = ends.partition("-")
    try:
        return int(Decimal(low) * scale), int(Decimal(high or low) * scale)
    except ArithmeticError as error:
        raise KnowledgeError(f"{place}: {text!r} is no range") from error


def _codes(row: Row) -> tuple[tuple[str, str], ...]:
    systems = {
        "fma": row.text("fma_id"),
        "ta2": row.text("ta2_id"),
        "sct": row.text("snomed_ct"),
        "mdc": row.text("mdc_11073_code"),
    }
    return tuple((system, code) for system, code in systems.items() if code)


def _muscle(row: Row) -> Muscle:
    needle = _range(row.text("needle_length_mm"), 1000, row.place)
    volume = _range(row.text("volume_ml_per_site"), 1000, row.place)
    units = row.text("preempt_units_total")
    try:
        sides = tuple(Side(s) for s in _listed(row.text("sides")))
        risk = LungRisk(row.text("pneumothorax_risk"))
    except ValueError as error:
        raise KnowledgeError(f"{row.place}: {error}") from error
    return Muscle(
        id=row.text("id"),
        name_en=known(row.text("name_en")),
        name_ar=arabic_names().get(("muscle", row.text("id")), ""),
        name_la=row.text("ta2_name_la"),
        lay=_listed(row.text("lay")),
        region=row.text("region"),
        sides=sides,
        innervation=row.text("innervation"),
        refers_to=_listed(row.text("referred_pain_zones")),
        views=_listed(row.text("view")),
        layer=row.text("layer"),
        hazards=_listed(row.text("hazards")),
        lung_risk=risk,
        lung_risk_verified=row.text("lung_risk_verified") == "y",
        compressible=row.text("compressible") == "y",
        needle_gauge=row.text("needle_gauge"),
        needle_length_words=row.text("needle_length_mm"),
        needle_lowest_um=needle[0],
        needle_highest_um=needle[1],
        position=row.text("patient_position"),
        volume_words=row.text("volume_ml_per_site"),
        volume_lowest_ul=volume[0],
        volume_highest_ul=volume[1],
        preempt_units_centi=int(units) * 100 if units.isdecimal() else None,
        preempt_sites=row.text("preempt_sites"),
        published_depth=row.text("published_depth_mm"),
        note=row.text("note"),
        codes=_codes(row),
        clinical_status=row.text("clinical_status"),
        source=Source(
            cite=row.text("cite"),
            address=row.text("address"),
            verified=row.text("verified") == "y",
        ),
    )


@cache
def _by_id() -> Mapping[str, Muscle]:
    return MappingProxyType({m.id: m for m in map(_muscle, knowledge().muscles)})


def muscles() -> tuple[Muscle, ...]:
    """Every muscle, head to foot."""
    return tuple(_by_id().values())


def muscle(muscle_id: str) -> Muscle:
    """The muscle of an id; raises Refused when there is none."""
    found = _by_id().get(muscle_id)
    if found is None:
        words = say("There is no such muscle. Choose one from the list.")
        raise Refused(words, fields={"muscle": words})
    return found


def fold(text: str) -> str:
    """Words without case, accents or punctuation, so that spellings meet.

    Arabic letters that are typed either way (alef with hamza, ta marbuta, final ya) and the
    article are brought to one form too.
    """
    bare = "".join(
        ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch)
    )
    bare = bare.translate(_ARABIC)
    words = "".join(ch if ch.isalnum() else " " for ch in bare).split()
    return " ".join(w[2:] if w.startswith("ال") and len(w) > 4 else w for w in words)


_ARABIC = str.maketrans({"\u0629": "\u0647", "\u0649": "\u064a", "\u0640": "", "'": "", "’": ""})


@cache
def _folded() -> tuple[tuple[Muscle, tuple[str, ...]], ...]:
    return tuple((m, tuple(fold(name) for name in m.names)) for m in muscles())


def _rank(query: str, names: tuple[str, ...]) -> tuple[int, int] | None:
    """How well the names answer a folded query; lower is better, None is not at all."""
    best: tuple[int, int] | None = None
    wanted = query.split()
    for order, name in enumerate(names):
        words = name.split()
        if name.startswith(query):
            kind = 0
        elif f" {query}" in name:
            kind = 1
        elif all(any(w.startswith(part) for w in words) for part in wanted):
            kind = 2
        elif query in name:
            kind = 3
        else:
            continue
        score = (kind, min(order, 2))
        best = score if best is None else min(best, score)
    return best


def search_muscles(text: str, limit: int = 10) -> tuple[Muscle, ...]:
    """The muscles a few typed letters may mean, best first; fewer than three find none.

    Case, accents and word order are forgiven. A name that starts with the letters comes
    first, then any word that starts with them, then the letters inside a word.
    """
    query = fold(text)
    if len(query) < SHORTEST_SEARCH:
        return ()
    hits = [
        (rank, place, m)
        for place, (m, names) in enumerate(_folded())
        if (rank := _rank(query, names)) is not None
    ]
    hits.sort(key=lambda hit: hit[:2])
    return tuple(m for _, _, m in hits[:limit])
