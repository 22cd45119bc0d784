"""A prepared query answers as the ordinary one does, each time it is asked."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from tautband.records.models import ClinicalStatement, Patient
from tautband.records.prepared import Prepared
from tests.builders import make_patient

pytestmark = pytest.mark.django_db


def lines_of(patient_id: UUID) -> "QuerySet[ClinicalStatement]":
    return (
        ClinicalStatement.objects.filter(patient=patient_id, kind="medicine")
        .select_related("patient", "recorded_by")
        .order_by("text")
    )


def test_it_answers_as_the_ordinary_query_for_every_id() -> None:
    prepared = Prepared(lines_of)
    people = [make_patient(medicines=("Ramipril", "Aspirin")), make_patient(), make_patient()]
    for person in [*people, people[0]]:
        found, plain = prepared(person.pk), list(lines_of(person.pk))
        assert found == plain
        assert [line.patient for line in found] == [line.patient for line in plain]
    [line, _other] = prepared(people[0].pk)
    assert line.recorded_by.full_name
    assert line.recorded_at.tzinfo is not None


def test_it_costs_one_query_and_is_written_once(django_assert_num_queries) -> None:
    asked = []

    def example(patient_id: UUID) -> "QuerySet[ClinicalStatement]":
        asked.append(patient_id)
        return lines_of(patient_id)

    prepared = Prepared(example)
    patient = make_patient(medicines=("Ramipril",))
    for _again in range(3):
        with django_assert_num_queries(1):
            [line] = prepared(patient.pk)
            assert line.patient.given_name == patient.given_name
    assert len(asked) == 1


def test_annotations_tuples_and_unions_come_back_in_their_types() -> None:
    def example(patient_id: UUID, other_id: UUID) -> "QuerySet[Patient]":
        lines = ClinicalStatement.objects.filter(patient=OuterRef("pk"))
        one, other = (
            Patient.objects.filter(pk=key)
            .order_by()
            .annotate(has_lines=Exists(lines))
            .values_list("id", "born_on", "has_lines")
            for key in (patient_id, other_id)
        )
        return one.union(other, all=True)

    prepared: Prepared[tuple[object, ...]] = Prepared(example)
    one, other = make_patient(medicines=("Ramipril",)), make_patient()
    for first, second in ((one, other), (other, one)):
        assert set(prepared(first.pk, second.pk)) == {
            (one.pk, one.born_on, True),
            (other.pk, other.born_on, False),
        }


def test_nobody_is_found_under_a_strangers_id() -> None:
    assert Prepared(lines_of).first(uuid4()) is None


def test_rows_can_be_locked() -> None:
    prepared = Prepared(lambda key: Patient.objects.select_for_update().filter(pk=key))
    patient = make_patient()
    with transaction.atomic():
        assert prepared.first(patient.pk) == patient


def test_an_id_that_the_query_does_not_use_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must stand in its SQL"):
        Prepared(lambda _key: Patient.objects.all())(uuid4())
