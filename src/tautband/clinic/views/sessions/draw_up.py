"""Syringes on the tray: drawn up, checked by another, corrected, labelled."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import whole
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    moment_of,
    revision_of,
    seen,
    uuid_of,
    words_of,
)
from tautband.clinic.views.sessions.plan import done, refused
from tautband.clinical import amounts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import AgentKind
from tautband.errors import Refused
from tautband.records.actions import drafts, syringes
from tautband.records.actions.syringes import Drawn
from tautband.records.queries import procedures as sittings

# What somebody may have typed in a line before choosing its product.
TYPED = ("brand", "volume", "lot", "expires", "units", "strength")
LONGEST_STRENGTH = 8


def read_tray(post: "MultiValueDict[str, str]") -> list[Drawn]:
    """The lines of a draw-up form that name a product."""
    drawn: list[Drawn] = []
    for index in range(tray.TRAY_LINES):
        product = post.get(f"{index}.product", "")
        if not product:
            if any(post.get(f"{index}.{name}", "").strip() for name in TYPED):
                words = _("Choose the product.")
                raise Refused(words, fields={f"{index}.product": words})
            continue
        agent, _sep, strength = product.partition(":")
        if not (strength.isascii() and strength.isdigit() and len(strength) < LONGEST_STRENGTH):
            words = _("Choose a product from the list.")
            raise Refused(words, fields={f"{index}.product": words})
        units = post.get(f"{index}.units", "").strip()
        written = post.get(f"{index}.strength", "").strip()
        concentration = (
            amounts.parse_mg_per_ml(written, field=f"{index}.strength")
            if written
            else int(strength)
        )
        # An unanswered label is not a label that says "without".
        epinephrine = whole(post.get(f"{index}.epinephrine"))
        drawn.append(
            Drawn(
                agent=agent,
                volume_ul=amounts.parse_ml(
                    post.get(f"{index}.volume", ""), field=f"{index}.volume"
                ),
                concentration_ug_per_ml=concentration or None,
                epinephrine_ng_per_ml=epinephrine if _may_hold_epinephrine(agent) else None,
                units_centi=amounts.parse_units(units, field=f"{index}.units") if units else None,
                product=post.get(f"{index}.brand", ""),
                lot=post.get(f"{index}.lot", ""),
                expires_on=_day(post.get(f"{index}.expires", ""), f"{index}.expires"),
            )
        )
    return drawn


def _may_hold_epinephrine(agent: str) -> bool:
    return knowledge().kind(agent) is AgentKind.LOCAL_ANAESTHETIC


def _day(text: str, field: str) -> Any:
    if not text:
        return None
    try:
        # A pack printed with month and year is good to the end of that month.
        found = parse_date(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None:
        words = _("Enter a date.")
        raise Refused(words, fields={field: words})
    return found


@require_POST
@requires(Permission.PREPARE_SYRINGE)
def draw_up(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Put a syringe on the tray."""
    try:
        syringes.draw_up(
            procedure_id=procedure_id,
            ingredients=read_tray(request.POST),
            reconstituted_at=moment_of(request, "reconstituted_at"),
            actor=actor,
            revision=revision_of(request),
            token=uuid_of(request.POST.get("token")),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    drafts.discard(actor=actor, form="syringe", subject=procedure_id)
    return done(request, actor, procedure_id)


@require_POST
@requires(Permission.PREPARE_SYRINGE)
def change_syringe(
    request: HttpRequest, actor: User, procedure_id: UUID, syringe_id: UUID
) -> HttpResponse:
    """Check, use for the rest, or take a syringe off the tray."""
    what = request.POST.get("what", "")
    held: dict[str, Any] = {
        "procedure_id": procedure_id,
        "syringe_id": syringe_id,
        "actor": actor,
    }
    revision = revision_of(request)
    try:
        if what == "check":
            syringes.check(**held)
        elif what == "use":
            syringes.use_for_rest(**held, revision=revision)
        elif what == "discard":
            syringes.discard(**held, revision=revision)
        else:
            raise Refused(_("Choose what to do with this syringe."))
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_SYRINGE)
def correct_syringe(
    request: HttpRequest, actor: User, procedure_id: UUID, syringe_id: UUID
) -> HttpResponse:
    """What a syringe really holds, its lots and its expiry, put right."""
    procedure = find(procedure_id)
    page = Page(
        request=request, actor=actor, procedure=procedure, step=Step.PLAN,
        template="clinic/sessions/syringe.html",
    )  # fmt: skip
    if request.method == "POST":
        try:
            syringes.change(
                procedure_id=procedure_id,
                syringe_id=syringe_id,
                ingredients=read_tray(request.POST),
                reconstituted_at=moment_of(request, "reconstituted_at"),
                revision=revision_of(request),
                actor=actor,
            )
        except Refused as refusal:
            page.procedure, page.refusal = find(procedure_id), refusal
        else:
            name = "session_plan" if procedure.started_at is None else "session_inject"
            return HttpResponseRedirect(reverse(f"clinic:{name}", args=[procedure_id]))
    else:
        seen(actor, procedure, "session.syringe")
    held = next((one for one in sittings.syringes(procedure) if one.pk == syringe_id), None)
    if held is None:
        raise Http404
    typed = tray.as_typed(held, list(held.ingredients.all()))
    fields = words_of(request.POST) if request.method == "POST" else typed
    return page.draw(syringe=held, draw_up_fields=tray.draw_up_fields(fields))
