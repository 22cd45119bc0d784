"""The tables of the clinical record, one file per aggregate."""

from tautband.records.models.centre import Centre, RescueKitCheck
from tautband.records.models.chart import (
    ClinicalStatement,
    Coverage,
    ElsewhereDose,
    Measurement,
    PatientReportedOutcome,
    PregnancyStatus,
)
from tautband.records.models.draft import Draft
from tautband.records.models.encounter import (
    Appointment,
    Encounter,
    RangeOfMotion,
    ScreeningAnswer,
    TriggerPoint,
)
from tautband.records.models.merge import PatientMerge
from tautband.records.models.patient import Patient, PatientIdentifier, PatientSearchKey
from tautband.records.models.procedure import Ingredient, Injection, Procedure, Syringe
from tautband.records.models.safety import (
    AdverseEvent,
    Consent,
    FindingRecord,
    FindingResponse,
    Recovery,
    TimeOut,
    VitalSigns,
)
from tautband.records.models.signed import SignedRecord

__all__ = [
    "AdverseEvent", "Appointment", "Centre", "ClinicalStatement", "Consent", "Coverage", "Draft",
    "ElsewhereDose", "Encounter", "FindingRecord", "FindingResponse", "Ingredient", "Injection",
    "Measurement", "Patient", "PatientIdentifier", "PatientMerge", "PatientReportedOutcome",
    "PatientSearchKey", "PregnancyStatus", "Procedure", "RangeOfMotion", "Recovery",
    "RescueKitCheck", "ScreeningAnswer", "SignedRecord", "Syringe", "TimeOut", "TriggerPoint",
    "VitalSigns",
]  # fmt: skip
