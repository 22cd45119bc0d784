"""The patient's chart: what is measured and stated, one small form for each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, permissions_of, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic.banner import patient_banner
from tautband.clinic.forms.chart import (
    SEVERITY_WORDS,
    AllergyForm,
    ConditionForm,
    ElsewhereForm,
    EndForm,
    ErrorForm,
    HeightForm,
    MedicineForm,
    WeightForm,
    known_names,
)
from tautband.clinic.forms.refusals import say, status_of
from tautband.clinic.laboratory import laboratory_lines, pregnancy_lines
from tautband.clinic.views.patients import find
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AllergySeverity
from tautband.errors import Refused
from tautband.records.actions import chart
from tautband.records.actions import drafts as draft_actions
from tautband.records.actions.chart import ConfirmFirst
from tautband.records.facts import facts_for_patient
from tautband.records.models import Patient
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import centre, drafts
from tautband.records.queries import chart as charts

Save = Callable[[Any], object]


def banner_of(patient: Patient) -> dict[str, Any]:
    """The strip on top of a page of the chart."""
    now = timezone.now()
    return patient_banner(
        patient, facts_for_patient(patient, now=now).patient, on=centre.today(now)
    )


def _back(patient: Patient) -> str:
    return reverse("clinic:chart", args=[patient.pk])


@never_cache
@requires(Permission.VIEW_RECORD)
def show(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """The whole chart."""
    return _show(request, actor, find(patient_id))


def _show(
    request: HttpRequest, actor: User, patient: Patient, refusal: Refused | None = None
) -> HttpResponse:
    trail.record_view("patient.chart", actor_id=actor.pk, patient_id=patient.pk)
    its_chart = charts.of_patient(patient)
    reported = charts.reported_of(patient)
    latest, older = laboratory_lines(its_chart.laboratory)
    agents = knowledge().agents
    held = permissions_of(actor)
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "chart": its_chart,
        "severities": {str(word): words for word, words in SEVERITY_WORDS.items()},
        "doses": [
            {"dose": one, "name": agents[one.agent].name if one.agent in agents else one.agent}
            for one in its_chart.elsewhere
        ],
        "laboratory": latest,
        "older": older,
        "pregnancies": pregnancy_lines(reported.pregnancies),
        "payers": reported.coverages,
        "refusal": refusal,
        "held": {str(permission) for permission in held},
        "may_edit": Permission.EDIT_CHART in held,
        "may_measure": Permission.MEASURE in held,
    }
    status = 200 if refusal is None else status_of(refusal)
    return render(request, "clinic/patients/chart.html", context, status=status)


def _form_page(
    request: HttpRequest,
    actor: User,
    patient: Patient,
    *,
    kind: str,
    title: str,
    make: Callable[..., Any],
    save: Save,
    first: dict[str, Any] | None = None,
    template: str = "clinic/patients/line.html",
    **more: Any,
) -> HttpResponse:
    """One form about one line: drawn with the draft in it, saved, or drawn again with why not."""
    status = 200
    restored = False
    if request.method == "POST":
        form = make(request.POST)
        status = 422
        if form.is_valid():
            try:
                save(form)
            except Refused as refusal:
                status = say(form, refusal, names={"confirmed": "weight"})
                if isinstance(refusal, ConfirmFirst) and isinstance(form, WeightForm):
                    form.ask_to_confirm()
            else:
                draft_actions.discard(actor=actor, form=kind, subject=patient.pk)
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(_back(patient))
        elif isinstance(form, WeightForm) and form.data.get("confirmed"):
            form.ask_to_confirm()
    else:
        draft = drafts.of(actor, kind, patient.pk)
        restored = draft is not None
        typed = draft.dict() if draft else {}
        # A tick that confirms belongs to what was typed then, and is asked for anew.
        form = make(initial={**(first or {}), **typed, "token": uuid4(), "confirmed": None})
    trail.record_view(f"patient.{kind}", actor_id=actor.pk, patient_id=patient.pk)
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "form": form,
        "title": title,
        "restored": restored,
        "back": _back(patient),
        "draft_url": reverse("clinic:draft", args=[kind, patient.pk]),
        **more,
    }
    return render(request, template, context, status=status)


def _today() -> str:
    return centre.today(timezone.now()).isoformat()


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MEASURE)
def weight(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Weigh the patient."""
    patient = find(patient_id)

    def save(form: WeightForm) -> None:
        now = timezone.now()
        typed = form.cleaned_data
        weighed_today = typed["measured_on"] == centre.today(now)
        chart.record_weight(
            patient_id=patient.pk,
            weight_g=typed["weight_g"],
            as_entered=form.as_entered,
            measured_on=typed["measured_on"],
            measured_at=now if weighed_today else None,
            confirmed=typed["confirmed"],
            token=typed["token"],
            actor=actor,
        )

    return _form_page(
        request, actor, patient, kind="weight", title=_("Weight"), make=WeightForm, save=save,
        first={"measured_on": _today(), "unit": "kg"},
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MEASURE)
def height(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Measure the patient's height."""
    patient = find(patient_id)

    def save(form: HeightForm) -> None:
        typed = form.cleaned_data
        chart.record_height(
            patient_id=patient.pk,
            height_mm=typed["height_mm"],
            as_entered=typed["as_entered"],
            measured_on=typed["measured_on"],
            token=typed["token"],
            actor=actor,
        )

    return _form_page(
        request, actor, patient, kind="height", title=_("Height"), make=HeightForm, save=save,
        first={"measured_on": _today()},
    )  # fmt: skip


_STATEMENTS: dict[str, type[AllergyForm] | type[MedicineForm] | type[ConditionForm]] = {
    StatementKind.ALLERGY: AllergyForm,
    StatementKind.MEDICINE: MedicineForm,
    StatementKind.CONDITION: ConditionForm,
}


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CHART)
def statement(request: HttpRequest, actor: User, patient_id: UUID, kind: str) -> HttpResponse:
    """Add an allergy, a medicine or a condition."""
    patient = find(patient_id)
    titles = {
        StatementKind.ALLERGY: _("Allergy"),
        StatementKind.MEDICINE: _("Medicine"),
        StatementKind.CONDITION: _("Condition"),
    }
    its_kind = StatementKind(kind)

    def save(form: Any) -> None:
        chart.add_statement(
            patient_id=patient.pk,
            kind=its_kind,
            token=form.cleaned_data["token"],
            actor=actor,
            **form.line,
        )

    return _form_page(
        request, actor, patient, kind=str(its_kind), title=titles[its_kind],
        make=_STATEMENTS[its_kind], save=save,
        known=[] if its_kind is StatementKind.CONDITION else known_names(),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CHART)
def elsewhere(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Add a dose the patient had somewhere else."""
    patient = find(patient_id)
    zone = centre.zone()

    def make(*args: Any, **kwargs: Any) -> ElsewhereForm:
        return ElsewhereForm(*args, zone=zone, **kwargs)

    def save(form: ElsewhereForm) -> None:
        chart.add_elsewhere_dose(
            patient_id=patient.pk, token=form.cleaned_data["token"], actor=actor, **form.dose
        )

    return _form_page(
        request, actor, patient, kind="elsewhere", title=_("Dose given elsewhere"), make=make,
        save=save,
    )  # fmt: skip


@require_POST
@requires(Permission.EDIT_CHART)
def no_allergies(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """The patient was asked and knows of no allergy."""
    patient = find(patient_id)
    try:
        chart.state_no_known_allergies(patient_id=patient.pk, actor=actor)
    except Refused as refusal:
        return _show(request, actor, patient, refusal)
    messages.success(request, _("Kept: no known allergies."))
    return HttpResponseRedirect(_back(patient))


def _small_form(
    request: HttpRequest,
    actor: User,
    patient: Patient,
    form: forms.Form,
    *,
    title: str,
    line: str,
    save: Save,
) -> HttpResponse:
    """A form about a line that exists already: shown, saved, or shown again with why not."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(form)
            except Refused as refusal:
                status = say(form, refusal)
            else:
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(_back(patient))
    trail.record_view("patient.line", actor_id=actor.pk, patient_id=patient.pk)
    context = {
        "patient": patient, "banner": banner_of(patient), "form": form, "title": title,
        "line": line, "back": _back(patient),
    }  # fmt: skip
    return render(request, "clinic/patients/small.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CHART)
def end(request: HttpRequest, actor: User, patient_id: UUID, line_id: UUID) -> HttpResponse:
    """Say when a medicine, a condition or an allergy ended."""
    patient = find(patient_id)

    def save(form: Any) -> None:
        chart.end_statement(
            patient_id=patient.pk,
            statement_id=line_id,
            ended_on=form.cleaned_data["ended_on"],
            actor=actor,
        )

    form = EndForm(request.POST or None, initial={"ended_on": _today()})
    return _small_form(
        request, actor, patient, form, title=_("It ended"), save=save,
        line=charts.words_of(patient, "statement", line_id),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MEASURE)
def wrong(
    request: HttpRequest, actor: User, patient_id: UUID, what: str, line_id: UUID
) -> HttpResponse:
    """Say that a line was wrong, and why."""
    if what not in chart.LINES:
        raise Http404
    patient = find(patient_id)

    def save(form: Any) -> None:
        chart.mark_in_error(
            patient_id=patient.pk,
            what=what,
            line_id=line_id,
            reason=form.cleaned_data["reason"],
            actor=actor,
        )

    form = ErrorForm(request.POST if request.method == "POST" else None)
    return _small_form(
        request, actor, patient, form, title=_("Entered in error"), save=save,
        line=charts.words_of(patient, what, line_id),
    )  # fmt: skip


def severity_words(severity: str) -> str:
    """How bad a reaction was, in words; nothing where nobody knows."""
    if not severity or severity == AllergySeverity.UNKNOWN:
        return ""
    return str(SEVERITY_WORDS[AllergySeverity(severity)])
