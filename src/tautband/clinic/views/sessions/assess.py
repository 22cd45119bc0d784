"""What is found: pain, function, trigger points, range of motion."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import (
    AssessmentForm,
    flag,
    whole,
)
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    page_of,
    seen,
    token_input,
    uuid_of,
    words_of,
)
from tautband.clinical import amounts
from tautband.clinical.lifecycle import Step
from tautband.errors import Refused
from tautband.records.actions import assessments, drafts
from tautband.records.actions.assessments import SCALES, Assessment, Spot
from tautband.records.actions.standing import version_of
from tautband.records.models import Procedure, TriggerPoint


def _assessment_initial(procedure: Procedure) -> dict[str, Any]:
    encounter = procedure.encounter
    initial: dict[str, Any] = {name: getattr(encounter, name) for name in SCALES}
    initial |= {name: getattr(encounter, name) for name in ("onset", "pattern", "tried")}
    initial["diagnoses"] = "\n".join(d.get("text", "") for d in encounter.diagnoses)
    return initial


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESS)
def assess(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Pain, function and trigger points."""
    procedure = find(procedure_id)
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.ASSESS,
        template="clinic/sessions/assess.html",
    )
    form = AssessmentForm(initial=_assessment_initial(procedure))
    if request.method == "POST":
        form = AssessmentForm(request.POST)
        form.is_valid()
        try:
            _keep_assessment(form, procedure_id, actor)
        except Refused as refusal:
            page.refusal = refusal
        else:
            drafts.discard(actor=actor, form=Step.ASSESS, subject=procedure.pk)
            return HttpResponseRedirect(page_of(Step.PLAN, procedure))
    else:
        seen(actor, procedure, "session.assess")
        if draft := page.draft():
            form = AssessmentForm(draft)
            page.context |= {"restored": True, "seen": draft.get("seen")}
    return _draw_assess(page, form)


def _keep_assessment(form: AssessmentForm, procedure_id: UUID, actor: User) -> Procedure:
    """Hand what was typed to the action."""
    said = form.data
    scores: dict[str, Any] = {name: whole(said.get(name)) for name in SCALES}
    return assessments.assess(
        procedure_id=procedure_id,
        assessment=Assessment(
            **scores,
            onset=said.get("onset", ""),
            pattern=said.get("pattern", ""),
            tried=said.get("tried", ""),
            diagnoses=[
                {"text": line.strip()}
                for line in said.get("diagnoses", "").splitlines()
                if line.strip()
            ],
        ),
        actor=actor,
        seen=said.get("seen"),
    )


def _draw_assess(
    page: Page, form: AssessmentForm | None = None, *, refused: UUID | None = None
) -> HttpResponse:
    """The page; `refused` is the point or the movement whose fields show what was typed."""
    # Refused, it may have been because somebody else was quicker.
    procedure = page.procedure if page.refusal is None else find(page.procedure.pk)
    encounter, key = procedure.encounter, procedure.pk
    typed = words_of(page.request.POST)
    points = list(encounter.trigger_points.order_by("recorded_at"))
    return page.draw(
        form=form or AssessmentForm(initial=_assessment_initial(page.procedure)),
        seen=page.context.get("seen") or version_of(encounter.assessed_at),
        points=[_point_row(point, typed if point.pk == refused else {}) for point in points],
        typed=typed if page.refusal is not None and refused is None else {},
        refused=refused,
        extra=token_input(),
        token=uuid4(),
        chosen_json=json.dumps(
            [
                {"muscle": p.muscle, "side": p.side, "number": i, "state": "on"}
                for i, p in enumerate(points, 1)
            ]
        ),
        motions=list(encounter.motions.order_by("recorded_at")),
        points_url=reverse("clinic:session_add_point", args=[key]),
        search_url=reverse("clinic:muscle_search"),
    )


def _point_row(point: TriggerPoint, typed: Mapping[str, str]) -> dict[str, Any]:
    readings = " ".join(f"{reading / 10:g}" for reading in point.pressure_readings)
    return {
        "note": typed.get("note", point.note),
        "pk": point.pk,
        "muscle": point.muscle,
        "side": point.side,
        "is_active": point.is_active,
        "readings": typed.get("pressure", readings),
        "sign_rows": [
            {"name": name, "label": label, "value": getattr(point, name)} for name, label in SIGNS
        ],
    }


SIGNS = (
    ("taut_band", gettext_lazy("Taut band")),
    ("tender_spot", gettext_lazy("Tender spot")),
    ("recognised_pain", gettext_lazy("Pain the patient knows")),
    ("referred_pain", gettext_lazy("Referred pain")),
    ("twitch", gettext_lazy("Twitch")),
)


@require_POST
@requires(Permission.ASSESS)
def add_point(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """A trigger point found, from the map or the list."""
    procedure = find(procedure_id)
    muscle, _sep, side = request.POST.get("muscle_side", "").rpartition(":")
    kind = request.POST.get("activity", "")
    signs: dict[str, Any] = {name: flag(request.POST.get(name)) for name, _label in SIGNS}
    try:
        assessments.add_trigger_point(
            procedure_id=procedure_id,
            spot=Spot(
                muscle=muscle,
                side=side,
                is_active={"active": True, "latent": False}.get(kind),
                **signs,
                pressure_readings_tenth=_readings(request.POST.get("pressure", "")),
                **map_spot(request),
            ),
            actor=actor,
            token=uuid_of(request.POST.get("token")),
        )
    except Refused as refusal:
        page = Page(
            request=request, actor=actor, procedure=procedure, step=Step.ASSESS,
            template="clinic/sessions/assess.html", refusal=refusal,
        )  # fmt: skip
        return _draw_assess(page)
    return HttpResponseRedirect(page_of(Step.ASSESS, procedure) + "#points")


@require_POST
@requires(Permission.ASSESS)
def change_point(
    request: HttpRequest, actor: User, procedure_id: UUID, point_id: UUID
) -> HttpResponse:
    """Note the signs of a trigger point, or take it back."""
    procedure = find(procedure_id)
    page = Page(
        request=request, actor=actor, procedure=procedure, step=Step.ASSESS,
        template="clinic/sessions/assess.html",
    )  # fmt: skip
    try:
        if request.POST.get("remove"):
            assessments.remove_trigger_point(
                procedure_id=procedure_id, point_id=point_id, actor=actor
            )
        else:
            assessments.describe_trigger_point(
                procedure_id=procedure_id,
                point_id=point_id,
                is_active={"active": True, "latent": False}.get(request.POST.get("activity", "")),
                signs={name: flag(request.POST.get(name)) for name, _label in SIGNS},
                pressure_readings_tenth=_readings(request.POST.get("pressure", "")),
                note=request.POST.get("note", ""),
                actor=actor,
            )
    except Refused as refusal:
        page.refusal = refusal
        return _draw_assess(page, refused=point_id)
    return HttpResponseRedirect(page_of(Step.ASSESS, procedure) + "#points")


@require_POST
@requires(Permission.ASSESS)
def add_motion(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """How far a joint moves."""
    procedure = find(procedure_id)
    try:
        assessments.record_motion(
            procedure_id=procedure_id,
            movement=request.POST.get("movement", ""),
            side=request.POST.get("side", ""),
            before_deg=whole(request.POST.get("before_deg")),
            after_deg=whole(request.POST.get("after_deg")),
            actor=actor,
            token=uuid_of(request.POST.get("token")),
        )
    except Refused as refusal:
        page = Page(
            request=request, actor=actor, procedure=procedure, step=Step.ASSESS,
            template="clinic/sessions/assess.html", refusal=refusal,
        )  # fmt: skip
        return _draw_assess(page)
    return HttpResponseRedirect(page_of(Step.ASSESS, procedure) + "#motion")


@require_POST
@requires(Permission.ASSESS)
def change_motion(
    request: HttpRequest, actor: User, procedure_id: UUID, motion_id: UUID
) -> HttpResponse:
    """Add how far a joint moves after the needle, correct it, or take it back."""
    procedure = find(procedure_id)
    try:
        if request.POST.get("remove"):
            assessments.remove_motion(procedure_id=procedure_id, motion_id=motion_id, actor=actor)
        else:
            assessments.measure_motion(
                procedure_id=procedure_id,
                motion_id=motion_id,
                before_deg=whole(request.POST.get("before_deg")),
                after_deg=whole(request.POST.get("after_deg")),
                actor=actor,
            )
    except Refused as refusal:
        page = Page(
            request=request, actor=actor, procedure=procedure, step=Step.ASSESS,
            template="clinic/sessions/assess.html", refusal=refusal,
        )  # fmt: skip
        return _draw_assess(page, refused=motion_id)
    return HttpResponseRedirect(page_of(Step.ASSESS, procedure) + "#motion")


def _readings(text: str) -> list[int]:
    parts = [part for part in text.replace(";", " ").split() if part]
    # One more than there may be is enough to be told so.
    return [amounts.parse_amount(part, field="pressure", scale=10) for part in parts[:4]]


def map_spot(request: HttpRequest) -> dict[str, Any]:
    """Where on the map it was tapped, in tenths of a map unit; nothing when chosen by list."""
    view = request.POST.get("map_view", "")
    try:
        x = round(float(request.POST.get("map_x", "")) * 10)
        y = round(float(request.POST.get("map_y", "")) * 10)
    except (ValueError, OverflowError):
        return {}
    if view not in {"front", "back"} or abs(x) > 10_000 or abs(y) > 11_000:
        return {}
    return {
        "map_view": view,
        "map_x_tenth": x,
        "map_y_tenth": y,
        "map_version": request.POST.get("map_version", "")[:16],
    }
