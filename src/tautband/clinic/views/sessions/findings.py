"""Answering what the rules say, on the page where they said it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.views.sessions.consent import time_out_page
from tautband.clinic.views.sessions.frame import find
from tautband.clinic.views.sessions.inject import inject_page
from tautband.clinic.views.sessions.plan import done, refused
from tautband.errors import Refused
from tautband.records.actions import findings

# The page a finding was answered on, where it is not the plan.
BACK = {"time-out": "clinic:session_time_out", "inject": "clinic:session_inject"}


@require_POST
@requires(Permission.PLAN)
def answer_finding(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Acknowledge a warning in one tap, or override a stop with a reason and words."""
    key = request.POST.get("fingerprint", "")[:64]
    back = "" if request.headers.get("HX-Request") else request.POST.get("back", "")
    try:
        if request.POST.get("what") == "override":
            findings.override(
                procedure_id=procedure_id,
                fingerprint=key,
                reason=request.POST.get("reason", ""),
                words=request.POST.get("words", ""),
                actor=actor,
            )
        else:
            findings.acknowledge(procedure_id=procedure_id, fingerprint=key, actor=actor)
    except Refused as refusal:
        if back == "time-out":
            return time_out_page(request, actor, find(procedure_id), refusal)
        if back == "inject":
            return inject_page(request, actor, find(procedure_id), refusal)
        return refused(request, actor, procedure_id, refusal)
    if back in BACK:
        return HttpResponseRedirect(reverse(BACK[back], args=[procedure_id]))
    return done(request, actor, procedure_id)
