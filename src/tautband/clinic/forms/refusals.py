"""Saying in a form what an action refused."""

from collections.abc import Mapping

from django import forms

from tautband.design.languages import said
from tautband.errors import NotAllowed, Refused, Stale


def say(form: forms.BaseForm, error: Refused, *, names: Mapping[str, str] | None = None) -> int:
    """Put a refusal into a form, each complaint at its field; returns the status of the answer.

    `names` maps the action's name of an input to the form's own, where they differ.
    """
    placed = False
    for name, words in error.fields.items():
        mine = (names or {}).get(name, name)
        if mine in form.fields:
            form.add_error(mine, said(words))
            placed = True
    if not placed or error.message not in error.fields.values():
        form.add_error(None, said(error.message))
    return status_of(error)


def status_of(error: Refused) -> int:
    """How a refusal is answered: 409 for a stale page, 403 for a missing right, else 422."""
    if isinstance(error, Stale):
        return 409
    return 403 if isinstance(error, NotAllowed) else 422
