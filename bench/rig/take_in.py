"""`python -m bench.rig.take_in DATA PATH…`: one import into an empty store, measured."""

import json
import os
import re
import sys
import time
from pathlib import Path


def peak_mb() -> int:
    """The most memory this process has held so far."""
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return round(int(found[1]) / 1024) if found else 0


def main() -> None:
    data, *paths = sys.argv[1:]
    os.environ["TAUTBAND_DATA"] = data
    os.environ["DJANGO_SETTINGS_MODULE"] = "tautband.config.settings"
    import django

    from tautband.config import install

    install.prepare()
    django.setup()
    from tautband.accounts import actions as accounts
    from tautband.config import store
    from tautband.interop.fhir import importer
    from tautband.records.actions import centres

    store.bring_up()
    actor = accounts.create(
        username="bench", full_name="Bench", short_name="Bench", is_senior=False,
        roles=["clinician", "manager"], password=accounts.random_password(), actor=None,
        must_change_password=False,
    )  # fmt: skip
    fields = centres.CentreFields(
        name="Bench", time_zone="Europe/London", emergency_number="999",
        out_of_hours_number="01632 960 000", languages=("en",), rooms=("Room 1",),
    )  # fmt: skip
    centres.open_centre(fields=fields, actor=actor)
    files = [
        file
        for path in map(Path, paths)
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]
    # What was written to make the files is not to be waited for by the commits of the import;
    # and the peak so far is that of hashing a password.
    os.sync()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = peak_mb()
    began, cpu = time.perf_counter(), time.process_time()
    report = importer.run(map(Path, paths), actor=actor)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    if report.exit_code:
        raise SystemExit(f"{report.exit_code}: {report.refused[:3]}")
    print(
        json.dumps(
            {
                "megabytes": sum(file.stat().st_size for file in files) / 1_000_000,
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "peak_mb": peak_mb(),
                "peak_mb_before": before,
                "patients": sum(report.patients.values()),
                "kept": sum(report.kept.values()),
            }
        )
    )


if __name__ == "__main__":
    main()
