"""How fast patients come in from FHIR files, in how much memory, and fhir.resources beside it.

Bundles of fictional patients are copied under new ids until there is enough of them: as files of
their own for the speed, as one file for the memory. Each import is a process of its own on an
empty store. The peer is fhir.resources 6.2 (pydantic 1, FHIR R4) in a venv made for this run: it
and our gate with its readers parse the same lines in turn. Medians over the rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tautband.config.settings")

from bench.rig import exports  # noqa: E402

PEER = ("fhir.resources==6.2.0", "pydantic<2")
AIM_MB_PER_SECOND, AIM_PEAK_MB, AIM_TIMES = 10, 300, 20


def taken_in(work: Path, *paths: Path) -> dict[str, Any]:
    """Import into an empty store in a process of its own; seconds, megabytes, counts."""
    with tempfile.TemporaryDirectory(dir=work) as data:
        return _asked("bench.rig.take_in", data, *paths)


def _asked(module: str, *arguments: object, python: str = sys.executable) -> dict[str, Any]:
    command = [python, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": "/usr/bin:/bin"},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def peer_python(work: Path) -> str:
    """A venv with the peer in it."""
    venv = work / "peer"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEER],
        check=True,
    )
    return python


def parsing(work: Path, *, rounds: int) -> dict[str, Any]:
    """Resources per second of both sides over the same lines, in turn."""
    lines = work / "kept.ndjson"
    count = exports.write_kept_lines(lines)
    python = peer_python(work)
    gate, first, reading, peer = [], [], [], []
    for _ in range(rounds):
        ours = _asked("bench.rig.read_lines", lines)
        theirs = _asked("bench.rig.peer_lines", lines, python=python)
        gate.append(count / ours["gate"])
        first.append(count / ours["gate_from_nothing"])
        reading.append(count / ours["gate_and_reading"])
        peer.append(count / theirs["seconds"])
    return {
        "lines": count,
        "gate_per_second": round(statistics.median(gate)),
        "gate_from_nothing_per_second": round(statistics.median(first)),
        "gate_and_reading_per_second": round(statistics.median(reading)),
        "peer_per_second": round(statistics.median(peer)),
        "times": round(statistics.median(a / b for a, b in zip(gate, peer, strict=True)), 1),
        "times_from_nothing": round(
            statistics.median(a / b for a, b in zip(first, peer, strict=True)), 1
        ),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(prog="bin/bench import", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=320, help="of the one large file")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tautband-bench-") as folder:
        work = Path(folder)
        many = work / "many"
        exports.write_bundles(many, megabytes=max(18, args.megabytes // 8))
        speeds = [taken_in(work, many) for _ in range(args.rounds)]
        large = work / "large.json"
        exports.write_one_bundle(large, megabytes=args.megabytes)
        bulk = work / "bulk"
        exports.write_bulk(bulk, megabytes=args.megabytes)
        figures = {
            "bundles": _speed(speeds),
            "one_bundle": _speed([taken_in(work, large)]),
            "bulk": _speed([taken_in(work, bulk)]),
            "parsing": parsing(work, rounds=args.rounds),
        }
    print(json.dumps(figures, indent=1) if args.json else shown(figures))
    return 0


def _speed(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "megabytes": round(rounds[0]["megabytes"], 1),
        "patients": rounds[0]["patients"],
        "kept": rounds[0]["kept"],
        "mb_per_second": round(statistics.median(r["megabytes"] / r["seconds"] for r in rounds), 1),
        "mb_per_cpu_second": round(
            statistics.median(r["megabytes"] / r["cpu_seconds"] for r in rounds), 1
        ),
        "peak_mb": max(r["peak_mb"] for r in rounds),
        "peak_mb_before": rounds[0]["peak_mb_before"],
    }


def shown(figures: dict[str, Any]) -> str:
    """The figures in words, each beside its aim."""
    rows = []
    for name, words in (
        ("bundles", "bundles, a file each"),
        ("one_bundle", "one bundle of all"),
        ("bulk", "NDJSON by type, patients last"),
    ):
        one = figures[name]
        before = f"{one['peak_mb_before']} before it began"
        rows.append(
            f"{words:32} {one['megabytes']:7.1f} MB  {one['patients']:5} patients"
            f"  {one['kept']:6} kept  {one['mb_per_second']:6.1f} MB/s (aim {AIM_MB_PER_SECOND})"
            f"  {one['mb_per_cpu_second']:6.1f} MB/CPU s"
            f"  peak {one['peak_mb']} MB (aim {AIM_PEAK_MB}; {before})"
        )
    one = figures["parsing"]
    rows.append(
        f"{'holding the same lines to R4':32} {one['lines']} lines: {one['gate_per_second']}/s"
        f" ({one['gate_and_reading_per_second']}/s with reading them), fhir.resources"
        f" {one['peer_per_second']}/s: {one['times']} times (aim {AIM_TIMES};"
        f" {one['times_from_nothing']} when the process has just begun)"
    )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
