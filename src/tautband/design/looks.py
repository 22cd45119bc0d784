"""How each answer of a rule looks: a shape, an icon and a word, never colour alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tautband.clinical.findings import Finding, RuleAnswer, Severity


@dataclass(frozen=True, slots=True)
class Look:
    """Class, icon and word of one kind of finding."""

    css: str
    icon: str
    word: str | Promise


STOP = Look("stop", "exclamation-octagon-fill", _("Stop:"))
WARN = Look("warn", "exclamation-triangle-fill", _("Warning:"))
INFO = Look("info", "info-circle", _("Note:"))
CANNOT_TELL = Look("unk", "question-diamond", _("Cannot tell:"))
CLEAR = Look("clear", "check2", _("Clear:"))

_BY_SEVERITY = {Severity.CRITICAL: STOP, Severity.WARNING: WARN, Severity.INFO: INFO}


def look_of(finding: Finding) -> Look:
    """Fires is solid, cannot tell is dashed whatever its severity, clear is quiet."""
    if finding.answer is RuleAnswer.CLEAR or finding.severity is None:
        return CLEAR
    if finding.answer is RuleAnswer.CANNOT_TELL:
        return CANNOT_TELL
    return _BY_SEVERITY[finding.severity]
