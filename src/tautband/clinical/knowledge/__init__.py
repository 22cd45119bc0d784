"""The tables a clinician signs, as frozen rows: limits are data, reasoning is a function."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from tautband.clinical.findings import Source
from tautband.clinical.knowledge.tables import (
    CSV_TABLES,
    MUSCLES,
    TOML_TABLES,
    KnowledgeError,
    Number,
    Row,
    csv_rows,
    fingerprint,
    read,
    toml_row,
)
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import known

__all__ = [
    "Agent",
    "AnaestheticLimits",
    "BotulinumLimits",
    "Depth",
    "Knowledge",
    "KnowledgeError",
    "Mixture",
    "NamedThing",
    "Number",
    "Row",
    "SteroidLimits",
    "build",
    "knowledge",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedThing:
    """Something a list may name: its words, its codes, and the groups rules ask for."""

    id: str
    name: str
    groups: tuple[str, ...]
    names: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent(NamedThing):
    """What may be in a syringe. `groups` are its classes; strengths are in µg/mL.

    `holds` is what every pack has in it besides the agent, `preservatives` what some packs have.
    `named` is False for "a local anaesthetic of unknown name" and its like.
    """

    kind: AgentKind
    inn: str
    strengths: tuple[int, ...]
    holds: tuple[str, ...]
    preservatives: tuple[str, ...]
    particulate: bool

    @property
    def named(self) -> bool:
        """Whether it is one product, and not "of unknown name"."""
        return not self.id.startswith("unknown-")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnaestheticLimits:
    """The highest dose of one local anaesthetic; epinephrine lifts it only where given."""

    plain_mg_per_kg: Number
    plain_mg: Number
    epinephrine_mg_per_kg: Number | None
    epinephrine_mg: Number | None
    day_mg: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SteroidLimits:
    """What one site and one session take of one corticosteroid."""

    site_mg: Number
    session_mg: Number | None
    sites: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotulinumLimits:
    """The limits of one botulinum toxin product, in its own units."""

    total_units: Number | None
    total_days: Number | None
    session_units: Number | None
    neck_units: Number | None
    site_units: Number | None
    scm_units: Number | None
    storage_hours: Number | None
    weakest_units_per_ml: Number | None
    strongest_units_per_ml: Number | None


NO_TOXIN_LIMITS = BotulinumLimits(
    total_units=None,
    total_days=None,
    session_units=None,
    neck_units=None,
    site_units=None,
    scm_units=None,
    storage_hours=None,
    weakest_units_per_ml=None,
    strongest_units_per_ml=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """A published lower bound of skin to rib or pleura, for some muscles and a build."""

    muscles: tuple[str, ...]
    sex: str
    bmi_from: Decimal | None
    bmi_below: Decimal | None
    lower_mm: Decimal
    muscle_starts_mm: Decimal | None
    shown: str
    population: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Two agents that must not share a syringe."""

    agents: tuple[str, ...]
    source: Source


# Compared by identity: the doses reckoned with one reading of the tables are kept under it.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Knowledge:
    """All tables at once; `version` changes when any of them does."""

    agents: Mapping[str, Agent]
    anaesthetics: Mapping[str, AnaestheticLimits]
    steroids: Mapping[str, SteroidLimits]
    toxins: Mapping[str, BotulinumLimits]
    limits: Mapping[str, Number]
    sources: Mapping[str, Source]
    depths: tuple[Depth, ...]
    incompatible: tuple[Mixture, ...]
    beside_neuraxis: frozenset[str]
    payer_diagnoses: frozenset[str]
    substances: Mapping[str, NamedThing]
    conditions: Mapping[str, NamedThing]
    muscles: tuple[Row, ...]
    questions: tuple[Row, ...]
    emergency: Row
    version: str

    def limit(self, name: str) -> Number:
        """The number of limits.toml, corticosteroids.toml or botulinum_toxins.toml by name."""
        return self.limits[name]

    def toxin(self, agent: str) -> BotulinumLimits:
        """The limits of a botulinum toxin; a product nobody knows has none."""
        return self.toxins.get(agent, NO_TOXIN_LIMITS)

    def kind(self, agent: str) -> AgentKind:
        """The family of an agent; what no table knows is OTHER."""
        row = self.agents.get(agent)
        return AgentKind.OTHER if row is None else row.kind

    def name(self, agent: str) -> str:
        """How an agent is called in a sentence: `lidocaine`, `onabotulinumtoxinA`."""
        row = self.agents.get(agent)
        if row is None:
            return "a product of no table"
        return row.inn or row.name[:1].lower() + row.name[1:]


def _codes(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((code.text("system"), code.text("code")) for code in row.rows("codes"))


def _thing(row: Row, groups: tuple[str, ...]) -> NamedThing:
    return NamedThing(
        id=row.text("id"),
        name=known(row.text("name")),
        groups=groups,
        names=row.words("names"),
        codes=_codes(row),
        source=row.source(),
    )


def _agent(row: Row) -> Agent:
    try:
        kind = AgentKind(row.text("kind"))
        strengths = tuple(int(Decimal(s) * 1000) for s in row.words("strengths"))
    except (ValueError, ArithmeticError) as error:
        raise KnowledgeError(f"{row.place}: {error}") from error
    return Agent(
        id=row.text("id"),
        name=known(row.text("name")),
        groups=row.words("classes"),
        names=row.words("names"),
        codes=_codes(row),
        source=row.source(),
        kind=kind,
        inn=row.text("inn"),
        strengths=strengths,
        holds=row.words("holds"),
        preservatives=row.words("preservatives"),
        particulate=row.flag("particulate"),
    )


def _anaesthetic(row: Row) -> AnaestheticLimits:
    return AnaestheticLimits(
        plain_mg_per_kg=row.number("plain_mg_per_kg"),
        plain_mg=row.number("plain_mg"),
        epinephrine_mg_per_kg=row.number_or_none("epinephrine_mg_per_kg"),
        epinephrine_mg=row.number_or_none("epinephrine_mg"),
        day_mg=row.number_or_none("day_mg"),
    )


def _steroid(row: Row) -> SteroidLimits:
    return SteroidLimits(
        site_mg=row.number("site_mg"),
        session_mg=row.number_or_none("session_mg"),
        sites=row.number_or_none("sites"),
    )


def _toxin(row: Row) -> BotulinumLimits:
    return BotulinumLimits(
        total_units=row.number_or_none("total_units"),
        total_days=row.number_or_none("total_days"),
        session_units=row.number_or_none("session_units"),
        neck_units=row.number_or_none("neck_units"),
        site_units=row.number_or_none("site_units"),
        scm_units=row.number_or_none("scm_units"),
        storage_hours=row.number_or_none("storage_hours"),
        weakest_units_per_ml=row.number_or_none("weakest_units_per_ml"),
        strongest_units_per_ml=row.number_or_none("strongest_units_per_ml"),
    )


def _depth(row: Row) -> Depth:
    return Depth(
        muscles=row.words("muscles"),
        sex=row.text("sex"),
        bmi_from=row.decimal_or_none("bmi_from"),
        bmi_below=row.decimal_or_none("bmi_below"),
        lower_mm=row.decimal("lower_mm"),
        muscle_starts_mm=row.decimal_or_none("muscle_starts_mm"),
        shown=known(row.text("shown")),
        population=row.text("population"),
        source=row.source(),
    )


def build(texts: Mapping[str, str]) -> Knowledge:
    """All tables from their texts; raises KnowledgeError naming the malformed row."""
    whole = {name: toml_row(name, texts[name]) for name in TOML_TABLES}
    limits: dict[str, Number] = {}
    sections = {group: whole["limits.toml"].row(group) for group in whole["limits.toml"].fields}
    sections["steroid"] = whole["corticosteroids.toml"].row("limits")
    sections["payer"] = whole["payers.toml"].row("limits")
    sections["botulinum"] = whole["botulinum_toxins.toml"].row("class")
    for group, section in sections.items():
        limits |= {f"{group}.{name}": section.number(name) for name in section.fields}
    anaesthetics, steroids, toxins = (
        whole["local_anaesthetics.toml"],
        whole["corticosteroids.toml"],
        whole["botulinum_toxins.toml"],
    )
    sources = whole["sources.toml"]
    freeze = MappingProxyType
    return Knowledge(
        agents=freeze({a.id: a for a in map(_agent, whole["agents.toml"].rows("agent"))}),
        anaesthetics=freeze({k: _anaesthetic(anaesthetics.row(k)) for k in anaesthetics.fields}),
        steroids=freeze(
            {
                k: _steroid(steroids.row(k))
                for k in steroids.fields
                if k not in {"limits", "neuraxis"}
            }
        ),
        toxins=freeze({k: _toxin(toxins.row(k)) for k in toxins.fields if k != "class"}),
        limits=freeze(limits),
        sources=freeze({k: sources.row(k).source() for k in sources.fields}),
        depths=tuple(map(_depth, whole["depths.toml"].rows("depth"))),
        incompatible=tuple(
            Mixture(agents=row.words("agents"), source=row.source())
            for row in whole["mixtures.toml"].rows("pair")
        ),
        payer_diagnoses=frozenset(whole["payers.toml"].row("diagnoses").words("codes")),
        beside_neuraxis=frozenset(steroids.row("neuraxis").words("muscles")),
        substances=freeze(
            {
                row.text("id"): _thing(row, row.words("groups"))
                for row in whole["substances.toml"].rows("substance")
            }
        ),
        conditions=freeze(
            {
                row.text("id"): _thing(row, (row.text("id"),))
                for row in whole["conditions.toml"].rows("condition")
            }
        ),
        muscles=csv_rows(MUSCLES, texts[MUSCLES]),
        questions=whole["ask_today.toml"].rows("question"),
        emergency=whole["emergency.toml"],
        version=fingerprint(texts),
    )


@cache
def knowledge() -> Knowledge:
    """The tables shipped with this version, read once."""
    return build({name: read(name) for name in (*TOML_TABLES, *CSV_TABLES)})
