"""What another system reported of pregnancy, until the question is put today."""

from datetime import date, timedelta

import pytest

from tautband.clinical.terms import Answer, Sex
from tautband.records.chart_lines import ChartLines
from tautband.records.models import Encounter, Patient, Procedure
from tautband.records.models.vocabulary import Pregnancy
from tautband.records.patient_facts import patient_facts

TODAY = date(2026, 11, 24)


def pregnant(
    *reports: tuple[int, Pregnancy], answer: Answer | None = None, sex: Sex = Sex.FEMALE
) -> bool | None:
    lines = ChartLines(
        pregnancies=[(TODAY - timedelta(days=ago), status) for ago, status in reports],
        answers={} if answer is None else {"pregnant": (answer, {})},
    )
    patient = Patient(born_on=date(1990, 5, 1), sex=sex)
    procedure = Procedure(patient=patient, encounter=Encounter(patient=patient))
    return patient_facts(patient, procedure, lines, TODAY).pregnant


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], None),
        ([(0, Pregnancy.PREGNANT)], True),
        ([(294, Pregnancy.PREGNANT)], True),
        ([(295, Pregnancy.PREGNANT)], None),
        ([(0, Pregnancy.NOT_PREGNANT)], False),
        ([(1, Pregnancy.NOT_PREGNANT)], None),
        ([(0, Pregnancy.UNKNOWN)], None),
        # The later report is the one that counts.
        ([(90, Pregnancy.PREGNANT), (2, Pregnancy.NOT_PREGNANT)], None),
        ([(90, Pregnancy.NOT_PREGNANT), (2, Pregnancy.PREGNANT)], True),
    ],
)
def test_a_report_counts_as_long_as_it_can_hold(
    reports: list[tuple[int, Pregnancy]], expected: bool | None
) -> None:
    assert pregnant(*reports) is expected


def test_todays_answer_comes_first() -> None:
    assert pregnant((3, Pregnancy.PREGNANT), answer=Answer.NO) is False
    assert pregnant((3, Pregnancy.PREGNANT), answer=Answer.UNKNOWN) is True
    assert pregnant((0, Pregnancy.NOT_PREGNANT), answer=Answer.YES) is True


def test_a_man_is_not_pregnant_whatever_was_reported() -> None:
    assert pregnant((3, Pregnancy.PREGNANT), sex=Sex.MALE) is False
