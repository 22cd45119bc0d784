"""A copy of the store that can be trusted, and the way back from it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from tautband.config import backups_postgres, backups_sqlite, locks, store
from tautband.config.durable import put_in_place
from tautband.errors import Refused


def backup(target: Path, *, force: bool = False) -> Path:
    """Copy the store to `target` while it stays in use, check the copy, then put it in place.

    A copy that fails its check never gets the name; what stood there before stays.
    """
    target = target.absolute()
    if target.is_dir() or not target.parent.is_dir():
        raise Refused(f"{target} is not a file in an existing folder.")
    if target.exists() and not force:
        raise Refused(f"{target} exists already. Choose another name, or say --force.")
    source = store.sqlite_path()
    if source and target.exists() and target.samefile(source):
        raise Refused("That is the store itself.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(handle)
    try:
        if source:
            backups_sqlite.copy(source, draft)
            backups_sqlite.verify(draft)
        else:
            backups_postgres.dump(draft)
            backups_postgres.verify(draft)
        put_in_place(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def restore(source: Path, *, say: Callable[[str], None]) -> str:
    """Put a backup in the place of the store, and return where the old one is kept.

    The backup is checked, and brought up to this program, before anything is moved; when
    something fails on the way, the old store is where it was.
    """
    source = source.absolute()
    if not source.is_file():
        raise Refused(f"{source} is not a file.")
    try:
        return _restore(source, say=say)
    except locks.Busy as error:
        raise Refused("A server or a command is using the store. Stop it first.") from error
    except DatabaseError as error:
        raise Refused(
            "The backup could not be brought up to this program. The store is as it was."
        ) from error


def _restore(source: Path, *, say: Callable[[str], None]) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = store.sqlite_path()
    known = store.known_migrations()
    if path is None:
        store.refuse_newer(backups_postgres.verify(source), known)
        return _restore_postgres(source, stamp=stamp, say=say)
    store.refuse_newer(backups_sqlite.verify(source), known)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connections[DEFAULT_DB_ALIAS].close()
    locks.release(path)
    with locks.alone(path):
        say("The backup is whole. Putting it in place …")
        return backups_sqlite.replace(path, source, stamp=stamp)


def _restore_postgres(source: Path, *, stamp: str, say: Callable[[str], None]) -> str:
    if locks.other_sessions():
        raise locks.Busy
    say("The backup is whole. Putting it in place …")
    return backups_postgres.replace(source, stamp=stamp)
