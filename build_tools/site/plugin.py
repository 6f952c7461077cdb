"""The MkDocs adapter. It only delegates: what a page says is decided in ``pages``, what stands around it in
``frame``, what the browser may do in ``csp``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from build_tools.campaign import BrokenCampaign
from build_tools.clock import BadClock
from build_tools.history import GitTrouble
from build_tools.site import material
from build_tools.site.assets import assets
from build_tools.site.config import ShenbaoConfig
from build_tools.site.csp import with_policy
from build_tools.site.edition import Edition, make_edition
from build_tools.site.frame import extra_meta, frame, navigation
from build_tools.site.gate import LeakFound, guard_public
from build_tools.site.generated import GeneratedPage
from build_tools.site.originals import write_originals
from build_tools.site.view import Audience


class ShenbaoPlugin(BasePlugin[ShenbaoConfig]):  # type: ignore[no-untyped-call]  # MkDocs is typed in part
    """Publishes a campaign. ``edition`` may be set beforehand, as ``shenbao build`` does."""

    edition: Edition | None = None

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Make the edition and dress the theme; before the search plugin reads its own options."""
        self._made = self.edition or self._make(config)
        view, written = self._made.view, self._made.written
        config.extra["shenbao"] = frame(view, written)
        config.extra["drawers"] = {}
        if config.nav is None:
            config.nav = navigation(view, written)
        material.dress(config, view, assets())
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages and our own style sheet and scripts."""
        material.edit_links(files, self._made.view)
        for asset in self._made.assets:
            files.append(File.generated(config, asset.path, content=asset.content))
        for download in self._made.downloads:
            files.append(File.generated(config, download.path, content=download.content))
        titles = material.nav_titles(config.nav)
        for page in self._made.pages:
            if files.get_file_from_path(page.path) is not None:
                continue  # a page written by hand stands
            inclusion = InclusionLevel.INCLUDED if page.path in titles else InclusionLevel.NOT_IN_NAV
            file = File.generated(config, page.path, content=page.text, inclusion=inclusion)
            file.edit_uri = page.source or None
            files.append(file)
            GeneratedPage(titles.get(page.path), file, config, page)
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Keep the theme's compiled templates from build to build, and do not ask on each page whether they changed."""
        env.bytecode_cache = material.compiled_templates()
        env.auto_reload = False
        return env

    def on_pre_page(self, page: MkDocsPage, *, config: MkDocsConfig, files: Files) -> MkDocsPage:
        """Date every page by the campaign's clock, so that the site map is reproducible."""
        page.update_date = self._made.examination.now.date().isoformat()
        return page

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Tell the theme which tab a hand-written page belongs to, and the notice's source line."""
        if not isinstance(page, GeneratedPage):
            page.meta.update(extra_meta(self._made.view, page.file.src_uri))
        return markdown

    @event_priority(100)
    def _offer_to_search(
        self, context: Any, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
    ) -> None:
        if isinstance(page, GeneratedPage):
            page.content = page.generated.search

    @event_priority(-100)
    def _give_back(self, context: Any, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation) -> None:
        if isinstance(page, GeneratedPage):
            page.content = page.generated.html

    on_page_context = CombinedEvent(_offer_to_search, _give_back)

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Write the page's policy, after every other plugin had its say."""
        return with_policy(output)

    @event_priority(-100)
    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """The same for pages that are templates, such as the one for a missing address."""
        return with_policy(output) if template_name.endswith(".html") else output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Add the units' own files; search a public site that MkDocs was asked for directly, as ``shenbao build`` does itself."""
        tree = self._made.examination.submissions.tree
        write_originals(tree, self._made.originals, Path(config.site_dir))
        if self.edition is None and self._made.view.audience is Audience.PUBLIC:
            try:
                guard_public(Path(config.site_dir), self._made.examination)
            except LeakFound as leak:
                shutil.rmtree(config.site_dir)
                raise PluginError(str(leak)) from leak

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Build again when the campaign changes."""
        for folder in ("data", "schemas"):
            server.watch(str(self._root(config) / folder))
        return server

    def _root(self, config: MkDocsConfig) -> Path:
        base = Path(config.config_file_path).resolve().parent if config.config_file_path else Path.cwd()
        return base / self.config.root if self.config.root else base

    def _make(self, config: MkDocsConfig) -> Edition:
        try:
            return make_edition(self._root(config), self.config.audience, self.config.now)
        except BrokenCampaign as broken:
            lines = (f"{f.place.path}:{f.place.line} {f.message}" for f in broken.findings)
            raise PluginError("活动文件有错，网站没有生成：\n" + "\n".join(lines)) from broken
        except (BadClock, GitTrouble) as error:
            raise PluginError(str(error)) from error
