"""What somebody was typing, to put back where they left off."""

from uuid import UUID

from django.http import QueryDict

from tautband.accounts.models import User
from tautband.records.models import Draft


def of(owner: User, form: str, subject: UUID) -> QueryDict | None:
    """This person's own unsaved fields of this form, ready to bind to it, if any."""
    draft = Draft.objects.filter(owner=owner, form=form, subject=subject).first()
    if draft is None:
        return None
    fields = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        fields.setlist(name, values)
    return fields
