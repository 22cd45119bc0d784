"""Accounts: the people who work here and what they may do."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, sessions."""

    name = "tautband.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
