"""The Django application of the shared look."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, static files and template tags; no tables."""

    name = "tautband.design"
    label = "design"
