"""A test that commits leaves nothing behind, and the trail's guards stand again after it."""

import pytest
from django.db import DatabaseError, transaction

from tautband.audit import trail
from tautband.audit.models import AuditEvent


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", [1, 2])
def test_the_trail_is_empty_and_guarded_in_every_round(round_number: int) -> None:
    assert not AuditEvent.objects.exists()
    with transaction.atomic():
        trail.record("test.round", actor_id=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == 1
