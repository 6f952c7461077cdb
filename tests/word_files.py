"""Word files read back: by python-docx, as XML, and printed by LibreOffice."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pdfplumber
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from build_tools.campaign import Campaign, load_campaign
from build_tools.forms.definition import Form, read_forms
from build_tools.forms.docx import docx_document
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.sheet import Picture, Sheet
from build_tools.source import parse
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
GUANGZHOU = ROOT / "data/cities/guangzhou"
SAMPLES = {
    "summary": "summary",
    "statistics": "statistics",
    "collective": "nominations/collective-01",
    "individual": "nominations/individual-01",
    "materials": "materials",
}
"""Item to the sample that answers it."""


@cache
def campaign() -> Campaign:
    return load_campaign(WorkTree(ROOT))


@cache
def forms() -> dict[str, Form]:
    return {form.item.id: form for form in read_forms(campaign())}


def sample(item: str, **changes: Any) -> dict[str, Any]:
    """The values of Guangzhou's document, changed."""
    path = GUANGZHOU / f"{SAMPLES[item]}.yml"
    return {**parse(path.name, path.read_bytes()).value, **changes}


def photo(name: str) -> Picture | None:
    return Picture((GUANGZHOU / name).read_bytes())


def filled(item: str, *, photos: Any = photo, real: bool = False, **changes: Any) -> Sheet:
    """Guangzhou's document on its form; ``real``: as of a campaign that is no demonstration."""
    within = replace(campaign(), demo_now=None) if real else campaign()
    name = SAMPLES[item].rpartition("/")[2]
    return filled_sheet(within, forms()[item], name, sample(item, **changes), photos)


EXAMPLES = {
    f"{item}-{state}": (item, blank_sheet(form) if state == "blank" else filled(item))
    for item, form in forms().items()
    for state in ("blank", "filled")
}
"""Every form, blank and as Guangzhou filled it in: its item and its sheet."""


def opened(sheet: Sheet, copies: int = 1) -> Document:
    return docx.Document(io.BytesIO(docx_document(sheet, copies)))


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def trees(data: bytes) -> dict[str, Any]:
    """Every XML part, by name."""
    return {n: etree.fromstring(b) for n, b in parts(data).items() if n.endswith((".xml", ".rels"))}


def attribute(element: Any, path: str, name: str = "val") -> str | None:
    """The attribute of the first element at ``path``; ``None`` where there is none."""
    found = element.find(path, element.nsmap | {"w": qn("w:p")[1:-2]})
    return None if found is None else found.get(qn(f"w:{name}"))


def squeezed(text: str | None) -> str:
    """Without any white space: how lines break and tables stand side by side does not matter."""
    return re.sub(r"\s+", "", text or "")


def printed(files: dict[str, bytes], folder: Path) -> None:
    """Print all ``files`` below ``folder``, ``NAME.pdf`` each; one call, because LibreOffice starts slowly.

    The profile is the folder's own: two runs at once would wait for each other's.
    """
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *(str(folder / f"{name}.docx") for name in files),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    missing = [name for name in files if not (folder / f"{name}.pdf").is_file()]
    assert missing == [], done.stderr


def pages(file: Path) -> Iterator[Any]:
    with pdfplumber.open(file) as pdf:
        yield from pdf.pages
