"""What every kind of resource is made of: codes and words, days, what must not be there."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import ID, Bad, Element, Moment
from tautband.records.actions.demographics import tidy

SNOMED = "http://snomed.info/sct"
LONGEST_NAME = 200


class Ignored(Exception):
    """A resource that is well-formed but says nothing we keep."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: its words, and the coding we keep."""

    text: str
    system: str
    code: str
    codings: frozenset[tuple[str, str]]


def resource_id(resource: Element, full_url: str = "", *, source: str = "") -> str:
    """What the source calls this resource, with its type; a digest of it where it has no name.

    Two systems may both call something "Observation/1". What sets them apart is `source`, the
    name a person gave the system, or else the address of the server in the full URL.
    """
    kind = resource.required("resourceType")
    given = resource.text("id")
    if given:
        if not ID.fullmatch(given):
            raise Bad(resource.at("id"), _("this is not a FHIR id"))
        name = f"{kind}/{given}"
        is_address = full_url.startswith(("http://", "https://")) and full_url.endswith(name)
        if source:
            name = f"{source}:{name}"
        elif is_address:
            name = full_url
    elif full_url:
        name = f"{source}:{kind}/{full_url}" if source else f"{kind}/{full_url}"
    else:
        name = f"{kind}/sha256-{_digest(resource)}"
    if len(name) > LONGEST_NAME:
        return f"{kind}/sha256-{hashlib.sha256(name.encode()).hexdigest()}"
    return name


def _digest(resource: Element) -> str:
    try:
        body = json.dumps(resource.fields, sort_keys=True, default=str)
    except RecursionError:
        raise Bad(resource.path, _("this is nested too deeply")) from None
    return hashlib.sha256(body.encode()).hexdigest()


def refuse_modifiers(resource: Element) -> None:
    """A modifier extension may turn the meaning round; what is not understood is not kept."""
    if resource.has("modifierExtension"):
        path = resource.at("modifierExtension")
        raise Bad(path, _("this changes the meaning in a way that is not understood"))
    if resource.has("implicitRules"):
        raise Bad(resource.at("implicitRules"), _("these rules are not understood"))


def concept(resource: Element, name: str) -> Concept | None:
    """A CodeableConcept, None where there is none."""
    element = resource.object(name)
    if element is None:
        return None
    system = code = display = ""
    codings: set[tuple[str, str]] = set()
    for coding in element.objects("coding"):
        pair = (coding.text("system"), coding.text("code"))
        its_display = coding.text("display")
        if pair[1]:
            codings.add(pair)
        if pair[1] and not code:
            system, code, display = *pair, its_display
        display = display or its_display
    words = tidy(element.text("text") or display)
    if not words and not code:
        raise Bad(element.path, _("neither words nor a code"))
    if len(system) > 120 or len(code) > 64:
        raise Bad(element.path, _("this code is longer than any real one"))
    return Concept(words[:240], system, code, frozenset(codings))


def code_in(found: Concept | None, allowed: frozenset[str], path: str) -> str:
    """The one code of a status concept; "" where there is none."""
    if found is None:
        return ""
    known = {code for _system, code in found.codings} & allowed
    if len(known) != 1:
        raise Bad(path, _("this is not one of the allowed codes"))
    return known.pop()


def day_of(moment: Moment | None, zone: ZoneInfo) -> date | None:
    """The calendar day of a dateTime in the centre's zone; None for a month or a year alone."""
    if moment is None:
        return None
    return moment.instant.astimezone(zone).date() if moment.instant else moment.day


def period_of(resource: Element, name: str, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """The first and the last day of a Period; None for a side that is open or not a whole day."""
    period = resource.object(name)
    if period is None:
        return None, None
    return day_of(period.moment("start"), zone), day_of(period.moment("end"), zone)


def displayed(reference: Element) -> str:
    """The words a Reference carries for its target, on one line."""
    return tidy(reference.text("display"))
