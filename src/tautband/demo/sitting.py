"""One visit, walked step by step through the product's own actions, as far as wanted."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tautband.clinical import ask
from tautband.clinical.findings import Gate
from tautband.clinical.lifecycle import Step
from tautband.clinical.risks import Risk, risks_of
from tautband.clinical.terms import Answer
from tautband.demo import plans
from tautband.demo.clock import Clock
from tautband.demo.plans import Plan
from tautband.demo.visit import Visit
from tautband.errors import Refused
from tautband.records import checks
from tautband.records.actions import (
    assessments,
    chart,
    consents,
    encounters,
    findings,
    injections,
    procedures,
    recoveries,
    signatures,
    syringes,
    time_outs,
)
from tautband.records.actions.encounters import AskedToday
from tautband.records.actions.injections import Given
from tautband.records.actions.rows import Row
from tautband.records.facts import Basis, facts_of
from tautband.records.models import Injection, Procedure, Recovery, Syringe
from tautband.records.queries import centre
from tautband.records.queries import procedures as sittings

STEPS = tuple(Step)
# Kept because reading the facts of 170 plans anew would cost a tenth of the loading time.
_risks_of_plan: dict[tuple[Plan, str, bool], Sequence[Risk]] = {}


class Walk:
    """A visit under way; each method is one step of the care path."""

    def __init__(self, visit: Visit, procedure: Procedure, clock: Clock) -> None:
        self.visit, self.clock = visit, clock
        self.id: UUID = procedure.pk
        self.rows: list[Injection] = []
        self.syringe: Syringe | None = None
        self.early = ""

    def run(self) -> None:
        """Take every step before the one at which the visit stands."""
        doing: dict[Step, Callable[[], None]] = {
            Step.ARRIVE: self.arrive, Step.ASK: self.ask, Step.ASSESS: self.assess,
            Step.PLAN: self.plan, Step.CONSENT: self.consent, Step.TIME_OUT: self.time_out,
            Step.INJECT: self.inject, Step.OBSERVE: self.observe, Step.SIGN: self.sign,
        }  # fmt: skip
        for step in STEPS:
            if step is self.visit.until:
                break
            if self.visit.written_up_later and step in {Step.CONSENT, Step.TIME_OUT}:
                continue
            doing[step]()
            if self.visit.cancelled and step is Step.ASK:
                self.call_off()
                return
        if self.visit.until is Step.PLAN:
            self.draw_up()
            self.put_rows()
        if self.visit.until is Step.INJECT and self.visit.given is not None:
            self.start()
            self.give(self.rows[: self.visit.given])

    def _wait(self, minutes: float) -> None:
        self.clock.wait(minutes * self.visit.pace)

    # ── before the needle ─────────────────────────────────────────────────────────────────────

    def arrive(self) -> None:
        """Two identifiers, said openly."""
        self._wait(1)
        encounters.confirm_identity(
            procedure_id=self.id, identifiers=("name", "born_on"), actor=self.visit.desk
        )

    def ask(self) -> None:
        """The scale, and today's questions."""
        visit = self.visit
        self._wait(1)
        if visit.weight_g is not None:
            shown = f"{visit.weight_g / 1000:g} kg"
            weight = chart.record_weight(
                patient_id=visit.patient.pk, weight_g=visit.weight_g, as_entered=shown,
                measured_on=self._local().date(), measured_at=self.clock.at, actor=visit.nurse,
            )  # fmt: skip
            encounters.accept_weight(
                procedure_id=self.id, measurement_id=weight.pk, actor=visit.nurse
            )
        self._wait(2)
        encounters.answer_questions(
            procedure_id=self.id,
            answers={
                question.id: AskedToday(answer=Answer.YES, details=visit.answers[question.id])
                if question.id in visit.answers
                else AskedToday(answer=Answer.NO)
                for question in ask.questions()
            },
            actor=visit.nurse,
        )

    def _local(self) -> datetime:
        return self.clock.at.astimezone(centre.zone())

    def assess(self) -> None:
        """Pain, function, and the spots that were found."""
        visit, pain = self.visit, self.visit.pain
        self._wait(4)
        assessments.assess(
            procedure_id=self.id,
            assessment=assessments.Assessment(
                pain_now=pain.now, pain_average=pain.average, pain_worst=pain.worst,
                peg_pain=pain.peg[0], peg_enjoyment=pain.peg[1], peg_activity=pain.peg[2],
                onset=visit.plan.onset, pattern=visit.plan.pattern,
                tried="Exercises, heat, paracetamol",
                diagnoses=[_diagnosis(visit.plan)],
            ),
            actor=visit.clinician,
        )  # fmt: skip
        for number, row in enumerate(self._planned_rows(None)[:2]):
            self._wait(0.5)
            assessments.add_trigger_point(
                procedure_id=self.id,
                spot=assessments.Spot(
                    muscle=row.muscle, side=row.side, is_active=number == 0, taut_band=True,
                    tender_spot=True, referred_pain=number == 0, recognised_pain=True,
                    twitch=None,
                    pressure_readings_tenth=(14 + visit.jitter % 9, 15 + visit.jitter % 9),
                ),
                actor=visit.clinician,
            )  # fmt: skip

    def _planned_rows(self, syringe: Syringe | None) -> Sequence[Row]:
        if self.visit.rows is not None:
            key = syringe.pk if syringe else None
            return [replace(row, syringe_id=key) for row in self.visit.rows]
        return plans.rows_of(
            self.visit.plan, side=self.visit.side, syringe=syringe, jitter=self.visit.jitter
        )

    def draw_up(self) -> None:
        """The nurse draws up, the clinician reads the label."""
        visit = self.visit
        tray = visit.tray or plans.drawn(visit.plan, day=self._local().date())
        if not tray:
            return
        if visit.expired_lot:
            past = self._local().date() - timedelta(days=20)
            tray = [replace(each, expires_on=past) for each in tray]
        self._wait(2)
        self.syringe = syringes.draw_up(
            procedure_id=self.id, ingredients=tray, actor=visit.nurse,
            reconstituted_at=plans.made_up_at(visit.plan, at=self._local()),
        )  # fmt: skip
        self._wait(1)
        syringes.check(procedure_id=self.id, syringe_id=self.syringe.pk, actor=visit.clinician)

    def put_rows(self) -> None:
        """The rows of the plan."""
        for row in self._planned_rows(self.syringe):
            self._wait(0.5)
            self.rows.append(
                injections.add(procedure_id=self.id, row=row, actor=self.visit.clinician)
            )

    def plan(self) -> None:
        """Tray and rows, every warning read, and the plan settled."""
        visit = self.visit
        self.draw_up()
        self.put_rows()
        if visit.plan.steroid_reason:
            procedures.set_plan_words(
                procedure_id=self.id, steroid_reason=visit.plan.steroid_reason, plan_note="",
                actor=visit.clinician,
            )  # fmt: skip
        self._wait(1)
        if visit.written_up_later:
            return
        try:
            procedures.authorise(procedure_id=self.id, actor=visit.clinician)
        except procedures.UnsafePlan:
            raise
        except Refused:
            # Warnings wait: they are read and acknowledged one by one, as on the page.
            self._acknowledge()
            procedures.authorise(procedure_id=self.id, actor=visit.clinician)

    def _acknowledge(self) -> None:
        review = checks.review(sittings.find(self.id), basis=Basis.PLAN, now=self.clock.at)
        for each in review.waiting([Gate.PLAN, Gate.TIME_OUT]):
            self._wait(0.2)
            findings.acknowledge(
                procedure_id=self.id, fingerprint=each.fingerprint, actor=self.visit.clinician
            )

    def consent(self) -> None:
        """Asked, with the risks of this very plan, and agreed."""
        visit = self.visit
        self._wait(3)
        risks = self._risks()
        consents.take(
            procedure_id=self.id,
            asked=consents.Asked(
                agreed=True, given_by="patient", has_capacity=True, mode="verbal",
                alternatives_discussed=True, risks_named=[risk.words for risk in risks],
                off_label_named=True if any(r.when == "off-label" for r in risks) else None,
                trainee_named=visit.supervisor is not None,
                interpreter=visit.interpreter or self._no_interpreter(),
                chaperone=self._chaperone(),
            ),
            actor=visit.clinician,
        )  # fmt: skip

    def _no_interpreter(self) -> str:
        return "None wanted" if self.visit.patient.interpreter_language else ""

    def _chaperone(self) -> str:
        """The nurse, where a muscle asks for one."""
        asks = any(row.muscle in sittings.INTIMATE for row in self.rows)
        return self.visit.nurse.full_name if asks else ""

    def _risks(self) -> Sequence[Risk]:
        """The risks of the plan; the same plan for the same reasons names the same."""
        visit = self.visit
        key = (visit.plan, visit.side, "anticoagulant" in visit.answers)
        if visit.rows is not None or key not in _risks_of_plan:
            facts = facts_of(sittings.find(self.id), basis=Basis.PLAN, now=self.clock.at)
            if visit.rows is not None:
                return risks_of(facts.session)
            _risks_of_plan[key] = risks_of(facts.session)
        return _risks_of_plan[key]

    def time_out(self) -> None:
        """Read back aloud; what the rules only ask at the time-out is acknowledged first."""
        self._wait(2)
        try:
            self._read_back()
        except procedures.UnsafePlan:
            raise
        except Refused:
            self._acknowledge()
            self._read_back()

    def _read_back(self) -> None:
        time_outs.take(
            procedure_id=self.id,
            read=time_outs.ReadAloud(
                identifiers=("name", "born_on"), sides=True, labels=True, allergies=True,
                resuscitation=True, lipid_in_date=True, witness=self.visit.nurse,
            ),
            actor=self.visit.clinician,
        )  # fmt: skip

    # ── the needle ────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """The patient lies down and the skin is cleaned."""
        visit = self.visit
        self._wait(1)
        procedures.start(
            procedure_id=self.id, operator=visit.clinician, supervisor=visit.supervisor,
            position=visit.plan.position, skin_preparation=visit.skin, actor=visit.clinician,
            already_happened=visit.written_up_later,
            started_at=self.clock.at if visit.written_up_later else None,
        )  # fmt: skip

    def inject(self) -> None:
        """Every row answered, and the needles counted."""
        self.start()
        skipped = self.rows[-1:] if self.visit.skipped_row else []
        self.give(self.rows[: len(self.rows) - len(skipped)])
        for row in skipped:
            injections.record_not_given(
                procedure_id=self.id, injection_id=row.pk, reason=self.visit.skipped_row,
                actor=self.visit.clinician,
            )  # fmt: skip
        self._wait(1)
        needles = len(self.rows) - len(skipped) + (1 if self.syringe else 0)
        procedures.finish(
            procedure_id=self.id, needles_opened=needles, needles_disposed=needles,
            ended_at=self.clock.at, actor=self.visit.clinician,
        )  # fmt: skip

    def give(self, rows: Sequence[Injection]) -> None:
        """What went in, row by row."""
        visit = self.visit
        for number, row in enumerate(rows):
            self._wait(0.5)
            toxin = row.units_centi is not None
            injections.record_given(
                procedure_id=self.id,
                injection_id=row.pk,
                given=Given(
                    volume_ul=row.volume_ul, units_centi=row.units_centi, depth_um=row.depth_um,
                    passes=None if toxin else 2 + (visit.jitter + number) % 5,
                    aspiration="" if row.syringe_id is None else "negative",
                    twitch=None if toxin else (visit.jitter + number) % 3 != 0,
                    released=None if toxin else True,
                    pain_before=visit.pain.now, pain_after=visit.pain.after,
                    complication=visit.complication if number == 0 else "",
                ),
                actor=visit.clinician,
            )  # fmt: skip

    # ── after the needle ──────────────────────────────────────────────────────────────────────

    def watch(self, *, pain_at_30_min: int | None) -> Recovery:
        """How the patient is now."""
        visit = self.visit
        return recoveries.observe(
            procedure_id=self.id,
            seen=recoveries.Seen(
                symptoms_asked=True, chest_symptoms=visit.chest_symptoms,
                pain_at_30_min=pain_at_30_min,
                tolerated="fairly" if visit.complication or visit.note else "well",
                escort="escort" in visit.answers, note=visit.note,
            ),
            actor=visit.nurse,
        )  # fmt: skip

    def observe(self) -> None:
        """Half an hour on the chair, longer where the rules want it, then home."""
        visit = self.visit
        begun = self.clock.at
        self._wait(30)
        minutes = self.watch(pain_at_30_min=visit.pain.at_30_min).minimum_minutes
        waited = (self.clock.at - begun).total_seconds() / 60
        self._wait(max(0, minutes - 30) + 1)
        recoveries.let_leave(
            procedure_id=self.id,
            # Only a demo made just after midnight has no time to wait.
            early_reason="Well, and somebody sees the patient home" if waited < minutes else "",
            actor=visit.nurse,
        )

    def sign(self) -> None:
        """The record is final."""
        self._wait(3)
        signatures.sign(
            procedure_id=self.id, actor=self.visit.clinician,
            aftercare_note="Move the part gently today. Ring if short of breath.",
        )  # fmt: skip

    def call_off(self) -> None:
        """Nothing is injected today."""
        self._wait(1)
        procedures.mark_not_done(
            procedure_id=self.id, reason="unwell-today", note=self.visit.cancelled,
            actor=self.visit.clinician,
        )  # fmt: skip


def _diagnosis(plan: Plan) -> dict[str, str]:
    if plan.mix == "botulinum":
        return {"text": plan.reason}
    return {
        "text": "Myofascial pain",
        "system": "http://hl7.org/fhir/sid/icd-10",
        "code": "M79.1",
    }
