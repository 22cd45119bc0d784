"""Emptying the tables between tests although the database itself protects some of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import TransactionTestCase

_flush = TransactionTestCase._fixture_teardown


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """Take the guards of the append-only tables off, and put the very same ones back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            )
            tables = [row[0] for row in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for _, statement in triggers:
                cursor.execute(statement)
        else:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _teardown(self: TransactionTestCase) -> None:
    with triggers_lifted():
        _flush(self)


def install() -> None:
    """Make every test that commits use this."""
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[method-assign]
