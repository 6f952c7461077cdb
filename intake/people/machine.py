"""The machine's own clock. Authenticators and sessions go by it, also where a demo's clock is set back."""

from __future__ import annotations

import time


def seconds() -> int:
    """Seconds since 1970, as the telephone in somebody's hand counts them."""
    return int(time.time())
