"""How somebody says they are between visits: scores told on the telephone or by message."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.records.actions.patients import hold, insist, let_go
from tautband.records.models import Encounter, PatientReportedOutcome
from tautband.records.models.vocabulary import Instrument

# The lowest and highest score of each instrument, in hundredths.
SCALES: Mapping[Instrument, tuple[int, int]] = {
    Instrument.NRS_NOW: (0, 1000),
    Instrument.NRS_AVERAGE: (0, 1000),
    Instrument.NRS_WORST: (0, 1000),
    Instrument.PEG: (0, 1000),
    Instrument.PGIC: (100, 700),
}


@transaction.atomic
def record(
    *,
    patient_id: UUID,
    scores: Mapping[str, int],
    answered_at: datetime,
    actor: User,
    encounter_id: UUID | None = None,
    now: datetime | None = None,
) -> list[PatientReportedOutcome]:
    """Keep the scores one patient gave at one time, in hundredths of a point by instrument.

    `encounter_id` says which visit they look back on. The same instrument at the same instant
    twice is refused, so that a form sent twice counts once.
    """
    insist(actor, Permission.ASSESS)
    patient = hold(patient_id)
    cleaned = _cleaned(scores)
    words = ""
    if answered_at > (now or timezone.now()):
        words = _("This time is still to come.")
    elif PatientReportedOutcome.objects.filter(
        patient=patient, answered_at=answered_at, instrument__in=[str(each) for each in cleaned]
    ).exists():
        words = _("These answers are on record already.")
    if words:
        raise Refused(words, fields={"answered_at": words})
    if (
        encounter_id is not None
        and not Encounter.objects.filter(
            pk=encounter_id, patient=patient, arrived_at__lte=answered_at
        ).exists()
    ):
        raise Refused(_("This visit is not this patient's, or came later."))
    kept = PatientReportedOutcome.objects.bulk_create(
        PatientReportedOutcome(
            patient=patient,
            encounter_id=encounter_id,
            instrument=instrument,
            score_centi=score,
            answered_at=answered_at,
            recorded_by=actor,
        )
        for instrument, score in cleaned.items()
    )
    let_go(
        patient,
        actor=actor,
        event="outcome.record",
        target_id=encounter_id,
        detail={"instruments": [str(each) for each in cleaned]},
    )
    return kept


def _cleaned(scores: Mapping[str, int]) -> dict[Instrument, int]:
    if not scores:
        raise Refused(_("Enter at least one score."))
    problems: dict[str, str] = {}
    cleaned: dict[Instrument, int] = {}
    for name, score in scores.items():
        if name not in set(Instrument):
            problems[name] = _("There is no such scale.")
            continue
        instrument = Instrument(name)
        low, high = SCALES[instrument]
        if not low <= score <= high:
            problems[name] = _("Choose a number from %(low)d to %(high)d.") % {
                "low": low // 100,
                "high": high // 100,
            }
            continue
        cleaned[instrument] = score
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    return cleaned
