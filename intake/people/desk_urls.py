"""The addresses of the office's accounts page, below ``/desk/accounts/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.people import desk

urlpatterns: list[URLPattern] = [
    path("", desk.overview),
    path("new/", desk.create),
    path("of/<slug:username>/", desk.one),
    path("of/<slug:username>/code/", desk.issue),
    path("of/<slug:username>/lift/", desk.lift),
    path("of/<slug:username>/deactivate/", desk.deactivate),
    path("of/<slug:username>/reactivate/", desk.reactivate),
]
