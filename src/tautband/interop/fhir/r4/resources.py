"""FHIR R4's rules for the resources kept. The keys in the docstrings are HL7's own (R4 4.0.1)."""

import re

from django.utils.translation import gettext_lazy as _

from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.cardinality import has, listed, missing
from tautband.interop.fhir.r4.primitives import UNSET
from tautband.interop.fhir.r4.references import ABSOLUTE, type_of
from tautband.interop.fhir.r4.rules import NOT_ALLOWED, SAME_ID, TOGETHER, has_code, need, rule

_RELATIVE = _("an absolute address is needed")
_VERSIONED = _("an address without a version is needed")
_OF_ANOTHER = _("this is the address of a resource of another type")
_BELONGS_NOT = _("a resource of another type belongs here")
_RESTFUL = re.compile(r"https?://.+/([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}")


@rule(r4.DomainResource)
def _contained(resource: r4.DomainResource) -> None:
    """dom-2, dom-4, dom-5: what is contained stands for nothing outside."""
    names: set[str] = set()
    for index, inner in enumerate(listed(resource.contained)):
        path = f"contained[{index}]"
        if not isinstance(inner.id, str):
            raise missing(f"{path}.id")
        need(inner.id not in names, f"{path}.id", SAME_ID)
        names.add(inner.id)
        if isinstance(inner, r4.DomainResource):
            need(inner.contained is UNSET, f"{path}.contained", TOGETHER)
        meta = getattr(inner, "meta", UNSET)
        if isinstance(meta, r4.Meta):
            for child in ("versionId", "lastUpdated", "security"):
                need(getattr(meta, child) is UNSET, f"{path}.meta.{child}", TOGETHER)


@rule(r4.AllergyIntolerance)
def _allergy(allergy: r4.AllergyIntolerance) -> None:
    """ait-1, ait-2."""
    if has_code(allergy.verificationStatus, "entered-in-error"):
        need(allergy.clinicalStatus is UNSET, "clinicalStatus", TOGETHER)
    elif allergy.clinicalStatus is UNSET:
        raise missing("clinicalStatus")


@rule(r4.Condition)
def _condition(condition: r4.Condition) -> None:
    """con-4, con-5. con-3 is a warning in R4, and is not held against a file."""
    forms = r4.CHOICES[r4.Condition][1][2]
    if any(has(getattr(condition, form)) for form in forms):
        ended = has_code(condition.clinicalStatus, "resolved", "remission", "inactive")
        need(ended, "abatement[x]", TOGETHER)
    if has_code(condition.verificationStatus, "entered-in-error"):
        need(condition.clinicalStatus is UNSET, "clinicalStatus", TOGETHER)


@rule(r4.ConditionStage)
def _stage(stage: r4.ConditionStage) -> None:
    """con-1."""
    if stage.summary is UNSET and stage.assessment is UNSET:
        raise missing("summary")


@rule(r4.ConditionEvidence)
def _evidence(evidence: r4.ConditionEvidence) -> None:
    """con-2."""
    if evidence.code is UNSET and evidence.detail is UNSET:
        raise missing("code")


@rule(r4.Observation)
def _observation(observation: r4.Observation) -> None:
    """obs-6, obs-7."""
    forms = r4.CHOICES[r4.Observation][1][2]
    if not any(has(getattr(observation, form)) for form in forms):
        return
    need(observation.dataAbsentReason is UNSET, "dataAbsentReason", TOGETHER)
    components = listed(observation.component)
    codings = listed(observation.code.coding) if components else []
    for index, component in enumerate(components):
        same = any(one in codings for one in listed(component.code.coding))
        need(not same, f"component[{index}].code", TOGETHER)


@rule(r4.ObservationReferenceRange)
def _reference_range(one: r4.ObservationReferenceRange) -> None:
    """obs-3."""
    if one.low is UNSET and one.high is UNSET and one.text is UNSET:
        raise missing("text")


@rule(r4.PatientContact)
def _contact(contact: r4.PatientContact) -> None:
    """pat-1."""
    told = (contact.name, contact.telecom, contact.address, contact.organization)
    if not any(has(one) for one in told):
        raise missing("name")


@rule(r4.Organization)
def _organization(organization: r4.Organization) -> None:
    """org-1, org-2, org-3."""
    if organization.identifier is UNSET and organization.name is UNSET:
        raise missing("name")
    for child in ("address", "telecom"):
        for index, one in enumerate(listed(getattr(organization, child))):
            need(one.use != "home", f"{child}[{index}].use", NOT_ALLOWED)


@rule(r4.MedicationAdministrationDosage)
def _dosage(dosage: r4.MedicationAdministrationDosage) -> None:
    """mad-1."""
    if dosage.dose is UNSET and dosage.rateRatio is UNSET and dosage.rateQuantity is UNSET:
        raise missing("dose")


@rule(r4.Consent)
def _consent(consent: r4.Consent) -> None:
    """ppc-1."""
    if consent.policy is UNSET and consent.policyRule is UNSET:
        raise missing("policyRule")


@rule(r4.Appointment)
def _appointment(appointment: r4.Appointment) -> None:
    """app-2, app-3, app-4."""
    begins, ends = has(appointment.start), has(appointment.end)
    open_yet = appointment.status in {"proposed", "cancelled", "waitlist"}
    if begins != ends or not (begins or open_yet):
        raise missing("end" if begins else "start")
    if has(appointment.cancelationReason):
        gone = appointment.status in {"no-show", "cancelled"}
        need(gone, "cancelationReason", TOGETHER)


@rule(r4.AppointmentParticipant)
def _participant(participant: r4.AppointmentParticipant) -> None:
    """app-1."""
    if participant.type is UNSET and participant.actor is UNSET:
        raise missing("actor")


# --- bundles ---


@rule(r4.Bundle)
def _bundle(bundle: r4.Bundle) -> None:
    """bdl-1, bdl-7, bdl-9, bdl-10."""
    need(bundle.total is UNSET or bundle.type in {"searchset", "history"}, "total", TOGETHER)
    if bundle.type == "document":
        identifier = bundle.identifier
        if not isinstance(identifier, r4.Identifier):
            raise missing("identifier")
        for child in ("system", "value"):
            if not has(getattr(identifier, child)):
                raise missing(f"identifier.{child}")
        if bundle.timestamp is UNSET:
            raise missing("timestamp")
    seen: set[tuple[str, object]] = set()
    for index, entry in enumerate(listed(bundle.entry)):
        if bundle.type != "history" and isinstance(entry.fullUrl, str):
            meta = getattr(entry.resource, "meta", UNSET)
            name = (entry.fullUrl, meta.versionId if isinstance(meta, r4.Meta) else UNSET)
            need(name not in seen, f"entry[{index}].fullUrl", SAME_ID)
            seen.add(name)


@rule(r4.Bundle)
def _entries(bundle: r4.Bundle) -> None:
    """bdl-2, bdl-3, bdl-4, bdl-11, bdl-12."""
    asks = bundle.type in {"batch", "transaction", "history"}
    answers = bundle.type in {"batch-response", "transaction-response", "history"}
    for index, entry in enumerate(listed(bundle.entry)):
        for child, wanted in (("request", asks), ("response", answers)):
            if wanted and not has(getattr(entry, child)):
                raise missing(f"entry[{index}].{child}")
            need(wanted or not has(getattr(entry, child)), f"entry[{index}].{child}", TOGETHER)
        is_found = bundle.type == "searchset"
        need(is_found or entry.search is UNSET, f"entry[{index}].search", TOGETHER)
    first = {"document": "Composition", "message": "MessageHeader"}.get(str(bundle.type))
    if first:
        entries = listed(bundle.entry)
        found = type_of(entries[0].resource) if entries and has(entries[0].resource) else ""
        need(found == first, "entry[0].resource", _BELONGS_NOT)


@rule(r4.BundleEntry)
def _entry(entry: r4.BundleEntry) -> None:
    """bdl-5, bdl-8; an address is absolute, and if it names a type, then that of its resource."""
    if entry.resource is UNSET and entry.request is UNSET and entry.response is UNSET:
        raise missing("resource")
    if not isinstance(entry.fullUrl, str):
        return
    need(bool(ABSOLUTE.fullmatch(entry.fullUrl)), "fullUrl", _RELATIVE)
    need("/_history/" not in entry.fullUrl, "fullUrl", _VERSIONED)
    named = _RESTFUL.fullmatch(entry.fullUrl)
    if named and named[1] in r4.RESOURCE_TYPES and has(entry.resource):
        is_own = named[1] == type_of(entry.resource)
        need(is_own, "fullUrl", _OF_ANOTHER)
