"""What is known of the patient: measurements, statements of the chart, and today's answers."""

from datetime import date
from decimal import Decimal, InvalidOperation

from tautband.clinical.facts import PatientFacts, Term
from tautband.clinical.terms import AllergySeverity, Answer, Infection, Sex
from tautband.records.chart_lines import Answers, ChartLines, Weighing
from tautband.records.models import Patient, Procedure
from tautband.records.models.vocabulary import MeasurementKind, StatementKind

UNASKED: tuple[Answer, dict[str, str]] = (Answer.UNKNOWN, {})


def age_on(born_on: date, day: date) -> int:
    """Whole years of age; somebody born on 29 February ages on 1 March in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _yes_no(answers: Answers, question: str) -> bool | None:
    answer = answers.get(question, UNASKED)[0]
    return {Answer.YES: True, Answer.NO: False, Answer.UNKNOWN: None}[answer]


def _detail_decimal(details: dict[str, str], name: str) -> Decimal | None:
    try:
        return Decimal(details[name]) if details.get(name) else None
    except InvalidOperation:
        return None


def _detail_flag(answers: Answers, question: str, name: str) -> bool | None:
    answer, details = answers.get(question, UNASKED)
    if answer is Answer.NO:
        return False
    said = details.get(name, "")
    return {"yes": True, "no": False}.get(said)


def _last_first(row: Weighing) -> tuple[date, float, float]:
    # On one day a known instant is later than an unknown one; compared here because databases
    # disagree on where nothing stands among instants.
    instant = row.instant.timestamp() if row.instant else float("-inf")
    return (row.day, instant, row.written.timestamp())


def patient_facts(
    patient: Patient, procedure: Procedure | None, lines: ChartLines, on: date
) -> PatientFacts:
    """The patient on that day; in a sitting only a weight accepted on purpose counts."""
    latest: dict[str, int] = {}
    for measurement in sorted(lines.measurements, key=_last_first, reverse=True):
        latest.setdefault(measurement.kind, measurement.amount)
    weight_g = latest.get(MeasurementKind.WEIGHT)
    if procedure is not None:
        accepted = {m.id: m.amount for m in lines.measurements}
        weight = procedure.encounter.weight_id
        weight_g = accepted.get(weight) if weight else None
    answers, terms = lines.answers, lines.terms
    medicines = terms.get(StatementKind.MEDICINE, [])
    diabetes = answers.get("diabetes", UNASKED)[1]
    anticoagulant = answers.get("anticoagulant", UNASKED)[1]
    pregnant = answers.get("pregnant", UNASKED)[1]
    weeks = _detail_decimal(pregnant, "gestation_weeks")
    return PatientFacts(
        age_years=age_on(patient.born_on, on),
        sex=Sex(patient.sex),
        weight_g=weight_g,
        height_mm=latest.get(MeasurementKind.HEIGHT),
        pregnant=False if patient.sex == Sex.MALE else _yes_no(answers, "pregnant"),
        gestation_weeks=int(weeks) if weeks is not None else None,
        breastfeeding=_yes_no(answers, "breastfeeding"),
        hba1c_percent=_detail_decimal(diabetes, "hba1c"),
        insulin=_detail_flag(answers, "diabetes", "insulin"),
        inr=_detail_decimal(anticoagulant, "inr"),
        lung_disease=_yes_no(answers, "lung_disease"),
        cpap=_detail_flag(answers, "lung_disease", "cpap"),
        infection=_infection(answers),
        allergies=_allergies(patient, terms, answers),
        medications=_listed(medicines, answers, "anticoagulant", "medicine"),
        conditions=_conditions(terms.get(StatementKind.CONDITION, []), answers),
    )


def _with(known: list[Term], told: Term) -> tuple[Term, ...]:
    """The list with what was told today, unless the chart says the same already."""
    same = any(t.active and t.text.casefold() == told.text.casefold() for t in known)
    return tuple(known) if same else (*known, told)


def _listed(
    known: list[Term],
    answers: Answers,
    question: str,
    name: str,
) -> tuple[Term, ...] | None:
    answer, details = answers.get(question, UNASKED)
    if answer is Answer.YES:
        return _with(known, Term(text=details.get(name) or question))
    if known or answer is Answer.NO:
        return tuple(known)
    return None


def _allergies(
    patient: Patient, terms: dict[str, list[Term]], answers: Answers
) -> tuple[Term, ...] | None:
    known = terms.get(StatementKind.ALLERGY, [])
    answer, details = answers.get("allergies", UNASKED)
    if answer is Answer.YES and (substance := details.get("substance")):
        severity = details.get("severity")
        told = Term(text=substance, severity=AllergySeverity(severity) if severity else None)
        return _with(known, told)
    if known or answer is Answer.NO or patient.no_known_allergies:
        return tuple(known)
    return None


def _conditions(known: list[Term], answers: Answers) -> tuple[Term, ...] | None:
    asked = {"diabetes": "diabetes mellitus", "neuromuscular": "neuromuscular disease"}
    said = [
        Term(text=words)
        for question, words in asked.items()
        if answers.get(question, UNASKED)[0] is Answer.YES
    ]
    if known or said or all(_yes_no(answers, question) is False for question in asked):
        return (*known, *said)
    return None


def _infection(answers: Answers) -> Infection | None:
    answer, details = answers.get("infection", UNASKED)
    if answer is Answer.NO:
        return Infection.NONE
    if answer is Answer.UNKNOWN:
        return None
    # Yes without saying where counts as the wider of the two.
    return Infection.SITE if details.get("kind") == Infection.SITE else Infection.SYSTEMIC
