"""The plan: syringes and rows, the ledger and the findings beside them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import whole
from tautband.clinic.templatetags.sessions import bare
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.assess import map_spot
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    page_of,
    revision_of,
    seen,
    token_input,
    uuid_of,
    words_of,
)
from tautband.clinical import amounts, anatomy
from tautband.clinical.findings import Gate
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import AgentKind, BodyPosition
from tautband.errors import Refused
from tautband.records.actions import injections, procedures
from tautband.records.actions import lower_limits as limits
from tautband.records.actions.findings import OVERRIDE_REASONS
from tautband.records.actions.procedures import NOT_DONE_REASONS, words_fingerprint
from tautband.records.actions.rows import Row
from tautband.records.models import Procedure
from tautband.records.queries import drafts as kept
from tautband.records.queries import procedures as sittings


def plan_page(
    request: HttpRequest, actor: User, procedure: Procedure, refusal: Refused | None = None
) -> HttpResponse:
    """The whole page, or for htmx only what changes: rows, findings, tray, ledger, dock."""
    piece = "HX-Request" in request.headers
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.PLAN,
        template=f"clinic/sessions/{'_plan_swap' if piece else 'plan'}.html",
        refusal=refusal,
        piece=piece,
    )
    reviewed = page.review()
    cards = tray.cards_of(reviewed)
    rows = tray.rows_of(reviewed, cards)
    if refusal is not None and "seen" in request.POST:
        match = request.resolver_match
        row_id = match.kwargs.get("injection_id") if match else None
        rows = tray.with_typed(rows, row_id, words_of(request.POST), refusal)
    # Only what was refused is put back to be mended; what was taken is done with.
    typed = words_of(request.POST) if refusal is not None else {}
    drawn = typed if "0.product" in typed else {}
    if request.method == "GET" and (draft := kept.of(actor, "syringe", procedure.pk)):
        drawn = words_of(draft)
    waiting = reviewed.waiting([Gate.PLAN])
    stopping = reviewed.stopping([Gate.PLAN])
    return page.draw(
        reviewed,
        cards=cards,
        rows=rows,
        shared=tray.shared(reviewed, rows),
        chosen_json=json.dumps(tray.chosen(rows)),
        rows_url=reverse("clinic:session_add_row", args=[procedure.pk]),
        search_url=reverse("clinic:muscle_search"),
        steroid_planned=tray.has_kind(reviewed, AgentKind.CORTICOSTEROID),
        totals=tray.totals(reviewed),
        waiting=len(waiting),
        stopping=len(stopping),
        override_reasons=OVERRIDE_WORDS,
        not_done_reasons=NOT_DONE_WORDS,
        drawing=bool(drawn),
        draw_up_fields=tray.draw_up_fields(drawn),
        draw_up_draft=reverse("clinic:draft", args=["syringe", procedure.pk]),
        token=uuid4(),
        extra=token_input(),
        typed=typed,
        plan_words={
            "seen": words_fingerprint(procedure),
            "steroid_reason": typed.get("steroid_reason", procedure.steroid_reason),
            "plan_note": typed.get("plan_note", procedure.plan_note),
        },
        limits=_limits(procedure, typed),
        can_plan=procedure.started_at is None,
        next_url=page_of(Step.CONSENT, procedure),
    )


def _limits(procedure: Procedure, typed: Mapping[str, str]) -> dict[str, Any]:
    """The form of the lowered limits; what was refused stands as it was typed."""
    shown = {
        "ceiling_percent": bare(procedure.ceiling_percent, 1),
        "dosing_weight": bare(procedure.dosing_weight_g, 1000),
    }
    shown = {name: typed.get(name, value) for name, value in shown.items()}
    return {**shown, "seen": limits.limits_fingerprint(procedure), "open": any(shown.values())}


OVERRIDE_WORDS = dict(
    zip(
        OVERRIDE_REASONS,
        (
            _("The benefit outweighs the risk"),
            _("The limit does not apply here"),
            _("A fact on the record is wrong"),
            _("A specialist advised it"),
        ),
        strict=True,
    )
)
NOT_DONE_WORDS = dict(
    zip(
        NOT_DONE_REASONS,
        (
            _("The patient declined"),
            _("A safety rule stands against it"),
            _("Unwell today"),
            _("No trigger point found"),
            _("Another treatment was chosen"),
            _("No time today"),
            _("Opened for the wrong patient"),
        ),
        strict=True,
    )
)


def done(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """After a change: htmx gets the new state in place, a plain browser goes back to the page."""
    if request.headers.get("HX-Request"):
        return plan_page(request, actor, find(procedure_id))
    return HttpResponseRedirect(reverse("clinic:session_plan", args=[procedure_id]))


def refused(
    request: HttpRequest, actor: User, procedure_id: UUID, refusal: Refused
) -> HttpResponse:
    """The same page with what was wrong, and nothing changed."""
    return plan_page(request, actor, find(procedure_id), refusal)


@require_GET
@requires(Permission.VIEW_RECORD)
def plan(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The plan as it stands."""
    procedure = find(procedure_id)
    seen(actor, procedure, "session.plan")
    return plan_page(request, actor, procedure)


@require_GET
@requires(Permission.USE)
def muscle_search(request: HttpRequest, actor: User) -> HttpResponse:
    """Muscles by three letters: English, Latin, everyday words."""
    found = anatomy.search_muscles(request.GET.get("q", "")[:40], 8)
    muscles = [
        {
            "id": m.id,
            "name": m.name_en,
            "other": " · ".join([m.name_la, *m.lay[:2]]),
            "sides": m.sides,
        }
        for m in found
    ]
    return render(request, "design/_muscle_results.html", {"muscles": muscles})


# ── rows ─────────────────────────────────────────────────────────────────────────────────────


def _default_row(procedure: Procedure, muscle_id: str, side: str) -> Row:
    """A row filled as usual for the muscle, from the same syringe as the row before."""
    muscle = anatomy.muscle(muscle_id)
    last = procedure.injections.exclude(syringe=None).order_by("-number").first()
    tray_now = list(sittings.syringes(procedure))
    syringe = last.syringe if last and last.syringe else (tray_now[0] if tray_now else None)
    toxin = syringe is not None and any(
        item.units_centi is not None for item in syringe.ingredients.all()
    )
    volume = None if syringe is None or toxin else muscle.volume_lowest_ul
    if volume is None:
        syringe = None
    gauge = "".join(ch for ch in muscle.needle_gauge.split("-")[0] if ch.isdigit())
    position = next((p for p in BodyPosition if muscle.position.startswith(p)), "")
    return Row(
        muscle=muscle_id,
        side=side,
        syringe_id=syringe.pk if syringe else None,
        volume_ul=volume,
        needle_gauge=int(gauge) if gauge else None,
        needle_um=muscle.needle_lowest_um,
        position=position,
    )


@require_POST
@requires(Permission.PLAN)
def add_row(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """A muscle tapped on the map or chosen from the list becomes a filled row."""
    procedure = find(procedure_id)
    muscle, _sep, side = request.POST.get("muscle_side", "").rpartition(":")
    try:
        default = _default_row(procedure, muscle, side)
        fields = {name: getattr(default, name) for name in Row.__dataclass_fields__}
        injections.add(
            procedure_id=procedure_id,
            row=Row(**{**fields, **map_spot(request)}),
            actor=actor,
            revision=revision_of(request),
            token=uuid_of(request.POST.get("token")),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


def row_changes(post: Mapping[str, str]) -> dict[str, Any]:
    """What was typed in a row, as columns; an empty field clears its column.

    The amount is a plain number: the action knows whether its syringe is counted in mL or units.
    """
    changes: dict[str, Any] = {}
    if "amount" in post:
        text = post["amount"].strip()
        changes["amount"] = amounts.parse_decimal(text, field="amount") if text else None
    for name, column in (
        ("needle", "needle_um"),
        ("depth", "depth_um"),
        ("pleura_depth", "pleura_depth_um"),
    ):
        if name in post:
            text = post[name].strip()
            changes[column] = amounts.parse_mm(text, field=name) if text else None
    for name, column in (
        ("gauge", "needle_gauge"),
        ("sites", "sites"),
        ("angle", "entry_angle_deg"),
    ):
        if name in post:
            value = whole(post[name])
            # Every row has a site and an angle; only the gauge may be unknown.
            if value is not None or column == "needle_gauge":
                changes[column] = value
    for name in ("guidance", "position"):
        if name in post:
            changes[name] = post[name]
    return changes


def syringe_of(request: HttpRequest) -> UUID | None:
    """The syringe that was chosen; nothing is a dry needle, and nonsense is neither."""
    text = request.POST.get("syringe", "")
    chosen = uuid_of(text)
    if text and chosen is None:
        words = gettext("This syringe is not on this tray.")
        raise Refused(words, fields={"syringe": words})
    return chosen


@require_POST
@requires(Permission.PLAN)
def change_row(
    request: HttpRequest, actor: User, procedure_id: UUID, injection_id: UUID
) -> HttpResponse:
    """Change one row; the rules answer in place."""
    try:
        changes = row_changes(words_of(request.POST))
        if "syringe" in request.POST:
            changes["syringe_id"] = syringe_of(request)
        injections.change(
            procedure_id=procedure_id,
            injection_id=injection_id,
            changes=changes,
            actor=actor,
            seen=request.POST.get("seen"),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_POST
@requires(Permission.PLAN)
def remove_row(
    request: HttpRequest, actor: User, procedure_id: UUID, injection_id: UUID
) -> HttpResponse:
    """Take a row off the plan."""
    try:
        injections.remove(
            procedure_id=procedure_id,
            injection_id=injection_id,
            actor=actor,
            seen=request.POST.get("seen"),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


# ── settling the plan ────────────────────────────────────────────────────────────────────────


@require_POST
@requires(Permission.PLAN)
def plan_words(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Why a steroid, and a note on the plan."""
    try:
        procedures.set_plan_words(
            procedure_id=procedure_id,
            steroid_reason=request.POST.get("steroid_reason", ""),
            plan_note=request.POST.get("plan_note", ""),
            actor=actor,
            seen=request.POST.get("seen"),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_POST
@requires(Permission.PLAN)
def lower_limits(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Less than the label allows: a ceiling, and a weight to reckon on."""
    try:
        limits.lower_limits(
            procedure_id=procedure_id,
            ceiling_percent=whole(request.POST.get("ceiling_percent")),
            dosing_weight_kg=request.POST.get("dosing_weight", ""),
            actor=actor,
            seen=request.POST.get("seen"),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return done(request, actor, procedure_id)


@require_POST
@requires(Permission.PLAN)
def settle(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Say that this is the plan."""
    try:
        procedure = procedures.authorise(
            procedure_id=procedure_id, actor=actor, revision=revision_of(request)
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return HttpResponseRedirect(page_of(Step.CONSENT, procedure))


@require_POST
@requires(Permission.PLAN)
def not_injected(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Nothing is injected today, and why."""
    try:
        procedures.mark_not_done(
            procedure_id=procedure_id,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return refused(request, actor, procedure_id, refusal)
    return HttpResponseRedirect(reverse("clinic:note", args=[procedure_id]))
