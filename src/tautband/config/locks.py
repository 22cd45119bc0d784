"""Who has the store open: a file beside a SQLite database, PostgreSQL's own list of sessions."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

# Any number, as long as nothing else uses it: "taut" as ASCII.
MIGRATING = 0x74617574

# Kept until the process ends, and with it the lock: the kernel gives it back even after kill -9.
_held: dict[str, int] = {}


class Busy(Exception):
    """Somebody else has the store open."""


def _lock_file(database: Path, suffix: str) -> int:
    return os.open(f"{database}.{suffix}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def hold_in_use(database: Path) -> None:
    """Say, until this process ends, that it uses this SQLite file; `Busy` while it is restored."""
    if str(database) in _held:
        return
    handle = _lock_file(database, "in-use")
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Busy from error
    _held[str(database)] = handle


def release(database: Path) -> None:
    """Take back what `hold_in_use` said."""
    handle = _held.pop(str(database), None)
    if handle is not None:
        os.close(handle)


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Be the only one with this SQLite file; `Busy` when a server or a command has it open."""
    handle = _lock_file(database, "in-use")
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield
    finally:
        os.close(handle)


@contextmanager
def migrating() -> Iterator[None]:
    """Let one process at a time bring the store up; the others wait."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        handle = _lock_file(Path(connection.settings_dict["NAME"]), "migrating")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def other_sessions() -> int:
    """How many other tautband processes are connected to this PostgreSQL database."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'tautband' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
