"""Every key that a plan may have, with its unit and its bounds."""

from decimal import Decimal
from functools import cache

from tautband.clinical.anatomy import muscles
from tautband.clinical.contract.fields import (
    DOWN,
    Flag,
    Many,
    Moment,
    Number,
    Shape,
    Text,
    Whole,
    Word,
    word,
)
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AllergySeverity, BodyPosition, Guidance, Infection, Sex, Side

MOST_ROWS, MOST_SITTINGS, MOST_TERMS, MOST_SYRINGES, MOST_INGREDIENTS = 200, 5000, 500, 50, 20


@cache
def shape() -> Shape:
    """Every key of a plan, with its unit and its bounds."""
    tables = knowledge()
    agents = Word(tuple(a for a in tables.agents if not a.startswith("unknown-")))
    weight = Number(
        unit="kg", scale=1000, rounding=DOWN,
        lowest=Decimal(tables.limit("weight.lowest_kg").value),
        highest=Decimal(tables.limit("weight.highest_kg").value),
    )  # fmt: skip
    strength = Number(unit="mg/mL", scale=1000, highest=Decimal(200))
    epinephrine = Number(unit="µg/mL", scale=1000, highest=Decimal(100))
    volume = Number(unit="mL", scale=1000, highest=Decimal(100))
    units = Number(unit="units", scale=100, highest=Decimal(5000))
    length = Number(unit="mm", scale=1000, highest=Decimal(250))
    percent = Number(unit="%", scale=0, highest=Decimal(100))
    term = Shape(
        {
            "text": Text(), "system": Text(), "code": Text(),
            "severity": word(AllergySeverity), "status": Word(("active", "stopped")),
        }
    )  # fmt: skip
    terms = Many(term, MOST_TERMS)
    ingredient = Shape(
        {
            "agent": agents, "concentration_mg_per_ml": strength,
            "epinephrine_ug_per_ml": epinephrine, "volume_ml": volume, "units": units,
        }
    )  # fmt: skip
    syringes = Many(
        Shape({"id": Text(100), "ingredients": Many(ingredient, MOST_INGREDIENTS)}), MOST_SYRINGES
    )
    injections = Many(
        Shape(
            {
                "muscle": Word(tuple(m.id for m in muscles())), "side": word(Side),
                "sites": Whole(lowest=1, highest=100), "syringe": Text(100),
                "volume_ml": volume, "units": units, "agent": agents,
                "concentration_mg_per_ml": strength, "epinephrine_ug_per_ml": epinephrine,
                "needle_mm": length, "depth_mm": length,
                "entry_angle_deg": Whole(lowest=1, highest=90, unit="°"),
                "pleura_depth_mm": Number(
                    unit="mm", scale=1000, highest=Decimal(250), rounding=DOWN
                ),
                "guidance": word(Guidance), "position": word(BodyPosition),
            }
        ),
        MOST_ROWS,
    )  # fmt: skip
    patient = Shape(
        {
            "age_years": Whole(highest=130), "sex": word(Sex), "weight_kg": weight,
            "dosing_weight_kg": weight,
            "height_cm": Number(
                unit="cm", scale=10, lowest=Decimal(40), highest=Decimal(260), rounding=DOWN
            ),
            "ceiling_percent": Whole(highest=100, unit="%"), "pregnant": Flag(),
            "gestation_weeks": Whole(highest=45), "breastfeeding": Flag(),
            "hba1c_percent": Number(unit="%", scale=0, lowest=Decimal(2), highest=Decimal(25)),
            "inr": Number(scale=0, lowest=Decimal("0.3"), highest=Decimal(30)),
            "platelets_10e9_per_l": Number(unit="10⁹/L", highest=Decimal(5000), rounding=DOWN),
            "egfr": Number(unit="mL/min/1.73 m²", highest=Decimal(300), rounding=DOWN),
            "lung_disease": Flag(), "cpap": Flag(), "infection": word(Infection),
            "allergies": terms, "medications": terms, "conditions": terms,
        }
    )  # fmt: skip
    past = Shape(
        {
            "performed_at": Moment(), "given_elsewhere": Flag(), "injections": injections,
            "syringes": syringes, "relief_percent": percent,
            "relief_days": Whole(highest=3650, unit="days"), "function_percent": percent,
        }
    )  # fmt: skip
    planned = Shape(
        {
            "at": Moment(), "consent": Flag(), "resuscitation": Flag(), "steroid_reason": Text(),
            "diagnoses": terms, "conservative_care": Flag(),
            "trigger_points": Whole(highest=200), "syringes": syringes, "injections": injections,
        }
    )  # fmt: skip
    return Shape({"patient": patient, "history": Many(past, MOST_SITTINGS), "planned": planned})
