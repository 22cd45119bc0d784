"""The pure clinical heart: facts in, findings out. No clock, no database, no network."""

from tautband.clinical.check import check_session

__all__ = ["check_session"]
