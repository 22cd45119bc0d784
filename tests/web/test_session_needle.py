"""After the needle nothing is refused: what happened is kept as it happened, and flagged."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from tautband.accounts import actions as accounts
from tautband.records.models import (
    AdverseEvent,
    Consent,
    Injection,
    Procedure,
    Recovery,
    TimeOut,
    VitalSigns,
)
from tests import builders
from tests.web.test_session_journey import (
    arrive,
    clinic,
    consent_and_time_out,
    plan,
    settle,
    sign_in,
    url,
)
from tests.web.test_session_plan import TEXT, note
from tests.web.test_session_refusals import change_row, draw, start

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(clinic):
    return sign_in(clinic["clinician"])


@pytest.fixture
def nurse(clinic):
    return sign_in(clinic["nurse"])


@pytest.fixture
def sitting(clinic) -> Procedure:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    return procedure


@pytest.fixture
def begun(clinic, sitting) -> Procedure:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    done = start(clinic, sitting, position="prone", skin_preparation="Alcohol")
    assert done.status_code == 302, done.content.decode()[-2000:]
    sitting.refresh_from_db()
    return sitting


def give(client, procedure, row=None, **changes):
    row = row or procedure.injections.get()
    fields = {"what": "given", "amount": "1", "unit": "mL", **changes}
    return client.post(url("session_give", procedure.pk, row.pk), fields)


def finish(client, procedure, opened="1", disposed="1", **more):
    fields = {"opened": opened, "disposed": disposed, **more}
    return client.post(url("session_finish", procedure.pk), fields)


def incidents() -> set[str]:
    return set(AdverseEvent.objects.values_list("kind", flat=True))


# ── begin ────────────────────────────────────────────────────────────────────────────────────


def test_beginning_twice_begins_once(clinic, begun) -> None:
    again = start(clinic, begun, revision="1")
    assert again.status_code == 302
    at = begun.started_at
    begun.refresh_from_db()
    assert begun.started_at == at


@pytest.mark.parametrize("field", ["operator", "supervisor"])
def test_a_forged_operator_is_never_taken_for_somebody_else(clinic, sitting, field) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    nurse = clinic["nurse"]
    for forged in ("nobody", "6f1c0a52-7f0e-4a3c-9a5e-0d9a3e1b2c4d", nurse.pk):
        assert start(clinic, sitting, **{field: forged}).status_code == 422
    sitting.refresh_from_db()
    assert sitting.started_at is None


def test_nobody_supervises_themselves_and_a_trainee_has_to_be_named(clinic, sitting) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    mine = clinic["clinician"].pk
    assert start(clinic, sitting, supervisor=mine).status_code == 422
    refused = start(
        clinic, sitting, supervisor=builders.make_clinician().pk, skin_preparation="Iodine"
    )
    assert refused.status_code == 422
    assert "trainee" in refused.content.decode()
    assert 'value="Iodine"' in refused.content.decode()


# ── rows as they happened ────────────────────────────────────────────────────────────────────


def test_everything_about_a_row_is_kept_and_stands_in_the_note(doctor, begun) -> None:
    done = give(
        doctor, begun, amount="0,8", depth="14", passes="5", aspiration="negative", twitch="yes",
        crunch="yes", released="no", pain_before="7", pain_after="2", complication="Bruise",
    )  # fmt: skip
    assert done.status_code == 302, done.content.decode()[-2000:]
    row = Injection.objects.get()
    assert (row.given_volume_ul, row.given_depth_um, row.passes) == (800, 14_000, 5)
    assert (row.aspiration, row.twitch, row.crunch, row.released) == ("negative", True, True, False)
    assert (row.pain_before, row.pain_after, row.complication) == (7, 2, "Bruise")
    assert row.volume_ul == 1000
    assert incidents() == {"complication"}
    text = note(doctor, begun)
    for words in (
        "0.8 mL from A", "depth 14 mm", "5 passes", "aspiration negative", "twitch",
        "crunch felt", "pain 7 → 2", "Bruise", "Skin: Alcohol", "4.2 mL left, discarded",
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "-1"), ("amount", "NaN"), ("amount", "1e9"), ("amount", ""), ("amount", "0"),
        pytest.param("amount", TEXT, id="amount-long"), ("amount", "<b>1</b>"),
        ("depth", "-3"), ("depth", "999"), ("passes", "0"), ("passes", "many"),
        ("pain_before", "11"), ("pain_after", "-1"), ("aspiration", "<script>"),
        pytest.param("complication", TEXT, id="complication-long"),
    ],
)  # fmt: skip
def test_nonsense_is_told_at_the_row_and_nothing_typed_is_lost(doctor, begun, field, typed) -> None:
    fields = {"complication": "Faint, lay down", "depth": "13.5", field: typed}
    refused = give(doctor, begun, **fields)
    assert refused.status_code == 422
    page = refused.content.decode()
    kept = "13.5" if field == "complication" else "Faint, lay down"
    assert kept in page
    assert 'class="err"' in page
    assert Injection.objects.get().status == "planned"


def test_an_amount_that_nobody_knows_is_said_and_is_not_nothing(doctor, begun) -> None:
    done = give(doctor, begun, amount="", amount_unknown="yes")
    assert done.status_code == 302, done.content.decode()[-2000:]
    row = Injection.objects.get()
    assert (row.status, row.given_volume_ul, row.given_units_centi) == ("given", None, None)
    assert "amount not known" in note(doctor, begun)
    page = doctor.get(url("session_inject", begun.pk)).content.decode()
    assert "not known" in page


def test_more_than_the_syringe_holds_is_kept_and_said(doctor, begun) -> None:
    assert give(doctor, begun, amount="6").status_code == 302
    assert Injection.objects.get().given_volume_ul == 6000
    assert "1 mL more than it held" in note(doctor, begun)
    assert "more went in than it held" in (
        doctor.get(url("session_inject", begun.pk)).content.decode()
    )


def test_a_correction_changes_what_went_in_and_not_when(doctor, begun) -> None:
    give(doctor, begun)
    at = Injection.objects.get().given_at
    give(doctor, begun, amount="2")
    row = Injection.objects.get()
    assert (row.given_volume_ul, row.given_at) == (2000, at)


@pytest.mark.hazard("HAZ-018")
def test_two_people_recording_one_row_are_told(doctor, begun) -> None:
    page = doctor.get(url("session_inject", begun.pk))
    seen = page.context["rows"][0][1]["seen"]
    assert give(doctor, begun, seen=seen).status_code == 302
    stale = give(doctor, begun, amount="3", complication="Mine", seen=seen)
    assert stale.status_code == 409
    assert "Mine" in stale.content.decode()
    assert Injection.objects.get().given_volume_ul == 1000


@pytest.mark.hazard("HAZ-018")
def test_what_was_typed_about_a_row_survives_being_signed_out(doctor, begun) -> None:
    row = Injection.objects.get()
    draft = url("draft", "injection", row.pk)
    assert doctor.post(draft, {"complication": "Half typed", "amount": "0.7"}).status_code == 204
    page = doctor.get(url("session_inject", begun.pk)).content.decode()
    assert "Half typed" in page
    assert 'value="0.7"' in page
    assert give(doctor, begun).status_code == 302
    assert "Half typed" not in doctor.get(url("session_inject", begun.pk)).content.decode()


def test_a_row_is_not_injected_with_a_reason_and_only_after_the_start(
    clinic, doctor, sitting
) -> None:
    row = sitting.injections.get()
    address = url("session_give", sitting.pk, row.pk)
    assert doctor.post(address, {"what": "not-given", "reason": "x"}).status_code == 422
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    start(clinic, sitting)
    for reason in ("", "   ", TEXT):
        assert doctor.post(address, {"what": "not-given", "reason": reason}).status_code == 422
    done = doctor.post(address, {"what": "not-given", "reason": "Patient felt faint"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.not_given_reason) == ("not-given", "Patient felt faint")
    assert "not injected: Patient felt faint" in note(doctor, sitting)


def test_another_patients_row_is_not_recorded_here(clinic, doctor, begun) -> None:
    other = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, other)
    theirs = other.injections.get()
    assert give(doctor, begun, theirs).status_code == 422
    theirs.refresh_from_db()
    assert theirs.status == "planned"


# ── on the table ─────────────────────────────────────────────────────────────────────────────


def add(client, procedure, **changes):
    fields = {
        "muscle_side": "soleus:left", "amount": "1", "gauge": "25", "needle": "38",
        "depth": "15", "guidance": "landmark", "token": uuid4(),
        "syringe": procedure.syringes.get(label="A").pk, **changes,
    }  # fmt: skip
    return client.post(url("session_add_on_table", procedure.pk), fields)


@pytest.mark.hazard("HAZ-010")
def test_a_muscle_added_on_the_table_is_asked_aloud_and_that_is_kept(doctor, begun) -> None:
    refused = add(doctor, begun)
    assert refused.status_code == 422
    assert begun.injections.count() == 1
    token = uuid4()
    for _again in range(2):
        assert add(doctor, begun, verbal_consent="yes", token=token).status_code == 302
    row = begun.injections.get(added_on_table=True)
    assert (row.verbal_consent, row.status) == (True, "planned")
    give(doctor, begun, row)
    assert "asked aloud and agreed" in note(doctor, begun)
    assert not AdverseEvent.objects.exists()


@pytest.mark.hazard("HAZ-003")
def test_a_dangerous_addition_is_refused_and_the_same_is_kept_once_it_has_happened(
    clinic, doctor, nurse, begun
) -> None:
    draw(nurse, begun, **{"0.expires": "2020-01-31"})
    big = begun.syringes.get(label="B")
    fields = {"syringe": big.pk, "amount": "50", "verbal_consent": "yes"}
    refused = add(doctor, begun, **fields)
    assert refused.status_code == 422
    assert begun.injections.count() == 1
    kept = add(doctor, begun, syringe=big.pk, amount="50", already_in="yes")
    assert kept.status_code == 302, kept.content.decode()[-2000:]
    row = begun.injections.get(added_on_table=True)
    assert (row.status, row.given_volume_ul, row.verbal_consent) == ("given", 50_000, False)
    assert {"la-load", "lot-expired", "consent-not-asked"} <= incidents()
    assert "the patient was not asked" in note(doctor, begun)


def test_a_muscle_that_went_in_from_an_unknown_amount_is_kept(doctor, begun) -> None:
    done = add(doctor, begun, amount="", amount_unknown="yes", already_in="yes")
    assert done.status_code == 302, done.content.decode()[-2000:]
    assert begun.injections.get(added_on_table=True).given_volume_ul is None


def test_withdrawn_consent_refuses_nothing_that_happened(doctor, begun) -> None:
    assert doctor.post(url("session_withdraw", begun.pk), {"reason": "Enough"}).status_code == 302
    again = doctor.post(url("session_withdraw", begun.pk), {"reason": "Enough"})
    assert again.status_code == 422
    assert give(doctor, begun).status_code == 302
    assert "consent-missing" in incidents()
    assert "Enough" in note(doctor, begun)


# ── between the two sides over the lung ──────────────────────────────────────────────────────


@pytest.fixture
def both_sides(clinic, doctor, sitting) -> Procedure:
    row = sitting.injections.get()
    doctor.post(url("session_remove_row", sitting.pk, row.pk), {})
    for side in ("left", "right"):
        doctor.post(
            url("session_add_row", sitting.pk),
            {"muscle_side": f"rhomboid_major:{side}", "token": uuid4()},
        )
    for row in sitting.injections.all():
        changed = change_row(
            doctor, sitting, row, syringe=sitting.syringes.get().pk, amount="0.5", needle="25",
            depth="8", pleura_depth="30", guidance="ultrasound",
        )  # fmt: skip
        assert changed.status_code == 302
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    assert start(clinic, sitting).status_code == 302
    return sitting


@pytest.mark.hazard("HAZ-004")
def test_between_the_sides_somebody_asks_once_and_it_is_kept(doctor, both_sides) -> None:
    left, right = both_sides.injections.order_by("number")
    assert "Stop and ask" not in doctor.get(url("session_inject", both_sides.pk)).content.decode()
    give(doctor, both_sides, left, amount="0.5")
    page = doctor.get(url("session_inject", both_sides.pk)).content.decode()
    assert "Stop and ask before the other side" in page
    for _again in range(2):
        asked = doctor.post(url("session_second_side", both_sides.pk), {"answer": "none"})
        assert asked.status_code == 302
    both_sides.refresh_from_db()
    at = both_sides.second_lung_side_confirmed_at
    doctor.post(url("session_second_side", both_sides.pk), {"answer": "none"})
    both_sides.refresh_from_db()
    assert both_sides.second_lung_side_confirmed_at == at
    assert "Stop and ask" not in doctor.get(url("session_inject", both_sides.pk)).content.decode()
    assert give(doctor, both_sides, right, amount="0.5").status_code == 302
    assert "Stopped and asked between the sides: no symptoms" in note(doctor, both_sides)


@pytest.mark.hazard("HAZ-004")
def test_symptoms_between_the_sides_open_an_incident(doctor, both_sides) -> None:
    left, _right = both_sides.injections.order_by("number")
    give(doctor, both_sides, left, amount="0.5")
    address = url("session_second_side", both_sides.pk)
    assert doctor.post(address, {"answer": "symptoms", "symptoms": " "}).status_code == 422
    told = {"answer": "symptoms", "symptoms": "Stabbing pain on breathing in"}
    assert doctor.post(address, told).status_code == 302
    assert AdverseEvent.objects.get(kind="chest-symptoms").words == told["symptoms"]
    both_sides.refresh_from_db()
    assert both_sides.second_lung_side_confirmed_at is None


# ── the end and the watch ────────────────────────────────────────────────────────────────────


@pytest.fixture
def ended(doctor, begun) -> Procedure:
    give(doctor, begun)
    assert finish(doctor, begun).status_code == 302
    begun.refresh_from_db()
    return begun


@pytest.mark.parametrize(
    ("opened", "disposed"), [("", "1"), ("1", ""), ("-1", "1"), ("201", "1"), ("two", "2")]
)
def test_a_count_that_is_none_ends_nothing(doctor, begun, opened, disposed) -> None:
    give(doctor, begun)
    refused = finish(doctor, begun, opened, disposed)
    assert refused.status_code == 422
    begun.refresh_from_db()
    assert begun.ended_at is None


def test_an_unanswered_row_ends_nothing(doctor, begun) -> None:
    assert finish(doctor, begun).status_code == 422


@pytest.mark.hazard("HAZ-014")
def test_needles_that_are_missing_or_were_not_counted_open_an_incident(doctor, begun) -> None:
    give(doctor, begun)
    assert finish(doctor, begun, "2", "1").status_code == 302
    assert "Needles opened: 2" in AdverseEvent.objects.get(kind="needle-count").words
    assert finish(doctor, begun, "", "", not_counted="yes").status_code == 302
    begun.refresh_from_db()
    assert (begun.needles_opened, begun.needles_disposed) == (None, None)
    assert "Nobody counted" in AdverseEvent.objects.get(kind="needle-count").words
    assert "not counted" in note(doctor, begun)


def test_counting_again_does_not_start_the_watch_anew(doctor, ended) -> None:
    watch = Recovery.objects.get()
    assert finish(doctor, ended, "3", "3").status_code == 302
    ended.refresh_from_db()
    again = Recovery.objects.get()
    assert (again.started_at, ended.needles_opened) == (watch.started_at, 3)


@pytest.mark.hazard("HAZ-003")
def test_the_watch_lasts_as_long_as_the_dose_asks_for(clinic, doctor, nurse, begun) -> None:
    give(doctor, begun, amount="30")
    assert finish(doctor, begun).status_code == 302
    assert Recovery.objects.get().minimum_minutes >= 30


def observe(client, procedure, **changes):
    fields = {
        "symptoms_asked": "on", "pain_at_30_min": "2", "tolerated": "well", "escort": "yes",
        **changes,
    }  # fmt: skip
    return client.post(url("session_observe", procedure.pk), fields)


def test_how_the_patient_is_is_kept_and_symptoms_open_incidents(nurse, ended) -> None:
    done = observe(
        nurse, ended, toxicity_symptoms="Numb lips", chest_symptoms="Tight", note="Tea",
        weakness="Left leg",
    )  # fmt: skip
    assert done.status_code == 302
    watch = Recovery.objects.get()
    assert (watch.pain_at_30_min, watch.escort, watch.tolerated) == (2, True, "well")
    assert {"toxicity-symptoms", "chest-symptoms", "weakness"} <= incidents()
    text = note(nurse, ended)
    for words in ("Numb lips", "Tight", "Left leg", "with somebody", "pain 7 → 2", "Tea"):
        assert words in text


@pytest.mark.parametrize(
    "changes",
    [{"pain_at_30_min": "11"}, {"tolerated": "<b>"}, {"weakness": TEXT}, {"note": TEXT}],
    ids=["pain", "tolerated", "weakness", "note"],
)
def test_nonsense_about_the_patient_is_told_and_the_rest_stays(nurse, ended, changes) -> None:
    refused = observe(nurse, ended, chest_symptoms="Typed with care", **changes)
    assert refused.status_code == 422
    assert "Typed with care" in refused.content.decode()
    assert not Recovery.objects.get().symptoms_asked


@pytest.mark.hazard("HAZ-018")
def test_two_people_watching_are_told(nurse, ended) -> None:
    version = nurse.get(url("session_observe", ended.pk)).context["version"]
    assert observe(nurse, ended, version=version, chest_symptoms="Pain").status_code == 302
    stale = observe(nurse, ended, version=version, note="Mine")
    assert stale.status_code == 409
    assert Recovery.objects.get().chest_symptoms == "Pain"


@pytest.mark.hazard("HAZ-018")
def test_nobody_leaves_over_words_that_were_not_kept(nurse, ended) -> None:
    observe(nurse, ended)
    nurse.post(url("draft", "observe", ended.pk), {"chest_symptoms": "New pain"})
    address = url("session_let_leave", ended.pk)
    refused = nurse.post(address, {"early_reason": "well"})
    assert refused.status_code == 422
    assert "New pain" in refused.content.decode() or "not kept yet" in refused.content.decode()
    assert Recovery.objects.get().fit_to_leave_at is None
    observe(nurse, ended, chest_symptoms="New pain")
    assert nurse.post(address, {"early_reason": "well"}).status_code == 302


SIGNS = {
    "systolic_mmhg": "128", "diastolic_mmhg": "76", "heart_rate_per_min": "68",
    "spo2_percent": "98",
}  # fmt: skip


def test_vital_signs_sent_twice_are_one_set(nurse, ended) -> None:
    fields = {**SIGNS, "token": uuid4()}
    for _again in range(2):
        assert nurse.post(url("session_vital_signs", ended.pk), fields).status_code == 302
    assert VitalSigns.objects.count() == 1
    assert "BP 128/76, HR 68, SpO2 98 %" in note(nurse, ended)


@pytest.mark.hazard("HAZ-011")
def test_an_arrest_can_be_written_down(nurse, ended) -> None:
    fields = {"systolic_mmhg": "30", "heart_rate_per_min": "0", "spo2_percent": "35"}
    assert nurse.post(url("session_vital_signs", ended.pk), fields).status_code == 302
    assert "BP 30/?, HR 0, SpO2 35 %" in note(nurse, ended)


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"systolic_mmhg": "999"}, {"spo2_percent": "101"}, {"heart_rate_per_min": "-4"},
        {"systolic_mmhg": "80", "diastolic_mmhg": "120"}, {"heart_rate_per_min": "fast"},
    ],
)  # fmt: skip
def test_vital_signs_that_cannot_be_are_told(nurse, ended, fields) -> None:
    refused = nurse.post(url("session_vital_signs", ended.pk), fields)
    assert refused.status_code == 422
    for typed in fields.values():
        assert f'value="{typed}"' in refused.content.decode()
    assert not VitalSigns.objects.exists()


def test_whoever_walked_out_unasked_is_recorded_so_and_the_session_can_be_signed(
    doctor, nurse, ended
) -> None:
    address = url("session_let_leave", ended.pk)
    assert nurse.post(address, {}).status_code == 422
    for _again in range(2):
        left = nurse.post(address, {"early_reason": "Walked out before anybody came"})
        assert left.status_code == 302
    text = note(nurse, ended)
    assert "Left before the time: Walked out before anybody came" in text
    assert "Fit to leave" not in text
    assert doctor.post(url("session_check", ended.pk), {}).status_code == 302


def test_who_let_the_patient_go_and_when_is_kept(clinic, nurse, ended) -> None:
    observe(nurse, ended)
    assert nurse.post(url("session_let_leave", ended.pk), {}).status_code == 422
    assert nurse.post(url("session_let_leave", ended.pk), {"early_reason": TEXT}).status_code == 422
    done = nurse.post(url("session_let_leave", ended.pk), {"early_reason": "Feels well"})
    assert done.status_code == 302
    watch = Recovery.objects.get()
    assert watch.fit_to_leave_by == clinic["nurse"]
    assert f"{clinic['nurse'].full_name}" in note(nurse, ended)


# ── written up later ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def three_days_ago():
    return (timezone.localtime() - timedelta(days=3)).replace(second=0, microsecond=0)


def typed(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def write_up(clinic, procedure, at, **more):
    return start(clinic, procedure, already_happened="yes", started_at=typed(at), **more)


@pytest.mark.parametrize("at", ["", "2099-01-01T10:00", "0001-01-01T00:00", "soon", "1800-01-01"])
def test_a_write_up_says_when_it_took_place(clinic, sitting, at) -> None:
    refused = start(
        clinic, sitting, already_happened="yes", started_at=at, skin_preparation="Iodine"
    )
    assert refused.status_code == 422
    assert 'value="Iodine"' in refused.content.decode()
    sitting.refresh_from_db()
    assert sitting.started_at is None


def test_a_session_written_up_later_keeps_its_own_times(
    clinic, doctor, nurse, sitting, three_days_ago
) -> None:
    at = three_days_ago
    assert (
        write_up(clinic, sitting, at, position="supine", skin_preparation="Iodine").status_code
        == 302
    )
    sitting.refresh_from_db()
    visit = sitting.encounter
    visit.refresh_from_db()
    assert sitting.started_at == at
    assert visit.on == at.date()
    assert sitting.recorded_at.date() == timezone.now().date()
    consented = doctor.post(
        url("session_consent", sitting.pk),
        {
            "answer": "agreed", "given_by": "patient", "has_capacity": "yes", "mode": "signed",
            "taken_at": typed(at - timedelta(minutes=10)),
        },
    )  # fmt: skip
    assert consented.status_code == 302, consented.content.decode()[-2000:]
    read = {"identifiers": ["name"], "sides": "on", "taken_at": typed(at - timedelta(minutes=2))}
    assert nurse.post(url("session_time_out", sitting.pk), read).status_code == 302
    late = at + timedelta(minutes=1)
    assert give(doctor, sitting, given_at=typed(late)).status_code == 302
    ended = finish(doctor, sitting, ended_at=typed(at + timedelta(minutes=5)))
    assert ended.status_code == 302, ended.content.decode()[-2000:]
    signs = {**SIGNS, "taken_at": typed(at + timedelta(minutes=15))}
    assert nurse.post(url("session_vital_signs", sitting.pk), signs).status_code == 302
    assert observe(nurse, sitting).status_code == 302
    left = {"left_at": typed(at + timedelta(minutes=40))}
    assert nurse.post(url("session_let_leave", sitting.pk), left).status_code == 302
    assert Consent.objects.get().taken_at == at - timedelta(minutes=10)
    assert TimeOut.objects.get().taken_at == at - timedelta(minutes=2)
    assert Injection.objects.get().given_at == late
    assert VitalSigns.objects.get().taken_at == at + timedelta(minutes=15)
    assert Recovery.objects.get().fit_to_leave_at == at + timedelta(minutes=40)
    assert doctor.post(url("session_check", sitting.pk), {}).status_code == 302
    text = note(doctor, sitting)
    assert f"Date: {at.day} {at:%b %Y}" in text
    assert "Written up later" in text
    assert "not: syringe labels" in text


@pytest.mark.hazard("HAZ-018")
def test_whoever_injected_may_have_left_by_the_time_it_is_written_up(
    clinic, sitting, three_days_ago
) -> None:
    gone = builders.make_clinician()
    accounts.set_roles(
        person=gone, roles=["clinician"], is_senior=False, is_active=False,
        actor=builders.make_manager(),
    )  # fmt: skip
    assert write_up(clinic, sitting, three_days_ago, operator=gone.pk).status_code == 302
    sitting.refresh_from_db()
    assert sitting.operator == gone


@pytest.mark.hazard("HAZ-010")
def test_a_muscle_written_up_without_consent_is_kept_and_flagged(
    clinic, doctor, sitting, three_days_ago
) -> None:
    write_up(clinic, sitting, three_days_ago)
    assert add(doctor, sitting).status_code == 302
    row = sitting.injections.get(added_on_table=True)
    give(doctor, sitting, row)
    assert {"consent-missing", "consent-not-asked"} <= incidents()


def test_a_plan_that_was_never_made_is_written_up_from_an_empty_page(
    clinic, doctor, nurse, three_days_ago
) -> None:
    patient = builders.make_patient(weight_kg=None)
    sign_in(clinic["desk"]).post(
        url("walk_in", patient.pk), {"clinician": clinic["clinician"].pk, "token": uuid4()}
    )
    procedure = patient.procedures.get()
    assert write_up(clinic, procedure, three_days_ago).status_code == 302
    unlisted = {"0.product": "other:0", "0.volume": "5", "0.brand": "Nobody knows", "0.expires": ""}
    assert draw(nurse, procedure, **unlisted, **{"0.lot": ""}) == 302
    assert add(doctor, procedure, already_in="yes").status_code == 302
    assert finish(doctor, procedure, "", "", not_counted="yes").status_code == 302
    nurse.post(url("session_let_leave", procedure.pk), {"early_reason": "Not recorded"})
    signed = doctor.post(url("session_check", procedure.pk), {})
    assert signed.status_code == 302, signed.content.decode()[-2000:]
    procedure.refresh_from_db()
    assert procedure.status == "completed"


@pytest.mark.hazard("HAZ-006")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_units_stay_units_in_every_language(clinic, sitting, language) -> None:
    doctor, row = sign_in(clinic["clinician"]), sitting.injections.get()
    toxin = {"0.product": "onabotulinumtoxin_a:0", "0.volume": "2", "0.units": "100"}
    assert draw(sign_in(clinic["nurse"]), sitting, **toxin) == 302
    vial = sitting.syringes.get(label="B")
    assert change_row(doctor, sitting, row, syringe=vial.pk, amount="25").status_code == 302
    begun = start(clinic, sitting, already_happened="yes", started_at="2026-01-05T10:00")
    assert begun.status_code == 302, begun.content.decode()
    clinic["clinician"].language = language
    clinic["clinician"].save()
    page = doctor.get(url("session_inject", sitting.pk)).content.decode()
    assert f'lang="{language}"' in page
    [unit] = re.findall(r'name="unit" value="([^"]*)"', page)
    assert give(doctor, sitting, row, amount="20", unit=unit).status_code == 302
    row.refresh_from_db()
    assert (row.given_units_centi, row.given_volume_ul) == (2000, None)
