"""Queries whose SQL is written once.

Django writes the SQL of a query anew each time it is asked. Where a hundred columns are read for
one row, which is what every save of a session does, that takes several times as long as the
database's answer. A prepared query is an ordinary QuerySet, written out at its first use; after
that only the ids in it differ, and Django's own readers turn the rows into what they stand for.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, UUIDField

T = TypeVar("T")
_ID: Any = UUIDField()
# Stands in the written SQL for the n-th id until it is asked; no record is ever called this.
_MARK = 0x7461757462616E64 << 64


@dataclass(frozen=True, slots=True)
class _Written:
    """One query in the words of one database; `places` says which parameters are ids."""

    queryset: "QuerySet[Any, Any]"
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    converters: Any


class Prepared(Generic[T]):
    """A query over ids alone, by example: `Prepared(lambda patient_id: Injection.objects.…)`.

    Called with the ids it answers with a list. The order of rows, joins, annotations and
    `select_for_update` are those of the example; `prefetch_related` is not possible.
    """

    def __init__(self, example: Callable[..., "QuerySet[Any, T]"]) -> None:
        self._example = example
        self._ids = len(signature(example).parameters)
        self._written: dict[str, _Written] = {}

    def __call__(self, *ids: UUID) -> list[T]:
        """Every row, for these ids."""
        connection = transaction.get_connection()
        written = self._written.get(connection.vendor)
        if written is None:
            written = self._written[connection.vendor] = self._write(connection)
        params = list(written.params)
        for place, number in written.places:
            params[place] = _as_stored(ids[number], connection)
        compiler = copy(written.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (written.sql, tuple(params))
        compiler.get_converters = lambda _columns: written.converters
        asked: Any = written.queryset.all()
        asked.query.get_compiler = lambda *_args, **_options: compiler
        return list(asked)

    def first(self, *ids: UUID) -> T | None:
        """The first row, or None."""
        rows = self(*ids)
        return rows[0] if rows else None

    def held(self, *ids: UUID) -> T | None:
        """The first row, locked, or None.

        Looked for twice: what was committed while this waited for the lock may have changed what
        the row joins, and PostgreSQL then leaves it out of the answer that was begun before.
        """
        return self.first(*ids) or self.first(*ids)

    def _write(self, connection: Any) -> _Written:
        marks = [UUID(int=_MARK + number) for number in range(self._ids)]
        queryset = self._example(*marks)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        stored = {_as_stored(mark, connection): number for number, mark in enumerate(marks)}
        places = tuple(
            (place, stored[value])
            for place, value in enumerate(params)
            if isinstance(value, str | UUID) and value in stored
        )
        if {number for _place, number in places} != set(range(self._ids)):
            raise ValueError("Every id of a prepared query must stand in its SQL.")
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        return _Written(queryset, compiler, sql, tuple(params), places, converters)


def _as_stored(key: UUID, connection: Any) -> Any:
    """An id as this database takes it: SQLite as 32 digits, PostgreSQL as it is."""
    return _ID.get_db_prep_value(key, connection)
