"""The letter to whoever referred the patient: on screen, as PDF and as plain text."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.letter import as_text, is_unsigned, letter_of
from tautband.clinic.views.sessions.frame import around_paper, find, seen
from tautband.records.facts import Basis, facts_of
from tautband.records.models import Procedure


def _page(procedure: Procedure) -> str:
    return reverse("clinic:letter", args=[procedure.pk])


def _unsigned(request: HttpRequest, procedure: Procedure) -> HttpResponse:
    words = _("This session is not signed yet. Sign it first: then its letter may leave the house.")
    return paper.refused(request, words, page=_page(procedure))


@require_GET
@requires(Permission.VIEW_RECORD)
def letter(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The letter on screen; of an unsigned session as a draft that says so."""
    procedure = find(procedure_id)
    seen(actor, procedure, "letter")
    facts = facts_of(procedure, basis=Basis.RECORD, now=timezone.now()).session
    context = {
        "letter": letter_of(procedure),
        **around_paper(procedure, facts),
        "may_name": may(actor, Permission.REGISTER_PATIENT),
    }
    return render(request, "clinic/papers/letter.html", context)


@require_GET
@requires(Permission.VIEW_RECORD)
def letter_pdf(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The letter as PDF; refused until somebody signed the session."""
    procedure = find(procedure_id)
    size = paper.size_for(request)
    seen(actor, procedure, "letter.pdf")
    if is_unsigned(procedure):
        return _unsigned(request, procedure)
    return paper.printed(
        request,
        "clinic/papers/letter_paper.html",
        {"letter": letter_of(procedure), "patient": procedure.patient},
        name="letter-to-referrer",
        page=_page(procedure),
        size=size,
        styles=["design/paper-letter.css"],
    )


@require_GET
@requires(Permission.VIEW_RECORD)
def letter_text(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The letter as plain text, to paste; refused until somebody signed the session."""
    procedure = find(procedure_id)
    seen(actor, procedure, "letter.text")
    if is_unsigned(procedure):
        return _unsigned(request, procedure)
    return HttpResponse(as_text(letter_of(procedure)), content_type="text/plain; charset=utf-8")
