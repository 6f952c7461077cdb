"""What nobody needs any more: sessions that ended, uploads that were never finished. Never a draft."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from intake.files import uploads

EVERY = 3600.0
"""Seconds between two times that the worker tidies."""


def tidy() -> int:
    """Remove them; gives how many."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).count()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return ended + uploads.tidy()
