"""The resources and datatypes of FHIR R4 (4.0.1). GENERATED: do not edit.

Written by tools/fhir_structs.py out of HL7's StructureDefinitions, ValueSets and CodeSystems
(npm package hl7.fhir.r4.examples 4.0.1, CC0-1.0). A code that FHIR binds by "required" is a
Literal. A primitive that must be there may be stated by its `_name` alone, so it is optional here
and listed in REQUIRED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, Union

from msgspec import defstruct, field

from tautband.interop.fhir.r4.primitives import (
    UNSET, Base64, Canonical, Checked, Code, Date, DateTime, Id, Instant, Integer, Literal, Many,
    Markdown, Number, Oid, PositiveInt, String, Time, UnsignedInt, Unset, Uri, Url, Uuid, Xhtml,
)

RESOURCE_TYPES = frozenset({
    "Account", "ActivityDefinition", "AdverseEvent", "AllergyIntolerance", "Appointment",
    "AppointmentResponse", "AuditEvent", "Basic", "Binary", "BiologicallyDerivedProduct",
    "BodyStructure", "Bundle", "CapabilityStatement", "CarePlan", "CareTeam", "CatalogEntry",
    "ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse", "ClinicalImpression",
    "CodeSystem", "Communication", "CommunicationRequest", "CompartmentDefinition", "Composition",
    "ConceptMap", "Condition", "Consent", "Contract", "Coverage", "CoverageEligibilityRequest",
    "CoverageEligibilityResponse", "DetectedIssue", "Device", "DeviceDefinition", "DeviceMetric",
    "DeviceRequest", "DeviceUseStatement", "DiagnosticReport", "DocumentManifest",
    "DocumentReference", "EffectEvidenceSynthesis", "Encounter", "Endpoint", "EnrollmentRequest",
    "EnrollmentResponse", "EpisodeOfCare", "EventDefinition", "Evidence", "EvidenceVariable",
    "ExampleScenario", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal",
    "GraphDefinition", "Group", "GuidanceResponse", "HealthcareService", "ImagingStudy",
    "Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation", "ImplementationGuide",
    "InsurancePlan", "Invoice", "Library", "Linkage", "List", "Location", "Measure",
    "MeasureReport", "Media", "Medication", "MedicationAdministration", "MedicationDispense",
    "MedicationKnowledge", "MedicationRequest", "MedicationStatement", "MedicinalProduct",
    "MedicinalProductAuthorization", "MedicinalProductContraindication",
    "MedicinalProductIndication", "MedicinalProductIngredient", "MedicinalProductInteraction",
    "MedicinalProductManufactured", "MedicinalProductPackaged", "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect", "MessageDefinition", "MessageHeader", "MolecularSequence",
    "NamingSystem", "NutritionOrder", "Observation", "ObservationDefinition", "OperationDefinition",
    "OperationOutcome", "Organization", "OrganizationAffiliation", "Parameters", "Patient",
    "PaymentNotice", "PaymentReconciliation", "Person", "PlanDefinition", "Practitioner",
    "PractitionerRole", "Procedure", "Provenance", "Questionnaire", "QuestionnaireResponse",
    "RelatedPerson", "RequestGroup", "ResearchDefinition", "ResearchElementDefinition",
    "ResearchStudy", "ResearchSubject", "RiskAssessment", "RiskEvidenceSynthesis", "Schedule",
    "SearchParameter", "ServiceRequest", "Slot", "Specimen", "SpecimenDefinition",
    "StructureDefinition", "StructureMap", "Subscription", "Substance", "SubstanceNucleicAcid",
    "SubstancePolymer", "SubstanceProtein", "SubstanceReferenceInformation",
    "SubstanceSourceMaterial", "SubstanceSpecification", "SupplyDelivery", "SupplyRequest", "Task",
    "TerminologyCapabilities", "TestReport", "TestScript", "ValueSet", "VerificationResult",
    "VisionPrescription",
})

AddressTypeCode: TypeAlias = Literal["both", "physical", "postal"]
AddressUseCode: TypeAlias = Literal["billing", "home", "old", "temp", "work"]
AdministrativeGenderCode: TypeAlias = Literal["female", "male", "other", "unknown"]
AdverseEventActualityCode: TypeAlias = Literal["actual", "potential"]
AllTypesCode: TypeAlias = Literal[
    "Account", "ActivityDefinition", "Address", "AdverseEvent", "Age", "AllergyIntolerance",
    "Annotation", "Any", "Appointment", "AppointmentResponse", "Attachment", "AuditEvent",
    "BackboneElement", "Basic", "Binary", "BiologicallyDerivedProduct", "BodyStructure", "Bundle",
    "CapabilityStatement", "CarePlan", "CareTeam", "CatalogEntry", "ChargeItem",
    "ChargeItemDefinition", "Claim", "ClaimResponse", "ClinicalImpression", "CodeSystem",
    "CodeableConcept", "Coding", "Communication", "CommunicationRequest", "CompartmentDefinition",
    "Composition", "ConceptMap", "Condition", "Consent", "ContactDetail", "ContactPoint",
    "Contract", "Contributor", "Count", "Coverage", "CoverageEligibilityRequest",
    "CoverageEligibilityResponse", "DataRequirement", "DetectedIssue", "Device", "DeviceDefinition",
    "DeviceMetric", "DeviceRequest", "DeviceUseStatement", "DiagnosticReport", "Distance",
    "DocumentManifest", "DocumentReference", "DomainResource", "Dosage", "Duration",
    "EffectEvidenceSynthesis", "Element", "ElementDefinition", "Encounter", "Endpoint",
    "EnrollmentRequest", "EnrollmentResponse", "EpisodeOfCare", "EventDefinition", "Evidence",
    "EvidenceVariable", "ExampleScenario", "ExplanationOfBenefit", "Expression", "Extension",
    "FamilyMemberHistory", "Flag", "Goal", "GraphDefinition", "Group", "GuidanceResponse",
    "HealthcareService", "HumanName", "Identifier", "ImagingStudy", "Immunization",
    "ImmunizationEvaluation", "ImmunizationRecommendation", "ImplementationGuide", "InsurancePlan",
    "Invoice", "Library", "Linkage", "List", "Location", "MarketingStatus", "Measure",
    "MeasureReport", "Media", "Medication", "MedicationAdministration", "MedicationDispense",
    "MedicationKnowledge", "MedicationRequest", "MedicationStatement", "MedicinalProduct",
    "MedicinalProductAuthorization", "MedicinalProductContraindication",
    "MedicinalProductIndication", "MedicinalProductIngredient", "MedicinalProductInteraction",
    "MedicinalProductManufactured", "MedicinalProductPackaged", "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect", "MessageDefinition", "MessageHeader", "Meta",
    "MolecularSequence", "Money", "MoneyQuantity", "NamingSystem", "Narrative", "NutritionOrder",
    "Observation", "ObservationDefinition", "OperationDefinition", "OperationOutcome",
    "Organization", "OrganizationAffiliation", "ParameterDefinition", "Parameters", "Patient",
    "PaymentNotice", "PaymentReconciliation", "Period", "Person", "PlanDefinition", "Population",
    "Practitioner", "PractitionerRole", "Procedure", "ProdCharacteristic", "ProductShelfLife",
    "Provenance", "Quantity", "Questionnaire", "QuestionnaireResponse", "Range", "Ratio",
    "Reference", "RelatedArtifact", "RelatedPerson", "RequestGroup", "ResearchDefinition",
    "ResearchElementDefinition", "ResearchStudy", "ResearchSubject", "Resource", "RiskAssessment",
    "RiskEvidenceSynthesis", "SampledData", "Schedule", "SearchParameter", "ServiceRequest",
    "Signature", "SimpleQuantity", "Slot", "Specimen", "SpecimenDefinition", "StructureDefinition",
    "StructureMap", "Subscription", "Substance", "SubstanceAmount", "SubstanceNucleicAcid",
    "SubstancePolymer", "SubstanceProtein", "SubstanceReferenceInformation",
    "SubstanceSourceMaterial", "SubstanceSpecification", "SupplyDelivery", "SupplyRequest", "Task",
    "TerminologyCapabilities", "TestReport", "TestScript", "Timing", "TriggerDefinition", "Type",
    "UsageContext", "ValueSet", "VerificationResult", "VisionPrescription", "base64Binary",
    "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer",
    "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid",
    "xhtml",
]
AllergyIntoleranceCategoryCode: TypeAlias = Literal["biologic", "environment", "food", "medication"]
AllergyIntoleranceCriticalityCode: TypeAlias = Literal["high", "low", "unable-to-assess"]
AllergyIntoleranceTypeCode: TypeAlias = Literal["allergy", "intolerance"]
AppointmentstatusCode: TypeAlias = Literal[
    "arrived", "booked", "cancelled", "checked-in", "entered-in-error", "fulfilled", "noshow",
    "pending", "proposed", "waitlist",
]
BundleTypeCode: TypeAlias = Literal[
    "batch", "batch-response", "collection", "document", "history", "message", "searchset",
    "transaction", "transaction-response",
]
CompositionStatusCode: TypeAlias = Literal["amended", "entered-in-error", "final", "preliminary"]
ConsentDataMeaningCode: TypeAlias = Literal["authoredby", "dependents", "instance", "related"]
ConsentProvisionTypeCode: TypeAlias = Literal["deny", "permit"]
ConsentStateCodesCode: TypeAlias = Literal[
    "active", "draft", "entered-in-error", "inactive", "proposed", "rejected",
]
ContactPointSystemCode: TypeAlias = Literal["email", "fax", "other", "pager", "phone", "sms", "url"]
ContactPointUseCode: TypeAlias = Literal["home", "mobile", "old", "temp", "work"]
ContributorTypeCode: TypeAlias = Literal["author", "editor", "endorser", "reviewer"]
DaysOfWeekCode: TypeAlias = Literal["fri", "mon", "sat", "sun", "thu", "tue", "wed"]
DocumentReferenceStatusCode: TypeAlias = Literal["current", "entered-in-error", "superseded"]
DocumentRelationshipTypeCode: TypeAlias = Literal["appends", "replaces", "signs", "transforms"]
EncounterLocationStatusCode: TypeAlias = Literal["active", "completed", "planned", "reserved"]
EncounterStatusCode: TypeAlias = Literal[
    "arrived", "cancelled", "entered-in-error", "finished", "in-progress", "onleave", "planned",
    "triaged", "unknown",
]
EventStatusCode: TypeAlias = Literal[
    "completed", "entered-in-error", "in-progress", "not-done", "on-hold", "preparation", "stopped",
    "unknown",
]
EventTimingCode: TypeAlias = Literal[
    "AC", "ACD", "ACM", "ACV", "AFT", "AFT.early", "AFT.late", "C", "CD", "CM", "CV", "EVE",
    "EVE.early", "EVE.late", "HS", "MORN", "MORN.early", "MORN.late", "NIGHT", "NOON", "PC", "PCD",
    "PCM", "PCV", "PHS", "WAKE",
]
FmStatusCode: TypeAlias = Literal["active", "cancelled", "draft", "entered-in-error"]
HttpVerbCode: TypeAlias = Literal["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
IdentifierUseCode: TypeAlias = Literal["official", "old", "secondary", "temp", "usual"]
IssueSeverityCode: TypeAlias = Literal["error", "fatal", "information", "warning"]
IssueTypeCode: TypeAlias = Literal[
    "business-rule", "code-invalid", "conflict", "deleted", "duplicate", "exception", "expired",
    "extension", "forbidden", "incomplete", "informational", "invalid", "invariant", "lock-error",
    "login", "multiple-matches", "no-store", "not-found", "not-supported", "processing", "required",
    "security", "structure", "suppressed", "throttled", "timeout", "too-costly", "too-long",
    "transient", "unknown", "value",
]
LinkTypeCode: TypeAlias = Literal["refer", "replaced-by", "replaces", "seealso"]
MedicationAdminStatusCode: TypeAlias = Literal[
    "completed", "entered-in-error", "in-progress", "not-done", "on-hold", "stopped", "unknown",
]
MedicationStatementStatusCode: TypeAlias = Literal[
    "active", "completed", "entered-in-error", "intended", "not-taken", "on-hold", "stopped",
    "unknown",
]
MedicationStatusCode: TypeAlias = Literal["active", "entered-in-error", "inactive"]
MedicationrequestIntentCode: TypeAlias = Literal[
    "filler-order", "instance-order", "option", "order", "original-order", "plan", "proposal",
    "reflex-order",
]
MedicationrequestStatusCode: TypeAlias = Literal[
    "active", "cancelled", "completed", "draft", "entered-in-error", "on-hold", "stopped",
    "unknown",
]
NameUseCode: TypeAlias = Literal[
    "anonymous", "maiden", "nickname", "official", "old", "temp", "usual",
]
NarrativeStatusCode: TypeAlias = Literal["additional", "empty", "extensions", "generated"]
ObservationStatusCode: TypeAlias = Literal[
    "amended", "cancelled", "corrected", "entered-in-error", "final", "preliminary", "registered",
    "unknown",
]
OperationParameterUseCode: TypeAlias = Literal["in", "out"]
ParticipantrequiredCode: TypeAlias = Literal["information-only", "optional", "required"]
ParticipationstatusCode: TypeAlias = Literal["accepted", "declined", "needs-action", "tentative"]
ProvenanceEntityRoleCode: TypeAlias = Literal[
    "derivation", "quotation", "removal", "revision", "source",
]
QuantityComparatorCode: TypeAlias = Literal["<", "<=", ">", ">="]
ReactionEventSeverityCode: TypeAlias = Literal["mild", "moderate", "severe"]
RelatedArtifactTypeCode: TypeAlias = Literal[
    "citation", "composed-of", "depends-on", "derived-from", "documentation", "justification",
    "predecessor", "successor",
]
RequestPriorityCode: TypeAlias = Literal["asap", "routine", "stat", "urgent"]
SearchEntryModeCode: TypeAlias = Literal["include", "match", "outcome"]
SortDirectionCode: TypeAlias = Literal["ascending", "descending"]
TriggerTypeCode: TypeAlias = Literal[
    "data-access-ended", "data-accessed", "data-added", "data-changed", "data-modified",
    "data-removed", "named-event", "periodic",
]
UnitsOfTimeCode: TypeAlias = Literal["a", "d", "h", "min", "mo", "s", "wk"]

class Element(Checked, kw_only=True):
    id: String | Unset = UNSET
    extension: Many[Extension] | Unset = UNSET

class BackboneElement(Element, kw_only=True):
    modifierExtension: Many[Extension] | Unset = UNSET

class Resource(Checked, kw_only=True):
    id: Id | Unset = UNSET
    _id: Element | Unset = UNSET
    meta: Meta | Unset = UNSET
    implicitRules: Uri | Unset = UNSET
    _implicitRules: Element | Unset = UNSET
    language: Code | Unset = UNSET
    _language: Element | Unset = UNSET

class DomainResource(Resource, kw_only=True):
    text: Narrative | Unset = UNSET
    contained: Many[AnyResource] | Unset = UNSET
    extension: Many[Extension] | Unset = UNSET
    modifierExtension: Many[Extension] | Unset = UNSET

class AdverseEvent(DomainResource, kw_only=True, tag_field="resourceType", tag="AdverseEvent"):
    identifier: Identifier | Unset = UNSET
    actuality: AdverseEventActualityCode | Unset = UNSET
    _actuality: Element | Unset = UNSET
    category: Many[CodeableConcept] | Unset = UNSET
    event: CodeableConcept | Unset = UNSET
    subject: ToAdverseEventSubject
    encounter: ToEncounter | Unset = UNSET
    date: DateTime | Unset = UNSET
    _date: Element | Unset = UNSET
    detected: DateTime | Unset = UNSET
    _detected: Element | Unset = UNSET
    recordedDate: DateTime | Unset = UNSET
    _recordedDate: Element | Unset = UNSET
    resultingCondition: Many[ToCondition] | Unset = UNSET
    location: ToLocation | Unset = UNSET
    seriousness: CodeableConcept | Unset = UNSET
    severity: CodeableConcept | Unset = UNSET
    outcome: CodeableConcept | Unset = UNSET
    recorder: ToAdverseEventRecorder | Unset = UNSET
    contributor: Many[ToDeviceOrPractitionerOrPractitionerRole] | Unset = UNSET
    suspectEntity: Many[AdverseEventSuspectEntity] | Unset = UNSET
    subjectMedicalHistory: Many[ToAdverseEventSubjectMedicalHistory] | Unset = UNSET
    referenceDocument: Many[ToDocumentReference] | Unset = UNSET
    study: Many[ToResearchStudy] | Unset = UNSET

class AdverseEventSuspectEntity(BackboneElement, kw_only=True):
    instance: ToAdverseEventSuspectEntityInstance
    causality: Many[AdverseEventSuspectEntityCausality] | Unset = UNSET

class AdverseEventSuspectEntityCausality(BackboneElement, kw_only=True):
    assessment: CodeableConcept | Unset = UNSET
    productRelatedness: String | Unset = UNSET
    _productRelatedness: Element | Unset = UNSET
    author: ToPractitionerOrPractitionerRole | Unset = UNSET
    method: CodeableConcept | Unset = UNSET

class AllergyIntolerance(DomainResource, kw_only=True, tag_field="resourceType", tag="AllergyIntolerance"):
    identifier: Many[Identifier] | Unset = UNSET
    clinicalStatus: CodeableConcept | Unset = UNSET
    verificationStatus: CodeableConcept | Unset = UNSET
    type: AllergyIntoleranceTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    category: Many[AllergyIntoleranceCategoryCode | None] | Unset = UNSET
    _category: Many[Element | None] | Unset = UNSET
    criticality: AllergyIntoleranceCriticalityCode | Unset = UNSET
    _criticality: Element | Unset = UNSET
    code: CodeableConcept | Unset = UNSET
    patient: ToPatient
    encounter: ToEncounter | Unset = UNSET
    onsetDateTime: DateTime | Unset = UNSET
    _onsetDateTime: Element | Unset = UNSET
    onsetAge: Age | Unset = UNSET
    onsetPeriod: Period | Unset = UNSET
    onsetRange: Range | Unset = UNSET
    onsetString: String | Unset = UNSET
    _onsetString: Element | Unset = UNSET
    recordedDate: DateTime | Unset = UNSET
    _recordedDate: Element | Unset = UNSET
    recorder: ToAdverseEventRecorder | Unset = UNSET
    asserter: ToAdverseEventRecorder | Unset = UNSET
    lastOccurrence: DateTime | Unset = UNSET
    _lastOccurrence: Element | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    reaction: Many[AllergyIntoleranceReaction] | Unset = UNSET

class AllergyIntoleranceReaction(BackboneElement, kw_only=True):
    substance: CodeableConcept | Unset = UNSET
    manifestation: Many[CodeableConcept]
    description: String | Unset = UNSET
    _description: Element | Unset = UNSET
    onset: DateTime | Unset = UNSET
    _onset: Element | Unset = UNSET
    severity: ReactionEventSeverityCode | Unset = UNSET
    _severity: Element | Unset = UNSET
    exposureRoute: CodeableConcept | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET

class Appointment(DomainResource, kw_only=True, tag_field="resourceType", tag="Appointment"):
    identifier: Many[Identifier] | Unset = UNSET
    status: AppointmentstatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    cancelationReason: CodeableConcept | Unset = UNSET
    serviceCategory: Many[CodeableConcept] | Unset = UNSET
    serviceType: Many[CodeableConcept] | Unset = UNSET
    specialty: Many[CodeableConcept] | Unset = UNSET
    appointmentType: CodeableConcept | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToAppointmentReasonReference] | Unset = UNSET
    priority: UnsignedInt | Unset = UNSET
    _priority: Element | Unset = UNSET
    description: String | Unset = UNSET
    _description: Element | Unset = UNSET
    supportingInformation: Many[Reference] | Unset = UNSET
    start: Instant | Unset = UNSET
    _start: Element | Unset = UNSET
    end: Instant | Unset = UNSET
    _end: Element | Unset = UNSET
    minutesDuration: PositiveInt | Unset = UNSET
    _minutesDuration: Element | Unset = UNSET
    slot: Many[ToSlot] | Unset = UNSET
    created: DateTime | Unset = UNSET
    _created: Element | Unset = UNSET
    comment: String | Unset = UNSET
    _comment: Element | Unset = UNSET
    patientInstruction: String | Unset = UNSET
    _patientInstruction: Element | Unset = UNSET
    basedOn: Many[ToServiceRequest] | Unset = UNSET
    participant: Many[AppointmentParticipant]
    requestedPeriod: Many[Period] | Unset = UNSET

class AppointmentParticipant(BackboneElement, kw_only=True):
    type: Many[CodeableConcept] | Unset = UNSET
    actor: ToAppointmentParticipantActor | Unset = UNSET
    required: ParticipantrequiredCode | Unset = UNSET
    _required: Element | Unset = UNSET
    status: ParticipationstatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    period: Period | Unset = UNSET

class Bundle(Resource, kw_only=True, tag_field="resourceType", tag="Bundle"):
    identifier: Identifier | Unset = UNSET
    type: BundleTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    timestamp: Instant | Unset = UNSET
    _timestamp: Element | Unset = UNSET
    total: UnsignedInt | Unset = UNSET
    _total: Element | Unset = UNSET
    link: Many[BundleLink] | Unset = UNSET
    entry: Many[BundleEntry] | Unset = UNSET
    signature: Signature | Unset = UNSET

class BundleLink(BackboneElement, kw_only=True):
    relation: String | Unset = UNSET
    _relation: Element | Unset = UNSET
    url: Uri | Unset = UNSET
    _url: Element | Unset = UNSET

class BundleEntry(BackboneElement, kw_only=True):
    link: Many[BundleLink] | Unset = UNSET
    fullUrl: Uri | Unset = UNSET
    _fullUrl: Element | Unset = UNSET
    resource: AnyResource | Unset = UNSET
    search: BundleEntrySearch | Unset = UNSET
    request: BundleEntryRequest | Unset = UNSET
    response: BundleEntryResponse | Unset = UNSET

class BundleEntrySearch(BackboneElement, kw_only=True):
    mode: SearchEntryModeCode | Unset = UNSET
    _mode: Element | Unset = UNSET
    score: Number | Unset = UNSET
    _score: Element | Unset = UNSET

class BundleEntryRequest(BackboneElement, kw_only=True):
    method: HttpVerbCode | Unset = UNSET
    _method: Element | Unset = UNSET
    url: Uri | Unset = UNSET
    _url: Element | Unset = UNSET
    ifNoneMatch: String | Unset = UNSET
    _ifNoneMatch: Element | Unset = UNSET
    ifModifiedSince: Instant | Unset = UNSET
    _ifModifiedSince: Element | Unset = UNSET
    ifMatch: String | Unset = UNSET
    _ifMatch: Element | Unset = UNSET
    ifNoneExist: String | Unset = UNSET
    _ifNoneExist: Element | Unset = UNSET

class BundleEntryResponse(BackboneElement, kw_only=True):
    status: String | Unset = UNSET
    _status: Element | Unset = UNSET
    location: Uri | Unset = UNSET
    _location: Element | Unset = UNSET
    etag: String | Unset = UNSET
    _etag: Element | Unset = UNSET
    lastModified: Instant | Unset = UNSET
    _lastModified: Element | Unset = UNSET
    outcome: AnyResource | Unset = UNSET

class Condition(DomainResource, kw_only=True, tag_field="resourceType", tag="Condition"):
    identifier: Many[Identifier] | Unset = UNSET
    clinicalStatus: CodeableConcept | Unset = UNSET
    verificationStatus: CodeableConcept | Unset = UNSET
    category: Many[CodeableConcept] | Unset = UNSET
    severity: CodeableConcept | Unset = UNSET
    code: CodeableConcept | Unset = UNSET
    bodySite: Many[CodeableConcept] | Unset = UNSET
    subject: ToGroupOrPatient
    encounter: ToEncounter | Unset = UNSET
    onsetDateTime: DateTime | Unset = UNSET
    _onsetDateTime: Element | Unset = UNSET
    onsetAge: Age | Unset = UNSET
    onsetPeriod: Period | Unset = UNSET
    onsetRange: Range | Unset = UNSET
    onsetString: String | Unset = UNSET
    _onsetString: Element | Unset = UNSET
    abatementDateTime: DateTime | Unset = UNSET
    _abatementDateTime: Element | Unset = UNSET
    abatementAge: Age | Unset = UNSET
    abatementPeriod: Period | Unset = UNSET
    abatementRange: Range | Unset = UNSET
    abatementString: String | Unset = UNSET
    _abatementString: Element | Unset = UNSET
    recordedDate: DateTime | Unset = UNSET
    _recordedDate: Element | Unset = UNSET
    recorder: ToAdverseEventRecorder | Unset = UNSET
    asserter: ToAdverseEventRecorder | Unset = UNSET
    stage: Many[ConditionStage] | Unset = UNSET
    evidence: Many[ConditionEvidence] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET

class ConditionStage(BackboneElement, kw_only=True):
    summary: CodeableConcept | Unset = UNSET
    assessment: Many[ToClinicalImpressionOrDiagnosticReportOrObservation] | Unset = UNSET
    type: CodeableConcept | Unset = UNSET

class ConditionEvidence(BackboneElement, kw_only=True):
    code: Many[CodeableConcept] | Unset = UNSET
    detail: Many[Reference] | Unset = UNSET

class Consent(DomainResource, kw_only=True, tag_field="resourceType", tag="Consent"):
    identifier: Many[Identifier] | Unset = UNSET
    status: ConsentStateCodesCode | Unset = UNSET
    _status: Element | Unset = UNSET
    scope: CodeableConcept
    category: Many[CodeableConcept]
    patient: ToPatient | Unset = UNSET
    dateTime: DateTime | Unset = UNSET
    _dateTime: Element | Unset = UNSET
    performer: Many[ToConsentPerformer] | Unset = UNSET
    organization: Many[ToOrganization] | Unset = UNSET
    sourceAttachment: Attachment | Unset = UNSET
    sourceReference: ToConsentSource | Unset = UNSET
    policy: Many[ConsentPolicy] | Unset = UNSET
    policyRule: CodeableConcept | Unset = UNSET
    verification: Many[ConsentVerification] | Unset = UNSET
    provision: ConsentProvision | Unset = UNSET

class ConsentPolicy(BackboneElement, kw_only=True):
    authority: Uri | Unset = UNSET
    _authority: Element | Unset = UNSET
    uri: Uri | Unset = UNSET
    _uri: Element | Unset = UNSET

class ConsentVerification(BackboneElement, kw_only=True):
    verified: bool | Unset = UNSET
    _verified: Element | Unset = UNSET
    verifiedWith: ToPatientOrRelatedPerson | Unset = UNSET
    verificationDate: DateTime | Unset = UNSET
    _verificationDate: Element | Unset = UNSET

class ConsentProvision(BackboneElement, kw_only=True):
    type: ConsentProvisionTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    period: Period | Unset = UNSET
    actor: Many[ConsentProvisionActor] | Unset = UNSET
    action: Many[CodeableConcept] | Unset = UNSET
    securityLabel: Many[Coding] | Unset = UNSET
    purpose: Many[Coding] | Unset = UNSET
    class_: Many[Coding] | Unset = field(default=UNSET, name="class")
    code: Many[CodeableConcept] | Unset = UNSET
    dataPeriod: Period | Unset = UNSET
    data: Many[ConsentProvisionData] | Unset = UNSET
    provision: Many[ConsentProvision] | Unset = UNSET

class ConsentProvisionActor(BackboneElement, kw_only=True):
    role: CodeableConcept
    reference: ToConsentProvisionActorReference

class ConsentProvisionData(BackboneElement, kw_only=True):
    meaning: ConsentDataMeaningCode | Unset = UNSET
    _meaning: Element | Unset = UNSET
    reference: Reference

class Coverage(DomainResource, kw_only=True, tag_field="resourceType", tag="Coverage"):
    identifier: Many[Identifier] | Unset = UNSET
    status: FmStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    type: CodeableConcept | Unset = UNSET
    policyHolder: ToOrganizationOrPatientOrRelatedPerson | Unset = UNSET
    subscriber: ToPatientOrRelatedPerson | Unset = UNSET
    subscriberId: String | Unset = UNSET
    _subscriberId: Element | Unset = UNSET
    beneficiary: ToPatient
    dependent: String | Unset = UNSET
    _dependent: Element | Unset = UNSET
    relationship: CodeableConcept | Unset = UNSET
    period: Period | Unset = UNSET
    payor: Many[ToOrganizationOrPatientOrRelatedPerson]
    class_: Many[CoverageClass] | Unset = field(default=UNSET, name="class")
    order: PositiveInt | Unset = UNSET
    _order: Element | Unset = UNSET
    network: String | Unset = UNSET
    _network: Element | Unset = UNSET
    costToBeneficiary: Many[CoverageCostToBeneficiary] | Unset = UNSET
    subrogation: bool | Unset = UNSET
    _subrogation: Element | Unset = UNSET
    contract: Many[ToContract] | Unset = UNSET

class CoverageClass(BackboneElement, kw_only=True):
    type: CodeableConcept
    value: String | Unset = UNSET
    _value: Element | Unset = UNSET
    name: String | Unset = UNSET
    _name: Element | Unset = UNSET

class CoverageCostToBeneficiary(BackboneElement, kw_only=True):
    type: CodeableConcept | Unset = UNSET
    valueQuantity: SimpleQuantity | Unset = UNSET
    valueMoney: Money | Unset = UNSET
    exception: Many[CoverageCostToBeneficiaryException] | Unset = UNSET

class CoverageCostToBeneficiaryException(BackboneElement, kw_only=True):
    type: CodeableConcept
    period: Period | Unset = UNSET

class DocumentReference(DomainResource, kw_only=True, tag_field="resourceType", tag="DocumentReference"):
    masterIdentifier: Identifier | Unset = UNSET
    identifier: Many[Identifier] | Unset = UNSET
    status: DocumentReferenceStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    docStatus: CompositionStatusCode | Unset = UNSET
    _docStatus: Element | Unset = UNSET
    type: CodeableConcept | Unset = UNSET
    category: Many[CodeableConcept] | Unset = UNSET
    subject: ToDocumentReferenceSubject | Unset = UNSET
    date: Instant | Unset = UNSET
    _date: Element | Unset = UNSET
    author: Many[ToDocumentReferenceAuthor] | Unset = UNSET
    authenticator: ToOrganizationOrPractitionerOrPractitionerRole | Unset = UNSET
    custodian: ToOrganization | Unset = UNSET
    relatesTo: Many[DocumentReferenceRelatesTo] | Unset = UNSET
    description: String | Unset = UNSET
    _description: Element | Unset = UNSET
    securityLabel: Many[CodeableConcept] | Unset = UNSET
    content: Many[DocumentReferenceContent]
    context: DocumentReferenceContext | Unset = UNSET

class DocumentReferenceRelatesTo(BackboneElement, kw_only=True):
    code: DocumentRelationshipTypeCode | Unset = UNSET
    _code: Element | Unset = UNSET
    target: ToDocumentReference

class DocumentReferenceContent(BackboneElement, kw_only=True):
    attachment: Attachment
    format: Coding | Unset = UNSET

class DocumentReferenceContext(BackboneElement, kw_only=True):
    encounter: Many[ToEncounterOrEpisodeOfCare] | Unset = UNSET
    event: Many[CodeableConcept] | Unset = UNSET
    period: Period | Unset = UNSET
    facilityType: CodeableConcept | Unset = UNSET
    practiceSetting: CodeableConcept | Unset = UNSET
    sourcePatientInfo: ToPatient | Unset = UNSET
    related: Many[Reference] | Unset = UNSET

class Encounter(DomainResource, kw_only=True, tag_field="resourceType", tag="Encounter"):
    identifier: Many[Identifier] | Unset = UNSET
    status: EncounterStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    statusHistory: Many[EncounterStatusHistory] | Unset = UNSET
    class_: Coding = field(name="class")
    classHistory: Many[EncounterClassHistory] | Unset = UNSET
    type: Many[CodeableConcept] | Unset = UNSET
    serviceType: CodeableConcept | Unset = UNSET
    priority: CodeableConcept | Unset = UNSET
    subject: ToGroupOrPatient | Unset = UNSET
    episodeOfCare: Many[ToEpisodeOfCare] | Unset = UNSET
    basedOn: Many[ToServiceRequest] | Unset = UNSET
    participant: Many[EncounterParticipant] | Unset = UNSET
    appointment: Many[ToAppointment] | Unset = UNSET
    period: Period | Unset = UNSET
    length: Duration | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToAppointmentReasonReference] | Unset = UNSET
    diagnosis: Many[EncounterDiagnosis] | Unset = UNSET
    account: Many[ToAccount] | Unset = UNSET
    hospitalization: EncounterHospitalization | Unset = UNSET
    location: Many[EncounterLocation] | Unset = UNSET
    serviceProvider: ToOrganization | Unset = UNSET
    partOf: ToEncounter | Unset = UNSET

class EncounterStatusHistory(BackboneElement, kw_only=True):
    status: EncounterStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    period: Period

class EncounterClassHistory(BackboneElement, kw_only=True):
    class_: Coding = field(name="class")
    period: Period

class EncounterParticipant(BackboneElement, kw_only=True):
    type: Many[CodeableConcept] | Unset = UNSET
    period: Period | Unset = UNSET
    individual: ToPractitionerOrPractitionerRoleOrRelatedPerson | Unset = UNSET

class EncounterDiagnosis(BackboneElement, kw_only=True):
    condition: ToConditionOrProcedure
    use: CodeableConcept | Unset = UNSET
    rank: PositiveInt | Unset = UNSET
    _rank: Element | Unset = UNSET

class EncounterHospitalization(BackboneElement, kw_only=True):
    preAdmissionIdentifier: Identifier | Unset = UNSET
    origin: ToLocationOrOrganization | Unset = UNSET
    admitSource: CodeableConcept | Unset = UNSET
    reAdmission: CodeableConcept | Unset = UNSET
    dietPreference: Many[CodeableConcept] | Unset = UNSET
    specialCourtesy: Many[CodeableConcept] | Unset = UNSET
    specialArrangement: Many[CodeableConcept] | Unset = UNSET
    destination: ToLocationOrOrganization | Unset = UNSET
    dischargeDisposition: CodeableConcept | Unset = UNSET

class EncounterLocation(BackboneElement, kw_only=True):
    location: ToLocation
    status: EncounterLocationStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    physicalType: CodeableConcept | Unset = UNSET
    period: Period | Unset = UNSET

class Medication(DomainResource, kw_only=True, tag_field="resourceType", tag="Medication"):
    identifier: Many[Identifier] | Unset = UNSET
    code: CodeableConcept | Unset = UNSET
    status: MedicationStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    manufacturer: ToOrganization | Unset = UNSET
    form: CodeableConcept | Unset = UNSET
    amount: Ratio | Unset = UNSET
    ingredient: Many[MedicationIngredient] | Unset = UNSET
    batch: MedicationBatch | Unset = UNSET

class MedicationIngredient(BackboneElement, kw_only=True):
    itemCodeableConcept: CodeableConcept | Unset = UNSET
    itemReference: ToMedicationOrSubstance | Unset = UNSET
    isActive: bool | Unset = UNSET
    _isActive: Element | Unset = UNSET
    strength: Ratio | Unset = UNSET

class MedicationBatch(BackboneElement, kw_only=True):
    lotNumber: String | Unset = UNSET
    _lotNumber: Element | Unset = UNSET
    expirationDate: DateTime | Unset = UNSET
    _expirationDate: Element | Unset = UNSET

class MedicationAdministration(DomainResource, kw_only=True, tag_field="resourceType", tag="MedicationAdministration"):
    identifier: Many[Identifier] | Unset = UNSET
    instantiates: Many[Uri | None] | Unset = UNSET
    _instantiates: Many[Element | None] | Unset = UNSET
    partOf: Many[ToMedicationAdministrationOrProcedure] | Unset = UNSET
    status: MedicationAdminStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    statusReason: Many[CodeableConcept] | Unset = UNSET
    category: CodeableConcept | Unset = UNSET
    medicationCodeableConcept: CodeableConcept | Unset = UNSET
    medicationReference: ToMedication | Unset = UNSET
    subject: ToGroupOrPatient
    context: ToEncounterOrEpisodeOfCare | Unset = UNSET
    supportingInformation: Many[Reference] | Unset = UNSET
    effectiveDateTime: DateTime | Unset = UNSET
    _effectiveDateTime: Element | Unset = UNSET
    effectivePeriod: Period | Unset = UNSET
    performer: Many[MedicationAdministrationPerformer] | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToConditionOrDiagnosticReportOrObservation] | Unset = UNSET
    request: ToMedicationRequest | Unset = UNSET
    device: Many[ToDevice] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    dosage: MedicationAdministrationDosage | Unset = UNSET
    eventHistory: Many[ToProvenance] | Unset = UNSET

class MedicationAdministrationPerformer(BackboneElement, kw_only=True):
    function: CodeableConcept | Unset = UNSET
    actor: ToMedicationAdministrationPerformerActor

class MedicationAdministrationDosage(BackboneElement, kw_only=True):
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET
    site: CodeableConcept | Unset = UNSET
    route: CodeableConcept | Unset = UNSET
    method: CodeableConcept | Unset = UNSET
    dose: SimpleQuantity | Unset = UNSET
    rateRatio: Ratio | Unset = UNSET
    rateQuantity: SimpleQuantity | Unset = UNSET

class MedicationRequest(DomainResource, kw_only=True, tag_field="resourceType", tag="MedicationRequest"):
    identifier: Many[Identifier] | Unset = UNSET
    status: MedicationrequestStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    statusReason: CodeableConcept | Unset = UNSET
    intent: MedicationrequestIntentCode | Unset = UNSET
    _intent: Element | Unset = UNSET
    category: Many[CodeableConcept] | Unset = UNSET
    priority: RequestPriorityCode | Unset = UNSET
    _priority: Element | Unset = UNSET
    doNotPerform: bool | Unset = UNSET
    _doNotPerform: Element | Unset = UNSET
    reportedBoolean: bool | Unset = UNSET
    _reportedBoolean: Element | Unset = UNSET
    reportedReference: ToConsentPerformer | Unset = UNSET
    medicationCodeableConcept: CodeableConcept | Unset = UNSET
    medicationReference: ToMedication | Unset = UNSET
    subject: ToGroupOrPatient
    encounter: ToEncounter | Unset = UNSET
    supportingInformation: Many[Reference] | Unset = UNSET
    authoredOn: DateTime | Unset = UNSET
    _authoredOn: Element | Unset = UNSET
    requester: ToDocumentReferenceAuthor | Unset = UNSET
    performer: ToMedicationRequestPerformer | Unset = UNSET
    performerType: CodeableConcept | Unset = UNSET
    recorder: ToPractitionerOrPractitionerRole | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToConditionOrObservation] | Unset = UNSET
    instantiatesCanonical: Many[Canonical | None] | Unset = UNSET
    _instantiatesCanonical: Many[Element | None] | Unset = UNSET
    instantiatesUri: Many[Uri | None] | Unset = UNSET
    _instantiatesUri: Many[Element | None] | Unset = UNSET
    basedOn: Many[ToMedicationRequestBasedOn] | Unset = UNSET
    groupIdentifier: Identifier | Unset = UNSET
    courseOfTherapyType: CodeableConcept | Unset = UNSET
    insurance: Many[ToClaimResponseOrCoverage] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    dosageInstruction: Many[Dosage] | Unset = UNSET
    dispenseRequest: MedicationRequestDispenseRequest | Unset = UNSET
    substitution: MedicationRequestSubstitution | Unset = UNSET
    priorPrescription: ToMedicationRequest | Unset = UNSET
    detectedIssue: Many[ToDetectedIssue] | Unset = UNSET
    eventHistory: Many[ToProvenance] | Unset = UNSET

class MedicationRequestDispenseRequest(BackboneElement, kw_only=True):
    initialFill: MedicationRequestDispenseRequestInitialFill | Unset = UNSET
    dispenseInterval: Duration | Unset = UNSET
    validityPeriod: Period | Unset = UNSET
    numberOfRepeatsAllowed: UnsignedInt | Unset = UNSET
    _numberOfRepeatsAllowed: Element | Unset = UNSET
    quantity: SimpleQuantity | Unset = UNSET
    expectedSupplyDuration: Duration | Unset = UNSET
    performer: ToOrganization | Unset = UNSET

class MedicationRequestDispenseRequestInitialFill(BackboneElement, kw_only=True):
    quantity: SimpleQuantity | Unset = UNSET
    duration: Duration | Unset = UNSET

class MedicationRequestSubstitution(BackboneElement, kw_only=True):
    allowedBoolean: bool | Unset = UNSET
    _allowedBoolean: Element | Unset = UNSET
    allowedCodeableConcept: CodeableConcept | Unset = UNSET
    reason: CodeableConcept | Unset = UNSET

class MedicationStatement(DomainResource, kw_only=True, tag_field="resourceType", tag="MedicationStatement"):
    identifier: Many[Identifier] | Unset = UNSET
    basedOn: Many[ToCarePlanOrMedicationRequestOrServiceRequest] | Unset = UNSET
    partOf: Many[ToMedicationStatementPartOf] | Unset = UNSET
    status: MedicationStatementStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    statusReason: Many[CodeableConcept] | Unset = UNSET
    category: CodeableConcept | Unset = UNSET
    medicationCodeableConcept: CodeableConcept | Unset = UNSET
    medicationReference: ToMedication | Unset = UNSET
    subject: ToGroupOrPatient
    context: ToEncounterOrEpisodeOfCare | Unset = UNSET
    effectiveDateTime: DateTime | Unset = UNSET
    _effectiveDateTime: Element | Unset = UNSET
    effectivePeriod: Period | Unset = UNSET
    dateAsserted: DateTime | Unset = UNSET
    _dateAsserted: Element | Unset = UNSET
    informationSource: ToConsentPerformer | Unset = UNSET
    derivedFrom: Many[Reference] | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToConditionOrDiagnosticReportOrObservation] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    dosage: Many[Dosage] | Unset = UNSET

class Observation(DomainResource, kw_only=True, tag_field="resourceType", tag="Observation"):
    identifier: Many[Identifier] | Unset = UNSET
    basedOn: Many[ToObservationBasedOn] | Unset = UNSET
    partOf: Many[ToObservationPartOf] | Unset = UNSET
    status: ObservationStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    category: Many[CodeableConcept] | Unset = UNSET
    code: CodeableConcept
    subject: ToObservationSubject | Unset = UNSET
    focus: Many[Reference] | Unset = UNSET
    encounter: ToEncounter | Unset = UNSET
    effectiveDateTime: DateTime | Unset = UNSET
    _effectiveDateTime: Element | Unset = UNSET
    effectivePeriod: Period | Unset = UNSET
    effectiveTiming: Timing | Unset = UNSET
    effectiveInstant: Instant | Unset = UNSET
    _effectiveInstant: Element | Unset = UNSET
    issued: Instant | Unset = UNSET
    _issued: Element | Unset = UNSET
    performer: Many[ToObservationPerformer] | Unset = UNSET
    valueQuantity: Quantity | Unset = UNSET
    valueCodeableConcept: CodeableConcept | Unset = UNSET
    valueString: String | Unset = UNSET
    _valueString: Element | Unset = UNSET
    valueBoolean: bool | Unset = UNSET
    _valueBoolean: Element | Unset = UNSET
    valueInteger: Integer | Unset = UNSET
    _valueInteger: Element | Unset = UNSET
    valueRange: Range | Unset = UNSET
    valueRatio: Ratio | Unset = UNSET
    valueSampledData: SampledData | Unset = UNSET
    valueTime: Time | Unset = UNSET
    _valueTime: Element | Unset = UNSET
    valueDateTime: DateTime | Unset = UNSET
    _valueDateTime: Element | Unset = UNSET
    valuePeriod: Period | Unset = UNSET
    dataAbsentReason: CodeableConcept | Unset = UNSET
    interpretation: Many[CodeableConcept] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    bodySite: CodeableConcept | Unset = UNSET
    method: CodeableConcept | Unset = UNSET
    specimen: ToSpecimen | Unset = UNSET
    device: ToDeviceOrDeviceMetric | Unset = UNSET
    referenceRange: Many[ObservationReferenceRange] | Unset = UNSET
    hasMember: Many[ToMolecularSequenceOrObservationOrQuestionnaireResponse] | Unset = UNSET
    derivedFrom: Many[ToObservationDerivedFrom] | Unset = UNSET
    component: Many[ObservationComponent] | Unset = UNSET

class ObservationReferenceRange(BackboneElement, kw_only=True):
    low: SimpleQuantity | Unset = UNSET
    high: SimpleQuantity | Unset = UNSET
    type: CodeableConcept | Unset = UNSET
    appliesTo: Many[CodeableConcept] | Unset = UNSET
    age: Range | Unset = UNSET
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET

class ObservationComponent(BackboneElement, kw_only=True):
    code: CodeableConcept
    valueQuantity: Quantity | Unset = UNSET
    valueCodeableConcept: CodeableConcept | Unset = UNSET
    valueString: String | Unset = UNSET
    _valueString: Element | Unset = UNSET
    valueBoolean: bool | Unset = UNSET
    _valueBoolean: Element | Unset = UNSET
    valueInteger: Integer | Unset = UNSET
    _valueInteger: Element | Unset = UNSET
    valueRange: Range | Unset = UNSET
    valueRatio: Ratio | Unset = UNSET
    valueSampledData: SampledData | Unset = UNSET
    valueTime: Time | Unset = UNSET
    _valueTime: Element | Unset = UNSET
    valueDateTime: DateTime | Unset = UNSET
    _valueDateTime: Element | Unset = UNSET
    valuePeriod: Period | Unset = UNSET
    dataAbsentReason: CodeableConcept | Unset = UNSET
    interpretation: Many[CodeableConcept] | Unset = UNSET
    referenceRange: Many[ObservationReferenceRange] | Unset = UNSET

class OperationOutcome(DomainResource, kw_only=True, tag_field="resourceType", tag="OperationOutcome"):
    issue: Many[OperationOutcomeIssue]

class OperationOutcomeIssue(BackboneElement, kw_only=True):
    severity: IssueSeverityCode | Unset = UNSET
    _severity: Element | Unset = UNSET
    code: IssueTypeCode | Unset = UNSET
    _code: Element | Unset = UNSET
    details: CodeableConcept | Unset = UNSET
    diagnostics: String | Unset = UNSET
    _diagnostics: Element | Unset = UNSET
    location: Many[String | None] | Unset = UNSET
    _location: Many[Element | None] | Unset = UNSET
    expression: Many[String | None] | Unset = UNSET
    _expression: Many[Element | None] | Unset = UNSET

class Organization(DomainResource, kw_only=True, tag_field="resourceType", tag="Organization"):
    identifier: Many[Identifier] | Unset = UNSET
    active: bool | Unset = UNSET
    _active: Element | Unset = UNSET
    type: Many[CodeableConcept] | Unset = UNSET
    name: String | Unset = UNSET
    _name: Element | Unset = UNSET
    alias: Many[String | None] | Unset = UNSET
    _alias: Many[Element | None] | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET
    address: Many[Address] | Unset = UNSET
    partOf: ToOrganization | Unset = UNSET
    contact: Many[OrganizationContact] | Unset = UNSET
    endpoint: Many[ToEndpoint] | Unset = UNSET

class OrganizationContact(BackboneElement, kw_only=True):
    purpose: CodeableConcept | Unset = UNSET
    name: HumanName | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET
    address: Address | Unset = UNSET

class Patient(DomainResource, kw_only=True, tag_field="resourceType", tag="Patient"):
    identifier: Many[Identifier] | Unset = UNSET
    active: bool | Unset = UNSET
    _active: Element | Unset = UNSET
    name: Many[HumanName] | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET
    gender: AdministrativeGenderCode | Unset = UNSET
    _gender: Element | Unset = UNSET
    birthDate: Date | Unset = UNSET
    _birthDate: Element | Unset = UNSET
    deceasedBoolean: bool | Unset = UNSET
    _deceasedBoolean: Element | Unset = UNSET
    deceasedDateTime: DateTime | Unset = UNSET
    _deceasedDateTime: Element | Unset = UNSET
    address: Many[Address] | Unset = UNSET
    maritalStatus: CodeableConcept | Unset = UNSET
    multipleBirthBoolean: bool | Unset = UNSET
    _multipleBirthBoolean: Element | Unset = UNSET
    multipleBirthInteger: Integer | Unset = UNSET
    _multipleBirthInteger: Element | Unset = UNSET
    photo: Many[Attachment] | Unset = UNSET
    contact: Many[PatientContact] | Unset = UNSET
    communication: Many[PatientCommunication] | Unset = UNSET
    generalPractitioner: Many[ToOrganizationOrPractitionerOrPractitionerRole] | Unset = UNSET
    managingOrganization: ToOrganization | Unset = UNSET
    link: Many[PatientLink] | Unset = UNSET

class PatientContact(BackboneElement, kw_only=True):
    relationship: Many[CodeableConcept] | Unset = UNSET
    name: HumanName | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET
    address: Address | Unset = UNSET
    gender: AdministrativeGenderCode | Unset = UNSET
    _gender: Element | Unset = UNSET
    organization: ToOrganization | Unset = UNSET
    period: Period | Unset = UNSET

class PatientCommunication(BackboneElement, kw_only=True):
    language: CodeableConcept
    preferred: bool | Unset = UNSET
    _preferred: Element | Unset = UNSET

class PatientLink(BackboneElement, kw_only=True):
    other: ToPatientOrRelatedPerson
    type: LinkTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET

class Practitioner(DomainResource, kw_only=True, tag_field="resourceType", tag="Practitioner"):
    identifier: Many[Identifier] | Unset = UNSET
    active: bool | Unset = UNSET
    _active: Element | Unset = UNSET
    name: Many[HumanName] | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET
    address: Many[Address] | Unset = UNSET
    gender: AdministrativeGenderCode | Unset = UNSET
    _gender: Element | Unset = UNSET
    birthDate: Date | Unset = UNSET
    _birthDate: Element | Unset = UNSET
    photo: Many[Attachment] | Unset = UNSET
    qualification: Many[PractitionerQualification] | Unset = UNSET
    communication: Many[CodeableConcept] | Unset = UNSET

class PractitionerQualification(BackboneElement, kw_only=True):
    identifier: Many[Identifier] | Unset = UNSET
    code: CodeableConcept
    period: Period | Unset = UNSET
    issuer: ToOrganization | Unset = UNSET

class Procedure(DomainResource, kw_only=True, tag_field="resourceType", tag="Procedure"):
    identifier: Many[Identifier] | Unset = UNSET
    instantiatesCanonical: Many[Canonical | None] | Unset = UNSET
    _instantiatesCanonical: Many[Element | None] | Unset = UNSET
    instantiatesUri: Many[Uri | None] | Unset = UNSET
    _instantiatesUri: Many[Element | None] | Unset = UNSET
    basedOn: Many[ToCarePlanOrServiceRequest] | Unset = UNSET
    partOf: Many[ToMedicationAdministrationOrObservationOrProcedure] | Unset = UNSET
    status: EventStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    statusReason: CodeableConcept | Unset = UNSET
    category: CodeableConcept | Unset = UNSET
    code: CodeableConcept | Unset = UNSET
    subject: ToGroupOrPatient
    encounter: ToEncounter | Unset = UNSET
    performedDateTime: DateTime | Unset = UNSET
    _performedDateTime: Element | Unset = UNSET
    performedPeriod: Period | Unset = UNSET
    performedString: String | Unset = UNSET
    _performedString: Element | Unset = UNSET
    performedAge: Age | Unset = UNSET
    performedRange: Range | Unset = UNSET
    recorder: ToAdverseEventRecorder | Unset = UNSET
    asserter: ToAdverseEventRecorder | Unset = UNSET
    performer: Many[ProcedurePerformer] | Unset = UNSET
    location: ToLocation | Unset = UNSET
    reasonCode: Many[CodeableConcept] | Unset = UNSET
    reasonReference: Many[ToProcedureReasonReference] | Unset = UNSET
    bodySite: Many[CodeableConcept] | Unset = UNSET
    outcome: CodeableConcept | Unset = UNSET
    report: Many[ToCompositionOrDiagnosticReportOrDocumentReference] | Unset = UNSET
    complication: Many[CodeableConcept] | Unset = UNSET
    complicationDetail: Many[ToCondition] | Unset = UNSET
    followUp: Many[CodeableConcept] | Unset = UNSET
    note: Many[Annotation] | Unset = UNSET
    focalDevice: Many[ProcedureFocalDevice] | Unset = UNSET
    usedReference: Many[ToDeviceOrMedicationOrSubstance] | Unset = UNSET
    usedCode: Many[CodeableConcept] | Unset = UNSET

class ProcedurePerformer(BackboneElement, kw_only=True):
    function: CodeableConcept | Unset = UNSET
    actor: ToDocumentReferenceAuthor
    onBehalfOf: ToOrganization | Unset = UNSET

class ProcedureFocalDevice(BackboneElement, kw_only=True):
    action: CodeableConcept | Unset = UNSET
    manipulated: ToDevice

class Provenance(DomainResource, kw_only=True, tag_field="resourceType", tag="Provenance"):
    target: Many[Reference]
    occurredPeriod: Period | Unset = UNSET
    occurredDateTime: DateTime | Unset = UNSET
    _occurredDateTime: Element | Unset = UNSET
    recorded: Instant | Unset = UNSET
    _recorded: Element | Unset = UNSET
    policy: Many[Uri | None] | Unset = UNSET
    _policy: Many[Element | None] | Unset = UNSET
    location: ToLocation | Unset = UNSET
    reason: Many[CodeableConcept] | Unset = UNSET
    activity: CodeableConcept | Unset = UNSET
    agent: Many[ProvenanceAgent]
    entity: Many[ProvenanceEntity] | Unset = UNSET
    signature: Many[Signature] | Unset = UNSET

class ProvenanceAgent(BackboneElement, kw_only=True):
    type: CodeableConcept | Unset = UNSET
    role: Many[CodeableConcept] | Unset = UNSET
    who: ToDocumentReferenceAuthor
    onBehalfOf: ToDocumentReferenceAuthor | Unset = UNSET

class ProvenanceEntity(BackboneElement, kw_only=True):
    role: ProvenanceEntityRoleCode | Unset = UNSET
    _role: Element | Unset = UNSET
    what: Reference
    agent: Many[ProvenanceAgent] | Unset = UNSET

class Extension(Element, kw_only=True):
    url: Uri
    valueBase64Binary: Base64 | Unset = UNSET
    _valueBase64Binary: Element | Unset = UNSET
    valueBoolean: bool | Unset = UNSET
    _valueBoolean: Element | Unset = UNSET
    valueCanonical: Canonical | Unset = UNSET
    _valueCanonical: Element | Unset = UNSET
    valueCode: Code | Unset = UNSET
    _valueCode: Element | Unset = UNSET
    valueDate: Date | Unset = UNSET
    _valueDate: Element | Unset = UNSET
    valueDateTime: DateTime | Unset = UNSET
    _valueDateTime: Element | Unset = UNSET
    valueDecimal: Number | Unset = UNSET
    _valueDecimal: Element | Unset = UNSET
    valueId: Id | Unset = UNSET
    _valueId: Element | Unset = UNSET
    valueInstant: Instant | Unset = UNSET
    _valueInstant: Element | Unset = UNSET
    valueInteger: Integer | Unset = UNSET
    _valueInteger: Element | Unset = UNSET
    valueMarkdown: Markdown | Unset = UNSET
    _valueMarkdown: Element | Unset = UNSET
    valueOid: Oid | Unset = UNSET
    _valueOid: Element | Unset = UNSET
    valuePositiveInt: PositiveInt | Unset = UNSET
    _valuePositiveInt: Element | Unset = UNSET
    valueString: String | Unset = UNSET
    _valueString: Element | Unset = UNSET
    valueTime: Time | Unset = UNSET
    _valueTime: Element | Unset = UNSET
    valueUnsignedInt: UnsignedInt | Unset = UNSET
    _valueUnsignedInt: Element | Unset = UNSET
    valueUri: Uri | Unset = UNSET
    _valueUri: Element | Unset = UNSET
    valueUrl: Url | Unset = UNSET
    _valueUrl: Element | Unset = UNSET
    valueUuid: Uuid | Unset = UNSET
    _valueUuid: Element | Unset = UNSET
    valueAddress: Address | Unset = UNSET
    valueAge: Age | Unset = UNSET
    valueAnnotation: Annotation | Unset = UNSET
    valueAttachment: Attachment | Unset = UNSET
    valueCodeableConcept: CodeableConcept | Unset = UNSET
    valueCoding: Coding | Unset = UNSET
    valueContactPoint: ContactPoint | Unset = UNSET
    valueCount: Count | Unset = UNSET
    valueDistance: Distance | Unset = UNSET
    valueDuration: Duration | Unset = UNSET
    valueHumanName: HumanName | Unset = UNSET
    valueIdentifier: Identifier | Unset = UNSET
    valueMoney: Money | Unset = UNSET
    valuePeriod: Period | Unset = UNSET
    valueQuantity: Quantity | Unset = UNSET
    valueRange: Range | Unset = UNSET
    valueRatio: Ratio | Unset = UNSET
    valueReference: Reference | Unset = UNSET
    valueSampledData: SampledData | Unset = UNSET
    valueSignature: Signature | Unset = UNSET
    valueTiming: Timing | Unset = UNSET
    valueContactDetail: ContactDetail | Unset = UNSET
    valueContributor: Contributor | Unset = UNSET
    valueDataRequirement: DataRequirement | Unset = UNSET
    valueExpression: Expression | Unset = UNSET
    valueParameterDefinition: ParameterDefinition | Unset = UNSET
    valueRelatedArtifact: RelatedArtifact | Unset = UNSET
    valueTriggerDefinition: TriggerDefinition | Unset = UNSET
    valueUsageContext: UsageContext | Unset = UNSET
    valueDosage: Dosage | Unset = UNSET
    valueMeta: Meta | Unset = UNSET

class Meta(Element, kw_only=True):
    versionId: Id | Unset = UNSET
    _versionId: Element | Unset = UNSET
    lastUpdated: Instant | Unset = UNSET
    _lastUpdated: Element | Unset = UNSET
    source: Uri | Unset = UNSET
    _source: Element | Unset = UNSET
    profile: Many[Canonical | None] | Unset = UNSET
    _profile: Many[Element | None] | Unset = UNSET
    security: Many[Coding] | Unset = UNSET
    tag: Many[Coding] | Unset = UNSET

class Narrative(Element, kw_only=True):
    status: NarrativeStatusCode | Unset = UNSET
    _status: Element | Unset = UNSET
    div: Xhtml

class Identifier(Element, kw_only=True):
    use: IdentifierUseCode | Unset = UNSET
    _use: Element | Unset = UNSET
    type: CodeableConcept | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    value: String | Unset = UNSET
    _value: Element | Unset = UNSET
    period: Period | Unset = UNSET
    assigner: ToOrganization | Unset = UNSET

class CodeableConcept(Element, kw_only=True):
    coding: Many[Coding] | Unset = UNSET
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET

class Reference(Element, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset()
    reference: String | Unset = UNSET
    _reference: Element | Unset = UNSET
    type: Uri | Unset = UNSET
    _type: Element | Unset = UNSET
    identifier: Identifier | Unset = UNSET
    display: String | Unset = UNSET
    _display: Element | Unset = UNSET

class Age(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    comparator: QuantityComparatorCode | Unset = UNSET
    _comparator: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class Period(Element, kw_only=True):
    start: DateTime | Unset = UNSET
    _start: Element | Unset = UNSET
    end: DateTime | Unset = UNSET
    _end: Element | Unset = UNSET

class Range(Element, kw_only=True):
    low: SimpleQuantity | Unset = UNSET
    high: SimpleQuantity | Unset = UNSET

class Annotation(Element, kw_only=True):
    authorReference: ToAnnotationAuthor | Unset = UNSET
    authorString: String | Unset = UNSET
    _authorString: Element | Unset = UNSET
    time: DateTime | Unset = UNSET
    _time: Element | Unset = UNSET
    text: Markdown | Unset = UNSET
    _text: Element | Unset = UNSET

class Signature(Element, kw_only=True):
    type: Many[Coding]
    when: Instant | Unset = UNSET
    _when: Element | Unset = UNSET
    who: ToDocumentReferenceAuthor
    onBehalfOf: ToDocumentReferenceAuthor | Unset = UNSET
    targetFormat: Code | Unset = UNSET
    _targetFormat: Element | Unset = UNSET
    sigFormat: Code | Unset = UNSET
    _sigFormat: Element | Unset = UNSET
    data: Base64 | Unset = UNSET
    _data: Element | Unset = UNSET

class Attachment(Element, kw_only=True):
    contentType: Code | Unset = UNSET
    _contentType: Element | Unset = UNSET
    language: Code | Unset = UNSET
    _language: Element | Unset = UNSET
    data: Base64 | Unset = UNSET
    _data: Element | Unset = UNSET
    url: Url | Unset = UNSET
    _url: Element | Unset = UNSET
    size: UnsignedInt | Unset = UNSET
    _size: Element | Unset = UNSET
    hash: Base64 | Unset = UNSET
    _hash: Element | Unset = UNSET
    title: String | Unset = UNSET
    _title: Element | Unset = UNSET
    creation: DateTime | Unset = UNSET
    _creation: Element | Unset = UNSET

class Coding(Element, kw_only=True):
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    version: String | Unset = UNSET
    _version: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET
    display: String | Unset = UNSET
    _display: Element | Unset = UNSET
    userSelected: bool | Unset = UNSET
    _userSelected: Element | Unset = UNSET

class SimpleQuantity(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class Money(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    currency: Code | Unset = UNSET
    _currency: Element | Unset = UNSET

class Duration(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    comparator: QuantityComparatorCode | Unset = UNSET
    _comparator: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class Ratio(Element, kw_only=True):
    numerator: Quantity | Unset = UNSET
    denominator: Quantity | Unset = UNSET

class Dosage(BackboneElement, kw_only=True):
    sequence: Integer | Unset = UNSET
    _sequence: Element | Unset = UNSET
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET
    additionalInstruction: Many[CodeableConcept] | Unset = UNSET
    patientInstruction: String | Unset = UNSET
    _patientInstruction: Element | Unset = UNSET
    timing: Timing | Unset = UNSET
    asNeededBoolean: bool | Unset = UNSET
    _asNeededBoolean: Element | Unset = UNSET
    asNeededCodeableConcept: CodeableConcept | Unset = UNSET
    site: CodeableConcept | Unset = UNSET
    route: CodeableConcept | Unset = UNSET
    method: CodeableConcept | Unset = UNSET
    doseAndRate: Many[DosageDoseAndRate] | Unset = UNSET
    maxDosePerPeriod: Ratio | Unset = UNSET
    maxDosePerAdministration: SimpleQuantity | Unset = UNSET
    maxDosePerLifetime: SimpleQuantity | Unset = UNSET

class DosageDoseAndRate(Element, kw_only=True):
    type: CodeableConcept | Unset = UNSET
    doseRange: Range | Unset = UNSET
    doseQuantity: SimpleQuantity | Unset = UNSET
    rateRatio: Ratio | Unset = UNSET
    rateRange: Range | Unset = UNSET
    rateQuantity: SimpleQuantity | Unset = UNSET

class Timing(BackboneElement, kw_only=True):
    event: Many[DateTime | None] | Unset = UNSET
    _event: Many[Element | None] | Unset = UNSET
    repeat: TimingRepeat | Unset = UNSET
    code: CodeableConcept | Unset = UNSET

class TimingRepeat(Element, kw_only=True):
    boundsDuration: Duration | Unset = UNSET
    boundsRange: Range | Unset = UNSET
    boundsPeriod: Period | Unset = UNSET
    count: PositiveInt | Unset = UNSET
    _count: Element | Unset = UNSET
    countMax: PositiveInt | Unset = UNSET
    _countMax: Element | Unset = UNSET
    duration: Number | Unset = UNSET
    _duration: Element | Unset = UNSET
    durationMax: Number | Unset = UNSET
    _durationMax: Element | Unset = UNSET
    durationUnit: UnitsOfTimeCode | Unset = UNSET
    _durationUnit: Element | Unset = UNSET
    frequency: PositiveInt | Unset = UNSET
    _frequency: Element | Unset = UNSET
    frequencyMax: PositiveInt | Unset = UNSET
    _frequencyMax: Element | Unset = UNSET
    period: Number | Unset = UNSET
    _period: Element | Unset = UNSET
    periodMax: Number | Unset = UNSET
    _periodMax: Element | Unset = UNSET
    periodUnit: UnitsOfTimeCode | Unset = UNSET
    _periodUnit: Element | Unset = UNSET
    dayOfWeek: Many[DaysOfWeekCode | None] | Unset = UNSET
    _dayOfWeek: Many[Element | None] | Unset = UNSET
    timeOfDay: Many[Time | None] | Unset = UNSET
    _timeOfDay: Many[Element | None] | Unset = UNSET
    when: Many[EventTimingCode | None] | Unset = UNSET
    _when: Many[Element | None] | Unset = UNSET
    offset: UnsignedInt | Unset = UNSET
    _offset: Element | Unset = UNSET

class Quantity(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    comparator: QuantityComparatorCode | Unset = UNSET
    _comparator: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class SampledData(Element, kw_only=True):
    origin: SimpleQuantity
    period: Number | Unset = UNSET
    _period: Element | Unset = UNSET
    factor: Number | Unset = UNSET
    _factor: Element | Unset = UNSET
    lowerLimit: Number | Unset = UNSET
    _lowerLimit: Element | Unset = UNSET
    upperLimit: Number | Unset = UNSET
    _upperLimit: Element | Unset = UNSET
    dimensions: PositiveInt | Unset = UNSET
    _dimensions: Element | Unset = UNSET
    data: String | Unset = UNSET
    _data: Element | Unset = UNSET

class ContactPoint(Element, kw_only=True):
    system: ContactPointSystemCode | Unset = UNSET
    _system: Element | Unset = UNSET
    value: String | Unset = UNSET
    _value: Element | Unset = UNSET
    use: ContactPointUseCode | Unset = UNSET
    _use: Element | Unset = UNSET
    rank: PositiveInt | Unset = UNSET
    _rank: Element | Unset = UNSET
    period: Period | Unset = UNSET

class Address(Element, kw_only=True):
    use: AddressUseCode | Unset = UNSET
    _use: Element | Unset = UNSET
    type: AddressTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET
    line: Many[String | None] | Unset = UNSET
    _line: Many[Element | None] | Unset = UNSET
    city: String | Unset = UNSET
    _city: Element | Unset = UNSET
    district: String | Unset = UNSET
    _district: Element | Unset = UNSET
    state: String | Unset = UNSET
    _state: Element | Unset = UNSET
    postalCode: String | Unset = UNSET
    _postalCode: Element | Unset = UNSET
    country: String | Unset = UNSET
    _country: Element | Unset = UNSET
    period: Period | Unset = UNSET

class HumanName(Element, kw_only=True):
    use: NameUseCode | Unset = UNSET
    _use: Element | Unset = UNSET
    text: String | Unset = UNSET
    _text: Element | Unset = UNSET
    family: String | Unset = UNSET
    _family: Element | Unset = UNSET
    given: Many[String | None] | Unset = UNSET
    _given: Many[Element | None] | Unset = UNSET
    prefix: Many[String | None] | Unset = UNSET
    _prefix: Many[Element | None] | Unset = UNSET
    suffix: Many[String | None] | Unset = UNSET
    _suffix: Many[Element | None] | Unset = UNSET
    period: Period | Unset = UNSET

class Count(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    comparator: QuantityComparatorCode | Unset = UNSET
    _comparator: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class Distance(Element, kw_only=True):
    value: Number | Unset = UNSET
    _value: Element | Unset = UNSET
    comparator: QuantityComparatorCode | Unset = UNSET
    _comparator: Element | Unset = UNSET
    unit: String | Unset = UNSET
    _unit: Element | Unset = UNSET
    system: Uri | Unset = UNSET
    _system: Element | Unset = UNSET
    code: Code | Unset = UNSET
    _code: Element | Unset = UNSET

class ContactDetail(Element, kw_only=True):
    name: String | Unset = UNSET
    _name: Element | Unset = UNSET
    telecom: Many[ContactPoint] | Unset = UNSET

class Contributor(Element, kw_only=True):
    type: ContributorTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    name: String | Unset = UNSET
    _name: Element | Unset = UNSET
    contact: Many[ContactDetail] | Unset = UNSET

class DataRequirement(Element, kw_only=True):
    type: AllTypesCode | Unset = UNSET
    _type: Element | Unset = UNSET
    profile: Many[Canonical | None] | Unset = UNSET
    _profile: Many[Element | None] | Unset = UNSET
    subjectCodeableConcept: CodeableConcept | Unset = UNSET
    subjectReference: ToGroup | Unset = UNSET
    mustSupport: Many[String | None] | Unset = UNSET
    _mustSupport: Many[Element | None] | Unset = UNSET
    codeFilter: Many[DataRequirementCodeFilter] | Unset = UNSET
    dateFilter: Many[DataRequirementDateFilter] | Unset = UNSET
    limit: PositiveInt | Unset = UNSET
    _limit: Element | Unset = UNSET
    sort: Many[DataRequirementSort] | Unset = UNSET

class DataRequirementCodeFilter(Element, kw_only=True):
    path: String | Unset = UNSET
    _path: Element | Unset = UNSET
    searchParam: String | Unset = UNSET
    _searchParam: Element | Unset = UNSET
    valueSet: Canonical | Unset = UNSET
    _valueSet: Element | Unset = UNSET
    code: Many[Coding] | Unset = UNSET

class DataRequirementDateFilter(Element, kw_only=True):
    path: String | Unset = UNSET
    _path: Element | Unset = UNSET
    searchParam: String | Unset = UNSET
    _searchParam: Element | Unset = UNSET
    valueDateTime: DateTime | Unset = UNSET
    _valueDateTime: Element | Unset = UNSET
    valuePeriod: Period | Unset = UNSET
    valueDuration: Duration | Unset = UNSET

class DataRequirementSort(Element, kw_only=True):
    path: String | Unset = UNSET
    _path: Element | Unset = UNSET
    direction: SortDirectionCode | Unset = UNSET
    _direction: Element | Unset = UNSET

class Expression(Element, kw_only=True):
    description: String | Unset = UNSET
    _description: Element | Unset = UNSET
    name: Id | Unset = UNSET
    _name: Element | Unset = UNSET
    language: Code | Unset = UNSET
    _language: Element | Unset = UNSET
    expression: String | Unset = UNSET
    _expression: Element | Unset = UNSET
    reference: Uri | Unset = UNSET
    _reference: Element | Unset = UNSET

class ParameterDefinition(Element, kw_only=True):
    name: Code | Unset = UNSET
    _name: Element | Unset = UNSET
    use: OperationParameterUseCode | Unset = UNSET
    _use: Element | Unset = UNSET
    min: Integer | Unset = UNSET
    _min: Element | Unset = UNSET
    max: String | Unset = UNSET
    _max: Element | Unset = UNSET
    documentation: String | Unset = UNSET
    _documentation: Element | Unset = UNSET
    type: AllTypesCode | Unset = UNSET
    _type: Element | Unset = UNSET
    profile: Canonical | Unset = UNSET
    _profile: Element | Unset = UNSET

class RelatedArtifact(Element, kw_only=True):
    type: RelatedArtifactTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    label: String | Unset = UNSET
    _label: Element | Unset = UNSET
    display: String | Unset = UNSET
    _display: Element | Unset = UNSET
    citation: Markdown | Unset = UNSET
    _citation: Element | Unset = UNSET
    url: Url | Unset = UNSET
    _url: Element | Unset = UNSET
    document: Attachment | Unset = UNSET
    resource: Canonical | Unset = UNSET
    _resource: Element | Unset = UNSET

class TriggerDefinition(Element, kw_only=True):
    type: TriggerTypeCode | Unset = UNSET
    _type: Element | Unset = UNSET
    name: String | Unset = UNSET
    _name: Element | Unset = UNSET
    timingTiming: Timing | Unset = UNSET
    timingReference: ToSchedule | Unset = UNSET
    timingDate: Date | Unset = UNSET
    _timingDate: Element | Unset = UNSET
    timingDateTime: DateTime | Unset = UNSET
    _timingDateTime: Element | Unset = UNSET
    data: Many[DataRequirement] | Unset = UNSET
    condition: Expression | Unset = UNSET

class UsageContext(Element, kw_only=True):
    code: Coding
    valueCodeableConcept: CodeableConcept | Unset = UNSET
    valueQuantity: Quantity | Unset = UNSET
    valueRange: Range | Unset = UNSET
    valueReference: ToUsageContextValue | Unset = UNSET

class ToAdverseEventSubject(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Group", "Patient", "Practitioner", "RelatedPerson",
    })

class ToEncounter(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Encounter"})

class ToCondition(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Condition"})

class ToLocation(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Location"})

class ToAdverseEventRecorder(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Patient", "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToDeviceOrPractitionerOrPractitionerRole(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device", "Practitioner", "PractitionerRole"})

class ToAdverseEventSubjectMedicalHistory(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "AllergyIntolerance", "Condition", "DocumentReference", "FamilyMemberHistory",
        "Immunization", "Media", "Observation", "Procedure",
    })

class ToDocumentReference(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"DocumentReference"})

class ToResearchStudy(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"ResearchStudy"})

class ToAdverseEventSuspectEntityInstance(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Device", "Immunization", "Medication", "MedicationAdministration", "MedicationStatement",
        "Procedure", "Substance",
    })

class ToPractitionerOrPractitionerRole(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Practitioner", "PractitionerRole"})

class ToPatient(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Patient"})

class ToAppointmentReasonReference(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Condition", "ImmunizationRecommendation", "Observation", "Procedure",
    })

class ToSlot(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Slot"})

class ToServiceRequest(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"ServiceRequest"})

class ToAppointmentParticipantActor(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Device", "HealthcareService", "Location", "Patient", "Practitioner", "PractitionerRole",
        "RelatedPerson",
    })

class ToGroupOrPatient(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Group", "Patient"})

class ToClinicalImpressionOrDiagnosticReportOrObservation(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "ClinicalImpression", "DiagnosticReport", "Observation",
    })

class ToConsentPerformer(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToOrganization(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Organization"})

class ToConsentSource(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Consent", "Contract", "DocumentReference", "QuestionnaireResponse",
    })

class ToPatientOrRelatedPerson(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Patient", "RelatedPerson"})

class ToConsentProvisionActorReference(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CareTeam", "Device", "Group", "Organization", "Patient", "Practitioner",
        "PractitionerRole", "RelatedPerson",
    })

class ToOrganizationOrPatientOrRelatedPerson(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Organization", "Patient", "RelatedPerson"})

class ToContract(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Contract"})

class ToDocumentReferenceSubject(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device", "Group", "Patient", "Practitioner"})

class ToDocumentReferenceAuthor(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Device", "Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToOrganizationOrPractitionerOrPractitionerRole(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Organization", "Practitioner", "PractitionerRole",
    })

class ToEncounterOrEpisodeOfCare(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Encounter", "EpisodeOfCare"})

class ToEpisodeOfCare(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"EpisodeOfCare"})

class ToAppointment(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Appointment"})

class ToAccount(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Account"})

class ToPractitionerOrPractitionerRoleOrRelatedPerson(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToConditionOrProcedure(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Condition", "Procedure"})

class ToLocationOrOrganization(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Location", "Organization"})

class ToMedicationOrSubstance(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Medication", "Substance"})

class ToMedicationAdministrationOrProcedure(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"MedicationAdministration", "Procedure"})

class ToMedication(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Medication"})

class ToConditionOrDiagnosticReportOrObservation(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Condition", "DiagnosticReport", "Observation"})

class ToMedicationRequest(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"MedicationRequest"})

class ToDevice(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device"})

class ToProvenance(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Provenance"})

class ToMedicationAdministrationPerformerActor(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Device", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToMedicationRequestPerformer(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CareTeam", "Device", "Organization", "Patient", "Practitioner", "PractitionerRole",
        "RelatedPerson",
    })

class ToConditionOrObservation(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Condition", "Observation"})

class ToMedicationRequestBasedOn(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CarePlan", "ImmunizationRecommendation", "MedicationRequest", "ServiceRequest",
    })

class ToClaimResponseOrCoverage(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"ClaimResponse", "Coverage"})

class ToDetectedIssue(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"DetectedIssue"})

class ToCarePlanOrMedicationRequestOrServiceRequest(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CarePlan", "MedicationRequest", "ServiceRequest",
    })

class ToMedicationStatementPartOf(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "MedicationAdministration", "MedicationDispense", "MedicationStatement", "Observation",
        "Procedure",
    })

class ToObservationBasedOn(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CarePlan", "DeviceRequest", "ImmunizationRecommendation", "MedicationRequest",
        "NutritionOrder", "ServiceRequest",
    })

class ToObservationPartOf(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "ImagingStudy", "Immunization", "MedicationAdministration", "MedicationDispense",
        "MedicationStatement", "Procedure",
    })

class ToObservationSubject(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device", "Group", "Location", "Patient"})

class ToObservationPerformer(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "CareTeam", "Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson",
    })

class ToSpecimen(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Specimen"})

class ToDeviceOrDeviceMetric(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device", "DeviceMetric"})

class ToMolecularSequenceOrObservationOrQuestionnaireResponse(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "MolecularSequence", "Observation", "QuestionnaireResponse",
    })

class ToObservationDerivedFrom(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "DocumentReference", "ImagingStudy", "Media", "MolecularSequence", "Observation",
        "QuestionnaireResponse",
    })

class ToEndpoint(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Endpoint"})

class ToCarePlanOrServiceRequest(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"CarePlan", "ServiceRequest"})

class ToMedicationAdministrationOrObservationOrProcedure(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "MedicationAdministration", "Observation", "Procedure",
    })

class ToProcedureReasonReference(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Condition", "DiagnosticReport", "DocumentReference", "Observation", "Procedure",
    })

class ToCompositionOrDiagnosticReportOrDocumentReference(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Composition", "DiagnosticReport", "DocumentReference",
    })

class ToDeviceOrMedicationOrSubstance(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Device", "Medication", "Substance"})

class ToAnnotationAuthor(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Organization", "Patient", "Practitioner", "RelatedPerson",
    })

class ToGroup(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Group"})

class ToSchedule(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({"Schedule"})

class ToUsageContextValue(Reference, kw_only=True):
    targets: ClassVar[frozenset[str]] = frozenset({
        "Group", "HealthcareService", "InsurancePlan", "Location", "Organization", "PlanDefinition",
        "ResearchStudy",
    })

class Other(Checked, kw_only=True, forbid_unknown_fields=False):
    # A resource that is not read, or a bundle in a bundle: only its id is seen.
    id: String | Unset = UNSET

OTHERS = tuple(
    defstruct(name, [], bases=(Other,), tag_field="resourceType", tag=name)
    for name in (
        "Account", "ActivityDefinition", "AppointmentResponse", "AuditEvent", "Basic", "Binary",
        "BiologicallyDerivedProduct", "BodyStructure", "Bundle", "CapabilityStatement", "CarePlan",
        "CareTeam", "CatalogEntry", "ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse",
        "ClinicalImpression", "CodeSystem", "Communication", "CommunicationRequest",
        "CompartmentDefinition", "Composition", "ConceptMap", "Contract",
        "CoverageEligibilityRequest", "CoverageEligibilityResponse", "DetectedIssue", "Device",
        "DeviceDefinition", "DeviceMetric", "DeviceRequest", "DeviceUseStatement",
        "DiagnosticReport", "DocumentManifest", "EffectEvidenceSynthesis", "Endpoint",
        "EnrollmentRequest", "EnrollmentResponse", "EpisodeOfCare", "EventDefinition", "Evidence",
        "EvidenceVariable", "ExampleScenario", "ExplanationOfBenefit", "FamilyMemberHistory",
        "Flag", "Goal", "GraphDefinition", "Group", "GuidanceResponse", "HealthcareService",
        "ImagingStudy", "Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation",
        "ImplementationGuide", "InsurancePlan", "Invoice", "Library", "Linkage", "List", "Location",
        "Measure", "MeasureReport", "Media", "MedicationDispense", "MedicationKnowledge",
        "MedicinalProduct", "MedicinalProductAuthorization", "MedicinalProductContraindication",
        "MedicinalProductIndication", "MedicinalProductIngredient", "MedicinalProductInteraction",
        "MedicinalProductManufactured", "MedicinalProductPackaged",
        "MedicinalProductPharmaceutical", "MedicinalProductUndesirableEffect", "MessageDefinition",
        "MessageHeader", "MolecularSequence", "NamingSystem", "NutritionOrder",
        "ObservationDefinition", "OperationDefinition", "OrganizationAffiliation", "Parameters",
        "PaymentNotice", "PaymentReconciliation", "Person", "PlanDefinition", "PractitionerRole",
        "Questionnaire", "QuestionnaireResponse", "RelatedPerson", "RequestGroup",
        "ResearchDefinition", "ResearchElementDefinition", "ResearchStudy", "ResearchSubject",
        "RiskAssessment", "RiskEvidenceSynthesis", "Schedule", "SearchParameter", "ServiceRequest",
        "Slot", "Specimen", "SpecimenDefinition", "StructureDefinition", "StructureMap",
        "Subscription", "Substance", "SubstanceNucleicAcid", "SubstancePolymer", "SubstanceProtein",
        "SubstanceReferenceInformation", "SubstanceSourceMaterial", "SubstanceSpecification",
        "SupplyDelivery", "SupplyRequest", "Task", "TerminologyCapabilities", "TestReport",
        "TestScript", "ValueSet", "VerificationResult", "VisionPrescription",
    )
)
if TYPE_CHECKING:
    AnyResource: TypeAlias = Union[
        AdverseEvent, AllergyIntolerance, Appointment, Condition, Consent, Coverage,
        DocumentReference, Encounter, Medication, MedicationAdministration, MedicationRequest,
        MedicationStatement, Observation, OperationOutcome, Organization, Patient, Practitioner,
        Procedure, Provenance, Other,
    ]
else:
    AnyResource = Union[(
        AdverseEvent, AllergyIntolerance, Appointment, Condition, Consent, Coverage,
        DocumentReference, Encounter, Medication, MedicationAdministration, MedicationRequest,
        MedicationStatement, Observation, OperationOutcome, Organization, Patient, Practitioner,
        Procedure, Provenance, *OTHERS,
    )]

# Element, whether one form of it must be there, and its forms.
CHOICES: dict[type[Checked], tuple[tuple[str, bool, tuple[str, ...]], ...]] = {
    AllergyIntolerance: (
        ("onset", False, (
            "onsetDateTime", "onsetAge", "onsetPeriod", "onsetRange", "onsetString",
        )),
    ),
    Condition: (
        ("onset", False, (
            "onsetDateTime", "onsetAge", "onsetPeriod", "onsetRange", "onsetString",
        )),
        ("abatement", False, (
            "abatementDateTime", "abatementAge", "abatementPeriod", "abatementRange",
            "abatementString",
        )),
    ),
    Consent: (
        ("source", False, ("sourceAttachment", "sourceReference",)),
    ),
    CoverageCostToBeneficiary: (
        ("value", True, ("valueQuantity", "valueMoney",)),
    ),
    MedicationIngredient: (
        ("item", True, ("itemCodeableConcept", "itemReference",)),
    ),
    MedicationAdministration: (
        ("medication", True, ("medicationCodeableConcept", "medicationReference",)),
        ("effective", True, ("effectiveDateTime", "effectivePeriod",)),
    ),
    MedicationAdministrationDosage: (
        ("rate", False, ("rateRatio", "rateQuantity",)),
    ),
    MedicationRequest: (
        ("reported", False, ("reportedBoolean", "reportedReference",)),
        ("medication", True, ("medicationCodeableConcept", "medicationReference",)),
    ),
    MedicationRequestSubstitution: (
        ("allowed", True, ("allowedBoolean", "allowedCodeableConcept",)),
    ),
    MedicationStatement: (
        ("medication", True, ("medicationCodeableConcept", "medicationReference",)),
        ("effective", False, ("effectiveDateTime", "effectivePeriod",)),
    ),
    Observation: (
        ("effective", False, (
            "effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant",
        )),
        ("value", False, (
            "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
            "valueRange", "valueRatio", "valueSampledData", "valueTime", "valueDateTime",
            "valuePeriod",
        )),
    ),
    ObservationComponent: (
        ("value", False, (
            "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
            "valueRange", "valueRatio", "valueSampledData", "valueTime", "valueDateTime",
            "valuePeriod",
        )),
    ),
    Patient: (
        ("deceased", False, ("deceasedBoolean", "deceasedDateTime",)),
        ("multipleBirth", False, ("multipleBirthBoolean", "multipleBirthInteger",)),
    ),
    Procedure: (
        ("performed", False, (
            "performedDateTime", "performedPeriod", "performedString", "performedAge",
            "performedRange",
        )),
    ),
    Provenance: (
        ("occurred", False, ("occurredPeriod", "occurredDateTime",)),
    ),
    Extension: (
        ("value", False, (
            "valueBase64Binary", "valueBoolean", "valueCanonical", "valueCode", "valueDate",
            "valueDateTime", "valueDecimal", "valueId", "valueInstant", "valueInteger",
            "valueMarkdown", "valueOid", "valuePositiveInt", "valueString", "valueTime",
            "valueUnsignedInt", "valueUri", "valueUrl", "valueUuid", "valueAddress", "valueAge",
            "valueAnnotation", "valueAttachment", "valueCodeableConcept", "valueCoding",
            "valueContactPoint", "valueCount", "valueDistance", "valueDuration", "valueHumanName",
            "valueIdentifier", "valueMoney", "valuePeriod", "valueQuantity", "valueRange",
            "valueRatio", "valueReference", "valueSampledData", "valueSignature", "valueTiming",
            "valueContactDetail", "valueContributor", "valueDataRequirement", "valueExpression",
            "valueParameterDefinition", "valueRelatedArtifact", "valueTriggerDefinition",
            "valueUsageContext", "valueDosage", "valueMeta",
        )),
    ),
    Annotation: (
        ("author", False, ("authorReference", "authorString",)),
    ),
    Dosage: (
        ("asNeeded", False, ("asNeededBoolean", "asNeededCodeableConcept",)),
    ),
    DosageDoseAndRate: (
        ("dose", False, ("doseRange", "doseQuantity",)),
        ("rate", False, ("rateRatio", "rateRange", "rateQuantity",)),
    ),
    TimingRepeat: (
        ("bounds", False, ("boundsDuration", "boundsRange", "boundsPeriod",)),
    ),
    DataRequirement: (
        ("subject", False, ("subjectCodeableConcept", "subjectReference",)),
    ),
    DataRequirementDateFilter: (
        ("value", False, ("valueDateTime", "valuePeriod", "valueDuration",)),
    ),
    TriggerDefinition: (
        ("timing", False, ("timingTiming", "timingReference", "timingDate", "timingDateTime",)),
    ),
    UsageContext: (
        ("value", True, ("valueCodeableConcept", "valueQuantity", "valueRange", "valueReference",)),
    ),
}
# Primitives that must be there.
REQUIRED: dict[type[Checked], tuple[str, ...]] = {
    AdverseEvent: ("actuality",),
    Appointment: ("status",),
    AppointmentParticipant: ("status",),
    Bundle: ("type",),
    BundleLink: ("relation", "url",),
    BundleEntryRequest: ("method", "url",),
    BundleEntryResponse: ("status",),
    Consent: ("status",),
    ConsentVerification: ("verified",),
    ConsentProvisionData: ("meaning",),
    Coverage: ("status",),
    CoverageClass: ("value",),
    DocumentReference: ("status",),
    DocumentReferenceRelatesTo: ("code",),
    Encounter: ("status",),
    EncounterStatusHistory: ("status",),
    MedicationAdministration: ("status",),
    MedicationRequest: ("status", "intent",),
    MedicationStatement: ("status",),
    Observation: ("status",),
    OperationOutcomeIssue: ("severity", "code",),
    PatientLink: ("type",),
    Procedure: ("status",),
    Provenance: ("recorded",),
    ProvenanceEntity: ("role",),
    Narrative: ("status",),
    Annotation: ("text",),
    Signature: ("when",),
    SampledData: ("period", "dimensions",),
    Contributor: ("type", "name",),
    DataRequirement: ("type",),
    DataRequirementSort: ("path", "direction",),
    Expression: ("language",),
    ParameterDefinition: ("use", "type",),
    RelatedArtifact: ("type",),
    TriggerDefinition: ("type",),
}
# Lists of primitives.
LISTS: dict[type[Checked], tuple[str, ...]] = {
    AllergyIntolerance: ("category",),
    MedicationAdministration: ("instantiates",),
    MedicationRequest: ("instantiatesCanonical", "instantiatesUri",),
    OperationOutcomeIssue: ("location", "expression",),
    Organization: ("alias",),
    Procedure: ("instantiatesCanonical", "instantiatesUri",),
    Provenance: ("policy",),
    Meta: ("profile",),
    Timing: ("event",),
    TimingRepeat: ("dayOfWeek", "timeOfDay", "when",),
    Address: ("line",),
    HumanName: ("given", "prefix", "suffix",),
    DataRequirement: ("profile", "mustSupport",),
}
# Concepts of which one coding must come from a closed list of (system, code).
CONCEPTS: dict[type[Checked], dict[str, frozenset[tuple[str, str]]]] = {
    AdverseEvent: {
        "severity": frozenset({
            ("http://terminology.hl7.org/CodeSystem/adverse-event-severity", "mild"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-severity", "moderate"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-severity", "severe"),
        }),
        "outcome": frozenset({
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "resolved"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "recovering"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "ongoing"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "resolvedWithSequelae"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "fatal"),
            ("http://terminology.hl7.org/CodeSystem/adverse-event-outcome", "unknown"),
        }),
    },
    AllergyIntolerance: {
        "clinicalStatus": frozenset({
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "inactive"),
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "resolved"),
        }),
        "verificationStatus": frozenset({
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "unconfirmed"),
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed"),
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "refuted"),
            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "entered-in-error"),
        }),
    },
    Condition: {
        "clinicalStatus": frozenset({
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "recurrence"),
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "relapse"),
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "inactive"),
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "remission"),
            ("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved"),
        }),
        "verificationStatus": frozenset({
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "unconfirmed"),
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "provisional"),
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "differential"),
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted"),
            ("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error"),
        }),
    },
}

# sha256 of all above: 3f5fc8bf9a3589cde0a932f50f37bb6e086d3319062146722e860f2fe9847009
