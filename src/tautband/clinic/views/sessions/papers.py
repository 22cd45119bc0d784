"""Papers that a patient takes home: the leaflet before the needle, and the one after it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.views.sessions.frame import around_paper, find, seen
from tautband.clinical.facts import SessionFacts
from tautband.clinical.leaflet import Language, Part, Telephones, compose, word
from tautband.records.facts import Basis, facts_of
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import centre


def _choice(part: str, language: str) -> tuple[Part, Language]:
    try:
        return Part(part), Language(language)
    except ValueError as error:
        raise Http404 from error


def _facts(procedure: Procedure, part: Part) -> SessionFacts:
    """What is planned, before the needle; what went in, after it."""
    basis = Basis.PLAN if part is Part.BEFORE else Basis.RECORD
    return facts_of(procedure, basis=basis, now=timezone.now()).session


def _leaflet(
    procedure: Procedure, facts: SessionFacts, part: Part, language: Language
) -> Mapping[str, Any]:
    """The leaflet in the patient's words, and who it is for."""
    here = centre.current()
    ring = Telephones(
        emergency=here.emergency_number if here else "",
        out_of_hours=here.out_of_hours_number if here else "",
    )
    patient = procedure.patient
    with translation.override(language):
        born = formats.date_format(patient.born_on, "j F Y")
        on = formats.date_format(procedure.encounter.on, "j F Y")
    return {
        "title": word(part, language),
        "language": language,
        "direction": "rtl" if language is Language.ARABIC else "ltr",
        "who": (
            (word("patient", language), patient.full_name),
            (word("born", language), born),
            (word("number", language), patient.number),
            (word("date", language), on),
            (word("centre", language), here.name if here else ""),
        ),
        "sections": compose(part, facts, language=language, ring=ring),
    }


@require_GET
@requires(Permission.VIEW_RECORD)
def leaflet(
    request: HttpRequest, actor: User, procedure_id: UUID, part: str, language: str
) -> HttpResponse:
    """The leaflet on screen, with the way to its paper in either size and either language."""
    chosen, tongue = _choice(part, language)
    procedure = find(procedure_id)
    seen(actor, procedure, f"leaflet.{chosen}")
    facts = _facts(procedure, chosen)
    context = {
        "leaflet": _leaflet(procedure, facts, chosen, tongue),
        "rows": len(facts.planned.injections),
        "part": chosen,
        "languages": [
            (each, _("English") if each is Language.ENGLISH else _("Arabic")) for each in Language
        ],
        **around_paper(procedure, facts),
        "unchecked": tongue is Language.ARABIC,
    }
    return render(request, "clinic/papers/leaflet.html", context)


@require_GET
@requires(Permission.VIEW_RECORD)
def leaflet_pdf(
    request: HttpRequest, actor: User, procedure_id: UUID, part: str, language: str, size: str
) -> HttpResponse:
    """The leaflet as PDF; where the machine cannot make one, it says so and the page prints."""
    chosen, tongue = _choice(part, language)
    try:
        on = PaperSize(size)
    except ValueError as error:
        raise Http404 from error
    procedure = find(procedure_id)
    seen(actor, procedure, f"leaflet.{chosen}.pdf")
    return paper.printed(
        request,
        "clinic/papers/leaflet_paper.html",
        {"leaflet": _leaflet(procedure, _facts(procedure, chosen), chosen, tongue)},
        name=f"leaflet-{chosen}-{tongue}",
        page=reverse("clinic:leaflet", args=[procedure.pk, chosen, tongue]),
        size=on,
    )
