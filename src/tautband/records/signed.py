"""What a signature stands under, as plain data, and how it is read back as it was."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import models

from tautband.clinical.findings import (
    Finding,
    Gate,
    LedgerLine,
    RuleAnswer,
    SessionCheck,
    Severity,
    Source,
)
from tautband.records.checks import Review, Reviewed
from tautband.records.facts import Basis, facts_of
from tautband.records.models import (
    Encounter,
    FindingResponse,
    Procedure,
    RangeOfMotion,
    ScreeningAnswer,
    SignedRecord,
    TriggerPoint,
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What was told and found at a visit, live or as it stood when the sitting was signed."""

    encounter: Encounter
    answers: tuple[ScreeningAnswer, ...]
    points: tuple[TriggerPoint, ...]
    motions: tuple[RangeOfMotion, ...]


def under_signature(procedure: Procedure, review: Review) -> dict[str, Any]:
    """Visit, findings and ledger as they stand now, as the columns of `SignedRecord`."""
    visit = _live(procedure)
    weight = visit.encounter.weight
    return {
        "visit": {
            "encounter": _rows([visit.encounter]),
            "weight": _rows([weight] if weight is not None else []),
            "answers": _rows(visit.answers),
            "points": _rows(visit.points),
            "motions": _rows(visit.motions),
        },
        "findings": [
            {
                "finding": dataclasses.asdict(each.finding),
                "fingerprint": each.fingerprint,
                "rows": [str(row) for row in each.row_ids],
            }
            for each in review.findings
        ],
        "ledger": [dataclasses.asdict(line) for line in review.check.ledger],
        "knowledge_version": review.check.knowledge_version,
    }


def visit_of(procedure: Procedure) -> Visit:
    """The visit as it was signed; as it is now while nobody signed."""
    record = _record_of(procedure)
    if record is None:
        return _live(procedure)
    visit: Mapping[str, Any] = record.visit
    encounter = _read(visit["encounter"])[0]
    for weight in _read(visit["weight"]):
        encounter.weight = weight
    return Visit(
        encounter=encounter,
        answers=tuple(_read(visit["answers"])),
        points=tuple(_read(visit["points"])),
        motions=tuple(_read(visit["motions"])),
    )


def review_of(procedure: Procedure, *, now: datetime) -> Review | None:
    """What the rules said when the sitting was signed; None while nobody signed."""
    record = _record_of(procedure)
    if record is None:
        return None
    answered: dict[str, FindingResponse] = {
        each.fingerprint: each for each in procedure.responses.order_by("given_at")
    }
    reviewed = tuple(
        Reviewed(
            finding=_finding(kept["finding"]),
            fingerprint=kept["fingerprint"],
            response=answered.get(kept["fingerprint"]),
            row_ids=tuple(UUID(row) for row in kept["rows"]),
        )
        for kept in record.findings
    )
    check = SessionCheck(
        findings=tuple(each.finding for each in reviewed),
        ledger=tuple(_line(line) for line in record.ledger),
        knowledge_version=record.knowledge_version,
    )
    facts = facts_of(procedure, basis=Basis.RECORD, now=now)
    return Review(check=check, facts=facts, findings=reviewed)


def _record_of(procedure: Procedure) -> SignedRecord | None:
    return SignedRecord.objects.filter(procedure_id=procedure.pk).first()


def _live(procedure: Procedure) -> Visit:
    encounter = procedure.encounter
    return Visit(
        encounter=encounter,
        answers=tuple(encounter.answers.order_by("question")),
        points=tuple(encounter.trigger_points.order_by("recorded_at")),
        motions=tuple(encounter.motions.order_by("recorded_at")),
    )


def _rows(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    """Rows as plain data; the serialiser knows how each column is written."""
    kept: list[dict[str, Any]] = json.loads(serializers.serialize("json", rows))
    return kept


def _read(kept: list[dict[str, Any]]) -> list[Any]:
    """The rows again, never to be saved; a column that is gone since is left out."""
    return [each.object for each in serializers.deserialize("python", kept, ignorenonexistent=True)]


def _finding(kept: Mapping[str, Any]) -> Finding:
    severity = kept["severity"]
    return Finding(
        **{
            **kept,
            "answer": RuleAnswer(kept["answer"]),
            "severity": None if severity is None else Severity(severity),
            "gate": Gate(kept["gate"]),
            "source": Source(**kept["source"]),
            "rows": tuple(kept["rows"]),
            "missing": tuple(kept["missing"]),
        }
    )


def _line(kept: Mapping[str, Any]) -> LedgerLine:
    return LedgerLine(**{**kept, "source": Source(**kept["source"])})
