"""What happened to a document, told as a story, and where it stands in the end: which version, and in time or not."""

from __future__ import annotations

from typing import Any

import pytest
from standings import extended, log, moment, received, returned, stands

from build_tools import ledger
from build_tools.standing import Stage, Timing

Expected = dict[str, Any]

STORIES: list[tuple[str, list[tuple[Any, ...]], Expected]] = [
    ("nothing happened", [], {"stage": Stage.NONE, "timing": None, "version": None}),
    (
        "two receipts in time: the last one stands",
        [received("20 09:00:00", "一"), received("21 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "received": "21 09:00:00"},
    ),
    (
        "written in the wrong order: time decides",
        [received("21 09:00:00", "二"), received("20 09:00:00", "一")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "received": "21 09:00:00"},
    ),
    (
        "sent again after the deadline without a return: set aside",
        [received("20 09:00:00", "一"), received("23 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "aside": 1},
    ),
    (
        "the same bytes again after the deadline: nothing to set aside",
        [received("20 09:00:00", "一"), received("23 09:00:00", "一")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "20 09:00:00"},
    ),
    (
        "sent again after it was accepted: set aside",
        [
            received("20 09:00:00", "一"),
            ("accepted", "21 09:00:00", {"version": "一"}),
            received("23 09:00:00", "二"),
        ],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "一", "aside": 1},
    ),
    (
        "a later version within an extension stands",
        [received("20 09:00:00", "一"), extended("24 18:00:00"), received("24 18:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.EXTENDED, "version": "二"},
    ),
    (
        "a later version one second behind an extension: set aside",
        [received("20 09:00:00", "一"), extended("24 18:00:00"), received("24 18:00:01", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "aside": 1},
    ),
    (
        "set aside, then the extension is granted: it stands after all",
        [
            received("20 09:00:00", "一"),
            received("23 09:00:00", "二"),
            extended("24 18:00:00", at="23 10:00:00"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.EXTENDED, "version": "二"},
    ),
    (
        "set aside, then returned: the same bytes sent again are the correction",
        [
            received("20 09:00:00", "一"),
            received("23 09:00:00", "二"),
            returned("23 10:00:00", "25 18:00:00"),
            received("23 11:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "returned for a photo: the same bytes again end the return",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "一"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "24 09:00:00"},
    ),
    (
        "first, second, first again in time: the first stands",
        [received("20 09:00:00", "一"), received("21 09:00:00", "二"), received("22 23:59:59", "一")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "22 23:59:59"},
    ),
    (
        "two in the deadline's own second: the one written later stands",
        [received("22 23:59:59", "一"), received("22 23:59:59", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "written into the ledger days later: the time it was received counts",
        [received("22 23:59:59", "一", recorded=moment("25 09:00:00"))],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "22 23:59:59"},
    ),
    (
        "a time recorded too late, put right by another event: the earlier receipt counts",
        [received("23 09:00:00", "一"), received("22 18:00:00", "一", recorded=moment("23 10:00:00"))],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "一", "received": "22 18:00:00"},
    ),
    (
        "the window's last second on another clock",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("2012-08-25T10:00:00+00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "late twice: the later one stands, still late",
        [received("23 09:00:00", "一"), received("24 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "returned and waiting",
        [received("20 09:00:00"), returned("22 09:00:00", "25 18:00:00")],
        {"stage": Stage.RETURNED, "timing": Timing.ON_TIME, "until": "25 18:00:00", "reason": "请补正"},
    ),
    (
        "corrected to the last second of the window, after the deadline: in time",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("25 18:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "until": None, "reason": ""},
    ),
    (
        "corrected one second after the window: its own time counts",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("25 18:00:01", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "corrected after the window but before the deadline: in time",
        [
            received("17 09:00:00", "一"),
            returned("18 09:00:00", "19 18:00:00"),
            received("22 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "the correction corrected within the window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            received("25 17:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "三"},
    ),
    (
        "the correction corrected after the window: set aside",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            received("26 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "accepted closes the window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
            ("accepted", "24 10:00:00", {"version": "二"}),
            received("25 09:00:00", "三"),
        ],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "returned twice, each corrected in its window",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "24 18:00:00"),
            received("24 09:00:00", "二"),
            returned("24 12:00:00", "27 18:00:00"),
            received("27 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "三"},
    ),
    (
        "returned without a date: any correction keeps the time",
        [received("20 09:00:00", "一"), returned("22 09:00:00", None), received("29 09:00:00", "二")],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "late, then returned: a correction does not make it timely",
        [
            received("23 09:00:00", "一"),
            returned("23 12:00:00", "25 18:00:00"),
            received("24 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "a correction within an extension keeps the time of what it corrects",
        [
            extended("26 18:00:00"),
            received("22 09:00:00", "一"),
            returned("23 09:00:00", "25 18:00:00"),
            received("25 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "withdrawn",
        [received("20 09:00:00"), ("withdrawn", "21 09:00:00", {"reason": "本人申请"})],
        {"stage": Stage.WITHDRAWN, "timing": None, "reason": "本人申请"},
    ),
    (
        "withdrawn, then sent again in time",
        [
            received("20 09:00:00", "一"),
            ("withdrawn", "21 09:00:00", {"reason": "本人申请"}),
            received("22 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二"},
    ),
    (
        "withdrawn, then sent again after the deadline: a new nomination, too late",
        [
            received("20 09:00:00", "一"),
            ("withdrawn", "21 09:00:00", {"reason": "本人申请"}),
            received("23 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二"},
    ),
    (
        "withdrawn while returned: the window is gone",
        [
            received("20 09:00:00", "一"),
            returned("22 09:00:00", "25 18:00:00"),
            ("withdrawn", "22 10:00:00", {"reason": "本人申请"}),
            received("24 09:00:00", "二"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.FORFEITED, "version": "二", "until": None},
    ),
    (
        "withdrawn while returned and sent again: the old window does not come back",
        [
            received("19 09:00:00", "一"),
            returned("20 09:00:00", "25 18:00:00"),
            ("withdrawn", "20 10:00:00", {"reason": "本人申请"}),
            received("21 09:00:00", "二"),
            received("24 09:00:00", "三"),
        ],
        {"stage": Stage.RECEIVED, "timing": Timing.ON_TIME, "version": "二", "aside": 1},
    ),
    (
        "paper adds up and moves nothing else",
        [
            received("20 09:00:00"),
            ("paper", "21 09:00:00", {"copies": 1, "seals": ("上级党组织",)}),
            ("paper", "29 09:00:00", {"copies": 2, "seals": ("上级党组织", "所在单位党组织")}),
        ],
        {
            "stage": Stage.RECEIVED,
            "timing": Timing.ON_TIME,
            "copies": 3,
            "seals": frozenset(("上级党组织", "所在单位党组织")),
        },
    ),
    (
        "paper before anything else",
        [("paper", "20 09:00:00", {"copies": 3})],
        {"stage": Stage.NONE, "timing": None, "copies": 3},
    ),
    (
        "accepted without a receipt: the accepted version is known, its time is not",
        [("accepted", "21 09:00:00", {"version": "一"})],
        {"stage": Stage.ACCEPTED, "timing": None, "version": "一"},
    ),
    (
        "accepting another version does not change which one stands",
        [received("20 09:00:00", "一"), ("accepted", "21 09:00:00", {"version": "二"})],
        {"stage": Stage.ACCEPTED, "timing": Timing.ON_TIME, "version": "一"},
    ),
]


@pytest.mark.parametrize(("story", "events", "expected"), STORIES, ids=[story[0] for story in STORIES])
def test_story(story: str, events: list[tuple[Any, ...]], expected: Expected) -> None:
    found = stands(log(*events))
    wanted = {"aside": 0, "copies": 0, **expected}
    if "version" in wanted:
        version = wanted.pop("version")
        wanted["digest"] = ledger.digest(version.encode()) if version else None
    for key in ("received", "until"):
        if wanted.get(key):
            wanted[key] = moment(wanted[key])
    seen = {key: len(found.set_aside) if key == "aside" else getattr(found, key) for key in wanted}
    assert seen == wanted, story
