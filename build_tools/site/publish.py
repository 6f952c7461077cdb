"""MkDocs in strict mode, on an edition. Importing this module and :func:`get_ready` take a while."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jieba
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException

from build_tools.site import markup
from build_tools.site.edition import Edition
from build_tools.site.failure import BuildFailed
from build_tools.site.plugin import ShenbaoPlugin
from build_tools.site.settings import settings_fault

_DEFAULTS: dict[str, Any] = {
    "site_name": "申报台",
    "theme": {"name": "material"},
    "plugins": ["search", "shenbao"],
}


def get_ready() -> None:
    """Compile our templates, and load the dictionary by which the search index tells words apart."""
    markup.get_ready()
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()


def publish(edition: Edition, site: Path, workshop: Path) -> None:
    """Build ``edition`` into the folder ``site``; ``workshop`` is a temporary one. Raises :class:`BuildFailed`."""
    with _warnings() as said:
        try:
            config = _configuration(edition, site, workshop)
            config.plugins.on_startup(command="build", dirty=False)
            try:
                mkdocs_build(config)
            finally:
                config.plugins.on_shutdown()
        except (Abort, MkDocsException) as error:
            told = "\n".join(said) or str(error)
            raise BuildFailed(f"网站没有生成，MkDocs 的说明：\n{told}") from error


def _configuration(edition: Edition, site: Path, workshop: Path) -> MkDocsConfig:
    """The campaign's own ``mkdocs.yml``, or our defaults for a campaign without one."""
    own = edition.root / "mkdocs.yml"
    fixed: dict[str, Any] = {"site_dir": str(site), "strict": True}
    if own.is_file():
        if fault := settings_fault(own):
            raise BuildFailed(fault)
        config = load_config(str(own), **fixed)
    else:
        docs = edition.docs
        if not docs.is_dir():
            docs = workshop / "docs"
            docs.mkdir()
        config = MkDocsConfig(config_file_path=str(own.resolve()))
        config.load_dict({**_DEFAULTS, **fixed, "docs_dir": str(docs.resolve())})
        faults, doubts = config.validate()
        if faults or doubts:
            raise BuildFailed(f"网站没有生成：{faults or doubts}")
    plugin = config.plugins.get("shenbao")
    if not isinstance(plugin, ShenbaoPlugin):
        raise BuildFailed("mkdocs.yml 的 plugins 中没有 shenbao，请加上一行“- shenbao”。")
    plugin.edition = edition
    return config


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what MkDocs and its plugins warn of, instead of letting it run through the terminal."""
    said: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, collector = logging.getLogger("mkdocs"), Collector(logging.WARNING)
    passed_on, logger.propagate = logger.propagate, False
    logger.addHandler(collector)
    try:
        yield said
    finally:
        logger.removeHandler(collector)
        logger.propagate = passed_on
