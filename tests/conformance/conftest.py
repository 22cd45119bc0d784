"""Who takes the files in, and stores of their own for tests that go through the command line."""

import pytest

from tautband.accounts.models import User
from tests.builders import make_centre, make_clinician
from tests.unit.config.conftest import _finished, scratch  # noqa: F401 fixtures


@pytest.fixture
def actor(db: None) -> User:
    make_centre()
    return make_clinician()
