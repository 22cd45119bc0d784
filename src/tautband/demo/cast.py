"""The made-up patients: who they are, what is on their charts, and how they take the needle."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from tautband.demo.plans import PLANS, Plan
from tautband.demo.staff import Staff
from tautband.demo.visit import OTHER_SKIN, SKIN, Pain
from tautband.records.actions import chart, patients
from tautband.records.actions.demographics import Demographics
from tautband.records.models import Patient
from tautband.records.models.vocabulary import StatementKind

FILE = Path(__file__).with_name("patients.csv")
STREETS = ("Quay Lane", "Mill Row", "Chapel Walk", "Harbour Street", "Orchard Rise", "Tidal Road")
# How much of the pain is gone after half an hour and after 1, 2, 4, 6 and 12 weeks, in percent.
RELIEF: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "immediate": (55, (50, 45, 40, 35, 20)),
    "delayed": (10, (25, 45, 50, 40, 25)),
    "partial": (15, (20, 25, 20, 15, 10)),
    "none": (0, (0, 0, 5, 0, 0)),
}
WEEKS = (1, 2, 4, 6, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One line of the table: a made-up person, and the days on which they came."""

    given: str
    family: str
    other: str
    born: date
    sex: str
    language: str
    interpreter: str
    kg: str
    cm: str
    allergies: tuple[tuple[str, str, str], ...]
    medicines: tuple[str, ...]
    conditions: tuple[str, ...]
    plan: Plan
    response: str
    # Days before the day of loading, each with its plan.
    course: tuple[tuple[int, Plan], ...]

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


def sheets() -> Iterator[Sheet]:
    """Every line of the table."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield Sheet(
                given=line["given"], family=line["family"], other=line["other"],
                born=date.fromisoformat(line["born"]), sex=line["sex"],
                language=line["language"], interpreter=line["interpreter"],
                kg=line["kg"], cm=line["cm"],
                allergies=tuple(_allergy(text) for text in _split(line["allergies"])),
                medicines=_split(line["medicines"]), conditions=_split(line["conditions"]),
                plan=PLANS[line["plan"]], response=line["response"],
                course=tuple(_day(text, line["plan"]) for text in line["course"].split()),
            )  # fmt: skip


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _allergy(text: str) -> tuple[str, str, str]:
    what, reaction, severity = text.split("|")
    return what, reaction, severity


def _day(text: str, usual: str) -> tuple[int, Plan]:
    days, _, plan = text.partition(":")
    return int(days), PLANS[plan or usual]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A patient on record, with what the loader must remember of them."""

    sheet: Sheet
    patient: Patient
    side: str
    pain: int
    weight_g: int | None

    def pain_at(self, visit: int, random: Random) -> Pain:
        """What they say at their n-th visit: less each time, by as much as they respond."""
        gain = {"immediate": 1.0, "delayed": 0.9, "partial": 0.5, "none": 0.0}
        now = max(2, round(self.pain - visit * gain[self.sheet.response]))
        at_once = RELIEF[self.sheet.response][0]
        return Pain(
            now=now,
            average=max(1, now - random.randint(0, 1)),
            worst=min(10, now + random.randint(1, 2)),
            peg=(now, max(0, now - random.randint(0, 2)), max(0, now - random.randint(0, 1))),
            after=max(0, now - round(now * at_once / 100) - random.randint(0, 1)),
            at_30_min=round(now * (100 - at_once) / 100),
        )

    @property
    def skin(self) -> str:
        """What their skin can be cleaned with."""
        return OTHER_SKIN if self.is_allergic_to("chlorhexidine") else SKIN

    def is_allergic_to(self, what: str) -> bool:
        """Whether the chart says so."""
        return any(what in allergy[0].lower() for allergy in self.sheet.allergies)

    def answers(self, *, inr: str | None) -> dict[str, dict[str, str]]:
        """What they answer with yes, and the details."""
        said: dict[str, dict[str, str]] = {"escort": {"who": "Family"}}
        if self.sheet.allergies:
            what, reaction, severity = self.sheet.allergies[0]
            said["allergies"] = {"substance": what, "reaction": reaction, "severity": severity}
        for medicine in self.sheet.medicines:
            if medicine.split()[0] in {"Warfarin", "Apixaban", "Aspirin", "Clopidogrel"}:
                said["anticoagulant"] = {"medicine": medicine, "last_dose": "This morning"}
                if medicine.startswith("Warfarin") and inr:
                    said["anticoagulant"]["inr"] = inr
        if any("diabetes" in condition for condition in self.sheet.conditions):
            said["diabetes"] = {"hba1c": "6.7", "insulin": "no"}
        if "Asthma" in self.sheet.conditions:
            said["lung_disease"] = {
                "disease": "Asthma", "cpap": "no", "past_pneumothorax": "no",
            }  # fmt: skip
        return said


def enrol(sheet: Sheet, *, number: int, at: datetime, staff: Staff, random: Random) -> Member:
    """Register somebody and write what is known into the chart; the clock stands at `at`."""
    patient = patients.register(
        who=Demographics(
            given_name=sheet.given, family_name=sheet.family, other_name=sheet.other,
            born_on=sheet.born, sex=sheet.sex, language=sheet.language,
            interpreter_language=sheet.interpreter,
            # A range that no telephone has: kept free for stories.
            phone=f"01632 960 {number + 100}",
            address=f"{number + 1} {STREETS[number % len(STREETS)]}, Saltmouth",
        ),
        actor=staff.desk,
    )  # fmt: skip
    nurse = staff.nurses[number % 2]
    weight_g = int(Decimal(sheet.kg) * 1000) if sheet.kg else None
    day = at.date()
    if sheet.cm:
        chart.record_height(
            patient_id=patient.pk, height_mm=int(sheet.cm) * 10, as_entered=f"{sheet.cm} cm",
            measured_on=day, actor=nurse,
        )  # fmt: skip
    for what, reaction, severity in sheet.allergies:
        chart.add_statement(
            patient_id=patient.pk, kind=StatementKind.ALLERGY, text=what, reaction=reaction,
            severity=severity, actor=nurse,
        )  # fmt: skip
    if not sheet.allergies:
        chart.state_no_known_allergies(patient_id=patient.pk, actor=nurse)
    for kind, texts in (
        (StatementKind.MEDICINE, sheet.medicines),
        (StatementKind.CONDITION, sheet.conditions),
    ):
        for text in texts:
            chart.add_statement(patient_id=patient.pk, kind=kind, text=text, actor=nurse)
    return Member(
        sheet=sheet,
        patient=patient,
        side=random.choice(("left", "right")),
        pain=random.randint(6, 8),
        weight_g=weight_g,
    )
