"""What an injection that was given brought: rows → the dose arithmetic."""

from collections.abc import Iterable

from tautband.clinical import dosing
from tautband.clinical.facts import IngredientFacts, InjectionFacts, SyringeFacts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import Side
from tautband.records.models import Ingredient, Injection, Syringe


def syringe_facts(row: Syringe, ingredients: Iterable[Ingredient]) -> SyringeFacts:
    """A syringe as the dose arithmetic knows it."""
    return SyringeFacts(
        id=str(row.pk),
        ingredients=tuple(
            IngredientFacts(
                agent=item.agent,
                concentration_ug_per_ml=item.concentration_ug_per_ml,
                epinephrine_ng_per_ml=item.epinephrine_ng_per_ml,
                volume_ul=item.volume_ul,
                units_centi=item.units_centi,
            )
            for item in ingredients
        ),
    )


def given_doses(row: Injection, syringe: SyringeFacts) -> tuple[dosing.Dose, ...]:
    """What each product brought into one injection that was given; None is an unknown amount."""
    facts = InjectionFacts(
        muscle=row.muscle,
        side=Side(row.side),
        sites=row.sites,
        syringe=syringe.id,
        volume_ul=row.given_volume_ul,
        units_centi=row.given_units_centi,
    )
    return dosing.doses_of_injection(syringe, facts, row=None, tables=knowledge())
