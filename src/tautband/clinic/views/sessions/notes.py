"""The procedure note as a page, as PDF and as plain text."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.note import as_text, note_of
from tautband.clinic.note_documents import reviewed
from tautband.clinic.views.sessions.frame import Page, find, seen, words_of
from tautband.clinical.lifecycle import Step
from tautband.errors import Refused
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import ErrorReason
from tautband.records.policies import may_amend, may_mark_in_error
from tautband.records.queries import procedures


def note_page(
    request: HttpRequest, actor: User, procedure: Procedure, refusal: Refused | None = None
) -> HttpResponse:
    """The note on screen, with what may still be done about it."""
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.SIGN,
        template="clinic/sessions/note.html",
        refusal=refusal,
    )
    said = reviewed(procedure)
    return page.draw(
        said,
        note=note_of(procedure, said),
        versions=procedures.versions(procedure),
        may_amend=may_amend(actor, procedure),
        may_mark_in_error=may_mark_in_error(actor, procedure),
        was_wrong_patient=procedure.in_error_reason == ErrorReason.WRONG_PATIENT,
        typed=words_of(request.POST) if refusal is not None else {},
        pdf=paper.available(),
    )


@require_GET
@requires(Permission.VIEW_RECORD)
def note(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The note on screen; it prints as it is."""
    procedure = find(procedure_id)
    seen(actor, procedure, "note")
    return note_page(request, actor, procedure)


@require_GET
@requires(Permission.VIEW_RECORD)
def note_text(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The note as plain text, to paste into another record."""
    procedure = find(procedure_id)
    seen(actor, procedure, "note.text")
    text = as_text(note_of(procedure, reviewed(procedure)))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_GET
@requires(Permission.VIEW_RECORD)
def note_pdf(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The note as PDF; where the machine cannot make one, it says so and the page prints."""
    procedure = find(procedure_id)
    seen(actor, procedure, "note.pdf")
    size = paper.size_for(request)
    return paper.printed(
        request,
        "clinic/sessions/note_paper.html",
        {"note": note_of(procedure, reviewed(procedure)), "procedure": procedure},
        name="procedure-note",
        page=reverse("clinic:note", args=[procedure.pk]),
        size=size,
    )
