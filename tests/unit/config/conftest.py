"""A store of its own for a test, reached the way a person reaches it: through the command line."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).parents[3]
SERVER = os.environ.get("TAUTBAND_DATABASE_URL", "")
ON_POSTGRES = SERVER.startswith("postgres")


class Scratch:
    """An installation in a folder of the test, on the engine this run is about."""

    def __init__(self, folder: Path, *, template: str = "") -> None:
        self.data = folder / "data"
        self.started: list[subprocess.Popen[str]] = []
        self.name = f"scratch_{uuid.uuid4().hex[:12]}"
        self.file = self.data / "tautband.sqlite3"
        if ON_POSTGRES:
            _maintain(
                f"CREATE DATABASE {self.name}" + (f" TEMPLATE {template}" if template else "")
            )
            self.url = urlsplit(SERVER)._replace(path=f"/{self.name}").geturl()
        else:
            self.url = ""
            if template:
                self.data.mkdir(mode=0o700)
                shutil.copy(template, self.file)

    @property
    def template(self) -> str:
        """What another scratch store may start from."""
        return self.name if ON_POSTGRES else str(self.file)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
        return kept | {
            "PYTHONPATH": str(ROOT / "src"),
            "TAUTBAND_DATA": str(self.data),
            "TAUTBAND_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tautband.config.settings",
        }

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Begin a command and do not wait for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tautband", *map(str, arguments)],
            env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # A group of its own: a server's workers outlive it when it is killed alone.
            start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def run(self, *arguments: object, code: int = 0) -> str:
        """Run a command, hold it to its exit code, and return what it said."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, f"{process.returncode}: {out}{err}"
        assert "Traceback" not in err
        if code:
            assert len(err.strip().splitlines()) == 1, err
        return out + err

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments], env=self.environment, check=True
        )

    def connect(self) -> Any:
        """A connection that goes round all of our code."""
        if ON_POSTGRES:
            return psycopg.connect(self.url, autocommit=True)
        return sqlite3.connect(self.file, timeout=20, isolation_level=None)

    def ask(self, statement: str) -> list[Any]:
        with closing(self.connect()) as connection:
            return list(connection.execute(statement).fetchall())

    def tell(self, statement: str) -> None:
        with closing(self.connect()) as connection:
            connection.execute(statement)

    def people(self) -> list[str]:
        return [row[0] for row in self.ask("SELECT username FROM accounts_user ORDER BY username")]

    def raw_backup(self, target: Path) -> Path:
        """Copy the store as it is, without bringing it up first as `tautband backup` does."""
        if ON_POSTGRES:
            subprocess.run(
                ["pg_dump", "--format=custom", "--schema=public", f"--file={target}", self.url],
                check=True,
            )
        else:
            with closing(self.connect()) as old, closing(sqlite3.connect(target)) as new:
                old.backup(new)
        return target

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=20)
        if ON_POSTGRES:
            _maintain(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def _maintain(statement: str) -> None:
    with closing(psycopg.connect(SERVER, autocommit=True)) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def _finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    scratch = Scratch(tmp_path_factory.mktemp("finished"))
    scratch.run("check-store")
    if not ON_POSTGRES:
        # All of it in the one file that is about to be copied.
        with closing(scratch.connect()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield scratch
    scratch.end()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Scratch]:
    """A place where nothing was ever started."""
    scratch = Scratch(tmp_path / "installation")
    yield scratch
    scratch.end()


@pytest.fixture
def scratch(tmp_path: Path, _finished: Scratch) -> Iterator[Scratch]:
    """A store that is up to date and holds nobody."""
    folder = tmp_path / "installation"
    folder.mkdir()
    scratch = Scratch(folder, template=_finished.template)
    yield scratch
    scratch.end()
