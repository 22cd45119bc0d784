"""What is done about findings: keep them, acknowledge them, override them, open an incident."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.findings import Severity
from tautband.errors import Refused, Stale
from tautband.records.actions import texts
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.checks import Review, Reviewed, review, said_of
from tautband.records.facts import Basis
from tautband.records.models import AdverseEvent, FindingRecord, FindingResponse, Procedure
from tautband.records.models.vocabulary import Moment, ResponseKind
from tautband.records.policies import may_override
from tautband.records.prepared import Prepared

# Why a senior may go on against a critical finding; the words beside it are free.
OVERRIDE_REASONS = (
    "benefit-outweighs-risk",
    "limit-does-not-apply",
    "fact-is-wrong",
    "specialist-advice",
)
# A sentence has more letters than this; a single word or a dot has not.
FEWEST_WORDS = 10


def keep(
    procedure: Procedure, moment: Moment, reviewed: Sequence[Reviewed], *, version: str
) -> None:
    """Keep what the rules said at this moment; saying the same again adds nothing."""
    FindingRecord.objects.bulk_create(
        [
            FindingRecord(
                procedure=procedure,
                moment=moment,
                rule=each.finding.rule,
                answer=each.finding.answer,
                severity=each.finding.severity or "",
                gate=each.finding.gate,
                words=each.finding.words,
                cite=each.finding.source.cite,
                rows=[str(row) for row in each.row_ids],
                missing=list(each.finding.missing),
                knowledge_version=version,
                fingerprint=each.fingerprint,
            )
            for each in reviewed
        ],
        ignore_conflicts=True,
    )


_kinds_of: Prepared[str] = Prepared(
    lambda encounter_id: AdverseEvent.objects.filter(procedure__encounter=encounter_id).values_list(
        "kind", flat=True
    )
)


def open_incidents(
    procedure: Procedure, reviewed: Sequence[Reviewed], *, actor: User, now: datetime
) -> list[AdverseEvent]:
    """Open one incident draft per critical rule that fires on what happened, once each.

    All versions of a sitting count as one: an amendment tells of the same needles.
    """
    known = set(_kinds_of(procedure.encounter_id))
    opened: list[AdverseEvent] = []
    for each in reviewed:
        if not each.finding.stops or each.finding.rule in known:
            continue
        known.add(each.finding.rule)
        opened.append(
            AdverseEvent.objects.create(
                patient_id=procedure.patient_id,
                procedure=procedure,
                injection_id=each.row_ids[0] if len(each.row_ids) == 1 else None,
                kind=each.finding.rule,
                words=each.finding.words,
                occurred_at=now,
                opened_by=actor,
            )
        )
    return opened


def record_what_happened(procedure: Procedure, *, actor: User, now: datetime) -> Review:
    """Run the rules over what was really given, keep what they say, open what must be opened."""
    result = review(procedure, basis=Basis.RECORD, now=now, said=said_of(procedure))
    keep(procedure, Moment.RECORD, result.findings, version=result.check.knowledge_version)
    open_incidents(procedure, result.findings, actor=actor, now=now)
    return result


def _speaking(procedure: Procedure, key: str) -> Reviewed:
    basis = Basis.PLAN if procedure.started_at is None else Basis.TABLE
    now = timezone.now()
    said = said_of(procedure)
    found = review(procedure, basis=basis, now=now, said=said).find(key)
    if found is None and said.resuscitation is None:
        # The time-out is about to say that something is missing, and is answered before it does.
        missing = replace(said, resuscitation=False)
        found = review(procedure, basis=basis, now=now, said=missing).find(key)
    if found is None:
        raise Stale(_("The rules no longer say this: the plan has changed. Read it again."))
    return found


@transaction.atomic
def acknowledge(*, procedure_id: UUID, fingerprint: str, actor: User) -> None:
    """Say that a warning was read; doing it twice changes nothing."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    found = _speaking(procedure, fingerprint)
    if found.finding.stops:
        raise Refused(_("This finding stops the session. Change the plan, or override it."))
    _response, created = FindingResponse.objects.get_or_create(
        procedure=procedure,
        fingerprint=fingerprint,
        kind=ResponseKind.ACKNOWLEDGED,
        defaults={"rule": found.finding.rule, "given_by": actor, "given_at": timezone.now()},
    )
    if created:
        let_go(
            procedure, actor=actor, event="finding.acknowledge",
            detail={"rule": found.finding.rule},
        )  # fmt: skip


@transaction.atomic
def override(*, procedure_id: UUID, fingerprint: str, reason: str, words: str, actor: User) -> None:
    """Go on against a critical finding: the senior right, a reason from the list, and words."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_override(actor, procedure).insist()
    found = _speaking(procedure, fingerprint)
    problems: dict[str, str] = {}
    if reason not in OVERRIDE_REASONS:
        problems["reason"] = _("Choose a reason from the list.")
    why = texts.read(FindingResponse, problems, words=words)["words"]
    if len(why) < FEWEST_WORDS:
        problems["words"] = _("Say in a sentence why it is right to go on.")
    if problems:
        raise Refused(_("An override needs a reason and words."), fields=problems)
    if found.finding.severity is not Severity.CRITICAL or not found.finding.stops:
        raise Refused(_("Only a finding that stops the session is overridden."))
    if not found.finding.overridable:
        raise Refused(_("Nobody may override this rule. Change the plan."))
    _response, created = FindingResponse.objects.get_or_create(
        procedure=procedure,
        fingerprint=fingerprint,
        kind=ResponseKind.OVERRIDDEN,
        defaults={
            "rule": found.finding.rule,
            "reason": reason,
            "words": why,
            "given_by": actor,
            "given_at": timezone.now(),
        },
    )
    if created:
        let_go(
            procedure, actor=actor, event="finding.override",
            detail={"rule": found.finding.rule, "reason": reason},
        )  # fmt: skip
