"""What somebody was typing, to put back where they left off."""

from collections.abc import Collection
from uuid import UUID

from django.http import QueryDict

from tautband.accounts.models import User
from tautband.records.models import Draft


def of(owner: User, form: str, subject: UUID) -> QueryDict | None:
    """This person's own unsaved fields of this form, ready to bind to it, if any."""
    draft = Draft.objects.filter(owner=owner, form=form, subject=subject).first()
    return None if draft is None else _fields(draft)


def of_many(owner: User, form: str, subjects: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """This person's own unsaved fields of one form about each of several things."""
    found = Draft.objects.filter(owner=owner, form=form, subject__in=subjects)
    return {draft.subject: {k: str(v) for k, v in _fields(draft).items()} for draft in found}


def _fields(draft: Draft) -> QueryDict:
    fields = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        fields.setlist(name, values)
    return fields
