"""``shenbao build``: MkDocs in strict mode, the leak gate for the public, and a site that is whole or not there."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from build_tools.checks import without_collector
from build_tools.forms.produce import Producer
from build_tools.site.edition import make_edition
from build_tools.site.failure import BuildFailed
from build_tools.site.folder import BadFolder, check_folder
from build_tools.site.papers import write_papers
from build_tools.site.view import Audience

__all__ = ["BadFolder", "BuildFailed", "BuildReport", "build"]


@dataclass(frozen=True)
class BuildReport:
    """What was built; ``seconds`` includes checking the campaign. Of the ``papers``, ``fresh`` were not in the store.

    ``notes`` say which could not be made.
    """

    audience: Audience
    out: Path
    pages: int
    units: int
    errors: int
    warnings: int
    seconds: float
    papers: int = 0
    fresh: int = 0
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        printed = f"打印件 {self.papers} 个，其中新排 {self.fresh} 个；" if self.papers else ""
        return (
            f"{self.audience.label}网站已生成：{self.out}\n"
            f"{self.units} 个单位，{self.pages} 页，{printed}用时 {self.seconds:.1f} 秒；"
            f"校验意见：{self.errors} 处错误，{self.warnings} 处提示。"
        ) + "".join(f"\n{note}" for note in self.notes)


def build(
    root: Path,
    audience: str,
    out: Path,
    now: datetime | str | None = None,
    advance: Callable[[int, int], None] | None = None,
    *,
    papers: bool = False,
    intake: str = "",
) -> BuildReport:
    """Build the site of the campaign at ``root`` for ``audience`` into ``out``; with ``papers`` the printed faces too.

    ``intake`` is the address of the service that the form pages submit to, relative to the site's root; empty for none.

    The folder is replaced in one step after everything, the leak gate included, went well; until then the
    former site stands. Raises ``BrokenCampaign``, ``BadClock``, :class:`BadFolder`, :class:`BuildFailed` and
    ``LeakFound``.
    """
    start = time.monotonic()
    check_folder(root, out)
    edition = make_edition(root, audience, now, advance, meanwhile=_get_ready, papers=papers, intake=intake)
    out.parent.mkdir(parents=True, exist_ok=True)
    # A relative address would be read by MkDocs from the folder of its own settings.
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent.resolve()) as workshop:
        site = Path(workshop) / "site"
        from build_tools.site.publish import publish

        with Producer(root, edition.papers.fonts) as producer:
            fresh = producer.begin(edition.papers.jobs)
            with without_collector():
                publish(edition, site, Path(workshop))
            printed, failed = write_papers(producer, site, advance)
        if edition.view.audience is Audience.PUBLIC:
            from build_tools.site.gate import guard_public

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
        papers=printed,
        fresh=fresh,
        notes=(*edition.notes, *failed),
    )


def _get_ready() -> None:
    from build_tools.site.publish import get_ready

    get_ready()


def _replace(site: Path, out: Path, workshop: Path) -> None:
    if out.exists():
        out.rename(workshop / "former")
    site.chmod(0o755)
    shutil.move(site, out)
