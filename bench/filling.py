"""A form page in a browser four times as slow as this one: from opening it to the first letter, and from key to paint."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from browser.visitors import served
from playwright.sync_api import Browser, Page, sync_playwright
from timing import tool

FIELDS = 200
KEYS = 40
RUNS = 3
PAUSE = 120
SLOWER = 4
WANTED_START, WANTED_KILOBYTES = 1.0, 60
PEER = Path(__file__).parent / "node_modules" / "@json-editor" / "json-editor" / "dist" / "jsoneditor.js"

_WATCH = """
window.strokes = [];
document.addEventListener('keydown', (event) => {
  const began = event.timeStamp;
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.strokes.push(performance.now() - began);
    after.port2.postMessage(0);
  });
}, true);
"""
_PEER = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>peer</title></head><body><div id="at"></div>
<script src="jsoneditor.js"></script><script>
fetch('schema.json').then((r) => r.json()).then((schema) => {
  const editor = new JSONEditor(document.getElementById('at'), {schema, show_errors: 'always', disable_collapse: true});
  editor.on('ready', () => document.documentElement.classList.add('scripted'));
});
</script></body></html>"""


class Felt(NamedTuple):
    """Main-thread seconds until the first field can be typed into, and milliseconds from a key to the next paint."""

    start: float
    typical: float
    worst: float


def measure(root: Path, workshop: Path) -> str:
    """Build the shipped campaign and one with :data:`FIELDS` counters, and fill them in."""
    print(f"    the individual form, and one of {FIELDS} numbers, {RUNS} times each")
    own, wide = workshop / "own", workshop / "wide"
    _build(root, own)
    _build(_campaign_of_many(root, workshop / "many"), wide)
    peers = workshop / "peers"
    for name, schema in (("individual", _schema(root, "individual")), ("wide", _many())):
        folder = peers / name
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(_PEER, encoding="utf-8")
        (folder / "schema.json").write_text(json.dumps(_for_peer(schema)), encoding="utf-8")
        shutil.copy(PEER, folder)
    unit = "?unit=guangzhou"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        cases = {
            "individual": (own, f"submit/individual/{unit}", "#f-name"),
            "individual, without its script": (own, f"submit/individual/{unit}", "#f-name"),
            "individual, json-editor": (peers / "individual", "", "input[name='root[name]']"),
            "wide": (wide, f"submit/statistics/{unit}", "#f-counter_000"),
            "wide, without its script": (wide, f"submit/statistics/{unit}", "#f-counter_000"),
            "wide, json-editor": (peers / "wide", "", "input[name='root[counter_000]']"),
        }
        felt: dict[str, list[Felt]] = {name: [] for name in cases}
        for _ in range(RUNS):
            for name, (folder, path, field) in cases.items():
                with served(folder) as base:
                    felt[name].append(_visit(browser, base + path, field, bare="without" in name))
        browser.close()
    result = {
        name: Felt(*(median(column) for column in zip(*runs, strict=True))) for name, runs in felt.items()
    }
    scripts = sorted((own / "assets" / "form").glob("*.js"))
    sizes = {path.name.split(".")[0]: len(gzip.compress(path.read_bytes(), 9)) / 1024 for path in scripts}
    return _report(result, sizes, len(gzip.compress(PEER.read_bytes(), 9)) / 1024)


def _report(felt: dict[str, Felt], sizes: dict[str, float], peer: float) -> str:
    lines = "\n".join(
        f"| {name} | {own.start:.2f} s | {own.typical:.0f} ms | {own.worst:.0f} ms |"
        for name, own in felt.items()
    )
    written = ", ".join(f"{name} {size:.1f} KiB" for name, size in sizes.items())
    one, alone, other = (felt[f"individual{kind}"] for kind in ("", ", without its script", ", json-editor"))
    many, least, crowd = (felt[f"wide{kind}"] for kind in ("", ", without its script", ", json-editor"))
    return f"""## Filling in a form

Chromium, its processor slowed down {SLOWER} times; medians of {RUNS} visits. “Until usable” is the main thread's work from
opening the page until the first field takes a letter; {KEYS} keys are typed into one field. “Without its script” is what the
page costs by itself, header, search and all. The peer is json-editor, drawing a form from the same JSON Schema in a bare page
of its own, without a site around it, styles, drafts or the notice's arithmetic.

| page | until usable | key to paint | slowest key |
|---|---|---|---|
{lines}

- Scripts, gzipped: {written}; json-editor {peer:.1f} KiB. Wanted: at most {WANTED_KILOBYTES} KiB on a page.
- Usable on the individual form after {one.start:.2f} s, wanted within {WANTED_START:.0f} s; the script's share is
  {one.start - alone.start:.2f} s, {other.start / (one.start - alone.start):.1f} times less than the peer's.
- With {FIELDS} numbers a key is on the screen after {many.typical:.0f} ms, {many.typical - least.typical:.0f} of them
  the script's; the peer's bare page takes {crowd.typical:.0f}.
"""


def _visit(browser: Browser, address: str, field: str, *, bare: bool) -> Felt:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(_WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if bare:
        page.route("**/assets/form/*", lambda route: route.abort())
    page.goto(address, wait_until="load")
    if not bare:
        page.wait_for_selector("html.scripted", state="attached")  # a function to wait for would need eval
    page.focus(field)
    start = _work(session)
    _type(page)
    page.wait_for_timeout(10 * PAUSE)
    strokes = sorted(page.evaluate("window.strokes"))
    page.close()
    if len(strokes) < KEYS:
        sys.exit(f"only {len(strokes)} of {KEYS} keys were painted at {address}")
    return Felt(start, median(strokes), strokes[-1])


def _type(page: Page) -> None:
    for key in range(KEYS):
        page.keyboard.press("1" if key % 2 == 0 else "Backspace")
        page.wait_for_timeout(PAUSE)


def _work(session: Any) -> float:
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def _build(root: Path, out: Path) -> None:
    command = [
        tool("shenbao"),
        "build",
        "--root",
        str(root),
        "--audience",
        "public",
        "--out",
        str(out),
        "--no-papers",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _schema(root: Path, item: str) -> dict[str, Any]:
    return json.loads((root / "schemas" / f"{item}.schema.json").read_text(encoding="utf-8"))


def _many() -> dict[str, Any]:
    """A schema of many numbers, like annex 2."""
    counters = {
        f"counter_{number:03d}": {"title": f"第{number}个数", "type": ["integer", "null"], "minimum": 0, "x-unit": "个",
                                  "maximum": 999999999, "x-public": True, "description": "示例说明。"}
        for number in range(FIELDS)
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "statistics.schema.json",
        "title": "统计资料",
        "type": "object",
        "additionalProperties": False,
        "required": list(counters),
        "properties": counters,
        "x-clause": "附件2",
    }


def _for_peer(schema: dict[str, Any]) -> dict[str, Any]:
    """The same without notes, and with one type a field: the peer asks for a type before it draws a field."""
    properties = {}
    for key, part in schema["properties"].items():
        if key != "notes":
            kinds = part.get("type")
            properties[key] = {**part, "type": kinds[0]} if isinstance(kinds, list) else part
    return {**schema, "properties": properties, "$id": "peer"}


def _campaign_of_many(root: Path, into: Path) -> Path:
    """The shipped campaign, asking for many numbers; nothing has been sent."""
    shutil.copytree(root / "schemas", into / "schemas")
    shutil.copytree(root / "docs", into / "docs")
    (into / "data").mkdir()
    for name in ("campaign.yml", "units.yml", "quotas.yml", "owners.yml"):
        shutil.copy(root / "data" / name, into / "data")
    schemas = into / "schemas"
    schema = _many()
    (schemas / "statistics.schema.json").write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    keys = list(schema["properties"])
    sentences = "\n".join(
        f'  - no: {number + 1}.\n    text: "{"，".join(f"本市共有 {{{key}}} 个" for key in keys[at : at + 5])}。"'
        for number, at in enumerate(range(0, FIELDS, 5))
    )
    form = f"item: statistics\ntitle: 统计资料\nannex: 附件2\nlayout: prose\nsentences:\n{sentences}\n"
    (schemas / "statistics.form.yml").write_text(form, encoding="utf-8")
    rule = "\n".join(
        f"""  - code: A{number:02d}
    item: statistics
    title: 前数不应多于后数
    severity: warning
    clause: 附件2
    left: [{{field: {keys[number]}}}]
    operator: "<="
    right: [{{field: {keys[number + 1]}}}]
    missing: skip_if_any
    message: 前数 {{left}}，多于后数 {{right}}。
    hint: 请核对。
    passes: {{{keys[number]}: 1, {keys[number + 1]}: 2}}
    fails: {{{keys[number]}: 2, {keys[number + 1]}: 1}}"""
        for number in range(1, 60)
    )
    (schemas / "rules.yml").write_text(f"rules:\n{rule}\n", encoding="utf-8")
    return into
