"""What can go wrong, in one glance.

TautbandError
├── Refused          expected: the person is told why, and nothing was written
└── (anything else)  a bug: logged once at the edge, never shown
"""

from collections.abc import Mapping


class TautbandError(Exception):
    """Base of every error this package raises on purpose."""


class Refused(TautbandError):
    """The request was understood and turned down.

    `message` is worded for the person and never names a patient. `fields` maps the name of
    each input at fault to what is wrong with it, so that a form can say it in place.
    """

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = dict(fields or {})


class Stale(Refused):
    """Somebody, or another tab, changed the record since this page was drawn."""


class NotAllowed(Refused):
    """The person is not allowed to do this to this record now; the message says why."""
