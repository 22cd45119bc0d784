"""`python -m bench.rig.read_lines FILE`: hold each line against R4 and read it.

The gate recognises codes that it has seen before. So it is timed twice: from nothing, as a process
that has just begun, and as in a long import, where the lines of one patient come after those of all
the others. It never sees a line a second time.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tautband.config.settings"
    import django

    django.setup()
    from tautband.interop.fhir import fieldwise
    from tautband.interop.fhir.concepts import Ignored
    from tautband.interop.fhir.gate import refuse_invalid
    from tautband.interop.fhir.reading import Reader
    from tautband.interop.fhir.staging import Staged

    lines = Path(sys.argv[1]).read_bytes().splitlines()
    staged = [
        Staged(number, 0, "", "", "", json.loads(line)["resourceType"], line)
        for number, line in enumerate(lines)
    ]
    reader = Reader(zone=ZoneInfo("Europe/London"), source="", find=lambda _scope, _name: None)

    def hold(some: list[Staged]) -> None:
        for one in some:
            refuse_invalid(one.raw, one.kind)

    def hold_new(some: list[Staged], *before: list[Staged]) -> float:
        fieldwise.forget()
        for others in before:
            hold(others)
        return _seconds(lambda: hold(some))

    def hold_each_after_the_others() -> float:
        return sum(hold_new(one, *(o for o in patients if o is not one)) for one in patients)

    def read_all() -> None:
        for one in staged:
            try:
                reader.patient(one) if one.kind == "Patient" else reader.stated(one)
            except Ignored:
                continue

    patients: list[list[Staged]] = []
    for one in staged:
        if one.kind == "Patient":
            patients.append([])
        patients[-1].append(one)
    # The first time fills what is filled once, as it does for the peer.
    hold(staged)
    read_all()
    figures = {
        "gate": hold_each_after_the_others(),
        "gate_from_nothing": hold_new(staged),
        "gate_and_reading": _seconds(read_all),
    }
    print(json.dumps(figures))


def _seconds(act: Callable[[], None]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


if __name__ == "__main__":
    main()
