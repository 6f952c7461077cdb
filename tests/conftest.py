"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# CI tries the same examples each time: a new one found there is nobody's change. At a desk they are random.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
