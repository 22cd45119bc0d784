"""Merging and taking apart, whatever the records hold, in any order, by several at once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.rig import invariants
from tautband.accounts.models import User
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import Sex
from tautband.errors import Refused
from tautband.records.actions import encounters, merges
from tautband.records.models import (
    AdverseEvent,
    Appointment,
    ClinicalStatement,
    Coverage,
    ElsewhereDose,
    Encounter,
    Measurement,
    Patient,
    PatientIdentifier,
    PatientMerge,
    PatientReportedOutcome,
    PregnancyStatus,
    Procedure,
)
from tautband.records.queries import merging
from tests.builders import make_clinician, make_desk, make_patient
from tests.merged import every_decision, every_row, fresh, merge, shown, unmerge, visit_of

pytestmark = pytest.mark.hazard("HAZ-021")
FEW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DAYS = st.dates(date(2020, 1, 1), date(2026, 1, 1))
SOURCES = st.sampled_from([("entered", ""), ("fhir", "1"), ("fhir", "2"), ("other", "1")])


def fill(patient: Patient, actor: User, draw: st.DataObject) -> None:
    """Rows of every table that names its patient, as people and imports may leave them."""
    by = {"recorded_by": actor}
    for number in range(draw.draw(st.integers(0, 2), label="identifiers")):
        PatientIdentifier.objects.create(
            patient=patient, system=f"urn:example:{number}", value=str(patient.pk)
        )
    tables: dict[str, Callable[[str, str], Any]] = {
        "statements": lambda source, key: ClinicalStatement.objects.create(
            patient=patient, text="Latex", source=source, source_id=key, **by,
            kind=draw.draw(st.sampled_from(["allergy", "medicine", "condition"])),
            active=draw.draw(st.booleans()), entered_in_error=draw.draw(st.booleans()),
        ),
        "measurements": lambda source, key: Measurement.objects.create(
            patient=patient, kind=draw.draw(st.sampled_from(["weight", "height"])),
            amount=draw.draw(st.integers(30_000, 150_000)), as_entered="as typed",
            measured_on=draw.draw(DAYS), source=source, source_id=key, **by,
        ),
        "pregnancies": lambda source, key: PregnancyStatus.objects.create(
            patient=patient, status="unknown", observed_on=draw.draw(DAYS), source=source,
            source_id=key, **by,
        ),
        "coverages": lambda source, key: Coverage.objects.create(
            patient=patient, payer="A payer", source=source, source_id=key, **by
        ),
    }  # fmt: skip
    for label, make in tables.items():
        for source, key in draw.draw(st.lists(SOURCES, unique=True, max_size=3), label=label):
            make(source, key)
    for day in draw.draw(st.lists(DAYS, max_size=2), label="doses"):
        ElsewhereDose.objects.create(patient=patient, agent="lidocaine", given_on=day, **by)
    for number in range(draw.draw(st.integers(0, 2), label="visits")):
        visit(patient, actor, number, booked=draw.draw(st.booleans()))


def visit(patient: Patient, actor: User, number: int, *, booked: bool) -> None:
    """A signed sitting with a score and an incident, from a booking or without one."""
    at = timezone.now() - timedelta(days=number + 1)
    booking = None
    if booked:
        clinician = make_clinician()
        booking = Appointment.objects.create(
            patient=patient, clinician=clinician, starts_at=at, status="arrived", booked_by=actor
        )
    encounter = Encounter.objects.create(
        patient=patient, clinician=actor, arrived_at=at, on=at.date(), appointment=booking,
        weight=Measurement.objects.filter(patient=patient, kind="weight").first(),
    )  # fmt: skip
    sitting = Procedure.objects.create(
        patient=patient, encounter=encounter, status="completed", started_at=at, ended_at=at,
        signed_at=at, signed_by=actor,
    )  # fmt: skip
    PatientReportedOutcome.objects.create(
        patient=patient, encounter=encounter, instrument="peg", score_centi=500, answered_at=at,
        recorded_by=actor,
    )  # fmt: skip
    AdverseEvent.objects.create(
        patient=patient, procedure=sitting, kind="bruise", words="A bruise.", occurred_at=at,
        opened_by=actor,
    )  # fmt: skip


def drawn(draw: st.DataObject, actor: User) -> Patient:
    """A patient with anything on record."""
    patient = make_patient(
        weight_kg=None,
        sex=draw.draw(st.sampled_from(list(Sex)), label="sex"),
        born_on=draw.draw(st.dates(date(1940, 1, 1), date(1990, 1, 1)), label="born"),
        phone=draw.draw(st.sampled_from(["", "01632 960 101", "01632 960 102"]), label="phone"),
        no_known_allergies=draw.draw(st.booleans(), label="none known"),
    )
    fill(patient, actor, draw)
    if patient.statements.filter(kind="allergy", active=True, entered_in_error=False).exists():
        # The record never says "none known" beside an allergy that stands.
        Patient.objects.filter(pk=patient.pk).update(no_known_allergies=False)
    return patient


def decisions(draw: st.DataObject, survivor: Patient, merged: Patient) -> dict[str, str]:
    right = st.sampled_from([str(survivor.pk), str(merged.pk)])
    return {
        "born_on": draw.draw(right, label="birth date"),
        "sex": draw.draw(right | st.just("unknown"), label="which sex"),
        "died_on": draw.draw(right),
        "weight": draw.draw(st.sampled_from(["each-in-its-time", "weigh-first"])),
    }


@pytest.mark.django_db
@given(draw=st.data())
@FEW
def test_merging_and_taking_apart_leaves_every_row_as_it_was(draw: st.DataObject) -> None:
    with transaction.atomic():
        actor = make_clinician()
        survivor, merged = drawn(draw, actor), drawn(draw, actor)
        before = every_row()
        done = merge(survivor, merged, **decisions(draw, survivor, merged))
        assert broken_merges() == []
        unmerge(done)
        assert every_row() == before
        assert broken_merges() == []
        transaction.set_rollback(True)


def broken_merges() -> list[str]:
    return list(invariants.broken_merges())


@pytest.mark.django_db
@given(draw=st.data())
@FEW
def test_any_chain_comes_apart_from_its_end_and_never_turns_round(draw: st.DataObject) -> None:
    with transaction.atomic():
        actor = make_clinician()
        records = [drawn(draw, actor) for _ in range(3)]
        stages: list[tuple[PatientMerge, dict[str, Any]]] = []
        for _ in range(4):
            survivor, merged = draw.draw(st.permutations(records), label="pair")[:2]
            before = every_row()
            standing = all(fresh(one).merged_into_id is None for one in (survivor, merged))
            try:
                stages.append((merge(survivor, merged), before))
            except Refused:
                assert not standing
            else:
                assert standing
            assert broken_merges() == []
            roots = {merging.survivor_of(fresh(one)).pk for one in records}
            assert len(roots) == len(records) - len(stages)
        for older, _before in stages[:-1]:
            with pytest.raises(Refused):
                unmerge(older)
        for done, before in reversed(stages):
            unmerge(done)
            assert every_row() == before
        transaction.set_rollback(True)


# ── several people at once ───────────────────────────────────────────────────────────────────


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do these in threads of their own, all at the same moment; what came of each, in words."""
    gate = threading.Barrier(len(acts))
    said = [""] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            said[number] = "done"
        except Refused as refusal:
            said[number] = type(refusal).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def merging_of(survivor: Patient, merged: Patient, page: str) -> Callable[[], object]:
    actor = make_clinician()
    return lambda: merges.merge(
        survivor_id=survivor.pk, merged_id=merged.pk, why="Registered twice", shown=page,
        decided=every_decision(survivor), actor=actor,
    )  # fmt: skip


def unmerging_of(done: PatientMerge) -> Callable[[], object]:
    actor = make_clinician()
    return lambda: merges.unmerge(merge_id=done.pk, why="Two people", actor=actor)


@pytest.mark.django_db(transaction=True)
def test_one_into_the_other_and_the_other_into_the_one_at_once_merges_once() -> None:
    for _ in range(3):
        one, other = make_patient(), make_patient()
        page = shown(one, other)
        said = at_once(merging_of(one, other, page), merging_of(other, one, page))
        assert sorted(said) == ["MergedAway", "done"]
        assert sorted(fresh(each).merged_into_id is None for each in (one, other)) == [False, True]
        assert broken_merges() == []


@pytest.mark.django_db(transaction=True)
def test_three_in_a_ring_at_once_never_close_it() -> None:
    for _ in range(3):
        ring = [make_patient() for _ in range(3)]
        pairs = [(ring[i], ring[(i + 1) % 3]) for i in range(3)]
        said = at_once(*(merging_of(a, b, shown(a, b)) for a, b in pairs))
        assert "done" in said
        assert set(said) <= {"done", "MergedAway", "Stale"}
        stand = [one for one in ring if fresh(one).merged_into_id is None]
        assert len(stand) == len(ring) - said.count("done") >= 1
        assert broken_merges() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_take_apart_at_once_do_it_once() -> None:
    for _ in range(3):
        before_one, before_other = make_patient(), make_patient()
        done = merge(before_one, before_other)
        said = at_once(*(unmerging_of(done) for _ in range(2)))
        assert sorted(said) == ["Stale", "done"]
        assert fresh(before_other).merged_into_id is None
        assert broken_merges() == []


@pytest.mark.django_db(transaction=True)
def test_a_session_changed_while_its_record_is_merged_is_found_and_not_lost() -> None:
    for _ in range(3):
        survivor, merged = make_patient(), make_patient()
        sitting = visit_of(merged, until=Step.ARRIVE)
        desk = make_desk()
        said = at_once(
            merging_of(survivor, merged, shown(survivor, merged)),
            lambda key=sitting.pk, who=desk: encounters.move(  # type: ignore[misc]
                procedure_id=key, room="Room 2", actor=who
            ),
        )
        assert said == ["done", "done"]
        now = Procedure.objects.select_related("encounter").get(pk=sitting.pk)
        assert (now.patient_id, now.encounter.room) == (survivor.pk, "Room 2")
        assert invariants.broken() == []
