"""The addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from intake.office import (
    audit,
    calls,
    decisions,
    extensions,
    mailing,
    paper,
    pictures,
    queue,
    submission,
    units,
)


class NumberConverter(StringConverter):
    """A submission's number: ``SB120821-7KQ4F-M2XTN``."""

    regex = "SB[0-9]{6}-[0-9A-Z]{5}-[0-9A-Z]{5}"


register_converter(NumberConverter, "number")

urlpatterns: list[URLPattern] = [
    path("", queue.queue),
    path("units/", units.units),
    path("units/<slug:slug>/", units.unit),
    path("units/<slug:slug>/files/<path:path>", pictures.of_unit),
    path("extensions/", extensions.extensions),
    path("extensions/<int:action>/agree/", extensions.agree),
    path("extensions/<int:action>/decline/", extensions.decline),
    path("paper/", paper.paper),
    path("paper/list/", paper.checklist),
    path("paper/<slug:slug>/<slug:name>/", paper.correct),
    path("calls/", calls.calls),
    path("calls/<slug:slug>/", calls.call),
    path("calls/<slug:slug>/mail/", mailing.one),
    path("reminders/", mailing.everybody),
    path("audit/", audit.audit),
    path("audit.csv", audit.download),
    path("actions/<int:action>/", decisions.outcome),
    path("<number:number>/", submission.page),
    path("<number:number>/accept/", decisions.accept),
    path("<number:number>/return/", decisions.send_back),
    path("<number:number>/take-out/", decisions.take_out),
    path("<number:number>/files/<path:path>", pictures.of_submission),
]
