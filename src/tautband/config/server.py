"""Serving pages and static files with granian."""

import hashlib
import socket
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from tautband.errors import Refused

STAMP = ".source"
THREADS = 4


def collect_static() -> None:
    """Put hashed and compressed copies of the static files where they are served from.

    Only when a source file changed since the last time: it takes longer than all else at a start.
    """
    root = Path(settings.STATIC_ROOT)
    mark = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            seen = Path(storage.path(name)).stat()
            mark.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    stamp = root / STAMP
    if stamp.exists() and stamp.read_text("ascii") == mark.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(mark.hexdigest(), "ascii")


def refuse_taken(host: str, port: int) -> None:
    """Say so in a sentence when something else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another: --port."
            ) from error


def serve(*, host: str, port: int, workers: int) -> None:
    """Answer until a signal says to stop."""
    # Loaded here, so that the workers share it and a fault shows before anything is answered.
    import tautband.config.wsgi  # noqa: F401

    # A connection must not be shared with the processes that are about to be started.
    connections.close_all()
    Granian(
        "tautband.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()
