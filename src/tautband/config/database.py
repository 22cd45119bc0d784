"""Which database, and how it is opened so that a power cut costs nothing."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# WAL lets readers go on while one writes; FULL puts each commit on the disk before it is answered.
# Memory-mapped reading stays off: an error of the disk would end the process instead of the query.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-16000",
)
BUSY_SECONDS = 20
KEEP_OPEN_SECONDS = 600

# What may stand after the question mark of a PostgreSQL URL.
POSTGRES_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "connect_timeout", "passfile"}
)


def configured(url: str, *, data: Path) -> dict[str, Any]:
    """Django's description of the database a URL names; empty means a SQLite file in `data`.

    `sqlite:////var/lib/clinic.sqlite3` (four slashes: absolute path) or
    `postgresql://user:password@host:5432/name?sslmode=verify-full`.
    """
    if not url:
        return sqlite(data / "tautband.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path.removeprefix("/"))
        if not path or parts.netloc:
            raise ImproperlyConfigured(
                "TAUTBAND_DATABASE_URL: write sqlite:///file or sqlite:////absolute/file."
            )
        return sqlite(Path(path).absolute())
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgres(url)
    # The URL itself may hold a password, so it is not repeated.
    raise ImproperlyConfigured("TAUTBAND_DATABASE_URL must begin with sqlite:// or postgresql://.")


def sqlite(path: Path) -> dict[str, Any]:
    """Django's description of a SQLite file."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": KEEP_OPEN_SECONDS,
        "OPTIONS": {
            # A transaction that means to write says so at once, so that none fails half way
            # because another one wrote first.
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_SECONDS,
            "init_command": ";".join(SQLITE_PRAGMAS),
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    unknown = sorted(query.keys() - POSTGRES_OPTIONS)
    if unknown:
        raise ImproperlyConfigured(
            f"TAUTBAND_DATABASE_URL: {', '.join(unknown)} is not an option it may carry."
        )
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise ImproperlyConfigured("TAUTBAND_DATABASE_URL: the name of the database is missing.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": KEEP_OPEN_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "tautband", **query},
    }
