"""The Django application of the configuration: it only brings the checks of the store."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Checks of the store."""

    name = "tautband.config"
    label = "config"

    def ready(self) -> None:
        """Register the checks."""
        from tautband.config import checks  # noqa: F401
