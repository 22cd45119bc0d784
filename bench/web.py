"""What Today, the patient's page, a session and saving a row cost, beside Django's admin.

The product's own server answers on loopback. In the same run the same server answers with the
peer: Django's admin over a copy of the same tables, the same number of rows on one page. Figures
are medians over the rounds; the steady one is the processor time of the server per request.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.rig import clinic, figures
from bench.rig.server import PRODUCT, ROOT, Server, end_on_request, environment, serving
from bench.rig.visitor import Unexpected, Visitor, form_fields, seen_in

PEER = "bench.peer.settings"
CLIENTS = 16
HTMX = {"HX-Request": "true"}
# CPU milliseconds a request on two cores, and queries a request.
AIMS = {"Today": (40, 12), "Patient": (None, 20), "Session": (40, None), "Save": (15, 12)}

# One request of one client, the n-th of its round; returns the seconds it took.
Ask = Callable[[Visitor, int], float]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One thing to measure: how each of 16 clients asks for it, here and at the peer."""

    name: str
    what: str
    product: Callable[[int], Ask]
    peer: Callable[[int], Ask]


@dataclass(kw_only=True)
class Series:
    """What the rounds gave for one page at one number of clients."""

    cpu_ms: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)

    def add(self, cpu_seconds: float, latencies: list[float]) -> None:
        """One round."""
        self.cpu_ms.append(1000 * cpu_seconds / len(latencies))
        self.latencies_ms += [1000 * seconds for seconds in latencies]

    def summary(self) -> dict[str, float]:
        """The median CPU time over the rounds, and percentiles over every request."""
        shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
        found = {name: figures.percentile(self.latencies_ms, at) for name, at in shares.items()}
        found["cpu_ms"] = figures.median(self.cpu_ms)
        return {name: round(value, 2) for name, value in found.items()}


def _shown(path: str) -> Callable[[int], Ask]:
    """Every client asks for the same page."""

    def ask(visitor: Visitor, _number: int) -> float:
        answer = visitor.get(path)
        if answer.status != 200:
            raise Unexpected(f"GET {answer.status}")
        return answer.seconds

    return lambda _client: ask


def _saved(sessions: tuple[clinic.OpenSession, ...]) -> Callable[[int], Ask]:
    """Each client saves the rows of its own session, as the page does it with htmx."""

    def of_client(client: int) -> Ask:
        session = sessions[client]
        plan = f"/sessions/{session.procedure}/plan/"
        page: dict[int, str] = {}

        def ask(visitor: Visitor, number: int) -> float:
            # What the last answer said stands in the form; nobody else writes in this session.
            shown = page.get(id(visitor)) or visitor.get(plan).text
            row = session.rows[number % len(session.rows)]
            fields = {
                "seen": seen_in(shown, row), "syringe": session.syringe,
                "amount": ("0.5", "0.7")[number // len(session.rows) % 2], "gauge": "25",
                "needle": "25", "depth": "15", "pleura_depth": "", "angle": "90", "sites": "1",
                "guidance": "ultrasound", "position": "prone",
            }  # fmt: skip
            path = f"/sessions/{session.procedure}/rows/{row}/"
            answer = visitor.post(path, fields, headers=HTMX)
            if answer.status != 200:
                raise Unexpected(f"saving a row: {answer.status}")
            page[id(visitor)] = answer.text
            return answer.seconds

        return ask

    return of_client


def _saved_by_peer(sessions: tuple[clinic.OpenSession, ...]) -> Callable[[int], Ask]:
    """Each client changes a row in the form of its own sitting, saves, and sees the form again."""

    def of_client(client: int) -> Ask:
        path = f"/admin/records/procedure/{sessions[client].procedure}/change/"
        form: dict[str, Any] = {}

        def ask(visitor: Visitor, number: int) -> float:
            if not form:
                form.update(form_fields(visitor.get(path).text, "procedure_form"))
                form["_continue"] = "Save and continue editing"
            form["injections-0-volume_ul"] = str(500 + 200 * (number % 2))
            saved = visitor.post(path, form)
            if saved.status != 302:
                raise Unexpected(f"saving at the peer: {saved.status}")
            shown = visitor.get(path)
            return saved.seconds + shown.seconds

        return ask

    return of_client


def pages_of(made: clinic.Clinic) -> tuple[Page, ...]:
    """What is measured, with its counterpart."""
    session = made.sessions[0].procedure
    return (
        Page(
            name="Today", what="300 rows | changelist of bookings, 300 rows",
            product=_shown("/"), peer=_shown("/admin/records/appointment/"),
        ),
        Page(
            name="Patient", what="200 past injections | changelist of injections, 200 rows",
            product=_shown(f"/patients/{made.patient}/"),
            peer=_shown(f"/admin/records/injection/?procedure__patient__id__exact={made.patient}"),
        ),
        Page(
            name="Session", what="plan with four rows | change form with the same rows",
            product=_shown(f"/sessions/{session}/plan/"),
            peer=_shown(f"/admin/records/procedure/{session}/change/"),
        ),
        Page(
            name="Save", what="a row saved and the plan redrawn | form saved and shown again",
            product=_saved(made.sessions), peer=_saved_by_peer(made.sessions),
        ),
    )  # fmt: skip


def burst(
    server: Server, visitors: list[Visitor], asks: list[Ask], each: int
) -> tuple[float, list[float]]:
    """Let every visitor ask so many times at once; CPU seconds of the server, and latencies.

    Each asks once before: with that the connection stands, and who saves has seen the form.
    """
    latencies: list[float] = []
    faults: list[Exception] = []

    def go(visitor: Visitor, ask: Ask) -> None:
        try:
            took = [ask(visitor, number) for number in range(each)]
        except Exception as error:  # noqa: BLE001 it is raised again in the main thread
            faults.append(error)
        else:
            latencies.extend(took)

    pairs = list(zip(visitors, asks, strict=True))
    for visitor, ask in pairs:
        visitor.hang_up()
        ask(visitor, each)
    before = server.cpu_seconds()
    threads = [threading.Thread(target=go, args=pair, daemon=True) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return server.cpu_seconds() - before, latencies


def visitors_of(server: Server, made: clinic.Clinic, sign_in: str) -> list[Visitor]:
    """Sixteen browsers, all signed in."""
    visitors = [Visitor(server.port) for _ in range(CLIENTS)]
    for visitor in visitors:
        visitor.sign_in(sign_in, made.username, clinic.PASSWORD)
    return visitors


def counted(data: Path, made: clinic.Clinic, *, settings: str) -> dict[str, list[int]]:
    """The queries of each page, counted in a process that has these settings."""
    session = made.sessions[0]
    sitting, row = session.procedure, session.rows[0]
    filled = {"syringe": str(session.syringe), "amount": "0.6", "gauge": "25", "needle": "25"}
    asked: list[tuple[str, str, dict[str, str] | None]] = [
        ("Today", "/", None),
        ("Patient", f"/patients/{made.patient}/", None),
        ("Session", f"/sessions/{sitting}/plan/", None),
        ("Save", f"/sessions/{sitting}/rows/{row}/", filled),
    ]
    if settings == PEER:
        tables = "/admin/records"
        asked = [
            ("Today", f"{tables}/appointment/", None),
            ("Patient", f"{tables}/injection/?procedure__patient__id__exact={made.patient}", None),
            ("Session", f"{tables}/procedure/{sitting}/change/", None),
        ]
    wanted = [
        {"name": name, "path": path, "form": form, "headers": HTMX if form else {}}
        for name, path, form in asked
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench.rig.queries"],
        input=json.dumps({"requests": wanted, "username": made.username}), cwd=ROOT, text=True,
        env=environment(data, settings=settings), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measure(work: Path, *, rounds: int, each: int) -> dict[str, Any]:
    """Build, serve both, ask both in turn; every figure by page, side and number of clients."""
    data, peer_data = work / "product", work / "peer"
    clinic.use(data, settings=PRODUCT)
    made = clinic.build(sessions=CLIENTS)
    clinic.copy_store(data, peer_data)
    pages = pages_of(made)
    series: dict[tuple[str, str, int], Series] = {}
    yardsticks: list[float] = []
    with serving(data) as product, serving(peer_data, settings=PEER) as peer:
        sides = (
            ("product", product, visitors_of(product, made, "/sign-in/")),
            ("peer", peer, visitors_of(peer, made, "/admin/login/")),
        )
        # The first round warms up and is thrown away.
        for turn in range(rounds + 1):
            yardsticks.append(figures.yardstick())
            for page in pages:
                for side, server, visitors in sides:
                    for clients in (1, CLIENTS):
                        makes = page.product if side == "product" else page.peer
                        asks = [makes(number) for number in range(clients)]
                        count = each if clients == 1 else max(4, each // 6)
                        if not turn:
                            count = 4
                        spent = burst(server, visitors[:clients], asks, count)
                        if turn:
                            series.setdefault((page.name, side, clients), Series()).add(*spent)
    queries = {
        "product": counted(data, made, settings=PRODUCT),
        "peer": counted(peer_data, made, settings=PEER),
    }
    return {
        "rounds": rounds,
        "yardstick_ms": round(figures.median(yardsticks), 1),
        "pages": {
            page.name: {
                "what": page.what,
                **{
                    side: {
                        "queries": queries[side].get(page.name),
                        **{
                            f"{clients}_clients": series[page.name, side, clients].summary()
                            for clients in (1, CLIENTS)
                        },
                    }
                    for side in ("product", "peer")
                },
            }
            for page in pages
        },
    }


def shown(measured: dict[str, Any]) -> str:
    """The figures as two tables: cost, and latency."""
    cost, wait = [], []
    for name, page in measured["pages"].items():
        ours, theirs = page["product"], page["peer"]
        one = ours["1_clients"]["cpu_ms"], theirs["1_clients"]["cpu_ms"]
        aim, most = AIMS[name]
        queries, around = ours["queries"]
        cost.append(
            [
                name, str(queries), str(most or "–"), f"{around}",
                f"{one[0]:.1f}", f"{ours[f'{CLIENTS}_clients']['cpu_ms']:.1f}", str(aim or "–"),
                str(theirs["queries"][0]) if theirs["queries"] else "–",
                f"{one[1]:.1f}", f"{one[0] / one[1]:.2f}",
            ]
        )  # fmt: skip
        for side, of in (("product", ours), ("peer", theirs)):
            cells = [
                f"{of[f'{clients}_clients'][key]:.0f}"
                for clients in (1, CLIENTS)
                for key in ("p50_ms", "p95_ms", "p99_ms")
            ]
            wait.append([f"{name}, {side}", *cells])
    head = [
        "", "queries", "aim", "BEGIN…", "CPU ms", f"at {CLIENTS}", "aim", "peer queries",
        "peer CPU ms", "ratio",
    ]  # fmt: skip
    times = ["p50", "p95", "p99", f"p50 at {CLIENTS}", "p95", "p99"]
    return "\n\n".join(
        [figures.table(head, cost), figures.table(["latency, ms", *times], wait)]
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Measure, say it, keep it."""
    parser = argparse.ArgumentParser(prog="bin/bench web", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds after the warm-up")
    parser.add_argument("--requests", type=int, default=24, help="requests of one client a round")
    args = parser.parse_args(arguments)
    end_on_request()
    with tempfile.TemporaryDirectory(prefix="tautband-bench-") as work:
        measured = measure(Path(work), rounds=args.rounds, each=args.requests)
    print(shown(measured))
    print(f"\nWritten to {figures.keep('web', measured)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
