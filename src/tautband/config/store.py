"""Bringing the store up: an empty or older one is migrated, a newer one is left alone."""

from collections.abc import Iterable
from pathlib import Path

from django.core import checks
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tautband.config import locks
from tautband.errors import Refused

Migration = tuple[str, str]
NAMED = 5


class StoreUnusable(Refused):
    """The store cannot be used as it is; nothing in it was touched."""


class NewerStore(StoreUnusable):
    """A newer program has written this store."""


def known_migrations(loader: MigrationLoader | None = None) -> set[Migration]:
    """Every migration this program carries, with those a squashed one stands for."""
    loader = loader or MigrationLoader(None)
    known: set[Migration] = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= set(migration.replaces)
    return known


def refuse_newer(applied: Iterable[Migration], known: set[Migration]) -> None:
    """Refuse a store in which migrations are applied that this program does not know."""
    unknown = sorted(f"{app}.{name}" for app, name in set(applied) - known)
    if not unknown:
        return
    names = ", ".join(unknown[:NAMED]) + (" …" if len(unknown) > NAMED else "")
    raise NewerStore(
        f"A newer tautband has written this store (it knows {names}). Nothing was changed. "
        "Start the newer program, or restore a backup that this one made."
    )


def sqlite_path() -> Path | None:
    """The file of the store, or None when it is PostgreSQL."""
    connection = connections[DEFAULT_DB_ALIAS]
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def bring_up(alias: str = DEFAULT_DB_ALIAS) -> list[checks.CheckMessage]:
    """Make the store ready for this program, and return what its checks have to say.

    Every command and every server calls this first. Two starts at once do not race: one
    migrates while the other waits and then finds nothing left to do.
    """
    if path := sqlite_path():
        _claim(path)
    try:
        said = _healthy(alias)
        if _plan(alias):
            with locks.migrating():
                migrate(alias)
    except DatabaseError as error:
        # A driver's message names hosts and files but no rows: nothing was asked of any table.
        words = " ".join(str(error).split())
        raise StoreUnusable(f"The store cannot be opened: {words}") from error
    return said


def migrate(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Apply what is missing, unless a newer program was here in the meantime."""
    if _plan(alias):
        call_command("migrate", database=alias, interactive=False, verbosity=0, skip_checks=True)


def _claim(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        locks.hold_in_use(path)
    except locks.Busy as error:
        raise StoreUnusable("The store is being restored. Try again when that is done.") from error
    except OSError as error:
        raise StoreUnusable(f"The store cannot be opened: {error.strerror}: {path}") from error


def _healthy(alias: str) -> list[checks.CheckMessage]:
    said = checks.run_checks(tags=[checks.Tags.database], databases=[alias])
    for message in said:
        if message.is_serious():
            raise StoreUnusable(f"{message.msg} {message.hint or ''}".strip())
    return said


def _plan(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    loader = executor.loader
    refuse_newer(loader.applied_migrations, known_migrations(loader))
    return bool(executor.migration_plan(loader.graph.leaf_nodes()))
