"""The options that name a pull request, for the commands that judge or show one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from build_tools.campaign import Campaign
    from build_tools.checks import Memory
    from build_tools.proposal import Proposal, Sender

base = click.option("--base", default="", metavar="版本", help="合并请求要并入的版本，例如 origin/main。")
head = click.option("--head", default="", metavar="版本", help="合并请求的最新提交；只读取对象，不检出。")
city = click.option("--city", default="", metavar="单位", help="合并请求是哪个单位的：slug、代码或名称。")
actor = click.option(
    "--actor",
    default="",
    metavar="账号",
    help="合并请求是哪个账号提的，按 --base 中的 data/owners.yml 认定。",
)
queue = click.option(
    "--queue", is_flag=True, help="合并队列的提交：各合并请求的归属已分别审过，只看合到一起以后的结果。"
)


times = click.option(
    "--times", default=None, metavar="文件", type=click.Path(path_type=Path),
    help="平台收到各文件的时间（JSON：文件和时间）；没有写到的，按现在收到算。",
)  # fmt: skip


def came(file: Path | None) -> dict[str, datetime]:
    """What ``--times`` says; raises :class:`click.UsageError` and :class:`OSError`."""
    from build_tools.recording import BadRequest, times_given

    try:
        return times_given(file) if file else {}
    except BadRequest as error:
        raise click.UsageError(str(error)) from error


@dataclass(frozen=True)
class Named:
    """A pull request as the options name it."""

    base: str
    head: str
    city: str = ""
    actor: str = ""
    queue: bool = False

    def __bool__(self) -> bool:
        """Whether one is named at all; raises :class:`click.UsageError` when it is named by halves."""
        if not any((self.base, self.head, self.city, self.actor, self.queue)):
            return False
        if not self.base or not self.head:
            raise click.UsageError("审查合并请求时，--base 和 --head 都要写")
        if self.queue and (self.city or self.actor):
            raise click.UsageError("--queue 不与 --city、--actor 同用")
        if not (self.queue or self.city or self.actor):
            raise click.UsageError("请用 --city 或 --actor 写明合并请求是哪个单位的；合并队列用 --queue")
        return True

    def open(self, root: Path) -> Proposal:
        """The pull request in git. Raises :class:`BrokenCampaign` and :class:`GitTrouble`."""
        from build_tools.proposal import open_proposal

        return open_proposal(root, self.base, self.head, self._sender)

    def _sender(self, campaign: Campaign) -> Sender:
        from build_tools.campaign import NoSuchName
        from build_tools.proposal import sender

        try:
            return sender(campaign, city=self.city, actor=self.actor, queue=self.queue)
        except NoSuchName as error:
            raise click.UsageError(str(error)) from error


def memory(root: Path) -> Memory | None:
    """What was judged before at ``root``; none in a bare repository, where nothing but git writes."""
    from build_tools.checks import Memory
    from build_tools.checks.memory import STORE

    return Memory(root / STORE) if (root / "data").is_dir() else None
