"""Labels for the syringes on the tray: on screen, on a sheet, or one alone."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.syringe_label import SHEETS, Sheet, label_of, labels_of, laid_out
from tautband.clinic.views.sessions.frame import Page, find, seen
from tautband.clinical.lifecycle import Step
from tautband.records.models import Procedure
from tautband.records.policies import OPEN
from tautband.records.queries import procedures

LABEL = "design/label.css"


def _is_closed(procedure: Procedure) -> bool:
    return procedure.status not in OPEN


def _back(procedure: Procedure) -> str:
    return reverse("clinic:session_labels", args=[procedure.pk])


def _closed(request: HttpRequest, procedure: Procedure) -> HttpResponse:
    words = _("This session is closed: nothing is drawn up for it any more.")
    return paper.refused(request, words, page=reverse("clinic:note", args=[procedure.pk]))


@require_GET
@requires(Permission.PREPARE_SYRINGE)
def labels(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The labels of the tray, and the ways to print them."""
    procedure = find(procedure_id)
    seen(actor, procedure, "session.labels")
    page = Page(
        request=request, actor=actor, procedure=procedure, step=Step.PLAN,
        template="clinic/sessions/labels.html",
    )  # fmt: skip
    tray = procedures.syringes(procedure)
    return page.draw(
        labels=[{"syringe": each.pk, "label": label_of(each, procedure.patient)} for each in tray],
        closed=_is_closed(procedure),
        pdf=paper.available(),
    )


@require_GET
@requires(Permission.PREPARE_SYRINGE)
def labels_pdf(request: HttpRequest, actor: User, procedure_id: UUID) -> HttpResponse:
    """The labels on sheets, from the first label on that is still free."""
    procedure = find(procedure_id)
    seen(actor, procedure, "session.labels.pdf")
    size = paper.size_for(request)
    sheet = SHEETS[size]
    first = _first(request, sheet)
    if _is_closed(procedure):
        return _closed(request, procedure)
    drawn = labels_of(procedure)
    if not drawn:
        return paper.refused(request, _("Nothing is drawn up yet."), page=_back(procedure))
    if first is None:
        words = _("A sheet of this size has labels 1 to %(last)d.") % {"last": sheet.places}
        return paper.refused(request, words, page=_back(procedure), status=422)
    left, top = sheet.margins_mm
    return paper.printed(
        request,
        "clinic/papers/labels_paper.html",
        {
            "pages": laid_out(drawn, sheet, first=first),
            "patient": procedure.patient,
            "left": f"{left:.2f}mm",
            "top": f"{top:.2f}mm",
            "cut": size == "letter",
        },
        name="syringe-labels",
        page=_back(procedure),
        size=size,
        styles=[LABEL, "design/paper-labels.css"],
    )


def _first(request: HttpRequest, sheet: Sheet) -> int | None:
    """Which label of the sheet is the first free one; None where there is no such label."""
    typed = request.GET.get("first", "").strip() or "1"
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4):
        return None
    return int(typed) if 1 <= int(typed) <= sheet.places else None


@require_GET
@requires(Permission.PREPARE_SYRINGE)
def label_pdf(
    request: HttpRequest, actor: User, procedure_id: UUID, syringe_id: UUID
) -> HttpResponse:
    """One label on a page of its own size, for a printer of labels."""
    procedure = find(procedure_id)
    syringe = procedures.syringes(procedure).filter(pk=syringe_id).first()
    if syringe is None:
        raise Http404
    seen(actor, procedure, "session.label.pdf")
    if _is_closed(procedure):
        return _closed(request, procedure)
    return paper.printed(
        request,
        "clinic/papers/label_paper.html",
        {"label": label_of(syringe, procedure.patient)},
        name="syringe-label",
        page=_back(procedure),
        styles=[LABEL, "design/paper-label.css"],
    )
