"""FHIR R4's rules for its datatypes. The keys in the docstrings are HL7's own (R4 4.0.1)."""

import binascii
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec.structs import astuple

from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.cardinality import ABSENT, choice_check, has, listed, missing
from tautband.interop.fhir.r4.primitives import UNSET, Broken
from tautband.interop.fhir.r4.rules import (
    NO_BASE64,
    NO_TEXT,
    NOT_ALLOWED,
    NOT_PLAIN_HTML,
    OUT_OF_BOUNDS,
    TOGETHER,
    need,
    rule,
)

ABSENT_REASONS = frozenset(
    {"unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked",
     "not-applicable", "unsupported", "as-text", "error", "not-a-number", "negative-infinity",
     "positive-infinity", "not-performed", "not-permitted"}
)  # fmt: skip
UCUM = "http://unitsofmeasure.org"
_CURRENCY = re.compile("[A-Z]{3}")
_TAG = re.compile(r"<[\s/]*([A-Za-z][A-Za-z0-9]*)([^<>]*)")
_ACTIVE = re.compile(r"(?:^|[\s\"'])on[a-z]+\s*=|javascript:", re.IGNORECASE)
# HTML 4.0 chapters 7-11 without 4, and 15, as FHIR's Narrative allows them.
_PLAIN_HTML = frozenset(
    {"a", "abbr", "acronym", "address", "area", "b", "bdo", "big", "blockquote", "br", "caption",
     "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em",
     "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "map", "ol",
     "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table",
     "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"}
)  # fmt: skip
_BEFORE = _("this is before its beginning")
_TIMING_NEEDS = (
    ("duration", "durationUnit"), ("period", "periodUnit"), ("periodMax", "period"),
    ("durationMax", "duration"), ("countMax", "count"), ("offset", "when"),
)  # fmt: skip
_extension_choice = choice_check(r4.Extension, *r4.CHOICES[r4.Extension][0])


@rule(r4.Extension)
def _extension(extension: r4.Extension) -> None:
    """ext-1; and the reasons that FHIR knows for absent data."""
    fields = astuple(extension)
    told = len(fields) - fields.count(UNSET)
    if told != 2 or has(extension.id):
        values = told - 1 - has(extension.id) - has(extension.extension)
        if has(extension.extension):
            need(not values, "value[x]", TOGETHER)
        elif not values:
            raise missing("value[x]")
        elif values > 1:
            _extension_choice(extension)
    if extension.url == ABSENT:
        need(extension.valueCode in ABSENT_REASONS, "valueCode", NOT_ALLOWED)


@rule(r4.Narrative)
def _narrative(narrative: r4.Narrative) -> None:
    """txt-1 in part: only plain HTML, and nothing in it that acts; txt-2."""
    for name, attributes in _TAG.findall(narrative.div):
        is_plain = name in _PLAIN_HTML and not _ACTIVE.search(attributes)
        need(is_plain, "div", NOT_PLAIN_HTML)
    is_empty = not re.sub("<[^<>]*>", "", narrative.div).strip() and "<img" not in narrative.div
    need(not is_empty, "div", NO_TEXT)


@rule(r4.Period)
def _period(period: r4.Period) -> None:
    """per-1."""
    start, end = period.start, period.end
    if isinstance(start, str) and isinstance(end, str):
        need(not _is_after(start, end), "end", _BEFORE)


def _is_after(start: str, end: str) -> bool:
    """Whether one dateTime is surely later than another."""
    if "T" in start and "T" in end:
        return _instant(start) > _instant(end)
    known = min(len(start.partition("T")[0]), len(end.partition("T")[0]))
    return start[:known] > end[:known]


def _instant(value: str) -> datetime:
    """An instant that can be compared; a leap second is taken as the second before it."""
    whole, _point, rest = value.partition(".")
    zone = value[19:] if not rest else rest.lstrip("0123456789")
    fraction = rest[: len(rest) - len(zone)][:6].ljust(6, "0") if rest else "000000"
    return datetime.fromisoformat(f"{whole[:17]}{min(whole[17:19], '59')}.{fraction}{zone}")


@rule(r4.Quantity, r4.SimpleQuantity, r4.Age, r4.Count, r4.Distance, r4.Duration)
def _quantity(quantity: Any) -> None:
    """qty-3."""
    if has(quantity.code) and quantity.system is UNSET:
        raise missing("system")


@rule(r4.Age, r4.Count, r4.Distance)
def _measured(quantity: Any) -> None:
    """age-1, cnt-3, dis-1: these come in UCUM, and with a code."""
    if has(quantity.value) and quantity.code is UNSET:
        raise missing("code")
    if has(quantity.system):
        need(quantity.system == UCUM, "system", NOT_ALLOWED)


@rule(r4.Age)
def _age(age: r4.Age) -> None:
    """age-1."""
    if isinstance(age.value, int | Decimal):
        need(age.value > 0, "value", OUT_OF_BOUNDS)


@rule(r4.Count)
def _count(count: r4.Count) -> None:
    """cnt-3."""
    if has(count.code):
        need(count.code == "1", "code", NOT_ALLOWED)
    if isinstance(count.value, int | Decimal):
        need(count.value == int(count.value), "value", OUT_OF_BOUNDS)


@rule(r4.Duration)
def _duration(duration: r4.Duration) -> None:
    """drt-1."""
    if has(duration.code):
        need(duration.system == UCUM, "system", NOT_ALLOWED)
        if duration.value is UNSET:
            raise missing("value")


@rule(r4.Range)
def _range(interval: r4.Range) -> None:
    """rng-2, where both ends are in one unit."""
    low, high = interval.low, interval.high
    if isinstance(low, r4.SimpleQuantity) and isinstance(high, r4.SimpleQuantity):
        comparable = (low.system, low.code, low.unit) == (high.system, high.code, high.unit)
        if comparable and isinstance(low.value, int | Decimal):
            ordered = not isinstance(high.value, int | Decimal) or low.value <= high.value
            need(ordered, "high", OUT_OF_BOUNDS)


@rule(r4.Ratio)
def _ratio(ratio: r4.Ratio) -> None:
    """rat-1."""
    if has(ratio.numerator) != has(ratio.denominator):
        raise missing("denominator" if has(ratio.numerator) else "numerator")
    if ratio.numerator is UNSET and ratio.extension is UNSET:
        raise missing("numerator")


@rule(r4.Money)
def _money(money: r4.Money) -> None:
    """The currency's binding: ISO 4217, whose list is not HL7's to hand out."""
    if isinstance(money.currency, str):
        need(bool(_CURRENCY.fullmatch(money.currency)), "currency", NOT_ALLOWED)


@rule(r4.ContactPoint)
def _contact_point(point: r4.ContactPoint) -> None:
    """cpt-2."""
    if has(point.value) and point.system is UNSET and point._system is UNSET:
        raise missing("system")


@rule(r4.Attachment)
def _attachment(attachment: r4.Attachment) -> None:
    """att-1."""
    if has(attachment.data) and attachment.contentType is UNSET:
        raise missing("contentType")
    _base64("data", attachment.data)
    _base64("hash", attachment.hash)


@rule(r4.Signature)
def _signature(signature: r4.Signature) -> None:
    _base64("data", signature.data)


def _base64(child: str, value: Any) -> None:
    if has(value):
        try:
            binascii.a2b_base64("".join(value.split()), strict_mode=True)
        except binascii.Error:
            raise Broken(child, NO_BASE64) from None


@rule(r4.Expression)
def _expression(expression: r4.Expression) -> None:
    """exp-1."""
    if expression.expression is UNSET and expression.reference is UNSET:
        raise missing("expression")


@rule(r4.DataRequirementCodeFilter, r4.DataRequirementDateFilter)
def _filter(one: Any) -> None:
    """drq-1, drq-2."""
    if has(one.path) == has(one.searchParam):
        raise Broken("searchParam", TOGETHER) if has(one.path) else missing("path")


@rule(r4.TriggerDefinition)
def _trigger(trigger: r4.TriggerDefinition) -> None:
    """trd-1, trd-2, trd-3."""
    kind = trigger.type if isinstance(trigger.type, str) else ""
    timed = any(has(getattr(trigger, form)) for form in r4.CHOICES[r4.TriggerDefinition][0][2])
    need(not (has(trigger.data) and timed), "timing[x]", TOGETHER)
    if trigger.data is UNSET and (has(trigger.condition) or kind.startswith("data-")):
        raise missing("data")
    if kind == "named-event" and trigger.name is UNSET:
        raise missing("name")
    if kind == "periodic" and not timed:
        raise missing("timing[x]")


@rule(r4.TimingRepeat)
def _repeat(repeat: r4.TimingRepeat) -> None:
    """tim-1 to tim-10; there is no tim-3."""
    for child, needs in _TIMING_NEEDS:
        if has(getattr(repeat, child)) and getattr(repeat, needs) is UNSET:
            raise missing(needs)
    for child in ("duration", "period"):
        value = getattr(repeat, child)
        need(value is UNSET or value >= 0, child, OUT_OF_BOUNDS)
    whens = listed(repeat.when)
    if has(repeat.offset):
        need(not {"C", "CM", "CD", "CV"} & {*whens}, "offset", TOGETHER)
    need(not (whens and has(repeat.timeOfDay)), "when", TOGETHER)
