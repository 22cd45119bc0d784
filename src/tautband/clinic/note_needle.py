"""The parts of the note about the needle: what was drawn up, went in, and was felt after."""

from fractions import Fraction

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tautband.clinic.forms.sessions import POSITION_WORDS
from tautband.clinic.note_sections import Section, joined, kept, place, when
from tautband.clinical import amounts
from tautband.clinical.dosing import left_in_syringe_ul
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import BodyPosition, Guidance
from tautband.design.languages import apart, listed, said, worded
from tautband.records.checks import Review
from tautband.records.models import (
    Ingredient,
    Injection,
    Procedure,
    Recovery,
    Syringe,
    VitalSigns,
)
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.queries import procedures
from tautband.records.signed import Visit


def _agent(agent: str) -> str:
    found = knowledge().agents.get(agent)
    return said(found.name) if found else agent


def _syringe(syringe: Syringe) -> tuple[str, ...]:
    products = []
    for item in syringe.ingredients.all():
        parts = [
            item.product or _agent(item.agent),
            said(amounts.format_mg_per_ml(item.concentration_ug_per_ml))
            if item.concentration_ug_per_ml
            else "",
            said(amounts.format_units(item.units_centi)) if item.units_centi is not None else "",
            said(amounts.format_ml(item.volume_ul)),
            _per_ml(item),
            _("epinephrine %(amount)s/mL")
            % {"amount": said(amounts.format_ug(item.epinephrine_ng_per_ml))}
            if item.epinephrine_ng_per_ml
            else "",
            _("lot %(lot)s") % {"lot": apart(item.lot) or _("not given")},
            _("expires %(day)s") % {"day": formats.date_format(item.expires_on, "j M Y")}
            if item.expires_on
            else _("expiry not given"),
        ]
        products.append(listed(" ", parts))
    return syringe.label, " + ".join(products), _handled(syringe)


def _per_ml(item: Ingredient) -> str:
    """How many botulinum units one millilitre holds, once it is made up."""
    if item.units_centi is None:
        return ""
    exact = Fraction(item.units_centi * 1000, item.volume_ul)
    return f"({said(amounts.format_units(exact))}/mL)"


def _handled(syringe: Syringe) -> str:
    """Who drew it up, who read the label after them, and how long it may stand."""
    checked = syringe.checked_by.full_name if syringe.checked_by else _("nobody")
    drawn = syringe.drawn_up_by.full_name if syringe.drawn_up_by else _("not recorded")
    words = [
        joined(" ", _("drawn up by %(who)s") % {"who": drawn}, when(syringe.drawn_up_at)),
        joined(" ", _("checked by %(who)s") % {"who": checked}, when(syringe.checked_at)),
    ]
    if syringe.corrected_by is not None:
        words.append(_("corrected by %(who)s") % {"who": syringe.corrected_by.full_name})
    if syringe.reconstituted_at is not None:
        words.append(_("made up %(at)s") % {"at": when(syringe.reconstituted_at)})
        if syringe.use_within_hours is not None:
            words.append(_("to be used within %(hours)d h") % {"hours": syringe.use_within_hours})
    return listed(", ", words)


def syringes(procedure: Procedure, review: Review) -> Section:
    """What was drawn up, from which lots, by whom, and what was left over."""
    planned = review.facts.session.planned
    facts = {each.id: each for each in planned.syringes}
    rows = []
    for each in procedures.syringes(procedure):
        held = facts.get(str(each.pk))
        # A syringe that no given row used is left whole.
        whole = sum(item.volume_ul for item in each.ingredients.all())
        left = whole if held is None else left_in_syringe_ul(held, planned.injections)
        rows.append((*_syringe(each), _left(procedure, left)))
    return Section(title=_("Syringes"), head=("", "", "", ""), rows=tuple(rows))


def _left(procedure: Procedure, left_ul: int | None) -> str:
    if left_ul is None:
        return _("what is left: not known")
    if left_ul < 0:
        return _("%(amount)s more than it held") % {"amount": said(amounts.format_ml(-left_ul))}
    if procedure.started_at is None:
        return _("%(amount)s left") % {"amount": said(amounts.format_ml(left_ul))}
    return _("%(amount)s left, discarded") % {"amount": said(amounts.format_ml(left_ul))}


GUIDANCE = {
    Guidance.NONE: gettext_lazy("by hand"),
    Guidance.LANDMARK: gettext_lazy("landmarks"),
    Guidance.ULTRASOUND: gettext_lazy("ultrasound"),
    Guidance.EMG: gettext_lazy("EMG"),
    Guidance.FLUOROSCOPY: gettext_lazy("fluoroscopy"),
}


def _injection(row: Injection) -> tuple[str, ...]:
    given = row.status == InjectionStatus.GIVEN
    volume = row.given_volume_ul if given else row.volume_ul
    units = row.given_units_centi if given else row.units_centi
    depth = row.given_depth_um if given and row.given_depth_um else row.depth_um
    amount = " ".join(
        [
            said(amounts.format_units(units)) if units is not None else "",
            said(amounts.format_ml(volume)) if volume is not None else "",
        ]
    ).strip()
    if given and row.syringe and not amount:
        amount = _("amount not known")
    source = _("from %(label)s") % {"label": row.syringe.label} if row.syringe else _("dry needle")
    how = [
        f"{row.needle_gauge} G" if row.needle_gauge else "",
        said(amounts.format_mm(row.needle_um)) if row.needle_um else "",
        _("depth %(depth)s") % {"depth": said(amounts.format_mm(depth))}
        if depth
        else _("depth not noted"),
        _("at %(angle)d°") % {"angle": row.entry_angle_deg} if row.entry_angle_deg != 90 else "",
        _("pleura measured at %(depth)s") % {"depth": said(amounts.format_mm(row.pleura_depth_um))}
        if row.pleura_depth_um
        else "",
        str(GUIDANCE[Guidance(row.guidance)]) if row.guidance else _("guidance not noted"),
        str(POSITION_WORDS[BodyPosition(row.position)]).lower() if row.position else "",
        _("%(count)d sites") % {"count": row.sites} if row.sites > 1 else "",
    ]
    return (
        f"{row.number}. {place(row.muscle, row.side)}",
        f"{amount} {source}".strip(),
        ", ".join(part for part in how if part),
        _result(row),
    )


def _result(row: Injection) -> str:
    if row.status == InjectionStatus.NOT_GIVEN:
        return _("not injected: %(reason)s") % {"reason": row.not_given_reason}
    if row.status == InjectionStatus.PLANNED:
        return _("planned")
    felt = [
        _("twitch") if row.twitch else "",
        _("crunch felt") if row.crunch else "",
        _("muscle released") if row.released else "",
        _("aspiration %(result)s") % {"result": worded(row.aspiration)} if row.aspiration else "",
        _("%(count)d passes") % {"count": row.passes} if row.passes else "",
        _pain(row.pain_before, row.pain_after),
        row.complication,
        _added(row),
        formats.time_format(timezone.localtime(row.given_at), "H:i") if row.given_at else "",
    ]
    return listed(", ", felt) or _("given")


def _added(row: Injection) -> str:
    if not row.added_on_table:
        return ""
    if row.verbal_consent:
        return _("added on the table, asked aloud and agreed")
    return _("added on the table, the patient was not asked")


def _pain(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return ""
    ends = ["?" if value is None else str(value) for value in (before, after)]
    return _("pain %(before)s → %(after)s") % {"before": ends[0], "after": ends[1]}


def injections(procedure: Procedure) -> Section:
    """Each row as it happened."""
    rows = procedures.rows(procedure)
    lines = [
        (_("Started"), when(procedure.started_at)),
        (_("Ended"), when(procedure.ended_at)),
        (_("Operator"), procedure.operator.full_name if procedure.operator else ""),
        (_("Supervisor"), procedure.supervisor.full_name if procedure.supervisor else ""),
        (_("Skin"), procedure.skin_preparation),
        (_("Stopped and asked between the sides"), _asked_between(procedure)),
        (_("Needles"), _needles(procedure)),
        (
            _("Written up later"),
            when(procedure.recorded_at) if procedure.already_happened else "",
        ),
        (_("Not injected"), why_not(procedure)),
    ]  # fmt: skip
    return Section(
        title=_("Injections"),
        lines=kept(lines),
        head=("", "", "", ""),
        rows=tuple(_injection(row) for row in rows),
    )


def _needles(procedure: Procedure) -> str:
    if procedure.needles_opened is None:
        return _("not counted") if procedure.ended_at is not None else ""
    return _("%(opened)d opened, %(gone)d seen whole and disposed of") % {
        "opened": procedure.needles_opened, "gone": procedure.needles_disposed or 0,
    }  # fmt: skip


def _asked_between(procedure: Procedure) -> str:
    asked_at = procedure.second_lung_side_confirmed_at
    return "" if asked_at is None else _("no symptoms, %(when)s") % {"when": when(asked_at)}


def why_not(procedure: Procedure) -> str:
    """Why nothing was injected."""
    return joined(": ", worded(procedure.not_done_reason), procedure.not_done_note)


def _pressure(signs: VitalSigns) -> str:
    upper, lower = signs.systolic_mmhg, signs.diastolic_mmhg
    if upper is None and lower is None:
        return ""
    return f"{'?' if upper is None else upper}/{'?' if lower is None else lower}"


def _signs(signs: VitalSigns) -> str:
    taken = (
        ("BP", _pressure(signs)),
        ("HR", signs.heart_rate_per_min),
        ("SpO2", None if signs.spo2_percent is None else f"{signs.spo2_percent} %"),
    )
    at = formats.time_format(timezone.localtime(signs.taken_at), "H:i")
    told = listed(", ", (f"{label} {value}" for label, value in taken if value not in {None, ""}))
    return f"{at} {told}"


def recovery(procedure: Procedure, visit: Visit) -> Section | None:
    """How the patient was afterwards."""
    watch = Recovery.objects.filter(procedure=procedure).select_related("fit_to_leave_by").first()
    if watch is None:
        return None
    asked = watch.symptoms_asked
    none = _("asked, none") if asked else _("not asked")
    signs = [_signs(s) for s in procedure.vital_signs.order_by("taken_at")]
    left = ""
    if watch.fit_to_leave_at is not None and watch.fit_to_leave_by is not None:
        left = joined(", ", when(watch.fit_to_leave_at), watch.fit_to_leave_by.full_name)
    before, after = visit.encounter.pain_now, watch.pain_at_30_min
    home = {True: _("with somebody"), False: _("alone"), None: ""}
    lines = [
        (_("Watched from"), when(watch.started_at)),
        (_("At least"), _("%(minutes)d minutes") % {"minutes": watch.minimum_minutes}),
        (_("Tolerated"), worded(watch.tolerated)),
        (_("Immediate response"), _pain(before, after)),
        (_("Signs of toxicity"), watch.toxicity_symptoms or none),
        (_("Chest"), watch.chest_symptoms or none),
        (_("Weakness"), watch.weakness or none),
        (_("Vital signs"), listed("; ", signs)),
        # Whoever nobody could ask has left, and nobody said that they were fit to.
        (_("Fit to leave") if asked else _("Left"), left),
        (_("Left before the time"), watch.left_early_reason),
        (_("Went home"), home[watch.escort]),
        (_("Note"), watch.note),
    ]
    return Section(title=_("Tolerance and recovery"), lines=kept(lines))
