"""Frozen facts about one patient and one session: the only thing the rules ever see.

None means unknown; an empty tuple means "asked, none". Amounts are whole numbers in the
smallest sensible unit: grams, µg, ng (epinephrine), µL, hundredths of a unit (botulinum), µm.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tautband.clinical.terms import AllergySeverity, BodyPosition, Guidance, Infection, Sex, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Something named in words, in a code, or both: an allergy, a medicine, a condition.

    `reaction` is what an allergy did, in words; it may say "anaphylaxis" where nobody graded it.
    """

    text: str = ""
    system: str = ""
    code: str = ""
    severity: AllergySeverity | None = None
    reaction: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """Who is injected, as known today.

    The lists are None until somebody asks for the whole list. A question put about one topic
    alone settles only that topic: `denied` holds the groups the patient said no to today,
    `unsure` those nobody could answer (an agent's family there means doses given elsewhere).
    """

    age_years: int | None = None
    sex: Sex | None = None
    weight_g: int | None = None
    dosing_weight_g: int | None = None
    height_mm: int | None = None
    ceiling_percent: int | None = None
    pregnant: bool | None = None
    gestation_weeks: int | None = None
    breastfeeding: bool | None = None
    hba1c_percent: Decimal | None = None
    inr: Decimal | None = None
    platelets_10e9_per_l: int | None = None
    egfr: int | None = None
    insulin: bool | None = None
    lung_disease: bool | None = None
    cpap: bool | None = None
    infection: Infection | None = None
    allergies: tuple[Term, ...] | None = None
    medications: tuple[Term, ...] | None = None
    conditions: tuple[Term, ...] | None = None
    denied: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngredientFacts:
    """One product in a syringe; `agent` is an id of knowledge/agents."""

    agent: str
    concentration_ug_per_ml: int | None = None
    epinephrine_ng_per_ml: int | None = None
    volume_ul: int | None = None
    units_centi: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyringeFacts:
    """What was drawn up; several injections may come from it in proportion to their volume."""

    id: str
    ingredients: tuple[IngredientFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionFacts:
    """What goes from one syringe into one muscle and side.

    `muscle` is an id of knowledge/muscles, None where nobody said which. `syringe` is None for
    dry needling. `volume_ul` or `units_centi` says how much of the syringe goes in.
    """

    muscle: str | None
    side: Side | None
    sites: int = 1
    syringe: str | None = None
    volume_ul: int | None = None
    units_centi: int | None = None
    needle_um: int | None = None
    depth_um: int | None = None
    entry_angle_deg: int = 90
    pleura_depth_um: int | None = None
    guidance: Guidance | None = None
    position: BodyPosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One past sitting, ours or elsewhere.

    `on` is the calendar date in the centre's time zone; `at` the instant with its time zone,
    None when only the date is known. Sittings are ordered by (on, at, id). `on_is_about` marks
    a date the patient gave as "about"; `where` is a word for the ledger ("dentist"), never a
    name.
    An amount known only in mg is written as 1 mL of that many mg/mL.
    """

    id: str
    on: date
    at: datetime | None = None
    given_elsewhere: bool = False
    on_is_about: bool = False
    where: str = ""
    syringes: tuple[SyringeFacts, ...] = ()
    injections: tuple[InjectionFacts, ...] = ()
    # What it did, on the scale of before: share of pain gone, for how long, share of function won.
    relief_percent: Decimal | None = None
    relief_days: int | None = None
    function_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSitting:
    """The sitting being planned, timed out or recorded."""

    on: date
    at: datetime | None = None
    syringes: tuple[SyringeFacts, ...] = ()
    injections: tuple[InjectionFacts, ...] = ()
    consent: bool | None = None
    identity_confirmed: bool | None = None
    resuscitation: bool | None = None
    steroid_reason: str = ""
    trigger_points: int | None = None
    diagnoses: tuple[Term, ...] | None = None
    conservative_care: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """Everything the rules may know: patient, past sittings, the sitting at hand.

    `history` is None where nobody knows what was given before; empty means nothing was.
    """

    patient: PatientFacts
    planned: PlannedSitting
    history: tuple[Sitting, ...] | None = ()
