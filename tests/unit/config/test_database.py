"""The address of the database, and what it must never be read as."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tautband.config.database import configured

DATA = Path("/data")


def test_nothing_said_means_a_sqlite_file_in_the_data_folder() -> None:
    assert configured("", data=DATA)["NAME"] == "/data/tautband.sqlite3"


def test_a_sqlite_file_is_written_through_to_the_disk() -> None:
    options = configured("sqlite:////srv/a%20clinic.sqlite3", data=DATA)
    assert options["NAME"] == "/srv/a clinic.sqlite3"
    assert options["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["OPTIONS"]["init_command"]
    assert "mmap_size=0" in options["OPTIONS"]["init_command"]


def test_a_postgresql_url_is_taken_apart() -> None:
    found = configured(
        "postgresql://an%40na:p%2Fw@db.example:6432/clinic?sslmode=verify-full", data=DATA
    )
    assert (found["USER"], found["PASSWORD"]) == ("an@na", "p/w")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "6432", "clinic")
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert found["CONN_HEALTH_CHECKS"] is True


def test_a_postgresql_socket_may_be_named() -> None:
    assert (
        configured("postgres:///clinic?host=/run/postgresql", data=DATA)["HOST"]
        == "/run/postgresql"
    )


@pytest.mark.parametrize(
    "url",
    [
        "mysql://anna:secret@host/clinic",
        "sqlite://",
        "sqlite://host/file",
        "postgresql://anna:secret@host",
        "postgresql://anna:secret@host/clinic?options=-c%20fsync=off",
        "secret",
    ],
)
def test_anything_else_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        configured(url, data=DATA)
    assert "secret" not in str(refusal.value)
