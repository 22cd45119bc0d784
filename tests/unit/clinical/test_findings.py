"""What a finding promises its readers."""

import pytest

from tautband.clinical.findings import Finding, Gate, RuleAnswer, Severity, Source
from tests.unit.clinical.build import finding, of, patient, product

SOURCE = Source(cite="somewhere")


@pytest.mark.parametrize(
    ("answer", "severity"), [(RuleAnswer.CLEAR, Severity.INFO), (RuleAnswer.FIRES, None)]
)
def test_severity_is_none_exactly_when_clear(answer: RuleAnswer, severity: Severity | None) -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Finding(
            rule="x", answer=answer, severity=severity, gate=Gate.PLAN, words="x", source=SOURCE
        )


def test_cannot_tell_stops_only_where_it_blocks() -> None:
    assert finding("la-load", of(product(), who=patient(weight_g=None))).stops
    assert not finding("allergy-agent", of(product(), who=patient(allergies=None))).stops
