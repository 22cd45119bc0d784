"""A sitting as FHIR R4: the procedure, what was drawn up, what was meant and what was given."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from tautband.clinical import dosing
from tautband.clinical.facts import SyringeFacts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.terms import AgentKind
from tautband.interop.fhir.export import rows
from tautband.interop.fhir.export.chart import agent_concept
from tautband.interop.fhir.export.elements import (
    Resource,
    absent,
    concept,
    day,
    definition,
    derived,
    extension,
    instant,
    kept,
    note,
    ours,
    period,
    quantity,
    refer,
    resource,
    told,
)
from tautband.interop.fhir.export.visits import muscle_concept
from tautband.records.given import given_doses
from tautband.records.models import (
    FindingResponse,
    Ingredient,
    Injection,
    Procedure,
    SignedRecord,
    Syringe,
)
from tautband.records.models.vocabulary import InjectionStatus

# R4 knows no replaced version: whoever adds up doses must not count one, so it is in error there.
COUNTS_FOR_NOTHING = frozenset({ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR})
_REQUEST = {
    InjectionStatus.PLANNED: "active",
    InjectionStatus.GIVEN: "completed",
    InjectionStatus.NOT_GIVEN: "stopped",
}


def procedure_to_fhir(
    row: Procedure,
    *,
    injections: Sequence[Injection],
    responses: Sequence[FindingResponse],
    signed: SignedRecord | None,
) -> Resource:
    """A Procedure; the version it replaces, and why, are extensions."""
    void = row.status in COUNTS_FOR_NOTHING
    carried = [row, *responses, *([signed] if signed is not None else [])]
    extensions = [rows.to_fhir(each) for each in carried]
    extensions.append(extension("procedure-status", valueCode=row.status))
    extensions.append(extension("procedure-version", valuePositiveInt=row.version))
    if row.replaces_id is not None:
        replaced = refer(row.replaces_id)
        extensions.append(extension("procedure-replaces", valueReference=replaced))
    given = [each for each in injections if each.status == InjectionStatus.GIVEN]
    sites = dict.fromkeys((each.muscle, each.side) for each in given)
    why = row.in_error_reason or row.not_done_reason or row.amendment_reason
    performers = [
        {"function": ours("role", role), "actor": refer(person)}
        for role, person in (("operator", row.operator_id), ("supervisor", row.supervisor_id))
        if person is not None
    ]
    return resource(
        "Procedure",
        row.pk,
        extension=extensions,
        status="entered-in-error" if void else row.status,
        statusReason=concept(why.replace("-", " ")) if why else None,
        code=ours("procedure", "trigger-point-injection", "Trigger point injection"),
        subject=refer(row.patient_id),
        encounter=refer(row.encounter_id),
        performedPeriod=period(row.started_at, row.ended_at),
        recorder=refer(row.signed_by_id),
        performer=performers,
        bodySite=[muscle_concept(*site) for site in sites],
        complication=[concept(each.complication) for each in given if each.complication],
        note=note(row.plan_note, row.not_done_note, row.aftercare_note),
    )


def syringe_to_fhir(row: Syringe, ingredients: Sequence[Ingredient]) -> Resource:
    """A Medication made here; each product in it is contained, with its lot and expiry."""
    contents = []
    for item in ingredients:
        named = {"itemReference": {"reference": f"#{item.pk}"}, "isActive": _is_active(item)}
        strength = _strength(item)
        contents.append({**named, **({"strength": strength} if strength else {})})
        if item.epinephrine_ng_per_ml:
            epinephrine = {
                "numerator": quantity(item.epinephrine_ng_per_ml, 1000, "ug"),
                "denominator": quantity(1, 1, "mL"),
            }
            contents.append(
                {"itemCodeableConcept": concept("Epinephrine"), "isActive": True,
                 "strength": epinephrine}
            )  # fmt: skip
    return resource(
        "Medication",
        row.pk,
        contained=[_product(item) for item in ingredients],
        extension=[rows.to_fhir(row), *(rows.to_fhir(item) for item in ingredients)],
        code=concept(f"Syringe {row.label}"),
        ingredient=contents,
    )


def _is_active(item: Ingredient) -> bool:
    return knowledge().kind(item.agent) is not AgentKind.INERT


def _product(item: Ingredient) -> Resource:
    code = agent_concept(item.agent)
    if item.product:
        code = {**code, "text": item.product}
    batch = told({"lotNumber": item.lot, "expirationDate": day(item.expires_on)})
    return {
        "resourceType": "Medication", "id": str(item.pk), "code": code,
        **({"batch": batch} if batch else {}),
    }  # fmt: skip


def _strength(item: Ingredient) -> Resource | None:
    """What a product holds: mg in a mL, or units in its diluent; None where neither is known."""
    if item.units_centi is not None:
        numerator = quantity(item.units_centi, 100, "[U]", "units")
        return {"numerator": numerator, "denominator": quantity(item.volume_ul, 1000, "mL")}
    if item.concentration_ug_per_ml is not None:
        numerator = quantity(item.concentration_ug_per_ml, 1000, "mg")
        return {"numerator": numerator, "denominator": quantity(1, 1, "mL")}
    return None


def injection_to_fhir(
    row: Injection, *, procedure: Procedure, syringes: Mapping[UUID, SyringeFacts]
) -> list[Resource]:
    """What was meant as a MedicationRequest, what became of it as a MedicationAdministration.

    Dry needling brings no medicine: it is a Procedure that is part of the sitting. The resource
    with the id of the row carries the row.
    """
    if row.syringe_id is None:
        return [_dry_needling(row, procedure)]
    if row.status == InjectionStatus.PLANNED:
        return [_request(row, procedure, carries=True)]
    return [
        _request(row, procedure, carries=False),
        _administration(row, procedure, syringes[row.syringe_id]),
    ]


def request_id(row: Injection) -> UUID:
    """The id of what was meant: that of the row while it is only planned."""
    planned = row.status == InjectionStatus.PLANNED
    return row.pk if planned else derived(row.pk, "request")


def _request(row: Injection, procedure: Procedure, *, carries: bool) -> Resource:
    void = procedure.status in COUNTS_FOR_NOTHING
    meant: Resource = {"site": muscle_concept(row.muscle, row.side), "route": _ROUTE}
    if (dose := _amount(row.volume_ul, row.units_centi)) is not None:
        meant["doseAndRate"] = [{"doseQuantity": dose}]
    return resource(
        "MedicationRequest",
        request_id(row),
        extension=[rows.to_fhir(row)] if carries else [],
        status="entered-in-error" if void else _REQUEST[InjectionStatus(row.status)],
        intent="plan",
        medicationReference=refer(row.syringe_id),
        subject=refer(procedure.patient_id),
        encounter=refer(procedure.encounter_id),
        authoredOn=instant(procedure.planned_at),
        requester=refer(procedure.planned_by_id),
        dosageInstruction=[meant],
    )


_ROUTE = ours("route", "intramuscular", "Intramuscular")


def _amount(volume_ul: int | None, units_centi: int | None) -> Resource | None:
    if units_centi is not None:
        return quantity(units_centi, 100, "[U]", "units")
    return None if volume_ul is None else quantity(volume_ul, 1000, "mL")


def _administration(row: Injection, procedure: Procedure, syringe: SyringeFacts) -> Resource:
    given = row.status == InjectionStatus.GIVEN
    doses = given_doses(row, syringe) if given else ()
    void = procedure.status in COUNTS_FOR_NOTHING
    status = "completed" if given else "not-done"
    when = instant(row.given_at)
    unknown_when = {"extension": [absent("not-applicable" if not given else "unknown")]}
    administered = {
        "site": muscle_concept(row.muscle, row.side),
        "route": _ROUTE,
        "dose": _dose(row, doses),
    }
    return resource(
        "MedicationAdministration",
        row.pk,
        extension=[rows.to_fhir(row), *(_brought(dose) for dose in doses)],
        partOf=[refer(procedure.pk)],
        status="entered-in-error" if void else status,
        statusReason=[concept(row.not_given_reason)] if row.not_given_reason else [],
        medicationReference=refer(row.syringe_id),
        subject=refer(procedure.patient_id),
        context=refer(procedure.encounter_id),
        effectiveDateTime=when,
        _effectiveDateTime=None if when else unknown_when,
        performer=[{"actor": refer(row.given_by_id)}] if row.given_by_id else [],
        request=refer(request_id(row)),
        note=note(row.complication),
        dosage=administered if given else None,
    )


def _dose(row: Injection, doses: Sequence[dosing.Dose]) -> Resource:
    """Units of a toxin; mg where one agent alone counts; else the mL. Unknown is never 0."""
    if row.given_units_centi is not None:
        return quantity(row.given_units_centi, 100, "[U]", "units")
    active = [dose for dose in doses if dose.kind is not AgentKind.INERT]
    if len(active) == 1 and active[0].units_centi is not None:
        return quantity(active[0].units_centi, 100, "[U]", "units")
    if len(active) == 1 and active[0].ug is not None:
        return quantity(active[0].ug, 1000, "mg")
    return quantity(row.given_volume_ul, 1000, "mL")


def _brought(dose: dosing.Dose) -> Resource:
    """What one product brought into the muscle: agent, mL, mg or units, epinephrine."""
    parts: list[Resource | None] = [
        {"url": "agent", "valueCodeableConcept": agent_concept(dose.agent)},
        {"url": "volume", "valueQuantity": quantity(dose.volume_ul, 1000, "mL")},
        _part("amount", dose.ug, 1000, "mg") if dose.units_centi is None else None,
        _part("amount", dose.units_centi, 100, "[U]"),
        _part("epinephrine", dose.epinephrine_ng or None, 1000, "ug"),
    ]
    return {"url": definition("dose"), "extension": kept(parts)}


def _part(name: str, amount: Fraction | None, scale: int, unit: str) -> Resource | None:
    if amount is None:
        return None
    return {"url": name, "valueQuantity": quantity(amount, scale, unit)}


def _dry_needling(row: Injection, procedure: Procedure) -> Resource:
    void = procedure.status in COUNTS_FOR_NOTHING
    status = {
        InjectionStatus.PLANNED: "preparation",
        InjectionStatus.GIVEN: "completed",
        InjectionStatus.NOT_GIVEN: "not-done",
    }[InjectionStatus(row.status)]
    return resource(
        "Procedure",
        row.pk,
        extension=[rows.to_fhir(row)],
        partOf=[refer(procedure.pk)],
        status="entered-in-error" if void else status,
        statusReason=concept(row.not_given_reason) if row.not_given_reason else None,
        code=ours("procedure", "dry-needling", "Dry needling"),
        subject=refer(procedure.patient_id),
        encounter=refer(procedure.encounter_id),
        performedDateTime=instant(row.given_at),
        performer=[{"actor": refer(row.given_by_id)}] if row.given_by_id else [],
        bodySite=[muscle_concept(row.muscle, row.side)],
        complication=[concept(row.complication)] if row.complication else [],
    )
