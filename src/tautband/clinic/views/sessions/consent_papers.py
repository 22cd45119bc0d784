"""The consent form on screen and on paper, in the patient's language."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.consent_paper import consent_paper, may_print
from tautband.clinic.views.sessions.frame import around_paper, find, seen
from tautband.clinical.facts import SessionFacts
from tautband.clinical.leaflet import Language
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.facts import Basis, facts_of
from tautband.records.models import Procedure


def _language(text: str) -> Language:
    try:
        return Language(text)
    except ValueError as error:
        raise Http404 from error


def _facts(procedure: Procedure) -> SessionFacts:
    return facts_of(procedure, basis=Basis.PLAN, now=timezone.now()).session


def _why_not(procedure: Procedure) -> str:
    """Why this form is not printed; "" if it is."""
    if procedure.status == ProcedureStatus.ENTERED_IN_ERROR:
        return _("This session was entered in error: there is nothing to agree to.")
    if not may_print(procedure):
        return _("The plan is not settled, or was changed. Settle it first, then print its form.")
    return ""


@require_GET
@requires(Permission.VIEW_RECORD)
def consent_form(
    request: HttpRequest, actor: User, procedure_id: UUID, language: str
) -> HttpResponse:
    """The form on screen, with the way to its paper."""
    tongue = _language(language)
    procedure = find(procedure_id)
    seen(actor, procedure, "consent-form")
    facts = _facts(procedure)
    context = {
        "paper": consent_paper(procedure, facts, tongue),
        "why_not": _why_not(procedure),
        "languages": [
            (each, _("English") if each is Language.ENGLISH else _("Arabic and English"))
            for each in Language
        ],
        **around_paper(procedure, facts),
        "unchecked": tongue is Language.ARABIC,
    }
    return render(request, "clinic/papers/consent_form.html", context)


@require_GET
@requires(Permission.VIEW_RECORD)
def consent_form_pdf(
    request: HttpRequest, actor: User, procedure_id: UUID, language: str
) -> HttpResponse:
    """The form as PDF, to sign; refused while there is no settled plan to agree to."""
    tongue = _language(language)
    size = paper.size_for(request)
    procedure = find(procedure_id)
    seen(actor, procedure, "consent-form.pdf")
    page = reverse("clinic:consent_form", args=[procedure.pk, tongue])
    if words := _why_not(procedure):
        return paper.refused(request, words, page=page)
    return paper.printed(
        request,
        "clinic/papers/consent_paper.html",
        {"paper": consent_paper(procedure, _facts(procedure), tongue)},
        name=f"consent-form-{tongue}",
        page=page,
        size=size,
        styles=["design/consent-form.css", "design/paper-consent.css"],
    )
