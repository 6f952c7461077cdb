"""The app, as Django wants it."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """See the package."""

    name = "intake.people"
    label = "people"

    def ready(self) -> None:
        """A sign-in is written down by the campaign's clock, in place of Django's."""
        from django.contrib.auth.signals import user_logged_in

        from intake.people.sessions import opened

        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(opened, dispatch_uid="intake.people.opened")
