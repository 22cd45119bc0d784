"""Django's settings. What differs from one installation to the next comes from the environment.

TAUTBAND_DATA           folder for the database file, the key and what is made at installation
TAUTBAND_DATABASE_URL   sqlite:////file or postgresql://…; default: a SQLite file in TAUTBAND_DATA
TAUTBAND_HOSTS          host names the server answers to, with commas; default: this machine only
TAUTBAND_HTTPS          1 when people reach it over HTTPS: secure cookies, HSTS
TAUTBAND_LOG            level of the log; default WARNING
"""

import os

from csp.constants import NONE, SELF

from tautband.config.database import configured
from tautband.config.install import BASE, data_folder, secret_key
from tautband.config.logs import logging_settings

TAUTBAND_DATA = data_folder()
TAUTBAND_HTTPS = os.environ.get("TAUTBAND_HTTPS") == "1"

SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = [
    name.strip()
    for name in os.environ.get("TAUTBAND_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if name.strip()
]
if TAUTBAND_HTTPS:
    CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "tautband.accounts",
    "tautband.audit",
    "tautband.design",
    "tautband.records",
    "tautband.clinic",
    "tautband.demo",
    "tautband.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tautband.accounts.session_limits.SessionLimitsMiddleware",
    "tautband.clinic.middleware.CentreMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tautband.config.urls"
WSGI_APPLICATION = "tautband.config.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tautband.clinic.context.page",
            ],
        },
    }
]
# Forms draw themselves from the templates of the shared look.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": configured(os.environ.get("TAUTBAND_DATABASE_URL", ""), data=TAUTBAND_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# People and sessions. The middleware of `accounts` ends a session; the cookie only outlives it.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "clinic:sign_in"
LOGIN_REDIRECT_URL = "clinic:today"
LOGOUT_REDIRECT_URL = "clinic:sign_in"
# The page that imports hands its files to this; the pages themselves know no exchange format.
TAUTBAND_IMPORTER = "tautband.interop.fhir.importer.run_files"
TAUTBAND_EXPORTER = "tautband.interop.fhir.export.bundle.export"
TAUTBAND_IDLE_SECONDS = 15 * 60
TAUTBAND_HARD_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = TAUTBAND_HARD_SECONDS

# Five wrong passwords for one name from one address lock both out for a quarter of an hour, and
# a name nobody has is locked the same way, so that the answer tells nothing about who exists.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tautband.clinic.views.sign_in.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# What browsers are told.
SESSION_COOKIE_NAME = "tautband"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # a link to a patient's page opened from a mail must still work
SESSION_COOKIE_SECURE = TAUTBAND_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = TAUTBAND_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = TAUTBAND_HTTPS
# Kept on the server: a cookie would carry what the message says.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if TAUTBAND_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Languages, times, numbers. The centre's own zone is activated for each request.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE / "src" / "tautband" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["tautband.config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = TAUTBAND_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tautband.config.static_files.HashedModules"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = logging_settings(os.environ.get("TAUTBAND_LOG", "WARNING"))
