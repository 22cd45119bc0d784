"""A backup is whole or does not exist; a restore puts it back or changes nothing."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tautband.config import locks
from tests.unit.config.conftest import ON_POSTGRES, Scratch
from tests.unit.config.test_store import FUTURE

PERSON = ("--name", "Ada Example", "--role", "manager")
EVENT = (
    "INSERT INTO audit_auditevent (action, detail, recorded_at)"
    " VALUES ('test.pair', '{}', '2026-01-01 00:00:00+00:00')"
)


def test_a_backup_comes_back(scratch: Scratch, tmp_path: Path) -> None:
    scratch.run("user", "add", "first", *PERSON)
    scratch.run("backup", tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    scratch.run("user", "add", "second", *PERSON)

    said = scratch.run("restore", tmp_path / "copy")

    assert scratch.people() == ["first"]
    assert "up to date" in scratch.run("check-store")
    assert (
        scratch.ask("SELECT action FROM audit_auditevent ORDER BY id DESC")[0][0] == "store.restore"
    )
    assert old_people(scratch, said) == ["first", "second"]


def old_people(scratch: Scratch, said: str) -> list[str]:
    """Who is in the store that was set aside."""
    kept = said.strip().rpartition("kept as ")[2].rstrip(".")
    if ON_POSTGRES:
        schema = kept.removeprefix("schema ")
        rows = scratch.ask(f"SELECT username FROM {schema}.accounts_user ORDER BY username")
    else:
        with closing(sqlite3.connect(kept)) as connection:
            rows = connection.execute(
                "SELECT username FROM accounts_user ORDER BY username"
            ).fetchall()
    return [row[0] for row in rows]


def test_a_backup_among_writes_holds_whole_transactions(scratch: Scratch, tmp_path: Path) -> None:
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with closing(scratch.connect()) as connection:
            while not stop.is_set():
                connection.execute("BEGIN")
                connection.execute(EVENT)
                connection.execute(EVENT)
                connection.execute("COMMIT")
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            scratch.run("backup", tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
    assert written > 3
    scratch.run("restore", tmp_path / "copy2")
    pairs = scratch.ask("SELECT count(*) FROM audit_auditevent WHERE action = 'test.pair'")[0][0]
    assert pairs > 0
    assert pairs % 2 == 0


def test_a_backup_replaces_nothing_unasked(scratch: Scratch, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("something dear")
    assert "--force" in scratch.run("backup", target, code=1)
    assert target.read_text() == "something dear"
    scratch.run("backup", "--force", target)
    assert scratch.run("restore", target)


def test_a_backup_goes_to_a_file_in_a_folder_that_exists(scratch: Scratch, tmp_path: Path) -> None:
    scratch.run("backup", tmp_path / "nowhere" / "copy", code=1)
    scratch.run("backup", tmp_path, code=1)
    if not ON_POSTGRES:
        assert "store itself" in scratch.run("backup", "--force", scratch.file, code=1)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty"])
def test_a_damaged_backup_changes_nothing(scratch: Scratch, tmp_path: Path, damage: str) -> None:
    scratch.run("user", "add", "first", *PERSON)
    copy = tmp_path / "copy"
    scratch.run("backup", copy)
    whole = copy.read_bytes()
    half = len(whole) // 2
    copy.write_bytes({"cut": whole[:half], "garbage": os.urandom(4096), "empty": b""}[damage])
    scratch.run("user", "add", "second", *PERSON)
    assert "Nothing was changed" in scratch.run("restore", copy, code=1)
    assert scratch.people() == ["first", "second"]


def test_a_newer_backup_is_refused(scratch: Scratch, tmp_path: Path) -> None:
    scratch.tell(FUTURE)
    copy = scratch.raw_backup(tmp_path / "copy")
    scratch.tell("DELETE FROM django_migrations WHERE name = '9999_from_the_future'")
    scratch.run("user", "add", "first", *PERSON)
    assert "9999_from_the_future" in scratch.run("restore", copy, code=2)
    assert scratch.people() == ["first"]


def test_an_older_backup_is_brought_up(scratch: Scratch, tmp_path: Path) -> None:
    scratch.run("user", "add", "first", *PERSON)
    scratch.manage("migrate", "axes", "zero", "--verbosity=0")
    copy = scratch.raw_backup(tmp_path / "copy")
    scratch.run("restore", copy)
    assert scratch.ask("SELECT count(*) FROM axes_accessattempt")[0][0] == 0
    assert scratch.people() == ["first"]


def test_a_restore_that_fails_half_way_leaves_the_store_as_it_was(
    scratch: Scratch, tmp_path: Path
) -> None:
    scratch.run("user", "add", "first", *PERSON)
    scratch.manage("migrate", "axes", "zero", "--verbosity=0")
    scratch.tell("CREATE TABLE axes_accessattempt (in_the_way integer)")
    copy = scratch.raw_backup(tmp_path / "copy")
    scratch.tell("DROP TABLE axes_accessattempt")
    scratch.run("user", "add", "second", *PERSON)
    assert "as it was" in scratch.run("restore", copy, code=1)
    assert scratch.people() == ["first", "second"]
    assert "up to date" in scratch.run("check-store")


def test_nothing_is_restored_under_a_server(scratch: Scratch, tmp_path: Path) -> None:
    scratch.run("backup", tmp_path / "copy")
    if ON_POSTGRES:
        with closing(psycopg.connect(scratch.url, application_name="tautband")):
            said = scratch.run("restore", tmp_path / "copy", code=1)
    else:
        locks.hold_in_use(scratch.file)
        try:
            said = scratch.run("restore", tmp_path / "copy", code=1)
        finally:
            locks.release(scratch.file)
    assert "Stop it first" in said
    scratch.run("restore", tmp_path / "copy")


def test_nothing_is_started_under_a_restore(scratch: Scratch) -> None:
    if ON_POSTGRES:
        return  # its sessions see the schema change in one transaction
    with locks.alone(scratch.file):
        assert "being restored" in scratch.run("check-store", code=2)


def test_a_lost_store_is_restored_from_nothing(scratch: Scratch, tmp_path: Path) -> None:
    if ON_POSTGRES:
        return  # a lost PostgreSQL database is made again by its administrator
    scratch.run("user", "add", "first", *PERSON)
    scratch.run("backup", tmp_path / "copy")
    scratch.file.write_bytes(b"\0" * 8192)
    scratch.run("restore", tmp_path / "copy")
    assert scratch.people() == ["first"]
