"""Backups of a SQLite store, through SQLite's own online backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

from tautband.config import store
from tautband.config.database import BUSY_SECONDS
from tautband.config.durable import put_in_place, sync
from tautband.errors import Refused

NOT_A_BACKUP = "This is not a backup of a tautband store, or it is damaged. Nothing was changed."
SIDE_FILES = ("-wal", "-shm")


def copy(source: Path, target: Path) -> None:
    """Copy a database as it stands at one instant; writers go on meanwhile."""
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # A copy in WAL mode would want two more files beside it.
        new.execute("PRAGMA journal_mode=DELETE")


def verify(path: Path) -> set[store.Migration]:
    """Check a backup whole, and return the migrations applied in it; `Refused` when it is not."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            if opened.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refused(NOT_A_BACKUP)
            if opened.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise Refused(NOT_A_BACKUP)
            applied = set(opened.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error as error:
        raise Refused(NOT_A_BACKUP) from error
    if not any(app == "records" for app, _ in applied):
        raise Refused(NOT_A_BACKUP)
    return applied


def replace(path: Path, source: Path, *, stamp: str) -> str:
    """Put a checked backup in the place of the database; returns where the old one is kept."""
    draft = path.with_name(f".{path.name}.restoring")
    _remove(draft)
    try:
        copy(source, draft)
        draft.chmod(0o600)
        with _connected("restoring", draft):
            store.migrate("restoring")
        _fold_wal(draft)
        verify(draft)
        kept = _set_aside(path, stamp=stamp)
        put_in_place(draft, path)
    finally:
        _remove(draft)
    return kept


def _remove(path: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def _connected(alias: str, path: Path) -> Iterator[None]:
    connections.databases[alias] = connections.databases[DEFAULT_DB_ALIAS] | {"NAME": str(path)}
    try:
        yield
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


def _fold_wal(path: Path) -> bool:
    """Move what stands in the write-ahead log into the database; whether all of it went."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as opened:
            opened.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        # The store in use may be the damaged one; its files are then kept as they are.
        return False
    return not Path(f"{path}-wal").exists()


def _set_aside(path: Path, *, stamp: str) -> str:
    """Keep the old database under another name; it also keeps its own until it is replaced."""
    if not path.exists():
        return ""
    kept = Path(f"{path}.before-{stamp}")
    _fold_wal(path)
    for suffix in SIDE_FILES:
        # Left in place, an old log would be read into the new database.
        side = Path(f"{path}{suffix}")
        if side.exists():
            side.rename(f"{kept}{suffix}")
    try:
        kept.hardlink_to(path)
    except OSError:
        path.rename(kept)
    sync(path.parent)
    return str(kept)
