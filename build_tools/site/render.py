"""``shenbao render``: the same pages as files, for a generator that runs no MkDocs plugin."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from build_tools.forms.produce import Producer
from build_tools.site.edition import Edition, make_edition
from build_tools.site.folder import check_folder
from build_tools.site.frame import extra_meta, frame, navigation
from build_tools.site.gate import guard_public
from build_tools.site.markup import front_matter
from build_tools.site.originals import write_originals
from build_tools.site.papers import write_papers
from build_tools.site.view import Audience

_MANIFEST = "shenbao.json"


@dataclass(frozen=True)
class RenderReport:
    """What was written; ``notes`` say which printed faces could not be made."""

    audience: Audience
    out: Path
    pages: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.audience.label}各页已写出：{self.out}（{self.pages} 页）", *self.notes])


def render(
    root: Path,
    audience: str,
    out: Path,
    now: datetime | str | None = None,
    advance: Callable[[int, int], None] | None = None,
    *,
    papers: bool = False,
) -> RenderReport:
    """Write every page, generated and hand-written, as Markdown with front matter into ``out``.

    Beside them lie the pictures of ``docs/``, the style sheet, the script and ``shenbao.json``: the navigation and the values our theme
    overrides read as ``config.extra.shenbao``. Raises what ``build`` raises.
    """
    check_folder(root, out, (_MANIFEST,))
    edition = make_edition(root, audience, now, advance, papers=papers)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        folder = Path(workshop) / "pages"
        folder.mkdir()
        count = _write(edition, folder)
        with Producer(root, edition.papers.fonts) as producer:
            producer.begin(edition.papers.jobs)
            _, failed = write_papers(producer, folder, advance)
        if edition.view.audience is Audience.PUBLIC:
            guard_public(folder, edition.examination)
        if out.exists():
            out.rename(Path(workshop) / "former")
        shutil.move(folder, out)
    return RenderReport(edition.view.audience, out, count, (*edition.notes, *failed))


def _write(edition: Edition, folder: Path) -> int:
    texts: dict[str, str] = {page.path: page.text for page in edition.pages}
    for written in edition.written:
        source = (edition.docs / written.path).read_text(encoding="utf-8-sig")
        texts[written.path] = _with_meta(source, edition, written.path)
    for asset in edition.assets:
        texts[asset.path] = asset.content
    manifest = {
        "nav": navigation(edition.view, edition.written),
        "extra": {"shenbao": frame(edition.view, edition.written)},
    }
    texts[_MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {path: text.encode() for path, text in texts.items()}
    files.update((download.path, download.content) for download in edition.downloads)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    write_originals(edition.examination.submissions.tree, edition.originals, folder)
    for picture in sorted(edition.docs.rglob("*")) if edition.docs.is_dir() else ():
        target = folder / picture.relative_to(edition.docs)
        if picture.is_file() and not picture.is_symlink() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)
    return sum(path.endswith(".md") for path in texts)


def _with_meta(source: str, edition: Edition, path: str) -> str:
    """A hand-written page with the front matter the plugin would have added."""
    extra = (
        front_matter(extra_meta(edition.view, path)).strip().removeprefix("---").removesuffix("---").strip()
    )
    if source.startswith("---\n"):
        return source.replace("---\n", f"---\n{extra}\n", 1)
    return f"---\n{extra}\n---\n\n{source}"
