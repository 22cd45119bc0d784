"""What a rule says about one session."""

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: critical stops at its gate, warning is acknowledged."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Gate(StrEnum):
    """Where a rule may stop you; `record` never stops."""

    PLAN = "plan"
    TIME_OUT = "time-out"
    RECORD = "record"


class RuleAnswer(StrEnum):
    """The three answers; unknown is never clear."""

    FIRES = "fires"
    CANNOT_TELL = "cannot_tell"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number or a rule was read."""

    cite: str
    address: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's answer, with the rows it concerns (indices into the planned injections).

    `severity` is None exactly when the answer is clear. `missing` names the facts that would
    decide it, as dotted paths ("patient.weight_kg"). `words` is a sentence for the clinician
    and never names the patient. `blocking` marks a critical "cannot tell" that stops all the
    same: no weight, no plan; nobody identified, no needle.
    """

    rule: str
    answer: RuleAnswer
    severity: Severity | None
    gate: Gate
    words: str
    source: Source
    rows: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    overridable: bool = True
    pack: str = "core"
    signed: bool = False
    blocking: bool = False

    def __post_init__(self) -> None:
        """Hold the one invariant every reader relies on."""
        if (self.severity is None) != (self.answer is RuleAnswer.CLEAR):
            raise ValueError("severity is None exactly when the answer is clear")

    @property
    def stops(self) -> bool:
        """Whether this finding stops the session at its gate until changed or overridden."""
        return self.severity is Severity.CRITICAL and (
            self.answer is RuleAnswer.FIRES or self.blocking
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """How much of one limit is used, ready to draw as a bar.

    Shares are fractions of the limit in parts per thousand (1000 is the limit itself); None
    when the limit cannot be known (no weight). `left` is worded with its unit ("16.9 mL
    lidocaine 1 % left"). `detail` says what makes up the sum.
    """

    key: str
    label: str
    used_before_permille: int | None
    used_now_permille: int | None
    warn_permille: int | None
    left: str
    detail: str
    limit_words: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCheck:
    """Everything the rules say about one session: every rule once, `clear` included."""

    findings: tuple[Finding, ...]
    ledger: tuple[LedgerLine, ...] = field(default=())
    knowledge_version: str = ""

    def speaking(self, *gates: Gate) -> tuple[Finding, ...]:
        """The findings that are not clear, worst first; of these gates only, if any are named."""
        order = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2, None: 3}
        wanted = gates or tuple(Gate)
        loud = [f for f in self.findings if f.answer is not RuleAnswer.CLEAR and f.gate in wanted]
        return tuple(sorted(loud, key=lambda f: (order[f.severity], f.rule)))

    def stopping(self, *gates: Gate) -> tuple[Finding, ...]:
        """The critical findings that stop the session at these gates."""
        return tuple(f for f in self.findings if f.stops and f.gate in gates)
