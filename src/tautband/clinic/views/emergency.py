"""The emergency sheet: one tap away, for anybody, whatever else is broken."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tautband.accounts.access import public
from tautband.clinic import paper
from tautband.clinic.middleware import never_refused, remember_language
from tautband.clinical.amounts import parse_weight
from tautband.clinical.emergency import EmergencySheet, emergency_sheet
from tautband.errors import Refused
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import centre as centre_query


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whom to call; empty when the record itself cannot be read."""

    centre: str = ""
    emergency: str = ""
    out_of_hours: str = ""
    paper: PaperSize = PaperSize.A4


def _numbers() -> Numbers:
    # The one thing here that the database knows. The sheet is most needed when all else fails.
    try:
        centre = centre_query.current()
    except DatabaseError:
        return Numbers()
    if centre is None:
        return Numbers()
    return Numbers(
        centre.name,
        centre.emergency_number,
        centre.out_of_hours_number,
        PaperSize(centre.paper_size),
    )


def _weight_g(text: str) -> int | None:
    try:
        return parse_weight(text)
    except Refused:
        return None


def _cites(sheet: EmergencySheet) -> list[str]:
    """Where the amounts were read, each once, without what the first situation already cites."""
    cites = {amount.source.cite for column in sheet.columns for amount in column.amounts}
    said = {sheet.situations[0].source.cite, *cites}
    return sorted(one for one in cites if not any(one in more and one != more for more in said))


def _sheet(request: HttpRequest) -> dict[str, Any]:
    """The sheet for the weight that was typed, or with both columns."""
    typed = request.GET.get("weight_kg", "").strip()
    weight_g = _weight_g(typed) if typed else None
    sheet = emergency_sheet(weight_g)
    note = ""
    if typed and not sheet.weight_known:
        note = _("This weight cannot be right, so both columns are shown.")
    return {
        "sheet": sheet,
        "first": sheet.situations[0],
        "others": sheet.situations[1:],
        "cites": _cites(sheet),
        "numbers": _numbers(),
        "note": note,
        "typed": typed if sheet.weight_known else "",
    }


def _page(request: HttpRequest, told: dict[str, Any], *, no_pdf: bool = False) -> HttpResponse:
    # Drawn without the request: who is signed in, and messages, would ask the database.
    page = render_to_string(
        "clinic/emergency/emergency.html",
        {
            **told,
            "theme": request.COOKIES.get("theme", ""),
            "paper_size": told["numbers"].paper,
            "pdf": paper.available(),
            "no_pdf": no_pdf,
            "languages": [
                each for each in settings.LANGUAGES if each[0] != translation.get_language()
            ],
        },
    )
    return HttpResponse(page)


# The order matters: marks stand on the outermost function, which the middleware sees.
@never_refused
@public
@require_safe
def emergency(request: HttpRequest) -> HttpResponseBase:
    """Lipid and epinephrine by weight, and what to do first. Knows no patient, only a weight."""
    # Chosen in the address and kept in a cookie: an account would ask the database.
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return _page(request, _sheet(request))
    translation.activate(language)
    answer = _page(request, _sheet(request))
    remember_language(answer, language)
    return answer


@never_refused
@public
@require_safe
def emergency_pdf(request: HttpRequest) -> HttpResponseBase:
    """The same sheet on one page of paper; where no PDF can be made, the page that prints."""
    told = _sheet(request)
    if not paper.available():
        return _page(request, told, no_pdf=True)
    # A size that nobody knows is no reason to refuse the sheet.
    asked = request.GET.get("paper", "")
    size = PaperSize(asked) if asked in set(PaperSize) else told["numbers"].paper
    made = paper.pdf(
        "clinic/emergency/emergency_paper.html",
        told,
        size=size,
        styles=["design/paper-emergency.css"],
    )
    return paper.answer(made, "emergency-sheet")
