"""The product's settings, with what would only slow the tests down taken out."""

from tautband.config.settings import *  # noqa: F403

SECRET_KEY = "only for tests"
# Argon2 is slow on purpose; one test of the real settings makes sure that it is used.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files straight from where they lie, without collecting and hashing them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
