"""Audit: the trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what to whose record, and when."""

    name = "tautband.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
