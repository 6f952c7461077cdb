"""Django's settings, all from the environment; the defaults run on one machine without any set-up.

``SHENBAO_ROOT`` the campaign's folder · ``SHENBAO_VAR`` where the intake keeps everything · ``SHENBAO_DATABASE_URL``
another database · ``SHENBAO_URL`` the address people use (``https://…`` makes cookies secure) · ``SHENBAO_PROXIES``
how many proxies of ours stand in front · ``SHENBAO_REMOTE`` the forge that the worker pushes to ·
``SHENBAO_METRICS_FROM`` who may ask how it is. ``deploy/env.example`` lists all.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from build_tools.site.assets import FOLDER
from intake.environment import value
from intake.place import from_environment

PLACE = from_environment()
BASE = Path(__file__).resolve().parent

URL = value("SHENBAO_URL") or f"http://127.0.0.1:{value('PORT')}"
PROXIES = value("SHENBAO_PROXIES")
REMOTE = value("SHENBAO_REMOTE")
METRICS_FROM = value("SHENBAO_METRICS_FROM")
_SECURE = URL.startswith("https://")
_HOST = urlsplit(URL).hostname or "127.0.0.1"

DEBUG = False
SECRET_KEY = os.environ.get("SHENBAO_SECRET_KEY", "")
if not SECRET_KEY:
    with suppress(OSError):
        SECRET_KEY = PLACE.secret("django")
SECRET_KEY = SECRET_KEY or secrets.token_urlsafe(48)

# Its own machine may always ask how it is; addresses in pages and mails are made from URL, never from a request.
ALLOWED_HOSTS = sorted({_HOST, "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "intake.people",
    "intake.files",
    "intake.journal",
]
MIDDLEWARE = [
    "intake.headers.Headers",
    "intake.headers.Bounds",
    "intake.health.counting.Counting",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "intake.people.sessions.Authentication",
    "intake.people.access.Doors",
]
ROOT_URLCONF = "intake.urls"
WSGI_APPLICATION = "intake.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "intake.pages.around",
            ],
            "builtins": ["intake.tags"],
        },
    }
]

_EMBEDDED = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(PLACE.database),
    "CONN_MAX_AGE": 60,
    "OPTIONS": {
        # A receipt is given only for what survives a power cut; writers queue from the start of a transaction.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;",
        "timeout": 30,
    },
}
DATABASES = {"default": value("SHENBAO_DATABASE_URL") or _EMBEDDED}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "/my/sign-in/"
PASSWORD_HASHERS = ["intake.people.passphrases.Hasher"]

_HOST_ONLY = "__Host-" if _SECURE else ""
"""Browsers take such a cookie only over https, from this very host, for every path: no neighbour can plant one."""
SESSION_COOKIE_NAME = f"{_HOST_ONLY}shenbao_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_HOST_ONLY}shenbao_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SECURE
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "intake.pages.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
# Only a proxy can say that a request came by plain HTTP; without one, everything would be sent round in a circle.
SECURE_SSL_REDIRECT = _SECURE and PROXIES > 0
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
"""No form of ours takes a file: one that comes all the same never reaches a disk."""

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "static", ("site", FOLDER / "css")]
"""Served from where they lie, read once at the start: nothing is collected."""
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "intake.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "intake": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
