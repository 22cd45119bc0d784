"""The needle itself: begin, what happened at each row, a muscle added, the end."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import (
    PastStartForm,
    StartForm,
    flag,
    whole,
)
from tautband.clinic.templatetags.sessions import bare
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    page_of,
    revision_of,
    seen,
    uuid_of,
    words_of,
)
from tautband.clinic.views.sessions.plan import OVERRIDE_WORDS, row_changes
from tautband.clinical import amounts, anatomy
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import LungRisk
from tautband.errors import Refused
from tautband.records.actions import injections, procedures, stop_and_ask
from tautband.records.actions.injections import Given
from tautband.records.actions.rows import Row
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.queries import people
from tautband.records.queries import procedures as sittings


def _second_side(procedure: Procedure) -> bool:
    """Whether rows over the lung remain on a side not begun, after rows on the other side."""
    sides: dict[str, set[str]] = {"given": set(), "planned": set()}
    for row in procedure.injections.all():
        if anatomy.muscle(row.muscle).lung_risk is LungRisk.HIGH and row.status in sides:
            sides[row.status].add(row.side)
    return bool(sides["given"]) and bool(sides["planned"] - sides["given"])


FLAGS = {True: "yes", False: "no", None: ""}


def _said(row: tray.RowView) -> dict[str, str]:
    """What the form of a row shows: what was recorded, and before that what was planned."""
    held = row.injection
    numbers = {
        "passes": held.passes,
        "pain_before": held.pain_before,
        "pain_after": held.pain_after,
    }
    return {
        "amount": row.amount,
        "depth": bare(held.given_depth_um or held.depth_um, 1000),
        "aspiration": held.aspiration,
        "twitch": FLAGS[held.twitch],
        "crunch": FLAGS[held.crunch],
        "released": FLAGS[held.released],
        "complication": held.complication,
        "reason": held.not_given_reason,
        **{name: "" if number is None else str(number) for name, number in numbers.items()},
    }


def inject_page(
    request: HttpRequest,
    actor: User,
    procedure: Procedure,
    refusal: Refused | None = None,
    *,
    at: UUID | None = None,
) -> HttpResponse:
    """The rows with what really happened, or how to begin; `at` is the row that was refused."""
    typed: Mapping[str, str] = words_of(request.POST) if refusal is not None else {}
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.INJECT,
        template="clinic/sessions/inject.html",
    )
    page.refusal = refusal
    reviewed = page.review()
    cards = tray.cards_of(reviewed)
    rows = tray.rows_of(reviewed, cards, given=True)
    second = _second_side(procedure) and procedure.second_lung_side_confirmed_at is None
    ready = (
        procedure.planned_at is not None
        and sittings.standing_consent(procedure) is not None
        and procedure.time_outs.filter(plan_fingerprint=procedure.plan_fingerprint).exists()
    )
    open_rows = sum(1 for row in rows if row.injection.status == InjectionStatus.PLANNED)
    return page.draw(
        reviewed,
        cards=cards,
        rows=[
            (row, {**_said(row), **typed} if row.injection.pk == at else _said(row)) for row in rows
        ],
        shared=tray.shared(reviewed, rows),
        override_reasons=OVERRIDE_WORDS,
        can_record=may(actor, Permission.INJECT) and not procedure.signed_at,
        refused_row=at,
        typed=typed,
        added=typed if "muscle_side" in typed else {},
        totals=tray.totals(reviewed),
        ready=ready,
        second_side=second,
        open_rows=open_rows,
        done_rows=len(rows) - open_rows,
        start_form=StartForm(typed or None),
        past_form=PastStartForm(typed or None),
        clinicians=people.clinicians(),
        operator_id=uuid_of(typed.get("operator")) or actor.pk,
        token=uuid4(),
        numbers=range(11),
        incidents=list(procedure.adverse_events.order_by("recorded_at")),
        now=timezone.localtime(),
        next_url=page_of(Step.OBSERVE, procedure),
    )


@require_http_methods(["GET"])
@requires(Permission.VIEW_RECORD)
def inject(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """What is being injected now."""
    procedure = find(procedure_id)
    seen(actor, procedure, "session.inject")
    return inject_page(request, actor, procedure)


@require_POST
@requires(Permission.INJECT)
def start(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Begin, or write up what has already happened."""
    procedure = find(procedure_id)
    past = request.POST.get("already_happened") == "yes"
    form = PastStartForm(request.POST) if past else StartForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(
                _("This day and time cannot be read."),
                fields={"started_at": _("Enter a day and a time.")},
            )
        procedures.start(
            procedure_id=procedure_id,
            operator=people.clinician(uuid_of(request.POST.get("operator")) or actor.pk) or actor,
            supervisor=people.clinician(supervisor)
            if (supervisor := uuid_of(request.POST.get("supervisor")))
            else None,
            position=form.cleaned_data["position"],
            skin_preparation=form.cleaned_data["skin_preparation"],
            started_at=form.cleaned_data.get("started_at"),
            already_happened=past,
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return inject_page(request, actor, procedure, refusal)
    return HttpResponseRedirect(page_of(Step.INJECT, procedure))


def _amounts(request: HttpRequest, *, in_units: bool) -> dict[str, Any]:
    text = request.POST.get("amount", "").strip()
    if not text:
        return {"volume_ul": None, "units_centi": None}
    if in_units:
        return {"volume_ul": None, "units_centi": amounts.parse_units(text)}
    return {"volume_ul": amounts.parse_ml(text), "units_centi": None}


@require_POST
@requires(Permission.INJECT)
def give(request: HttpRequest, actor: User, procedure_id: UUID, injection_id: UUID) -> HttpResponse:
    """What really happened at one row: given as it was, or not given and why."""
    procedure = find(procedure_id)
    post = request.POST
    try:
        if post.get("what") == "not-given":
            injections.record_not_given(
                procedure_id=procedure_id,
                injection_id=injection_id,
                reason=post.get("reason", ""),
                actor=actor,
                revision=revision_of(request),
            )
        else:
            depth = post.get("depth", "").strip()
            injections.record_given(
                procedure_id=procedure_id,
                injection_id=injection_id,
                given=Given(
                    **_amounts(request, in_units=post.get("unit") == "units"),
                    depth_um=amounts.parse_mm(depth) if depth else None,
                    passes=whole(post.get("passes")),
                    aspiration=post.get("aspiration", ""),
                    twitch=flag(post.get("twitch")),
                    crunch=flag(post.get("crunch")),
                    released=flag(post.get("released")),
                    pain_before=whole(post.get("pain_before")),
                    pain_after=whole(post.get("pain_after")),
                    complication=post.get("complication", ""),
                ),
                actor=actor,
                revision=revision_of(request),
            )
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal, at=injection_id)
    return HttpResponseRedirect(page_of(Step.INJECT, procedure) + f"#row-{injection_id}")


@require_POST
@requires(Permission.INJECT)
def add_on_table(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """A muscle added while the patient lies on the table."""
    procedure = find(procedure_id)
    post = request.POST
    muscle, _sep, side = post.get("muscle_side", "").rpartition(":")
    try:
        injections.add_on_table(
            procedure_id=procedure_id,
            row=Row(
                muscle=muscle,
                side=side,
                syringe_id=uuid_of(post.get("syringe")),
                **{**row_changes(words_of(post)), "guidance": post.get("guidance", "")},
            ),
            verbal_consent="verbal_consent" in post,
            actor=actor,
            revision=revision_of(request),
            token=uuid_of(post.get("token")),
        )
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(page_of(Step.INJECT, procedure))


@require_POST
@requires(Permission.INJECT)
def second_side(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Asked between the two sides: no new breathlessness, cough or chest pain."""
    procedure = find(procedure_id)
    try:
        stop_and_ask.no_symptoms(procedure_id=procedure_id, actor=actor)
    except Refused as refusal:
        return inject_page(request, actor, procedure, refusal)
    return HttpResponseRedirect(reverse("clinic:session_inject", args=[procedure_id]))


@require_POST
@requires(Permission.INJECT)
def finish(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Needles counted; the watch begins."""
    procedure = find(procedure_id)
    opened, disposed = whole(request.POST.get("opened")), whole(request.POST.get("disposed"))
    try:
        procedures.finish(
            procedure_id=procedure_id,
            needles_opened=-1 if opened is None else opened,
            needles_disposed=-1 if disposed is None else disposed,
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return inject_page(request, actor, procedure, refusal)
    return HttpResponseRedirect(page_of(Step.OBSERVE, procedure))
