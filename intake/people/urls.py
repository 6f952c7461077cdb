"""The addresses of everybody's own account."""

from __future__ import annotations

from django.urls import URLPattern, path

from intake.people import enrolling, entering, own

urlpatterns: list[URLPattern] = [
    path("sign-in/", entering.sign_in),
    path("sign-in/code/", entering.second_factor),
    path("sign-out/", entering.sign_out),
    path("enrol/", enrolling.code),
    path("enrol/passphrase/", enrolling.passphrase),
    path("account/", own.account),
    path("account/passphrase/", own.passphrase),
    path("account/authenticator/", own.authenticator),
    path("account/elsewhere/", own.elsewhere),
]
