"""Importing patients: choosing files, how far it is, and what became of each."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tautband.accounts.access import Permission, may, requires
from tautband.accounts.models import User
from tautband.clinic.forms.patients import ImportForm
from tautband.clinic.import_progress import Followed, how_far

# A page is no place for ten thousand lines; the command line prints all of them.
MOST_LINES = 300
# What the front desk may see of a record: who somebody is, and when they come.
_OF_THE_DESK = frozenset(
    {"given_name", "family_name", "other_name", "born_on", "sex", "phone", "email", "address",
     "language", "interpreter_language", "deceased_on", "starts_at", "status"}
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_PATIENTS)
def import_files(request: HttpRequest, actor: User) -> HttpResponse:
    """Take patients in from FHIR files and say what became of each."""
    if request.method == "GET":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    take_in = import_string(settings.TAUTBAND_IMPORTER)
    with Followed(form.cleaned_data["token"]) as followed:
        report = take_in(
            [_named(one) for one in form.chosen],
            actor=actor,
            source=form.cleaned_data["source"],
            tell=followed.tell,
        )
    status = 200 if report.exit_code == 0 else 422
    again = ImportForm(initial={"source": form.cleaned_data["source"]})
    return _page(request, again, report=report, actor=actor, status=status)


@never_cache
@require_http_methods(["GET"])
@requires(Permission.IMPORT_PATIENTS)
def import_progress(request: HttpRequest, actor: User, subject: UUID) -> HttpResponse:
    """How far the import with this token is, as a part of the page that started it."""
    return render(request, "clinic/patients/_import_progress.html", {"far": how_far(subject)})


def _page(
    request: HttpRequest,
    form: ImportForm,
    *,
    report: Any = None,
    actor: User | None = None,
    status: int = 200,
) -> HttpResponse:
    # A new one each time the page is drawn: what is asked about it is about one import only.
    context: dict[str, Any] = {"form": form, "token": uuid4()}
    if report is not None and actor is not None:
        differences = list(_differences(report, actor))
        context |= {
            "report": report,
            "counts": report.to_json()["patients"],
            "refused": report.refused[:MOST_LINES],
            "differences": differences[:MOST_LINES],
            "left_out": max(0, len(report.refused) - MOST_LINES)
            + max(0, len(differences) - MOST_LINES),
        }
    return render(request, "clinic/patients/import.html", context, status=status)


def _differences(report: Any, actor: User) -> list[dict[str, Any]]:
    """What differs, with both values where this person's role may read them."""
    reads = may(actor, Permission.VIEW_RECORD)
    return [
        {
            "patient_id": patient_id,
            "about": one.about,
            "name": _name_words(one.name),
            "is_shown": reads or one.name in _OF_THE_DESK,
            "here": one.here,
            "there": one.there,
        }
        for patient_id, one in report.differences
    ]


def _name_words(name: str) -> str:
    """A column of the record in words; an unusual one as it is called."""
    return {
        "given_name": _("given name"),
        "family_name": _("family name"),
        "other_name": _("other name"),
        "born_on": _("birth date"),
        "sex": _("sex"),
        "phone": _("telephone"),
        "email": _("email"),
        "address": _("address"),
        "language": _("language"),
        "interpreter_language": _("interpreter"),
        "deceased_on": _("died on"),
        "no_known_allergies": _("no known allergies"),
        "text": _("what it says"),
        "reaction": _("what happened"),
        "severity": _("how bad"),
        "active": _("still holds"),
        "started_on": _("began on"),
        "ended_on": _("ended on"),
        "entered_in_error": _("entered in error"),
        "amount": _("amount"),
        "as_entered": _("value as written"),
        "measured_on": _("measured on"),
        "measured_at": _("measured at"),
        "payer": _("payer"),
        "starts_at": _("booking"),
        "status": _("state of the booking"),
    }.get(name, name)


def _named(upload: UploadedFile) -> tuple[str, Callable[[], BinaryIO], int]:
    """An uploaded file by name and size, opened anew each time; it is closed with the request."""

    def opened() -> BinaryIO:
        upload.seek(0)
        if upload.multiple_chunks():
            return cast(BinaryIO, upload.open("rb"))
        return BytesIO(upload.read())

    return str(upload.name), opened, upload.size or 0
