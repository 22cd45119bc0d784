"""How long a patient is watched after the needle, at the least."""

from dataclasses import dataclass
from fractions import Fraction

from tautband.clinical.anatomy import muscle
from tautband.clinical.dosing import local_anaesthetic_load
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import Knowledge, knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """How long to watch the patient at the least, and why."""

    minutes: int
    why: str
    source: Source


def observation_minutes(facts: SessionFacts, tables: Knowledge | None = None) -> Observation:
    """The least minutes of watching: longer after a large dose or a needle over the lung."""
    tables = tables or knowledge()
    load = local_anaesthetic_load(facts, tables)
    warn = Fraction(tables.limit("load.warn_permille").value) / 1000
    large, lung = tables.limit("observe.large_dose_minutes"), tables.limit("observe.lung_minutes")
    choices = [(tables.limit("observe.usual_minutes"), "the usual time")]
    if load.total >= warn:
        choices.append((large, "a large dose of local anaesthetic"))
    if load.missing:
        choices.append((large, "a dose of local anaesthetic that is not fully known"))
    if any(i.muscle is None or muscle(i.muscle).over_lung for i in facts.planned.injections):
        choices.append((lung, "a needle over the lung"))
    number, why = max(choices, key=lambda choice: choice[0].value)
    return Observation(minutes=int(number.value), why=why, source=number.source)
