"""Backups of a PostgreSQL store, through its own pg_dump and pg_restore."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from tautband.config import store
from tautband.errors import Refused

SCHEMA = "public"
NOT_A_BACKUP = "This is not a backup of a tautband store, or it is damaged. Nothing was changed."


def dump(target: Path) -> None:
    """Write the whole store, as it stands at one instant, in pg_dump's own format."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--schema={SCHEMA}",
         f"--file={target}", connect=True)  # fmt: skip


def verify(path: Path) -> set[store.Migration]:
    """Read a backup to its end, and return the migrations applied in it; `Refused` otherwise."""
    try:
        # Writing it out as SQL reads and checks every block of it.
        _run("pg_restore", "--file=/dev/null", str(path))
        rows = _run("pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(path))
    except Refused as error:
        raise Refused(NOT_A_BACKUP) from error
    applied: set[store.Migration] = set()
    inside = False
    for line in rows.splitlines():
        if line == "\\.":
            inside = False
        elif inside:
            _, app, name, *_ = line.split("\t")
            applied.add((app, name))
        elif line.startswith("COPY ") and "django_migrations" in line:
            inside = True
    if not any(app == "records" for app, _ in applied):
        raise Refused(NOT_A_BACKUP)
    return applied


def replace(source: Path, *, stamp: str) -> str:
    """Put a checked backup in the place of the tables; the old ones stay in their own schema."""
    kept = f"before_{stamp.lower()}"
    wanted = [line for line in _run("pg_restore", "--list", str(source)).splitlines()
              if " SCHEMA - " not in line and " - SCHEMA " not in line]  # fmt: skip
    _execute(
        f'ALTER SCHEMA "{SCHEMA}" RENAME TO "{kept}"',
        f'CREATE SCHEMA "{SCHEMA}"',
    )
    try:
        with TemporaryDirectory() as folder:
            chosen = Path(folder) / "list"
            chosen.write_text("\n".join(wanted) + "\n")
            _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                 "--no-privileges", f"--use-list={chosen}", f"--dbname={_dbname()}", str(source),
                 connect=True)  # fmt: skip
        store.migrate()
    except BaseException:
        _execute(
            f'DROP SCHEMA "{SCHEMA}" CASCADE',
            f'ALTER SCHEMA "{kept}" RENAME TO "{SCHEMA}"',
        )
        raise
    return f"schema {kept}"


def _execute(*statements: str) -> None:
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _dbname() -> str:
    return str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])


def _environment() -> dict[str, str]:
    """How libpq finds the store; the password never stands on a command line."""
    settings = connections[DEFAULT_DB_ALIAS].settings_dict
    named = {
        "PGDATABASE": settings["NAME"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGSSLMODE": settings["OPTIONS"].get("sslmode"),
        "PGSSLROOTCERT": settings["OPTIONS"].get("sslrootcert"),
        "PGSSLCERT": settings["OPTIONS"].get("sslcert"),
        "PGSSLKEY": settings["OPTIONS"].get("sslkey"),
        "PGPASSFILE": settings["OPTIONS"].get("passfile"),
    }
    return {name: str(value) for name, value in named.items() if value}


def _run(program: str, *arguments: str, connect: bool = False) -> str:
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} is not installed (Debian: postgresql-client).")
    environment = os.environ | (_environment() if connect else {})
    command: Sequence[str] = [found, *arguments]
    done = subprocess.run(  # noqa: S603 our own arguments, no shell
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    if done.returncode:
        # Only the first line: later ones may quote rows.
        words = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise Refused(f"{program} failed: {words}")
    return done.stdout
