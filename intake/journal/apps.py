"""The app, as Django wants it."""

from __future__ import annotations

from django.apps import AppConfig


class Journal(AppConfig):
    """See the package."""

    name = "intake.journal"
    label = "journal"
