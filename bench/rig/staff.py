"""A clinician and a nurse at two browsers, who treat one patient after the other over HTTP."""

import random
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from bench.rig.notebook import Notebook, Save
from bench.rig.server import listens
from bench.rig.visitor import Broken, Unexpected, Visitor, values_of

MUSCLES = ("infraspinatus:right", "deltoid_middle:right", "infraspinatus:left")
AMOUNTS_UL = (300, 400, 500, 600, 700, 800)


class Stop(Exception):
    """The measurement is over; the sitting stays as it is."""


@dataclass(kw_only=True)
class Pair:
    """Two people, their patients, and the sitting they are at."""

    doctor: Visitor
    nurse: Visitor
    doctor_id: UUID
    patients: list[UUID]
    questions: tuple[str, ...]
    notebook: Notebook
    stop: threading.Event
    random: random.Random
    finished: int = 0
    sitting: UUID = field(default_factory=uuid4)

    def work(self) -> None:
        """One patient after the other until told to stop."""
        try:
            for patient in self.patients:
                self.treat(patient)
                self.finished += 1
        except Stop:
            return

    def treat(self, patient: UUID) -> None:
        """One patient from the door to the signature."""
        self.sitting = uuid4()
        self.save(
            self.nurse, f"/patients/{patient}/walk-in/", "encounter.arrive",
            {"reason": "Shoulder pain", "token": self.sitting, "clinician": self.doctor_id},
        )  # fmt: skip
        self.step(self.nurse, "arrive/", "encounter.confirm-identity",
                  {"identifiers": ["name", "born_on"]})  # fmt: skip
        self.step(self.nurse, "weight/", "encounter.weigh", {"weight": "70", "unit": "kg"})
        self.step(self.nurse, "ask/", "encounter.ask", dict.fromkeys(self.questions, "no"))
        self.step(self.doctor, "assess/", "encounter.assess", {"pain_now": "7"})
        rows = self.plan()
        risks = values_of(self.page("consent/"), "risks")
        self.step(
            self.doctor, "consent/", "consent.given",
            {
                "answer": "agreed", "risks": risks, "given_by": "patient",
                "has_capacity": "yes", "mode": "verbal", "alternatives_discussed": "on",
                "trainee_named": "no",
            },
        )  # fmt: skip
        read = ("sides", "labels", "allergies", "resuscitation", "lipid_in_date")
        self.step(self.nurse, "time-out/", "time-out.take",
                  {"identifiers": ["name", "born_on"], **dict.fromkeys(read, "on")})  # fmt: skip
        self.inject(rows)
        self.step(self.nurse, "observe/", "recovery.observe",
                  {"symptoms_asked": "on", "pain_at_30_min": "3", "tolerated": "well"})  # fmt: skip
        self.step(
            self.nurse, "observe/leave/", "recovery.let-leave", {"early_reason": "feels well"}
        )
        self.step(self.doctor, "check/", "procedure.sign", {})

    def plan(self) -> list[UUID]:
        """A syringe, three rows, their amounts changed a few times, and the plan settled."""
        syringe, rows = uuid4(), [uuid4() for _ in MUSCLES]
        self.step(
            self.nurse, "syringes/", "syringe.draw-up",
            {
                "token": syringe, "0.product": "lidocaine:10000", "0.volume": "5",
                "0.lot": "LX4471", "0.expires": "2099-03-31", "0.epinephrine": "0",
            },
            target=syringe,
        )  # fmt: skip
        self.step(self.doctor, f"syringes/{syringe}/", "syringe.check", {"what": "check"},
                  target=syringe)  # fmt: skip
        for row, muscle in zip(rows, MUSCLES, strict=True):
            self.step(self.doctor, "rows/", "injection.plan",
                      {"muscle_side": muscle, "token": row}, target=row)  # fmt: skip
        for _again in range(2):
            for row in rows:
                amount = self.random.choice(AMOUNTS_UL)
                self.step(
                    self.doctor, f"rows/{row}/", "injection.change",
                    {
                        "syringe": syringe, "amount": f"{amount / 1000:g}", "gauge": "25",
                        "needle": "38", "depth": "15", "guidance": "landmark",
                    },
                    target=row, value=amount,
                )  # fmt: skip
        for key in values_of(self.page("plan/"), "fingerprint"):
            self.step(self.doctor, "findings/", "finding.acknowledge", {"fingerprint": key})
        self.step(self.doctor, "plan/settle/", "procedure.plan", {})
        return rows

    def inject(self, rows: list[UUID]) -> None:
        """What went in, row by row, and the needles counted."""
        self.step(self.doctor, "inject/start/", "procedure.start",
                  {"position": "prone", "skin_preparation": "alcohol"})  # fmt: skip
        for row in rows:
            amount = self.random.choice(AMOUNTS_UL)
            self.step(
                self.doctor, f"inject/{row}/", "injection.give",
                {"what": "given", "amount": f"{amount / 1000:g}", "unit": "mL",
                 "pain_before": "7", "pain_after": "3"},
                target=row, value=amount,
            )  # fmt: skip
        self.step(self.doctor, "inject/finish/", "procedure.finish",
                  {"opened": "3", "disposed": "3"})  # fmt: skip

    def step(
        self,
        who: Visitor,
        path: str,
        event: str,
        fields: dict[str, object],
        *,
        target: UUID | None = None,
        value: int | None = None,
    ) -> None:
        """One save in the sitting at hand."""
        self.save(who, f"/sessions/{self.sitting}/{path}", event, fields, target, value)

    def save(
        self,
        who: Visitor,
        path: str,
        event: str,
        fields: dict[str, object],
        target: UUID | None = None,
        value: int | None = None,
    ) -> None:
        """Send it until it is answered, and note each sending and the answer."""
        broke = False
        while True:
            save = Save(self.sitting, event, target, value)
            if self.stop.is_set():
                raise Stop
            self.notebook.send(save)
            try:
                answer = who.post(path, fields)
            except Broken:
                broke = True
                self.wait_for(who)
                continue
            if answer.status in {200, 302} and answer.location != "/":
                self.notebook.acknowledge(save)
                return
            # What was sent before the server died may have been done; then it is not done again.
            if broke and answer.status in {403, 409, 422}:
                return
            raise Unexpected(f"{event}: {answer.status}")

    def page(self, path: str) -> str:
        """A page of the sitting at hand, as soon as somebody answers."""
        while not self.stop.is_set():
            try:
                answer = self.doctor.get(f"/sessions/{self.sitting}/{path}")
            except Broken:
                self.wait_for(self.doctor)
                continue
            if answer.status != 200:
                raise Unexpected(f"{path}: {answer.status}")
            return answer.text
        raise Stop

    def wait_for(self, who: Visitor) -> None:
        """Until the server listens again, so that only what could arrive counts as sent."""
        while not (self.stop.is_set() or listens(who.port)):
            time.sleep(0.05)
