"""Rows that point to another patient since a merge, and the way back.

Only `actions.merges` uses this: it locks the patients and their sittings, and writes the events.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from django.db.models import Model

from tautband.records.models import (
    AdverseEvent,
    Appointment,
    ClinicalStatement,
    Coverage,
    Draft,
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

# Every table that names its patient itself; what hangs on a visit or a sitting goes with it.
MOVED: tuple[type[Model], ...] = (
    PatientIdentifier, ClinicalStatement, Measurement, PregnancyStatus, Coverage, ElsewhereDose,
    PatientReportedOutcome, Appointment, Encounter, Procedure, AdverseEvent,
)  # fmt: skip
# What somebody was typing about the patient, by the form it was typed in.
DRAFTS = ("appointment", "weight", "height", "elsewhere", "allergy", "medicine", "condition")
_AT_ONCE = 500


def _manager(model: type[Model]) -> Any:
    return model._default_manager


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in parts that one statement can take."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def to_survivor(merged: Patient, survivor: Patient) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Let every row of a patient point to another; what moved, and what lost its source's id."""
    moved: dict[str, list[str]] = {}
    relabelled: dict[str, str] = {}
    for model in MOVED:
        relabelled |= _relabel(model, merged, survivor)
        rows = _manager(model).filter(patient=merged)
        keys = [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
        if keys:
            rows.update(patient=survivor)
            moved[model.__name__] = keys
    drafts = [str(draft.pk) for draft in _drafts_to_move(merged, survivor)]
    if drafts:
        Draft.objects.filter(pk__in=drafts).update(subject=survivor.pk)
        moved[Draft.__name__] = drafts
    return moved, relabelled


def _relabel(model: type[Model], merged: Patient, survivor: Patient) -> dict[str, str]:
    """Where both hold one resource of one source, the moved row is no longer found by its id.

    An import goes on with the row of the record that stays; the other one stands beside it.
    """
    if not any(column.name == "source_id" for column in model._meta.concrete_fields):
        return {}
    here = _manager(model).filter(patient=survivor).exclude(source_id="")
    held = set(here.values_list("source", "source_id"))
    rows = _manager(model).filter(patient=merged).exclude(source_id="")
    twice = {
        str(key): source_id
        for key, source, source_id in rows.values_list("pk", "source", "source_id")
        if (source, source_id) in held
    }
    for keys in _parts(list(twice)):
        _manager(model).filter(pk__in=keys).update(source_id="")
    return twice


def _drafts_to_move(merged: Patient, survivor: Patient) -> Iterator[Draft]:
    here = set(Draft.objects.filter(subject=survivor.pk).values_list("owner_id", "form"))
    for draft in Draft.objects.filter(subject=merged.pk, form__in=DRAFTS):
        if (draft.owner_id, draft.form) not in here:
            yield draft


def back(merge: PatientMerge, merged: Patient) -> None:
    """Let what moved point to its own patient again, with what belongs to the same visits.

    A booking that became a visit since stays with the visit. Whatever else was written since stays
    where it was written.
    """
    moved, survivor = merge.moved, merge.survivor
    visits = moved.get("Encounter", [])
    stay = _bookings_that_stay(moved.get("Appointment", []), set(visits))
    for model in MOVED:
        keys = [key for key in moved.get(model.__name__, []) if key not in stay]
        for some in _parts(keys):
            _manager(model).filter(pk__in=some, patient=survivor).update(patient=merged)
        for key in keys:
            if key in merge.relabelled:
                named = _manager(model).filter(pk=key, source_id="")
                named.update(source_id=merge.relabelled[key])
    for some in _parts(visits):
        _with_their_visits(some, survivor, merged)
    _own_weights(merge, merged)
    _drafts_back(moved.get("Draft", []), merged)


def _bookings_that_stay(bookings: Sequence[str], visits: set[str]) -> set[str]:
    stay: set[str] = set()
    for some in _parts(bookings):
        became = Encounter.objects.filter(appointment__in=some)
        stay |= {
            str(booking)
            for visit, booking in became.values_list("pk", "appointment_id")
            if str(visit) not in visits
        }
    return stay


def _with_their_visits(visits: Sequence[str], survivor: Patient, merged: Patient) -> None:
    """A new version of a sitting, a score or an incident of it is never on another record."""
    for model, way in (
        (Procedure, "encounter__in"),
        (PatientReportedOutcome, "encounter__in"),
        (ElsewhereDose, "encounter__in"),
        (AdverseEvent, "procedure__encounter__in"),
    ):
        _manager(model).filter(patient=survivor, **{way: visits}).update(patient=merged)


def _own_weights(merge: PatientMerge, merged: Patient) -> None:
    """No visit reckons from a weight on another record.

    A weighing of a visit that goes back goes with it. Any other weight is kept beside the visit
    as a copy that counts for nothing on the chart, so that the visit still says what it used.
    """
    for visit in Encounter.objects.filter(
        patient__in=[merged, merge.survivor], weight__isnull=False
    ).select_related("weight"):
        weight = visit.weight
        if weight is None or weight.patient_id == visit.patient_id:
            continue
        others = Encounter.objects.filter(weight=weight).exclude(patient=merged)
        goes_along = weight.recorded_at >= merge.merged_at and visit.patient_id == merged.pk
        if goes_along and not others.exists():
            weight.patient = merged
            weight.save(update_fields=["patient"])
            continue
        weight.pk = uuid4()
        weight.patient_id = visit.patient_id
        weight.entered_in_error = True
        weight.source_id = ""
        weight.save(force_insert=True)
        visit.weight = weight
        visit.save(update_fields=["weight"])


def _drafts_back(drafts: Sequence[str], merged: Patient) -> None:
    here = set(Draft.objects.filter(subject=merged.pk).values_list("owner_id", "form"))
    for draft in Draft.objects.filter(pk__in=list(drafts)):
        if (draft.owner_id, draft.form) not in here:
            # Not save(): when it was typed stays as it was.
            Draft.objects.filter(pk=draft.pk).update(subject=merged.pk)
