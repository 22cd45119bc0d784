"""The patient, and those who work here, as FHIR R4."""

from collections.abc import Sequence

from tautband.accounts.models import User
from tautband.clinical.terms import AllergySeverity
from tautband.interop.fhir.export import rows
from tautband.interop.fhir.export.elements import (
    PATIENT_ID,
    PATIENT_NUMBER,
    SNOMED,
    Resource,
    coding,
    concept,
    day,
    derived,
    hl7,
    key_of,
    refer,
    resource,
    told,
)
from tautband.interop.fhir.statements import NO_KNOWN_ALLERGY
from tautband.records.models import Patient, PatientMerge

# How bad a reaction was, in R4's three words; anaphylaxis is a manifestation and severe.
SEVERITIES = {
    AllergySeverity.MILD: "mild",
    AllergySeverity.MODERATE: "moderate",
    AllergySeverity.SEVERE: "severe",
    AllergySeverity.ANAPHYLAXIS: "severe",
}


def patient_to_fhir(
    patient: Patient,
    identifiers: tuple[tuple[str, str], ...],
    merges: Sequence[PatientMerge] = (),
) -> Resource:
    """A Patient: our own id and number first, then the numbers other systems know them by.

    What was merged into the record is linked by its id: that record holds nothing of its own.
    """
    names = [
        told(
            {
                "use": "official",
                "family": patient.family_name,
                "given": [patient.given_name] if patient.given_name else [],
            }
        )
    ]
    if patient.other_name:
        names.append({"use": "nickname", "text": patient.other_name})
    telecom = [
        {"system": kind, "value": value}
        for kind, value in (("phone", patient.phone), ("email", patient.email))
        if value
    ]
    spoken = []
    if patient.language:
        # As it was entered: the centre's list of languages is not BCP 47 throughout.
        spoken.append({"language": concept(patient.language), "preferred": True})
    if patient.interpreter_language:
        spoken.append({"language": concept(patient.interpreter_language)})
    return resource(
        "Patient",
        patient.pk,
        extension=[rows.to_fhir(patient), *map(rows.to_fhir, merges)],
        identifier=[
            {"use": "usual", "system": PATIENT_NUMBER, "value": patient.number},
            {"use": "secondary", "system": PATIENT_ID, "value": str(patient.pk)},
            *({"system": system, "value": value} for system, value in identifiers),
        ],
        active=True,
        name=names,
        telecom=telecom,
        gender=patient.sex,
        birthDate=day(patient.born_on),
        deceasedDateTime=day(patient.deceased_on),
        address=[{"text": patient.address}] if patient.address else [],
        communication=spoken,
        link=[_replaced(each) for each in merges if each.undone_at is None],
    )


def _replaced(merge: PatientMerge) -> Resource:
    known_as = {"system": PATIENT_ID, "value": str(merge.merged_id)}
    return {"other": {"type": "Patient", "identifier": known_as}, "type": "replaces"}


def no_known_allergies_to_fhir(patient: Patient) -> Resource:
    """The statement that the patient has no known allergy."""
    said = concept("No known allergy", coding(SNOMED, NO_KNOWN_ALLERGY, "No known allergy"))
    return resource(
        "AllergyIntolerance",
        derived(patient.pk, "no-known-allergies"),
        clinicalStatus=hl7("allergyintolerance-clinical", "active"),
        verificationStatus=hl7("allergyintolerance-verification", "confirmed"),
        code=said,
        patient=refer(patient.pk),
    )


def practitioner_to_fhir(person: User) -> Resource:
    """Somebody who works here, by the name that stands on a note; never how they sign in."""
    names = [{"use": "official", "text": person.full_name}]
    if person.short_name and person.short_name != person.full_name:
        names.append({"use": "nickname", "text": person.short_name})
    return resource("Practitioner", key_of(person), name=names)
