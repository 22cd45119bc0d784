"""One writer: rows are written in `records/actions` and `accounts/actions`, and nowhere else.

Left out is what Django keeps for itself: its sessions, and on signing in the time of it.
"""

import ast
import re

import pytest
from django.apps import apps

from tests.architecture.orm_writes import Finder
from tests.architecture.source import SRC, name_of, python_files, tree_of

#: Who may write through the ORM, and why.
WRITERS = {
    "src/tautband/records/actions/": "the only writer of the clinical record",
    "src/tautband/accounts/actions.py": "the only writer of people's accounts",
    "src/tautband/audit/trail.py": "appends to the trail, inside the writer's transaction",
}
#: Who may speak SQL, and why: none of it changes a row of the record.
SQL = {
    "src/tautband/config/backups_postgres.py": "puts a whole backup back, under the ORM on purpose",
    "src/tautband/config/backups_sqlite.py": "copies and checks a whole file, under the ORM",
    "src/tautband/config/checks.py": "asks the engine how it is set",
    "src/tautband/config/cli/check_store.py": "asks SQLite whether a file is sound",
    "src/tautband/config/locks.py": "takes a lock of the engine while it migrates",
    "src/tautband/interop/fhir/staging.py": "keeps a temporary file of its own, never the store",
}
#: What looks like a relation and is none, word for word, and what it is.
NOT_ROWS = {
    ("src/tautband/records/facts.py", "lines.answers.clear"): "a dictionary of ChartLines",
}
#: Of those that speak SQL, the ones that only ask. A PRAGMA without a value asks.
ASKS = re.compile(
    r"(PRAGMA [\w{}]+(\(\d+\))?|SHOW \w+|SELECT (?!.*\b(INSERT|UPDATE|DELETE)\b).*)$",
    re.IGNORECASE | re.DOTALL,
)
ONLY_ASK = ("config/checks.py", "config/cli/check_store.py", "config/locks.py")


def relations() -> frozenset[str]:
    """The names under which the rows of one model are reached from another."""
    found = set()
    for model in apps.get_models():
        found |= {str(each.get_accessor_name()) for each in model._meta.related_objects}
        found |= {each.name for each in model._meta.many_to_many}
    return frozenset(found - {"None"})


def writers_below(folder: str, allowed: dict[str, str]) -> list[str]:
    known = relations()
    found = []
    for path in python_files(SRC):
        name = name_of(path)
        if "/migrations/" in name or any(name.startswith(each) for each in allowed):
            continue
        if name.startswith(folder):
            finder = Finder(tree_of(path), relations=known)
            found += [
                f"{name}:{write.line} {write.what}"
                for write in finder.writes()
                if (name, write.text) not in NOT_ROWS
            ]
    return found


def test_rows_are_written_by_actions_alone() -> None:
    assert writers_below("src/tautband/", {**WRITERS, **SQL}) == []


def test_every_writer_of_the_list_does_write() -> None:
    known = relations()
    idle = [
        name
        for name in (*WRITERS, *SQL)
        if not any(
            list(Finder(tree_of(path), relations=known).writes())
            for path in python_files(SRC)
            if name_of(path).startswith(name)
        )
    ]
    assert idle == []


@pytest.mark.parametrize("name", ONLY_ASK)
def test_who_only_asks_the_engine_changes_nothing(name: str) -> None:
    statements = [
        ast.unparse(call.args[0]).strip("f'\"")
        for call in ast.walk(tree_of(SRC / name))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "execute"
    ]
    assert statements
    assert [each for each in statements if not ASKS.match(each)] == []


def found_in(source: str) -> list[str]:
    finder = Finder(ast.parse(source), relations=frozenset({"injections", "statements"}))
    return [write.what for write in finder.writes()]


@pytest.mark.parametrize(
    "source",
    [
        "patient.save()",
        "Patient.objects.create(number='1')",
        "Patient.objects.filter(pk=1).update(number='2')",
        "Patient.objects.all().delete()",
        "Patient._default_manager.bulk_create(rows)",
        "Patient.objects.get_or_create(pk=1)",
        "Patient.objects.raw('DELETE FROM records_patient')",
        "procedure.injections.update(position='prone')",
        "procedure.injections.add(row)",
        "patient.statements.clear()",
        "for row in rows: row.delete()",
        "[patient.save() for patient in found]",
        "from tautband.records.models import patient\n[patient.save() for patient in found]",
        "rows = Patient.objects.filter(pk=1)\nrows.delete()",
        "def f(rows):\n    rows.update(number='2')",
        "def f(row: 'Patient | None'):\n    row.delete()",
        "wipe = Patient.objects.filter(pk=1).delete\nwipe()",
        "list(map(Patient.save, rows))",
        "getattr(row, 'save')()",
        "connection.cursor().execute('UPDATE records_patient SET number = 1')",
        "with connection.cursor() as cursor:\n    cursor.execute(sql)",
        "cursor.executemany(sql, rows)",
        "held = {}\nheld = Patient.objects.filter(pk=1)\nheld.update(number='2')",
        "form.save()",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert found_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "held = {}\nheld.update(a=1)",
        "held: dict[str, str] = {}\nheld.update(a='1')",
        "import hashlib\ndigest = hashlib.sha256()\ndigest.update(b'1')",
        "def f(seen: set[str]):\n    seen.update({'1'})",
        "def f(counted: Counter[str] | None):\n    counted.update(['1'])",
        "from tautband.records.actions import patients\npatients.create(who)",
        "from tautband.accounts import actions as accounts\naccounts.create(actor=None)",
        "names = set()\nnames.add('1')",
        "Patient.objects.filter(pk=1).first()",
        "from contextvars import ContextVar\nheld = ContextVar('held')\nheld.set(1)",
        "'''Patient.objects.create()'''",
    ],
)
def test_what_only_looks_like_a_write_is_left_alone(source: str) -> None:
    assert found_in(source) == []
