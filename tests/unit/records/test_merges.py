"""Merging two records of one person, and taking them apart again."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from bench.rig import invariants
from tautband.audit.models import AuditEvent
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import Sex
from tautband.errors import NotAllowed, Refused, Stale
from tautband.records.actions import (
    appointments,
    chart,
    demographics,
    encounters,
    merges,
    moved_rows,
    patients,
    signatures,
)
from tautband.records.actions.patients import MergedAway
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    Draft,
    Encounter,
    Measurement,
    Patient,
    PatientIdentifier,
    PatientMerge,
    PatientSearchKey,
    Procedure,
    TimeOut,
)
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import chart as charts
from tautband.records.queries import merging
from tautband.records.queries import patients as found
from tests.builders import (
    make_clinician,
    make_desk,
    make_manager,
    make_nurse,
    make_patient,
    make_pharmacist,
)
from tests.merged import every_decision, every_row, fresh, merge, shown, unmerge, visit_of

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-021")]


def booked(patient: Patient, *, days: int = 7) -> Appointment:
    at = (timezone.now() + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
    clinician = make_clinician()
    return appointments.book(
        patient_id=patient.pk, clinician_id=clinician.pk, starts_at=at, actor=make_desk()
    )


# ── what a merge does ────────────────────────────────────────────────────────────────────────


def test_every_table_that_names_a_patient_is_moved_or_left_on_purpose() -> None:
    naming = {
        model
        for model in apps.get_app_config("records").get_models()
        for column in model._meta.concrete_fields
        if column.related_model is Patient
    }
    # A merged record is found by its own keys, and a merge stands on the record that stayed.
    assert naming - set(moved_rows.MOVED) == {Patient, PatientSearchKey, PatientMerge}


def test_everything_of_both_stands_on_the_one_that_stays() -> None:
    survivor = make_patient(allergies=("Latex",), medicines=("Warfarin",))
    merged = make_patient(allergies=("Penicillin",), conditions=("Diabetes mellitus",))
    PatientIdentifier.objects.create(patient=merged, system="urn:example", value="7")
    sitting, booking = visit_of(merged), booked(merged)
    done = merge(survivor, merged)
    its_chart = charts.of_patient(fresh(survivor))
    assert [one.text for one in its_chart.allergies] == ["Latex", "Penicillin"]
    assert [one.text for one in its_chart.conditions] == ["Diabetes mellitus"]
    assert {one.patient_id for one in (fresh_of(sitting), fresh_of(booking))} == {survivor.pk}
    assert Encounter.objects.get().patient_id == survivor.pk
    assert found.holders_of([("urn:example", "7")]) == [survivor]
    assert fresh(merged).merged_into_id == survivor.pk
    assert done.moved["Procedure"] == [str(sitting.pk)]
    for model in moved_rows.MOVED:
        assert not model._default_manager.filter(patient=merged).exists()


def fresh_of(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


def test_nothing_newer_is_overwritten_and_each_weight_keeps_its_day() -> None:
    survivor, merged = make_patient(weight_kg=None), make_patient(weight_kg=None)
    actor = make_clinician()
    for patient, grams, day in ((survivor, 70_000, 3), (merged, 72_000, 1), (merged, 71_000, 9)):
        chart.record_weight(
            patient_id=patient.pk, weight_g=grams, as_entered=f"{grams // 1000} kg",
            measured_on=date(2026, 1, day), actor=actor,
        )  # fmt: skip
    merge(survivor, merged)
    weights = charts.of_patient(fresh(survivor)).weights
    assert [(one.measured_on.day, one.amount) for one in weights] == [
        (9, 71_000), (3, 70_000), (1, 72_000),
    ]  # fmt: skip


def test_both_records_get_their_event_and_no_name_is_in_it() -> None:
    survivor, merged = make_patient(), make_patient()
    actor = make_clinician()
    done = merge(survivor, merged, actor=actor)
    events = {e.patient_id: e for e in AuditEvent.objects.filter(target_id=done.pk)}
    assert {pk: e.action for pk, e in events.items()} == {
        survivor.pk: "patient.merge", merged.pk: "patient.merged-away",
    }  # fmt: skip
    assert events[survivor.pk].detail["other"] == str(merged.pk)
    assert all(event.actor_id == actor.pk for event in events.values())
    said = repr([event.detail for event in events.values()])
    for secret in (survivor.family_name, merged.family_name, "desk"):
        assert secret not in said


def test_what_only_the_other_record_says_is_taken_over_and_no_more() -> None:
    survivor = make_patient(phone="01632 960 111")
    merged = make_patient(phone="01632 960 222")
    who = demographics.of(fresh(merged))
    patients.edit_demographics(
        patient_id=merged.pk, revision=fresh(merged).revision, actor=make_desk(),
        who=demographics.Demographics(
            **{n: getattr(who, n) for n in demographics.COLUMNS} | {"address": "4 Quay Lane"}
        ),
    )  # fmt: skip
    merge(survivor, merged)
    now = fresh(survivor)
    assert (now.phone, now.address) == ("01632 960 111", "4 Quay Lane")
    assert (now.given_name, now.number) == (survivor.given_name, survivor.number)


def test_a_second_click_merges_once() -> None:
    survivor, merged = make_patient(), make_patient()
    actor = make_clinician()
    page = shown(survivor, merged)
    said = {
        "survivor_id": survivor.pk, "merged_id": merged.pk, "why": "Registered twice",
        "decided": every_decision(survivor), "shown": page, "actor": actor,
    }  # fmt: skip
    assert merges.merge(**said) == merges.merge(**said)
    assert PatientMerge.objects.count() == 1
    assert AuditEvent.objects.filter(action="patient.merge").count() == 1


def test_the_same_resource_of_one_source_on_both_stands_twice_and_comes_apart_again() -> None:
    survivor, merged = make_patient(), make_patient()
    for patient in (survivor, merged):
        ClinicalStatement.objects.create(
            patient=patient, kind="medicine", text="Apixaban", source="fhir", source_id="m-1",
            recorded_by=make_clinician(),
        )  # fmt: skip
    before = every_row()
    done = merge(survivor, merged)
    held = ClinicalStatement.objects.filter(patient=survivor).values_list("source_id", flat=True)
    assert sorted(held) == ["", "m-1"]
    unmerge(done)
    assert every_row() == before


# ── who, and what must be said ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [make_nurse, make_desk, make_pharmacist, make_manager])
def test_who_does_not_read_and_answer_for_a_record_merges_nothing(make: Any) -> None:
    survivor, merged = make_patient(), make_patient()
    with pytest.raises(NotAllowed):
        merge(survivor, merged, actor=make())
    done = merge(survivor, merged)
    with pytest.raises(NotAllowed):
        unmerge(done, actor=make())
    assert fresh(merged).merged_into_id == survivor.pk


def refusal_of(survivor: Patient, merged: Patient, **said: Any) -> dict[str, str]:
    before = every_row()
    with pytest.raises(Refused) as refused:
        merges.merge(
            **{
                "survivor_id": survivor.pk, "merged_id": merged.pk, "why": "Registered twice",
                "decided": {}, "shown": shown(survivor, merged), "actor": make_clinician(), **said,
            }
        )  # fmt: skip
    assert every_row() == before
    assert not PatientMerge.objects.exists()
    return refused.value.fields


def test_every_contradiction_waits_for_an_answer_and_nothing_is_taken_for_one() -> None:
    survivor = make_patient(sex=Sex.FEMALE, allergies=("Latex",), weight_kg=Decimal(60))
    merged = make_patient(sex=Sex.MALE, no_known_allergies=True, weight_kg=Decimal(90))
    for number, patient in enumerate((survivor, merged)):
        PatientIdentifier.objects.create(patient=patient, system="urn:example", value=str(number))
    assert set(refusal_of(survivor, merged, why=" ")) == {
        "why", "born-on", "sex", "weight", "allergies", "identifiers",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("matter", "forged"),
    [
        ("born_on", "unknown"), ("born_on", "0b1d5c7e-9f62-4a37-8c1e-2d3f4a5b6c7d"),
        ("sex", "robot"), ("weight", "yes"), ("allergies", "no"), ("identifiers", ""),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused_in_its_place(matter: str, forged: str) -> None:
    survivor = make_patient(sex=Sex.FEMALE, allergies=("Latex",), weight_kg=Decimal(60))
    merged = make_patient(sex=Sex.MALE, weight_kg=Decimal(90))
    for number, patient in enumerate((survivor, merged)):
        PatientIdentifier.objects.create(patient=patient, system="urn:example", value=str(number))
    decided = every_decision(survivor, **{matter: forged})
    assert set(refusal_of(survivor, merged, decided=decided)) == {matter.replace("_", "-")}


def test_two_records_that_say_the_same_ask_for_nothing_but_the_reason() -> None:
    survivor = make_patient(born_on=date(1970, 1, 2), sex=Sex.MALE)
    merged = make_patient(born_on=date(1970, 1, 2), sex=Sex.MALE)
    assert set(refusal_of(survivor, merged, why="")) == {"why"}
    merges.merge(
        survivor_id=survivor.pk, merged_id=merged.pk, why="Registered twice", decided={},
        shown=shown(survivor, merged), actor=make_clinician(),
    )  # fmt: skip
    assert fresh(merged).merged_into_id == survivor.pk


def test_too_long_a_reason_is_not_cut() -> None:
    survivor, merged = make_patient(), make_patient()
    decided = every_decision(survivor)
    assert set(refusal_of(survivor, merged, why="a" * 401, decided=decided)) == {"why"}


def test_nobody_is_merged_into_themselves_or_into_nobody() -> None:
    patient = make_patient()
    refusal_of(patient, patient)
    with pytest.raises(Refused, match="does not exist"):
        merges.merge(
            survivor_id=patient.pk, merged_id=uuid4(), why="Registered twice", decided={},
            shown="", actor=make_clinician(),
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(merged_into=patient)


def test_a_page_drawn_before_something_was_written_is_told_so() -> None:
    survivor, merged = make_patient(), make_patient()
    page = shown(survivor, merged)
    chart.add_statement(
        patient_id=merged.pk, kind=StatementKind.ALLERGY, text="Latex", severity="severe",
        actor=make_clinician(),
    )  # fmt: skip
    with pytest.raises(Stale):
        merges.merge(
            survivor_id=survivor.pk, merged_id=merged.pk, why="Registered twice",
            decided=every_decision(survivor), shown=page, actor=make_clinician(),
        )  # fmt: skip
    assert fresh(merged).merged_into_id is None


def test_what_was_decided_is_written_and_an_import_does_not_decide_otherwise() -> None:
    survivor = make_patient(born_on=date(1970, 1, 2), sex=Sex.FEMALE)
    merged = make_patient(born_on=date(1971, 1, 2), sex=Sex.MALE)
    Patient.objects.filter(pk=survivor.pk).update(source="fhir")
    merge(survivor, merged, born_on=str(merged.pk), sex="unknown")
    now = fresh(survivor)
    assert (now.born_on, now.sex) == (date(1971, 1, 2), "unknown")
    assert now.source == "imported, changed here"


# ── a record that was merged away ────────────────────────────────────────────────────────────


def test_nothing_is_written_on_a_record_that_was_merged_away() -> None:
    survivor, merged = make_patient(), make_patient()
    actor, booking = make_clinician(), booked(merged)
    merge(survivor, merged)
    before = every_row()
    at = booking.starts_at + timedelta(days=1)
    tries: list[Any] = [
        lambda: chart.record_weight(
            patient_id=merged.pk, weight_g=70_000, as_entered="70 kg",
            measured_on=date(2026, 1, 2), actor=actor,
        ),
        lambda: appointments.book(
            patient_id=merged.pk, clinician_id=actor.pk, starts_at=at, actor=actor
        ),
        lambda: encounters.walk_in(
            patient_id=merged.pk, clinician=actor, reason="Neck", actor=actor
        ),
        lambda: patients.edit_demographics(
            patient_id=merged.pk, revision=1, who=demographics.of(merged), actor=actor
        ),
        lambda: merge(make_patient(), merged),
        lambda: merges.merge(
            survivor_id=merged.pk, merged_id=make_patient().pk, why="Registered twice",
            decided={}, shown="", actor=actor,
        ),
    ]  # fmt: skip
    for attempt in tries[:-2]:
        with pytest.raises(MergedAway) as refused:
            attempt()
        assert refused.value.survivor_id == survivor.pk
        assert survivor.number in refused.value.message
    assert every_row() == before
    for attempt in tries[-2:]:
        with pytest.raises(MergedAway):
            attempt()


def test_a_booking_of_the_merged_record_is_received_on_the_one_that_stays() -> None:
    survivor, merged = make_patient(), make_patient()
    booking = booked(merged)
    merge(survivor, merged)
    procedure = encounters.receive(appointment_id=booking.pk, actor=make_desk())
    assert procedure.patient_id == survivor.pk


def test_search_leads_from_the_merged_record_to_the_one_that_stays() -> None:
    survivor = make_patient(
        given_name="Ottoline", family_name="Featherstone", phone="01632 960 888"
    )
    merged = make_patient(given_name="Griselda", family_name="Marchbanks", phone="01632 960 777")
    merge(survivor, merged)
    for text in ("Griselda Marchbanks", merged.number, "01632 960 777", f"{merged.born_on}"):
        [hit] = [one for one in found.search_patients(text) if one.patient == survivor]
        assert hit.through == merged
    [hit] = found.search_patients("Featherstone")
    assert (hit.patient, hit.through) == (survivor, None)
    assert [one.patient for one in found.recently_registered()] == [survivor]
    assert found.known_as(merged.number) == [merged]
    assert merging.survivor_of(found.known_as(str(merged.pk))[0]) == survivor


def test_somebody_like_the_merged_record_is_shown_the_one_that_stays() -> None:
    survivor = make_patient(given_name="Ottoline", family_name="Featherstone")
    merged = make_patient(given_name="Griselda", family_name="Marchbanks")
    merge(survivor, merged)
    [likely] = found.likely_duplicates(names=("Griselda", "Marchbanks", ""), born_on=merged.born_on)
    assert likely.patient == survivor
    assert found.likely_duplicates(
        names=("Griselda", "Marchbanks", ""), born_on=merged.born_on, exclude=survivor.pk
    ) == []  # fmt: skip


def test_drafts_go_along_so_that_nothing_typed_is_lost() -> None:
    survivor, merged = make_patient(), make_patient()
    nurse = make_nurse()
    draft = Draft.objects.create(owner=nurse, form="weight", subject=merged.pk, fields={"a": ["1"]})
    done = merge(survivor, merged)
    assert Draft.objects.get(pk=draft.pk).subject == survivor.pk
    unmerge(done)
    assert Draft.objects.get(pk=draft.pk).subject == merged.pk


# ── sessions ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("on_survivor", [True, False])
def test_a_session_under_way_stops_a_merge(on_survivor: bool) -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(survivor if on_survivor else merged, until=Step.OBSERVE)
    with pytest.raises(merges.UnderWay) as refused:
        merge(survivor, merged)
    assert refused.value.sittings == (sitting.pk,)
    assert not PatientMerge.objects.exists()


def test_an_amendment_being_written_stops_a_merge_and_undoing_it() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(merged)
    done = merge(survivor, merged)
    signatures.amend(procedure_id=sitting.pk, reason="Wrong lot", actor=sitting.encounter.clinician)
    with pytest.raises(merges.UnderWay):
        unmerge(done)
    with pytest.raises(merges.UnderWay):
        merge(make_patient(), survivor)


def test_before_the_needle_identity_plan_consent_and_time_out_are_asked_again() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(merged, until=Step.INJECT)
    assert TimeOut.objects.get().void_at is None
    merge(survivor, merged)
    assert invariants.broken() == []
    now = Procedure.objects.select_related("encounter").get(pk=sitting.pk)
    assert (now.planned_at, now.plan_fingerprint) == (None, "")
    assert now.revision == sitting.revision + 1
    assert now.encounter.identity_checked_at is None
    assert now.encounter.weight_id is not None
    assert TimeOut.objects.get().void_at is not None
    assert not now.consents.filter(status="given").exists()
    event = AuditEvent.objects.get(action="procedure.ask-anew")
    assert (event.patient_id, event.target_id) == (survivor.pk, sitting.pk)


def test_weights_nobody_could_reconcile_are_not_accepted_for_a_session() -> None:
    survivor = make_patient(weight_kg=Decimal(60))
    merged = make_patient(weight_kg=Decimal(90))
    sitting = visit_of(survivor, until=Step.ASSESS)
    heavy = Measurement.objects.get(patient=merged)
    merge(survivor, merged, weight="weigh-first")
    assert fresh_of(sitting.encounter).weight_id is None
    nurse = make_nurse()
    for weight in Measurement.objects.all():
        with pytest.raises(Refused, match="Weigh the patient"):
            encounters.accept_weight(procedure_id=sitting.pk, measurement_id=weight.pk, actor=nurse)
    encounters.weigh(
        procedure_id=sitting.pk, weight_g=61_000, as_entered="61 kg", confirmed=True, actor=nurse
    )
    assert fresh_of(sitting.encounter).weight.amount == 61_000
    assert heavy.amount == 90_000


# ── taking apart ─────────────────────────────────────────────────────────────────────────────


def test_an_amendment_made_since_goes_back_with_its_session() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(merged)
    done = merge(survivor, merged)
    version = signatures.amend(
        procedure_id=sitting.pk, reason="Wrong lot", actor=sitting.encounter.clinician
    )
    signatures.mark_in_error(
        procedure_id=version.pk, reason="never-happened", actor=sitting.encounter.clinician
    )
    unmerge(done)
    assert {one.patient_id for one in Procedure.objects.all()} == {merged.pk}


def test_what_was_written_since_stays_on_the_record_that_stayed_and_is_listed() -> None:
    survivor, merged = make_patient(), make_patient()
    done = merge(survivor, merged)
    line = chart.add_statement(
        patient_id=survivor.pk, kind=StatementKind.ALLERGY, text="Latex", severity="severe",
        actor=make_clinician(),
    )  # fmt: skip
    assert [one.pk for one in merging.made_since(done).statements] == [line.pk]
    unmerge(done)
    assert fresh_of(line).patient_id == survivor.pk


def test_a_booking_that_became_a_visit_stays_with_the_visit() -> None:
    survivor, merged = make_patient(), make_patient()
    kept, came = booked(merged, days=7), booked(merged, days=8)
    done = merge(survivor, merged)
    procedure = encounters.receive(appointment_id=came.pk, actor=make_desk())
    unmerge(done)
    assert procedure.patient_id == survivor.pk
    assert fresh_of(came).patient_id == survivor.pk
    assert fresh_of(kept).patient_id == merged.pk


def test_no_visit_reckons_from_a_weight_on_another_record() -> None:
    survivor, merged = make_patient(weight_kg=None), make_patient(weight_kg=Decimal(70))
    weight = Measurement.objects.get()
    done = merge(survivor, merged)
    sitting = visit_of(survivor, until=Step.ARRIVE)
    encounters.accept_weight(procedure_id=sitting.pk, measurement_id=weight.pk, actor=make_nurse())
    unmerge(done)
    visit = Encounter.objects.select_related("weight").get()
    assert visit.weight is not None
    assert (visit.weight.patient_id, visit.weight.entered_in_error) == (survivor.pk, True)
    assert fresh_of(weight).patient_id == merged.pk
    assert charts.of_patient(fresh(survivor)).weight is None


def test_a_weighing_of_a_visit_that_goes_back_goes_with_it() -> None:
    survivor, merged = make_patient(weight_kg=None), make_patient(weight_kg=None)
    sitting = visit_of(merged, until=Step.ARRIVE)
    done = merge(survivor, merged)
    encounters.weigh(
        procedure_id=sitting.pk, weight_g=61_000, as_entered="61 kg", actor=make_nurse()
    )
    assert merging.made_since(done).is_empty
    unmerge(done)
    weight = Measurement.objects.get()
    assert (weight.patient_id, weight.entered_in_error) == (merged.pk, False)


@pytest.mark.parametrize("told_since", [False, True])
def test_none_known_comes_back_only_if_no_allergy_was_told_since(told_since: bool) -> None:
    survivor = make_patient(no_known_allergies=True)
    merged = make_patient(allergies=("Latex",))
    done = merge(survivor, merged)
    assert not fresh(survivor).no_known_allergies
    if told_since:
        line = chart.add_statement(
            patient_id=survivor.pk, kind=StatementKind.ALLERGY, text="Iodine", severity="mild",
            actor=make_clinician(),
        )  # fmt: skip
        chart.end_statement(
            patient_id=survivor.pk, statement_id=line.pk, ended_on=timezone.localdate(),
            actor=make_clinician(),
        )  # fmt: skip
    unmerge(done)
    assert fresh(survivor).no_known_allergies is not told_since


def test_what_somebody_corrected_since_is_not_put_back() -> None:
    survivor = make_patient(born_on=date(1970, 1, 2))
    merged = make_patient(born_on=date(1971, 1, 2), phone="01632 960 333")
    done = merge(survivor, merged, born_on=str(merged.pk))
    who = demographics.of(fresh(survivor))
    patients.edit_demographics(
        patient_id=survivor.pk, revision=fresh(survivor).revision, actor=make_desk(),
        who=demographics.Demographics(
            **{n: getattr(who, n) for n in demographics.COLUMNS} | {"born_on": date(1972, 1, 2)}
        ),
    )  # fmt: skip
    unmerge(done)
    now = fresh(survivor)
    assert (now.born_on, now.phone) == (date(1972, 1, 2), "")


def test_a_merge_is_undone_once_and_says_why() -> None:
    survivor, merged = make_patient(), make_patient()
    done = merge(survivor, merged)
    with pytest.raises(Refused) as refused:
        merges.unmerge(merge_id=done.pk, why=" ", actor=make_clinician())
    assert set(refused.value.fields) == {"why"}
    actor = make_clinician()
    assert unmerge(done, actor=actor).undone_at == unmerge(done, actor=actor).undone_at
    with pytest.raises(Stale):
        unmerge(done)
    with pytest.raises(Refused, match="does not exist"):
        merges.unmerge(merge_id=uuid4(), why="Two people", actor=actor)
    assert AuditEvent.objects.filter(action="patient.unmerge").count() == 1
    assert AuditEvent.objects.filter(action="patient.unmerged", patient_id=merged.pk).count() == 1


def test_a_chain_comes_apart_from_its_end_alone() -> None:
    first, second, third = make_patient(), make_patient(), make_patient(allergies=("Latex",))
    before = every_row()
    one = merge(second, first)
    between = every_row()
    other = merge(third, second)
    assert merging.survivor_of(fresh(first)) == third
    assert merging.merged_records(fresh(third)) == [fresh(second), fresh(first)]
    with pytest.raises(Refused, match="Undo that merge first"):
        unmerge(one)
    unmerge(other)
    assert every_row() == between
    unmerge(one)
    assert every_row() == before


def test_two_records_merged_into_one_come_apart_in_turn() -> None:
    first, second, third = make_patient(), make_patient(phone="01632 960 444"), make_patient()
    before = every_row()
    one, other = merge(third, first), merge(third, second)
    with pytest.raises(Refused, match="Undo that merge first"):
        unmerge(one)
    unmerge(other)
    unmerge(one)
    assert every_row() == before
    merge(first, third)
    assert fresh(third).merged_into_id == first.pk


def test_a_whole_record_goes_there_and_back() -> None:
    survivor = make_patient(medicines=("Warfarin",), weight_kg=Decimal(80))
    merged = make_patient(
        allergies=("Latex",), phone="01632 960 555", weight_kg=Decimal(60), sex=Sex.MALE
    )
    PatientIdentifier.objects.create(patient=merged, system="urn:example", value="7")
    visit_of(survivor)
    visit_of(merged)
    booked(merged)
    chart.add_elsewhere_dose(
        patient_id=merged.pk, agent="lidocaine", amount_ug=None, units_centi=None,
        given_on=date(2026, 1, 2), actor=make_clinician(),
    )  # fmt: skip
    before = every_row()
    done = merge(survivor, merged, sex=str(merged.pk), born_on=str(merged.pk))
    assert every_row() != before
    assert invariants.broken() == []
    unmerge(done)
    assert every_row() == before
    assert invariants.broken() == []
