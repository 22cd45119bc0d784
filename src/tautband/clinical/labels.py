"""What a syringe label says of its contents, and the colour each drug's class has.

The colour helps to tell classes apart and never stands for reading the name. A syringe has the
colour of a class where everything in it that acts belongs to that class; a mixture is white, and
each name in it stands on the colour of its own class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache

from tautband.clinical.facts import IngredientFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import knowledge
from tautband.clinical.knowledge.tables import read, toml_row
from tautband.clinical.terms import AgentKind

TABLE = "labels.toml"
EPINEPHRINE = "epinephrine"


class LabelClass(StrEnum):
    """The classes that a label of this service can need."""

    LOCAL_ANAESTHETIC = "local-anaesthetic"
    VASOPRESSOR = "vasopressor"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """The background of a class: the ink that the standard names, and our value for it."""

    ink: str
    background: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLine:
    """One drug in a syringe; None where an amount is not known.

    Whole syringe: `ug` and `units_centi` in all, `volume_ul` of its product. `strength_ug_per_ml`
    is the product's own, `mixed_ug_per_ml` what a millilitre of the mixture holds. Epinephrine
    comes in a product of another drug: `ng_per_ml` is its strength there, None where several
    products brought it along.
    """

    agent: str
    colour: LabelClass
    volume_ul: int | None = None
    strength_ug_per_ml: int | None = None
    mixed_ug_per_ml: Fraction | None = None
    ng_per_ml: int | None = None
    ug: Fraction | None = None
    units_centi: int | None = None
    units_centi_per_ml: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContents:
    """A whole syringe: its drugs in the order they were drawn up, its colour and its volume."""

    lines: tuple[LabelLine, ...]
    colour: LabelClass
    volume_ul: int | None


@cache
def colours() -> dict[LabelClass, Colour]:
    """The background of every class."""
    found = {
        LabelClass(row.text("id")): Colour(
            ink=row.text("ink"), background=row.text("background"), source=row.source()
        )
        for row in toml_row(TABLE, read(TABLE)).rows("class")
    }
    return {each: found[each] for each in LabelClass}


def class_of(agent: str) -> LabelClass:
    """The class that gives a drug its colour."""
    if knowledge().kind(agent) is AgentKind.LOCAL_ANAESTHETIC:
        return LabelClass.LOCAL_ANAESTHETIC
    return LabelClass.NONE


def contents(ingredients: Sequence[IngredientFacts]) -> LabelContents:
    """Everything in a syringe; epinephrine is a line of its own, the last one."""
    volumes = [item.volume_ul for item in ingredients]
    total = None if None in volumes else sum(ul for ul in volumes if ul is not None)
    lines = [_line(item, total, alone=len(ingredients) == 1) for item in ingredients]
    # "Not said" is not "without": the label says that nobody knows.
    with_it = [
        item
        for item in ingredients
        if item.epinephrine_ng_per_ml
        or (item.epinephrine_ng_per_ml is None and class_of(item.agent) is not LabelClass.NONE)
    ]
    if with_it:
        lines.append(_epinephrine(with_it, total, alone=len(ingredients) == 1))
    acting = {line.colour for line in lines if knowledge().kind(line.agent) is not AgentKind.INERT}
    return LabelContents(
        lines=tuple(lines),
        colour=acting.pop() if len(acting) == 1 else LabelClass.NONE,
        volume_ul=total,
    )


def _line(item: IngredientFacts, total_ul: int | None, *, alone: bool) -> LabelLine:
    ug = _amount(item.concentration_ug_per_ml, item.volume_ul)
    units = item.units_centi
    return LabelLine(
        agent=item.agent,
        colour=class_of(item.agent),
        volume_ul=item.volume_ul,
        strength_ug_per_ml=item.concentration_ug_per_ml,
        mixed_ug_per_ml=None if alone or ug is None or not total_ul else ug * 1000 / total_ul,
        ug=ug,
        units_centi=units,
        units_centi_per_ml=None if units is None or not total_ul
        else Fraction(units * 1000, total_ul),
    )  # fmt: skip


def _epinephrine(
    items: Sequence[IngredientFacts], total_ul: int | None, *, alone: bool
) -> LabelLine:
    ng = [_amount(item.epinephrine_ng_per_ml, item.volume_ul) for item in items]
    known = [each for each in ng if each is not None]
    ug = sum(known, Fraction(0)) / 1000 if len(known) == len(ng) else None
    return LabelLine(
        agent=EPINEPHRINE,
        colour=LabelClass.VASOPRESSOR,
        ng_per_ml=items[0].epinephrine_ng_per_ml if len(items) == 1 else None,
        mixed_ug_per_ml=None if alone or ug is None or not total_ul else ug * 1000 / total_ul,
        ug=ug,
    )


def _amount(per_ml: int | None, volume_ul: int | None) -> Fraction | None:
    if not per_ml or volume_ul is None:
        return None
    return Fraction(per_ml * volume_ul, 1000)
