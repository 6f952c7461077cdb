"""Why a site was not built."""

from __future__ import annotations


class BuildFailed(Exception):
    """MkDocs could not build the site, or warned; the text is Chinese and holds what MkDocs said."""
