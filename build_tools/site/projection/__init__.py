"""From what was examined to what one audience may see (design, decision 10)."""

from build_tools.site.projection.campaign import project

__all__ = ["project"]
