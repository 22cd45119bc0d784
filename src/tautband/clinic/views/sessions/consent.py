"""What the patient agrees to, and the stop before the needle."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
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
    basis_of,
    find,
    moment_of,
    page_of,
    revision_of,
    seen,
    uuid_of,
    words_of,
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
from tautband.records.facts import ReadBack, facts_of
from tautband.records.models import Procedure
from tautband.records.queries import people
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
    if request.method == "GET":
        seen(actor, procedure, "session.consent")
        return _consent_page(request, actor, procedure)
    named = request.POST.getlist("risks")
    facts = facts_of(procedure, basis=basis_of(procedure), now=timezone.now())
    try:
        consents.take(
            procedure_id=procedure_id,
            asked=_asked(request, [r.words for r in risks_of(facts.session) if r.id in named]),
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return _consent_page(request, actor, find(procedure_id), refusal)
    drafts.discard(actor=actor, form=Step.CONSENT, subject=procedure.pk)
    return HttpResponseRedirect(page_of(Step.TIME_OUT, procedure))


def _consent_page(
    request: HttpRequest, actor: User, procedure: Procedure, refusal: Refused | None = None
) -> HttpResponse:
    """The plan in words, what it may do, and how the patient answers."""
    page = _page(request, actor, procedure, Step.CONSENT, "consent")
    page.refusal = refusal
    form, named = ConsentForm(), list[str]()
    fields = request.POST if refusal is not None else page.draft()
    if fields is not None:
        form, named = ConsentForm(fields), [str(risk) for risk in fields.getlist("risks")]
        form.is_valid()
        page.context["restored"] = refusal is None
    reviewed = page.review()
    risks = risks_of(reviewed.facts.session)
    settled = procedure.planned_at is not None
    return page.draw(
        reviewed,
        form=form,
        risks=risks,
        named=named,
        off_label=any(risk.when == "off-label" for risk in risks),
        chaperone_advised=sittings.asks_for_chaperone(procedure),
        standing=sittings.standing_consent(procedure),
        latest=sittings.latest_consent(procedure),
        can_take=may(actor, Permission.TAKE_CONSENT) and (settled or procedure.is_history),
        next_url=page_of(Step.TIME_OUT, procedure),
        typed=words_of(request.POST) if refusal is not None else {},
        **_summary(procedure, reviewed),
    )


def _asked(request: HttpRequest, named: Sequence[str]) -> Asked:
    post = request.POST
    return Asked(
        # Neither button pressed is neither answer.
        agreed={"agreed": True, "declined": False}.get(post.get("answer", "")),
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
        taken_at=moment_of(request, "taken_at"),
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
        return _consent_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(page_of(Step.CONSENT, procedure))


# ── time-out ─────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_RECORD)
def time_out(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Everything read back aloud; every rule runs once more."""
    procedure = find(procedure_id)
    if request.method == "GET":
        seen(actor, procedure, "session.time-out")
        return time_out_page(request, actor, procedure)
    try:
        time_outs.take(
            procedure_id=procedure_id,
            read=_read_aloud(request),
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        form = TimeOutForm(request.POST)
        form.is_valid()
        return time_out_page(request, actor, find(procedure_id), refusal, form)
    return HttpResponseRedirect(page_of(Step.INJECT, procedure))


def _read_aloud(request: HttpRequest) -> ReadAloud:
    post = request.POST
    witness = post.get("witness", "")
    heard = people.at_the_bedside(uuid_of(witness))
    if witness and heard is None:
        words = _("Choose somebody who works here.")
        raise Refused(words, fields={"witness": words})
    return ReadAloud(
        identifiers=post.getlist("identifiers"),
        sides="sides" in post,
        labels="labels" in post,
        allergies="allergies" in post,
        resuscitation="resuscitation" in post,
        lipid_in_date="lipid_in_date" in post,
        witness=heard,
        taken_at=moment_of(request, "taken_at"),
    )


def time_out_page(
    request: HttpRequest,
    actor: User,
    procedure: Procedure,
    refusal: Refused | None = None,
    form: TimeOutForm | None = None,
) -> HttpResponse:
    """What is read back, what the rules say, and the ticks."""
    page = _page(request, actor, procedure, Step.TIME_OUT, "time_out")
    page.refusal = refusal
    # Consent is known here; identity is what this page is about to ask. Equipment too, until
    # somebody said that it is missing: then a senior must be able to see and answer that.
    standing = sittings.standing_consent(procedure)
    page.said = ReadBack(
        consent=standing is not None,
        identity_confirmed=True,
        resuscitation=form is None
        or ("resuscitation" in form.data and "lipid_in_date" in form.data),
    )
    reviewed = page.review()
    settled = procedure.planned_at is not None and procedure.started_at is None
    return page.draw(
        reviewed,
        form=form or TimeOutForm(),
        waiting=len(reviewed.waiting([Gate.PLAN, Gate.TIME_OUT])),
        stopping=len(reviewed.stopping([Gate.PLAN, Gate.TIME_OUT])),
        standing=standing,
        can_take=may(actor, Permission.TIME_OUT) and (settled or procedure.is_history),
        latest=sittings.latest_time_out(procedure),
        witnesses=[each for each in people.bedside() if each != actor],
        witness_id=uuid_of(form.data.get("witness")) if form is not None else None,
        next_url=page_of(Step.INJECT, procedure),
        typed=words_of(request.POST) if refusal is not None else {},
        **_summary(procedure, reviewed),
    )
