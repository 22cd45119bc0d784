"""The check from outside: every key is read with its unit, and what cannot be read is told."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.clinical.contract import PlanRefused, check_json, check_plan, is_critical
from tautband.clinical.contract.document import MOST_BYTES
from tautband.clinical.contract.fields import Refusals
from tautband.clinical.contract.plan import facts_of
from tautband.clinical.contract.shape import shape
from tautband.clinical.facts import SessionFacts, Term
from tautband.clinical.terms import AllergySeverity, Guidance, Infection, Sex, Side

ROW: dict[str, Any] = {
    "muscle": "gastrocnemius_medial", "side": "left", "agent": "lidocaine",
    "concentration_mg_per_ml": 10, "epinephrine_ug_per_ml": 0, "volume_ml": 1, "needle_mm": 25,
    "depth_mm": 15,
}  # fmt: skip
SAFE: dict[str, Any] = {
    "patient": {
        "age_years": 50, "sex": "female", "weight_kg": 70, "height_cm": 170, "pregnant": False,
        "breastfeeding": False, "allergies": [], "medications": [], "conditions": [],
        "lung_disease": False, "cpap": False, "infection": "none",
    },
    "history": [],
    "planned": {
        "at": "2026-06-01T10:00:00+02:00", "consent": True, "resuscitation": True,
        "trigger_points": 1, "injections": [ROW],
    },
}  # fmt: skip


def plan(**changes: Any) -> dict[str, Any]:
    """The safe plan with other values, by dotted path."""
    made = deepcopy(SAFE)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = made
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value
    return made


def row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


def facts(read: Any) -> SessionFacts:
    refusals = Refusals()
    found = facts_of(read, refusals)
    assert found is not None, refusals.found
    return found


def answers(read: Any) -> dict[str, tuple[str, str | None]]:
    return {
        each["rule"]: (each["answer"], each["severity"]) for each in check_plan(read)["findings"]
    }


def refused(read: Any) -> dict[str, str]:
    with pytest.raises(PlanRefused) as caught:
        check_plan(read)
    return {each["where"]: each["why"] for each in caught.value.as_plain()["refused"]}


def test_a_safe_plan_is_clear_and_every_rule_of_the_core_answers_once() -> None:
    answer = check_plan(SAFE)
    rules = [each["rule"] for each in answer["findings"]]
    assert len(rules) == len(set(rules)) == 34
    assert {each["answer"] for each in answer["findings"]} == {"clear"}
    assert all(
        (each["severity"] is None) == (each["answer"] == "clear") for each in answer["findings"]
    )
    assert not is_critical(answer)
    assert set(answer["ledger"]) == {"local_anaesthetic", "botulinum", "steroid"}
    assert json.loads(json.dumps(answer)) == answer


def test_every_key_is_read_with_its_unit() -> None:
    read = facts(
        {
            "patient": {
                "age_years": 61, "sex": "male", "weight_kg": Decimal("70.5"),
                "dosing_weight_kg": 60, "height_cm": Decimal("170.5"), "ceiling_percent": 80,
                "pregnant": False, "gestation_weeks": 12, "breastfeeding": True,
                "hba1c_percent": Decimal("7.10"), "inr": Decimal("2.4"),
                "platelets_10e9_per_l": 150, "egfr": 59.9, "lung_disease": True, "cpap": False,
                "infection": "site",
                "allergies": [
                    {"text": "procaine", "system": "rxnorm", "code": "8701",
                     "severity": "anaphylaxis", "status": "stopped"},
                ],
                "medications": [{"text": "warfarin"}], "conditions": [],
            },
            "history": [
                {
                    "performed_at": "2026-05-31T23:30:00Z", "given_elsewhere": True,
                    "syringes": [
                        {"id": "X", "ingredients": [{"agent": "triamcinolone", "volume_ml": 1,
                                                     "concentration_mg_per_ml": 40}]},
                    ],
                    "injections": [{"muscle": "soleus", "side": "right", "syringe": "X",
                                    "volume_ml": 0.5}],
                    "relief_percent": 60, "relief_days": 40, "function_percent": 20,
                },
            ],
            "planned": {
                "at": "2026-06-01T10:00:00+02:00", "consent": False, "resuscitation": True,
                "steroid_reason": "flare", "trigger_points": 2, "conservative_care": True,
                "diagnoses": [{"text": "myalgia", "system": "icd-10-cm", "code": "M79.18"}],
                "syringes": [
                    {"id": "A", "ingredients": [
                        {"agent": "lidocaine", "concentration_mg_per_ml": Decimal("10"),
                         "epinephrine_ug_per_ml": 5, "volume_ml": 5},
                        {"agent": "onabotulinumtoxin_a", "units": 100, "volume_ml": 1},
                    ]},
                ],
                "injections": [
                    {"muscle": "soleus", "side": "left", "sites": 3, "syringe": "A",
                     "volume_ml": Decimal("1.25"), "units": Decimal("2.5"), "needle_mm": 40,
                     "depth_mm": Decimal("12.5"), "entry_angle_deg": 30,
                     "pleura_depth_mm": Decimal("31.2"), "guidance": "ultrasound",
                     "position": "prone"},
                    {"muscle": "soleus", "side": "right", "agent": "none"},
                    row(),
                ],
            },
        }
    )  # fmt: skip
    who = read.patient
    assert (who.age_years, who.sex, who.weight_g, who.dosing_weight_g) == (
        61,
        Sex.MALE,
        70500,
        60000,
    )
    assert (who.height_mm, who.ceiling_percent, who.gestation_weeks) == (1705, 80, 12)
    assert (who.pregnant, who.breastfeeding, who.lung_disease, who.cpap) == (
        False, True, True, False,
    )  # fmt: skip
    assert (str(who.hba1c_percent), who.inr, who.platelets_10e9_per_l, who.egfr) == (
        "7.10", Decimal("2.4"), 150, 59,
    )  # fmt: skip
    assert who.infection is Infection.SITE
    assert who.allergies == (
        Term(text="procaine", system="rxnorm", code="8701",
             severity=AllergySeverity.ANAPHYLAXIS, active=False),
    )  # fmt: skip
    assert (who.medications, who.conditions) == ((Term(text="warfarin"),), ())
    past = (read.history or ())[0]
    # Half past eleven in London is the next day where this session is.
    assert (past.on, past.given_elsewhere) == (date(2026, 6, 1), True)
    assert past.at == datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    assert past.syringes[0].ingredients[0].concentration_ug_per_ml == 40_000
    assert past.injections[0].volume_ul == 500
    plan_ = read.planned
    assert (plan_.on, plan_.consent, plan_.resuscitation) == (date(2026, 6, 1), False, True)
    assert (plan_.steroid_reason, plan_.trigger_points) == ("flare", 2)
    assert plan_.diagnoses == (Term(text="myalgia", system="icd-10-cm", code="M79.18"),)
    drug, toxin = plan_.syringes[0].ingredients
    assert (drug.concentration_ug_per_ml, drug.epinephrine_ng_per_ml, drug.volume_ul) == (
        10_000, 5_000, 5_000,
    )  # fmt: skip
    assert (toxin.units_centi, toxin.volume_ul) == (10_000, 1_000)
    one, dry, own = plan_.injections
    assert (one.syringe, one.side, one.sites, one.volume_ul) == ("A", Side.LEFT, 3, 1250)
    assert (one.units_centi, one.needle_um, one.depth_um, one.entry_angle_deg) == (
        250, 40_000, 12_500, 30,
    )  # fmt: skip
    assert (one.pleura_depth_um, one.guidance, one.position) == (
        31_200, Guidance.ULTRASOUND, "prone",
    )  # fmt: skip
    assert (dry.syringe, dry.entry_angle_deg, dry.sites) == (None, 90, 1)
    assert own.syringe is not None
    made = {each.id: each for each in plan_.syringes}[own.syringe]
    assert made.ingredients[0].agent == "lidocaine"


def test_every_key_of_the_contract_is_one_of_the_schema() -> None:
    schema = shape().schema()
    assert set(schema["properties"]) == {"patient", "history", "planned"}
    planned = schema["properties"]["planned"]["anyOf"][0]
    rows = planned["properties"]["injections"]["anyOf"][0]
    assert rows["items"]["properties"]["volume_ml"]["anyOf"][0] == {
        "type": "number", "minimum": 0, "maximum": 100, "description": "mL",
    }  # fmt: skip
    assert rows["items"]["additionalProperties"] is False
    assert {"type": "null"} in planned["properties"]["at"]["anyOf"]


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        (Decimal("29.9999999"), ("fires", "warning")), (30, ("fires", "warning")),
        (Decimal("30.0000001"), ("fires", "critical")), (31, ("fires", "critical")),
        (Decimal("23.9"), ("clear", None)), (24, ("fires", "warning")),
    ],
)  # fmt: skip
def test_the_limit_itself_is_allowed_and_a_trifle_more_is_not(
    volume: Decimal | int, expected: tuple[str, str | None]
) -> None:
    assert answers(plan(planned__injections=[row(volume_ml=volume)]))["la-load"] == expected


@pytest.mark.hazard("HAZ-003")
def test_what_is_past_the_limit_at_any_weight_fires_without_one() -> None:
    heavy = plan(planned__injections=[row(volume_ml=31)], patient__weight_kg=None)
    assert answers(heavy)["la-load"] == ("fires", "critical")
    light = plan(patient__weight_kg=None)
    assert answers(light)["la-load"][0] == "cannot_tell"


@pytest.mark.hazard("HAZ-006")
def test_a_session_whose_day_nobody_knows_cannot_be_told_from_the_last_one() -> None:
    toxin = {"muscle": "soleus", "side": "left", "agent": "onabotulinumtoxin_a", "units": 50}
    before = [{"performed_at": "2026-01-01", "injections": [toxin]}]
    now = [{**toxin, "needle_mm": 25, "depth_mm": 15}]
    with_day = plan(history=before, planned__injections=now)
    assert answers(with_day)["bont-interval"] == ("clear", None)
    without = plan(history=before, planned__injections=now, planned__at=None)
    assert answers(without)["bont-interval"][0] == "cannot_tell"
    undated = plan(history=[{"injections": [toxin]}], planned__injections=now)
    assert answers(undated)["bont-interval"][0] == "cannot_tell"
    nothing_said = plan(history=[{}], planned__injections=now)
    assert answers(nothing_said)["bont-interval"][0] == "cannot_tell"
    other = [{"injections": [{**toxin, "agent": "saline", "units": None}]}]
    assert answers(plan(history=other, planned__injections=now))["bont-interval"] == (
        "clear", None,
    )  # fmt: skip
    unknown = plan(planned__injections=now)
    del unknown["history"]
    assert answers(unknown)["bont-interval"][0] == "cannot_tell"
    assert answers(plan(planned__injections=now, planned__at=None))["bont-interval"] == (
        "clear", None,
    )  # fmt: skip


@pytest.mark.hazard("HAZ-006")
@pytest.mark.parametrize(
    ("performed", "days"),
    [("2026-03-09T23:59:00+02:00", 84), ("2026-03-10T00:01:00+02:00", 83),
     ("2026-03-09T22:30:00Z", 83), ("2026-03-09", 84), ("2026-03-10T08:00:00", 83)],
)  # fmt: skip
def test_days_are_counted_on_the_calendar_of_the_session(performed: str, days: int) -> None:
    toxin = {"muscle": "soleus", "side": "left", "agent": "onabotulinumtoxin_a", "units": 50}
    found = answers(
        plan(
            history=[{"performed_at": performed, "injections": [toxin]}],
            planned__injections=[{**toxin, "needle_mm": 25, "depth_mm": 15}],
        )
    )
    assert found["bont-interval"][0] == ("clear" if days == 84 else "fires")


def test_an_amount_of_nobody_knows_what_is_no_dry_needle() -> None:
    unnamed = {"muscle": "soleus", "side": "left", "volume_ml": 2, "needle_mm": 25, "depth_mm": 15}
    assert answers(plan(planned__injections=[unnamed]))["la-load"][0] == "cannot_tell"
    empty = [{"id": "A"}]
    held = [{**unnamed, "syringe": "A"}]
    asked = plan(planned__syringes=empty, planned__injections=held)
    assert answers(asked)["la-load"][0] == "cannot_tell"


def test_a_syringe_of_the_file_may_have_any_name() -> None:
    named = [{"id": "row-0", "ingredients": [{"agent": "saline", "volume_ml": 5}]}]
    read = facts(plan(planned__syringes=named))
    assert len({each.id for each in read.planned.syringes}) == 2


@pytest.mark.parametrize(
    ("changes", "where", "why"),
    [
        ({"extra": 1}, "extra", "Not a key"),
        ({"patient__shoe_size": 1}, "patient.shoe_size", "Not a key"),
        ({"patient__a\x1b[2Jb": 1}, "patient.a?[2Jb", "Not a key"),
        ({"patient__weight_kg": "70"}, "patient.weight_kg", "Not a number"),
        ({"patient__weight_kg": True}, "patient.weight_kg", "Not a number"),
        ({"patient__weight_kg": 600}, "patient.weight_kg", "between"),
        ({"patient__weight_kg": -1}, "patient.weight_kg", "less than zero"),
        ({"patient__weight_kg": 1e308}, "patient.weight_kg", "between"),
        ({"patient__inr": float("nan")}, "patient.inr", "finite"),
        ({"patient__inr": float("inf")}, "patient.inr", "finite"),
        ({"patient__inr": Decimal("NaN")}, "patient.inr", "finite"),
        ({"patient__age_years": 50.5}, "patient.age_years", "whole"),
        ({"patient__age_years": "50"}, "patient.age_years", "whole"),
        ({"patient__age_years": float("nan")}, "patient.age_years", "between"),
        ({"patient__age_years": 200}, "patient.age_years", "between"),
        ({"patient__pregnant": "no"}, "patient.pregnant", "true nor false"),
        ({"patient__sex": "f"}, "patient.sex", "one of: female"),
        ({"patient__allergies": {}}, "patient.allergies", "Not a list"),
        ({"patient__allergies": ["latex"]}, "patient.allergies[0]", "Not an object"),
        ({"patient__allergies": [{"text": 5}]}, "patient.allergies[0].text", "Not a text"),
        ({"patient__allergies": [{"text": "x" * 1001}]}, "patient.allergies[0].text", "Longer"),
        ({"patient": []}, "patient", "Not an object"),
        ({"planned__at": "yesterday"}, "planned.at", "Not a date"),
        ({"planned__at": "2026-02-30"}, "planned.at", "Not a date"),
        ({"planned__at": "2026-W01-1T10:00"}, "planned.at", "Not a date"),
        ({"planned__at": 20260101}, "planned.at", "Not a date"),
        ({"planned__at": "1066-10-14"}, "planned.at", "year"),
        ({"planned__injections__0__muscle": "arm"}, "planned.injections[0].muscle", "known word"),
        ({"planned__injections__0__agent": "cocaine"}, "planned.injections[0].agent", "known word"),
        ({"planned__injections__0__volume_ml": -1}, "planned.injections[0].volume_ml", "zero"),
        ({"planned__injections__0__syringe": "Z"}, "planned.injections[0].syringe", "no syringe"),
        ({"planned__injections": [None]}, "planned.injections[0]", "Not an object"),
        ({"planned__injections": [ROW] * 201}, "planned.injections", "More than 200"),
        ({"planned__syringes": [{"ingredients": []}]}, "planned.syringes[0].id", "needs an id"),
        ({"planned__syringes": [None]}, "planned.syringes[0].id", "needs an id"),
        ({"planned__syringes": [{"id": "A"}, {"id": "A"}]}, "planned.syringes[1].id", "Another"),
        ({"history": [None]}, "history[0]", "Not an object"),
        ({"history": [{"performed_at": "1970-01-01"}]}, "history[0].performed_at", "born"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(
    changes: dict[str, Any], where: str, why: str
) -> None:
    found = refused(plan(**changes))
    assert why in found[where]


def test_a_row_has_a_syringe_or_an_agent() -> None:
    both = plan(planned__syringes=[{"id": "A"}], planned__injections=[row(syringe="A")])
    assert "not both" in refused(both)["planned.injections[0].agent"]


def test_everything_wrong_is_told_at_once() -> None:
    found = refused(plan(patient__weight_kg="x", planned__at="y", history=[{"injections": "z"}]))
    assert set(found) == {"patient.weight_kg", "planned.at", "history[0].injections"}


@pytest.mark.parametrize("read", [None, [], "text", 5, True])
def test_a_plan_is_an_object(read: Any) -> None:
    assert refused(read) == {"plan": "Not an object."}


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"\xff\xfe", "byte 0"), (b"{", "line 1, column 2"), (b"", "line 1, column 1"),
        (b'{"patient": {"inr": NaN}}', "file"), (b'{"patient": {"inr": -Infinity}}', "file"),
        (b'{"a": 1, "a": 2}', "a"), (b"[" * 200_000, "file"),
        (b'{"patient": {"inr": ' + b"9" * 10_000 + b"}}", "file"),
        (b" " * (MOST_BYTES + 1), "file"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_its_place(raw: bytes, where: str) -> None:
    with pytest.raises(PlanRefused) as caught:
        check_json(raw)
    assert caught.value.as_plain()["refused"][0]["where"] == where
    assert caught.value.message


def test_digits_are_kept() -> None:
    raw = json.dumps(plan(planned__injections=[row(volume_ml=30)])).replace("30", "30.000", 1)
    assert not is_critical(check_json(raw.encode()))
    assert is_critical(check_json(raw.replace("30.000", "30.00000000000000000000001").encode()))


def test_a_pack_that_nobody_knows_is_refused() -> None:
    with pytest.raises(PlanRefused, match="no such pack"):
        check_plan(SAFE, ["moon"])
    assert check_plan(SAFE, ["core"]) == check_plan(SAFE)
    both = check_plan(SAFE, ["us-medicare-2024"])["findings"]
    assert [each["pack"] for each in both] == ["core"] * 34 + ["us-medicare-2024"] * 7


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["patient", "history", "planned", "at", "injections", "syringes", "id", "ingredients",
             "muscle", "agent", "weight_kg", "performed_at", "allergies", "text", "?"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(_plain)
@settings(max_examples=300, deadline=None)
def test_nonsense_is_answered_or_refused_and_never_a_crash(read: Any) -> None:
    refused_: tuple[Any, ...] = ()
    found: list[Any] = []
    try:
        found = check_plan(read)["findings"]
    except PlanRefused as refusal:
        refused_ = refusal.refused
    assert len(found) == 34 or refused_
    assert all(each.where and each.why for each in refused_)
