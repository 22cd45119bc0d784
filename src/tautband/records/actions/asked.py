"""What today's answers add to the chart, so that it is known at the next visit too."""

from collections.abc import Mapping

from tautband.accounts.models import User
from tautband.clinical.terms import AllergySeverity, Answer
from tautband.records.actions import patients
from tautband.records.chart_lines import ASKED
from tautband.records.models import ClinicalStatement, Encounter
from tautband.records.models.vocabulary import StatementKind
from tautband.records.patient_facts import bleeding_words, is_bleeding_disorder

# question → what it tells of, and the detail that names it
NAMED = {
    "allergies": (StatementKind.ALLERGY, "substance"),
    "anticoagulant": (StatementKind.MEDICINE, "medicine"),
}


def to_chart(
    *,
    encounter: Encounter,
    answers: Mapping[str, Answer],
    details: Mapping[str, Mapping[str, str]],
    actor: User,
) -> int:
    """Add an allergy or a blood thinner told today that the chart lacks; how many were added.

    "No" to allergies, with none on the chart, is kept as "none known". Nothing is ever ended or
    removed by an answer: that is done on the chart, on purpose.
    """
    patient = patients.hold(encounter.patient_id)
    added = 0
    for question, (usual, name) in NAMED.items():
        kind = usual
        said = details.get(question, {})
        text = said.get(name, "").strip()
        if answers.get(question) is not Answer.YES or not text:
            continue
        severity = said.get("severity", "")
        if kind is StatementKind.MEDICINE:
            kind = StatementKind.CONDITION if is_bleeding_disorder(text) else kind
            text = bleeding_words(text)
        known = patient.statements.filter(kind=kind, entered_in_error=False, active=True)
        if any(
            each.text.casefold() == text.casefold() and severity in {"", each.severity}
            for each in known
        ):
            continue
        ClinicalStatement.objects.create(
            patient=patient,
            kind=kind,
            text=text[:240],
            reaction=said.get("reaction", "")[:240],
            severity=AllergySeverity(severity) if severity else "",
            source=ASKED,
            recorded_by=actor,
        )
        added += 1
    allergies = patient.statements.filter(
        kind=StatementKind.ALLERGY, entered_in_error=False, active=True
    )
    none_known = answers.get("allergies") is Answer.NO and not allergies.exists()
    if added or none_known != patient.no_known_allergies:
        if answers.get("allergies") in {Answer.YES, Answer.NO}:
            patient.no_known_allergies = none_known
        patient.revision += 1
        patient.save(update_fields=["no_known_allergies", "revision"])
    return added
