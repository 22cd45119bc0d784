"""Keeping what is being typed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.refusals import status_of
from tautband.design.languages import said
from tautband.errors import Refused
from tautband.records.actions import drafts


@require_POST
@requires(Permission.USE)
def draft(request: HttpRequest, actor: User, form: str, subject: UUID) -> HttpResponseBase:
    """Keep the fields of one form as they are typed; `discard=1` in the query drops them."""
    try:
        if request.GET.get("discard"):
            drafts.discard(actor=actor, form=form, subject=subject)
        else:
            fields = {name: request.POST.getlist(name) for name in request.POST}
            drafts.keep(actor=actor, form=form, subject=subject, fields=fields)
    except Refused as refusal:
        return HttpResponse(
            said(refusal.message),
            status=status_of(refusal),
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(status=204)
