"""Records: the clinical record, sole owner and sole writer of its tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The clinical record."""

    name = "tautband.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
