"""What a plan or a sitting brings with it, as words that tables of advice and risk are keyed by."""

from tautband.clinical.anatomy import muscle
from tautband.clinical.dosing import MAYBE_ANAESTHETIC
from tautband.clinical.facts import IngredientFacts, SessionFacts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terminology import conditions, medicines
from tautband.clinical.terms import AgentKind

ALWAYS = "always"
#: Every word that `occasions` may answer.
OCCASIONS = frozenset({
    ALWAYS, "lung", "anaesthetic", "steroid", "botulinum", "saline-only", "dry", "injected",
    "anticoagulant", "off-label", "lidocaine-plain", "lidocaine-epinephrine", "bupivacaine",
    "other-anaesthetic",
})  # fmt: skip
# How long these two numb is published; of the others only that it takes hours.
_TIMED = {"lidocaine", "bupivacaine"}


def occasions(facts: SessionFacts, *, of_rows: bool = False) -> frozenset[str]:
    """Which occasions this is; `of_rows` counts only what a row takes, not all that is drawn up.

    Before the needle whatever lies on the tray counts; after it, only what went in.
    """
    items = _items(facts, of_rows=of_rows)
    kinds = {knowledge().kind(item.agent) for item in items}
    rows = facts.planned.injections
    steroid, toxin = AgentKind.CORTICOSTEROID in kinds, AgentKind.BOTULINUM_TOXIN in kinds
    drugs = kinds - {AgentKind.INERT}
    thinner = medicines(facts.patient, "anticoagulant", "antiplatelet", "bleeding")
    disorder = conditions(facts.patient, "bleeding")
    true = {
        ALWAYS: True,
        # A muscle that nobody wrote down may lie over the lung.
        "lung": any(row.muscle is None or muscle(row.muscle).over_lung for row in rows),
        # A drug of no table may be one.
        "anaesthetic": bool(kinds & MAYBE_ANAESTHETIC),
        "steroid": steroid,
        "botulinum": toxin,
        "saline-only": bool(items) and not drugs,
        "dry": any(row.syringe is None for row in rows),
        "injected": any(row.syringe is not None for row in rows),
        # Not knowing whether the patient bleeds longer is a reason to name it.
        "anticoagulant": bool(thinner.named or disorder.named) or not thinner.sure,
        "off-label": steroid or toxin,
    }  # fmt: skip
    return frozenset({word for word, holds in true.items() if holds} | _numbing(items))


def _items(facts: SessionFacts, *, of_rows: bool) -> tuple[IngredientFacts, ...]:
    used = {row.syringe for row in facts.planned.injections if row.syringe is not None}
    told = tuple(
        item
        for syringe in facts.planned.syringes
        if not of_rows or syringe.id in used
        for item in syringe.ingredients
    )
    # What came out of a syringe that nobody wrote down may be anything.
    unwritten = used - {syringe.id for syringe in facts.planned.syringes}
    return (*told, IngredientFacts(agent="other")) if unwritten else told


def _numbing(items: tuple[IngredientFacts, ...]) -> set[str]:
    """How long the place will be numb, by what numbs it; the longest is told."""
    numbing = [i for i in items if knowledge().kind(i.agent) in MAYBE_ANAESTHETIC]
    if not numbing:
        return set()
    if any(item.agent not in _TIMED for item in numbing):
        return {"other-anaesthetic"}
    if any(item.agent != "lidocaine" for item in numbing):
        return {"bupivacaine"}
    # An unknown strength of epinephrine may be one: the longer time is told.
    plain = all(item.epinephrine_ng_per_ml == 0 for item in numbing)
    return {"lidocaine-plain" if plain else "lidocaine-epinephrine"}
