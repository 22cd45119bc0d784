"""The needle itself: begin, what happened at each row, a muscle added, the end."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import (
    PastStartForm,
    StartForm,
    whole,
)
from tautband.clinic.templatetags.sessions import bare
from tautband.clinic.views.sessions import tray
from tautband.clinic.views.sessions.frame import (
    Page,
    find,
    moment_of,
    page_of,
    revision_of,
    seen,
    uuid_of,
    words_of,
)
from tautband.clinic.views.sessions.plan import NOT_DONE_WORDS, OVERRIDE_WORDS
from tautband.clinical import anatomy
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import LungRisk
from tautband.design.languages import said
from tautband.errors import Refused
from tautband.records.actions import procedures
from tautband.records.actions.rows import given_fingerprint
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.queries import drafts as kept
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


def _refusal_in_words(refusal: Refused) -> str:
    return " ".join(map(said, refusal.fields.values())) or said(refusal.message)


def _said(row: tray.RowView) -> dict[str, str]:
    """What the form of a row shows: what was recorded, and before that what was planned."""
    held = row.injection
    numbers = {
        "passes": held.passes,
        "pain_before": held.pain_before,
        "pain_after": held.pain_after,
    }
    return {
        "seen": given_fingerprint(held),
        "amount": row.amount,
        "amount_unknown": "yes"
        if held.status == InjectionStatus.GIVEN and held.syringe_id and not row.amount
        else "",
        "depth": bare(held.given_depth_um or held.depth_um, 1000),
        "aspiration": held.aspiration,
        "twitch": FLAGS[held.twitch],
        "crunch": FLAGS[held.crunch],
        "released": FLAGS[held.released],
        "complication": held.complication,
        "given_at": f"{timezone.localtime(held.given_at):%Y-%m-%dT%H:%M}" if held.given_at else "",
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
        and sittings.standing_time_out(procedure) is not None
    )
    typed_in: dict[UUID, Mapping[str, str]] = {}
    if at is not None:
        typed_in[at] = typed
    elif refusal is None:
        typed_in |= kept.of_many(actor, "injection", [row.injection.pk for row in rows])
    open_rows = sum(1 for row in rows if row.injection.status == InjectionStatus.PLANNED)
    return page.draw(
        reviewed,
        cards=cards,
        rows=[(row, {**_said(row), **typed_in.get(row.injection.pk, {})}) for row in rows],
        row_error=" ".join(map(said, refusal.fields.values())) or said(refusal.message)
        if refusal
        else "",
        drafted=set(typed_in),
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
        start_form=StartForm(typed if "skin_preparation" in typed else None),
        past_form=PastStartForm(typed if "skin_preparation" in typed else None, auto_id="past_%s"),
        clinicians=people.clinicians(),
        everyone=people.clinicians_ever(),
        operator_id=uuid_of(typed.get("operator")) or actor.pk,
        supervisor_id=uuid_of(typed.get("supervisor")),
        nothing_given=not any(row.injection.status == InjectionStatus.GIVEN for row in rows),
        not_done_reasons=NOT_DONE_WORDS,
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
    post = request.POST
    past = post.get("already_happened") == "yes"
    try:
        procedures.start(
            procedure_id=procedure_id,
            operator=_clinician(post.get("operator", ""), "operator", past=past) or actor,
            supervisor=_clinician(post.get("supervisor", ""), "supervisor", past=past),
            position=post.get("position", ""),
            skin_preparation=post.get("skin_preparation", ""),
            started_at=moment_of(request, "started_at"),
            already_happened=past,
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(page_of(Step.INJECT, procedure))


def _clinician(chosen: str, field: str, *, past: bool) -> User | None:
    """Who was chosen, nobody where nothing was; a name that is none is never taken for another."""
    if not chosen:
        return None
    offered = people.clinicians_ever() if past else people.clinicians()
    found = next((person for person in offered if str(person.pk) == chosen), None)
    if found is None:
        words = _("Choose a clinician who works here.")
        raise Refused(words, fields={field: words})
    return found


@require_POST
@requires(Permission.INJECT)
def finish(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Needles counted; the watch begins."""
    procedure = find(procedure_id)
    try:
        procedures.finish(
            procedure_id=procedure_id,
            needles_opened=whole(request.POST.get("opened")),
            needles_disposed=whole(request.POST.get("disposed")),
            not_counted="not_counted" in request.POST,
            ended_at=moment_of(request, "ended_at") if procedure.is_history else None,
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return inject_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(page_of(Step.OBSERVE, procedure))
