"""Is the store one to trust a clinical record to?"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import connections

# Until this version two connections that write and tidy up at the same instant can, very rarely,
# spoil a WAL database ("WAL-reset bug", SQLite's release notes of 3.51.3).
SAFE_SQLITE = (3, 51, 3)
SYNCHRONOUS_FULL = 2
OLDEST_POSTGRES = 15


def sqlite_version_message(version: tuple[int, ...]) -> CheckMessage:
    """What to say about a version of SQLite."""
    name = ".".join(str(part) for part in version)
    if version < SAFE_SQLITE:
        return checks.Warning(
            f"SQLite {name} has the WAL-reset bug, fixed in 3.51.3.",
            hint=(
                "It needs two writers at one instant and is very rare. Take backups, and move to "
                "a newer SQLite or to PostgreSQL when you can."
            ),
            id="tautband.W001",
        )
    return Info(f"SQLite {name}.", id="tautband.I001")


@register(Tags.database)
def check_store(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Name the engine and its version, and refuse settings that could lose a record."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            found += [sqlite_version_message(sqlite3.sqlite_version_info), *_sqlite(alias)]
        else:
            found += _postgres(alias)
    return found


def _pragma(alias: str, name: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        row = cursor.fetchone()
    return row[0] if row else None


def _sqlite(alias: str) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if _pragma(alias, "mmap_size"):
        found.append(
            Error(
                "SQLite reads through memory mapping; a disk error would end the server.",
                hint="Take `mmap_size` out of the database's init_command.",
                id="tautband.E001",
            )
        )
    if _pragma(alias, "synchronous") < SYNCHRONOUS_FULL:
        found.append(
            Error(
                "SQLite does not wait for the disk; a power cut could take a saved record away.",
                hint="Set `synchronous=FULL`.",
                id="tautband.E002",
            )
        )
    if not _pragma(alias, "foreign_keys"):
        found.append(
            Error(
                "SQLite does not hold foreign keys.",
                hint="Set `foreign_keys=ON`.",
                id="tautband.E003",
            )
        )
    return found


def _postgres(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10000
    if version < OLDEST_POSTGRES:
        return [
            Error(
                f"PostgreSQL {version} is too old; {OLDEST_POSTGRES} or later is needed.",
                id="tautband.E004",
            )
        ]
    return [Info(f"PostgreSQL {version}.", id="tautband.I002")]
