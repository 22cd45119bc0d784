"""The risks named at consent come from the plan."""

from tautband.clinical.risks import risks_of
from tests.unit.clinical.build import facts, of, patient, product, row, term, toxin


def named(session: object) -> set[str]:
    return {risk.when for risk in risks_of(session)}


def test_only_what_this_plan_may_do_is_named() -> None:
    assert named(of(product("saline", None, "1"))) == {"always"}
    assert named(of(product("triamcinolone", "40", "1"))) >= {"steroid", "off-label"}
    assert named(of(toxin())) >= {"botulinum", "off-label"}
    assert "anaesthetic" not in named(facts(syringes=()))


def test_the_lung_is_named_with_its_muscles() -> None:
    session = facts(row("trapezius_upper"), row())
    words = next(risk.words for risk in risks_of(session) if risk.when == "lung")
    assert words.endswith("right")
    assert "trapezius" in words


def test_a_blood_thinner_or_not_knowing_is_named() -> None:
    assert "anticoagulant" in named(of(product(), who=patient(medications=(term("warfarin"),))))
    assert "anticoagulant" in named(of(product(), who=patient(medications=None)))
    stopped = patient(medications=(term("warfarin", active=False),))
    assert "anticoagulant" not in named(of(product(), who=stopped))
    ill = patient(conditions=(term("haemophilia"),))
    assert "anticoagulant" in named(of(product(), who=ill))
    denied = patient(
        medications=None, denied=frozenset({"anticoagulant", "antiplatelet", "bleeding"})
    )
    assert "anticoagulant" not in named(of(product(), who=denied))


def test_a_place_nobody_chose_may_lie_over_the_lung() -> None:
    words = next(r.words for r in risks_of(facts(row(None))) if r.when == "lung")
    assert not words.endswith(":")
    sideless = facts(row("trapezius_upper", None))
    assert "None" not in next(r.words for r in risks_of(sideless) if r.when == "lung")
