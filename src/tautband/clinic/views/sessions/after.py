"""After the needle: the watch, check answers, sign, amend, entered in error."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic.forms.sessions import RecoveryForm, flag, whole
from tautband.clinic.note import note_of
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
from tautband.clinic.views.sessions.notes import note_page
from tautband.clinical.lifecycle import Step
from tautband.errors import Refused
from tautband.records.actions import drafts, recoveries, signatures
from tautband.records.actions.recoveries import PLAUSIBLE, Seen, Signs, watch_fingerprint
from tautband.records.models import Procedure, Recovery
from tautband.records.queries import drafts as kept
from tautband.records.queries import patients


def _watch(procedure: Procedure) -> Recovery | None:
    return getattr(procedure, "recovery", None)


def _observe_page(
    request: HttpRequest,
    actor: User,
    procedure: Procedure,
    refusal: Refused | None = None,
    form: RecoveryForm | None = None,
) -> HttpResponse:
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.OBSERVE,
        template="clinic/sessions/observe.html",
        refusal=refusal,
    )
    watch = _watch(procedure)
    until = watch.started_at + timedelta(minutes=watch.minimum_minutes) if watch else None
    typed = words_of(request.POST) if refusal is not None else {}
    restored = None if refusal is not None else kept.of(actor, Step.OBSERVE, procedure.pk)
    if form is None and restored is not None:
        form = RecoveryForm(restored)
    initial: dict[str, Any] = {}
    if watch is not None:
        initial = {name: getattr(watch, name) for name in Seen.__dataclass_fields__}
        initial["escort"] = {True: "yes", False: "no"}.get(watch.escort, "")  # type: ignore[arg-type]
    return page.draw(
        form=form or RecoveryForm(initial=initial),
        watch=watch,
        version=(restored.get("version") if restored else None)
        or (watch_fingerprint(watch) if watch else ""),
        typed=typed,
        token=uuid_of(typed.get("token")) or uuid4(),
        until=until,
        time_is_up=until is not None and timezone.now() >= until,
        signs=list(procedure.vital_signs.select_related("recorded_by").order_by("taken_at")),
        incidents=list(procedure.adverse_events.order_by("recorded_at")),
        next_url=page_of(Step.SIGN, procedure),
        can_observe=may(actor, Permission.OBSERVE),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.OBSERVE)
def observe(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """How the patient is, until they may leave."""
    procedure = find(procedure_id)
    if request.method == "GET":
        seen(actor, procedure, "session.observe")
        return _observe_page(request, actor, procedure)
    post = request.POST
    form = RecoveryForm(post)
    form.is_valid()
    try:
        recoveries.observe(
            procedure_id=procedure_id,
            seen=Seen(
                symptoms_asked="symptoms_asked" in post,
                toxicity_symptoms=post.get("toxicity_symptoms", ""),
                chest_symptoms=post.get("chest_symptoms", ""),
                weakness=post.get("weakness", ""),
                pain_at_30_min=whole(post.get("pain_at_30_min")),
                tolerated=post.get("tolerated", ""),
                escort=flag(post.get("escort")),
                note=post.get("note", ""),
            ),
            actor=actor,
            version=post.get("version"),
        )
    except Refused as refusal:
        return _observe_page(request, actor, find(procedure_id), refusal, form)
    drafts.discard(actor=actor, form=Step.OBSERVE, subject=procedure.pk)
    return HttpResponseRedirect(page_of(Step.OBSERVE, procedure))


@require_POST
@requires(Permission.OBSERVE)
def vital_signs(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """One set of vital signs."""
    procedure = find(procedure_id)
    try:
        recoveries.take_vital_signs(
            procedure_id=procedure_id,
            signs=Signs(**{name: whole(request.POST.get(name)) for name in PLAUSIBLE}),
            taken_at=moment_of(request, "taken_at"),
            token=uuid_of(request.POST.get("token")),
            actor=actor,
        )
    except Refused as refusal:
        return _observe_page(request, actor, procedure, refusal)
    return HttpResponseRedirect(page_of(Step.OBSERVE, procedure) + "#signs")


@require_POST
@requires(Permission.OBSERVE)
def let_leave(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The patient may leave."""
    procedure = find(procedure_id)
    try:
        if kept.of(actor, Step.OBSERVE, procedure.pk) is not None:
            # The button stands beside a form with words in it that are not on record yet.
            raise Refused(_("What you wrote about the patient is not kept yet. Keep it first."))
        recoveries.let_leave(
            procedure_id=procedure_id,
            early_reason=request.POST.get("early_reason", ""),
            left_at=moment_of(request, "left_at"),
            actor=actor,
        )
    except Refused as refusal:
        return _observe_page(request, actor, procedure, refusal)
    step = Step.SIGN if may(actor, Permission.SIGN) else Step.OBSERVE
    return HttpResponseRedirect(page_of(step, procedure))


def _check_page(
    request: HttpRequest, actor: User, procedure: Procedure, refusal: Refused | None = None
) -> HttpResponse:
    page = Page(
        request=request,
        actor=actor,
        procedure=procedure,
        step=Step.SIGN,
        template="clinic/sessions/check.html",
        refusal=refusal,
    )
    reviewed = page.review()
    gaps = [
        {"url": page_of(Step(step), procedure), "words": words}
        for step, words in signatures.missing(procedure)
    ]
    written = request.POST if refusal is not None else page.draft()
    return page.draw(
        reviewed,
        note=note_of(procedure, reviewed),
        aftercare=written.get("aftercare_note") if written else procedure.aftercare_note,
        gaps=gaps,
        can_sign=may(actor, Permission.SIGN) and not gaps,
        incidents=list(procedure.adverse_events.order_by("recorded_at")),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_RECORD)
def check_answers(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Everything once more, then the signature."""
    procedure = find(procedure_id)
    if request.method == "GET":
        seen(actor, procedure, "session.check-answers")
        return _check_page(request, actor, procedure)
    try:
        signatures.sign(
            procedure_id=procedure_id,
            aftercare_note=request.POST.get("aftercare_note", ""),
            actor=actor,
            revision=revision_of(request),
        )
    except Refused as refusal:
        return _check_page(request, actor, find(procedure_id), refusal)
    drafts.discard(actor=actor, form=Step.SIGN, subject=procedure.pk)
    return HttpResponseRedirect(reverse("clinic:note", args=[procedure_id]))


@require_POST
@requires(Permission.SIGN)
def amend(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Begin a new version of a signed sitting."""
    try:
        version = signatures.amend(
            procedure_id=procedure_id, reason=request.POST.get("reason", ""), actor=actor
        )
    except Refused as refusal:
        return note_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(reverse("clinic:session_inject", args=[version.pk]))


@require_POST
@requires(Permission.SIGN)
def mark_in_error(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Wrong patient, or it never happened."""
    try:
        signatures.mark_in_error(
            procedure_id=procedure_id, reason=request.POST.get("reason", ""), actor=actor
        )
    except Refused as refusal:
        return note_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(reverse("clinic:note", args=[procedure_id]))


@require_POST
@requires(Permission.SIGN)
def on_right_patient(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """Begin the same sitting again on the right patient, found by number."""
    try:
        patient = patients.by_number(request.POST.get("number", ""))
        if patient is None:
            words = _("Nobody here has this number.")
            raise Refused(words, fields={"number": words})
        target = signatures.record_on_right_patient(
            procedure_id=procedure_id, patient_id=patient.pk, actor=actor
        )
    except Refused as refusal:
        return note_page(request, actor, find(procedure_id), refusal)
    return HttpResponseRedirect(reverse("clinic:session_inject", args=[target.pk]))
