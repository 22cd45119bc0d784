"""The parts of a procedure note about the visit: what was said, found, agreed and judged."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import get_language_bidi, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from tautband.clinic.forms.sessions import IDENTIFIER_WORDS
from tautband.clinical import amounts, anatomy, ask
from tautband.clinical.findings import LedgerLine, RuleAnswer, Severity
from tautband.clinical.terms import Answer
from tautband.design.languages import apart, listed, said, worded
from tautband.records.checks import Review
from tautband.records.models import Consent, Encounter, Procedure, TimeOut, TriggerPoint
from tautband.records.models.vocabulary import Decider
from tautband.records.queries import procedures
from tautband.records.signed import Visit

SEVERITY_WORDS = {
    Severity.CRITICAL: gettext_lazy("Critical"),
    Severity.WARNING: gettext_lazy("Warning"),
    Severity.INFO: gettext_lazy("Info"),
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the note: labelled lines, and a table where there is one."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def when(at: datetime | None) -> str:
    """Day and time at the centre; nothing when unknown."""
    if at is None:
        return ""
    return formats.date_format(timezone.localtime(at), "j M Y, H:i")


def history(visit: Visit) -> Section:
    """Why the patient came, how bad it is, what was tried."""
    e = visit.encounter
    pain = _scores(
        (_("now"), e.pain_now),
        (_("average of the past week"), e.pain_average),
        (_("worst of the past week"), e.pain_worst),
    )
    peg = _scores(
        (_("pain"), e.peg_pain),
        (_("enjoyment"), e.peg_enjoyment),
        (_("activity"), e.peg_activity),
    )
    lines = [
        (_("Identified by"), _identified(e)),
        (_("Came for"), e.reason),
        (_("Pain 0–10"), pain),
        ("PEG", peg),
        (_("Onset"), e.onset),
        (_("Pattern"), e.pattern),
        (_("Tried"), e.tried),
        (_("Diagnoses"), listed("; ", (d.get("text", "") for d in e.diagnoses))),
    ]
    return Section(title=_("History"), lines=kept(lines))


def _identified(encounter: Encounter) -> str:
    """Which two things the patient said, to whom and when."""
    if encounter.identity_checked_at is None:
        return _("not recorded")
    by = encounter.identity_checked_by
    return joined(
        "; ", identifier_words(encounter.identifiers_checked),
        joined(", ", by.full_name if by else "", when(encounter.identity_checked_at)),
    )  # fmt: skip


def identifier_words(names: Iterable[str]) -> str:
    """The identifiers in words."""
    return listed(", ", (str(IDENTIFIER_WORDS.get(name, name)).lower() for name in names))


def _scores(*pairs: tuple[str, int | None]) -> str:
    return listed(", ", (f"{name} {value}" for name, value in pairs if value is not None))


def kept(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The lines that say something."""
    return tuple((label, words) for label, words in lines if words)


def today(visit: Visit) -> Section:
    """What today's questions brought, the plain "no" answers in one line."""
    questions = {question.id: question for question in ask.questions()}
    told: dict[str, list[str]] = {Answer.YES: [], Answer.UNKNOWN: []}
    for row in visit.answers:
        if row.answer not in told or row.question not in questions:
            continue
        name = worded(row.question)
        details = _details(questions[row.question], row.details)
        told[row.answer].append(f"{name} ({details})" if details else name)
    asked = visit.encounter.asked_at is not None
    lines = [
        (_("Yes"), listed("; ", told[Answer.YES])),
        (_("Unknown"), listed("; ", told[Answer.UNKNOWN])),
        (_("All others"), _("asked, no") if asked else _("not asked")),
    ]
    return Section(title=_("Asked today"), lines=kept(lines))


def _details(question: ask.Question, told: Mapping[str, str]) -> str:
    """What was said besides yes, each with the label it was asked under."""
    words = []
    for detail in question.details:
        if value := told.get(detail.name):
            # 'How much, or "unknown"' was for whoever asked.
            label = re.split("[,،]", said(detail.label))[0]
            amount = apart(f"{_as_said(detail, value)} {said(detail.unit)}".strip())
            words.append(f"{label[:1].lower()}{label[1:]}: {amount}")
    return listed(", ", words)


def _as_said(detail: ask.Detail, value: str) -> str:
    """A choice of ours in the reader's language; what was typed as it was typed."""
    return said(value) if value in detail.choices else value


def place(muscle: str, side: str) -> str:
    """A muscle and its side in words, the side first: "Right upper trapezius"."""
    words = {
        "left": pgettext("side of the body", "Left"),
        "right": pgettext("side of the body", "Right"),
        "midline": pgettext("side of the body", "Midline"),
    }[side]
    name = anatomy.muscle(muscle).name_en
    if get_language_bidi():
        return f"{said(name)} ({words})"
    return f"{words} {name[:1].lower()}{name[1:]}"


def _point(point: TriggerPoint) -> tuple[str, ...]:
    kind = {True: _("active"), False: _("latent"), None: ""}[point.is_active]
    signs = {
        _("taut band"): point.taut_band,
        _("tender spot"): point.tender_spot,
        _("pain the patient knows"): point.recognised_pain,
        _("referred pain"): point.referred_pain,
        _("twitch"): point.twitch,
    }
    found = [name for name, value in signs.items() if value]
    absent = [_("no %(sign)s") % {"sign": name} for name, value in signs.items() if value is False]
    readings = listed(", ", (f"{r / 10:g}" for r in point.pressure_readings))
    threshold = _("threshold %(values)s kg/cm²") % {"values": readings} if readings else ""
    return (
        place(point.muscle, point.side), kind,
        joined(", ", *found, *absent, threshold, point.note),
    )  # fmt: skip


def points(visit: Visit) -> Section:
    """Trigger points and range of motion."""
    motions = [
        (
            listed(", ", (motion.movement, worded(motion.side))),
            " → ".join(
                f"{value}°" for value in (motion.before_deg, motion.after_deg) if value is not None
            ),
        )
        for motion in visit.motions
    ]
    return Section(
        title=_("Trigger points"),
        head=("", "", ""),
        rows=tuple(_point(point) for point in visit.points),
        lines=kept(motions),
    )


def consent(procedure: Procedure) -> Section:
    """What was agreed, and the time-out."""
    consent = procedures.standing_consent(procedure) or procedures.latest_consent(procedure)
    time_out = procedures.latest_time_out(procedure)
    lines: list[tuple[str, str]] = []
    if consent is None:
        lines.append((_("Consent"), _("not recorded")))
    else:
        lines += _consent_lines(consent)
    if time_out is not None:
        lines += [
            (_("Time-out"), joined(", ", when(time_out.taken_at), time_out.taken_by.full_name)),
            (_("Heard by"), time_out.witness.full_name if time_out.witness else ""),
            (_("Read back"), _read_back(time_out)),
        ]
    elif procedure.started_at is not None:
        lines.append((_("Time-out"), _("not recorded")))
    return Section(title=_("Consent and time-out"), lines=kept(lines))


def decider(consent: Consent) -> str:
    """Who decided: the patient, or somebody with the authority to."""
    if consent.given_by == Decider.PROXY:
        return joined(", ", consent.proxy_name, consent.proxy_authority)
    return _("the patient")


def _consent_lines(consent: Consent) -> list[tuple[str, str]]:
    status, at = worded(consent.status), when(consent.taken_at)
    ended = joined(": ", when(consent.ended_at), consent.ended_reason)
    can = {True: _("can decide this"), False: _("cannot decide this"), None: _("not said")}
    return [
        (_("Consent"), joined(", ", status, worded(consent.mode), decider(consent), at)),
        (_("Taken by"), consent.taken_by.full_name),
        (_("The patient"), can[consent.has_capacity]),
        (_("Named"), listed("; ", map(said, consent.risks_named))),
        (
            _("Alternatives"),
            _("talked over, doing nothing included")
            if consent.alternatives_discussed
            else _("not talked over"),
        ),
        (_("Outside the label"), _("named") if consent.off_label_named else ""),
        (_("Trainee"), _("takes part, and was named") if consent.trainee_named else ""),
        (_("Interpreter"), consent.interpreter),
        (_("Chaperone"), consent.chaperone),
        (_("Ended"), ended),
        (_("Note"), consent.note),
    ]


def _read_back(time_out: TimeOut) -> str:
    read = {
        _("muscles and sides"): time_out.sides_read_back,
        _("syringe labels"): time_out.labels_checked,
        _("allergies"): time_out.allergies_read_back,
        _("resuscitation equipment present"): time_out.resuscitation_ready,
        _("lipid present and in date"): time_out.lipid_in_date,
    }
    identified = identifier_words(time_out.identifiers_checked)
    left = [_("not: %(what)s") % {"what": what} for what, done in read.items() if not done]
    return joined("; ", identified, *[what for what, done in read.items() if done], *left)


def totals(review: Review) -> Section:
    """The ledger, with each limit's source."""
    return Section(
        title=_("Totals against limits"),
        lines=tuple(
            (said(line.label), joined("; ", said(line.detail), said(line.left), _limit(line)))
            for line in review.check.ledger
        ),
    )  # fmt: skip


def safety(procedure: Procedure, review: Review) -> Section:
    """What the rules said, how it was answered, which incidents are open."""
    lines = []
    for each in review.findings:
        kind = (
            _("Cannot tell")
            if each.finding.answer is RuleAnswer.CANNOT_TELL
            else SEVERITY_WORDS[Severity(str(each.finding.severity))]
        )
        answer = ""
        if each.response is not None:
            words = f": {each.response.words}" if each.response.words else ""
            answer = f" [{worded(each.response.kind)}{words}]"
        lines.append((str(kind), f"{said(each.finding.words)}{answer}"))
    for event in procedure.adverse_events.order_by("recorded_at"):
        lines.append((_("Incident"), f"{said(event.words)} ({worded(event.status)})"))
    return Section(title=_("Safety findings"), lines=tuple(lines))  # fmt: skip


def _limit(line: LedgerLine) -> str:
    return f"{said(line.limit_words)} ({apart(line.source.cite)})"


def joined(between: str, *parts: str) -> str:
    """The parts that say something, in one text."""
    return listed(between, parts)


def plan(procedure: Procedure) -> Section:
    """Reasons and what comes next."""
    lines: Sequence[tuple[str, str]] = [
        (_("Limit lowered"), _lowered(procedure)),
        (_("Steroid because"), procedure.steroid_reason),
        (_("Plan"), procedure.plan_note),
        (_("Aftercare and next"), procedure.aftercare_note),
    ]
    return Section(title=_("Plan"), lines=kept(lines))


def _lowered(procedure: Procedure) -> str:
    """What less than the label's maximum was decided on."""
    percent, weight_g = procedure.ceiling_percent, procedure.dosing_weight_g
    return joined(
        "; ",
        _("local anaesthetic to %(percent)s %%") % {"percent": percent} if percent else "",
        _("reckoned on %(weight)s") % {"weight": said(amounts.format_kg(weight_g))}
        if weight_g
        else "",
    )
