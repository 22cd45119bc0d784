"""Each of HL7's rules that the gate holds: what keeps it is taken, what breaks it is refused."""

import json
from typing import Any

import pytest

from tautband.interop.fhir import gate
from tautband.interop.fhir.elements import Bad

NOON = "2020-01-01T12:00:00Z"
UCUM = "http://unitsofmeasure.org"
TERMS = "http://terminology.hl7.org/CodeSystem/"
SUBJECT = {"reference": "Patient/1"}
Json = dict[str, Any]


def value(form: str, content: object) -> Json:
    """A Patient who carries a value of any datatype in an extension."""
    extension = {"url": "urn:x", f"value{form}": content}
    return {"resourceType": "Patient", "extension": [extension]}


def resource(kind: str, **fields: Any) -> Json:
    return {"resourceType": kind, **fields}


def bundle(kind: str, *entries: Json, **fields: Any) -> Json:
    return resource("Bundle", type=kind, **({"entry": list(entries)} if entries else {}), **fields)


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": TERMS + system, "code": code}]}


def condition(**fields: Any) -> Json:
    return resource("Condition", subject=SUBJECT, **fields)


def observation(**fields: Any) -> Json:
    return resource("Observation", status="final", code={"text": "x"}, **fields)


def given(**fields: Any) -> Json:
    whole = {
        "status": "completed", "subject": SUBJECT, "medicationCodeableConcept": {"text": "x"},
        "effectiveDateTime": "2020",
    }  # fmt: skip
    return resource("MedicationAdministration", **whole, **fields)


def appointment(status: str, **fields: Any) -> Json:
    participant = fields.pop("participant", {"status": "accepted", "actor": SUBJECT})
    return resource("Appointment", status=status, participant=[participant], **fields)


def consent(**fields: Any) -> Json:
    return resource("Consent", status="active", scope={"text": "x"}, category=[{"text": "x"}],
                    **fields)  # fmt: skip


def holder(*contained: Json, **fields: Any) -> Json:
    return resource("Patient", contained=list(contained), **fields)


def metres(number: int) -> Json:
    return {"value": number, "unit": "m"}


def repeat(**fields: Any) -> Json:
    return value("Timing", {"repeat": fields})


AGE = {"value": 5, "system": UCUM, "code": "a"}
ORGANIZATION = resource("Organization", id="o", name="x")
AT_O = {"managingOrganization": {"reference": "#o"}}
ASKS = {"method": "GET", "url": "Patient/1"}
POST = {"method": "POST", "url": "Patient"}
PATIENT = resource("Patient")
DONE = {"status": "200"}
EXTENSION = "Patient.extension[0]."

#: The rule, what keeps it, what breaks it, and where.
RULES: list[tuple[str, Json, Json, str]] = [
    ("age-1", value("Age", AGE), value("Age", {**AGE, "value": 0}), EXTENSION + "valueAge.value"),
    ("age-1", value("Age", AGE), value("Age", {"value": 5}), EXTENSION + "valueAge.code"),
    ("age-1", value("Age", AGE), value("Age", {**AGE, "system": "urn:x"}),
     EXTENSION + "valueAge.system"),
    ("cnt-3", value("Count", {"value": 2, "system": UCUM, "code": "1"}),
     value("Count", {"value": 2.5, "system": UCUM, "code": "1"}), EXTENSION + "valueCount.value"),
    ("cnt-3", value("Count", {"value": 2, "system": UCUM, "code": "1"}),
     value("Count", {"value": 2, "system": UCUM, "code": "kg"}), EXTENSION + "valueCount.code"),
    ("dis-1", value("Distance", {"value": 2, "system": UCUM, "code": "m"}),
     value("Distance", {"value": 2}), EXTENSION + "valueDistance.code"),
    ("drt-1", value("Duration", {"value": 2, "system": UCUM, "code": "d"}),
     value("Duration", {"system": UCUM, "code": "d"}), EXTENSION + "valueDuration.value"),
    ("drt-1", value("Duration", {"unit": "days"}),
     value("Duration", {"value": 2, "system": "urn:x", "code": "d"}),
     EXTENSION + "valueDuration.system"),
    ("qty-3", value("Quantity", {"value": 2, "system": UCUM, "code": "kg"}),
     value("Quantity", {"value": 2, "code": "kg"}), EXTENSION + "valueQuantity.system"),
    ("sqt-1", value("Range", {"low": {"value": 1}}),
     value("Range", {"low": {"value": 1, "comparator": "<"}}),
     EXTENSION + "valueRange.low.comparator"),
    ("rng-2", value("Range", {"low": {"value": 1}, "high": {"value": 1.0}}),
     value("Range", {"low": {"value": 1}, "high": {"value": 0.5}}), EXTENSION + "valueRange.high"),
    ("rng-2", value("Range", {"low": metres(1), "high": {"value": 5, "unit": "cm"}}),
     value("Range", {"low": metres(9), "high": metres(5)}),
     EXTENSION + "valueRange.high"),
    ("rat-1", value("Ratio", {"numerator": {"value": 1}, "denominator": {"value": 2}}),
     value("Ratio", {"denominator": {"value": 2}}), EXTENSION + "valueRatio.numerator"),
    ("cpt-2", value("ContactPoint", {"system": "phone", "value": "1"}),
     value("ContactPoint", {"value": "1"}), EXTENSION + "valueContactPoint.system"),
    ("att-1", value("Attachment", {"contentType": "text/plain", "data": "eA=="}),
     value("Attachment", {"data": "eA=="}), EXTENSION + "valueAttachment.contentType"),
    ("base64", value("Attachment", {"contentType": "text/plain", "data": "eA\n=="}),
     value("Attachment", {"contentType": "text/plain", "data": "eA="}),
     EXTENSION + "valueAttachment.data"),
    ("exp-1", value("Expression", {"language": "text/cql", "expression": "x"}),
     value("Expression", {"language": "text/cql"}), EXTENSION + "valueExpression.expression"),
    ("drq-1", value("DataRequirement", {"type": "Patient", "codeFilter": [{"path": "x"}]}),
     value("DataRequirement",
           {"type": "Patient", "codeFilter": [{"path": "x", "searchParam": "x"}]}),
     EXTENSION + "valueDataRequirement.codeFilter[0].searchParam"),
    ("drq-2", value("DataRequirement", {"type": "Patient", "dateFilter": [{"searchParam": "x"}]}),
     value("DataRequirement", {"type": "Patient", "dateFilter": [{"valueDateTime": "2020"}]}),
     EXTENSION + "valueDataRequirement.dateFilter[0].path"),
    ("trd-1", value("TriggerDefinition", {"type": "data-added", "data": [{"type": "Patient"}]}),
     value("TriggerDefinition",
           {"type": "data-added", "data": [{"type": "Patient"}], "timingDate": "2020"}),
     EXTENSION + "valueTriggerDefinition.timing[x]"),
    ("trd-2", value("TriggerDefinition", {"type": "named-event", "name": "x"}),
     value("TriggerDefinition", {"type": "named-event", "name": "x",
                                 "condition": {"language": "text/cql", "expression": "x"}}),
     EXTENSION + "valueTriggerDefinition.data"),
    ("trd-3", value("TriggerDefinition", {"type": "periodic", "timingDate": "2020"}),
     value("TriggerDefinition", {"type": "periodic"}),
     EXTENSION + "valueTriggerDefinition.timing[x]"),
    ("trd-3", value("TriggerDefinition", {"type": "named-event", "name": "x"}),
     value("TriggerDefinition", {"type": "named-event"}),
     EXTENSION + "valueTriggerDefinition.name"),
    ("tim-1", repeat(duration=1, durationUnit="h"), repeat(duration=1),
     EXTENSION + "valueTiming.repeat.durationUnit"),
    ("tim-2", repeat(period=1, periodUnit="d"), repeat(period=1),
     EXTENSION + "valueTiming.repeat.periodUnit"),
    ("tim-4", repeat(duration=0, durationUnit="h"), repeat(duration=-1, durationUnit="h"),
     EXTENSION + "valueTiming.repeat.duration"),
    ("tim-5", repeat(period=0, periodUnit="d"), repeat(period=-1, periodUnit="d"),
     EXTENSION + "valueTiming.repeat.period"),
    ("tim-6", repeat(period=1, periodMax=2, periodUnit="d"), repeat(periodMax=2),
     EXTENSION + "valueTiming.repeat.period"),
    ("tim-7", repeat(duration=1, durationMax=2, durationUnit="h"), repeat(durationMax=2),
     EXTENSION + "valueTiming.repeat.duration"),
    ("tim-8", repeat(count=1, countMax=2), repeat(countMax=2),
     EXTENSION + "valueTiming.repeat.count"),
    ("tim-9", repeat(when=["AC"], offset=30), repeat(when=["C"], offset=30),
     EXTENSION + "valueTiming.repeat.offset"),
    ("tim-9", repeat(when=["AC"], offset=30), repeat(offset=30),
     EXTENSION + "valueTiming.repeat.when"),
    ("tim-10", repeat(timeOfDay=["08:00:00"]), repeat(timeOfDay=["08:00:00"], when=["HS"]),
     EXTENSION + "valueTiming.repeat.when"),
    ("per-1", value("Period", {"start": "2020-05", "end": "2020"}),
     value("Period", {"start": "2020-05", "end": "2019"}), EXTENSION + "valuePeriod.end"),
    ("per-1", value("Period", {"start": "2020-01-01T10:00:00.5Z",
                               "end": "2020-01-01T10:00:60.25+00:00"}),
     value("Period", {"start": "2020-01-01T10:00:00.55Z", "end": "2020-01-01T10:00:00.5Z"}),
     EXTENSION + "valuePeriod.end"),
    ("txt-1", resource("Patient", text={"status": "generated", "div": "<div><b>x</b></div>"}),
     resource("Patient", text={"status": "generated", "div": "<div><b onclick='x'>x</b></div>"}),
     "Patient.text.div"),
    ("txt-2", resource("Patient", text={"status": "generated", "div": "<div>x</div>"}),
     resource("Patient", text={"status": "generated", "div": "<div><p> </p></div>"}),
     "Patient.text.div"),
    ("dom-2", holder(ORGANIZATION, **AT_O),
     holder({**ORGANIZATION, "contained": [{**ORGANIZATION, "id": "p"}]}, **AT_O),
     "Patient.contained[0].contained"),
    ("dom-3", holder(ORGANIZATION, **AT_O), holder(ORGANIZATION), "Patient.contained[0]"),
    ("dom-3", holder(ORGANIZATION, **AT_O), holder(ORGANIZATION, ORGANIZATION, **AT_O),
     "Patient.contained[1].id"),
    ("dom-4", holder({**ORGANIZATION, "meta": {"profile": ["urn:x"]}}, **AT_O),
     holder({**ORGANIZATION, "meta": {"versionId": "1"}}, **AT_O),
     "Patient.contained[0].meta.versionId"),
    ("dom-5", holder({**ORGANIZATION, "meta": {"profile": ["urn:x"]}}, **AT_O),
     holder({**ORGANIZATION, "meta": {"security": [{"code": "R"}]}}, **AT_O),
     "Patient.contained[0].meta.security"),
    ("con-1", condition(stage=[{"summary": {"text": "x"}}]),
     condition(stage=[{"type": {"text": "x"}}]), "Condition.stage[0].summary"),
    ("con-2", condition(evidence=[{"code": [{"text": "x"}]}]),
     condition(evidence=[{"extension": [{"url": "urn:x", "valueCode": "x"}]}]),
     "Condition.evidence[0].code"),
    ("con-4", condition(abatementDateTime="2020",
                        clinicalStatus=concept("condition-clinical", "resolved")),
     condition(abatementDateTime="2020"), "Condition.abatement[x]"),
    ("ait-1", resource("AllergyIntolerance", patient=SUBJECT, verificationStatus=concept(
        "allergyintolerance-verification", "entered-in-error")),
     resource("AllergyIntolerance", patient=SUBJECT), "AllergyIntolerance.clinicalStatus"),
    ("obs-3", observation(referenceRange=[{"text": "x"}]),
     observation(referenceRange=[{"type": {"text": "x"}}]), "Observation.referenceRange[0].text"),
    ("mad-1", given(dosage={"dose": {"value": 1}}), given(dosage={"text": "x"}),
     "MedicationAdministration.dosage.dose"),
    ("org-2", resource("Organization", name="x", address=[{"use": "work", "city": "x"}]),
     resource("Organization", name="x", address=[{"use": "home", "city": "x"}]),
     "Organization.address[0].use"),
    ("org-3", resource("Organization", name="x", telecom=[{"use": "work", "system": "phone"}]),
     resource("Organization", name="x", telecom=[{"use": "home", "system": "phone"}]),
     "Organization.telecom[0].use"),
    ("app-1", appointment("proposed"),
     appointment("proposed", participant={"status": "accepted"}),
     "Appointment.participant[0].actor"),
    ("app-3", appointment("waitlist"), appointment("booked"), "Appointment.start"),
    ("app-4", appointment("cancelled", cancelationReason={"text": "x"}),
     appointment("proposed", cancelationReason={"text": "x"}), "Appointment.cancelationReason"),
    ("ppc-1", consent(policyRule={"text": "x"}), consent(), "Consent.policyRule"),
    ("bdl-1", bundle("searchset", total=1), bundle("collection", total=1), "Bundle.total"),
    ("bdl-2", bundle("searchset", {"resource": PATIENT, "search": {"mode": "match"}}),
     bundle("collection", {"resource": PATIENT, "search": {"mode": "match"}}),
     "Bundle.entry[0].search"),
    ("bdl-3", bundle("transaction", {"resource": PATIENT, "request": POST}),
     bundle("collection", {"resource": PATIENT, "request": POST}), "Bundle.entry[0].request"),
    ("bdl-4", bundle("batch-response", {"response": DONE}),
     bundle("batch-response", {"resource": PATIENT}), "Bundle.entry[0].response"),
    ("bdl-5", bundle("batch", {"request": ASKS}),
     bundle("collection", {"fullUrl": "urn:uuid:x"}), "Bundle.entry[0].resource"),
    ("bdl-7", bundle("history", *[{"fullUrl": "urn:uuid:x", "resource": PATIENT, "request": ASKS,
                                   "response": DONE}] * 2),
     bundle("collection", *[{"fullUrl": "urn:uuid:x", "resource": PATIENT}] * 2),
     "Bundle.entry[1].fullUrl"),
    ("bdl-9", bundle("document", {"resource": resource("Composition")}, timestamp=NOON,
                     identifier={"system": "urn:x", "value": "1"}),
     bundle("document", {"resource": resource("Composition")}, timestamp=NOON,
            identifier={"system": "urn:x"}), "Bundle.identifier.value"),
    ("bdl-9", bundle("collection", {"resource": PATIENT}),
     bundle("document", {"resource": resource("Composition")}, timestamp=NOON),
     "Bundle.identifier"),
    ("bdl-10", bundle("collection", {"resource": PATIENT}),
     bundle("document", {"resource": resource("Composition")},
            identifier={"system": "urn:x", "value": "1"}), "Bundle.timestamp"),
    ("bdl-11", bundle("collection", {"resource": PATIENT}),
     bundle("document", {"resource": PATIENT}, timestamp=NOON,
            identifier={"system": "urn:x", "value": "1"}), "Bundle.entry[0].resource"),
    ("bdl-12", bundle("message", {"resource": resource("MessageHeader")}),
     bundle("message", {"resource": PATIENT}), "Bundle.entry[0].resource"),
    ("type", bundle("collection", {"fullUrl": "http://x/fhir/Patient/1", "resource": PATIENT}),
     bundle("collection", {"fullUrl": "http://x/fhir/Group/1", "resource": PATIENT}),
     "Bundle.entry[0].fullUrl"),
]  # fmt: skip


def refused(content: Json) -> str | None:
    try:
        gate.refuse_invalid(json.dumps(content).encode(), "")
    except Bad as bad:
        return bad.path
    return None


@pytest.mark.parametrize(
    ("kept", "broken", "path"),
    [rule[1:] for rule in RULES],
    ids=[f"{index} {rule[0]}" for index, rule in enumerate(RULES)],
)
def test_a_rule_is_held(kept: Json, broken: Json, path: str) -> None:
    assert refused(kept) is None
    assert refused(broken) == path
