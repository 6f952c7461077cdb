"""``shenbao build``: MkDocs in strict mode, the leak gate for the public, and a site that is whole or not there."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jieba
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException

from build_tools.site.edition import Edition, make_edition
from build_tools.site.folder import BadFolder, check_folder
from build_tools.site.gate import guard_public
from build_tools.site.plugin import ShenbaoPlugin
from build_tools.site.view import Audience

__all__ = ["BadFolder", "BuildFailed", "BuildReport", "build"]

_DEFAULTS: dict[str, Any] = {
    "site_name": "申报台",
    "theme": {"name": "material"},
    "plugins": ["search", "shenbao"],
}


class BuildFailed(Exception):
    """MkDocs could not build the site, or warned; the text is Chinese and holds what MkDocs said."""


@dataclass(frozen=True)
class BuildReport:
    """What was built; ``seconds`` includes checking the campaign."""

    audience: Audience
    out: Path
    pages: int
    units: int
    errors: int
    warnings: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.audience.label}网站已生成：{self.out}\n"
            f"{self.units} 个单位，{self.pages} 页，用时 {self.seconds:.1f} 秒；"
            f"校验意见：{self.errors} 处错误，{self.warnings} 处提示。"
        )


def build(
    root: Path,
    audience: str,
    out: Path,
    now: datetime | str | None = None,
    advance: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Build the site of the campaign at ``root`` for ``audience`` into ``out``.

    The folder is replaced in one step after everything, the leak gate included, went well; until then the
    former site stands. Raises ``BrokenCampaign``, ``BadClock``, :class:`BadFolder`, :class:`BuildFailed` and
    ``LeakFound``.
    """
    start = time.monotonic()
    check_folder(root, out)
    edition = make_edition(root, audience, now, advance)
    out.parent.mkdir(parents=True, exist_ok=True)
    # A relative address would be read by MkDocs from the folder of its own settings.
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent.resolve()) as workshop:
        site = Path(workshop) / "site"
        _publish(edition, site, Path(workshop))
        if edition.view.audience is Audience.PUBLIC:
            guard_public(site, edition.examination)
        _replace(site, out, Path(workshop))
    return BuildReport(
        audience=edition.view.audience,
        out=out,
        pages=len({p.path for p in edition.pages} | {w.path for w in edition.written}),
        units=len(edition.view.units),
        errors=edition.examination.errors,
        warnings=edition.examination.warnings,
        seconds=time.monotonic() - start,
    )


def _publish(edition: Edition, site: Path, workshop: Path) -> None:
    with _warnings() as said:
        try:
            jieba.setLogLevel(logging.WARNING)
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


def _replace(site: Path, out: Path, workshop: Path) -> None:
    if out.exists():
        out.rename(workshop / "former")
    site.chmod(0o755)
    shutil.move(site, out)


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
