"""The service as a WSGI application: ``gunicorn intake.wsgi``."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intake.settings")
application = get_wsgi_application()

from build_tools.campaign import BrokenCampaign  # noqa: E402 - the settings come first
from build_tools.reporters.text import of_broken  # noqa: E402 - the same
from intake.current import campaign  # noqa: E402 - the same

try:
    campaign()  # once, before the server divides itself: nobody waits for it
except BrokenCampaign as broken:
    sys.stderr.write(f"{of_broken(broken.findings)}\n")
    sys.exit(2)
