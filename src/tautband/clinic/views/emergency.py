"""The emergency sheet: one tap away, for anybody, whatever else is broken."""

from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tautband.accounts.access import public
from tautband.clinic.middleware import never_refused
from tautband.clinical.amounts import parse_weight
from tautband.clinical.emergency import EmergencySheet, emergency_sheet
from tautband.errors import Refused
from tautband.records.queries import centre as centre_query


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whom to call; empty when the record itself cannot be read."""

    centre: str = ""
    emergency: str = ""
    out_of_hours: str = ""


def _numbers() -> Numbers:
    # The one thing here that the database knows. The sheet is most needed when all else fails.
    try:
        centre = centre_query.current()
    except DatabaseError:
        return Numbers()
    if centre is None:
        return Numbers()
    return Numbers(centre.name, centre.emergency_number, centre.out_of_hours_number)


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


# The order matters: marks stand on the outermost function, which the middleware sees.
@never_refused
@public
@require_safe
def emergency(request: HttpRequest) -> HttpResponseBase:
    """Lipid and epinephrine by weight, and what to do first. Knows no patient, only a weight."""
    typed = request.GET.get("weight_kg", "").strip()
    weight_g = _weight_g(typed) if typed else None
    sheet = emergency_sheet(weight_g)
    note = ""
    if typed and not sheet.weight_known:
        note = _("This weight cannot be right, so both columns are shown.")
    # Drawn without the request: who is signed in, and messages, would ask the database.
    page = render_to_string(
        "clinic/emergency/emergency.html",
        {
            "sheet": sheet,
            "first": sheet.situations[0],
            "others": sheet.situations[1:],
            "theme": request.COOKIES.get("theme", ""),
            "cites": _cites(sheet),
            "numbers": _numbers(),
            "note": note,
            "typed": typed if sheet.weight_known else "",
        },
    )
    return HttpResponse(page)
