"""Clinic: pages for staff. No tables."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Pages for staff."""

    name = "tautband.clinic"
    label = "clinic"
