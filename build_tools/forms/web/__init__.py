"""The face of a form that is filled in: its fields as HTML, made once at build time (see ``web/``)."""

from build_tools.forms.web.entry import entry_html, layout_name, preview_html

__all__ = ["entry_html", "layout_name", "preview_html"]
