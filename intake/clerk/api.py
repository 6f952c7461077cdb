"""The addresses that the form pages' script asks."""

from __future__ import annotations

from django.urls import path

from intake.clerk import asked

urlpatterns = [
    path("state", asked.state, name="state"),
    path("check", asked.check, name="check"),
    path("documents/<str:document>", asked.document, name="document"),
    path("documents/<str:document>/files/<path:path>", asked.attached, name="attached"),
]
