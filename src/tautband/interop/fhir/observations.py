"""Reading FHIR R4 weights and heights."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.clinical.amounts import check_weight_g
from tautband.errors import Refused
from tautband.interop.fhir import ucum
from tautband.interop.fhir.concepts import Ignored, concept, day_of, refuse_modifiers
from tautband.interop.fhir.elements import Bad, Element, Moment
from tautband.records.actions.chart import HIGHEST_HEIGHT_MM, LOWEST_HEIGHT_MM
from tautband.records.actions.imports import ImportedMeasurement
from tautband.records.models.vocabulary import MeasurementKind

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
WEIGHT = "29463-7"
HEIGHT = "8302-2"
_VALUE_FORMS = (
    "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio",
    "SampledData", "Time", "DateTime", "Period",
)  # fmt: skip
_OBSERVATION_STATUS = frozenset(
    {"registered", "preliminary", "final", "amended", "corrected", "cancelled",
     "entered-in-error", "unknown"}
)  # fmt: skip


def read_observation(resource: Element, *, source_id: str, zone: ZoneInfo) -> ImportedMeasurement:
    """A weight or a height; every other Observation is ignored."""
    named = concept(resource, "code")
    if named is None:
        raise Bad(resource.at("code"), _("this is missing"))
    if (LOINC, WEIGHT) in named.codings:
        kind, factors = MeasurementKind.WEIGHT, ucum.GRAMS
    elif (LOINC, HEIGHT) in named.codings:
        kind, factors = MeasurementKind.HEIGHT, ucum.MILLIMETRES
    else:
        raise Ignored
    refuse_modifiers(resource)
    status = resource.code("status", _OBSERVATION_STATUS, required=True)
    if status in {"entered-in-error", "cancelled"}:
        return ImportedMeasurement(kind=kind, source_id=source_id, withdrawn=True)
    form = resource.one_of("value", *_VALUE_FORMS)
    if not form and resource.has("dataAbsentReason"):
        raise Ignored
    if form != "Quantity":
        raise Bad(resource.at("valueQuantity"), _("this is missing"))
    quantity = Element.of(resource.fields["valueQuantity"], resource.at("valueQuantity"))
    amount, as_entered = _amount(quantity, kind, factors)
    measured_on, measured_at = _effective(resource, zone)
    return ImportedMeasurement(
        kind=kind,
        source_id=source_id,
        amount=amount,
        as_entered=as_entered,
        measured_on=measured_on,
        measured_at=measured_at,
    )


def _amount(
    quantity: Element, kind: MeasurementKind, factors: dict[str, Decimal]
) -> tuple[int, str]:
    if quantity.has("comparator"):
        raise Bad(quantity.at("comparator"), _("a bound is not a measurement"))
    system = quantity.text("system")
    unit = quantity.text("code") or ("" if system else quantity.text("unit"))
    if system not in {"", UCUM} or unit not in factors:
        raise Bad(quantity.at("code"), _("this unit is not one that weights or heights come in"))
    value = quantity.decimal("value")
    amount = ucum.whole(value, factors[unit])
    path = quantity.at("value")
    if kind is MeasurementKind.WEIGHT:
        try:
            check_weight_g(amount)
        except Refused:
            raise Bad(path, _("no patient weighs this")) from None
    elif not LOWEST_HEIGHT_MM <= amount <= HIGHEST_HEIGHT_MM:
        raise Bad(path, _("nobody is this tall"))
    return amount, f"{value} {unit}"[:40]


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
