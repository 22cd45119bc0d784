"""Reading FHIR R4 Observations: weight, height, five laboratory values, pregnancy status."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.clinical.amounts import check_weight_g
from tautband.errors import Refused
from tautband.interop.fhir import ucum
from tautband.interop.fhir.concepts import (
    SNOMED,
    Concept,
    Ignored,
    concept,
    day_of,
    refuse_modifiers,
)
from tautband.interop.fhir.elements import Bad, Element, Moment
from tautband.interop.fhir.loinc import BY_CODE, LOINC, PREGNANCY_STATUS, Measured
from tautband.records.actions.imported import ImportedMeasurement, ImportedPregnancyStatus
from tautband.records.models.chart import SCALE
from tautband.records.models.vocabulary import MeasurementKind, Pregnancy

UCUM = "http://unitsofmeasure.org"
_VALUE_FORMS = (
    "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio",
    "SampledData", "Time", "DateTime", "Period",
)  # fmt: skip
_STATUS = frozenset(
    {"registered", "preliminary", "final", "amended", "corrected", "cancelled",
     "entered-in-error", "unknown"}
)  # fmt: skip
_COMPARATORS = frozenset({"<", "<=", ">=", ">"})
_PREGNANCY = {
    (SNOMED, "77386006"): Pregnancy.PREGNANT,
    (SNOMED, "60001007"): Pregnancy.NOT_PREGNANT,
    (SNOMED, "261665006"): Pregnancy.UNKNOWN,
    (SNOMED, "152231000119106"): Pregnancy.UNKNOWN,
    (LOINC, "LA15173-0"): Pregnancy.PREGNANT,
    (LOINC, "LA26683-5"): Pregnancy.NOT_PREGNANT,
    (LOINC, "LA4489-6"): Pregnancy.UNKNOWN,
}


def read_observation(
    resource: Element, *, source_id: str, zone: ZoneInfo
) -> ImportedMeasurement | ImportedPregnancyStatus:
    """An Observation of a kind we keep; every other is ignored."""
    named = concept(resource, "code")
    if named is None:
        raise Bad(resource.at("code"), _("this is missing"))
    kinds = {code: BY_CODE[code] for system, code in named.codings
             if system == LOINC and code in BY_CODE}  # fmt: skip
    if len({one.kind for one in kinds.values()}) > 1:
        raise Bad(resource.at("code"), _("this names two different measurements"))
    if kinds:
        measured = next(iter(kinds.values()))
        return _measurement(resource, measured, source_id=source_id, zone=zone)
    if any((LOINC, code) in named.codings for code in PREGNANCY_STATUS):
        return _pregnancy(resource, source_id=source_id, zone=zone)
    raise Ignored


def _is_withdrawn(resource: Element) -> bool:
    refuse_modifiers(resource)
    status = resource.code("status", _STATUS, required=True)
    return status in {"entered-in-error", "cancelled"}


def _form(resource: Element) -> str:
    form = resource.one_of("value", *_VALUE_FORMS)
    if not form and resource.has("dataAbsentReason"):
        raise Ignored
    return form


def _measurement(
    resource: Element, measured: Measured, *, source_id: str, zone: ZoneInfo
) -> ImportedMeasurement:
    kind = measured.kind
    if _is_withdrawn(resource):
        return ImportedMeasurement(kind=kind, source_id=source_id, withdrawn=True)
    form = _form(resource)
    if form == "String" and measured.is_laboratory:
        # A laboratory's words instead of a number: "not enough blood".
        resource.text("valueString")
        raise Ignored
    if form != "Quantity":
        raise Bad(resource.at("valueQuantity"), _("this is missing"))
    quantity = Element.of(resource.fields["valueQuantity"], resource.at("valueQuantity"))
    amount, as_entered = _amount(quantity, measured)
    measured_on, measured_at = _effective(resource, zone)
    return ImportedMeasurement(
        kind=kind,
        source_id=source_id,
        amount=amount,
        as_entered=as_entered,
        measured_on=measured_on,
        measured_at=measured_at,
    )


def _amount(quantity: Element, measured: Measured) -> tuple[int, str]:
    """The value as a whole number of our smallest unit, and as it was written.

    A laboratory may report a bound (">60"): it counts as the bound and is shown as one.
    """
    bound = quantity.code("comparator", _COMPARATORS)
    if bound and not measured.is_laboratory:
        raise Bad(quantity.at("comparator"), _("a bound is not a measurement"))
    system, code = quantity.text("system"), quantity.text("code")
    unit = code if system or code else quantity.text("unit")
    if not system:
        unit = ucum.SPELT.get(unit.strip().casefold(), unit.strip())
    if system not in {"", UCUM} or unit not in measured.units:
        raise Bad(quantity.at("code"), _("this unit is not one that this comes in"))
    value = quantity.decimal("value")
    amount = measured.units[unit].whole(value)
    _check_plausible(amount, measured, quantity.at("value"))
    return amount, _as_written(bound, value, unit)


def _check_plausible(amount: int, measured: Measured, path: str) -> None:
    if measured.kind is MeasurementKind.WEIGHT:
        try:
            check_weight_g(amount)
        except Refused:
            raise Bad(path, _("no patient weighs this")) from None
        return
    scale, _unit = SCALE[measured.kind]
    if not measured.lowest * scale <= amount <= measured.highest * scale:
        if measured.kind is MeasurementKind.HEIGHT:
            raise Bad(path, _("nobody is this tall"))
        raise Bad(path, _("this value is not plausible"))


def _as_written(bound: str, value: Decimal, unit: str) -> str:
    words = f"{bound}{value:f}"
    return f"{words} {unit}"[:40] if unit not in {"1", "{INR}", "{ratio}"} else words[:40]


def _pregnancy(resource: Element, *, source_id: str, zone: ZoneInfo) -> ImportedPregnancyStatus:
    if _is_withdrawn(resource):
        return ImportedPregnancyStatus(source_id=source_id, withdrawn=True)
    if _form(resource) != "CodeableConcept":
        raise Bad(resource.at("valueCodeableConcept"), _("this is missing"))
    said = concept(resource, "valueCodeableConcept")
    found = _pregnancy_words(said) if said else set()
    if len(found) > 1:
        raise Bad(resource.at("valueCodeableConcept"), _("two answers at once"))
    observed_on, _at = _effective(resource, zone)
    # An answer in other words ("possibly") is one that does not settle it.
    status = found.pop() if found else Pregnancy.UNKNOWN
    return ImportedPregnancyStatus(source_id=source_id, status=status, observed_on=observed_on)


def _pregnancy_words(said: Concept) -> set[Pregnancy]:
    return {_PREGNANCY[coding] for coding in said.codings if coding in _PREGNANCY}


def _effective(resource: Element, zone: ZoneInfo) -> tuple[date, datetime | None]:
    form = resource.one_of("effective", "DateTime", "Period", "Timing", "Instant")
    moment: Moment | None = None
    if form in {"DateTime", "Instant"}:
        moment = resource.moment(f"effective{form}")
    elif form == "Period":
        period = Element.of(resource.fields["effectivePeriod"], resource.at("effectivePeriod"))
        moment = period.moment("end") or period.moment("start")
    day = day_of(moment, zone)
    if moment is None or day is None:
        raise Bad(resource.at("effective[x]"), _("a whole day is needed"))
    return day, moment.instant
