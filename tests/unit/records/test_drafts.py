from uuid import uuid4

import pytest

from tautband.audit.models import AuditEvent
from tautband.errors import Refused
from tautband.records.actions import drafts
from tautband.records.models import Draft
from tautband.records.queries import drafts as draft_query
from tests.builders import make_desk, make_nurse

pytestmark = pytest.mark.django_db


def test_what_is_typed_is_kept_and_given_back() -> None:
    nurse, subject = make_nurse(), uuid4()
    fields = {"weight": ["58"], "sides": ["left", "right"]}
    drafts.keep(actor=nurse, form="weight", subject=subject, fields=fields)
    kept = draft_query.of(nurse, "weight", subject)
    assert kept is not None
    assert kept["weight"] == "58"
    assert kept.getlist("sides") == ["left", "right"]


def test_nobody_else_sees_it() -> None:
    nurse, subject = make_nurse(), uuid4()
    drafts.keep(actor=nurse, form="weight", subject=subject, fields={"weight": ["58"]})
    assert draft_query.of(make_desk(), "weight", subject) is None
    assert draft_query.of(nurse, "height", subject) is None


def test_passwords_and_tokens_are_never_kept() -> None:
    nurse, subject = make_nurse(), uuid4()
    fields = {"csrfmiddlewaretoken": ["x"], "new_Password": ["secret"], "note": ["a"]}
    drafts.keep(actor=nurse, form="plan", subject=subject, fields=fields)
    assert Draft.objects.get().fields == {"note": ["a"]}


def test_a_draft_is_begun_once_on_the_trail_and_discarded_once() -> None:
    nurse, subject = make_nurse(), uuid4()
    for text in ("a", "ab", "abc"):
        drafts.keep(actor=nurse, form="plan", subject=subject, fields={"note": [text]})
    assert Draft.objects.get().fields == {"note": ["abc"]}
    assert AuditEvent.objects.filter(action="draft.begin").count() == 1
    drafts.discard(actor=nurse, form="plan", subject=subject)
    drafts.discard(actor=nurse, form="plan", subject=subject)
    assert not Draft.objects.exists()
    event = AuditEvent.objects.get(action="draft.discard")
    assert "abc" not in str(event.detail)


def test_unknown_forms_and_books_are_refused() -> None:
    with pytest.raises(Refused, match="no such form"):
        drafts.keep(actor=make_nurse(), form="passwords", subject=uuid4(), fields={})
    with pytest.raises(Refused, match="too long"):
        drafts.keep(
            actor=make_nurse(), form="plan", subject=uuid4(), fields={"note": ["x" * 65_537]}
        )
    assert not Draft.objects.exists()
