"""Kinds of defect, each made at every place of a resource where it makes the resource invalid.

A kind says of a place whether it applies there, and what is put there. Which elements must be
there, are dates, are codes of a closed list or point to a certain type is written here by hand out
of FHIR R4, so that the tables of the gate are not their own judge. Where FHIR allows what a kind
does, the kind leaves the place alone; what lies in a resource of a type that is not read is not
touched.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

READ = frozenset(
    {"AdverseEvent", "AllergyIntolerance", "Appointment", "Bundle", "Condition", "Consent",
     "Coverage", "DocumentReference", "Encounter", "Medication", "MedicationAdministration",
     "MedicationRequest", "MedicationStatement", "Observation", "OperationOutcome", "Organization",
     "Patient", "Practitioner", "Procedure", "Provenance"}
)  # fmt: skip
GONE = object()


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that stand in the text as they are."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """A value in a resource: what holds it, and its FHIR path without places in lists."""

    holder: Any
    key: Any
    path: str

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of defect: where it can be made, and what it puts there."""

    applies: Callable[[Site], bool]
    put: Callable[[Site], Any]


def sites(root: dict[str, Any]) -> list[Site]:
    """Every value in a resource, itself first; not those inside resources that are not read."""
    return list(_below(Site([root], 0, root["resourceType"])))


def _below(site: Site) -> Iterator[Site]:
    yield site
    value = site.value
    if isinstance(value, list):
        for index in range(len(value)):
            yield from _below(Site(value, index, site.path))
    elif isinstance(value, dict):
        for name, inner in value.items():
            path = f"{site.path}.{name}"
            if isinstance(inner, dict) and "resourceType" in inner:
                path = inner["resourceType"]
                if path not in READ - {"Bundle"}:
                    continue
            if name == "contained":
                for at, one in enumerate(inner):
                    if one["resourceType"] in READ:
                        yield from _below(Site(inner, at, one["resourceType"]))
            else:
                yield from _below(Site(value, name, path))


def mutants(root: dict[str, Any], kind: Kind) -> Iterator[tuple[Site, bytes]]:
    """The resource as bytes with the defect made at one place after the other."""
    for site in sites(root):
        if kind.applies(site):
            yield site, _made(root, site, kind.put(site))


def _made(root: dict[str, Any], site: Site, new: Any) -> bytes:
    holder, key, old = site.holder, site.key, site.value
    if new is GONE:
        del holder[key]
    else:
        holder[key] = "@@" if isinstance(new, Raw) else new
    whole = holder[0] if old is root else root
    text = json.dumps(whole, separators=(",", ":")).encode()
    if isinstance(holder, list) and new is GONE:
        holder.insert(key, old)
    else:
        holder[key] = old
    return text.replace(b'"@@"', new.text) if isinstance(new, Raw) else text


# --- what there is at a place ---


def _is(*types: type) -> Callable[[Site], bool]:
    return lambda site: type(site.value) in types


def _in_object(site: Site) -> bool:
    return isinstance(site.holder, dict)


def _at(pattern: str, *types: type) -> Callable[[Site], bool]:
    found = re.compile(pattern)
    return lambda site: (
        bool(found.fullmatch(site.path)) and (not types or type(site.value) in types)
    )


def _has(pattern: str, *names: str, without: tuple[str, ...] = ()) -> Callable[[Site], bool]:
    """An object at this path that has these children, and none of the others."""
    found = re.compile(pattern)
    return lambda site: (
        isinstance(site.value, dict)
        and bool(found.fullmatch(site.path))
        and all(any(re.fullmatch(name, one) for one in site.value) for name in names)
        and not any(one in site.value for one in without)
    )


def _and(*conditions: Callable[[Site], bool]) -> Callable[[Site], bool]:
    return lambda site: all(one(site) for one in conditions)


def _but(**changes: Any) -> Callable[[Site], Any]:
    return lambda site: {**site.value, **changes}


def _always(new: Any) -> Callable[[Site], Any]:
    return lambda _site: new


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _repeated(site: Site) -> Raw:
    name = next(iter(site.value))
    return Raw(_dump(site.value)[:-1] + b"," + _dump({name: site.value[name]})[1:])


def _renamed(site: Site) -> Any:
    name, *_rest = site.value
    return {one[0].upper() + one[1:] if one == name else one: v for one, v in site.value.items()}


def _second_form(site: Site) -> Any:
    form = next(one for one in site.value if _CHOICE.fullmatch(one))
    stem, ending = _CHOICE.fullmatch(form).groups()  # type: ignore[union-attr]
    others = {
        "deceased": {"Boolean": True, "DateTime": "2020-01-01"},
        "multipleBirth": {"Boolean": True, "Integer": 2},
        "medication": {
            "CodeableConcept": {"text": "x"}, "Reference": {"reference": "Medication/x"},
        },
        "item": {"CodeableConcept": {"text": "x"}, "Reference": {"reference": "Medication/x"}},
        "rate": {"Quantity": {"value": 1}, "Ratio": {"numerator": {"value": 1},
                 "denominator": {"value": 1}}},
    }.get(stem, {"Period": {"start": "2020"}, "DateTime": "2020-01-01", "String": "x"})  # fmt: skip
    if stem == "dose":
        others = {"Quantity": {"value": 1}, "Range": {"low": {"value": 1}}}
    other = next(one for one in others if one != ending)
    return {**site.value, f"{stem}{other}": others[other]}


_CHOICE = re.compile(
    "(value|onset|abatement|effective|performed|occurred|medication|item|deceased|multipleBirth|"
    "rate|dose)([A-Z][A-Za-z0-9]+)"
)
_NO_CHOICE = frozenset({"performedBy", "valueSet", "doseAndRate"})
_ANY_TARGET = re.compile(
    r".*\.(target|focus|valueReference|slot|what|related|supportingInformation|data\.reference|"
    r"detail|basedOn|link|instantiates)"
)
REQUIRED = re.compile(
    r"AdverseEvent\.(actuality|subject|suspectEntity\.instance)"
    r"|AllergyIntolerance\.(patient|reaction\.manifestation)"
    r"|Appointment\.(status|participant|participant\.status)"
    r"|Bundle\.(type|link\.(relation|url)|entry\.request\.(method|url))"
    r"|Condition\.subject|Consent\.(status|scope|category|provision\.data\.(meaning|reference))"
    r"|Coverage\.(status|beneficiary|payor|class\.(type|value))"
    r"|DocumentReference\.(status|content|content\.attachment|relatesTo\.(code|target))"
    r"|Encounter\.(status|class|statusHistory\.(status|period)|classHistory\.(class|period)"
    r"|location\.location|diagnosis\.condition)"
    r"|Medication\.ingredient\.item(CodeableConcept|Reference)"
    r"|MedicationAdministration\.(status|subject|(medication|effective)[A-Z]\w+|performer\.actor)"
    r"|MedicationRequest\.(status|intent|subject|medication[A-Z]\w+|substitution\.allowed[A-Z]\w+)"
    r"|MedicationStatement\.(status|subject|medication[A-Z]\w+)"
    r"|Observation\.(status|code|component\.code)"
    r"|OperationOutcome\.(issue|issue\.(severity|code))"
    r"|Patient\.(communication\.language|link\.(other|type))|Practitioner\.qualification\.code"
    r"|Procedure\.(status|subject|performer\.actor|focalDevice\.manipulated)"
    r"|Provenance\.(target|recorded|agent|agent\.who|entity\.(role|what))"
    r"|.*\.(extension\.url|text\.(status|div)|note\.text|signature\.(type|when|who))"
)
CODES = re.compile(
    r"AdverseEvent\.actuality"
    r"|AllergyIntolerance\.(type|category|criticality|reaction\.severity)"
    r"|Appointment\.(status|participant\.(required|status))"
    r"|Bundle\.(type|entry\.(search\.mode|request\.method))"
    r"|Consent\.(status|provision\.type|provision\.data\.meaning)"
    r"|(Coverage|Encounter|Medication\w*|Procedure|Observation)\.status"
    r"|DocumentReference\.(status|docStatus|relatesTo\.code)"
    r"|Encounter\.(statusHistory|location)\.status|MedicationRequest\.(intent|priority)"
    r"|OperationOutcome\.issue\.(severity|code)|(Patient|Practitioner|Patient\.contact)\.gender"
    r"|Provenance\.entity\.role|\w+\.text\.status|.*\.(name|identifier|address|telecom)\.use"
    r"|.*\.telecom\.system|.*\.comparator|.*\.repeat\.(durationUnit|periodUnit|when|dayOfWeek)"
)
_DATES = re.compile(
    r".*\.(birthDate|(deceased|onset|abatement|effective|performed|occurred|value)(DateTime|Date)"
    r"|start|end|date|dateTime|recordedDate|authoredOn|issued|lastUpdated|recorded|when|created"
    r"|creation|dateAsserted|detected|lastOccurrence|timestamp|expirationDate|event)"
)
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}.*")


def _date(site: Site) -> bool:
    return (
        isinstance(site.value, str)
        and bool(_DATES.fullmatch(site.path))
        and bool(_A_DAY.fullmatch(site.value))
    )


def _time(site: Site) -> bool:
    return _date(site) and "T" in site.value


def _pointer(site: Site) -> bool:
    return (
        site.name == "reference"
        and isinstance(site.value, str)
        and not site.path.endswith(".data.reference")
    )


def _narrow_pointer(site: Site) -> bool:
    return _pointer(site) and not _ANY_TARGET.fullmatch(site.path.rpartition(".")[0])


def _chosen(site: Site) -> bool:
    return isinstance(site.value, dict) and any(
        bool(_CHOICE.fullmatch(one)) and one not in _NO_CHOICE for one in site.value
    )


def _element(site: Site) -> bool:
    """An object that is an element, not a resource."""
    return isinstance(site.value, dict) and "resourceType" not in site.value


_BACKWARDS = _and(
    _has(".*", "start", "end"),
    lambda site: site.value["start"][:10] != site.value["end"][:10],
)
_SCRIPT = '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>'
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_DEEP = b"[" * 10_000 + b"]" * 10_000


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _unreasoned(site: Site) -> Any:
    """A primitive is gone, and an extension that gives no reason stands in its place."""
    name = next(one for one in site.value if one in {"status", "intent", "actuality", "recorded"})
    rest = {one: value for one, value in site.value.items() if one != name}
    return rest | {f"_{name}": {"extension": [{"url": "urn:x", "valueString": "x"}]}}


KINDS: dict[str, Kind] = {
    # JSON
    "a key given twice": Kind(_and(_is(dict), lambda site: bool(site.value)), _repeated),
    "NUL in a string": Kind(_is(str), lambda site: f"{site.value}\x00"),
    "a control character in a string": Kind(_is(str), lambda site: f"\x0b{site.value}"),
    "half of a surrogate pair": Kind(_is(str), lambda site: f"{site.value}\ud83d"),
    "a byte that is not UTF-8": Kind(
        _is(str), lambda site: Raw(_dump(site.value)[:-1] + b'\xff"')),
    "a number beyond sense": Kind(_is(int, float), _always(Raw(b"1e400"))),
    "a number of sixty-one digits": Kind(_is(int, float), _always(Raw(b"9" * 61))),
    "not a number": Kind(_is(int, float), _always(Raw(b"NaN"))),
    "nested ten thousand deep": Kind(_is(dict), lambda site: Raw(
        _dump({**site.value, "extension": "@@"}).replace(b'"@@"', _DEEP))),
    # types
    "an element nobody knows": Kind(_is(dict), _but(elementOfNobody=1)),
    "an element in capitals": Kind(_is(dict), _renamed),
    "null": Kind(_in_object, _always(None)),
    "a list where one belongs": Kind(
        _and(_in_object, lambda site: not isinstance(site.value, list)),
        lambda site: [site.value]),
    "a list in a list": Kind(
        lambda site: isinstance(site.holder, list) and site.path.count(".") > 0,
        lambda site: [site.value]),
    "one where a list belongs": Kind(_is(list), lambda site: site.value[0]),
    "an empty list": Kind(_is(list), _always([])),
    "an empty object": Kind(_element, _always({})),
    "an object of an id alone": Kind(
        _and(_element, lambda site: not site.name.startswith("_")), _always({"id": "x"})),
    "an empty string": Kind(_is(str), _always("")),
    "a string of blanks": Kind(_is(str), _always(" \t ")),
    "a number for a string": Kind(_is(str), _always(7)),
    "an object for a string": Kind(_is(str), lambda site: {"value": site.value}),
    "a string for an object": Kind(_is(dict), _always("x")),
    "a list for an object": Kind(_element, _always([1])),
    "a number in quotation marks": Kind(_is(int, float), lambda site: str(site.value)),
    "true for a number": Kind(_is(int, float), _always(True)),
    "a boolean in quotation marks": Kind(_is(bool), lambda site: str(site.value).lower()),
    "a point in a whole number": Kind(
        _at(r".*\.(rank|frequency|count|multipleBirthInteger|valueInteger|total|size)", int),
        lambda site: Raw(f"{site.value}.0".encode())),
    # primitives
    "a day that does not exist": Kind(_date, lambda site: f"{site.value[:4]}-02-30"),
    "the 29th of February of 1900": Kind(_date, _always("1900-02-29")),
    "month thirteen": Kind(_date, lambda site: f"{site.value[:4]}-13-01"),
    "a date of another country": Kind(_date, _always("05/04/1961")),
    "25 o'clock": Kind(_time, lambda site: site.value[:11] + "25" + site.value[13:]),
    "a time without a zone": Kind(_time, lambda site: site.value[:19]),
    "a code outside its list": Kind(_at(CODES.pattern, str), _always("no-such-code")),
    "a code in capitals": Kind(
        _and(_at(CODES.pattern, str), lambda site: site.value.upper() != site.value),
        lambda site: site.value.upper()),
    "an address with a blank": Kind(
        _at(r".*\.(coding\.system|identifier\.system|url|fullUrl|profile)", str),
        lambda site: f"{site.value} x"),
    "an id with path characters": Kind(
        _and(_at(r"[A-Z]\w+\.id", str)), _always("../../etc/passwd")),
    "base64 with a hole": Kind(_at(r".*\.(data|hash)", str), lambda site: site.value[:-3] + "*"),
    "a narrative that acts": Kind(_at(r".*\.text\.div", str), _always(_SCRIPT)),
    "a currency of no country": Kind(_at(r".*\.currency", str), _always("bobs")),
    # what must be there
    "what must be there is gone": Kind(
        _and(_in_object, _at(REQUIRED.pattern),
             lambda site: f"_{site.key}" not in site.holder), _always(GONE)),
    "what must be there is gone, for no reason": Kind(
        _and(_has(r"(?!Medication$)\w+", "status|intent|actuality|recorded"),
             lambda site: "resourceType" in site.value), _unreasoned),
    "no type of resource": Kind(_at(r"[A-Z]\w+\.resourceType"), _always(GONE)),
    "a type nobody knows": Kind(_at(r"[A-Z]\w+\.resourceType"), lambda s: f"{s.value}s"),
    # choices, extensions
    "two forms of one choice": Kind(_chosen, _second_form),
    "an extension without a value": Kind(
        _has(r".*\.extension", "url"), lambda site: {"url": site.value["url"]}),
    "an extension with both": Kind(
        _has(r".*\.extension", "value.*"), _but(extension=[{"url": "urn:x", "valueCode": "x"}])),
    "a reason for absence nobody knows": Kind(
        _is(dict), _but(extension=[{
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "lazy"}])),
    "a null that nothing explains": Kind(
        _at(r".*\.(given|line|prefix|suffix|alias|profile)", list), lambda s: [*s.value, None]),
    "a list of extensions that is too short": Kind(
        _has(".*", "given"), lambda site: {**site.value, "given": [*site.value["given"], "x"],
                                           "_given": [{"id": "x"}]}),
    # references
    "a reference to the wrong type": Kind(_narrow_pointer, _always("Slot/x")),
    "a reference to a Practitioner for a patient": Kind(
        _at(r".*\.(patient|beneficiary|individual\.patient)\.reference"),
        _always("Practitioner/x")),
    "a reference to a type nobody knows": Kind(_pointer, _always("Pateint/x")),
    "a reference of no form": Kind(_pointer, _always("the man next door")),
    "a reference to nothing contained": Kind(_pointer, _always("#gone")),
    "a reference that says two types": Kind(
        _and(_has(".*", "reference"), lambda site: isinstance(site.value["reference"], str)
             and bool(re.match("[A-Z][A-Za-z]+/", site.value["reference"]))),
        _but(type="Slot")),
    "a reference that says nothing": Kind(
        _and(_has(".*", "reference", without=("extension",)),
             lambda site: isinstance(site.value["reference"], str)),
        _always({"type": "Patient"})),
    "something contained that nothing points to": Kind(
        _and(_is(dict), lambda site: "resourceType" in site.value and site.path != "Bundle"),
        lambda site: {**site.value, "contained": [
            *site.value.get("contained", []), {"resourceType": "Patient", "id": "unused"}]}),
    # invariants
    "a period that ends before it begins": Kind(
        _BACKWARDS, lambda s: {**s.value, "start": s.value["end"], "end": s.value["start"]}),
    "a unit code without its system": Kind(
        _has(r".*(Quantity|quantity|numerator|denominator|low|high)", "code", "system"),
        lambda site: {k: v for k, v in site.value.items() if k != "system"}),
    "half a ratio": Kind(
        _has(".*", "numerator", "denominator"),
        lambda site: {k: v for k, v in site.value.items() if k != "denominator"}),
    "a telephone number of no system": Kind(
        _has(r".*\.telecom", "system", "value"),
        lambda site: {k: v for k, v in site.value.items() if k != "system"}),
    "data of no content type": Kind(
        _has(".*", "data", "contentType"),
        lambda site: {k: v for k, v in site.value.items() if k != "contentType"}),
    "a value and a reason for none (obs-6)": Kind(
        _has("Observation", "value.*"), _but(dataAbsentReason={"text": "x"})),
    "a component of the same code (obs-7)": Kind(
        _and(_has("Observation", "value.*"), lambda s: "coding" in s.value["code"]),
        lambda site: {**site.value, "component": [{"code": site.value["code"]}]}),
    "an ended condition that is active (con-4)": Kind(
        _has("Condition"), lambda site: {
            **{k: v for k, v in site.value.items() if not k.startswith("abatement")},
            "abatementString": "x", "clinicalStatus": _concept(_CLINICAL, "active")}),
    "a mistaken condition with a status (con-5)": Kind(
        _has("Condition"), _but(verificationStatus=_concept(_VERIFIED, "entered-in-error"),
                                clinicalStatus=_concept(_CLINICAL, "active"))),
    "an allergy without a status (ait-1)": Kind(
        _has("AllergyIntolerance", "clinicalStatus"),
        lambda site: {k: v for k, v in site.value.items() if k != "clinicalStatus"}),
    "a mistaken allergy with a status (ait-2)": Kind(
        _has("AllergyIntolerance", "clinicalStatus"),
        _but(verificationStatus=_concept(_ALLERGY, "entered-in-error"))),
    "a status of another list": Kind(
        _has(r".*\.(clinicalStatus|verificationStatus)", "coding"),
        _always(_concept("urn:other", "active"))),
    "a contact who is nobody (pat-1)": Kind(
        _has("Patient"), _but(contact=[{"gender": "female"}])),
    "an organization without name or number (org-1)": Kind(
        _has("Organization"), lambda site: {
            k: v for k, v in site.value.items() if k not in {"name", "identifier"}}),
    "an appointment that never ends (app-2)": Kind(
        _has("Appointment", "start", "end"),
        lambda site: {k: v for k, v in site.value.items() if k != "end"}),
    "a consent under no policy (ppc-1)": Kind(
        _has("Consent"), lambda site: {
            k: v for k, v in site.value.items() if k not in {"policy", "policyRule"}}),
    "an entry without a request (bdl-3)": Kind(
        _has(r"Bundle\.entry", "request", "resource"),
        lambda site: {k: v for k, v in site.value.items() if k != "request"}),
    "two entries of one address (bdl-7)": Kind(
        _has("Bundle", "entry"), lambda site: {
            **site.value, "entry": [*site.value["entry"], site.value["entry"][0]]}),
    "an address with a version (bdl-8)": Kind(
        _has(r"Bundle\.entry", "fullUrl"), _but(fullUrl="http://example.org/Patient/1/_history/2")),
    "a relative address": Kind(_has(r"Bundle\.entry", "fullUrl"), _but(fullUrl="Patient/1")),
    "an address of another type": Kind(
        _has(r"Bundle\.entry", "fullUrl", "resource"),
        _but(fullUrl="http://example.org/fhir/Slot/x")),
}  # fmt: skip
