"""Finding, registering, correcting and importing patients."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic.banner import age_words, sex_words
from tautband.clinic.forms.patients import EditForm, RegisterForm, SearchForm
from tautband.clinic.forms.refusals import say
from tautband.errors import Refused, Stale
from tautband.records.actions import drafts as draft_actions
from tautband.records.actions import patients
from tautband.records.actions.patients import MayBeHereAlready
from tautband.records.models import Patient
from tautband.records.queries import centre, drafts
from tautband.records.queries import patients as patient_queries
from tautband.records.queries.patients import Found, Likely


def find(patient_id: UUID) -> Patient:
    """The patient, or a plain "not found" that tells nothing.

    Raises MergedAway for a record that was merged into another; see `clinic.merged_away`.
    """
    patient = patient_queries.one(patient_id)
    if patient is None:
        raise Http404
    patients.insist_stands(patient)
    return patient


def _why_words(code: str) -> str:
    return {
        "identifier": _("the same number elsewhere"),
        "phone": _("the same telephone number"),
        "name-and-birth-date": _("a like name, born the same day"),
        "name-and-near-birth-date": _("a like name, and a birth date one slip away"),
    }[code]


def lines_of(found: list[Found]) -> list[dict[str, Any]]:
    """Patients as lines of a list."""
    today = centre.today(timezone.now())
    return [
        {
            "patient": one.patient,
            "through": one.through,
            "age": age_words(one.patient, today),
            "sex": sex_words(one.patient.sex),
        }
        for one in found
    ]


def likely_lines(likely: Iterable[Likely]) -> list[dict[str, Any]]:
    """Patients who may be the same person, as lines of a list, each with what is alike."""
    today = centre.today(timezone.now())
    return [
        {
            "patient": one.patient,
            "age": age_words(one.patient, today),
            "sex": sex_words(one.patient.sex),
            "why": [_why_words(code) for code in one.why],
        }
        for one in likely
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_PATIENT)
def search(request: HttpRequest, actor: User) -> HttpResponse:
    """Find a patient; what is typed travels in the body, so that no name stands in a log."""
    form = SearchForm(request.POST or None)
    asked = form.cleaned_data["q"] if request.method == "POST" and form.is_valid() else ""
    found = (
        patient_queries.search_patients(asked) if asked else patient_queries.recently_registered()
    )
    trail.record_list_view(
        "patients.found" if asked else "patients.latest",
        actor_id=actor.pk,
        patients=[one.patient.pk for one in found],
    )
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "lines": lines_of(found),
        "may_register": may(actor, Permission.REGISTER_PATIENT),
        "may_import": may(actor, Permission.IMPORT_PATIENTS),
    }
    part = request.headers.get("HX-Request") and request.method == "POST"
    template = "clinic/patients/_results.html" if part else "clinic/patients/search.html"
    return render(request, template, context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_PATIENT)
def register(request: HttpRequest, actor: User) -> HttpResponse:
    """Register a patient; whoever is very like them is shown first."""
    if request.method == "POST":
        return _register_typed(request, actor)
    draft = drafts.of(actor, "patient", actor.pk)
    first = {**(draft.dict() if draft else {}), "token": uuid4(), "different": False}
    return _register_page(request, actor, RegisterForm(initial=first), restored=bool(draft))


def _register_typed(request: HttpRequest, actor: User) -> HttpResponse:
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return _register_page(request, actor, form, status=422)
    shown = request.POST.getlist("shown") if form.cleaned_data["different"] else []
    try:
        patient = patients.register(
            who=form.who,
            identifiers=form.identifiers,
            different_from=[one for one in map(_uuid, shown) if one is not None],
            token=form.cleaned_data["token"],
            actor=actor,
        )
    except MayBeHereAlready as refusal:
        # The tick was for those shown before; for anybody new it has to be given again.
        answered = {**request.POST.dict(), "different": ""}
        form = RegisterForm(answered)
        form.is_valid()
        status = say(form, refusal)
        return _register_page(request, actor, form, likely=refusal.likely, status=status)
    except Refused as refusal:
        return _register_page(request, actor, form, status=say(form, refusal))
    draft_actions.discard(actor=actor, form="patient", subject=actor.pk)
    messages.success(request, _("Registered as number %s.") % patient.number)
    return HttpResponseRedirect(reverse("clinic:patient", args=[patient.pk]))


def _register_page(
    request: HttpRequest,
    actor: User,
    form: RegisterForm,
    *,
    likely: tuple[Likely, ...] = (),
    restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    if likely:
        trail.record_list_view(
            "patients.likely", actor_id=actor.pk, patients=[one.patient.pk for one in likely]
        )
    context = {
        "form": form,
        "restored": restored,
        "likely": likely_lines(likely),
        "may_merge": may(actor, Permission.MERGE_PATIENTS),
        "draft_url": reverse("clinic:draft", args=["patient", actor.pk]),
    }
    return render(request, "clinic/patients/register.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_PATIENT)
def edit(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Correct who a patient is."""
    patient = find(patient_id)
    held = EditForm.from_record(patient)
    status, stale = 200, False
    if request.method == "POST":
        form = EditForm(request.POST, initial=held)
        status = 422
        if form.is_valid():
            try:
                patients.edit_demographics(
                    patient_id=patient.pk,
                    revision=form.cleaned_data["revision"],
                    who=form.who,
                    actor=actor,
                )
            except Refused as refusal:
                status = say(form, refusal)
                stale = isinstance(refusal, Stale)
            else:
                draft_actions.discard(actor=actor, form="demographics", subject=patient.pk)
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(reverse("clinic:patient", args=[patient.pk]))
    else:
        draft = drafts.of(actor, "demographics", patient.pk)
        typed = {**draft.dict(), "revision": patient.revision} if draft else {}
        form = EditForm(initial={**held, **typed})
    trail.record_view("patient.edit", actor_id=actor.pk, patient_id=patient.pk)
    context = {
        "form": form,
        "patient": patient,
        "stale": stale,
        "draft_url": reverse("clinic:draft", args=["demographics", patient.pk]),
    }
    return render(request, "clinic/patients/edit.html", context, status=status)
