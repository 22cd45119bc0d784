"""What the product runs with, as opposed to what the tests run with."""

import importlib
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tautband.config import install
from tautband.config import settings as product
from tautband.config.logs import OneLine


@pytest.fixture
def over_https(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("TAUTBAND_HTTPS", "1")
    monkeypatch.setenv("TAUTBAND_HOSTS", "clinic.example")
    name = product.__name__
    kept = sys.modules.pop(name)
    yield importlib.import_module(name)
    sys.modules[name] = kept
    importlib.import_module("tautband.config").settings = kept  # type: ignore[attr-defined]


def test_passwords_are_hashed_with_argon2() -> None:
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_the_content_policy_allows_nothing_inline_and_nobody_else() -> None:
    policy = product.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for values in policy.values() for source in values}
    assert sources == {"'self'", "'none'", "data:", "blob:"}
    assert "data:" not in policy["script-src"]


def test_no_page_shows_the_inside_of_an_error() -> None:
    assert product.DEBUG is False


def test_over_https_cookies_are_secure_and_stay_so(over_https: ModuleType) -> None:
    assert over_https.SESSION_COOKIE_SECURE
    assert over_https.CSRF_COOKIE_SECURE
    assert over_https.SECURE_HSTS_SECONDS >= 365 * 24 * 60 * 60
    assert over_https.ALLOWED_HOSTS == ["clinic.example"]
    assert over_https.CSRF_TRUSTED_ORIGINS == ["https://clinic.example"]


def test_the_key_is_made_once_and_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAUTBAND_DATA", str(tmp_path / "new"))
    assert install.secret_key() != install.secret_key()
    folder = install.prepare()
    key = install.secret_key()
    install.prepare()
    assert install.secret_key() == key
    assert len(key) > 50
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_error_is_one_line_without_what_it_says() -> None:
    try:
        raise ValueError("Key (name)=(Ada Example) already exists")
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "failed\nagain", None,
                                   sys.exc_info())  # fmt: skip
    line = OneLine().format(record)
    assert "\n" not in line
    assert "Ada" not in line
    assert "builtins.ValueError at test_settings.py:" in line
