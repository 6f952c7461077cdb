"""What stands around every page: brand, tabs, banner, footer and navigation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from build_tools.site.view import View
from build_tools.site.written import Written

BANNER = "示例数据，纯属虚构"
DISCLAIMER = "本网站用于学习和演示，不代表任何机关，以发文机关公布的正式文本为准。"

Navigation = list[dict[str, Any]]


def frame(view: View, written: Sequence[Written]) -> dict[str, Any]:
    """The values the theme overrides read as ``config.extra.shenbao``; ``written``: the hand-written pages."""
    banner = None
    if view.demo:
        banner = {"label": BANNER, "note": view.demo_note or f"时钟固定在 {view.clock.now_text}。"}
    return {
        "brand": view.name,
        "title": view.title,
        "campaign": view.short_title,
        "edition": view.audience.label,
        "clock": view.clock.now_text,
        "disclaimer": DISCLAIMER,
        "banner": banner,
        "tabs": tabs(view, written),
    }


def tabs(view: View, written: Sequence[Written]) -> list[dict[str, str]]:
    """The top pages in order; the section marks the tab of pages that are not in the navigation."""
    found = [("首页", ".", "home")]
    if has_notice(view, written):
        found.append(("通知", f"{view.notice}/", "notice"))
    found.append(("网上填报", "submit/", "submit"))
    found.append(("报送进度", "progress/", "progress"))
    if view.counters:
        found.append(("统计汇总", "statistics/", "statistics"))
    if view.nominees:
        found.append(("推荐汇总", "nominees/", "nominees"))
    found.append(("校验规则", "rules/", "rules"))
    own = guides(view, written)
    first = own[0].path.removesuffix(".md").removesuffix("index").rstrip("/") if own else "about"
    found.append(("使用说明", f"{first}/", "guide"))
    return [{"title": title, "url": url, "section": section} for title, url, section in found]


def navigation(view: View, written: Sequence[Written]) -> Navigation:
    """The navigation of the drawer and the sidebar, as MkDocs writes it."""
    notice: Navigation = [{"通知": f"{view.notice}.md"}] if has_notice(view, written) else []
    notice += [{f"附件{a.number}" if a.number else a.title: f"{a.path}.md"} for a in view.annexes]
    found: Navigation = [{"首页": "index.md"}]
    if notice:
        found.append({"通知和附件": notice})
    entries = ({entry.title: f"{entry.path}.md"} for entry in view.entries.items)
    found.append({"网上填报": [{"选择单位": "submit/index.md"}, *entries]})
    found.append({"报送进度": "progress.md"})
    if view.counters:
        found.append({"统计汇总": "statistics.md"})
    if view.nominees:
        found.append({"推荐汇总": "nominees.md"})
    found.append({"校验规则": "rules/index.md"})
    found.append(
        {"使用说明": [*({g.title: g.path} for g in guides(view, written)), {"网站声明": "about.md"}]}
    )
    return found


def has_notice(view: View, written: Sequence[Written]) -> bool:
    """Whether the notice's page was written."""
    return bool(view.notice) and any(page.path == f"{view.notice}.md" for page in written)


def guides(view: View, written: Sequence[Written]) -> list[Written]:
    """The hand-written pages other than the notice and a home page of one's own, in their order."""
    own = {f"{view.notice}.md", "index.md"}
    return sorted(
        (page for page in written if page.path not in own), key=lambda page: (page.order, page.path)
    )


def extra_meta(view: View, path: str) -> dict[str, Any]:
    """Front matter a hand-written page gets on top of its own."""
    if path != f"{view.notice}.md":
        return {"section": "guide"}
    source = [f"来源：{view.issuer}", f"成文日期：{view.issued}"]
    if view.contact_historical:
        source.append("历史文件，仅供查阅")
    root = "../" * (view.notice.count("/") + 1)
    papers = [{"title": link.title, "url": root + link.path} for link in view.notice_papers]
    return {"section": "notice", "notice": source, "papers": papers, "hide": ["navigation", "toc"]}
