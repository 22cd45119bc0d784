"""Reading a FHIR R4 Patient."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.clinical.terms import Sex
from tautband.interop.fhir.concepts import concept, day_of, refuse_modifiers
from tautband.interop.fhir.elements import Bad, Element
from tautband.records.actions.demographics import Demographics, tidy

URI = "urn:ietf:rfc:3986"
_GENDERS = frozenset({"male", "female", "other", "unknown"})
_NAME_ORDER = ("official", "usual", "", "nickname", "temp", "anonymous", "maiden", "old")
_FEWEST_PHONE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ReadPatient:
    """A Patient resource, read."""

    who: Demographics
    identifiers: tuple[tuple[str, str], ...]


def read_patient(resource: Element, *, full_url: str, zone: ZoneInfo) -> ReadPatient:
    """Names, birth date, sex, contact and identifiers of a Patient."""
    refuse_modifiers(resource)
    if resource.flag("active") is False:
        raise Bad(resource.at("active"), _("the record is no longer in use at its source"))
    born_on = resource.date("birthDate")
    if born_on is None:
        raise Bad(resource.at("birthDate"), _("this is missing"))
    given, family, others = _names(resource)
    language, needs_interpreter = _language(resource)
    who = Demographics(
        given_name=given,
        family_name=family,
        other_name=others[:160],
        born_on=born_on,
        sex=resource.code("gender", _GENDERS) or Sex.UNKNOWN,
        phone=_phone(resource),
        email=_telecom(resource, "email"),
        address=_address(resource)[:240],
        language=language[:16],
        interpreter_language=needs_interpreter[:40],
        deceased_on=_deceased(resource, zone),
    )
    return ReadPatient(who, _identifiers(resource, full_url))


def _names(resource: Element) -> tuple[str, str, str]:
    names = []
    for element in resource.objects("name"):
        use = element.text("use")
        given = " ".join(element.texts("given"))
        family = element.text("family")
        words = element.text("text")
        if not given and not family and words:
            given, _space, family = words.rpartition(" ")
        if given or family:
            order = _NAME_ORDER.index(use) if use in _NAME_ORDER else len(_NAME_ORDER)
            names.append((order, tidy(given), tidy(family)))
    if not names:
        raise Bad(resource.at("name"), _("this is missing"))
    names.sort(key=lambda one: one[0])
    _first, given, family = names[0]
    others = dict.fromkeys(
        f"{its_given} {its_family}".strip() for _order, its_given, its_family in names[1:]
    )
    return given, family, ", ".join(others)


def _telecom(resource: Element, system: str) -> str:
    found = [
        (element.text("use") == "old", element.text("value"))
        for element in resource.objects("telecom")
        if element.text("system") == system
    ]
    current = [value for is_old, value in found if value and not is_old]
    return tidy(current[0]) if current else ""


def _phone(resource: Element) -> str:
    number = _telecom(resource, "phone") or _telecom(resource, "sms")
    return number if sum(c.isdigit() for c in number) >= _FEWEST_PHONE_DIGITS else ""


def _address(resource: Element) -> str:
    for element in resource.objects("address"):
        if element.text("use") == "old":
            continue
        parts = [*element.texts("line")]
        parts += [element.text(name) for name in ("city", "state", "postalCode", "country")]
        return tidy(element.text("text") or ", ".join(part for part in parts if part))
    return ""


def _language(resource: Element) -> tuple[str, str]:
    for element in resource.objects("communication"):
        spoken = concept(element, "language")
        if spoken is not None:
            return spoken.code or spoken.text, ""
    return "", ""


def _deceased(resource: Element, zone: ZoneInfo) -> date | None:
    form = resource.one_of("deceased", "Boolean", "DateTime")
    if form == "Boolean" and resource.flag("deceasedBoolean"):
        raise Bad(resource.at("deceasedBoolean"), _("the day of death is needed"))
    if form != "DateTime":
        return None
    day = day_of(resource.moment("deceasedDateTime"), zone)
    if day is None:
        raise Bad(resource.at("deceasedDateTime"), _("a whole day is needed"))
    return day


def _identifiers(resource: Element, full_url: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for element in resource.objects("identifier"):
        system, value = element.text("system"), element.text("value").strip()
        if element.text("use") == "old" or not system or not value:
            continue
        if len(system) > 240 or len(value) > 120:
            raise Bad(element.path, _("this identifier is longer than any real one"))
        found.append((system, value))
    if not found and full_url.startswith(("urn:", "http:", "https:")) and len(full_url) <= 120:
        found.append((URI, full_url))
    if not found:
        path = resource.at("identifier")
        raise Bad(path, _("no identifier with a system, so the patient cannot be recognised again"))
    return tuple(dict.fromkeys(found))
