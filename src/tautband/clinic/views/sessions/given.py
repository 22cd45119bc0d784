"""What happened at each row, a muscle added on the table, and the stop between two sides."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import flag, whole
from tautband.clinic.views.sessions.frame import (
    find,
    moment_of,
    page_of,
    revision_of,
    uuid_of,
    words_of,
)
from tautband.clinic.views.sessions.inject import inject_page
from tautband.clinic.views.sessions.plan import row_changes, syringe_of
from tautband.clinical import amounts
from tautband.clinical.lifecycle import Step
from tautband.errors import Refused
from tautband.records.actions import drafts, injections, stop_and_ask
from tautband.records.actions.injections import Given
from tautband.records.actions.rows import Row


def _amounts(request: HttpRequest, *, in_units: bool) -> dict[str, Any]:
    text = request.POST.get("amount", "").strip()
    if not text:
        return {"volume_ul": None, "units_centi": None}
    if in_units:
        return {"volume_ul": None, "units_centi": amounts.parse_units(text, field="amount")}
    return {"volume_ul": amounts.parse_ml(text, field="amount"), "units_centi": None}


def _given(request: HttpRequest, **amount: Any) -> Given:
    """What was ticked and typed about one row."""
    post = request.POST
    depth = post.get("depth", "").strip()
    return Given(
        **amount,
        amount_unknown="amount_unknown" in post,
        depth_um=amounts.parse_mm(depth) if depth else None,
        passes=whole(post.get("passes")),
        aspiration=post.get("aspiration", ""),
        twitch=flag(post.get("twitch")),
        crunch=flag(post.get("crunch")),
        released=flag(post.get("released")),
        pain_before=whole(post.get("pain_before")),
        pain_after=whole(post.get("pain_after")),
        complication=post.get("complication", ""),
        given_at=moment_of(request, "given_at"),
    )


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
                seen=post.get("seen"),
            )
        else:
            amount = _amounts(request, in_units=post.get("unit") == "units")
            injections.record_given(
                procedure_id=procedure_id,
                injection_id=injection_id,
                given=_given(request, **amount),
                actor=actor,
                seen=post.get("seen"),
            )
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal, at=injection_id)
    drafts.discard(actor=actor, form="injection", subject=injection_id)
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
                syringe_id=syringe_of(request),
                **{**row_changes(words_of(post)), "guidance": post.get("guidance", "")},
            ),
            verbal_consent="verbal_consent" in post,
            # It went in before anybody could ask the rules: then it is only written down.
            given=_given(request) if "already_in" in post else None,
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
    """Asked between the two sides: no new breathlessness, cough or chest pain, or which."""
    post = request.POST
    try:
        if post.get("answer") == "symptoms":
            stop_and_ask.symptoms(
                procedure_id=procedure_id, words=post.get("symptoms", ""), actor=actor
            )
        else:
            stop_and_ask.no_symptoms(procedure_id=procedure_id, actor=actor)
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(reverse("clinic:session_inject", args=[procedure_id]))
