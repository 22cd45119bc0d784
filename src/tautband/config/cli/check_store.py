"""`tautband check-store`."""

import argparse
from contextlib import closing
from typing import Any


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("check-store", help="read the whole store and say if it is sound")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Name the engine, pass on what the checks say, and read every page of a SQLite file."""
    import sqlite3

    from tautband.config import store

    for message in store.bring_up():
        print(message.msg, message.hint or "")
    path = store.sqlite_path()
    if path is None:
        print("The store is up to date. PostgreSQL checks its own pages.")
        return 0
    with closing(sqlite3.connect(path)) as opened:
        faults = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(20)")]
        orphans = len(opened.execute("PRAGMA foreign_key_check").fetchall())
    if faults == ["ok"] and not orphans:
        print("The store is up to date and whole.")
        return 0
    for fault in faults:
        if fault != "ok":
            print(fault)
    if orphans:
        print(f"{orphans} rows point to rows that are not there.")
    print("The store is damaged. Stop the server and restore the latest backup.")
    return 1
