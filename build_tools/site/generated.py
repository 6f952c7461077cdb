"""A MkDocs page whose HTML is already made, so that no Markdown converter ever reads text of a unit."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import TableOfContents

from build_tools.site.pages import Page


class GeneratedPage(MkDocsPage):
    """``generated`` is our page; MkDocs finds content, title and front matter as if it had rendered them."""

    def __init__(self, title: str | None, file: File, config: MkDocsConfig, generated: Page) -> None:
        super().__init__(title, file, config)
        self.generated = generated

    def read_source(self, config: MkDocsConfig) -> None:
        """Take the front matter; there is no Markdown to read."""
        self.markdown, self.meta = "", dict(self.generated.meta)

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the HTML as it is."""
        self.content = self.generated.html
        self.toc = TableOfContents([])
        self.present_anchor_ids = set()
