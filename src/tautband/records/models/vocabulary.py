"""Vocabularies of the record itself; the clinical ones live in `clinical.terms`."""

from enum import StrEnum


class PaperSize(StrEnum):
    """What a centre prints on."""

    A4 = "a4"
    LETTER = "letter"


class AppointmentStatus(StrEnum):
    """Where a booking stands."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    DID_NOT_ATTEND = "did-not-attend"


class StatementKind(StrEnum):
    """What a line of the chart states."""

    ALLERGY = "allergy"
    MEDICINE = "medicine"
    CONDITION = "condition"


class MeasurementKind(StrEnum):
    """What was measured; the unit and the scale of `amount` are fixed by the kind."""

    WEIGHT = "weight"
    HEIGHT = "height"
    BMI = "bmi"
    HBA1C = "hba1c"
    INR = "inr"
    PLATELETS = "platelets"
    EGFR = "egfr"


class Pregnancy(StrEnum):
    """What a report of another system says of pregnancy."""

    PREGNANT = "pregnant"
    NOT_PREGNANT = "not-pregnant"
    UNKNOWN = "unknown"


class ConsentStatus(StrEnum):
    """What became of asking for consent."""

    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class InjectionStatus(StrEnum):
    """What became of a planned row."""

    PLANNED = "planned"
    GIVEN = "given"
    NOT_GIVEN = "not-given"


class Aspiration(StrEnum):
    """What came back when the plunger was drawn before injecting."""

    NEGATIVE = "negative"
    BLOOD = "blood"
    AIR = "air"


class Tolerance(StrEnum):
    """How the sitting was tolerated."""

    WELL = "well"
    FAIRLY = "fairly"
    BADLY = "badly"


class Decider(StrEnum):
    """Who consents."""

    PATIENT = "patient"
    PROXY = "proxy"


class ConsentMode(StrEnum):
    """How consent was given."""

    VERBAL = "verbal"
    SIGNED = "signed"


class ErrorReason(StrEnum):
    """The only two reasons for which a sitting is marked as entered in error."""

    WRONG_PATIENT = "wrong-patient"
    NEVER_HAPPENED = "never-happened"


class AdverseEventStatus(StrEnum):
    """How far an incident has been followed."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Instrument(StrEnum):
    """Questionnaires whose scores are kept over time."""

    NRS_NOW = "nrs-now"
    NRS_AVERAGE = "nrs-average"
    NRS_WORST = "nrs-worst"
    PEG = "peg"
    PGIC = "pgic"


class ResponseKind(StrEnum):
    """How a person answered a finding."""

    ACKNOWLEDGED = "acknowledged"
    OVERRIDDEN = "overridden"


class Moment(StrEnum):
    """When the rules were run and their findings kept."""

    PLAN = "plan"
    TIME_OUT = "time-out"
    RECORD = "record"
    SIGN = "sign"
