"""Where a campaign stands on its forge: the addresses of GitHub, GitLab, and of Gitea and Forgejo, which are alike.

Their pages for one path of one branch, as each of them links to itself:

* GitHub: ``edit/BRANCH/PATH`` and ``tree/BRANCH/PATH``;
* GitLab: the same behind ``-/`` (``config/routes/repository.rb``);
* Gitea and Forgejo: ``_edit/BRANCH/PATH`` and ``src/branch/BRANCH/PATH`` (``routers/web/web.go``).

The links to a new file are ``web/src/forge.ts``.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from build_tools.campaign.model import Campaign

_PAGES = {
    "github": {"edit": "edit", "tree": "tree"},
    "gitlab": {"edit": "-/edit", "tree": "-/tree"},
    "gitea": {"edit": "_edit", "tree": "src/branch"},
}
_HOSTS = {"gitlab": "gitlab", "gitea": "gitea", "forgejo": "gitea", "codeberg": "gitea"}
"""A word in a forge's host, and what the forge is; any other is taken for GitHub, which many imitate."""


def forge_of(campaign: Campaign) -> dict[str, str] | None:
    """The forge as the form pages know it (``kind``, ``url``, ``branch``); ``None`` for a campaign without one."""
    if not campaign.repo_url:
        return None
    return {"kind": _kind(campaign), "url": campaign.repo_url, "branch": campaign.edit_branch}


def forge_url(campaign: Campaign, action: str, path: str) -> str:
    """Where the forge shows (``tree``) or edits (``edit``) ``path``; empty for a campaign without a forge."""
    base = forge_base(campaign, action)
    return base + quote(path) if base else ""


def forge_base(campaign: Campaign, action: str) -> str:
    """What stands before a path in the forge's addresses; empty for a campaign without a forge."""
    if not campaign.repo_url:
        return ""
    return f"{campaign.repo_url}/{_PAGES[_kind(campaign)][action]}/{quote(campaign.edit_branch)}/"


def _kind(campaign: Campaign) -> str:
    host = urlsplit(campaign.repo_url).hostname or ""
    return campaign.forge or next((kind for word, kind in _HOSTS.items() if word in host), "github")
