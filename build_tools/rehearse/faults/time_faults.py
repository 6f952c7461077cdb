"""What came when, and the ledger itself (family T)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from build_tools import ledger
from build_tools.rehearse.faults.draft import LEDGER, Draft, Fault, fault
from build_tools.rehearse.faults.form_faults import INDIVIDUAL, SUMMARY
from build_tools.rehearse.receipts import CLERK, WINDOW

_BEFORE, _AFTER = "2012-08-21T10:00:00+08:00", "2012-08-23T09:00:00+08:00"
_REASON = "示例原因：请补正标题"
_OTHER = b"title: another version\n"

Events = list[dict[str, Any]]


def _late(document: str) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.at[document] = _AFTER

    return change


def _told(at: str, kind: str, document: str, **more: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.story.append((at, kind, document, more))

    return change


def _not_received(draft: Draft) -> None:
    draft.at["summary"] = ""


def _changed(draft: Draft) -> None:
    _not_received(draft)
    draft.story.append((_BEFORE, "received", "summary", {"data": _OTHER, "source": WINDOW}))


def _gone(draft: Draft) -> None:
    data = draft.files[SUMMARY]
    draft.drop(SUMMARY)
    draft.story.append((_BEFORE, "received", "summary", {"data": data, "source": WINDOW}))


def _altered(draft: Draft) -> None:
    def alter(events: Events) -> Events:
        return [{**event, "source": "改动"} if event["seq"] == 2 else event for event in events]

    draft.ledger = alter


def _paper(at: str) -> Callable[[Draft], None]:
    """Paper recorded behind everything else, at a time that may not be."""

    def change(draft: Draft) -> None:
        event = {
            "at": at,
            "kind": "paper",
            "document": "collective-01",
            "by": [CLERK],
            "copies": 1,
            "seals": [],
        }
        draft.ledger = lambda events: ledger.append(events, event, nonce="0" * 32)

    return change


TIME_FAULTS: tuple[Fault, ...] = (
    fault("T01", "总结逾期", SUMMARY, "", _late("summary")),
    fault("T02", "先进个人推荐表逾期", INDIVIDUAL, "", _late("individual-01")),
    fault("T03", "总结没有登记收文", SUMMARY, "", _not_received),
    fault("T04", "登记以后总结又改过", SUMMARY, "", _changed),
    fault("T05", "退回修改过了期限", SUMMARY, "",
          _told(_BEFORE, "returned", "summary", reason=_REASON, until="2012-08-22T18:00:00+08:00")),
    fault("T06", "截止后自行重报总结", SUMMARY, "",
          _told(_AFTER, "received", "summary", data=_OTHER, source=WINDOW)),
    fault("T07", "撤回的总结还在", SUMMARY, "", _told(_BEFORE, "withdrawn", "summary", reason="示例原因：本单位申请")),
    fault("T11", "登记过的总结不见了", LEDGER, "", _gone),
    fault("T12", "台账登记了没有的文件", LEDGER, "",
          _told(_BEFORE, "received", "individual", data=_OTHER, source=WINDOW)),
    fault("T13", "台账第 2 项改过", LEDGER, "/events/1", _altered),
    fault("T14", "后登记的事项时间在前", LEDGER, "", _paper("2012-08-18T09:00:00+08:00")),
    fault("T15", "台账有明天的事项", LEDGER, "", _paper("2012-08-24T09:00:00+08:00")),
    fault("T16", "一个人就批准了延期", LEDGER, "",
          _told(_BEFORE, "extended", "*", reason=_REASON, until="2012-08-24T18:00:00+08:00")),
    fault("T17", "延期到截止以前", LEDGER, "",
          _told(_BEFORE, "extended", "*", by=["示例批准人甲", "示例批准人乙"], reason=_REASON,
                until="2012-08-21T18:00:00+08:00")),
    fault("T18", "受理的版本没有收到过", LEDGER, "", _told(_AFTER, "accepted", "summary", data=_OTHER)),
)  # fmt: skip
