"""The command line: statuses, formats, Chinese usage errors, and no private value in its output."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

from build_tools.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
SECRET = "示例𠮷密"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The shipped notice with nobody's submissions yet."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    for folder in ("data/cities", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "notice.md", tmp_path / "docs")
    for name in ("campaign", "units", "quotas", "owners"):
        shutil.copy(ROOT / "data" / f"{name}.yml", tmp_path / "data")
    return tmp_path


def submit(root: Path, path: str, text: str) -> None:
    file = root / "data" / "cities" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_an_empty_campaign_has_no_findings(run: Run, root: Path) -> None:
    assert run("check", "--root", root) == (0, "检查 0 个文件：错误 0 条，提示 0 条。没有错误。\n", "")


def test_an_error_ends_with_status_1_and_shows_place_and_caret(run: Run, root: Path) -> None:
    submit(root, "guangzhou/statistics.yml", "pledge_orgs: 三个\n")
    ran = run("check", "--root", root)
    assert ran.status == 1
    lines = ran.out.splitlines()
    at = next(i for i, line in enumerate(lines) if "S03" in line)
    assert lines[at].startswith("  1:14  错误 S03")
    assert lines[at + 1] == "      1 | pledge_orgs: 三个"  # a counter is public
    assert lines[at + 2] == "        | " + " " * 13 + "^"
    assert "怎么改：只写阿拉伯数字" in lines[at + 3]


def test_a_finding_about_a_whole_file_shows_no_line_of_it(run: Run, root: Path) -> None:
    submit(root, "guangzhou/overview.yml", f"name: {SECRET}\n")
    lines = run("check", "--root", root).out.splitlines()
    at = next(i for i, line in enumerate(lines) if "L01" in line)
    assert lines[at].startswith("  1:1  错误 L01")
    assert lines[at + 1].startswith("      怎么改：")


def test_the_caret_lines_up_under_wide_characters(run: Run, root: Path) -> None:
    submit(root, "guangzhou/materials.yml", "files: [{kind: 学习, 标题: a, 标题: b}]\n")
    lines = run("check", "--root", root, "--reveal").out.splitlines()
    at = next(i for i, line in enumerate(lines) if "Y10" in line)
    assert lines[at + 1].endswith("files: [{kind: 学习, 标题: a, 标题: b}]")
    before_caret = lines[at + 2].split("| ")[1].index("^")
    assert before_caret == len("files: [{kind: ") + 4 + len(", ") + 4 + len(": a, ")


def test_private_values_stay_veiled_unless_asked_for(run: Run, root: Path) -> None:
    submit(
        root,
        "guangzhou/nominations/individual-01.yml",
        f"name: {SECRET}\nbirth: '19700512'\nname: {SECRET}\n",
    )
    for form in ("text", "json"):
        ran = run("check", "--root", root, "--format", form)
        assert ran.status == 1
        assert SECRET not in ran.out + ran.err
        assert "0512" not in ran.out + ran.err
    assert SECRET in run("check", "--root", root, "--reveal").out


def test_a_public_line_shows_nothing_private_beside_it(run: Run, root: Path) -> None:
    submit(root, "guangzhou/nominations/collective-01.yml", f"{{name: 某, leader: {SECRET}}}\n")
    assert SECRET not in run("check", "--root", root).out


def test_json_has_the_contract_s_shape(run: Run, root: Path) -> None:
    submit(root, "guangzhou/summary.yml", "title: 总结\ntitle: 总结\n")
    ran = run("check", "--root", root, "--format", "json")
    report = json.loads(ran.out)
    assert ran.status == 1
    finding = next(f for f in report["findings"] if f["code"] == "Y10")
    assert set(finding) >= {
        "code", "severity", "path", "line", "column", "pointer", "message", "hint", "clause", "related",
    }  # fmt: skip
    assert (finding["path"], finding["line"], finding["column"]) == (
        "data/cities/guangzhou/summary.yml",
        2,
        1,
    )
    assert finding["related"][0]["line"] == 1
    assert report["summary"]["files"] == 1
    assert report["summary"]["errors"] == sum(f["severity"] == "error" for f in report["findings"])


def test_thousands_of_findings_stay_readable(run: Run, root: Path) -> None:
    for number in range(1, 100):
        submit(root, f"guangzhou/nominations/individual-{number:02d}.yml", "{}\n")
    short = run("check", "--root", root)
    assert len(short.out.splitlines()) < 900
    assert "各规则条数：" in short.out
    assert "S01" in short.out
    whole = json.loads(run("check", "--root", root, "--format", "json").out)
    assert whole["summary"]["errors"] >= 99 * 11
    assert run("check", "--root", root, "--all").out.count("错误 S01") == sum(
        f["code"] == "S01" for f in whole["findings"]
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_broken_campaign_ends_with_status_2(run: Run, root: Path, form: str) -> None:
    (root / "data" / "units.yml").unlink()
    ran = run("check", "--root", root, "--format", form)
    assert ran.status == 2
    assert "C01" in ran.out
    assert "data/units.yml" in ran.out


def test_other_commands_say_why_a_broken_campaign_stops_them(run: Run, root: Path) -> None:
    (root / "schemas" / "rules.yml").write_text("rules: [\n", encoding="utf-8")
    ran = run("new", "--root", root, "guangzhou", "summary")
    assert ran.status == 2
    assert "schemas/rules.yml:2:1" in ran.err
    assert "怎么改" in ran.err


USAGE = [
    (["chek"], "没有“chek”这个命令，是否想写 check"),
    (["check", "--formt", "json"], "没有 --formt 这个选项，是否想写 --format"),
    (["check", "--format", "xml"], "--format 的取值不对，可用的有：text、json"),
    (["check", "--root", "no-such-folder"], "所指的文件夹不存在"),
    (["check", "extra"], "多写了“extra”"),
    (["check", "--now"], "--now 后面缺少取值"),
    (["check", "--foo"], "没有 --foo 这个选项。"),
    (["check", "--root", "data/units.yml"], "所指的是文件，不是文件夹"),
    (["explain", "A01", "A02"], "多写了“A02”"),
    (["new", "guangzhou"], "缺少“报送项”"),
    (["new", "nowhere", "summary"], "没有“nowhere”这个单位"),
    (["explain", "Q99"], "没有编号为“Q99”的规则"),
    (["check", "--now", "昨天"], "时间应写成 2012-08-23T10:00:00+08:00 的样子"),
    (["build", "--audience", "office"], "缺少 --out"),
]


@pytest.mark.parametrize(("args", "sentence"), USAGE, ids=[" ".join(args) for args, _ in USAGE])
def test_wrong_usage_is_one_chinese_sentence_and_status_2(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], sentence: str
) -> None:
    monkeypatch.chdir(root)
    ran = run(*args)
    assert ran.status == 2
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_teaches_in_chinese(run: Run, command: list[str]) -> None:
    ran = run(*command, "--help")
    assert ran.status == 0
    assert ran.out.startswith("用法：shenbao")
    assert not {"Usage", "Options", "Show this"} & set(ran.out.replace(":", " ").split())
    assert "例：" in ran.out or not command
    assert not {"[required", "[default", "[env"} & set(re.findall(r"\[[a-z]+", ran.out)), (
        "click's own remarks"
    )


def test_explain_shows_a_rule_whole(run: Run, root: Path) -> None:
    ran = run("explain", "--root", root, "y10")
    assert ran.status == 0
    for part in (
        "Y10 同一项写了两遍",
        "正确：\n    members: 5",
        "错误：\n    members: 5\n    members: 6",
        "怎么改：",
    ):
        assert part in ran.out


def test_explain_lists_every_rule_once(run: Run, root: Path) -> None:
    codes = [line.split()[0] for line in run("explain", "--root", root).out.splitlines()]
    assert codes == sorted(set(codes))
    assert {"Y01", "S01", "C01"} <= set(codes)


def test_the_clock_comes_from_the_option_then_the_environment(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENBAO_NOW", "not a time")
    assert run("check", "--root", root).status == 2
    assert run("check", "--root", root, "--now", "2012-08-20").status == 0


def test_files_that_cannot_be_read_are_a_sentence(run: Run, root: Path) -> None:
    if os.geteuid() == 0:
        (root / "data" / "campaign.yml").unlink()
        (root / "data" / "campaign.yml").mkdir()
    else:
        (root / "data" / "campaign.yml").chmod(0)
    ran = run("check", "--root", root)
    assert ran.status == 2
    assert "Traceback" not in ran.out + ran.err


MISTAKES = {
    "a number before a colon": "deeds: |\n440105197001011234: 该同志办案认真\n",
    "a name before a colon": "deeds: |\nwangxiaoming: 该同志办案认真\n",
    "a telephone number in a list": "resume:\n  - 13812345678: 示例\n",
    "marks that are no letters": "name: བོད༼😀\nname: 重复\n",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_was_typed_by_mistake_is_not_shown_either(run: Run, root: Path, mistake: str) -> None:
    submit(root, "guangzhou/nominations/individual-01.yml", MISTAKES[mistake])
    ran = run("check", "--root", root, "--all")
    assert ran.status == 1
    shown = "\n".join(line for line in ran.out.splitlines() if " | " in line)
    for private in ("440105197001011234", "wangxiaoming", "13812345678", "同志", "བོ", "😀"):
        assert private not in ran.out
    assert "示例" not in shown


def test_a_file_name_cannot_forge_a_report_or_move_the_cursor(run: Run, root: Path) -> None:
    verdict = "检查 1 个文件：错误 0 条，提示 0 条。没有错误。"
    names = (f"a\n{verdict}", "\x1b[2Jb", "\u202ec", os.fsdecode(b"\xff.yml"))
    for name in names:
        (root / "data/cities/guangzhou").mkdir(exist_ok=True)
        (root / "data/cities/guangzhou" / name).write_bytes(b"")
    ran = run("check", "--root", root)
    assert ran.status == 1
    assert verdict not in ran.out.splitlines()
    assert not set(ran.out) & {"\x1b", "\u202e", "\udcff"}
    found = run("check", "--root", root, "--format", "json").out
    assert {Path(f["path"]).name for f in json.loads(found)["findings"]} == {
        Path(name).name for name in names
    }


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8:strict"])
def test_any_terminal_can_take_a_report(root: Path, encoding: str) -> None:
    submit(root, "guangzhou/statistics.yml", "pledge_orgs: 三\n")
    (root / "data/cities/guangzhou/summary.yml").write_bytes("title: 总结\n".encode("gbk"))
    submit(root, "guangzhou/nominations/collective-01.yml", "name: 示例😀\n")
    command = [Path(sys.executable).with_name("shenbao"), "check", "--reveal", "--root", str(root)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    done = subprocess.run(
        [*command, "--format", "json"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout.decode("utf-8"))["summary"]["errors"] > 2


@pytest.mark.parametrize(
    ("form", "out", "words"),
    [
        ("json", "data/campaign.yml", "活动自己的文件夹"),
        ("json", "data/new.json", "活动自己的文件夹"),
        ("csv", "schemas", "活动自己的文件夹"),
        ("csv", ".", "活动自己的文件夹"),
        ("json", "README.md", "应以 .json 结尾"),
        ("xlsx", "data/汇总.xlsx", "活动自己的文件夹"),
        ("xlsx", "README.md", "应以 .xlsx 结尾"),
        ("csv", "README.md", "是文件"),
    ],
)
def test_an_export_never_writes_over_the_campaign(
    run: Run, root: Path, form: str, out: str, words: str
) -> None:
    (root / "README.md").write_text("示例\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    ran = run("export", "--root", root, "--format", form, "--out", root / out)
    assert ran.status == 2
    assert words in ran.err
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01", "2106-01-01"]
)
def test_a_clock_beyond_all_calendars_is_refused(
    run: Run, root: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("check", "--root", root, "--now", moment)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert ran.err.startswith("--now 有误")
    monkeypatch.setenv("SHENBAO_NOW", moment)
    assert run("check", "--root", root).err.startswith("环境变量 SHENBAO_NOW 有误")


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("units.yml", Path.mkdir, "现在是文件夹"),
        ("quotas.yml", lambda path: path.symlink_to("units.yml"), "现在是链接"),
        ("owners.yml", os.mkfifo, "现在不是普通文件"),
    ],
)
def test_a_campaign_file_that_is_no_file_is_a_sentence(
    run: Run, root: Path, name: str, make: Callable[[Path], object], words: str
) -> None:
    (root / "data" / name).unlink()
    make(root / "data" / name)
    ran = run("check", "--root", root)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"C08  这里应是普通文件，{words}。" in ran.out
    assert ran.out.startswith(f"data/{name}\n")


@pytest.mark.parametrize("debug", ["", "1"])
def test_what_nobody_foresaw_is_a_sentence_without_a_value(root: Path, debug: str) -> None:
    program = (
        "import sys, build_tools.cli.commands.check as check\n"
        "def burst(*_): raise KeyError('秘密')\n"
        "check.options.judged = burst\n"
        "from build_tools.cli import run\n"
        f"sys.argv = ['shenbao', 'check', '--root', {str(root)!r}]\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "SHENBAO_DEBUG": debug},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == (1 if debug else 2)
    assert ("Traceback" in done.stderr, "秘密" in done.stderr) == (bool(debug), bool(debug))
    if not debug:
        assert done.stderr.startswith("程序出错（KeyError，check.py 第 ")
        assert done.stderr.count("\n") == 1


def test_the_command_hands_on_its_status_and_all_it_said(root: Path) -> None:
    submit(root, "guangzhou/statistics.yml", "pledge_orgs: 三\n")
    command = Path(sys.executable).with_name("shenbao")
    done = subprocess.run(
        [command, "check", "--root", root, "--format", "json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["summary"]["errors"] == 21
