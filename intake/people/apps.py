"""The app, as Django wants it."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """See the package."""

    name = "intake.people"
    label = "people"
