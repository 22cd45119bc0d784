"""Two records laid side by side, line by line, with what differs marked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tautband.clinic.banner import age_words, sex_words
from tautband.clinic.courses import sitting_words
from tautband.clinic.forms.patients import IDENTIFIER_CHOICES
from tautband.clinic.views.chart import severity_words
from tautband.clinical.amounts import format_kg, format_mg, format_units
from tautband.clinical.knowledge import knowledge
from tautband.records.models import Appointment, ClinicalStatement, ElsewhereDose
from tautband.records.models.vocabulary import AppointmentStatus, StatementKind
from tautband.records.queries import centre, merging
from tautband.records.queries.merging import Matter, Side

FEW_WEIGHTS = 4
Lines = Sequence[str]
# What one side says: a label, its lines, and in what that may contradict the other side.
_Told = Iterable[tuple[str, Lines, Matter | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing as each of the two records has it."""

    label: str
    left: Lines
    right: Lines
    #: Whether the two contradict each other here, so that somebody has to decide.
    matters: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two do not say the same, in whatever order."""
        return sorted(self.left) != sorted(self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows of one kind."""

    title: str
    rows: Sequence[Row]


def beside(left: Side, right: Side) -> list[Section]:
    """Who it is, what could hurt, and what was done and booked here."""
    matters = merging.matters_of(left, right)

    def rows(told: Callable[[Side], _Told]) -> list[Row]:
        return [
            Row(label=label, left=tuple(mine), right=tuple(theirs), matters=matter in matters)
            for (label, mine, matter), (_label, theirs, _matter) in zip(
                told(left), told(right), strict=True
            )
        ]

    return [
        Section(title=_("Who it is"), rows=rows(_who)),
        Section(title=_("What could hurt"), rows=rows(_chart)),
        Section(title=_("Here"), rows=rows(_here)),
    ]


def day(on: date) -> str:
    """A day as it is read."""
    return formats.date_format(on, "j M Y")


def _one(text: object) -> Lines:
    return (str(text),) if text else ()


def _who(side: Side) -> _Told:
    patient = side.patient
    age = age_words(patient, centre.today(timezone.now()))
    yield _("Name"), _one(patient.full_name), None
    yield _("Other names or spelling"), _one(patient.other_name), None
    yield _("Born on"), _one(f"{day(patient.born_on)} ({age})"), Matter.BORN_ON
    yield _("Sex"), _one(sex_words(patient.sex)), Matter.SEX
    yield (
        _("Died on"),
        _one(day(patient.deceased_on) if patient.deceased_on else ""),
        Matter.DIED_ON,
    )
    yield _("Telephone"), _one(patient.phone), None
    yield _("Email"), _one(patient.email), None
    yield _("Address"), _one(patient.address), None
    yield _("Interpreter needed for"), _one(patient.interpreter_language), None
    known = dict(IDENTIFIER_CHOICES)
    yield (
        _("Known elsewhere as"),
        [f"{known.get(system, system)}: {value}" for system, value in side.identifiers],
        Matter.IDENTIFIERS,
    )
    written = day(timezone.localtime(patient.recorded_at).date())
    yield _("On record since"), _one(written), None


def _chart(side: Side) -> _Told:
    chart = side.chart
    allergies = [_allergy(row) for row in chart.allergies]
    if not allergies:
        none = side.patient.no_known_allergies
        allergies = [_("none known, asked") if none else _("not asked yet")]
    yield _("Allergies"), [*allergies, *_ended(side, StatementKind.ALLERGY)], Matter.ALLERGIES
    medicines = [row.text or row.code for row in chart.medicines]
    yield _("Medicines"), [*medicines, *_ended(side, StatementKind.MEDICINE)], None
    conditions = [row.text or row.code for row in chart.conditions]
    yield _("Conditions"), [*conditions, *_ended(side, StatementKind.CONDITION)], None
    yield (
        _("Weight"),
        [f"{format_kg(row.amount)}, {day(row.measured_on)}" for row in chart.weights[:FEW_WEIGHTS]],
        Matter.WEIGHT,
    )
    yield (
        _("Height"),
        [f"{row.digits} {row.unit}, {day(row.measured_on)}" for row in chart.heights[:1]],
        None,
    )
    yield _("Doses given elsewhere"), [_dose(row) for row in chart.elsewhere], None


def _allergy(row: ClinicalStatement) -> str:
    said = (row.text or row.code, row.reaction, severity_words(row.severity))
    return ", ".join(part for part in said if part)


def _ended(side: Side, kind: StatementKind) -> list[str]:
    return [_("%s (ended)") % (row.text or row.code) for row in side.chart.past if row.kind == kind]


def _dose(row: ElsewhereDose) -> str:
    agents = knowledge().agents
    name = agents[row.agent].name if row.agent in agents else row.agent
    amount = _("amount unknown")
    if row.amount_ug is not None:
        amount = format_mg(row.amount_ug)
    elif row.units_centi is not None:
        amount = format_units(row.units_centi)
    return f"{name}, {amount}, {day(row.given_on)}"


def _here(side: Side) -> _Told:
    yield _("Sessions"), [f"{day(one.on)}: {sitting_words(one)}" for one in side.sittings], None
    yield _("Bookings"), list(_bookings(side.bookings)), None


def _bookings(bookings: Sequence[Appointment]) -> Iterable[str]:
    now, past = timezone.now(), 0
    for one in bookings:
        if one.status == AppointmentStatus.BOOKED and one.starts_at >= now:
            at = formats.date_format(timezone.localtime(one.starts_at), "j M Y, H:i")
            yield f"{at}, {one.clinician.full_name}"
        else:
            past += 1
    if past:
        yield ngettext("%d earlier", "%d earlier", past) % past
