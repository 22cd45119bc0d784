"""How a rule words its answer: one identity, three ways to answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from tautband.clinical.dosing import Dose
from tautband.clinical.findings import Finding, Gate, RuleAnswer, Severity, Source
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.words import joined, say

CORE_PACK = "core"
#: What only a session in this software can answer.
HOUSE_PACK = "house"


@dataclass(frozen=True, slots=True)
class Rule:
    """The identity of one rule: its id, its gate, its pack, whether a senior may override it."""

    id: str
    gate: Gate = Gate.PLAN
    overridable: bool = True
    pack: str = CORE_PACK

    def fires(
        self,
        tables: Knowledge,
        severity: Severity,
        words: str,
        *,
        rows: tuple[int, ...] = (),
        missing: tuple[str, ...] = (),
        source: Source | None = None,
        overridable: bool | None = None,
    ) -> Finding:
        """The hazard is there, by what is known."""
        return Finding(
            rule=self.id,
            answer=RuleAnswer.FIRES,
            severity=severity,
            gate=self.gate,
            words=words,
            source=source or tables.sources[self.id],
            rows=rows,
            missing=missing,
            overridable=self.overridable if overridable is None else overridable,
            pack=self.pack,
        )

    def cannot_tell(
        self,
        tables: Knowledge,
        words: str,
        *,
        missing: tuple[str, ...],
        severity: Severity = Severity.WARNING,
        rows: tuple[int, ...] = (),
        source: Source | None = None,
        blocking: bool = False,
    ) -> Finding:
        """A fact that would decide it is missing; that is never the same as clear."""
        return Finding(
            rule=self.id,
            answer=RuleAnswer.CANNOT_TELL,
            severity=severity,
            gate=self.gate,
            words=words,
            source=source or tables.sources[self.id],
            rows=rows,
            missing=missing,
            overridable=self.overridable,
            pack=self.pack,
            blocking=blocking,
        )

    def confirmed(
        self,
        tables: Knowledge,
        answer: bool | None,
        *,
        missing: str,
        no: str,
        unknown: str,
        yes: str,
        severity: Severity = Severity.WARNING,
        blocking: bool = False,
    ) -> Finding:
        """What somebody has to confirm: no fires, not yet answered is not yes."""
        if answer is None:
            return self.cannot_tell(
                tables, unknown, missing=(missing,), severity=severity, blocking=blocking
            )
        if answer:
            return self.clear(tables, yes)
        return self.fires(tables, severity, no, missing=(missing,))

    def clear(self, tables: Knowledge, words: str) -> Finding:
        """The hazard is not there, by what is known."""
        return Finding(
            rule=self.id,
            answer=RuleAnswer.CLEAR,
            severity=None,
            gate=self.gate,
            words=words,
            source=tables.sources[self.id],
            overridable=self.overridable,
            pack=self.pack,
        )


def rows_of(doses: Iterable[Dose]) -> tuple[int, ...]:
    """The planned rows some doses belong to."""
    return tuple(dict.fromkeys(d.row for d in doses if d.row is not None))


def numbered(rows: tuple[int, ...]) -> str:
    """Rows as the screen numbers them: `row 1`, `rows 1, 2 and 4`."""
    shown = [str(row + 1) for row in rows]
    if len(shown) == 1:
        return say("row {number}", number=shown[0])
    return say("rows {numbers} and {last}", numbers=joined(", ", shown[:-1]), last=shown[-1])
