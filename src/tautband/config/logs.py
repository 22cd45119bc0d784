"""One line to an event, and nothing of a patient in it."""

import logging
import traceback
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLine(logging.Formatter):
    """Time, level, logger, message, and for an error its kind and where it came from.

    The text of an exception is left out: a database puts the values of a row into it, and those
    can be a person's name.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The whole event on one line."""
        return super().format(record).replace("\r", " ").replace("\n", " | ")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802, RUF100
        """What kind of error, and the calls that led to it, innermost last."""
        kind, _, trace = ei
        if kind is None:
            return ""
        steps = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace)
        ]
        return f"{kind.__module__}.{kind.__qualname__} at {' > '.join(steps) or 'unknown'}"


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, one line each."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "tautband.config.logs.OneLine"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would send mail and print tracebacks.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # The libraries that draw PDFs report every unknown CSS property.
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
