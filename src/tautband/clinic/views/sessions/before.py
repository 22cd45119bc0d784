"""Before the plan: who it is, and what is asked today."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import (
    IdentityForm,
)
from tautband.clinic.views.sessions.frame import (
    Page,
    current_page,
    find,
    page_of,
    seen,
    uuid_of,
    words_of,
)
from tautband.clinical import amounts, ask
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import Answer
from tautband.design.languages import said
from tautband.errors import Refused
from tautband.records.actions import drafts, encounters
from tautband.records.actions.encounters import AskedToday
from tautband.records.actions.patients import MergedAway
from tautband.records.actions.standing import version_of
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import MeasurementKind
from tautband.records.queries import chart as charts
from tautband.records.queries import merging, people


@requires(Permission.VIEW_DAY)
def session(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Go to where this sitting goes on."""
    return HttpResponseRedirect(current_page(find(procedure_id)))


@require_POST
@requires(Permission.RECEIVE)
def receive(request: HttpRequest, actor: User, appointment_id: UUID) -> HttpResponse:
    """A booked patient is here."""
    try:
        procedure = encounters.receive(appointment_id=appointment_id, actor=actor)
    except Refused as refusal:
        # The board was old: cancelled, missed or taken meanwhile. The board as it is now says so.
        messages.error(request, said(refusal.message))
        return HttpResponseRedirect(reverse("clinic:today"))
    return HttpResponseRedirect(reverse("clinic:session_arrive", args=[procedure.pk]))


@require_POST
@requires(Permission.RECEIVE)
def walk_in(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """A patient without a booking is here."""
    chosen = uuid_of(request.POST.get("clinician"))
    clinician = people.clinician(chosen) if chosen else _usual_clinician(actor)
    try:
        if clinician is None:
            raise Refused(_("Choose with which clinician. Where there is none, ask the manager."))
        procedure = encounters.walk_in(
            patient_id=patient_id,
            clinician=clinician,
            reason=request.POST.get("reason", ""),
            token=uuid_of(request.POST.get("token")),
            actor=actor,
        )
    except MergedAway:
        # Answered like any other page of a record that was merged into another.
        raise
    except Refused as refusal:
        messages.error(request, said(refusal.message))
        return HttpResponseRedirect(reverse("clinic:today"))
    return HttpResponseRedirect(reverse("clinic:session_arrive", args=[procedure.pk]))


def _usual_clinician(actor: User) -> User | None:
    """The person at the screen where they are a clinician, else the only one there is."""
    here = people.clinicians()
    only = here[0] if len(here) == 1 else None
    return next((person for person in here if person.pk == actor.pk), only)


# ── arrive ───────────────────────────────────────────────────────────────────────────────────


def _arrive_page(request: HttpRequest, actor: User, procedure: Procedure, **more: Any) -> Page:
    return Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.ARRIVE,
        template="clinic/sessions/arrive.html",
        **more,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RECEIVE)
def arrive(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Two identifiers, then the weight today's doses are reckoned from."""
    procedure = find(procedure_id)
    page = _arrive_page(request, actor, procedure)
    form = IdentityForm(request.POST or None)
    if request.method == "POST":
        try:
            encounters.confirm_identity(
                procedure_id=procedure_id,
                identifiers=request.POST.getlist("identifiers"),
                actor=actor,
            )
        except Refused as refusal:
            page.refusal = refusal
        else:
            return HttpResponseRedirect(page_of(Step.ARRIVE, procedure))
    else:
        seen(actor, procedure, "session.arrive")
    return _draw_arrive(page, form)


def _draw_arrive(page: Page, form: IdentityForm | None = None) -> HttpResponse:
    earlier = charts.latest_measurement(page.procedure.patient_id, MeasurementKind.WEIGHT)
    # Two records with weights far apart were merged: whose this is nobody could say.
    doubted = merging.doubted_since(page.procedure, earlier) if earlier is not None else None
    if doubted is not None:
        earlier = None
    typed = page.request.POST if page.refusal is not None else {}
    day = page.procedure.encounter.on
    return page.draw(
        form=form or IdentityForm(),
        earlier=earlier,
        doubted=doubted,
        earlier_is_old=earlier is not None and day - earlier.measured_on > timedelta(days=90),
        typed_weight=typed.get("weight", ""),
        # The number alone would be read as kilograms the next time it is sent.
        typed_unit=typed.get("unit", "kg"),
        token=uuid_of(typed.get("token")) or uuid4(),
        next_url=page_of(Step.ASK, page.procedure),
    )


@require_POST
@requires(Permission.MEASURE)
def weigh(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Weigh the patient today, or accept an earlier weight on purpose."""
    procedure = find(procedure_id)
    page = _arrive_page(request, actor, procedure)
    accepted = uuid_of(request.POST.get("accept"))
    try:
        if accepted is None:
            typed, unit = request.POST.get("weight", ""), request.POST.get("unit", "kg")
            encounters.weigh(
                procedure_id=procedure_id,
                weight_g=amounts.parse_weight(typed, unit=unit),
                as_entered=f"{typed.strip()} {unit}",
                confirmed=request.POST.get("confirmed") == "yes",
                token=uuid_of(request.POST.get("token")),
                actor=actor,
            )
        else:
            encounters.accept_weight(
                procedure_id=procedure_id, measurement_id=accepted, actor=actor
            )
    except Refused as refusal:
        page.refusal = refusal
        return _draw_arrive(page)
    return HttpResponseRedirect(page_of(Step.ARRIVE, procedure))


# ── ask today ────────────────────────────────────────────────────────────────────────────────


def _asked(procedure: Procedure) -> dict[str, AskedToday]:
    rows = procedure.encounter.answers.all()
    return {row.question: AskedToday(answer=row.answer, details=row.details) for row in rows}


def _read_answers(post: Mapping[str, str]) -> dict[str, AskedToday]:
    read: dict[str, AskedToday] = {}
    for question in ask.questions():
        details = {
            detail.name: post.get(f"{question.id}.{detail.name}", "") for detail in question.details
        }
        answer = post.get(question.id, "")
        if answer:
            said = details if answer == Answer.YES else {}
            read[question.id] = AskedToday(answer=answer, details=said)
    return read


def _question_rows(
    answers: Mapping[str, AskedToday], problems: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows = []
    for question in ask.questions():
        said = answers.get(question.id, AskedToday(answer=""))
        rows.append(
            {
                "question": question,
                "answer": said.answer,
                "error": problems.get(question.id, ""),
                "details": [
                    {
                        "detail": detail,
                        "value": said.details.get(detail.name, ""),
                        "name": f"{question.id}.{detail.name}",
                        "id": f"id_{question.id}_{detail.name}",
                        "error": problems.get(f"{question.id}.{detail.name}", ""),
                    }
                    for detail in question.details
                ],
            }
        )
    return rows


def _asked_at(page: Page) -> datetime | None:
    # Refused, it may have been because somebody else was quicker.
    fresh = page.procedure if page.refusal is None else find(page.procedure.pk)
    return fresh.encounter.asked_at


@require_http_methods(["GET", "POST"])
@requires(Permission.ASK)
def ask_today(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Every question answered yes, no or unknown; nothing preselected."""
    procedure = find(procedure_id)
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.ASK,
        template="clinic/sessions/ask.html",
    )
    answers = _asked(procedure)
    if request.method == "POST":
        answers = _read_answers(words_of(request.POST))
        try:
            encounters.answer_questions(
                procedure_id=procedure_id,
                answers=answers,
                actor=actor,
                seen=request.POST.get("seen"),
            )
        except Refused as refusal:
            page.refusal = refusal
        else:
            drafts.discard(actor=actor, form=Step.ASK, subject=procedure.pk)
            return HttpResponseRedirect(page_of(Step.ASSESS, procedure))
    else:
        seen(actor, procedure, "session.ask")
        draft = page.draft()
        answers = _read_answers(words_of(draft)) if draft else answers
        page.context["restored"] = bool(draft)
        page.context["seen"] = draft.get("seen") if draft else None
    problems = page.refusal.fields if page.refusal else {}
    return page.draw(
        questions=_question_rows(answers, problems),
        # A draft says what it was typed over, so that it cannot quietly undo a colleague's answers.
        seen=page.context.get("seen") or version_of(_asked_at(page)),
    )
