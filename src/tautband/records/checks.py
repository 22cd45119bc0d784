"""Running the rules over a sitting, and what of their findings still waits for an answer."""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from tautband.clinical import check_session
from tautband.clinical.facts import PlannedSitting
from tautband.clinical.findings import Finding, Gate, RuleAnswer, SessionCheck, Severity
from tautband.clinical.stock import check_expiry, check_reconstitution
from tautband.records.facts import Basis, ReadBack, SittingFacts, facts_of
from tautband.records.models import FindingResponse, Procedure
from tautband.records.models.vocabulary import ResponseKind
from tautband.records.prepared import Prepared
from tautband.records.queries.progress import with_progress


def fingerprint(finding: Finding) -> str:
    """What a finding says, as a hash: an answer to it holds only while it says the same."""
    said = "|".join(
        [
            finding.rule, finding.answer, str(finding.severity), finding.words,
            repr(finding.rows), repr(finding.missing),
        ]
    )  # fmt: skip
    return hashlib.sha256(said.encode()).hexdigest()


def plan_fingerprint(planned: PlannedSitting) -> str:
    """What goes where, as a hash: a consent and a time-out hold for this plan and no other."""
    labels = {syringe.id: str(i) for i, syringe in enumerate(planned.syringes)}
    parts = [
        repr((labels[syringe.id], *(dataclasses.astuple(each) for each in syringe.ingredients)))
        for syringe in planned.syringes
    ]
    parts += [
        repr(
            (row.muscle, str(row.side), row.sites, labels.get(row.syringe or ""), row.volume_ul,
             row.units_centi)
        )
        for row in planned.injections
    ]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A finding, its fingerprint, and whether somebody answered it."""

    finding: Finding
    fingerprint: str
    response: FindingResponse | None
    row_ids: tuple[UUID, ...]

    @property
    def stops(self) -> bool:
        """Whether it still stops the sitting at its gate."""
        return self.finding.stops and not self._overridden

    @property
    def waits(self) -> bool:
        """Whether it still waits to be acknowledged."""
        serious = self.finding.severity in {Severity.CRITICAL, Severity.WARNING}
        speaks = self.finding.answer is not RuleAnswer.CLEAR
        return speaks and serious and not self.finding.stops and self.response is None

    @property
    def _overridden(self) -> bool:
        return (
            self.finding.overridable
            and self.response is not None
            and self.response.kind == ResponseKind.OVERRIDDEN
        )


@dataclass(frozen=True, kw_only=True)
class Review:
    """Everything the rules say about a sitting, with the answers given so far."""

    check: SessionCheck
    facts: SittingFacts
    findings: tuple[Reviewed, ...]

    def stopping(self, gates: Iterable[Gate]) -> list[Reviewed]:
        """What still stops at these gates."""
        wanted = set(gates)
        return [each for each in self.findings if each.stops and each.finding.gate in wanted]

    def waiting(self, gates: Iterable[Gate]) -> list[Reviewed]:
        """What still waits to be acknowledged at these gates."""
        wanted = set(gates)
        return [each for each in self.findings if each.waits and each.finding.gate in wanted]

    def find(self, key: str) -> Reviewed | None:
        """The finding with this fingerprint, if the rules still say it."""
        return next((each for each in self.findings if each.fingerprint == key), None)


# Asked at the time-out, so before it they are neither right nor wrong and would only be noise.
ASKED_AT_TIME_OUT = frozenset({"consent-missing", "identity-unconfirmed", "resuscitation-missing"})


_said: Prepared[tuple[bool, bool | None]] = Prepared(
    lambda procedure_id: cast(
        Any, with_progress(Procedure.objects.filter(pk=procedure_id))
    ).values_list("has_consent", "said_resuscitation")
)


def said_of(procedure: Procedure) -> ReadBack:
    """What consent, arrival and time-out really said; before the needle, silence is not a no."""
    begun = procedure.started_at is not None
    # A procedure read with its progress already knows; another one is asked about.
    row = cast(Any, procedure)
    if hasattr(row, "has_consent"):
        consent, kit = row.has_consent, row.said_resuscitation
    else:
        [(consent, kit)] = _said(procedure.pk)
    identity = procedure.encounter.identity_checked_at is not None
    return ReadBack(
        consent=consent if begun else consent or None,
        identity_confirmed=identity if begun else identity or None,
        resuscitation=None if kit is None else bool(kit),
    )


_responses: Prepared[FindingResponse] = Prepared(
    lambda procedure_id: FindingResponse.objects.filter(procedure=procedure_id).order_by("given_at")
)


def review(
    procedure: Procedure,
    *,
    basis: Basis,
    now: datetime,
    said: ReadBack | None = None,
) -> Review:
    """Run every rule over the sitting as it stands; speaking findings first, worst first."""
    facts = facts_of(procedure, basis=basis, now=now, said=said)
    check = check_session(facts.session)
    planned = facts.session.planned
    stock = (
        check_expiry(facts.stock, on=planned.on),
        check_reconstitution(facts.stock, at=planned.at or now),
    )
    check = dataclasses.replace(check, findings=(*check.findings, *stock))
    answered = {response.fingerprint: response for response in _responses(procedure.pk)}
    findings = tuple(
        Reviewed(
            finding=finding,
            fingerprint=(key := fingerprint(finding)),
            response=answered.get(key),
            row_ids=tuple(facts.row_ids[i] for i in finding.rows if i < len(facts.row_ids)),
        )
        for finding in check.speaking()
    )
    return Review(check=check, facts=facts, findings=findings)
