"""The plan: every field of a syringe and a row is kept, and nonsense is told in its place."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from tautband.records.models import (
    AdverseEvent,
    Consent,
    Ingredient,
    Injection,
    Procedure,
    Syringe,
    TimeOut,
)
from tests import builders
from tests.web.test_session_journey import (
    acknowledge_all,
    arrive,
    clinic,
    consent_and_time_out,
    plan,
    settle,
    sign_in,
    url,
)
from tests.web.test_session_refusals import change_row, draw, start

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
TEXT = "x" * 10_000
LONG = pytest.param(TEXT, id="long")


@pytest.fixture
def sitting(clinic) -> Procedure:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    return procedure


@pytest.fixture
def doctor(clinic):
    return sign_in(clinic["clinician"])


@pytest.fixture
def nurse(clinic):
    return sign_in(clinic["nurse"])


def note(client, procedure) -> str:
    return " ".join(client.get(url("note_text", procedure.pk)).content.decode().split())


# ── rows ─────────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_row_is_kept_and_stands_in_the_note(doctor, sitting) -> None:
    row = sitting.injections.get()
    changed = change_row(
        doctor, sitting, row, amount="1.5", gauge="27", needle="40", depth="12.5",
        pleura_depth="31", angle="30", sites="3", guidance="ultrasound", position="prone",
    )  # fmt: skip
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.volume_ul, row.needle_gauge, row.needle_um) == (1500, 27, 40_000)
    assert (row.depth_um, row.pleura_depth_um, row.entry_angle_deg) == (12_500, 31_000, 30)
    assert (row.sites, row.guidance, row.position) == (3, "ultrasound", "prone")
    text = note(doctor, sitting)
    for words in (
        "1.5 mL from A", "27 G", "40 mm", "depth 12.5 mm", "at 30°", "pleura measured at 31 mm",
        "ultrasound", "lying face down", "3 sites",
    ):  # fmt: skip
        assert words in text


def test_an_emptied_gauge_is_not_known(doctor, sitting) -> None:
    row = sitting.injections.get()
    assert change_row(doctor, sitting, row, gauge="").status_code == 302
    row.refresh_from_db()
    assert row.needle_gauge is None


@pytest.mark.parametrize(
    "nonsense",
    [
        "-1",
        "NaN",
        "1e9",
        "9999999999",
        "<b>1</b>",
        "1,2,3",
        "--1",
        "+",
        ".",
        "\u066b",
        LONG,
        "\u00bd",
    ],
)
@pytest.mark.parametrize("field", ["amount", "needle", "depth", "pleura_depth", "gauge", "sites"])
def test_nonsense_in_a_row_is_told_beside_what_was_typed(doctor, sitting, field, nonsense) -> None:
    row = sitting.injections.get()
    before = Injection.objects.values().get()
    other = {"depth": "17.25"} if field != "depth" else {"needle": "39.5"}
    refused = change_row(
        doctor, sitting, row, **{field: nonsense, **other, "seen": ""} | {"seen": seen_of(row)}
    )
    assert refused.status_code == 422
    assert Injection.objects.values().get() == before
    page = refused.content.decode()
    assert 'class="tail err"' in page
    assert next(iter(other.values())) in page
    assert f'value="{nonsense}"' in page or "&lt;b&gt;" in page


def seen_of(row: Injection) -> str:
    from tautband.records.actions.rows import row_fingerprint

    return row_fingerprint(row)


def test_a_comma_and_arabic_digits_are_numbers(doctor, sitting) -> None:
    row = sitting.injections.get()
    arabic = "".join(chr(0x660 + int(digit)) for digit in "12")
    assert change_row(doctor, sitting, row, amount="1,5", depth=arabic).status_code == 302
    row.refresh_from_db()
    assert (row.volume_ul, row.depth_um) == (1500, 12_000)


@pytest.mark.parametrize("forged", ["nonsense", "0", "6f1c0a52-7f0e-4a3c-9a5e-0d9a3e1b2c4d"])
def test_a_forged_syringe_is_never_taken_for_a_dry_needle(doctor, sitting, forged) -> None:
    row = sitting.injections.get()
    refused = change_row(doctor, sitting, row, syringe=forged)
    assert refused.status_code == 422
    assert Injection.objects.get().syringe_id == row.syringe_id


@pytest.mark.hazard("HAZ-001")
def test_another_patients_syringe_fills_no_row_here(clinic, doctor, sitting) -> None:
    other = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    draw(sign_in(clinic["nurse"]), other)
    theirs = other.syringes.get()
    row = sitting.injections.get()
    assert change_row(doctor, sitting, row, syringe=theirs.pk).status_code == 422
    for what in ("check", "use", "discard"):
        address = url("session_change_syringe", sitting.pk, theirs.pk)
        assert doctor.post(address, {"what": what}).status_code == 422
    assert doctor.get(url("session_correct_syringe", sitting.pk, theirs.pk)).status_code == 404
    assert Syringe.objects.filter(pk=theirs.pk, checked_by=None).exists()


def test_the_same_muscle_may_recur_and_a_dry_needle_has_no_syringe(doctor, sitting) -> None:
    for _more in range(2):
        fields = {"muscle_side": "infraspinatus:right", "token": uuid4()}
        assert doctor.post(url("session_add_row", sitting.pk), fields).status_code == 302
    dry = sitting.injections.order_by("number").last()
    assert change_row(doctor, sitting, dry, syringe="", amount="").status_code == 302
    dry.refresh_from_db()
    assert (dry.syringe, dry.volume_ul, dry.units_centi) == (None, None, None)
    assert sitting.injections.count() == 3
    assert "dry needle" in note(doctor, sitting)


@pytest.mark.parametrize(
    "chosen", ["", ":", "nonsense:left", "infraspinatus:up", "infraspinatus", LONG]
)
def test_a_muscle_or_side_that_is_none_adds_no_row(doctor, sitting, chosen) -> None:
    refused = doctor.post(url("session_add_row", sitting.pk), {"muscle_side": chosen})
    assert refused.status_code == 422
    assert sitting.injections.count() == 1


@pytest.mark.hazard("HAZ-018")
def test_a_row_changed_meanwhile_is_not_removed_unseen(doctor, sitting) -> None:
    row = sitting.injections.get()
    old = seen_of(row)
    change_row(doctor, sitting, row, amount="2")
    stale = doctor.post(url("session_remove_row", sitting.pk, row.pk), {"seen": old})
    assert stale.status_code == 409
    assert sitting.injections.count() == 1


@pytest.mark.hazard("HAZ-018")
def test_words_of_the_plan_are_not_overwritten_from_another_tab(doctor, sitting) -> None:
    seen = doctor.get(url("session_plan", sitting.pk)).context["plan_words"]["seen"]
    address = url("session_plan_words", sitting.pk)
    first = {"steroid_reason": "Flare", "plan_note": "Two weeks", "seen": seen}
    assert doctor.post(address, first).status_code == 302
    stale = doctor.post(address, {"steroid_reason": "", "plan_note": "Four", "seen": seen})
    assert stale.status_code == 409
    assert 'value="Four"' in stale.content.decode()
    sitting.refresh_from_db()
    assert (sitting.steroid_reason, sitting.plan_note) == ("Flare", "Two weeks")
    assert "Flare" in note(doctor, sitting)


# ── syringes ─────────────────────────────────────────────────────────────────────────────────


def test_what_is_drawn_up_is_kept_with_lot_expiry_and_the_name_on_the_pack(nurse, sitting) -> None:
    fields = {
        "token": uuid4(),
        "0.product": "lidocaine:10000", "0.volume": "4", "0.lot": "LX1", "0.expires": "2099-03-31",
        "0.brand": "Xylocaine", "0.epinephrine": "5000",
        "1.product": "triamcinolone:40000", "1.volume": "1", "1.lot": "TR9",
        "1.expires": "2099-05-31",
    }  # fmt: skip
    for _again in range(2):
        assert nurse.post(url("session_draw_up", sitting.pk), fields).status_code == 302
    syringe = sitting.syringes.get(label="B")
    first, second = syringe.ingredients.order_by("position")
    assert (first.agent, first.product, first.lot) == ("lidocaine", "Xylocaine", "LX1")
    assert (first.epinephrine_ng_per_ml, first.volume_ul) == (5000, 4000)
    assert (second.concentration_ug_per_ml, str(second.expires_on)) == (40_000, "2099-05-31")
    text = note(nurse, sitting)
    for words in ("Xylocaine", "lot LX1", "lot TR9", "expires 31 May 2099", "checked by nobody"):
        assert words in text
    label = nurse.get(url("session_labels", sitting.pk)).content.decode()
    for words in ("Xylocaine", "LX1", "TR9", sitting.patient.full_name, sitting.patient.number):
        assert words in label


def toxin(**changes) -> dict[str, object]:
    made_up = timezone.localtime() - timedelta(hours=1)
    return {
        "token": uuid4(), "0.product": "onabotulinumtoxin_a:0", "0.volume": "2", "0.units": "100",
        "0.lot": "BT1", "0.expires": "2099-01-01",
        "reconstituted_at": made_up.strftime("%Y-%m-%dT%H:%M"), **changes,
    }  # fmt: skip


@pytest.mark.hazard("HAZ-017")
def test_a_botulinum_syringe_says_units_to_the_millilitre_and_how_long_it_may_stand(
    nurse, sitting
) -> None:
    assert nurse.post(url("session_draw_up", sitting.pk), toxin()).status_code == 302
    syringe = sitting.syringes.get(label="B")
    assert syringe.use_within_hours == 24
    for name in ("session_plan", "session_labels"):
        page = nurse.get(url(name, sitting.pk)).content.decode().replace("\xa0", " ")
        assert "50 units/mL" in page
    assert "use within 24 h" in nurse.get(url("session_labels", sitting.pk)).content.decode()
    text = note(nurse, sitting)
    for words in ("100 units", "(50 units/mL)", "to be used within 24 h", "made up"):
        assert words in text


@pytest.mark.hazard("HAZ-017")
@pytest.mark.parametrize(
    "made_up", ["2099-01-01T10:00", "0001-01-01T00:00", "1800-01-01T00:00", "yesterday", "25:00"]
)
def test_a_toxin_made_up_at_a_time_that_cannot_be_is_told(nurse, sitting, made_up) -> None:
    refused = nurse.post(url("session_draw_up", sitting.pk), toxin(reconstituted_at=made_up))
    assert refused.status_code == 422
    assert not sitting.syringes.filter(label="B").exists()
    assert 'value="BT1"' in refused.content.decode()


def test_only_a_powder_is_made_up(nurse, sitting) -> None:
    assert draw(nurse, sitting, **{"reconstituted_at": "2026-01-01T10:00"}) == 422


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("0.volume", "-1"), ("0.volume", "0"), ("0.volume", ""), ("0.volume", "61"),
        ("0.volume", "NaN"), ("0.volume", "1e9"), pytest.param("0.volume", TEXT, id="long"),
        ("0.strength", "990"), ("0.strength", "1000000000"), ("0.strength", "-5"),
        pytest.param("0.product", "lidocaine:" + "9" * 5000, id="digits"),
        ("0.product", "water:1"), ("0.product", ":"),
        ("0.product", "saline:99999999"), ("0.product", "<b>:1"),
        ("0.epinephrine", "-1"), ("0.epinephrine", "99999"), ("0.epinephrine", "much"),
        ("0.units", "100"), ("0.units", "-1"), ("0.lot", "L" * 41), ("0.brand", "B" * 121),
        ("0.expires", "soon"), ("0.expires", "2026-13-01"), ("0.expires", "99999-01-01"),
        ("1.volume", "2"), ("1.lot", "orphan"),
    ],
)  # fmt: skip
def test_nonsense_in_a_syringe_is_told_and_nothing_is_drawn_up(
    nurse, sitting, field, typed
) -> None:
    before = Ingredient.objects.count()
    fields = {
        "token": uuid4(), "0.product": "lidocaine:10000", "0.volume": "5", "0.lot": "KEEP-ME",
        "0.expires": "2099-01-01", field: typed,
    }  # fmt: skip
    refused = nurse.post(url("session_draw_up", sitting.pk), fields)
    assert refused.status_code == 422, (field, typed)
    assert Ingredient.objects.count() == before
    assert sitting.syringes.count() == 1
    if field != "0.lot":
        assert 'value="KEEP-ME"' in refused.content.decode()


def test_a_product_that_no_table_knows_is_named_and_the_rules_cannot_tell(nurse, sitting) -> None:
    assert draw(nurse, sitting, **{"0.product": "other:0", "0.volume": "2"}) == 422
    named = {"0.product": "other:0", "0.volume": "2", "0.brand": "Herbal mixture"}
    assert draw(nurse, sitting, **named) == 302
    assert sitting.syringes.get(label="B").ingredients.get().product == "Herbal mixture"
    page = nurse.get(url("session_plan", sitting.pk)).content.decode()
    assert "Herbal mixture" in page


@pytest.mark.hazard("HAZ-018")
def test_what_was_typed_for_a_syringe_survives_being_signed_out(nurse, sitting) -> None:
    draft = {"0.product": "lidocaine:10000", "0.lot": "HALF-TYPED", "token": uuid4()}
    assert nurse.post(url("draft", "syringe", sitting.pk), draft).status_code == 204
    page = nurse.get(url("session_plan", sitting.pk)).content.decode()
    assert "HALF-TYPED" in page
    assert draw(nurse, sitting) == 302
    assert "HALF-TYPED" not in nurse.get(url("session_plan", sitting.pk)).content.decode()


def correct(client, procedure, syringe, **changes):
    fields = {
        "0.product": "lidocaine:10000", "0.volume": "5", "0.lot": "LX4471",
        "0.expires": "2099-03-31", "0.epinephrine": "0", **changes,
    }  # fmt: skip
    return client.post(url("session_correct_syringe", procedure.pk, syringe.pk), fields)


def test_a_corrected_lot_keeps_the_plan_and_asks_for_another_look(clinic, nurse, sitting) -> None:
    settle(clinic, sitting)
    syringe = sitting.syringes.get()
    page = nurse.get(url("session_correct_syringe", sitting.pk, syringe.pk)).content.decode()
    assert 'value="LX4471"' in page
    assert correct(nurse, sitting, syringe, **{"0.lot": "LX4472"}).status_code == 302
    syringe.refresh_from_db()
    sitting.refresh_from_db()
    assert syringe.ingredients.get().lot == "LX4472"
    assert (syringe.checked_by, syringe.corrected_by) == (None, clinic["nurse"])
    assert sitting.planned_at is not None
    address = url("session_change_syringe", sitting.pk, syringe.pk)
    assert nurse.post(address, {"what": "check"}).status_code == 403


def test_a_corrected_strength_changes_the_plan_and_voids_consent(clinic, nurse, sitting) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    syringe = sitting.syringes.get()
    assert correct(nurse, sitting, syringe, **{"0.product": "lidocaine:20000"}).status_code == 302
    assert Consent.objects.get().status == "void"
    assert TimeOut.objects.get().void_at is not None
    assert start(clinic, sitting).status_code == 422


@pytest.mark.hazard("HAZ-003")
def test_after_the_needle_what_the_label_really_said_is_kept_and_the_rules_run_again(
    clinic, doctor, nurse, sitting
) -> None:
    draw(nurse, sitting, **{"0.volume": "20"})
    big = sitting.syringes.get(label="B")
    row = sitting.injections.get()
    change_row(doctor, sitting, row, syringe=big.pk, amount="20")
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    assert start(clinic, sitting).status_code == 302
    doctor.post(url("session_give", sitting.pk, row.pk), {"amount": "20", "unit": "mL"})
    assert not AdverseEvent.objects.exists()
    fields = {"0.product": "lidocaine:20000", "0.volume": "20", "0.lot": "L1"}
    assert correct(nurse, sitting, big, **fields).status_code == 302
    assert big.ingredients.get().concentration_ug_per_ml == 20_000
    assert AdverseEvent.objects.filter(kind="la-load").exists()


# ── settling, consent, time-out, start ───────────────────────────────────────────────────────


def test_settling_twice_settles_once(clinic, doctor, sitting) -> None:
    settle(clinic, sitting)
    sitting.refresh_from_db()
    again = doctor.post(url("session_settle", sitting.pk), {"revision": sitting.revision - 1})
    assert again.status_code == 302
    before = sitting.planned_at
    sitting.refresh_from_db()
    assert sitting.planned_at == before


@pytest.mark.hazard("HAZ-010")
def test_a_new_depth_needs_a_new_time_out_although_the_drugs_are_the_same(
    clinic, doctor, sitting
) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    row = sitting.injections.get()
    assert change_row(doctor, sitting, row, depth="16").status_code == 302
    settle(clinic, sitting)
    agreed = doctor.post(
        url("session_consent", sitting.pk),
        {
            "answer": "agreed", "risks": ["soreness", "lung"], "given_by": "patient",
            "has_capacity": "yes", "mode": "verbal", "alternatives_discussed": "on",
        },
    )  # fmt: skip
    assert agreed.status_code == 302, agreed.content.decode()
    refused = start(clinic, sitting)
    assert refused.status_code == 422
    assert "Take the time-out first" in refused.content.decode()


@pytest.mark.hazard("HAZ-005")
def test_what_is_told_after_the_time_out_is_seen_by_the_rules_before_the_needle(
    clinic, nurse, sitting
) -> None:
    from tests.web.test_session_journey import answers

    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    told = answers(allergies="yes") | {
        "allergies.substance": "Lidocaine", "allergies.severity": "anaphylaxis",
    }  # fmt: skip
    assert nurse.post(url("session_ask", sitting.pk), told).status_code == 302
    refused = start(clinic, sitting)
    assert refused.status_code == 422
    sitting.refresh_from_db()
    assert sitting.started_at is None


def test_answers_of_another_day_are_asked_again(clinic, sitting) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    visit = sitting.encounter
    visit.refresh_from_db()
    visit.asked_at -= timedelta(days=1)
    visit.save()
    refused = start(clinic, sitting)
    assert refused.status_code == 422
    assert "asked on another day" in refused.content.decode()


@pytest.mark.hazard("HAZ-018")
def test_a_session_signed_or_closed_meanwhile_says_so_everywhere(clinic, doctor, sitting) -> None:
    row, syringe = sitting.injections.get(), sitting.syringes.get()
    closed = doctor.post(url("session_not_injected", sitting.pk), {"reason": "no-time"})
    assert closed.status_code == 302
    posts = {
        "session_arrive": {"identifiers": ["name", "born_on"]},
        "session_weigh": {"weight": "70"},
        "session_assess": {"pain_now": "3"},
        "session_add_point": {"muscle_side": "soleus:left"},
        "session_add_motion": {"movement": "Flexion", "side": "left", "before_deg": "3"},
        "session_add_row": {"muscle_side": "soleus:left"},
        "session_lower_limits": {},
        "session_plan_words": {},
        "session_settle": {},
        "session_draw_up": {"0.product": "lidocaine:10000", "0.volume": "1"},
        "session_consent": {},
        "session_time_out": {},
        "session_start": {},
        "session_not_injected": {"reason": "unwell-today"},
        "session_vital_signs": {"heart_rate_per_min": "70"},
        "session_observe": {"symptoms_asked": "on"},
        "session_let_leave": {},
        "session_check": {},
    }
    for name, fields in posts.items():
        answer = doctor.post(url(name, sitting.pk), fields)
        assert answer.status_code == 403, name
        assert "This session is closed" in answer.content.decode(), name
    assert change_row(doctor, sitting, row, amount="2").status_code == 403
    assert correct(doctor, sitting, syringe).status_code == 403
    assert Injection.objects.get().volume_ul == 1000


def test_not_injected_has_an_author_and_a_reason_from_the_list(clinic, doctor, sitting) -> None:
    address = url("session_not_injected", sitting.pk)
    refused = doctor.post(address, {"reason": "boredom", "note": "typed"})
    assert refused.status_code == 422
    assert 'value="typed"' in refused.content.decode()
    assert doctor.post(address, {"reason": "unwell-today", "note": "Fever"}).status_code == 302
    text = note(doctor, sitting)
    assert "unwell today: Fever" in text
    assert f"Signed by {clinic['clinician'].full_name}" in text
    board = doctor.get(url("today")).content.decode()
    assert "Not injected" in board
    acknowledge_all(doctor, sitting)
