"""Serving pages and static files with granian."""

import ctypes
import hashlib
import socket
import sys
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

# What WeasyPrint opens, by the names Linux has for them, and the Debian packages they come in.
PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
PDF_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def missing_pdf_libraries() -> str:
    """The first library that WeasyPrint would not find; empty when all are there."""
    if not sys.platform.startswith("linux"):
        return ""
    for name in PDF_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            return name
    return ""


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
