"""What a finding promises its readers."""

import pytest

from tautband.clinical import check_session
from tautband.clinical.findings import Finding, Gate, RuleAnswer, Severity, Source
from tests.unit.clinical.build import facts, finding, of, patient, product, row

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


def test_only_the_gates_asked_for_speak() -> None:
    check = check_session(facts(row("diaphragm"), consent=False, who=patient(infection=None)))
    at_plan = {f.rule for f in check.speaking(Gate.PLAN)}
    at_time_out = {f.rule for f in check.speaking(Gate.TIME_OUT)}
    assert "diaphragm-refused" in at_plan
    assert at_time_out == {"consent-missing", "infection-site"}
    assert at_plan | at_time_out == {f.rule for f in check.speaking()}
