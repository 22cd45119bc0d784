"""The product's own server as a child process: started, watched, and ended by its own id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 60
PRODUCT = "tautband.config.settings"


class DidNotAnswer(Exception):
    """The server ended, or said nothing for too long; what it printed is in the message."""


def free_port() -> int:
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(data: Path, *, settings: str = PRODUCT, database: str = "") -> dict[str, str]:
    """The environment in which a command uses this data folder and no other."""
    around = {name: words for name, words in os.environ.items() if not name.startswith("TAUTBAND_")}
    around |= {
        "TAUTBAND_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    if database:
        around["TAUTBAND_DATABASE_URL"] = database
    return around


class Server:
    """`tautband serve` on a free port, in a process group of its own."""

    def __init__(self, data: Path, *, settings: str = PRODUCT, database: str = "") -> None:
        self.data = data
        self.around = environment(data, settings=settings, database=database)
        self.port = free_port()
        self.log = data / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait for the first answer; returns the seconds until then."""
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tautband", "serve", "--port", str(self.port)],
                env=self.around, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        while time.monotonic() - begun < PATIENCE_SECONDS:
            if self._has_ended():
                break
            if listens(self.port):
                return time.monotonic() - begun
            time.sleep(0.02)
        process = self._process
        self.end()
        raise DidNotAnswer(
            f"Ended with {process.returncode}\n" + self.log.read_text("utf-8", "replace")[-2000:]
        )

    def _has_ended(self) -> bool:
        """Whether its first process has ended; not reaped yet, so that its id stays its own."""
        assert self._process is not None
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, how) is not None

    def kill(self) -> None:
        """End every process of it at once, as a power cut would: SIGKILL, nothing is tidied up."""
        self._signal(signal.SIGKILL)

    def end(self) -> None:
        """Ask it to stop, and insist after ten seconds."""
        try:
            self._signal(signal.SIGTERM, wait_seconds=10)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)

    def _signal(self, number: int, *, wait_seconds: float | None = None) -> None:
        if self._process is None:
            return
        # The group has the id of its first process, which nobody else gets until it is waited for.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        self._process.wait(wait_seconds)
        self._process = None

    def cpu_seconds(self) -> float:
        """The processor time that all processes of the server have used so far."""
        assert self._process is not None
        return cpu_seconds_of(self._process.pid)


def cpu_seconds_of(group: int) -> float:
    """User and system time of every living process of a group, from /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in brackets and may hold spaces; the fields are counted behind it.
            fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def end_on_request() -> None:
    """Let SIGTERM end this process as Ctrl-C does, so that its server does not outlive it."""

    def leave(_number: int, _frame: object) -> None:
        sys.exit(143)

    signal.signal(signal.SIGTERM, leave)


@contextmanager
def serving(data: Path, *, settings: str = PRODUCT, database: str = "") -> Iterator[Server]:
    """A server that answers inside the block and is gone after it."""
    server = Server(data, settings=settings, database=database)
    try:
        server.start()
        yield server
    finally:
        server.end()
