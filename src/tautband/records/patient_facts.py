"""What is known of the patient: measurements, statements of the chart, and today's answers.

A question of "ask today" settles its own topic and no other: "no" to blood thinners does not say
that the patient takes no medicine, and "I do not know" is never the same as no.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from tautband.clinical.dates import year_before
from tautband.clinical.facts import PatientFacts, Term
from tautband.clinical.terminology import match_term
from tautband.clinical.terms import AgentKind, AllergySeverity, Answer, Infection, Sex
from tautband.records.chart_lines import Answers, ChartLines, Weighing
from tautband.records.models import Patient, Procedure
from tautband.records.models.chart import SCALE
from tautband.records.models.vocabulary import MeasurementKind, Pregnancy, StatementKind

# 42 weeks: after that WHO calls a pregnancy prolonged, and nobody lets it go on.
_LONGEST_PREGNANCY = timedelta(weeks=42)
UNASKED: tuple[Answer, dict[str, str]] = (Answer.UNKNOWN, {})
# What each question settles, as groups of the clinical tables; a family stands for doses elsewhere.
TOPICS: Mapping[str, frozenset[str]] = {
    "anticoagulant": frozenset({"anticoagulant", "antiplatelet", "bleeding"}),
    "diabetes": frozenset({"diabetes", "insulin", "antidiabetic"}),
    "neuromuscular": frozenset({"neuromuscular"}),
    "lung_disease": frozenset({"lung", "pneumothorax", "cpap"}),
    "anaesthetic_elsewhere": frozenset({AgentKind.LOCAL_ANAESTHETIC}),
    "steroid_elsewhere": frozenset({AgentKind.CORTICOSTEROID}),
    "botulinum_elsewhere": frozenset({AgentKind.BOTULINUM_TOXIN}),
}
# What no question asks: known only where a whole list is kept on the chart.
ONLY_ON_A_LIST: Mapping[StatementKind, frozenset[str]] = {
    StatementKind.MEDICINE: frozenset(
        {"aminoglycoside", "cyp3a4-booster", "cyp3a4-strong", "cyp3a4-unsure"}
    ),
    StatementKind.CONDITION: frozenset({"heart", "liver", "kidney"}),
}


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
    latest: dict[str, Weighing] = {}
    for measurement in sorted(lines.measurements, key=_last_first, reverse=True):
        latest.setdefault(measurement.kind, measurement)
    weight, height = latest.get(MeasurementKind.WEIGHT), latest.get(MeasurementKind.HEIGHT)
    weight_g = weight.amount if weight else None
    if procedure is not None:
        accepted = {m.id: m.amount for m in lines.measurements}
        chosen = procedure.encounter.weight_id
        weight_g = accepted.get(chosen) if chosen else None
    answers = lines.answers
    diabetes = answers.get("diabetes", UNASKED)[1]
    anticoagulant = answers.get("anticoagulant", UNASKED)[1]
    pregnant = answers.get("pregnant", UNASKED)[1]
    weeks = _detail_decimal(pregnant, "gestation_weeks")
    return PatientFacts(
        age_years=age_on(patient.born_on, on),
        sex=Sex(patient.sex),
        weight_g=weight_g,
        dosing_weight_g=procedure.dosing_weight_g if procedure else None,
        ceiling_percent=procedure.ceiling_percent if procedure else None,
        height_mm=height.amount if height else None,
        pregnant=False if patient.sex == Sex.MALE else _pregnant(lines, on),
        gestation_weeks=int(weeks) if weeks is not None else None,
        breastfeeding=_yes_no(answers, "breastfeeding"),
        hba1c_percent=_detail_decimal(diabetes, "hba1c")
        or _measured(latest, MeasurementKind.HBA1C, since=year_before(on)),
        insulin=_detail_flag(answers, "diabetes", "insulin"),
        # An INR is true of its day; a kidney that failed once is asked about for good.
        inr=_detail_decimal(anticoagulant, "inr")
        or _measured(latest, MeasurementKind.INR, since=on),
        egfr=_whole(_measured(latest, MeasurementKind.EGFR, since=date.min)),
        # No rule reads it; the last count stands until there is a newer one, rounded down.
        platelets_10e9_per_l=_whole(_measured(latest, MeasurementKind.PLATELETS, since=date.min)),
        lung_disease=_lung_disease(answers),
        cpap=_detail_flag(answers, "lung_disease", "cpap"),
        infection=_infection(answers),
        allergies=_allergies(patient, lines.terms.get(StatementKind.ALLERGY, []), answers),
        medications=_list(lines, StatementKind.MEDICINE, _medicines_told(answers)),
        conditions=_list(lines, StatementKind.CONDITION, _conditions_told(answers)),
        denied=_settled(answers, Answer.NO),
        unsure=_unsure(lines) if procedure is not None else frozenset(),
    )


def _pregnant(lines: ChartLines, on: date) -> bool | None:
    """Today's answer; without one, what another system last reported, as long as it can hold.

    Pregnant holds until it must be over; not pregnant is true of its day alone.
    """
    told = _yes_no(lines.answers, "pregnant")
    if told is not None or not lines.pregnancies:
        return told
    day, status = max(lines.pregnancies, key=lambda report: report[0])
    if status is Pregnancy.PREGNANT and on - _LONGEST_PREGNANCY <= day <= on:
        return True
    return False if status is Pregnancy.NOT_PREGNANT and day == on else None


def _measured(
    latest: Mapping[str, Weighing], kind: MeasurementKind, *, since: date
) -> Decimal | None:
    """The latest value on the chart, unless it is older than that day."""
    found = latest.get(kind)
    return None if found is None or found.day < since else Decimal(found.amount) / SCALE[kind][0]


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _settled(answers: Answers, answer: Answer) -> frozenset[str]:
    """The topics that got this answer; a question not put yet is as good as unknown."""
    said = (
        groups for question, groups in TOPICS.items() if answers.get(question, UNASKED)[0] is answer
    )
    return frozenset[str]().union(*said)


def _unsure(lines: ChartLines) -> frozenset[str]:
    unlisted = (groups for kind, groups in ONLY_ON_A_LIST.items() if kind not in lines.kept)
    return _settled(lines.answers, Answer.UNKNOWN).union(*unlisted)


def _list(lines: ChartLines, kind: StatementKind, told: Iterable[Term]) -> tuple[Term, ...] | None:
    """The chart's list with what was told today; None where neither says anything."""
    known = lines.terms.get(kind, [])
    texts = {t.text.casefold() for t in known if t.active}
    every = (*known, *(t for t in told if t.text.casefold() not in texts))
    return every or None


def bleeding_words(told: str) -> str:
    """What was told of a blood thinner, so that it stays one where no table knows its name."""
    known = match_term(Term(text=told)).groups & TOPICS["anticoagulant"]
    return told if known else f"blood thinner: {told}" if told else "blood thinner"


def is_bleeding_disorder(told: str) -> bool:
    """Whether the words name a disorder rather than a medicine."""
    groups = match_term(Term(text=told)).groups & TOPICS["anticoagulant"]
    return groups == {"bleeding"}


def _detail(answers: Answers, question: str, name: str) -> str:
    """A detail of a question that was answered yes, else nothing."""
    answer, details = answers.get(question, UNASKED)
    return details.get(name, "").strip() if answer is Answer.YES else ""


def _medicines_told(answers: Answers) -> list[Term]:
    told = [
        Term(text=words)
        for words in (
            _detail(answers, "infection", "antibiotics"),
            _detail(answers, "immunosuppression", "what"),
        )
        if words
    ]
    thinner = _detail(answers, "anticoagulant", "medicine")
    if _yes_no(answers, "anticoagulant") and not is_bleeding_disorder(thinner):
        told.append(Term(text=bleeding_words(thinner)))
    return told


def _conditions_told(answers: Answers) -> list[Term]:
    told = [
        Term(text=words)
        for question, words in (
            ("diabetes", "diabetes mellitus"),
            ("neuromuscular", "neuromuscular disease"),
        )
        if _yes_no(answers, question)
    ]
    thinner = _detail(answers, "anticoagulant", "medicine")
    if is_bleeding_disorder(thinner):
        told.append(Term(text=thinner))
    if _detail(answers, "lung_disease", "past_pneumothorax") == "yes":
        told.append(Term(text="pneumothorax"))
    return told


def _lung_disease(answers: Answers) -> bool | None:
    """Whether the lung itself is ill; a breathing mask and an old collapse stand apart."""
    answer = _yes_no(answers, "lung_disease")
    if not answer or _detail(answers, "lung_disease", "disease"):
        return answer
    apart = [_detail(answers, "lung_disease", name) for name in ("cpap", "past_pneumothorax")]
    # A bare yes means the lung; with "I do not know" to a part of it nobody can tell.
    return False if "yes" in apart else True if set(apart) <= {"", "no"} else None


def _allergies(patient: Patient, known: list[Term], answers: Answers) -> tuple[Term, ...] | None:
    answer, details = answers.get("allergies", UNASKED)
    if answer is Answer.YES:
        severity = details.get("severity")
        told = Term(
            text=details.get("substance") or "unknown",
            severity=AllergySeverity(severity) if severity else None,
            reaction=details.get("reaction", ""),
        )
        # A worse reaction than the chart knows stands beside it: the worse of the two counts.
        same = any(
            t.active and t.text.casefold() == told.text.casefold()
            and t.severity in {told.severity, AllergySeverity.ANAPHYLAXIS}
            for t in known
        )  # fmt: skip
        return tuple(known) if same else (*known, told)
    if "allergies" in answers and answer is Answer.UNKNOWN:
        return (*known, Term(text="unknown"))
    if known or answer is Answer.NO or patient.no_known_allergies:
        return tuple(known)
    return None


def _infection(answers: Answers) -> Infection | None:
    answer, details = answers.get("infection", UNASKED)
    if answer is Answer.NO:
        return Infection.NONE
    if answer is Answer.UNKNOWN:
        return None
    # Yes without saying where counts as the wider of the two.
    return Infection.SITE if details.get("kind") == Infection.SITE else Infection.SYSTEMIC
