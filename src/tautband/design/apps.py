"""The Django application of the shared look."""

from django.apps import AppConfig

from tautband.clinical.words import written_by
from tautband.design.languages import written


class DesignConfig(AppConfig):
    """Templates, static files and template tags; no tables."""

    name = "tautband.design"
    label = "design"

    def ready(self) -> None:
        """Say the sentences of the clinical heart in the reader's language."""
        written_by(written)
