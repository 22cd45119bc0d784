"""An address of a record that was merged into another: it leads to the one that stands for it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.clinic.forms.patients import EditForm
from tautband.records.actions import drafts
from tautband.records.actions.patients import MergedAway

# The forms that can be filled in again on the other record, by the page that shows them.
_DRAFTS = {
    "chart_weight": "weight",
    "chart_height": "height",
    "chart_elsewhere": "elsewhere",
    "chart_allergy": "allergy",
    "chart_medicine": "medicine",
    "chart_condition": "condition",
    "appointment_new": "appointment",
}


def lead_on(request: HttpRequest, merged: MergedAway) -> HttpResponseBase:
    """Whoever only looks goes on to the other record; whoever wanted to save is told so here."""
    match = request.resolver_match
    page = match.view_name if match else ""
    kwargs = match.kwargs if match else {}
    if request.method in {"GET", "HEAD"}:
        messages.info(
            request, _("The record you asked for was merged into number %s.") % merged.number
        )
        return HttpResponseRedirect(_address(page, kwargs, merged))
    return _not_saved(request, merged, page=page, kwargs=kwargs)


def _address(page: str, kwargs: Mapping[str, Any], merged: MergedAway) -> str:
    """The same page of the other record."""
    if kwargs.get("patient_id") != merged.patient_id or "other_id" in kwargs:
        return reverse("clinic:patient", args=[merged.survivor_id])
    # Words that a route fixes by itself ("kind") are not in its address.
    parts = {
        name: value for name, value in kwargs.items() if isinstance(value, UUID) or name == "what"
    }
    return reverse(page, kwargs={**parts, "patient_id": merged.survivor_id})


def _not_saved(
    request: HttpRequest, merged: MergedAway, *, page: str, kwargs: Mapping[str, Any]
) -> HttpResponse:
    name = page.removeprefix("clinic:")
    form = _DRAFTS.get(name)
    actor = request.user
    if form is not None and isinstance(actor, User):
        fields = {key: request.POST.getlist(key) for key in request.POST}
        drafts.keep(actor=actor, form=form, subject=merged.survivor_id, fields=fields)
    goes_on = form is not None or name == "patient_edit"
    context = {
        "number": merged.number,
        "patient_url": reverse("clinic:patient", args=[merged.survivor_id]),
        "next_url": _address(page, kwargs, merged) if goes_on else "",
        "is_filled_in": form is not None,
        "typed": _typed(request.POST) if name == "patient_edit" else [],
    }
    return render(request, "clinic/patients/merged_away.html", context, status=409)


def _typed(post: QueryDict) -> list[tuple[str, str]]:
    """What was typed of somebody's details, to be read and not to be saved on another record."""
    form = EditForm(post)
    return [
        (str(field.label), str(post.get(field.name, "")))
        for field in form.visible_fields()
        if post.get(field.name)
    ]
