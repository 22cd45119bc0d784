"""Reading FHIR R4 allergies and conditions."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.clinical.terms import AllergySeverity
from tautband.interop.fhir.concepts import (
    SNOMED,
    Concept,
    Ignored,
    code_in,
    concept,
    day_of,
    refuse_modifiers,
)
from tautband.interop.fhir.elements import Bad, Element
from tautband.records.actions.imports import ImportedStatement
from tautband.records.models.vocabulary import StatementKind

NO_KNOWN_ALLERGY = "716186003"
ANAPHYLAXIS = "39579001"
# Said of one class only, these neither name an allergy nor rule all of them out.
PARTLY_NONE = frozenset({"409137002", "428607008", "429625007", "428197003"})

_ALLERGY_CLINICAL = frozenset({"active", "inactive", "resolved"})
_CONDITION_CLINICAL = frozenset(
    {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}
)
_VERIFICATION = frozenset(
    {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}
)
_REACTION_SEVERITY = {
    "mild": AllergySeverity.MILD,
    "moderate": AllergySeverity.MODERATE,
    "severe": AllergySeverity.SEVERE,
}
_BADNESS = (
    AllergySeverity.UNKNOWN,
    AllergySeverity.MILD,
    AllergySeverity.MODERATE,
    AllergySeverity.SEVERE,
    AllergySeverity.ANAPHYLAXIS,
)


@dataclass(frozen=True, slots=True)
class NoKnownAllergies:
    """The statement that the patient has no known allergy."""


def read_allergy(
    resource: Element, *, source_id: str, zone: ZoneInfo
) -> ImportedStatement | NoKnownAllergies:
    """An AllergyIntolerance; refuted or mistaken ones are withdrawn."""
    refuse_modifiers(resource)
    verification = _verification(resource)
    clinical = concept(resource, "clinicalStatus")
    status = code_in(clinical, _ALLERGY_CLINICAL, resource.at("clinicalStatus"))
    if verification in {"refuted", "entered-in-error"}:
        return _withdrawn(StatementKind.ALLERGY, source_id)
    named = concept(resource, "code") or _named_by_reaction(resource)
    if named is None:
        raise Bad(resource.at("code"), _("this is missing"))
    codes = {code for system, code in named.codings if system == SNOMED}
    if NO_KNOWN_ALLERGY in codes:
        return NoKnownAllergies()
    if codes & PARTLY_NONE:
        raise Ignored
    reaction, severity = _reactions(resource)
    began = resource.one_of("onset", "DateTime", "Age", "Period", "Range", "String")
    return ImportedStatement(
        kind=StatementKind.ALLERGY,
        source_id=source_id,
        text=named.text,
        system=named.system,
        code=named.code,
        reaction=reaction,
        severity=severity,
        active=status not in {"inactive", "resolved"},
        started_on=day_of(resource.moment("onsetDateTime"), zone) if began == "DateTime" else None,
    )


def _named_by_reaction(resource: Element) -> Concept | None:
    for reaction in resource.objects("reaction"):
        substance = concept(reaction, "substance")
        if substance is not None:
            return substance
    return None


def _reactions(resource: Element) -> tuple[str, str]:
    """What happened, and the worst of it; unknown where nobody said how bad it was."""
    words: list[str] = []
    worst = AllergySeverity.UNKNOWN
    for reaction in resource.objects("reaction"):
        found = [_REACTION_SEVERITY.get(
            reaction.code("severity", frozenset(_REACTION_SEVERITY)), AllergySeverity.UNKNOWN
        )]  # fmt: skip
        for manifestation in reaction.objects("manifestation"):
            shown = concept(Element({"it": manifestation.fields}, manifestation.path), "it")
            if shown is None:
                continue
            words.append(shown.text or shown.code)
            if (SNOMED, ANAPHYLAXIS) in shown.codings or "anaphyla" in shown.text.casefold():
                found.append(AllergySeverity.ANAPHYLAXIS)
        worst = max(worst, *found, key=_BADNESS.index)
    return ", ".join(dict.fromkeys(words))[:240], worst


def _verification(resource: Element) -> str:
    found = concept(resource, "verificationStatus")
    return code_in(found, _VERIFICATION, resource.at("verificationStatus"))


def _withdrawn(kind: StatementKind, source_id: str) -> ImportedStatement:
    return ImportedStatement(kind=kind, source_id=source_id, withdrawn=True)


def read_condition(resource: Element, *, source_id: str, zone: ZoneInfo) -> ImportedStatement:
    """A Condition; one that abated or is inactive is kept as past."""
    refuse_modifiers(resource)
    verification = _verification(resource)
    clinical = concept(resource, "clinicalStatus")
    status = code_in(clinical, _CONDITION_CLINICAL, resource.at("clinicalStatus"))
    if verification in {"refuted", "entered-in-error"}:
        return _withdrawn(StatementKind.CONDITION, source_id)
    named = concept(resource, "code")
    if named is None:
        raise Bad(resource.at("code"), _("this is missing"))
    abated = resource.one_of("abatement", "DateTime", "Age", "Period", "Range", "String")
    began = resource.one_of("onset", "DateTime", "Age", "Period", "Range", "String")
    return ImportedStatement(
        kind=StatementKind.CONDITION,
        source_id=source_id,
        text=named.text,
        system=named.system,
        code=named.code,
        active=not abated and status not in {"inactive", "remission", "resolved"},
        started_on=day_of(resource.moment("onsetDateTime"), zone) if began == "DateTime" else None,
        ended_on=(
            day_of(resource.moment("abatementDateTime"), zone) if abated == "DateTime" else None
        ),
    )
