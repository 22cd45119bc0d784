"""Two records of one person: finding them, laying them side by side, merging, taking apart."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic.beside import beside
from tautband.clinic.forms.merging import FIELD_OF, MergeForm, UnmergeForm
from tautband.clinic.forms.patients import SearchForm
from tautband.clinic.forms.refusals import say
from tautband.clinic.views.patients import find, likely_lines, lines_of
from tautband.errors import Refused, Stale
from tautband.records.actions import merges
from tautband.records.actions.merges import UnderWay
from tautband.records.actions.patients import MergedAway
from tautband.records.models import Patient, PatientMerge
from tautband.records.queries import merging
from tautband.records.queries import patients as patient_queries

_NAMES = {str(matter): name for matter, name in FIELD_OF.items()}


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MERGE_PATIENTS)
def duplicates(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Who may be the same person; what is typed to find another travels in the body."""
    patient = find(patient_id)
    form = SearchForm(request.POST or None)
    asked = form.cleaned_data["q"] if request.method == "POST" and form.is_valid() else ""
    likely = patient_queries.likely_duplicates(
        names=(patient.given_name, patient.family_name, patient.other_name),
        born_on=patient.born_on,
        phone=patient.phone,
        exclude=patient.pk,
    )
    found = [
        one
        for one in (patient_queries.search_patients(asked) if asked else [])
        if one.patient != patient
    ]
    trail.record_view("patient.duplicates", actor_id=actor.pk, patient_id=patient.pk)
    seen = [*(one.patient.pk for one in likely), *(one.patient.pk for one in found)]
    if seen:
        trail.record_list_view("patients.likely", actor_id=actor.pk, patients=seen)
    context = {
        "patient": patient,
        "form": form,
        "asked": asked,
        "likely": likely_lines(likely),
        "found": lines_of(found),
        "merges": merging.merges_into(patient),
    }
    return render(request, "clinic/patients/duplicates.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MERGE_PATIENTS)
def merge(request: HttpRequest, actor: User, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Both records side by side; one of them stays."""
    if patient_id == other_id:
        raise Http404
    stands = _merged_already(patient_id, other_id)
    if stands is not None:
        messages.info(request, _("These two are one record already."))
        return HttpResponseRedirect(reverse("clinic:patient", args=[stands]))
    left, right = merging.side_of(find(patient_id)), merging.side_of(find(other_id))
    matters = merging.matters_of(left, right)
    shown = merging.shown(left, right)
    refusal: Refused | None = None
    status = 200
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        left=left, right=right, matters=matters,
    )  # fmt: skip
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = _merge(form, left.patient, right.patient, actor=actor)
            except MergedAway:
                raise
            except Refused as error:
                if isinstance(error, Stale):
                    # What was decided was decided on another page than the one drawn now.
                    form = MergeForm(form.undecided, left=left, right=right, matters=matters)
                refusal, status = error, say(form, error, names=_NAMES)
            else:
                words = _("Merged. Number %s leads here now, and everything of both counts.")
                messages.success(request, words % done.merged_number)
                return HttpResponseRedirect(reverse("clinic:patient", args=[done.survivor_id]))
        else:
            # Everything that is missing is said at once.
            for matter, words in merges.undecided(left, right, form.decided).items():
                form.add_error(_NAMES[matter], words)
    for side in (left, right):
        trail.record_view("patient.beside", actor_id=actor.pk, patient_id=side.patient.pk)
    context = {
        "left": left.patient,
        "right": right.patient,
        "patient": left.patient,
        "sections": beside(left, right),
        "form": form,
        # Sent again, it decides on what it shows now and not on what it showed then.
        "shown": shown,
        "under_way": refusal.sittings if isinstance(refusal, UnderWay) else (),
    }
    return render(request, "clinic/patients/merge.html", context, status=status)


def _merged_already(patient_id: UUID, other_id: UUID) -> UUID | None:
    """Which of the two stands for both, where one was merged into the other: a second click."""
    for one, other in ((patient_id, other_id), (other_id, patient_id)):
        patient = patient_queries.one(one)
        if patient is not None and patient.merged_into_id == other:
            return other
    return None


def _merge(form: MergeForm, left: Patient, right: Patient, *, actor: User) -> PatientMerge:
    stays = form.cleaned_data["survivor"]
    survivor, merged = (left, right) if stays == str(left.pk) else (right, left)
    return merges.merge(
        survivor_id=survivor.pk,
        merged_id=merged.pk,
        why=form.cleaned_data["why"],
        decided=form.decided,
        shown=form.cleaned_data["shown"],
        actor=actor,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MERGE_PATIENTS)
def unmerge(request: HttpRequest, actor: User, patient_id: UUID, merge_id: UUID) -> HttpResponse:
    """What goes back and what stays, and why."""
    done = merging.merge_named(merge_id)
    if done is None or done.survivor_id != patient_id:
        raise Http404
    patient = find(patient_id)
    if done.undone_at is not None and request.method == "GET":
        messages.info(request, _("This merge was undone."))
        return HttpResponseRedirect(reverse("clinic:patient", args=[patient_id]))
    refusal: Refused | None = None
    status = 200
    form = UnmergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                merges.unmerge(merge_id=merge_id, why=form.cleaned_data["why"], actor=actor)
            except Refused as error:
                refusal, status = error, say(form, error)
            else:
                words = _("Taken apart. Number %s stands on its own again.")
                messages.success(request, words % done.merged_number)
                return HttpResponseRedirect(reverse("clinic:patient", args=[patient_id]))
    trail.record_view("patient.merge", actor_id=actor.pk, patient_id=patient.pk)
    context: dict[str, Any] = {
        "patient": patient,
        "merge": done,
        "since": merging.made_since(done),
        "form": form,
        "under_way": refusal.sittings if isinstance(refusal, UnderWay) else (),
    }
    return render(request, "clinic/patients/unmerge.html", context, status=status)
