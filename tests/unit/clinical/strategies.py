"""Sessions for hypothesis: any session at all, and sessions of which everything is known."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tautband.clinical.anatomy import muscles
from tautband.clinical.facts import (
    IngredientFacts,
    InjectionFacts,
    PatientFacts,
    SessionFacts,
    Sitting,
    SyringeFacts,
)
from tautband.clinical.terms import AgentKind, Infection, Sex, Side
from tests.unit.clinical.build import NOW, TABLES, TODAY, facts, patient, product, term

MUSCLES = st.sampled_from([m.id for m in muscles()])
AMOUNTS = st.sampled_from([None, 1, 500, 5_000, 30_000, 30_001, 100_000])
DAYS_AGO = (0, 1, 2, 83, 84, 85, 100, 114, 364, 365, 366)


@st.composite
def syringes(draw: st.DrawFn, name: str) -> SyringeFacts:
    ingredients = []
    for _ in range(draw(st.integers(1, 2))):
        agent = draw(st.sampled_from(sorted(TABLES.agents)))
        ingredients.append(
            replace(
                product(agent),
                concentration_ug_per_ml=draw(st.sampled_from([None, 2_500, 10_000, 40_000])),
                epinephrine_ng_per_ml=draw(st.sampled_from([None, 0, 2_500, 5_000])),
                volume_ul=draw(AMOUNTS),
                units_centi=draw(AMOUNTS) if agent.endswith(("toxin_a", "-toxin")) else None,
            )
        )
    return SyringeFacts(id=name, ingredients=tuple(ingredients))


@st.composite
def injections(draw: st.DrawFn) -> InjectionFacts:
    return InjectionFacts(
        muscle=draw(st.one_of(st.none(), MUSCLES)),
        side=draw(st.sampled_from([None, *Side])),
        sites=draw(st.integers(1, 4)),
        syringe=draw(st.sampled_from([None, "A", "B"])),
        volume_ul=draw(AMOUNTS),
        units_centi=draw(AMOUNTS),
        needle_um=draw(st.sampled_from([None, 13_000, 25_000, 38_000])),
        depth_um=draw(st.sampled_from([None, 5_000, 28_400, 40_000])),
        entry_angle_deg=draw(st.sampled_from([-10, 1, 30, 90, 135, 200])),
        pleura_depth_um=draw(st.sampled_from([None, 4_000, 33_400])),
    )


@st.composite
def sittings(draw: st.DrawFn) -> Sitting:
    return Sitting(
        id=draw(st.sampled_from("abc")),
        on=TODAY - timedelta(days=draw(st.sampled_from(DAYS_AGO))),
        on_is_about=draw(st.booleans()),
        given_elsewhere=draw(st.booleans()),
        syringes=(draw(syringes("A")), draw(syringes("B"))),
        injections=tuple(draw(st.lists(injections(), max_size=2))),
    )


@st.composite
def sessions(draw: st.DrawFn) -> SessionFacts:
    """Any session, with gaps, contradictions and nonsense in it."""
    return facts(
        *draw(st.lists(injections(), max_size=4)),
        syringes=(draw(syringes("A")), draw(syringes("B"))),
        history=tuple(draw(st.lists(sittings(), max_size=3))),
        who=patient(
            weight_g=draw(st.sampled_from([None, 39_000, 70_000, 120_000])),
            height_mm=draw(st.sampled_from([None, 1600, 1900])),
            ceiling_percent=draw(st.sampled_from([None, 0, 50, 100])),
            unsure=draw(st.sampled_from([frozenset(), frozenset(AgentKind)])),
        ),
    )


# ── everything known ─────────────────────────────────────────────────────────────────────────

NAMED = [a for a in TABLES.agents.values() if a.named and a.kind is not AgentKind.OTHER]
WET = [a.id for a in NAMED if a.kind is not AgentKind.BOTULINUM_TOXIN and a.id != "none"]
TOXINS = [a.id for a in NAMED if a.kind is AgentKind.BOTULINUM_TOXIN]


@st.composite
def full_syringes(draw: st.DrawFn, name: str) -> SyringeFacts:
    """One toxin with its saline, or one or two other products; every amount on the label."""
    if draw(st.booleans()) and draw(st.booleans()):
        vial = IngredientFacts(
            agent=draw(st.sampled_from(TOXINS)),
            units_centi=draw(st.sampled_from([5_000, 10_000, 20_000, 50_000])),
            volume_ul=draw(st.sampled_from([1_000, 2_000, 4_000])),
        )
        return SyringeFacts(id=name, ingredients=(vial,))
    ingredients = []
    for agent in draw(st.lists(st.sampled_from(WET), min_size=1, max_size=2)):
        local = TABLES.kind(agent) is AgentKind.LOCAL_ANAESTHETIC
        ingredients.append(
            IngredientFacts(
                agent=agent,
                concentration_ug_per_ml=draw(st.sampled_from([2_500, 10_000, 40_000])),
                epinephrine_ng_per_ml=draw(st.sampled_from([0, 5_000, 10_000])) if local else 0,
                volume_ul=draw(st.sampled_from([1_000, 5_000, 20_000])),
            )
        )
    return SyringeFacts(id=name, ingredients=tuple(ingredients))


@st.composite
def full_rows(draw: st.DrawFn, syringe: SyringeFacts) -> InjectionFacts:
    """A row that says where, how deep and how much; by units where the syringe has units."""
    by_units = any(i.units_centi for i in syringe.ingredients)
    needle = draw(st.sampled_from([13_000, 25_000, 38_000]))
    return InjectionFacts(
        muscle=draw(MUSCLES),
        side=draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
        sites=draw(st.integers(1, 4)),
        syringe=syringe.id,
        volume_ul=None if by_units else draw(st.sampled_from([500, 1_000, 20_000])),
        units_centi=draw(st.sampled_from([500, 5_000, 20_000])) if by_units else None,
        needle_um=needle,
        depth_um=draw(st.sampled_from([5_000, 12_000, needle])),
    )


@st.composite
def full_sittings(draw: st.DrawFn, name: str) -> Sitting:
    on = TODAY - timedelta(days=draw(st.sampled_from(DAYS_AGO)))
    syringe = draw(full_syringes("A"))
    return Sitting(
        id=name,
        on=on,
        at=datetime.combine(on, NOW.time(), NOW.tzinfo)
        + timedelta(hours=draw(st.sampled_from([-9, -1, 1]))),
        syringes=(syringe,),
        injections=(draw(full_rows(syringe)),),
    )


@st.composite
def full_patients(draw: st.DrawFn) -> PatientFacts:
    diabetic = draw(st.booleans())
    ill = draw(st.sampled_from([(), (term("angina"),), (term("haemophilia"),), (term("COPD"),)]))
    weak = draw(st.sampled_from([(), (), (term("myasthenia gravis"),)]))
    thin = draw(st.sampled_from([(), (term("warfarin"),), (term("ritonavir"),)]))
    more = draw(st.sampled_from([(), (term("gentamicin"),)]))
    insulin = diabetic and draw(st.booleans())
    pregnant = draw(st.booleans())
    return patient(
        age_years=draw(st.sampled_from([17, 18, 45, 71])),
        sex=Sex.FEMALE,
        weight_g=draw(st.sampled_from([39_000, 70_000, 120_000])),
        height_mm=draw(st.sampled_from([1600, 1900])),
        pregnant=pregnant,
        gestation_weeks=draw(st.sampled_from([10, 30])) if pregnant else None,
        breastfeeding=draw(st.booleans()),
        insulin=insulin,
        hba1c_percent=Decimal(8) if diabetic and draw(st.booleans()) else Decimal("5.5"),
        lung_disease=ill == (term("COPD"),) or draw(st.booleans()),
        cpap=draw(st.booleans()),
        infection=draw(st.sampled_from(list(Infection))),
        inr=Decimal(2),
        allergies=draw(
            st.sampled_from(
                [
                    (),
                    (term("lidocaine"),),
                    (term("milk"),),
                    (term("latex"),),
                    (term("sulfite"),),
                    (term("adrenaline"),),
                    (term("parabens"),),
                    (term("Botox"),),
                ]
            )
        ),
        medications=(*thin, *more, *((term("insulin"),) if insulin else ())),
        conditions=(*ill, *weak, *((term("diabetes"),) if diabetic else ())),
    )


@st.composite
def full_sessions(draw: st.DrawFn) -> SessionFacts:
    """A session about which every fact a rule may ask for is known."""
    a, b = draw(full_syringes("A")), draw(full_syringes("B"))
    rows = draw(st.lists(st.one_of(full_rows(a), full_rows(b)), max_size=3))
    history = [draw(full_sittings(f"h{i}")) for i in range(draw(st.integers(0, 2)))]
    answers = st.booleans()
    return facts(
        *rows,
        syringes=(a, b),
        history=tuple(history),
        who=draw(full_patients()),
        consent=draw(answers),
        identity_confirmed=draw(answers),
        resuscitation=draw(answers),
        trigger_points=draw(st.integers(0, 1)),
        steroid_reason=draw(st.sampled_from(["", "failed twice without"])),
    )
