"""The letter to whoever referred: what was found, done, felt and told, and what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import fill

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tautband.clinic.note import WIDTH, plain, signed_words
from tautband.clinic.note_documents import reviewed
from tautband.clinic.note_needle import why_not
from tautband.clinic.note_sections import (
    Section,
    decider,
    history,
    joined,
    kept,
    place,
    points,
    when,
)
from tautband.clinical import amounts, dosing
from tautband.clinical.knowledge import knowledge
from tautband.clinical.leaflet import Language, Part, Telephones, compose
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.terms import AgentKind
from tautband.design.languages import listed, said, worded
from tautband.records.checks import Review
from tautband.records.models import Injection, Procedure, Recovery
from tautband.records.models.vocabulary import ErrorReason, InjectionStatus
from tautband.records.policies import OPEN
from tautband.records.queries import centre, procedures
from tautband.records.signed import Visit, visit_of


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A whole letter; `notice` says what stands above everything else, where something does."""

    to: tuple[str, ...]
    sender: tuple[str, ...]
    on: str
    who: tuple[tuple[str, str], ...]
    notice: str
    is_final: bool
    sections: tuple[Section, ...]
    signed: str


def is_unsigned(procedure: Procedure) -> bool:
    """Whether nobody stands by it yet: no letter of it leaves the house."""
    return procedure.status in OPEN


def letter_of(procedure: Procedure) -> Letter:
    """The letter of a sitting; of one entered in error, only that it was."""
    here = centre.current()
    patient = procedure.patient
    on = procedure.signed_at or timezone.now()
    born = formats.date_format(patient.born_on, "j F Y")
    address = [line for line in patient.referrer_practice.splitlines() if line]
    return Letter(
        to=tuple(filter(None, [patient.referrer_name or _("To whoever referred the patient"),
                               *address])),
        sender=tuple(filter(None, [here.name if here else ""])),
        on=formats.date_format(timezone.localtime(on), "j F Y"),
        who=(
            (_("Patient"), patient.full_name),
            (_("Born"), born),
            (_("Number"), patient.number),
        ),
        notice=_notice(procedure),
        is_final=not is_unsigned(procedure),
        sections=tuple(_sections(procedure)),
        signed=signed_words(procedure),
    )  # fmt: skip


def _notice(procedure: Procedure) -> str:
    status = ProcedureStatus(procedure.status)
    if status is ProcedureStatus.ENTERED_IN_ERROR:
        why = (
            _("It was another patient.")
            if procedure.in_error_reason == ErrorReason.WRONG_PATIENT
            else _("It never happened.")
        )
        words = _(
            "Entered in error: the session written down for this patient on %(day)s counts for"
            " nothing. Take any letter about it out of your record."
        )
        day = formats.date_format(procedure.encounter.on, "j F Y")
        return joined(" ", words % {"day": day}, why)
    if is_unsigned(procedure):
        return _("Draft, not signed: not to be sent")
    if status is ProcedureStatus.SUPERSEDED:
        return _("Replaced by a later version: do not send this one")
    if procedure.version > 1 and procedure.replaces is not None:
        return _("Amended. This letter replaces the one of %(day)s: %(reason)s") % {
            "day": when(procedure.replaces.signed_at), "reason": procedure.amendment_reason,
        }  # fmt: skip
    return ""


def _sections(procedure: Procedure) -> Iterator[Section]:
    if procedure.status == ProcedureStatus.ENTERED_IN_ERROR:
        # What was written belongs to somebody else, or to nobody.
        return
    visit, review = visit_of(procedure), reviewed(procedure)
    rows = list(procedures.rows(procedure))
    watch: Recovery | None = getattr(procedure, "recovery", None)
    found = [
        _came_for(visit), points(visit), _injected(procedure, review, rows),
        _response(rows, watch, visit), _complications(procedure, rows, watch),
        _told(procedure), _watch_for(procedure, review), _next(procedure), _ring(),
    ]  # fmt: skip
    for section in found:
        if section.lines or section.rows:
            yield section


def _came_for(visit: Visit) -> Section:
    """The history without what only this house needs: who was asked for which identifiers."""
    whole = history(visit)
    lines = tuple(line for line in whole.lines if line[0] != _("Identified by"))
    return Section(title=whole.title, lines=lines)


def _injected(procedure: Procedure, review: Review, rows: Sequence[Injection]) -> Section:
    if procedure.status == ProcedureStatus.NOT_DONE:
        return Section(title=_("Not injected"), lines=((_("Why"), why_not(procedure)),))
    doses = dosing.planned_doses(review.facts.session, knowledge())
    numbers = {row_id: index for index, row_id in enumerate(review.facts.row_ids)}
    told = []
    for row in rows:
        own = [dose for dose in doses if dose.row == numbers.get(row.pk)]
        told.append((place(row.muscle, row.side), _given(row, own)))
    began = procedure.started_at
    lines = [
        (_("When"), when(began)),
        (_("Operator"), procedure.operator.full_name if procedure.operator else ""),
        (_("In all"), _sums(doses)),
        (_("Needles"), _guided(rows)),
    ]
    return Section(title=_("What was injected"), lines=kept(lines), head=("", ""), rows=tuple(told))


def _given(row: Injection, doses: Sequence[dosing.Dose]) -> str:
    if row.status == InjectionStatus.NOT_GIVEN:
        return _("not injected: %(reason)s") % {"reason": row.not_given_reason}
    if row.status == InjectionStatus.PLANNED:
        return _("planned, not given")
    if row.syringe_id is None:
        return joined(", ", _("dry needle"), _sites(row))
    volume = row.given_volume_ul
    words = [_dose(dose) for dose in doses if dose.kind is not AgentKind.INERT]
    if any(dose.kind is AgentKind.INERT for dose in doses) and not words:
        words = [_("saline")]
    if volume is not None:
        words.append(_("in %(volume)s") % {"volume": amounts.format_ml(volume)})
    return joined(", ", *(words or [_("amount not known")]), _sites(row))


def _sites(row: Injection) -> str:
    if row.sites < 2:
        return ""
    return ngettext("%(count)d site", "%(count)d sites", row.sites) % {"count": row.sites}


def _dose(dose: dosing.Dose) -> str:
    name = str(knowledge().name(dose.agent))
    if dose.kind is AgentKind.BOTULINUM_TOXIN:
        amount = None if dose.units_centi is None else amounts.format_units(dose.units_centi)
    else:
        amount = None if dose.ug is None else amounts.format_mg(dose.ug)
    with_it = _("with epinephrine") if dose.epinephrine_ng else ""
    return joined(" ", name, amount or _("(amount not known)"), with_it)


def _sums(doses: Sequence[dosing.Dose]) -> str:
    """Each drug added up; one whose amount nobody knows has no sum."""
    sums: dict[tuple[str, bool], list[Fraction | None]] = {}
    for dose in doses:
        if dose.kind is AgentKind.INERT:
            continue
        in_units = dose.kind is AgentKind.BOTULINUM_TOXIN
        sums.setdefault((dose.agent, in_units), []).append(
            dose.units_centi if in_units else dose.ug
        )
    words = []
    for (agent, in_units), parts in sums.items():
        known = [part for part in parts if part is not None]
        whole = sum(known, Fraction(0))
        amount = amounts.format_units(whole) if in_units else amounts.format_mg(whole)
        whole_is_known = len(known) == len(parts)
        words.append(
            joined(
                " ",
                said(knowledge().name(agent)),
                said(amount) if whole_is_known else _("(amount not known)"),
            )
        )
    return joined("; ", *words)


def _guided(rows: Sequence[Injection]) -> str:
    """Which needles went in, and how they were guided, each kind once."""
    kinds: dict[str, None] = {}
    for row in rows:
        if row.status != InjectionStatus.GIVEN or not row.needle_gauge:
            continue
        length = amounts.format_mm(row.needle_um) if row.needle_um else ""
        kinds[joined(" ", f"{row.needle_gauge} G", length, worded(row.guidance))] = None
    return joined("; ", *kinds)


def _response(given: Sequence[Injection], watch: Recovery | None, visit: Visit) -> Section:
    at_once = [
        joined(": ", place(row.muscle, row.side), _fell(row.pain_before, row.pain_after))
        for row in given
        if row.pain_before is not None and row.pain_after is not None
    ]
    before = visit.encounter.pain_now
    later = watch.pain_at_30_min if watch is not None else None
    twitched = sum(bool(row.twitch) for row in given)
    lines = [
        (_("Pain 0–10 at the needle"), joined("; ", *at_once)),
        (
            _("Pain 0–10 before and half an hour after"),
            _fell(before, later) if later is not None else "",
        ),
        (
            _("Local twitch"),
            ngettext("in %(count)d place", "in %(count)d places", twitched) % {"count": twitched}
            if twitched
            else "",
        ),
        (_("Tolerated"), worded(watch.tolerated) if watch is not None else ""),
    ]
    return Section(title=_("Immediate response"), lines=kept(lines))


def _fell(before: int | None, after: int | None) -> str:
    """Two scores in words: an arrow would point the other way in a line from right to left."""
    ends = [_("not asked") if score is None else str(score) for score in (before, after)]
    return _("%(before)s, then %(after)s") % {"before": ends[0], "after": ends[1]}


def _complications(
    procedure: Procedure, rows: Sequence[Injection], watch: Recovery | None
) -> Section:
    if procedure.status == ProcedureStatus.NOT_DONE:
        return Section(title=_("Complications"))
    lines = [(place(row.muscle, row.side), row.complication) for row in rows if row.complication]
    if watch is not None:
        lines += [
            (_("Signs of toxicity"), watch.toxicity_symptoms),
            (_("Chest"), watch.chest_symptoms),
            (_("Weakness"), watch.weakness),
            (_("Left before the time"), watch.left_early_reason),
        ]
    lines += [
        (_("Incident"), event.words)
        for event in procedure.adverse_events.order_by("recorded_at")
    ]  # fmt: skip
    told = list(kept(lines))
    if not any(label != _("Left before the time") for label, _words in told):
        told.insert(0, ("", _none(watch)))
    return Section(title=_("Complications"), lines=tuple(told))


def _none(watch: Recovery | None) -> str:
    """ "None" is said only where somebody asked."""
    if watch is None or not watch.symptoms_asked:
        return _("None written down; nobody asked the patient before they left.")
    return _("None. Asked before leaving: signs of toxicity, chest, weakness.")


def _told(procedure: Procedure) -> Section:
    consent = procedures.standing_consent(procedure) or procedures.latest_consent(procedure)
    if consent is None:
        return Section(
            title=_("What the patient was told"), lines=((_("Consent"), _("not recorded")),)
        )
    lines = [
        (_("Consent"), joined(", ", worded(consent.status), decider(consent),
                              when(consent.taken_at))),
        (_("Risks named"), listed("; ", map(said, consent.risks_named))),
        (_("Outside the label"), _("named") if consent.off_label_named else ""),
        (_("Alternatives"), _("talked over, doing nothing included")
         if consent.alternatives_discussed else ""),
        (_("Interpreter"), consent.interpreter),
    ]  # fmt: skip
    return Section(title=_("What the patient was told"), lines=kept(lines))


def _watch_for(procedure: Procedure, review: Review) -> Section:
    """What the patient's own leaflet says is urgent after this sitting."""
    given = review.facts.session.planned.injections
    if procedure.status == ProcedureStatus.NOT_DONE or not given:
        return Section(title="")
    language = Language.ARABIC if get_language() == "ar" else Language.ENGLISH
    here = centre.current()
    ring = Telephones(
        emergency=here.emergency_number if here else "",
        out_of_hours=here.out_of_hours_number if here else "",
    )
    told = compose(Part.AFTER, review.facts.session, language=language, ring=ring)
    return Section(
        title=_("What the leaflet says to watch for"),
        lines=tuple(("", line.words) for part in told if part.id == "emergency"
                    for line in part.lines),
    )  # fmt: skip


def _next(procedure: Procedure) -> Section:
    lines = [
        (_("Steroid because"), procedure.steroid_reason),
        (_("Plan"), procedure.plan_note),
        (_("Aftercare and follow-up"), procedure.aftercare_note),
    ]
    return Section(title=_("What comes next"), lines=kept(lines))


def _ring() -> Section:
    here = centre.current()
    if here is None:
        return Section(title="")
    return Section(
        title=_("Whom to ring"),
        lines=kept(
            [
                (_("Emergency"), here.emergency_number),
                (_("Out of hours"), here.out_of_hours_number),
            ]
        ),
    )


def as_text(letter: Letter) -> str:
    """The letter as plain text, to paste into a message; no tabs, 78 columns."""
    out = [
        *letter.sender,
        letter.on,
        "",
        *letter.to,
        "",
        *(f"{label}: {words}" for label, words in letter.who),
    ]
    if letter.notice:
        out += ["", fill(letter.notice, WIDTH)]
    for section in letter.sections:
        out += ["", section.title.upper()]
        out += [
            fill(f"{label}: {words}" if label else f"- {words}", WIDTH, subsequent_indent="  ")
            for label, words in section.lines
        ]
        out += [
            fill("- " + "; ".join(cell for cell in row if cell), WIDTH, subsequent_indent="  ")
            for row in section.rows
        ]
    return plain("\n".join([*out, "", letter.signed, ""]))
