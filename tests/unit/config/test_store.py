"""An empty or older store is brought up; a newer one is left alone."""

from django.core.checks import WARNING

from tautband.config import checks
from tests.unit.config.conftest import ON_POSTGRES, Scratch

FUTURE = (
    "INSERT INTO django_migrations (app, name, applied)"
    " VALUES ('records', '9999_from_the_future', '2099-01-01 00:00:00')"
)


def state(scratch: Scratch) -> list[object]:
    """Everything that a start could have changed."""
    tables = (
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        if ON_POSTGRES
        else "SELECT name, sql FROM sqlite_master ORDER BY 1"
    )
    return scratch.ask(tables) + scratch.ask(
        "SELECT app, name FROM django_migrations ORDER BY 1, 2"
    )


def test_an_empty_store_is_brought_up(empty: Scratch) -> None:
    assert "up to date" in empty.run("check-store")
    assert empty.people() == []


def test_an_older_store_is_brought_up(scratch: Scratch) -> None:
    whole = state(scratch)
    scratch.manage("migrate", "axes", "zero", "--verbosity=0")
    assert state(scratch) != whole
    scratch.run("check-store")
    assert sorted(map(str, state(scratch))) == sorted(map(str, whole))


def test_a_newer_store_is_refused_by_name_and_nothing_is_touched(scratch: Scratch) -> None:
    scratch.manage("migrate", "axes", "zero", "--verbosity=0")
    scratch.tell(FUTURE)
    before = state(scratch)
    said = scratch.run("check-store", code=2)
    assert "records.9999_from_the_future" in said
    assert "Nothing was changed" in said
    assert state(scratch) == before


def test_a_newer_store_is_not_served(scratch: Scratch) -> None:
    scratch.tell(FUTURE)
    assert "9999_from_the_future" in scratch.run("serve", "--port", "1", code=2)


def test_three_starts_at_once_do_not_race(empty: Scratch) -> None:
    processes = [empty.start("check-store") for _ in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err


def test_what_is_no_store_is_said_on_one_line(empty: Scratch) -> None:
    if ON_POSTGRES:
        empty.url = empty.url.replace(empty.name, "there_is_no_such_database")
    else:
        empty.data.mkdir(parents=True)
        empty.file.write_bytes(b"no database" * 1000)
    assert "cannot be opened" in empty.run("check-store", code=2)


def test_a_damaged_store_is_found(scratch: Scratch) -> None:
    if ON_POSTGRES:
        return  # PostgreSQL reads its own checksums
    scratch.manage("check")
    size = scratch.file.stat().st_size
    with scratch.file.open("r+b") as file:
        for page in range(20, size // 4096, 2):
            file.seek(page * 4096)
            file.write(b"\xff" * 512)
    process = scratch.start("check-store")
    out, err = process.communicate(timeout=60)
    assert process.returncode in {1, 2}
    assert "Traceback" not in err
    assert "damaged" in out or "cannot be" in err or "failed" in err


def test_a_version_of_sqlite_with_the_wal_reset_bug_is_warned_of() -> None:
    old = checks.sqlite_version_message((3, 51, 2))
    assert old.id == "tautband.W001"
    assert old.level == WARNING
    assert "3.51.2" in old.msg
    assert checks.sqlite_version_message((3, 51, 3)).level < WARNING


def test_the_store_names_its_engine(scratch: Scratch) -> None:
    assert ("PostgreSQL" if ON_POSTGRES else "SQLite") in scratch.run("check-store")
