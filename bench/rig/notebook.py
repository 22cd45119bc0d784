"""What was sent and what was acknowledged, to hold against the record afterwards."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from tautband.audit.models import AuditEvent
from tautband.records.models import Injection


@dataclass(slots=True)
class Save:
    """One save that was sent; `value` is the amount it set, in µL, where it set one."""

    sitting: UUID
    event: str
    target: UUID | None = None
    value: int | None = None
    acknowledged: bool = False


class Notebook:
    """Every save of every client, in the order in which each client sent them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.saves: list[Save] = []
        self.acknowledged = 0

    def send(self, save: Save) -> Save:
        """Note a save before it is sent."""
        with self._lock:
            self.saves.append(save)
        return save

    def acknowledge(self, save: Save) -> None:
        """The server answered that it is done."""
        with self._lock:
            save.acknowledged = True
            self.acknowledged += 1

    def lost(self) -> list[str]:
        """Acknowledged saves that the record does not hold, and saves it holds more than once."""
        return [*self._events(), *self._values()]

    def _events(self) -> list[str]:
        """Each save writes one event: as many as were acknowledged, at most as many as sent."""
        written: Counter[tuple[UUID, str, UUID | None]] = Counter()
        known = {(save.event, save.target) for save in self.saves}
        for action, target, detail in AuditEvent.objects.values_list(
            "action", "target_id", "detail"
        ):
            if "procedure" in detail:
                key = (action, target if (action, target) in known else None)
                written[(UUID(detail["procedure"]), *key)] += 1
        asked: dict[tuple[UUID, str, UUID | None], list[Save]] = defaultdict(list)
        for save in self.saves:
            asked[save.sitting, save.event, save.target].append(save)
        wrong = []
        for (sitting, event, target), saves in asked.items():
            done = sum(save.acknowledged for save in saves)
            found = written[sitting, event, target]
            if not done <= found <= len(saves):
                words = f"{done} acknowledged of {len(saves)} sent, {found} on the trail"
                wrong.append(f"session {sitting}: {event}: {words}")
        return wrong

    def _values(self) -> list[str]:
        """A row holds what was last acknowledged, or what was sent after that and not answered."""
        columns = {"injection.change": "volume_ul", "injection.give": "given_volume_ul"}
        rows = {row["id"]: row for row in Injection.objects.values("id", *columns.values())}
        expected: dict[tuple[UUID, str], set[int]] = {}
        for save in self.saves:
            column = columns.get(save.event)
            if column is None or save.target is None or save.value is None:
                continue
            may_be = expected.setdefault((save.target, column), set())
            if save.acknowledged:
                may_be.clear()
            elif not may_be:
                # Nothing was acknowledged yet: what stood there before may stand there still.
                may_be.add(-1)
            may_be.add(save.value)
        return [
            f"row {target}: {column} is not what was acknowledged"
            for (target, column), may_be in expected.items()
            if -1 not in may_be and (target not in rows or rows[target][column] not in may_be)
        ]
