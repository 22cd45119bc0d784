"""One day's lines as a whiteboard shows them: words, beads, bars and buttons for each row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from tautband.accounts.access import Permission
from tautband.clinic.day_row import Row, beads
from tautband.clinical.amounts import format_strength, format_units
from tautband.clinical.anatomy import muscle as find_muscle
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import ProcedureStatus, Step, step_of
from tautband.clinical.terms import AgentKind, Side
from tautband.clinical.words import lowered
from tautband.design.icons import icon_svg
from tautband.design.languages import apart, listed, piece, said
from tautband.design.parts import wait_bar
from tautband.errors import Refused
from tautband.records.models.vocabulary import AppointmentStatus
from tautband.records.patient_facts import age_on
from tautband.records.queries.day import DayLine, OpenLot, PlanSummary, Thinner

GROUPS = ("waiting", "rooms", "observed", "to-come", "done")
LONG_WAIT_MINUTES = 30
_STEPS = {step: index for index, step in enumerate(Step)}
_ZERO = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Somebody under observation, and until when."""

    at: str
    name: str
    url: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot open today, worded."""

    lot: str
    product: str
    expiry: str
    is_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of the patients of the day that should be seen before they come in."""

    thinners: Mapping[UUID, Thinner] = field(default_factory=dict)
    not_before: Mapping[UUID, date] = field(default_factory=dict)


def _urls(name: str) -> tuple[str, str]:
    # Reversing 600 addresses one by one costs more than all of the rest of the page.
    before, after = reverse(name, args=[_ZERO]).split(str(_ZERO))
    return before, after


class Board:
    """Draws the lines of one day for one person."""

    def __init__(
        self,
        *,
        day: date,
        now: datetime,
        zone: ZoneInfo,
        permissions: frozenset[Permission],
        person_id: UUID,
        plans: Mapping[UUID, PlanSummary],
        hints: Hints,
    ) -> None:
        self.day, self.now, self.zone = day, now, zone
        self.is_today = now.astimezone(zone).date() == day
        self.person_id = person_id
        self.sees_record = Permission.VIEW_RECORD in permissions
        self.sees_patient = Permission.VIEW_PATIENT in permissions
        self.receives = Permission.RECEIVE in permissions
        self.books = Permission.BOOK in permissions
        self.plans, self.hints = plans, hints
        self.patient = _urls("clinic:patient")
        self.session = _urls("clinic:session")
        self.arrived = _urls("clinic:receive")
        self.missed = _urls("clinic:did_not_attend")
        self.booking = _urls("clinic:appointment")
        self.book_again = _urls("clinic:appointment_new")
        # The same thirty words are said 300 times, and each asking of gettext costs 5 µs.
        self.say, self.say_plural, self.said = cache(gettext), cache(ngettext), cache(said)
        # What stands around a number that keeps its order in a line from right to left.
        self.apart = apart("\0").split("\0")
        _ = self.say
        self.words = {
            Step.ARRIVE: _("Arrived"),
            Step.ASK: _("Identified"),
            Step.ASSESS: _("Asked"),
            Step.PLAN: _("Assessed"),
            Step.CONSENT: _("Planned"),
            Step.TIME_OUT: _("Consented"),
            Step.INJECT: _("Timed out"),
            Step.OBSERVE: _("Observed"),
            Step.SIGN: _("To sign"),
        }
        self.years = pgettext("age in years", "y")
        self.minutes = _("min")
        self.scale = icon_svg("speedometer2")
        self.drop = icon_svg("droplet")
        self.calendar = icon_svg("calendar-x")
        self.speech = icon_svg("translate")
        self.absent = icon_svg("person-x")
        self._mine_is_marked = False
        self._ages: dict[date, int] = {}

    def rows(self, lines: Sequence[DayLine]) -> list[Row]:
        """Every line, drawn."""
        return [self._visit(line) if line.procedure_id else self._booking(line) for line in lines]

    def _clock(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{local.hour:02}:{local.minute:02}"

    def _who(self, line: DayLine) -> str:
        age = self._ages.get(line.born_on)
        if age is None:
            age = self._ages[line.born_on] = age_on(line.born_on, self.day)
        opened, ended = self.apart
        return f"{age} {self.years} · {opened}{line.number}{ended}"

    def _name_url(self, line: DayLine) -> str:
        if not self.sees_patient:
            return ""
        return f"{self.patient[0]}{line.patient_id}{self.patient[1]}"

    def _booking(self, line: DayLine) -> Row:
        _ = self.say
        missed = line.appointment_status == AppointmentStatus.DID_NOT_ATTEND
        row = Row(
            key=line.appointment_id, at=line.at, time=self._clock(line.at),
            group="done" if missed else "to-come",
            css="done" if missed else "", name=f"{line.given_name} {line.family_name}".strip(),
            name_url=self._name_url(line), who=self._who(line), plan=line.reason,
            region=line.region, beads=beads(0, now=False),
            state=_("Did not attend") if missed else _("Booked"), hints=[], wait="", wait_css="",
            wait_bar=SafeString(""), where=line.room, clinician=line.clinician,
        )  # fmt: skip
        key = line.appointment_id
        if missed:
            if self.books:
                url = f"{self.book_again[0]}{line.patient_id}{self.book_again[1]}"
                row.link = (url, _("Book again"))
            return row
        row.hints = self._hints(line)
        if self.books:
            row.time_url = f"{self.booking[0]}{key}{self.booking[1]}"
            if line.at < self.now:
                url = f"{self.missed[0]}{key}{self.missed[1]}"
                row.buttons.append((url, _("Did not attend"), self.absent))
        if self.receives and self.is_today:
            url = f"{self.arrived[0]}{key}{self.arrived[1]}"
            row.buttons.insert(0, (url, _("Arrived"), SafeString("")))
        return row

    def _visit(self, line: DayLine) -> Row:
        _ = self.say
        progress = step_of(line.milestones)
        step = progress.current
        is_over = step is None or line.procedure_status == ProcedureStatus.NOT_DONE
        plan = self.plans.get(line.procedure_id) if line.procedure_id else None
        row = Row(
            key=line.procedure_id, at=line.at, time=self._clock(line.at), group="done",
            css="done" if is_over else "",
            name=f"{line.given_name} {line.family_name}".strip(), name_url=self._name_url(line),
            who=self._who(line), plan=self._plan_words(plan) or line.reason, region=line.region,
            beads=beads(_STEPS[step] if step else len(Step), now=not is_over),
            state=_("Signed") if step is None else self.words[step], hints=[], wait="",
            wait_css="", wait_bar=SafeString(""), where=line.room or _("Waiting"),
            clinician=line.clinician,
        )  # fmt: skip
        if self.sees_record or (self.receives and step is Step.ARRIVE):
            words = _("Session") if self.sees_record else _("Identify")
            row.link = (f"{self.session[0]}{line.procedure_id}{self.session[1]}", words)
        if is_over:
            if step is not None:
                row.state = _("Not injected")
            row.where = "—"
            return row
        if line.milestones.injected:
            row.group = "observed"
            row.where = line.room or _("Recovery")
            if line.observe_until is not None:
                until = self._clock(line.observe_until)
                row.hints.append((SafeString(""), _("Until %(time)s") % {"time": until}))
            return row
        if line.milestones.injecting:
            row.group = "rooms"
            row.state = _("Injecting")
            if plan is not None:
                row.hints.append((SafeString(""), self._given_words(plan)))
            return row
        row.group = "rooms" if line.room else "waiting"
        row.hints = self._hints(line)
        self._show_wait(row, line)
        if line.clinician_id == self.person_id and not self._mine_is_marked:
            row.css, self._mine_is_marked = "me", True
        return row

    def _show_wait(self, row: Row, line: DayLine) -> None:
        if not self.is_today or line.arrived_at is None:
            return
        minutes = max(0, int((self.now - line.arrived_at).total_seconds() // 60))
        row.wait = f"{minutes}\u00a0{self.minutes}"
        if minutes >= 120:
            row.wait = f"{minutes // 60}\u00a0h {minutes % 60}\u00a0{self.minutes}"
        row.wait_css = "wait long" if minutes >= LONG_WAIT_MINUTES else "wait"
        row.wait_bar = wait_bar(min(minutes, 60))

    def _hints(self, line: DayLine) -> list[tuple[SafeString, str]]:
        _ = self.say
        hints = []
        if self.sees_record:
            if line.arrived_at is not None and not line.weighed:
                hints.append((self.scale, _("Weigh first")))
            thinner = self.hints.thinners.get(line.patient_id)
            if thinner is not None and not line.milestones.asked:
                words = (
                    _("%(medicine)s: INR to enter")
                    if thinner.by_inr
                    else _("%(medicine)s: ask for the last dose")
                )
                hints.append((self.drop, words % {"medicine": piece(thinner.name)}))
            ends = self.hints.not_before.get(line.patient_id)
            if ends is not None and ends > self.day and not line.milestones.planned:
                words = _("Botulinum toxin not before %(day)s")
                hints.append((self.calendar, words % {"day": date_format(ends, "j M")}))
        if line.interpreter:
            words = _("Interpreter, %(language)s") % {"language": line.interpreter}
            hints.append((self.speech, words))
        return hints

    def _given_words(self, plan: PlanSummary) -> str:
        _ = self.say
        return _("%(given)s of %(rows)s given") % {"given": plan.given, "rows": plan.rows}

    def _plan_words(self, plan: PlanSummary | None) -> str:
        if plan is None or not plan.rows or not self.sees_record:
            return ""
        _ = self.say
        agents = knowledge().agents
        named = [agents[key] for key in plan.agents if key in agents]
        active = [agent for agent in named if agent.kind is not AgentKind.INERT] or named
        drug = (
            " + ".join(self.said(agent.name) for agent in active) if active else _("Dry needling")
        )
        if plan.units_centi and any(a.kind is AgentKind.BOTULINUM_TOXIN for a in active):
            return listed(", ", (drug, format_units(plan.units_centi)))
        if plan.one_muscle and plan.one_side:
            where = f"{_muscle_name(plan.one_muscle)} {side_word(plan.one_side)}"
            return listed(", ", (drug, where))
        muscles = self.say_plural("%(count)s muscle", "%(count)s muscles", plan.muscles)
        return listed(", ", (drug, muscles % {"count": plan.muscles}))

    def checks(self, lines: Sequence[DayLine]) -> list[Check]:
        """Who is under observation, the next to leave first."""
        watched = sorted(
            ((line.observe_until, line) for line in lines if line.observe_until is not None),
            key=lambda pair: pair[0],
        )
        return [
            Check(
                at=self._clock(until),
                name=f"{line.given_name} {line.family_name}".strip(),
                url=f"{self.session[0]}{line.procedure_id}{self.session[1]}",
                is_over=until <= self.now,
            )
            for until, line in watched
        ]


def _muscle_name(muscle_id: str) -> str:
    try:
        return said(lowered(find_muscle(muscle_id).name_en))
    except Refused:
        # An older record may name a muscle that the table no longer has.
        return muscle_id


def side_word(side: str) -> str:
    """The patient's side in words, none for the midline."""
    return {
        Side.LEFT: pgettext("side of the body", "left"),
        Side.RIGHT: pgettext("side of the body", "right"),
    }.get(Side(side), "")


def lots_in_words(lots: Sequence[OpenLot], *, day: date) -> list[Lot]:
    """The lots of the day: which, of what, until when."""
    agents = knowledge().agents
    worded = []
    for lot in lots:
        agent = agents.get(lot.agent)
        name = apart(lot.product) or (said(agent.name) if agent else lot.agent)
        if lot.concentration_ug_per_ml and not lot.product:
            name = f"{name} {said(format_strength(lot.concentration_ug_per_ml))}"
        expiry = date_format(lot.expires_on, "m/Y") if lot.expires_on else ""
        worded.append(
            Lot(
                lot=lot.lot,
                product=name,
                expiry=expiry,
                is_expired=lot.expires_on is not None and lot.expires_on < day,
            )
        )
    return worded


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows each filter would show."""
    counted = Counter(row.group for row in rows)
    return {"all": len(rows), **{group: counted[group] for group in GROUPS}}
