"""The documents of an invented unit as YAML text. Written by template: 20,000 of them must not take long."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from random import Random

from build_tools.rehearse.people import Person
from build_tools.rehearse.texts import awards, paragraphs

DEEDS = {"individual": 2300, "collective": 900}
"""Characters of the main deeds."""


def block(key: str, lines: Sequence[str], blank: bool = False) -> str:
    """A block scalar; ``blank`` puts an empty line between the lines."""
    return f"{key}: |\n" + ("\n\n" if blank else "\n").join("  " + line for line in lines) + "\n"


def individual(random: Random, person: Person, number: int) -> str:
    """``individual-NN.yml``, about 8 KB."""
    resume = "".join(
        f"  - from: {begin}\n    to: {end}\n    text: {text}\n" for begin, end, text in person.resume
    )
    deeds = paragraphs(random, DEEDS["individual"], f"{person.name}同志执业于{person.firm}。")
    return (
        f"# 演练数据，纯属虚构。先进个人推荐表，推荐顺序第 {number} 名。\n"
        f"name: {person.name}\n"
        f"gender: {person.gender}\n"
        f"ethnicity: {person.ethnicity}\n"
        f"birth: {person.birth}\n"
        f"work_start: {person.work_start}\n"
        f"party_joined: {person.party_joined}\n"
        f"education: {person.education}\n"
        f"firm: {person.firm}\n"
        f"post: {person.post}\n"
        f"resume:\n{resume}"
        + block("awards", awards(random, random.randint(8, 14), int(person.work_start[:4])))
        + block("deeds", deeds, blank=True)
    )


def collective(random: Random, name: str, leader: str, phone: str, number: int) -> str:
    """``collective-NN.yml``; ``name`` is the party branch, ``leader`` its secretary."""
    members = random.randint(3, 60)
    return (
        f"# 演练数据，纯属虚构。先进集体推荐表，推荐顺序第 {number} 名。\n"
        f"name: {name}\n"
        f"members: {members}\n"
        f"staff: {members + random.randint(2, 150)}\n"
        f"leader: {leader}\n"
        f'phone: "{phone}"\n'
        + block("awards", awards(random, random.randint(0, 5), 2004) or ["无"])
        + block("deeds", paragraphs(random, DEEDS["collective"], f"{name}现有党员{members}名。"), blank=True)
    )


def summary(random: Random, unit: str, topics: Sequence[str]) -> str:
    """``summary.yml``: every topic the notice names, well below 2,500 字."""
    size = 1500 // max(1, len(topics))
    sections = "".join(
        f"  - topic: {json.dumps(topic, ensure_ascii=False)}\n"
        "    text: |\n"
        + "\n\n".join(f"      {line}" for line in paragraphs(random, size, "")).rstrip()
        + "\n"
        for topic in topics
    )
    return f"# 演练数据，纯属虚构。\ntitle: {unit}律师行业开展创先争优活动情况总结\nsections:\n{sections}"


def statistics(random: Random, unit: str, *, collectives: int, individuals: int, games: bool) -> str:
    """``statistics.yml``: counters that agree with each other and with the nominations sent."""
    pick = random.randint
    orgs = max(collectives, pick(8, 120))
    members = max(individuals, orgs * pick(4, 11))
    volunteers = pick(10, members)
    times = volunteers * pick(2, 9)
    petitions = pick(20, 300)
    helpers = pick(1, 6) if collectives + individuals else 0
    games_members = pick(1, volunteers)
    counters: dict[str, int | str] = {
        "pledge_orgs": orgs,
        "pledge_members": members,
        "review_orgs": pick(1, orgs),
        "review_lawyer_members": pick(1, members),
        "petition_cases": petitions,
        "petition_backlog_settled": pick(0, petitions),
        "disputes_resolved": pick(50, 2000),
        "good_deeds": pick(20, 900),
        "volunteer_members": volunteers,
        "volunteer_person_times": times,
        "games_volunteer_members": games_members if games else "不适用",
        "games_volunteer_person_times": pick(games_members, times) if games else "不适用",
        "leader_contact_points": pick(1, 60),
        "media_individuals": pick(0, 12),
        "media_collectives": pick(0, 8),
        "firms_paired_justice_offices": pick(3, 60),
        "firms_village_agreements": pick(3, 60),
        "duty_person_times": pick(100, 3000),
        "oneplusone_lawyers": helpers,
        "oneplusone_party_lawyers": pick(0, helpers),
        "oneplusone_funds": f"{pick(1, 40) * 1000}.{pick(0, 99):02d}" if helpers else 0,
    }
    lines = "".join(f"{key}: {value}\n" for key, value in counters.items())
    return f"# 演练数据，纯属虚构。{unit}\n{lines}"


def materials(nominees: Sequence[str], kinds: Sequence[tuple[str, str]], each: int, file: str) -> str:
    """``materials.yml``: the first ``each`` of ``kinds`` (id, title) for every nominee (document name), the
    others once, all in one ``file``."""
    owed = [(nominee, kind) for nominee in nominees for kind in kinds[:each]]
    once = [(nominees[0], kind) for kind in kinds[each:]]
    entries = "".join(
        f"  - kind: {kind}\n    title: {title}（演练）\n    file: {file}\n    for: {nominee}\n"
        for nominee, (kind, title) in owed + once
    )
    return f"# 演练数据，纯属虚构。\nfiles:\n{entries}"


def png(width: int, height: int, *, depth: int = 8, text: str = "", empty: bool = False) -> bytes:
    """A grey picture, ``depth`` bits a pixel; ``text`` is written into it as a comment, ``empty`` leaves out
    the pixels."""
    row = b"\0" + b"\x80" * (width * depth // 8)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))]
    if text:
        chunks.append((b"tEXt", b"Comment\0" + text.encode("ascii")))
    chunks += [(b"IDAT", zlib.compress(b"" if empty else row * height)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def pdf(text: str, more: str = "") -> bytes:
    """A valid PDF of one page that shows ``text`` (ASCII); ``more`` goes into its catalog."""
    content = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET"
    resources = "/Resources << /Font << /F1 5 0 R >> >>"
    objects = (
        f"<< /Type /Catalog /Pages 2 0 R {more}>>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {resources} >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = "%PDF-1.4\n", []
    for number, entry in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{entry}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")
