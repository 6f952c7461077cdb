"""Every address, by room. What is not listed is a page of the public site, or missing."""

from __future__ import annotations

from django.urls import include, path, re_path

from intake.clerk import verifying
from intake.doors import views as doors
from intake.health import views as health

handler400 = "intake.pages.odd"
handler404 = "intake.pages.missing"
handler500 = "intake.pages.failed"

urlpatterns = [
    path("my/", include("intake.people.urls")),
    path("my/", include("intake.clerk.urls")),
    path("verify/", verifying.verify, name="verify"),
    path("verify/allowed_signers", verifying.signers, name="signers"),
    path("verify/<str:number>/", verifying.verified, name="verified"),
    path("intake/", include("intake.clerk.api")),
    path("intake/", include("intake.files.urls")),
    path("desk/accounts/", include("intake.people.desk_urls")),
    path("desk/", include("intake.office.urls")),
    path("my/pages/", doors.own, {"path": ""}),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
    path("my/pages/<path:path>", doors.own, name="unit-pages"),
    path("office/", doors.office, {"path": ""}),
    path("office/<path:path>", doors.office),
    re_path(r"^(?P<path>.*)$", doors.public),
]
