"""The Content-Security-Policy of every page, written into the page so that it holds on a plain static host.

Material puts a few short scripts into its pages. Each is allowed by the SHA-256 of its exact text
(CSP Level 3, hash-source), computed from the finished page: a new release of the theme needs no change
here. Nothing else inline is allowed, and nothing comes from another host.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
_DATA = re.compile(r"\btype=[\"']?application/(?:ld\+)?json", re.IGNORECASE)
_CHARSET = '<meta charset="utf-8">'

_FIXED = (
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
)


def with_policy(page: str) -> str:
    """``page`` with its policy as the first thing after its character set.

    Raises :class:`ValueError` for a page without ``<meta charset="utf-8">``: it would go out unguarded.
    """
    head, charset, rest = page.partition(_CHARSET)
    if not charset:
        raise ValueError('页面缺少 <meta charset="utf-8">，无法写入内容安全策略。')
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
    return f"{head}{charset}\n      {meta}{rest}"


def policy(page: str) -> str:
    """The policy that lets exactly the inline scripts of ``page`` run."""
    scripts = (match for match in _SCRIPT.finditer(page) if _runs_inline(match["attributes"]))
    hashes = sorted({_hash(match["text"]) for match in scripts})
    allowed = "".join(f" '{value}'" for value in hashes)
    return "; ".join(("default-src 'none'", f"script-src 'self'{allowed}", *_FIXED))


def _runs_inline(attributes: str) -> bool:
    return not re.search(r"\bsrc\s*=", attributes) and not _DATA.search(attributes)


@lru_cache(maxsize=64)
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
