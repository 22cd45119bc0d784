"""`python -m bench.rig.read_lines FILE`: hold each line against R4 and read it."""

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

    def hold_all() -> None:
        for one in staged:
            refuse_invalid(one.raw, one.kind)

    def read_all() -> None:
        for one in staged:
            try:
                reader.patient(one) if one.kind == "Patient" else reader.stated(one)
            except Ignored:
                continue

    print(json.dumps({"gate": _seconds(hold_all), "gate_and_reading": _seconds(read_all)}))


def _seconds(act: Callable[[], None]) -> float:
    # The first time fills what is filled once, as it does for the peer.
    act()
    began = time.process_time()
    act()
    return time.process_time() - began


if __name__ == "__main__":
    main()
