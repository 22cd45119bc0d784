"""The check of a plan from outside: JSON in, every rule's answer and the ledger as JSON out.

The same rules as in a session, without Django. What each key means, and how to read the answer:
`docs/reference/check.md`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from tautband.clinical import rules
from tautband.clinical.check import check_session
from tautband.clinical.contract import document, plan
from tautband.clinical.contract.fields import Refusal, Refusals
from tautband.clinical.findings import Finding, LedgerLine, SessionCheck, Severity
from tautband.clinical.rules.answers import CORE_PACK, HOUSE_PACK
from tautband.errors import Refused

# What only a session in this software can answer is no part of a plan from outside.
PACKS = tuple(pack for pack in rules.PACKS if pack != HOUSE_PACK)

__all__ = ["PACKS", "PlanRefused", "Refusal", "check_json", "check_plan", "is_critical"]


class PlanRefused(Refused):
    """The plan cannot be read; `refused` holds every place and why."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        first = refused[0]
        super().__init__(f"{first.where}: {first.why}".removeprefix(": "))
        self.refused = tuple(refused)

    def as_plain(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {"refused": [{"where": each.where, "why": each.why} for each in self.refused]}


def check_json(raw: bytes, packs: Iterable[str] = ()) -> dict[str, Any]:
    """What the rules say of a plan written as JSON; raises PlanRefused."""
    refusals = Refusals()
    read = document.parse(raw, refusals)
    if refusals.found:
        raise PlanRefused(refusals.found)
    return check_plan(read, packs)


def check_plan(read: Any, packs: Iterable[str] = ()) -> dict[str, Any]:
    """What the rules say of a plan as plain data; raises PlanRefused.

    The core pack always runs; `packs` names others beside it. Pure: the same plan gives the same
    answer.
    """
    refusals = Refusals()
    wanted = (CORE_PACK, *packs)
    for pack in wanted:
        if pack not in PACKS:
            refusals.add("pack", f"There is no such pack. Known: {', '.join(PACKS)}.")
    facts = plan.facts_of(read, refusals)
    if facts is None or refusals.found:
        raise PlanRefused(refusals.found)
    return _answer(check_session(facts, packs=wanted))


def is_critical(answer: dict[str, Any]) -> bool:
    """Whether anything critical stands in an answer."""
    return any(each["severity"] == str(Severity.CRITICAL) for each in answer["findings"])


def _answer(check: SessionCheck) -> dict[str, Any]:
    return {
        "findings": [_finding(each) for each in check.findings],
        "ledger": {line.key.replace("-", "_"): _line(line) for line in check.ledger},
        "knowledge_version": check.knowledge_version,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "pack": finding.pack,
        "answer": str(finding.answer),
        "severity": str(finding.severity) if finding.severity else None,
        "gate": str(finding.gate),
        "rows": list(finding.rows),
        "missing": list(finding.missing),
        "words": str(finding.words),
        "cite": finding.source.cite,
        "signed": finding.signed,
    }


def _line(line: LedgerLine) -> dict[str, Any]:
    return {
        "label": str(line.label),
        "used_before_permille": line.used_before_permille,
        "used_now_permille": line.used_now_permille,
        "warn_permille": line.warn_permille,
        "left": str(line.left),
        "detail": str(line.detail),
        "limit": str(line.limit_words),
        "cite": line.source.cite,
    }
