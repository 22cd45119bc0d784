"""What the patient agrees to, and the stop before the needle."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import (
    ConsentForm,
    TimeOutForm,
    flag,
)
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    page_of,
    revision_of,
    seen,
)
from tautband.clinic.views.sessions.plan import OVERRIDE_WORDS
from tautband.clinical.findings import Gate
from tautband.clinical.lifecycle import Step
from tautband.clinical.risks import risks_of
from tautband.errors import Refused
from tautband.records.actions import consents, drafts, time_outs
from tautband.records.actions.consents import Asked
from tautband.records.actions.time_outs import ReadAloud
from tautband.records.checks import Review
from tautband.records.facts import ReadBack
from tautband.records.models import Procedure
from tautband.records.queries import procedures as sittings


def _page(
    request: HttpRequest, actor: User, procedure: Procedure, step: Step, template: str
) -> Page:
    return Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=step,
        template=f"clinic/sessions/{template}.html",
    )


def _summary(procedure: Procedure, review: Review) -> dict[str, Any]:
    """Rows and syringes as read back to the patient and aloud."""
    cards = tray.cards_of(review)
    rows = tray.rows_of(review, cards)
    return {
        "cards": cards,
        "rows": rows,
        "every_finding": tray.everything(review, rows),
        "totals": tray.totals(review),
        "override_reasons": OVERRIDE_WORDS,
    }


# ── consent ──────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_RECORD)
def consent(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """What this plan may do, said aloud, and what the patient answers."""
    procedure = find(procedure_id)
    page = _page(request, actor, procedure, Step.CONSENT, "consent")
    form = ConsentForm()
    named: list[str] = []
    reviewed = page.review()
    risks = risks_of(reviewed.facts.session)
    if request.method == "POST":
        form = ConsentForm(request.POST)
        form.is_valid()
        named = request.POST.getlist("risks")[:40]
        try:
            consents.take(
                procedure_id=procedure_id,
                asked=_asked(request, [r.words for r in risks if r.id in named]),
                actor=actor,
                revision=revision_of(request),
            )
        except Refused as refusal:
            page.refusal = refusal
        else:
            drafts.discard(actor=actor, form=Step.CONSENT, subject=procedure.pk)
            return HttpResponseRedirect(page_of(Step.TIME_OUT, procedure))
    else:
        seen(actor, procedure, "session.consent")
        if draft := page.draft():
            form, named = ConsentForm(draft), [str(risk) for risk in draft.getlist("risks")]
            page.context["restored"] = True
    return page.draw(
        reviewed,
        form=form,
        risks=risks,
        named=named,
        off_label=any(risk.when == "off-label" for risk in risks),
        chaperone_advised=_wants_chaperone(procedure),
        standing=sittings.standing_consent(procedure),
        latest=sittings.latest_consent(procedure),
        can_take=may(actor, Permission.TAKE_CONSENT) and procedure.planned_at is not None,
        next_url=page_of(Step.TIME_OUT, procedure),
        **_summary(procedure, reviewed),
    )


# Muscles where the patient is touched in an intimate place: the chest, the buttock, the pelvis.
INTIMATE = (
    "pectoralis",
    "gluteus",
    "levator_ani",
    "coccygeus",
    "piriformis",
    "adductor",
    "obturator",
)


def _wants_chaperone(procedure: Procedure) -> bool:
    muscles = procedure.injections.values_list("muscle", flat=True)
    return any(muscle.startswith(INTIMATE) for muscle in muscles)


def _asked(request: HttpRequest, named: Sequence[str]) -> Asked:
    post = request.POST
    return Asked(
        agreed=post.get("answer") == "agreed",
        given_by=post.get("given_by", ""),
        has_capacity=flag(post.get("has_capacity")),
        mode=post.get("mode", ""),
        alternatives_discussed="alternatives_discussed" in post,
        risks_named=named,
        off_label_named="off_label_named" in post if "off_label_asked" in post else None,
        trainee_named=flag(post.get("trainee_named")),
        proxy_name=post.get("proxy_name", ""),
        proxy_authority=post.get("proxy_authority", ""),
        interpreter=post.get("interpreter", ""),
        chaperone=post.get("chaperone", ""),
        note=post.get("note", ""),
    )


@require_POST
@requires(Permission.VIEW_RECORD)
def withdraw(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The patient no longer agrees."""
    procedure = find(procedure_id)
    try:
        consents.withdraw(
            procedure_id=procedure_id, reason=request.POST.get("reason", ""), actor=actor
        )
    except Refused as refusal:
        page = _page(request, actor, procedure, Step.CONSENT, "consent")
        page.refusal = refusal
        reviewed = page.review()
        return page.draw(
            reviewed,
            form=ConsentForm(),
            risks=risks_of(reviewed.facts.session),
            **_summary(procedure, reviewed),
        )
    return HttpResponseRedirect(page_of(Step.CONSENT, procedure))


# ── time-out ─────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_RECORD)
def time_out(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Everything read back aloud; every rule runs once more."""
    procedure = find(procedure_id)
    page = _page(request, actor, procedure, Step.TIME_OUT, "time_out")
    form = TimeOutForm()
    if request.method == "POST":
        form = TimeOutForm(request.POST)
        form.is_valid()
        post = request.POST
        try:
            time_outs.take(
                procedure_id=procedure_id,
                read=ReadAloud(
                    identifiers=post.getlist("identifiers"),
                    sides="sides" in post,
                    labels="labels" in post,
                    allergies="allergies" in post,
                    resuscitation="resuscitation" in post,
                    lipid_in_date="lipid_in_date" in post,
                ),
                actor=actor,
                revision=revision_of(request),
            )
        except Refused as refusal:
            page.refusal = refusal
        else:
            return HttpResponseRedirect(page_of(Step.INJECT, procedure))
    else:
        seen(actor, procedure, "session.time-out")
    # Consent is known here; equipment and identity are what this page is about to ask.
    page.said = ReadBack(
        consent=sittings.standing_consent(procedure) is not None,
        identity_confirmed=True,
        resuscitation=True,
    )
    reviewed = page.review()
    return page.draw(
        reviewed,
        form=form,
        waiting=len(reviewed.waiting([Gate.PLAN, Gate.TIME_OUT])),
        stopping=len(reviewed.stopping([Gate.PLAN, Gate.TIME_OUT])),
        standing=sittings.standing_consent(procedure),
        can_take=may(actor, Permission.TIME_OUT) and procedure.planned_at is not None,
        latest=sittings.latest_time_out(procedure),
        next_url=page_of(Step.INJECT, procedure),
        **_summary(procedure, reviewed),
    )
