"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from tests import flushing

# Playwright runs an event loop in the thread of the test; Django must not mind.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
flushing.install()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Give every run its own database, and SQLite a real file.

    A file behaves as the product does (WAL, IMMEDIATE, one connection to a thread); SQLite in
    memory would share one connection between the threads of a live server.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        name = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    else:
        name = f"test_tautband_{os.getpid()}"
    database.setdefault("TEST", {})["NAME"] = name


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, settings: object) -> None:
    """No test writes into the data of an installation."""
    settings.TAUTBAND_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    settings.TAUTBAND_DATA.mkdir()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """No test inherits the language of the last request of the one before."""
    with translation.override("en"):
        yield
