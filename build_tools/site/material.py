"""How Material for MkDocs is set up. Everything a campaign's ``mkdocs.yml`` need not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from markdown.extensions.toc import slugify_unicode
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files

from build_tools.site.assets import Asset
from build_tools.site.view import View

THEME = Path(__file__).resolve().parent / "theme"
FEATURES = ("navigation.tabs", "navigation.top")
SEPARATOR = r"[\s\u200b\u3000\-_/·、。，．；：？！“”‘’（）《》〈〉【】〔〕…—,.;:?!()\[\]]+"


def dress(config: MkDocsConfig, view: View, assets: Iterable[Asset]) -> None:
    """Set the theme's folders, language, fonts, features and search; raises ``PluginError`` for another theme."""
    theme = config.theme
    if theme.name != "material":
        raise PluginError("mkdocs.yml 的主题应为 material（theme: {name: material}）。")
    theme.dirs.insert(1 if theme.custom_dir else 0, str(THEME))
    theme["language"] = "zh"
    theme["font"] = False
    theme["palette"] = {"scheme": "default", "primary": "custom", "accent": "custom"}
    theme["favicon"] = "assets/icon.svg"
    theme["features"] = sorted({*(theme.get("features") or ()), *FEATURES})
    config.site_name = config.site_name or view.name
    config.site_description = config.site_description or view.title
    config.use_directory_urls = True
    for asset in assets:
        if asset.path.endswith(".css"):
            config.extra_css.append(asset.path)
        elif asset.path.endswith(".js"):
            config.extra_javascript.append(asset.path)
    _extend_markdown(config)
    if view.edit_base and not config.edit_uri:
        config.edit_uri = view.edit_base
    search = config.plugins.get("material/search")
    if search is not None and not search.config.separator:
        search.config.separator = SEPARATOR


def _extend_markdown(config: MkDocsConfig) -> None:
    for name in ("admonition", "attr_list"):
        if name not in config.markdown_extensions:
            config.markdown_extensions.append(name)
    config.mdx_configs.setdefault("toc", {}).setdefault("slugify", slugify_unicode)


def edit_links(files: Files, view: View) -> None:
    """Let the edit links of hand-written pages start at the campaign's folder, where ``docs/`` lies."""
    for file in files.documentation_pages():
        if file.generated_by is None:
            file.edit_uri = f"docs/{file.src_uri}" if view.repo_url else None


def nav_titles(nav: Any) -> dict[str, str]:
    """Path to title of every entry of a navigation as MkDocs writes it."""
    return dict(_entries(nav))


def _entries(nav: Any) -> Iterator[tuple[str, str]]:
    for entry in nav or ():
        for title, target in entry.items() if isinstance(entry, dict) else ():
            if isinstance(target, str):
                yield target, title
            else:
                yield from _entries(target)
        if isinstance(entry, str):
            yield entry, ""


def compiled_templates() -> FileSystemBytecodeCache | None:
    """Jinja's store of compiled templates: the user's own folder for passing files, which nobody else may write to.

    Not in the campaign's folder: what lies there may come from others, and this is run. ``None`` where there is no
    such folder.
    """
    try:
        return FileSystemBytecodeCache(pattern="__shenbao_%s.cache")
    except (OSError, RuntimeError):
        return None
