"""The service as a WSGI application: ``gunicorn intake.wsgi``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intake.settings")
application = get_wsgi_application()

from intake.current import campaign  # noqa: E402 - needs the settings

campaign()  # once, before the server divides itself: nobody waits for it
