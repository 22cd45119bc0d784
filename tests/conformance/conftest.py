"""Who takes the files in."""

import pytest

from tautband.accounts.models import User
from tests.builders import make_centre, make_clinician


@pytest.fixture
def actor(db: None) -> User:
    make_centre()
    return make_clinician()
