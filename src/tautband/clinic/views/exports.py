"""A copy of a patient's record to take along."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.note_documents import documents_of
from tautband.clinic.views.patients import find
from tautband.records.actions import exports


@never_cache
@require_POST
@requires(Permission.VIEW_RECORD)
def export_record(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """The whole record as a file whose name tells nothing of the patient but the id."""
    patient = exports.hand_over_record(patient_id=find(patient_id).pk, actor=actor)
    export = import_string(settings.TAUTBAND_EXPORTER)
    answer = HttpResponse(
        export(patient, now=timezone.now(), notes=documents_of),
        content_type="application/fhir+json",
    )
    answer["Content-Disposition"] = f'attachment; filename="record-{patient.pk}.json"'
    return answer
