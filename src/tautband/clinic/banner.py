"""Who is in front of you and what could hurt: the strip on top of every page of a patient."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tautband.clinical import terminology
from tautband.clinical.facts import PatientFacts, SessionFacts, Term
from tautband.design.languages import worded
from tautband.records.models import Patient, Procedure
from tautband.records.patient_facts import age_on
from tautband.records.queries import centre


def age_words(patient: Patient, on: date) -> str:
    """Whole years with their unit ("57 y"), months under two years."""
    years = age_on(patient.born_on, on)
    if years >= 2:
        return _("%(years)d y") % {"years": years}
    months = (on.year - patient.born_on.year) * 12 + on.month - patient.born_on.month
    return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}


def sex_words(sex: str) -> str:
    """Administrative sex as it is spoken."""
    return {
        "female": _("woman"),
        "male": _("man"),
        "other": _("other sex"),
    }.get(sex, _("sex not recorded"))


def body_mass_index(facts: PatientFacts) -> str:
    """kg/m² to one decimal, or nothing while weight or height is unknown."""
    if facts.weight_g is None or facts.height_mm is None:
        return ""
    metres = Decimal(facts.height_mm) / 1000
    value = Decimal(facts.weight_g) / 1000 / (metres * metres)
    return f"{value.quantize(Decimal('0.1')).normalize():f}"


def alerts_of(facts: PatientFacts) -> list[dict[str, str]]:
    """What could hurt: anticoagulants and allergies first, then what today's answers add."""
    alerts = [
        {"label": _("Anticoagulant"), "text": term.text, "detail": ""}
        for term in facts.medications or ()
        if term.active and terminology.is_anticoagulant(term)
    ]
    alerts += [
        {"label": _("Allergy"), "text": term.text or term.code, "detail": _severity(term)}
        for term in facts.allergies or ()
        if term.active and not terminology.match_term(term).none
    ]
    if facts.pregnant:
        alerts.append({"label": _("Pregnant"), "text": _("yes"), "detail": ""})
    if facts.lung_disease or facts.cpap:
        alerts.append({"label": _("Lung"), "text": _("disease or CPAP"), "detail": ""})
    return alerts


def _severity(term: Term) -> str:
    if term.severity is None or term.severity == "unknown":
        return ""
    return worded(term.severity)


def unknowns_of(facts: PatientFacts) -> list[dict[str, str]]:
    """What nobody has asked yet; unknown is never shown as nothing."""
    unknowns = []
    if facts.allergies is None:
        unknowns.append({"label": _("Allergies"), "text": _("not asked")})
    told = "anticoagulant" in facts.denied or facts.medications is not None
    if "anticoagulant" in facts.unsure or not told:
        unknowns.append({"label": _("Anticoagulants"), "text": _("not asked")})
    return unknowns


def patient_banner(patient: Patient, facts: PatientFacts, *, on: date) -> dict[str, Any]:
    """The strip for one patient on one day, as `design/_banner.html` reads it."""
    return {
        "name": patient.full_name,
        "name_other": patient.other_name,
        "url": reverse("clinic:patient", args=[patient.pk]),
        "age": age_words(patient, on),
        "sex": sex_words(patient.sex),
        "born_on": patient.born_on,
        "number": patient.number,
        "weight_g": facts.weight_g,
        "bmi": body_mass_index(facts),
        "alerts": alerts_of(facts),
        "unknowns": unknowns_of(facts),
    }


def sitting_banner(
    procedure: Procedure, facts: SessionFacts, *, whole: bool = True
) -> dict[str, Any]:
    """The strip during a sitting: the weight accepted for it, and where the patient is.

    Not `whole`, it says who it is and nothing of the record: the desk identifies patients, and
    reads no allergies.
    """
    encounter = procedure.encounter
    banner = patient_banner(procedure.patient, facts.patient, on=encounter.on)
    if not whole:
        nothing: dict[str, Any] = {"weight_g": None, "bmi": "", "alerts": [], "unknowns": []}
        return {**banner, **nothing, "who_only": True}
    if encounter.weight is not None:
        weighed = encounter.weight.measured_on
        # A note may be read months later, when neither the day nor the room is of now.
        is_today = weighed == centre.today(timezone.now())
        banner["weight_when"] = _("today") if is_today else formats.date_format(weighed, "j M Y")
    if encounter.room and procedure.signed_at is None:
        banner["chip"] = encounter.room
        banner["chip_icon"] = "geo-alt"
    return banner
