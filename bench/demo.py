"""How long until the demo clinic answers: cold from a fresh clone, warm, and its loading alone.

Cold is all a newcomer waits for: a new .venv, the pinned packages from wherever pip finds them,
the clinic made, the first page answered with 200. Warm is the same command once more. Loading is
`tautband demo load` into an empty folder, with the processor time beside it, which other work on
the machine disturbs less.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from bench.rig import figures
from bench.rig.server import PRODUCT, ROOT, end_on_request, environment, free_port

COLD_AIM, WARM_AIM, LOAD_AIM = 90, 3, 20
PATIENCE_SECONDS = 900


def until_answered(project: Path, data: Path) -> float:
    """Seconds from `bin/demo` until its sign-in page answers with 200; the demo is ended then."""
    port = free_port()
    log = data.with_suffix(".log")
    begun = time.monotonic()
    with log.open("ab") as out:
        demo = subprocess.Popen(
            ["bin/demo", "--no-browser", "--port", str(port), "--data", str(data)], cwd=project,
            env=_plain(), stdout=out, stderr=out, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    try:
        while time.monotonic() - begun < PATIENCE_SECONDS and demo.poll() is None:
            with suppress(urllib.error.URLError, OSError):
                page = f"http://127.0.0.1:{port}/sign-in/"
                with urllib.request.urlopen(page, timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - begun
            time.sleep(0.02)
    finally:
        # Its group has the id of the first process, which is ours until it is waited for.
        with suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGTERM)
        demo.wait(20)
    raise SystemExit(f"The demo did not answer:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _plain() -> dict[str, str]:
    """The environment of somebody who has just cloned the project."""
    around = {name: words for name, words in os.environ.items() if not name.startswith("TAUTBAND_")}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"):
        around.pop(name, None)
    return around


def cold(work: Path) -> float:
    """Clone, install, make the clinic, answer."""
    clone = work / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    return until_answered(clone, work / "cold")


def load(folder: Path) -> tuple[float, float]:
    """Seconds on the clock and of the processor for `tautband demo load`, migrations included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tautband", "demo", "load", "--data", str(folder)],
        env=environment(folder, settings=PRODUCT), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    took = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, used


def main(arguments: list[str] | None = None) -> int:
    """Measure, say it, keep it."""
    parser = argparse.ArgumentParser(prog="bin/bench demo", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="loads and warm starts")
    parser.add_argument("--no-cold", action="store_true", help="leave the fresh clone out")
    args = parser.parse_args(arguments)
    end_on_request()
    measured: dict[str, object] = {"rounds": args.rounds}
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="tautband-bench-") as folder:
        work = Path(folder)
        loads = [load(work / f"load-{number}") for number in range(args.rounds)]
        warm = [until_answered(ROOT, work / "load-0") for _ in range(args.rounds + 1)][1:]
        if not args.no_cold:
            measured["cold_seconds"] = round(cold(work), 1)
            rows.append(["cold bin/demo", f"{measured['cold_seconds']} s", "", f"{COLD_AIM} s"])
    measured["warm_seconds"] = round(figures.median(warm), 2)
    measured["load_seconds"] = round(figures.median([took for took, _used in loads]), 1)
    measured["load_cpu_seconds"] = round(figures.median([used for _took, used in loads]), 1)
    rows.append(["warm bin/demo", f"{measured['warm_seconds']} s", "", f"{WARM_AIM} s"])
    rows.append(
        [
            "load of the clinic", f"{measured['load_seconds']} s",
            f"{measured['load_cpu_seconds']} s", f"{LOAD_AIM} s",
        ]
    )  # fmt: skip
    print(figures.table(["", "median", "CPU", "aim"], rows))
    print(f"\nWritten to {figures.keep('demo', measured)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
