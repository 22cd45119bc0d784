"""What stands on a patient's chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from tautband.records.models import (
    ClinicalStatement,
    Coverage,
    ElsewhereDose,
    Measurement,
    Patient,
    PregnancyStatus,
)
from tautband.records.models.vocabulary import MeasurementKind, StatementKind

# A change beyond this share of the last weight is likelier a slip than a patient.
UNLIKELY_CHANGE_PERCENT = 20
# What is weighed and measured here, too; everything else comes from a laboratory or a report.
_BY_HAND = frozenset({MeasurementKind.WEIGHT, MeasurementKind.HEIGHT})


def latest_measurement(patient_id: UUID, kind: MeasurementKind) -> Measurement | None:
    """The last one that stands, by the day, then the instant, then when it was written."""
    rows = Measurement.objects.filter(patient_id=patient_id, kind=kind, entered_in_error=False)
    last = rows.order_by("-measured_on").values("measured_on")[:1]
    return max(rows.filter(measured_on__in=last), key=_moment, default=None)


def _moment(row: Measurement) -> tuple[date, float, float]:
    """What makes a measurement the last: on one day a known instant is later than an unknown one.

    Compared here because databases disagree on where nothing stands among instants.
    """
    instant = row.measured_at.timestamp() if row.measured_at else float("-inf")
    return (row.measured_on, instant, row.recorded_at.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One patient's chart, sorted out: what counts now, what is past, what was an error."""

    patient: Patient
    allergies: Sequence[ClinicalStatement]
    medicines: Sequence[ClinicalStatement]
    conditions: Sequence[ClinicalStatement]
    past: Sequence[ClinicalStatement]
    weights: Sequence[Measurement]
    heights: Sequence[Measurement]
    laboratory: Sequence[Measurement]
    elsewhere: Sequence[ElsewhereDose]
    errors: int

    @property
    def weight(self) -> Measurement | None:
        """The weight that counts."""
        return self.weights[0] if self.weights else None

    @property
    def height(self) -> Measurement | None:
        """The height that counts."""
        return self.heights[0] if self.heights else None

    @property
    def body_mass_index(self) -> Decimal | None:
        """kg/m² to one decimal, from the last weight and height; None if either is unknown."""
        if self.weight is None or self.height is None:
            return None
        metres = Decimal(self.height.amount) / 1000
        kilograms = Decimal(self.weight.amount) / 1000
        return (kilograms / (metres * metres)).quantize(Decimal("0.1"))


def of_patient(patient: Patient, *, with_elsewhere: bool = True) -> Chart:
    """The whole chart: three queries, whatever its length; two without the doses elsewhere."""
    statements = list(ClinicalStatement.objects.filter(patient=patient).order_by("-recorded_at"))
    measurements = list(Measurement.objects.filter(patient=patient))
    elsewhere = (
        list(ElsewhereDose.objects.filter(patient=patient).order_by("-given_on", "-recorded_at"))
        if with_elsewhere
        else []
    )
    standing = [row for row in statements if not row.entered_in_error]
    measured = sorted(
        (row for row in measurements if not row.entered_in_error), key=_moment, reverse=True
    )
    doses = [row for row in elsewhere if not row.entered_in_error]

    def active(kind: StatementKind) -> list[ClinicalStatement]:
        return sorted(
            (row for row in standing if row.active and row.kind == kind),
            key=lambda row: (row.text or row.code).casefold(),
        )

    return Chart(
        patient=patient,
        allergies=active(StatementKind.ALLERGY),
        medicines=active(StatementKind.MEDICINE),
        conditions=active(StatementKind.CONDITION),
        past=[row for row in standing if not row.active],
        weights=[row for row in measured if row.kind == MeasurementKind.WEIGHT],
        heights=[row for row in measured if row.kind == MeasurementKind.HEIGHT],
        laboratory=[row for row in measured if row.kind not in _BY_HAND],
        elsewhere=doses,
        errors=(len(statements) - len(standing))
        + (len(measurements) - len(measured))
        + (len(elsewhere) - len(doses)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What only other systems report: pregnancies, latest first, and who pays."""

    pregnancies: Sequence[PregnancyStatus]
    coverages: Sequence[Coverage]


def reported_of(patient: Patient) -> Reported:
    """Both lists, without what was withdrawn: two queries."""
    standing = {"patient": patient, "entered_in_error": False}
    return Reported(
        pregnancies=list(
            PregnancyStatus.objects.filter(**standing).order_by("-observed_on", "-recorded_at")
        ),
        coverages=list(Coverage.objects.filter(**standing).order_by("-active", "payer")),
    )


def words_of(patient: Patient, what: str, line_id: UUID) -> str:
    """What a line of this patient's chart says, in its own words; "" if it is not theirs."""
    if what == "statement":
        row = ClinicalStatement.objects.filter(pk=line_id, patient=patient).first()
        return (row.text or row.code) if row else ""
    if what == "measurement":
        measured = Measurement.objects.filter(pk=line_id, patient=patient).first()
        return f"{measured.as_entered}, {measured.measured_on:%Y-%m-%d}" if measured else ""
    dose = ElsewhereDose.objects.filter(pk=line_id, patient=patient).first()
    return f"{dose.agent}, {dose.given_on:%Y-%m-%d}" if dose else ""
