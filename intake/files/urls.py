"""The addresses of this room, below ``/intake/``."""

from __future__ import annotations

from django.urls import path

from intake.files import views

urlpatterns = [
    path("drafts/<str:document>", views.draft),
    path("files", views.begin),
    path("files/<uuid:upload_id>", views.upload),
    path("files/<uuid:upload_id>/content", views.content),
]
