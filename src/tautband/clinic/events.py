"""Lines of the trail in a word or two, for the people who read a patient's page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EXACT: dict[str, str | Promise] = {
    "patient.view": _("this page"),
    "patient.chart.view": _("chart"),
    "patient.edit.view": _("personal details"),
    "patient.weight.view": _("weight"),
    "patient.height.view": _("height"),
    "patient.allergy.view": _("allergy"),
    "patient.medicine.view": _("medicine"),
    "patient.condition.view": _("condition"),
    "patient.elsewhere.view": _("dose elsewhere"),
    "patient.line.view": _("chart"),
    "patients.found.view": _("found by search"),
    "patients.latest.view": _("list of patients"),
    "patients.likely.view": _("shown as likely the same"),
    "encounter.weigh": _("weight"),
    "patient.looked.view": _("who looked"),
    "patient.whole.view": _("whole record"),
    "patient.differences.view": _("differences from an import"),
    "patient.register": _("registered"),
    "patient.edit-demographics": _("personal details changed"),
    "patient.export": _("exported"),
    "patient.restore": _("taken over from elsewhere"),
    "patient.duplicates.view": _("duplicates"),
    "patient.beside.view": _("compared"),
    "patient.merge.view": _("merge"),
    "patient.merge": _("merged"),
    "patient.merged-away": _("merged away"),
    "patient.unmerge": _("merge undone"),
    "patient.unmerged": _("merge undone"),
    "procedure.ask-anew": _("to ask anew"),
    "patient.import-created": _("imported"),
    "patient.import-updated": _("import renewed"),
    "chart.record-weight": _("weight"),
    "chart.record-height": _("height"),
    "chart.add-allergy": _("allergy added"),
    "chart.add-medicine": _("medicine added"),
    "chart.add-condition": _("condition added"),
    "chart.end-allergy": _("allergy ended"),
    "chart.end-medicine": _("medicine ended"),
    "chart.end-condition": _("condition ended"),
    "chart.add-elsewhere-dose": _("dose elsewhere"),
    "chart.state-no-known-allergies": _("no known allergies"),
    "encounter.arrive": _("arrival"),
}
_BY_NOUN: dict[str, str | Promise] = {
    "appointment": _("booking"),
    "assessment": _("assessment"),
    "chart": _("chart"),
    "consent": _("consent"),
    "encounter": _("visit"),
    "finding": _("safety check"),
    "injection": _("injection"),
    "note": _("note"),
    "outcome": _("answers"),
    "patient": _("patient"),
    "procedure": _("session"),
    "recovery": _("observation"),
    "session": _("session"),
    "syringe": _("syringe"),
    "time-out": _("time-out"),
    "trigger-point": _("trigger points"),
}


def event_words(action: str) -> str:
    """What somebody did or looked at; an action no table knows is shown as it is stored."""
    words = _EXACT.get(action) or _BY_NOUN.get(action.partition(".")[0].replace("_", "-"))
    return str(words) if words else action
