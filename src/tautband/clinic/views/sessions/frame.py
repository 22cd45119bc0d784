"""What every page of a session shares: who lies there, which step it is, what the rules say."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tautband.accounts.access import Permission, permissions_of
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic import paper
from tautband.clinic.banner import sitting_banner
from tautband.clinic.templatetags.sessions import bare
from tautband.clinical.facts import SessionFacts
from tautband.clinical.lifecycle import ProcedureStatus, Step, step_of
from tautband.design.languages import said
from tautband.errors import NotAllowed, Refused, Stale
from tautband.records.checks import Review, review, said_of
from tautband.records.facts import Basis, ReadBack
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import drafts, procedures
from tautband.records.queries.progress import milestones

LABELS = {
    Step.ARRIVE: _("Arrive"),
    Step.ASK: _("Ask today"),
    Step.ASSESS: _("Assess"),
    Step.PLAN: _("Plan"),
    Step.CONSENT: _("Consent"),
    Step.TIME_OUT: _("Time-out"),
    Step.INJECT: _("Inject"),
    Step.OBSERVE: _("Observe"),
    Step.SIGN: _("Sign"),
}

PAGES = {
    Step.ARRIVE: "clinic:session_arrive",
    Step.ASK: "clinic:session_ask",
    Step.ASSESS: "clinic:session_assess",
    Step.PLAN: "clinic:session_plan",
    Step.CONSENT: "clinic:session_consent",
    Step.TIME_OUT: "clinic:session_time_out",
    Step.INJECT: "clinic:session_inject",
    Step.OBSERVE: "clinic:session_observe",
    Step.SIGN: "clinic:session_check",
}


#: What it takes to open each of them.
OPENS = {
    Step.ARRIVE: Permission.RECEIVE,
    Step.ASK: Permission.ASK,
    Step.ASSESS: Permission.ASSESS,
    Step.OBSERVE: Permission.OBSERVE,
}


def find(procedure_id: UUID) -> Procedure:
    """The sitting, or a plain "not found" that tells nothing."""
    try:
        return procedures.find(procedure_id)
    except Refused as refusal:
        raise Http404 from refusal


def page_of(step: Step, procedure: Procedure) -> str:
    """Where a step of this sitting is done."""
    return reverse(PAGES[step], args=[procedure.pk])


def current_page(procedure: Procedure) -> str:
    """Where this sitting goes on; a closed one shows its note."""
    if procedure.status in {ProcedureStatus.PREPARATION, ProcedureStatus.IN_PROGRESS}:
        step = step_of(milestones(procedure)).current
        if step is Step.ASK and procedure.encounter.weight_id is None:
            # Somebody asked who it is; the weight that today's doses hang on is still to come.
            step = Step.ARRIVE
        if step is not None:
            return page_of(step, procedure)
    return reverse("clinic:note", args=[procedure.pk])


def basis_of(procedure: Procedure) -> Basis:
    """Before the needle the plan counts; after it, what was given and what remains."""
    return Basis.PLAN if procedure.started_at is None else Basis.TABLE


@dataclass(kw_only=True)
class Page:
    """One page of a session, drawn the same way whether it is fresh or was refused."""

    request: HttpRequest
    actor: User
    procedure: Procedure
    step: Step
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    refusal: Refused | None = None
    said: ReadBack | None = None
    # Only a piece that htmx puts in place of another: nothing stands around it.
    piece: bool = False

    def review(self) -> Review:
        """What the rules say of the sitting now."""
        said = self.said or said_of(self.procedure)
        return review(self.procedure, basis=basis_of(self.procedure), now=timezone.now(), said=said)

    def draft(self) -> QueryDict | None:
        """What this person was typing here when they were last interrupted."""
        return drafts.of(self.actor, self.step, self.procedure.pk)

    def draw(self, reviewed: Review | None = None, **more: Any) -> HttpResponse:
        """The page, with status 200, or what the refusal asks for."""
        reviewed = reviewed or self.review()
        if self.refusal is not None:
            # Refused or not, the page shows the record, and whoever sees it stands in the trail.
            seen(self.actor, self.procedure, f"session.{self.step}")
            place(more.get("form"), self.refusal)
        held = {str(permission) for permission in permissions_of(self.actor)}
        context = {
            "procedure": self.procedure,
            "encounter": self.procedure.encounter,
            "patient": self.procedure.patient,
            "step": self.step,
            "review": reviewed,
            "ledger": reviewed.check.ledger,
            "refusal": self.refusal,
            "errors": error_lines(self.refusal),
            "held": held,
            "answer_url": reverse("clinic:session_answer_finding", args=[self.procedure.pk]),
            **({} if self.piece else self._around(reviewed, held)),
            **self.context,
            **more,
        }
        return render(self.request, self.template, context, status=status_of(self.refusal))

    def _around(self, reviewed: Review, held: set[str]) -> dict[str, Any]:
        facts = reviewed.facts.session
        whole = Permission.VIEW_RECORD in held
        return {
            "steps": self._steps(step_of(milestones(self.procedure)).done, held),
            "banner": sitting_banner(self.procedure, facts, whole=whole),
            "emergency_url": emergency_url(facts.patient.weight_g if whole else None),
            "draft_url": reverse("clinic:draft", args=[str(self.step), self.procedure.pk]),
        }

    def _steps(self, done: frozenset[Step], held: set[str]) -> list[dict[str, Any]]:
        return [
            {
                "label": LABELS[step],
                "url": page_of(step, self.procedure)
                if OPENS.get(step, Permission.VIEW_RECORD) in held
                else "",
                "state": "now" if step is self.step else "done" if step in done else "todo",
            }
            for step in Step
        ]


def around_paper(procedure: Procedure, facts: SessionFacts) -> dict[str, Any]:
    """What stands around a paper of a sitting on screen: whose it is, and the ways to print it."""
    return {
        "procedure": procedure,
        "patient": procedure.patient,
        "banner": sitting_banner(procedure, facts),
        "pdf": paper.available(),
        "sizes": list(PaperSize),
    }


def emergency_url(weight_g: int | None) -> str:
    """The emergency sheet; with the weight of the session, which names nobody."""
    address = reverse("clinic:emergency")
    return address if weight_g is None else f"{address}?weight_kg={bare(weight_g, 1000)}"


def status_of(refusal: Refused | None) -> int:
    """The HTTP status that says what kind of no it was."""
    if refusal is None:
        return 200
    if isinstance(refusal, Stale):
        return 409
    if isinstance(refusal, NotAllowed):
        return 403
    return 422


def place(form: object, refusal: Refused) -> None:
    """Say at each field of a form that was sent what the action found wrong with it."""
    if not isinstance(form, BaseForm) or not form.is_bound:
        return
    for name, words in refusal.fields.items():
        if name in form.fields and said(words) not in form.errors.get(name, []):
            form.add_error(name, said(words))


def error_lines(refusal: Refused | None) -> list[dict[str, str]]:
    """A refusal as the lines of an error summary, each leading to its field."""
    if refusal is None:
        return []
    lines = [
        {"id": "id_" + name.replace(".", "_"), "text": words}
        for name, words in refusal.fields.items()
    ]
    return lines or [{"id": "", "text": refusal.message}]


def seen(actor: User, procedure: Procedure, what: str) -> None:
    """Write that somebody looked at this sitting."""
    trail.record_view(
        what, actor_id=actor.pk, patient_id=procedure.patient_id, target_id=procedure.pk
    )


def revision_of(request: HttpRequest) -> int | None:
    """The revision the page was drawn from; nonsense counts as a stale page."""
    text = request.POST.get("revision", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def words_of(fields: QueryDict) -> dict[str, str]:
    """The last value of every field of a form, as text."""
    return {name: str(value) for name, value in fields.items()}


def moment_of(request: HttpRequest, name: str) -> datetime | None:
    """A day and time typed in a form, on the centre's clock; None where the field is empty."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        words = gettext("Enter a day and a time.")
        raise Refused(words, fields={name: words})
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def token_input() -> SafeString:
    """A hidden field that makes the second sending of a form harmless."""
    return format_html('<input type="hidden" name="token" value="{}">', uuid4())


def uuid_of(text: str | None) -> UUID | None:
    """An id from a form, or None when it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
