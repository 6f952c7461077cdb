"""What nobody needs any more: sessions that ended, uploads that were never finished, bytes that nothing names. Never a draft."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from intake.files import store, uploads
from intake.files.models import Upload
from intake.journal.models import Submission

EVERY = 3600.0
"""Seconds between two times that the worker tidies."""
_UNWANTED_FOR = 7
"""Days after which bytes are removed that neither a receipt nor an upload names any more."""


def tidy() -> int:
    """Remove them; gives how many."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).count()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return ended + uploads.tidy() + store.sweep(_wanted, _UNWANTED_FOR)


def _wanted() -> set[str]:
    """The digests that a receipt names, of any version, or an upload; an upload that a draft names is kept with it."""
    uploaded = set(Upload.objects.exclude(digest="").values_list("digest", flat=True))
    versions = Submission.objects.exclude(files={}).values_list("files", flat=True)
    return uploaded | {kept["digest"] for files in versions.iterator() for kept in files.values()}
