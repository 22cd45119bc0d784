"""kill -9 of the server, again and again, under saves: nothing acknowledged is lost, nothing half.

Several clinicians and nurses treat patients over HTTP, each save noted when it is sent and when
it is acknowledged. The server's whole process group is killed at random moments and started
again. At the end every acknowledged save must stand in the record, and no session may be half
written. Ends with 1 when something is wrong.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rig import clinic, figures
from bench.rig.server import PRODUCT, ROOT, Server, end_on_request, serving
from bench.rig.visitor import Visitor

if TYPE_CHECKING:
    from bench.rig.notebook import Notebook

# A server is killed after so many acknowledged saves at most, and so many seconds more at most:
# about as long as a save takes, so that the kill falls into one.
MOST_SAVES, LONGEST = 30, 0.1
PATIENCE_SECONDS = 60
POSTGRES = """
. bin/lib/setup.sh
. bin/lib/postgres.sh
trap pg_stop EXIT
pg_start "$1"
echo "$pg_url"
read -r _until_closed || true
"""


@contextmanager
def postgres(work: Path) -> Iterator[str]:
    """A PostgreSQL of our own on loopback, as the tests have it; gives its address."""
    folder = work / "pg"
    folder.mkdir(mode=0o711)
    work.chmod(0o711)
    process = subprocess.Popen(
        ["sh", "-c", POSTGRES, "bin/bench", str(folder)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise SystemExit("PostgreSQL did not start.")
        yield url
    finally:
        process.stdin.close()
        process.wait(60)


def run(work: Path, *, kills: int, pairs: int, seed: int, database: str) -> dict[str, object]:
    """Build, serve, kill, and hold the record against what was acknowledged."""
    data = work / "data"
    clinic.use(data, settings=PRODUCT, database=database)
    # Known only once Django is set up.
    from django.db import connections

    from bench.rig import invariants
    from bench.rig.notebook import Notebook
    from bench.rig.staff import Pair

    chance = random.Random(seed)
    people = clinic.crews(pairs, patients=kills + 10)
    connections.close_all()
    notebook, stop = Notebook(), threading.Event()
    faults: list[BaseException] = []
    starts: list[float] = []
    with serving(data, database=database) as server:
        working = [
            Pair(
                doctor=_signed_in(server, crew.doctor), nurse=_signed_in(server, crew.nurse),
                doctor_id=crew.doctor_id, patients=list(crew.patients),
                questions=crew.questions, notebook=notebook, stop=stop,
                random=random.Random(chance.random()),
            )
            for crew in people
        ]  # fmt: skip
        threads = [
            threading.Thread(target=_guarded, args=(pair, faults), daemon=True) for pair in working
        ]
        for thread in threads:
            thread.start()
        for number in range(1, kills + 1):
            _await_saves(notebook, chance.randint(0, MOST_SAVES), faults)
            time.sleep(chance.uniform(0, LONGEST))
            server.kill()
            starts.append(server.start())
            if faults:
                break
            if number % 10 == 0:
                print(f"{number} kills, {notebook.acknowledged} saves acknowledged", flush=True)
        time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
    return {
        "database": "postgresql" if database else "sqlite",
        "kills": kills,
        "sent": len(notebook.saves),
        "acknowledged": notebook.acknowledged,
        "sessions_signed": sum(pair.finished for pair in working),
        "start_seconds_median": round(figures.median(starts), 2) if starts else None,
        "lost": notebook.lost(),
        "broken": invariants.broken(),
    }


def _await_saves(notebook: "Notebook", saves: int, faults: list[BaseException]) -> None:
    """Until so many more saves are acknowledged, or something went wrong."""
    goal, begun = notebook.acknowledged + saves, time.monotonic()
    while notebook.acknowledged < goal and not faults:
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise SystemExit("The server answers, and nothing is saved.")
        time.sleep(0.005)


def _signed_in(server: Server, username: str) -> Visitor:
    visitor = Visitor(server.port)
    visitor.sign_in("/sign-in/", username, clinic.PASSWORD)
    return visitor


def _guarded(pair: object, faults: list[BaseException]) -> None:
    try:
        pair.work()  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 raised again in the main thread
        faults.append(error)


def main(arguments: list[str] | None = None) -> int:
    """Run it, say what came of it, keep the figures."""
    parser = argparse.ArgumentParser(prog="bin/bench faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how often the server is killed")
    parser.add_argument("--pairs", type=int, default=4, help="clinicians with a nurse, at once")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the amounts")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    args = parser.parse_args(arguments)
    end_on_request()
    with tempfile.TemporaryDirectory(prefix="tautband-bench-") as folder:
        work = Path(folder)
        options = {"kills": args.kills, "pairs": args.pairs, "seed": args.seed}
        if args.postgres:
            with postgres(work) as url:
                result = run(work, **options, database=url)
        else:
            result = run(work, **options, database="")
    for words in [*result["lost"], *result["broken"]]:  # type: ignore[misc]
        print(words)
    wrong = len(result["lost"]) + len(result["broken"])  # type: ignore[arg-type]
    print(
        f"{result['kills']} kills on {result['database']}: {result['acknowledged']} of"
        f" {result['sent']} saves acknowledged, {result['sessions_signed']} sessions signed;"
        f" {len(result['lost'])} lost, {len(result['broken'])} halves"  # type: ignore[arg-type]
    )
    print(f"Written to {figures.keep('faults', result)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
