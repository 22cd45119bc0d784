"""Keeping and dropping what somebody has typed but not yet saved."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused
from tautband.records.models import Draft

#: The forms that may keep a draft; anything else is a forged address.
FORMS = frozenset(
    {
        "appointment", "patient", "demographics", "allergy", "medicine", "condition", "weight",
        "height", "elsewhere", "arrive", "ask", "assess", "trigger-point", "plan", "syringe",
        "injection", "consent", "time-out", "inject", "observe", "sign", "amend", "not-done",
        "rescue-kit",
    }
)  # fmt: skip
LARGEST_CHARACTERS = 64 * 1024
_NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def _kept(fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {
        name: list(values)
        for name, values in fields.items()
        if not any(word in name.lower() for word in _NEVER_KEPT)
    }


@transaction.atomic
def keep(*, actor: User, form: str, subject: UUID, fields: Mapping[str, Sequence[str]]) -> None:
    """Keep what a person is typing, seen by that person only.

    The trail gets one event when the draft begins, not one for each keystroke saved after it.
    """
    if form not in FORMS:
        raise Refused(_("There is no such form."))
    kept = _kept(fields)
    if sum(len(name) + sum(map(len, values)) for name, values in kept.items()) > LARGEST_CHARACTERS:
        raise Refused(_("This is too long to keep as a draft. Save it now, or shorten it."))
    draft, is_new = Draft.objects.update_or_create(
        owner=actor, form=form, subject=subject, defaults={"fields": kept}
    )
    if is_new:
        trail.record("draft.begin", actor_id=actor.pk, target_id=draft.pk, detail={"form": form})


@transaction.atomic
def discard(*, actor: User, form: str, subject: UUID) -> None:
    """Drop a person's draft: it was saved, or is not wanted. Nothing to drop is no failure."""
    draft = Draft.objects.filter(owner=actor, form=form, subject=subject).first()
    if draft is None:
        return
    trail.record("draft.discard", actor_id=actor.pk, target_id=draft.pk, detail={"form": form})
    draft.delete()
