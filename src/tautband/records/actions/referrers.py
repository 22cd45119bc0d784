"""Who referred a patient, and to whom the letter after a sitting goes."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.records.actions import patients, texts
from tautband.records.models import Patient


@transaction.atomic
def name_referrer(
    *, patient_id: UUID, name: str, practice: str, actor: User, revision: int | None = None
) -> Patient:
    """Keep who referred the patient, with the practice and its address; both may be empty."""
    patients.insist(actor, Permission.REGISTER_PATIENT)
    patient = patients.hold(patient_id, revision=revision)
    problems: dict[str, str] = {}
    typed = texts.read(Patient, problems, referrer_name=name, referrer_practice=practice)
    if problems:
        # The form calls its fields as the letter does.
        fields = {column.removeprefix("referrer_"): words for column, words in problems.items()}
        raise Refused(_("Something here is too long."), fields=fields)
    changed = [column for column, text in typed.items() if getattr(patient, column) != text]
    if not changed:
        return patient
    for column in changed:
        setattr(patient, column, typed[column])
    patients.let_go(
        patient, actor=actor, event="patient.name-referrer", columns=changed,
        detail={"fields": sorted(changed)},
    )  # fmt: skip
    return patient
