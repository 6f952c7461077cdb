"""Options of the MkDocs plugin."""

from __future__ import annotations

from mkdocs.config.base import Config
from mkdocs.config.config_options import Choice, Optional, Type


class ShenbaoConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs is typed in part
    """``plugins: [shenbao: {…}]`` in ``mkdocs.yml``; every option may be left out."""

    audience = Choice(("public", "office"), default="public")
    """Whom the site is for. Left out, it is the public: nothing private can slip out by forgetting an option."""

    root = Optional(Type(str))
    """The campaign's folder; by default the folder of ``mkdocs.yml``."""

    now = Optional(Type(str))
    """The moment everything is judged at; by default the campaign's clock."""
