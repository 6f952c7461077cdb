"""Page objects: what each page is called, says and links to. No adapter and no file is known here.

Addresses are folders (``units/guangzhou/``), written relative to the page, so that the site can stand
in any folder of any host.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from build_tools.site import markup
from build_tools.site.downloads import Download
from build_tools.site.view import Annex, UnitView, View


@dataclass(frozen=True)
class Page:
    """One generated page.

    ``path`` ends in ``.md`` as the generators name sources; ``meta`` is its front matter; ``html`` the one
    block of its body; ``search`` the HTML that a search index reads instead of the body; ``source`` the
    file or folder of the campaign it shows, for an edit link.
    """

    path: str
    meta: dict[str, Any] = field(repr=False)
    html: str = field(repr=False)
    search: str = field(repr=False)
    source: str = ""

    @property
    def text(self) -> str:
        """The page as a Markdown file: front matter and one HTML block."""
        return markup.front_matter(self.meta) + self.html + "\n"


def pages(view: View, offered: tuple[Download, ...] = ()) -> Iterator[Page]:
    """Every generated page of ``view``, the top pages first; ``offered`` are the files they link to."""
    yield _page(view, "index.md", view.title, "home", "home.html", summary=view.short_title)
    yield _table_page(view, "报送进度", "progress", offered)
    yield _table_page(view, "统计汇总", "statistics", offered, "、".join(c.title for c in view.counters))
    if view.office:
        yield _table_page(view, "推荐汇总表", "nominees", offered)
    for annex in view.annexes:
        yield _annex(view, annex)
    yield _page(view, "submit/index.md", "网上填报", "submit", "submit.html", summary="选择报送单位")
    for entry in view.entries.items:
        yield _page(
            view,
            f"{entry.path}.md",
            f"网上填报：{entry.title}",
            "submit",
            "entry.html",
            entry=entry,
            summary=f"{entry.form} {entry.clause}",
        )
    yield _page(view, "rules/index.md", "校验规则", "rules", "rules.html", whole=True)
    yield _page(view, "about.md", "网站声明", "guide", "about.html", whole=True)
    for unit in view.pages:
        yield unit_page(view, unit)


def _table_page(view: View, title: str, name: str, offered: tuple[Download, ...], summary: str = "") -> Page:
    own = tuple((download.title, download.path) for download in offered if download.on(name))
    return _page(view, f"{name}.md", title, name, f"{name}.html", summary=summary, downloads=own)


def unit_page(view: View, unit: UnitView) -> Page:
    """A unit's own page. It holds this unit's data only, so that its cost does not grow with their number."""
    row = unit.row
    return _page(
        view,
        f"units/{row.slug}.md",
        f"{row.name}报送情况",
        "progress",
        "unit.html",
        unit=unit,
        heading=row.name,
        summary=f"{row.bureau} {row.code} {row.mark.word}",
        source=f"data/cities/{row.slug}",
        apart="units",
    )


def _annex(view: View, annex: Annex) -> Page:
    title = f"附件{annex.number} {annex.title}" if annex.number else annex.title
    trail = (("通知", f"{view.notice}/"),) if view.notice else ()
    return _page(
        view,
        f"{annex.path}.md",
        title,
        "notice",
        "annex.html" if annex.html else "quota.html",
        annex=annex,
        trail=trail,
        summary="空白表样",
    )


def _page(
    view: View,
    path: str,
    title: str,
    section: str,
    template: str,
    *,
    heading: str = "",
    summary: str = "",
    whole: bool = False,
    source: str = "",
    apart: str = "",
    **values: Any,
) -> Page:
    html = markup.render(template, view=view, root="../" * depth(path), **values)
    meta = {
        "title": str(markup.plain(title)),
        "layout": "wide",
        "section": section,
        "hide": ["navigation", "toc"],
        **({"apart": apart} if apart else {}),
    }
    search = html if whole else f"<h1>{markup.plain(heading or title)}</h1><p>{markup.plain(summary)}</p>"
    return Page(path, meta, html, search, source)


def depth(path: str) -> int:
    """How many folders the page's address lies below the root: ``units/x.md`` 2, ``index.md`` 0."""
    parts = path.removesuffix(".md").split("/")
    return len(parts) - 1 if parts[-1] == "index" else len(parts)
