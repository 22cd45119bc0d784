"""Syringes on the tray: drawn up, checked by another, corrected, labelled."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import whole
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    revision_of,
    seen,
    uuid_of,
)
from tautband.clinic.views.sessions.plan import done, refused
from tautband.clinical import amounts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import AgentKind
from tautband.errors import Refused
from tautband.records.actions import syringes
from tautband.records.actions.syringes import Drawn


def read_tray(post: "MultiValueDict[str, str]") -> list[Drawn]:
    """The lines of a draw-up form that name a product."""
    drawn: list[Drawn] = []
    for index in range(tray.TRAY_LINES):
        product = post.get(f"{index}.product", "")
        if not product:
            continue
        agent, _sep, strength = product.partition(":")
        units = post.get(f"{index}.units", "").strip()
        written = post.get(f"{index}.strength", "").strip()
        concentration = (
            amounts.parse_mg_per_ml(written, field=f"{index}.strength")
            if written
            else int(strength)
            if strength.isascii() and strength.isdigit()
            else 0
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
                lot=post.get(f"{index}.lot", "")[:40],
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


def _made_up_at(post: "MultiValueDict[str, str]") -> Any:
    text = post.get("reconstituted_at", "")
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        words = _("Enter a day and a time.")
        raise Refused(words, fields={"reconstituted_at": words})
    return make_aware(found) if is_naive(found) else found


@require_POST
@requires(Permission.PREPARE_SYRINGE)
def draw_up(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Put a syringe on the tray."""
    try:
        syringes.draw_up(
            procedure_id=procedure_id,
            ingredients=read_tray(request.POST),
            reconstituted_at=_made_up_at(request.POST),
            actor=actor,
            revision=revision_of(request),
            token=uuid_of(request.POST.get("token")),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_POST
@requires(Permission.PREPARE_SYRINGE)
def change_syringe(
    request: HttpRequest, actor: User, procedure_id: UUID, syringe_id: UUID
) -> HttpResponse:
    """Check, correct, use for the rest, or take a syringe off the tray."""
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
            syringes.change(
                **held,
                ingredients=read_tray(request.POST),
                reconstituted_at=_made_up_at(request.POST),
                revision=revision,
            )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_GET
@requires(Permission.PREPARE_SYRINGE)
def labels(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The labels of the tray, to print and stick on."""
    procedure = find(procedure_id)
    seen(actor, procedure, "session.labels")
    page = Page(
        request=request, actor=actor, procedure=procedure, step=Step.PLAN,
        template="clinic/sessions/labels.html",
    )  # fmt: skip
    reviewed = page.review()
    cards = tray.cards_of(reviewed)
    return page.draw(reviewed, cards=cards)
