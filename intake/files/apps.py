"""The app, as Django wants it."""

from __future__ import annotations

from django.apps import AppConfig


class Files(AppConfig):
    """See the package."""

    name = "intake.files"
    label = "files"
