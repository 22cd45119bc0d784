"""Who comes, to whom, with what, and what becomes of it: the script of one visit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tautband.accounts.models import User
from tautband.clinical.lifecycle import Step
from tautband.demo.plans import Plan
from tautband.records.actions.rows import Row
from tautband.records.actions.syringes import Drawn
from tautband.records.models import Patient

SKIN = "Chlorhexidine 2 % in alcohol"
OTHER_SKIN = "Povidone iodine 10 %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """What the patient says, 0 to 10: before, at once after each needle, after half an hour."""

    now: int
    average: int
    worst: int
    peg: tuple[int, int, int]
    after: int
    at_30_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes, to whom, with what, and what becomes of it.

    `until` is the first step that is not done, None when it is signed. `given` is how many rows
    are injected so far when injecting still goes on. `pace` stretches or squeezes the minutes
    between the steps.
    """

    patient: Patient
    clinician: User
    nurse: User
    desk: User
    plan: Plan
    side: str
    pain: Pain
    weight_g: int | None
    supervisor: User | None = None
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    skin: str = SKIN
    interpreter: str = ""
    jitter: int = 0
    until: Step | None = None
    given: int | None = None
    pace: float = 1
    rows: Sequence[Row] | None = None
    tray: Sequence[Drawn] | None = None
    complication: str = ""
    chest_symptoms: str = ""
    note: str = ""
    skipped_row: str = ""
    cancelled: str = ""
    written_up_later: bool = False
    expired_lot: bool = False
